#!/usr/bin/env python3
"""Derives datasets/lexicon/words.tsv from jieba's dictionary (Debian package python3-jieba, MIT).

Every row is kept, in the order of the source; only the separator changes from a space to a tab,
because words of the source never contain a tab but a later user word may contain a space.
"""
import argparse
import sys

HEADER = "# word\tfrequency\tpart_of_speech\n# derived from jieba dict.txt (MIT, see NOTICE.jieba); every row, in the order of the source\n"


def rows(source):
    """Yields (word, frequency, part of speech); a row of another shape is an error, not a guess."""
    for number, line in enumerate(source, 1):
        fields = line.rstrip("\n").rsplit(" ", 2)
        if len(fields) != 3 or not fields[1].isdigit() or "\t" in fields[0] or not fields[0]:
            raise SystemExit(f"line {number}: not 'word frequency pos': {line!r}")
        yield fields


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dict", default="/usr/lib/python3/dist-packages/jieba/dict.txt")
    parser.add_argument("--out", default="datasets/lexicon/words.tsv")
    options = parser.parse_args()
    with open(options.dict, encoding="utf-8") as source, open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write(HEADER)
        count = 0
        for fields in rows(source):
            out.write("\t".join(fields) + "\n")
            count += 1
    print(f"{options.out}: {count} words", file=sys.stderr)


if __name__ == "__main__":
    main()
