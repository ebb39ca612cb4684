#!/usr/bin/env python3
"""datasets/MANIFEST.csv names each file under datasets/ with its source, licence, SHA-256 and rows, and no other
file."""

import csv
import hashlib
import io
import os
import sys

import project_tree

MANIFEST = "datasets/MANIFEST.csv"
REQUIRED = ("path", "source", "licence", "sha256", "rows")
UNLISTED = ("CMakeLists.txt", "MANIFEST.csv")
OPTIONAL = ("README.md",)


def listed_files(paths):
    return {path for path in paths
            if path.startswith("datasets/") and path.split("/")[-1] not in UNLISTED}


def full_path(path):
    return path if path.startswith("datasets/") else "datasets/" + path


def row_count(path, data):
    """Lines that are neither empty nor comments, as the manifest counts them; '' for a file that is no table."""
    if not path.endswith((".tsv", ".csv", ".jsonl")):
        return ""
    lines = [line for line in data.split(b"\n") if line.strip() and not line.startswith(b"#")]
    return str(len(lines) - (1 if path.endswith(".csv") and lines else 0))


def manifest_problems(text, present, sha256_of, rows_of=None):
    """`present`: paths that must be listed; sha256_of(path) gives hexadecimal digits, rows_of(path) the rows."""
    reader = csv.DictReader(io.StringIO(text))
    columns = reader.fieldnames or []
    problems = ["%s: no column %s" % (MANIFEST, name) for name in REQUIRED if name not in columns]
    if problems:
        return problems
    named = set()
    for row in reader:
        path = full_path(row["path"])
        if path in named:
            problems.append("%s: named twice" % path)
        named.add(path)
        problems += ["%s: %s is empty" % (path, name) for name in ("source", "licence") if not row[name]]
        if path not in present:
            problems.append("%s: named, but not there" % path)
            continue
        if row["sha256"].lower() != sha256_of(path):
            problems.append("%s: SHA-256 is %s, not as named" % (path, sha256_of(path)))
        if rows_of and row["rows"] != rows_of(path):
            problems.append("%s: has %s rows, not %s" % (path, rows_of(path) or "no", row["rows"] or "none"))
    problems += ["%s: not named in %s" % (path, MANIFEST) for path in sorted(present - named)
                 if not path.endswith(OPTIONAL)]
    return problems


def sha256_of_file(path):
    with open(os.path.join(project_tree.ROOT, path), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def rows_of_file(path):
    with open(os.path.join(project_tree.ROOT, path), "rb") as file:
        return row_count(path, file.read())


def main():
    paths = project_tree.project_paths()
    if MANIFEST not in paths:
        return project_tree.report("manifest", ["%s is not there" % MANIFEST])
    present = listed_files(paths)
    problems = manifest_problems(project_tree.read_text(MANIFEST), present, sha256_of_file, rows_of_file)
    return project_tree.report("manifest", problems, " (%d files)" % len(present))


if __name__ == "__main__":
    sys.exit(main())
