#!/usr/bin/env python3
"""Sizes of house style: files, functions, parameters, nesting. Tables of data are exempt by size_exempt.txt."""

import os
import statistics
import sys

import c_functions
import project_tree

FUNCTION_LINES = 80
MEDIAN_FUNCTION_LINES = 15
SOURCE_LINES = 800
HEADER_LINES = 400
PARAMETERS = 6
NESTING = 4
FOLDERS = ("engine/", "include/", "benchmarks/", "tests/", "tools/")
EXEMPT = os.path.join("tests", "policy", "size_exempt.txt")


def exempt_paths(text):
    """Lines of `path  reason`; a line without a reason is an error."""
    paths, problems = set(), []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split(None, 1)
        if not fields or line.startswith("#"):
            continue
        if len(fields) < 2:
            problems.append("%s:%d: an exemption needs a reason" % (EXEMPT, number))
        paths.add(fields[0])
    return paths, problems


def file_problems(path, source):
    lines = source.count("\n") + (0 if source.endswith("\n") or not source else 1)
    limit = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
    if lines > limit:
        return ["%s: %d lines, at most %d" % (path, lines, limit)]
    return []


def function_problems(path, function):
    problems = []
    for what, value, limit in (("lines", function.lines, FUNCTION_LINES),
                               ("parameters", function.parameters, PARAMETERS),
                               ("levels of nesting", function.nesting, NESTING)):
        if value > limit:
            problems.append("%s:%d: %s: %d %s, at most %d" % (path, function.line, function.name, value, what, limit))
    return problems


def main():
    exempt, problems = exempt_paths(project_tree.read_text(EXEMPT))
    lengths = []
    for path in project_tree.project_paths():
        if not path.endswith((".c", ".h")) or not path.startswith(FOLDERS):
            continue
        source = project_tree.read_text(path)
        if path in exempt:
            exempt.discard(path)
            continue
        problems += file_problems(path, source)
        for function in c_functions.functions(source):
            problems += function_problems(path, function)
            if path.startswith("engine/"):
                lengths.append(function.lines)
    problems += ["%s: %s is not there: drop its line" % (EXEMPT, path) for path in sorted(exempt)]
    if not lengths:
        problems.append("no function was found")
        return project_tree.report("sizes", problems)
    median = statistics.median(lengths)
    if median > MEDIAN_FUNCTION_LINES:
        problems.append("engine: the median function has %g lines, at most %d" % (median, MEDIAN_FUNCTION_LINES))
    note = " (%d functions in engine/, median %g lines, longest %d)" % (len(lengths), median, max(lengths))
    return project_tree.report("sizes", problems, note)


if __name__ == "__main__":
    sys.exit(main())
