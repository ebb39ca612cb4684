#!/usr/bin/env python3
"""Rewrites or checks datasets/MANIFEST.csv: path,source,licence,sha256,rows for every file below datasets/.

Source and licence are written by hand and kept; hash and rows are computed. A new file is named with --add. `rows`
counts lines that are neither empty nor comments, for .csv without the header; it is empty for other kinds of file.
With --check nothing is written, and each difference is named and fails.
"""
import argparse
import csv
import gzip
import hashlib
import os
import sys

FIELDS = ["path", "source", "licence", "sha256", "rows"]
COUNTED = (".tsv", ".csv", ".jsonl")


def files_below(root):
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            if path not in ("MANIFEST.csv", "CMakeLists.txt") and not name.startswith("."):
                yield path


def count_rows(name, data):
    if name.endswith(".gz"):
        name, data = name[:-3], gzip.decompress(data)
    if not name.endswith(COUNTED):
        return ""
    lines = [line for line in data.split(b"\n") if line.strip() and not line.startswith(b"#")]
    return str(len(lines) - (1 if name.endswith(".csv") and lines else 0))


def measured(root, path):
    with open(os.path.join(root, path), "rb") as source:
        data = source.read()
    return hashlib.sha256(data).hexdigest(), count_rows(path, data)


def read_manifest(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8", newline="") as source:
        return {row["path"]: row for row in csv.DictReader(source)}


def refreshed(root, known):
    """The manifest as it should be, and what was wrong with the one that is."""
    rows, faults = [], []
    for path in files_below(root):
        old = known.get(path)
        if old is None:
            faults.append(f"{path}: no row; name its source and licence with --add")
            continue
        digest, count = measured(root, path)
        if not old["source"] or not old["licence"]:
            faults.append(f"{path}: no source or licence")
        if (old["sha256"], old["rows"]) != (digest, count):
            faults.append(f"{path}: hash or rows differ")
        rows.append({"path": path, "source": old["source"], "licence": old["licence"], "sha256": digest, "rows": count})
    gone = sorted(set(known) - {row["path"] for row in rows})
    faults += [f"{path}: file is gone" for path in gone]
    return rows, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default="datasets")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--add", nargs=3, action="append", default=[], metavar=("PATH", "SOURCE", "LICENCE"),
                        help="PATH is relative to the root")
    options = parser.parse_args()
    manifest = os.path.join(options.root, "MANIFEST.csv")
    known = read_manifest(manifest)
    for path, source, licence in options.add:
        known[path] = {"path": path, "source": source, "licence": licence, "sha256": "", "rows": ""}
    rows, faults = refreshed(options.root, known)
    if options.check:
        print("\n".join(faults) or f"{manifest}: {len(rows)} files as stated")
        sys.exit(1 if faults else 0)
    with open(manifest, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    missing = [fault for fault in faults if "no row" in fault or "no source" in fault]
    print("\n".join(missing) or f"{manifest}: {len(rows)} files", file=sys.stderr)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
