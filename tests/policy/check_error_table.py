#!/usr/bin/env python3
"""The table in docs/errors.md is that of WEISU_CODES in include/weisu/error.h.

usage: check_error_table.py [--write]     --write puts the table into the page
"""

import os
import re
import sys

import project_tree

HEADER = "include/weisu/error.h"
PAGE = "docs/errors.md"
BEGIN = "<!-- table of WEISU_CODES: tests/policy/check_error_table.py --write -->\n"
END = "<!-- end of table -->\n"
ROW = re.compile(r'X\((WEISU_\w+), "(\w+)", (\d), "([^"]*)", "([^"]*)"\)')
CLASSES = ("none", "programmer", "bad input", "resource")


def table_of(header):
    lines = ["| code | name on the wire | class | English | 中文 |", "|---|---|---|---|---|"]
    for code, name, class_, english, chinese in ROW.findall(header):
        lines.append("| `%s` | `%s` | %s | %s | %s |" % (code, name, CLASSES[int(class_)], english, chinese))
    return "\n".join(lines) + "\n"


def with_table(page, table):
    before, rest = page.split(BEGIN)
    return before + BEGIN + table + END + rest.split(END)[1]


def main():
    header, page = project_tree.read_text(HEADER), project_tree.read_text(PAGE)
    expected = with_table(page, table_of(header))
    if "--write" in sys.argv[1:]:
        with open(os.path.join(project_tree.ROOT, PAGE), "w", encoding="utf-8") as file:
            file.write(expected)
        page = expected
    problems = []
    if page != expected:
        problems.append("%s differs from %s: run tests/policy/check_error_table.py --write" % (PAGE, HEADER))
    rows = ROW.findall(header)
    if not rows:
        problems.append("%s: WEISU_CODES was not found" % HEADER)
    return project_tree.report("error table", problems, " (%d codes)" % len(rows))


if __name__ == "__main__":
    sys.exit(main())
