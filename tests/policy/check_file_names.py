#!/usr/bin/env python3
"""A file name is unique in the whole tree and says what is inside."""

import os
import re
import sys
from collections import defaultdict

import project_tree

# Names that tools expect in many folders.
REPEATED = re.compile(r"^(CMakeLists\.txt|README.*\.md|\.gitignore|\.gitattributes|\.clang-tidy)$")
# Inputs of fuzz targets are named by what they try, for each target anew.
CORPUS = "tests/fuzz/corpus/"
VAGUE = re.compile(r"^(utils?|common|misc|helpers?|stuff|types|defs|functions|tmp|temp|new|old|test|main2)\.[a-z]+$")


def name_problems(paths):
    places = defaultdict(list)
    problems = []
    for path in paths:
        name = os.path.basename(path)
        if path.startswith(CORPUS) or REPEATED.match(name):
            continue
        places[name.lower()].append(path)
        if VAGUE.match(name):
            problems.append("%s: the name does not say what is inside" % path)
        if not re.match(r"^[\w.+-]+$", name, re.ASCII):
            problems.append("%s: letters, digits and . _ + - only" % path)
    problems += ["same name: %s" % ", ".join(sorted(same)) for same in places.values() if len(same) > 1]
    return sorted(problems)


def main():
    paths = project_tree.project_paths()
    return project_tree.report("file names", name_problems(paths), " (%d files)" % len(paths))


if __name__ == "__main__":
    sys.exit(main())
