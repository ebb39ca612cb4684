#!/usr/bin/env python3
"""The generator of streams reads no table that the engine reads, so that the engine cannot find in its own tests what
it was told in its own tables.

engine/synth includes only itself and base (the layer test), names no other data than datasets/synth, and the build
hands it nothing else; no long line of a table under datasets/synth stands in a table of the engine.
"""

import re
import sys

import project_tree

OWN = "datasets/synth"
ENGINE_TABLES = ("datasets/lexicon/", "datasets/gazetteer/", "datasets/taxonomy/")
ENGINE_NAMES = re.compile(r"\b(lexicon|gazetteer|taxonomy|segment|MANIFEST)(/|\.tsv|\.csv|\.image|\.bin|_open\b|_find\b)")
# A name of a district or an ordinary word is shared by nature; a wording of this length is not.
SHARED_CHARACTERS = 9
HAN_RUN = re.compile(r"[\u3400-\u9fff]+")


def source_problems(path, source):
    text = project_tree.without_comments(source)
    problems = []
    for match in re.finditer(r"datasets/[\w./-]*", text):
        if not match.group(0).startswith(OWN):
            problems.append("%s: names %s" % (path, match.group(0)))
    for match in ENGINE_NAMES.finditer(text):
        problems.append("%s: names the engine's %s" % (path, match.group(0)))
    return problems


def long_runs(text):
    """Chinese runs, cut into pieces of SHARED_CHARACTERS."""
    pieces = set()
    for run in HAN_RUN.findall(text):
        pieces.update(run[at:at + SHARED_CHARACTERS] for at in range(len(run) - SHARED_CHARACTERS + 1))
    return pieces


def table_problems(own_tables, engine_tables):
    """Both: {path: text}."""
    known = {}
    for path, text in engine_tables.items():
        known.update((piece, path) for piece in long_runs(text))
    problems = []
    for path, text in own_tables.items():
        shared = sorted(piece for piece in long_runs(text) if piece in known)
        problems += ["%s: “%s” stands in %s too" % (path, piece, known[piece]) for piece in shared[:10]]
    return problems


def main():
    paths = project_tree.project_paths()
    sources = [path for path in paths if path.startswith("engine/synth/")]
    own = [path for path in paths if path.startswith(OWN + "/")]
    if not sources and not own:
        project_tree.skip("synth apart", "engine/synth is not there yet")
    problems = []
    for path in sources:
        problems += source_problems(path, project_tree.read_text(path))
    engine = [path for path in paths if path.startswith(ENGINE_TABLES) and path.endswith((".tsv", ".csv"))]
    problems += table_problems({path: project_tree.read_text(path) or "" for path in own},
                               {path: project_tree.read_text(path) or "" for path in engine})
    note = " (%d sources, %d own tables, %d tables of the engine)" % (len(sources), len(own), len(engine))
    return project_tree.report("synth apart", problems, note)


if __name__ == "__main__":
    sys.exit(main())
