#!/usr/bin/env python3
"""Each policy check finds what it is for, and lets through what is right."""

import unittest

import c_functions
import check_calls
import check_error_table
import check_file_names
import check_foreign_text
import check_layers
import check_linkage
import check_manifest
import check_manuals
import check_sizes
import check_synth_apart
import project_tree


def nested(levels):
    return "static void f(void)\n{\n" + "if (a) {\n" * levels + "x();\n" + "}\n" * levels + "}\n"


class Layers(unittest.TestCase):
    def found(self, path, line):
        return len(check_layers.source_problems(path, line + "\n"))

    def test_lower_layers_are_seen(self):
        self.assertEqual(self.found("engine/place/a.c", '#include "lexicon/lexicon.h"'), 0)
        self.assertEqual(self.found("engine/cli/a.c", '#include "store/log.h"'), 0)
        self.assertEqual(self.found("engine/text/a.c", "#include <string.h>\n#include <sys/stat.h>"), 0)

    def test_higher_layers_and_siblings_are_not(self):
        self.assertEqual(self.found("engine/base/a.c", '#include "text/mask.h"'), 1)
        self.assertEqual(self.found("engine/place/a.c", '#include "topic/topic.h"'), 1)
        self.assertEqual(self.found("engine/io/a.h", '#  include "http/server.h"'), 1)

    def test_synth_sees_base_only(self):
        self.assertEqual(self.found("engine/synth/a.c", '#include "base/arena.h"'), 0)
        self.assertEqual(self.found("engine/synth/a.c", '#include "text/mask.h"'), 1)

    def test_folder_is_part_of_the_name(self):
        self.assertEqual(self.found("engine/base/a.c", '#include "arena.h"'), 1)
        self.assertEqual(self.found("engine/base/a.c", '#include "../text/mask.h"'), 1)

    def test_libraries_stay_in_their_folders(self):
        for folder, header in (("store", "uv.h"), ("io", "sqlite3.h"), ("pipeline", "cjson/cJSON.h"),
                               ("cluster", "omp.h"), ("base", "jemalloc/jemalloc.h"), ("base", "zlib.h")):
            self.assertEqual(self.found("engine/%s/a.c" % folder, "#include <%s>" % header), 1, header)
        self.assertEqual(self.found("engine/io/a.c", "#include <uv.h>"), 0)

    def test_openmp_stays_in_pipeline(self):
        self.assertEqual(self.found("engine/cluster/a.c", "#pragma omp parallel for"), 1)
        self.assertEqual(self.found("engine/pipeline/a.c", "#pragma omp parallel for"), 0)

    def test_comments_do_not_count(self):
        self.assertEqual(self.found("engine/base/a.c", '/* #include "text/mask.h"\n#include <uv.h> */'), 0)

    def test_public_headers_are_plain(self):
        self.assertEqual(check_layers.public_header_problems("include/weisu/a.h", "#include <stdint.h>\n"), [])
        for line in ("#include <uv.h>", '#include "weisu/str.h"', "#include <sys/types.h>"):
            self.assertEqual(len(check_layers.public_header_problems("include/weisu/a.h", line + "\n")), 1, line)


class Functions(unittest.TestCase):
    def only(self, source):
        found = c_functions.functions(source)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_signature_and_length(self):
        function = self.only('static const char *\nname(int a, int (*b)(int, int),\n     char c[2])\n{\n    return "}";\n}\n')
        self.assertEqual((function.name, function.line, function.lines, function.parameters), ("name", 1, 6, 3))
        self.assertEqual(self.only("int f(void) { return 0; }").parameters, 0)
        self.assertEqual(self.only("__attribute__((noinline)) int f(int a) { return a; }").name, "f")

    def test_data_and_types_are_no_functions(self):
        self.assertEqual(c_functions.functions("struct s { int a; };\nint t[] = { f(1), { 2 } };\nint g(int);\n"
                                               "#define F(x) \\\n  void x(void) { }\n"), [])

    def test_linkage_block_is_looked_into(self):
        self.assertEqual(self.only('extern "C" {\nint f(void) { return 1; }\n}\n').name, "f")

    def test_nesting(self):
        self.assertEqual(self.only(nested(3)).nesting, 3)
        chain = "void f(void)\n{\nif (a) x(); else if (b) y(); else if (c) { z(); } else { w(); }\n}\n"
        self.assertEqual(self.only(chain).nesting, 1)
        loops = ("int f(void) { for (;;) while (a) do { switch (b) { case 1: if (c) d(); break; default: e(); } } "
                 "while (g); }")
        self.assertEqual(self.only(loops).nesting, 5)
        self.assertEqual(self.only("void f(void) { struct s a = {{1}, {2}}; { g(); } out: h(); }").nesting, 0)


class Sizes(unittest.TestCase):
    def test_limits(self):
        def found(source):
            return [problem for function in c_functions.functions(source)
                    for problem in check_sizes.function_problems("a.c", function)]

        self.assertEqual(found("int f(int a, int b, int c, int d, int e, int g)\n{\n" + "x();\n" * 76 + "}\n"), [])
        self.assertEqual(len(found("int f(int a, int b, int c, int d, int e, int g, int h)\n{\n}\n")), 1)
        self.assertEqual(len(found("int f(void)\n{\n" + "x();\n" * 78 + "}\n")), 1)
        self.assertEqual(found(nested(4)), [])
        self.assertEqual(len(found(nested(5))), 1)

    def test_files(self):
        self.assertEqual(check_sizes.file_problems("a.c", "\n" * 800), [])
        self.assertEqual(len(check_sizes.file_problems("a.c", "\n" * 801)), 1)
        self.assertEqual(len(check_sizes.file_problems("a.h", "\n" * 401)), 1)

    def test_exemption_needs_a_reason(self):
        self.assertEqual(len(check_sizes.exempt_paths("# x\na.c\nb.c  table of characters\n")[1]), 1)


class Calls(unittest.TestCase):
    def found(self, path, source):
        return len(check_calls.source_problems(path, source))

    def test_core(self):
        for call in ("exit(1)", "printf(\"a\")", "fputs(a, stderr)", "p = malloc(3)", "time(NULL)",
                     "clock_gettime(CLOCK_REALTIME, &t)", "strcpy(a, b)"):
            self.assertEqual(self.found("engine/cluster/a.c", "void f(void) { %s; }" % call), 1, call)

    def test_names_alone_are_free(self):
        source = 'void f(void) { a.time = b->free(c, time); /* exit(1) */ g("abort()"); }'
        self.assertEqual(self.found("engine/cluster/a.c", source), 0)

    def test_other_layers(self):
        self.assertEqual(self.found("engine/base/memory.c", "void f(void) { free(a); }"), 0)
        self.assertEqual(self.found("engine/io/a.c", "void f(void) { socket(a); abort(); }"), 1)
        self.assertEqual(self.found("engine/cli/a.c", "void f(void) { exit(1); strcpy(a, b); }"), 1)


class Linkage(unittest.TestCase):
    LDD = "\tlibjemalloc.so.2 => /lib/libjemalloc.so.2 (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n"

    def test_libraries(self):
        linked = check_linkage.linked_libraries(self.LDD)
        self.assertEqual(linked, ["libjemalloc", "libc"])
        self.assertEqual(check_linkage.linkage_problems(linked, ["libc"], True), [])
        self.assertEqual(len(check_linkage.linkage_problems(["libc"], linked, True)), 2)

    def test_exports(self):
        self.assertEqual(check_linkage.export_problems("0001 T weisu_engine_new\n"), [])
        self.assertEqual(len(check_linkage.export_problems("0001 T weisu_a\n0002 T arena_take\n")), 1)
        self.assertEqual(len(check_linkage.export_problems("")), 1)

    def test_globals(self):
        table = ("0000000000004010 l     O .bss\t0000000000000004              counter\n"
                 "0000000000004018 l     O .bss\t0000000000000001              completed.0\n"
                 "0000000000003010 l     O .data.rel.ro\t0000000000000004              names\n"
                 "0000000000002010 l     O .rodata\t0000000000000004              table\n"
                 "0000000000004020 g     O .data\t0000000000000004              weisu_mode\n")
        self.assertEqual(len(check_linkage.global_problems(table)), 2)


class Files(unittest.TestCase):
    def test_names(self):
        self.assertEqual(check_file_names.name_problems(["a/x.c", "b/CMakeLists.txt", "CMakeLists.txt", "README.md",
                                                         "tests/fuzz/corpus/a/empty", "tests/fuzz/corpus/b/empty"]), [])
        self.assertEqual(len(check_file_names.name_problems(["a/x.c", "b/x.c"])), 1)
        self.assertEqual(len(check_file_names.name_problems(["a/util.c", "a/b c.txt"])), 2)

    def test_manifest(self):
        head = "path,source,licence,sha256,rows\n"

        def found(rows, present):
            return len(check_manifest.manifest_problems(head + rows, set(present), lambda path: "ab"))

        self.assertEqual(found("lexicon/w.tsv,jieba,MIT,ab,3\n", ["datasets/lexicon/w.tsv"]), 0)
        self.assertEqual(found("lexicon/w.tsv,jieba,MIT,cd,3\n", ["datasets/lexicon/w.tsv"]), 1)
        self.assertEqual(found("lexicon/w.tsv,jieba,,ab,3\n", ["datasets/lexicon/w.tsv", "datasets/b.tsv"]), 2)
        self.assertEqual(found("lexicon/w.tsv,jieba,MIT,ab,3\n", ["datasets/lexicon/w.tsv", "datasets/README.md"]), 0)
        self.assertEqual(found("gone.tsv,own,Apache-2.0,ab,3\n", []), 1)
        self.assertEqual(len(check_manifest.manifest_problems("path,source\n", set(), None)), 3)
        counted = lambda rows: check_manifest.manifest_problems(  # noqa: E731
            head + "w.tsv,jieba,MIT,ab,%s\n" % rows, {"datasets/w.tsv"}, lambda path: "ab",
            lambda path: check_manifest.row_count(path, b"# a\nb\tc\n\nd\te\n"))
        self.assertEqual((len(counted("2")), len(counted("3")), len(counted(""))), (0, 1, 1))


class Texts(unittest.TestCase):
    SENTENCE = "这一句话只是为了试验而写下的并不来自任何人的投诉内容"

    def test_foreign_sentence_is_found(self):
        own = check_foreign_text.runs_of("x = '%s,%s'\n" % (self.SENTENCE[:12], self.SENTENCE[12:]))
        self.assertTrue(check_foreign_text.shared_runs(own, ["前面的字。" + self.SENTENCE]))
        self.assertFalse(check_foreign_text.shared_runs(own, ["前面的字。" + self.SENTENCE[:15] + "别" + self.SENTENCE[16:]]))

    def test_short_lines_and_code_do_not_count(self):
        self.assertFalse(check_foreign_text.runs_of("十九个字以内的一行不算\n" * 9))
        self.assertFalse(check_foreign_text.runs_of("static int something_rather_long(void) /* 短 */\n"))

    def test_paths(self):
        for text in ("cd /" + "home/me/x", "'/" + "root/.cache'"):
            self.assertEqual(len(check_foreign_text.path_problems("a", text)), 1, text)
        self.assertEqual(check_foreign_text.path_problems("a", "/usr/bin ../work/x https://a.org/home/x $X/work/a"), [])

    def test_synth_stays_apart(self):
        self.assertEqual(check_synth_apart.source_problems("a.c", 'open("datasets/synth/spots.tsv"); /* lexicon/ */'), [])
        self.assertEqual(len(check_synth_apart.source_problems("a.c", 'open("datasets/gazetteer/beijing.tsv");')), 2)
        wording = "小区里的水管又漏了一整夜"
        self.assertEqual(len(check_synth_apart.table_problems({"a": wording}, {"b": wording[:8]})), 0)
        self.assertEqual(len(check_synth_apart.table_problems({"a": wording}, {"b": wording[:9] + "呀"})), 1)

    def test_error_table(self):
        header = '#define C(X) \\\n X(WEISU_OK, "ok", 0, "no error", "正常")\n'
        page = "a\n" + check_error_table.BEGIN + "old\n" + check_error_table.END + "b\n"
        written = check_error_table.with_table(page, check_error_table.table_of(header))
        self.assertIn("| `WEISU_OK` | `ok` | none | no error | 正常 |\n", written)
        self.assertTrue(written.startswith("a\n") and written.endswith("b\n"))

    def test_manual_options(self):
        page = ".It Fl -out Ar DIR\nUses\n.Fl -data .\n.It Fl -no-time\n.It Fl h , Fl -help\n"
        self.assertEqual(check_manuals.page_options(page), {"out", "no-time"})

    def test_comments_keep_lines(self):
        self.assertEqual(project_tree.without_comments('a /* b\n c */ d "/* e */" // f\ng'), 'a  \n d "/* e */"  \ng')


if __name__ == "__main__":
    unittest.main()
