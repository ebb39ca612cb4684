#!/usr/bin/env python3
"""Each header compiles alone: public ones as strict C11 and as C++17, internal ones as C11.

usage: check_headers.py CC CXX
"""

import concurrent.futures
import os
import subprocess
import sys

import project_tree

WARNINGS = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]


def commands(path, cc, cxx):
    """The compilations that prove `path`; each reads `#include` of it from standard input."""
    include = ["-I", os.path.join(project_tree.ROOT, "include")]
    if path.startswith("include/"):
        strict = WARNINGS + ["-Wpedantic"] + include
        return [[cc, "-std=c11", "-x", "c"] + strict + ["-"], [cxx, "-std=c++17", "-x", "c++"] + strict + ["-"]]
    engine = ["-I", os.path.join(project_tree.ROOT, "engine"), "-I", project_tree.ROOT]
    return [[cc, "-std=gnu11", "-D_GNU_SOURCE", "-x", "c"] + WARNINGS + include + engine + ["-"]]


def include_name(path):
    """How sources write it: relative to include/, engine/ or the root."""
    for folder in ("include/", "engine/"):
        if path.startswith(folder):
            return path[len(folder):]
    return path


def compile_alone(job):
    path, command = job
    # Twice, so that a missing include guard shows; the typedef, since an empty unit is a pedantic warning.
    name = include_name(path)
    unit = '#include "%s"\n#include "%s"\ntypedef int not_empty;\n' % (name, name)
    result = subprocess.run(command, input=unit.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode == 0:
        return None
    return "%s: does not compile alone with %s %s\n%s" % (
        path, command[0], command[1], result.stdout.decode("utf-8", "replace").rstrip())


def main():
    cc, cxx = sys.argv[1:3]
    headers = [path for path in project_tree.project_paths()
               if path.endswith(".h") and path.startswith(("include/", "engine/"))]
    jobs = [(path, command) for path in headers for command in commands(path, cc, cxx)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(compile_alone, jobs) if problem]
    if not any(path.startswith("include/weisu/") for path in headers):
        problems.append("no public header was found")
    return project_tree.report("headers", problems, " (%d headers, %d compilations)" % (len(headers), len(jobs)))


if __name__ == "__main__":
    sys.exit(main())
