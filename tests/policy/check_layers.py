#!/usr/bin/env python3
"""A folder of engine/ includes only folders of lower layers, and third-party headers only where they belong.

The build enforces the first half by include paths; this test also sees what the preprocessor would skip, and says
which rule is broken.
"""

import re
import sys

import project_tree

# Folders of one tuple are siblings: they never see each other.
LAYERS = (
    ("base",),
    ("text",),
    ("lexicon",),
    ("segment",),
    ("place", "topic"),
    ("cluster",),
    ("detect",),
    ("alert",),
    ("pipeline",),
    ("store", "io", "http", "report", "synth", "learn"),
    ("cli",),
)
RANK = {folder: rank for rank, folders in enumerate(LAYERS) for folder in folders}
# Folders that see less than their layer would allow: synth must not know what the engine knows.
NARROWED = {"synth": {"base"}}

# header: folders that may include it. A header that is not listed must belong to C or POSIX.
THIRD_PARTY = {
    "cjson/cJSON.h": {"io", "http", "report", "cli"},
    "expat.h": {"io"},
    "http_parser.h": {"http"},
    "jemalloc/jemalloc.h": {"cli"},
    "linear.h": {"learn"},
    "minizip/unzip.h": {"io"},
    "omp.h": {"pipeline"},
    "sanitizer/asan_interface.h": {"base"},
    "sanitizer/tsan_interface.h": {"pipeline"},
    "sodium.h": {"base", "text", "store", "io", "http", "cli"},
    "sqlite3.h": {"store"},
    "uv.h": {"io", "http", "cli"},
    "xxhash.h": {"base"},
    "zlib.h": {"io"},
    "zstd.h": {"io"},
}
C11 = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype""".split()
POSIX = """arpa/inet dirent dlfcn endian fcntl fnmatch getopt glob grp iconv langinfo netdb netinet/in netinet/tcp
poll pthread pwd sched semaphore spawn strings sys/file sys/mman sys/resource sys/select sys/socket sys/stat
sys/statvfs sys/time sys/types sys/uio sys/un sys/utsname sys/wait syslog termios unistd linux/perf_event
sys/syscall sys/ioctl malloc emmintrin tmmintrin immintrin arm_neon""".split()
SYSTEM = {name + ".h" for name in C11 + POSIX}

# The only sources outside pipeline/ that run OpenMP: the offline builder of images.
OPENMP_SOURCES = re.compile(r"engine/(pipeline/|lexicon/image_build)")

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]", re.MULTILINE)
OPENMP = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+omp\b|\bomp_[a-z_]+[ \t]*\(", re.MULTILINE)


def quoted_problem(folder, header):
    seen = header.split("/")[0]
    if seen not in RANK or "/" not in header:
        return "write it as \"<folder of engine>/%s\"" % header.split("/")[-1]
    if seen == folder:
        return None
    if folder in NARROWED and seen not in NARROWED[folder]:
        return "%s may see only %s" % (folder, ", ".join(sorted(NARROWED[folder])))
    if RANK[seen] == RANK[folder]:
        return "%s and %s are siblings" % (folder, seen)
    if RANK[seen] > RANK[folder]:
        return "%s stands above %s" % (seen, folder)
    return None


def angled_problem(folder, header):
    if header.startswith("weisu/") or header in SYSTEM:
        return None
    if header not in THIRD_PARTY:
        return "no header of C, POSIX or a known library"
    if folder not in THIRD_PARTY[header]:
        return "only in %s" % ", ".join(sorted(THIRD_PARTY[header]))
    return None


def source_problems(path, source):
    """Problems of one file engine/<folder>/...; `source` is its text."""
    folder = path.split("/")[1]
    if folder not in RANK:
        return ["%s: engine/%s is no layer" % (path, folder)]
    text = project_tree.without_comments(source)
    problems = []
    for match in INCLUDE.finditer(text):
        check = quoted_problem if match.group(1) == '"' else angled_problem
        why = check(folder, match.group(2))
        if why:
            line = text.count("\n", 0, match.start()) + 1
            problems.append("%s:%d: includes %s: %s" % (path, line, match.group(2), why))
    if OPENMP.search(text) and not OPENMP_SOURCES.match(path):
        problems.append("%s: OpenMP belongs to pipeline and the offline image builder" % path)
    return problems


def public_header_problems(path, source):
    problems = []
    text = project_tree.without_comments(source)
    for match in INCLUDE.finditer(text):
        header = match.group(2)
        if match.group(1) == '"' or not (header.startswith("weisu/") or header[:-2] in C11):
            problems.append("%s: a public header includes only <weisu/...> and C11 headers, not %s" % (path, header))
    return problems


def main():
    problems = []
    count = 0
    for path in project_tree.project_paths():
        if not path.endswith((".c", ".h")):
            continue
        if path.startswith("engine/") and path.count("/") >= 2:
            problems += source_problems(path, project_tree.read_text(path))
            count += 1
        elif path.startswith("include/weisu/"):
            problems += public_header_problems(path, project_tree.read_text(path))
            count += 1
    if count == 0:
        problems.append("no source was found")
    return project_tree.report("layers", problems, " (%d files)" % count)


if __name__ == "__main__":
    sys.exit(main())
