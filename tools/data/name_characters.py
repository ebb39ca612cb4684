#!/usr/bin/env python3
"""Derives datasets/lexicon/name_characters.tsv from words.tsv and counts.tsv: characters of given names, from the
personal names of three characters (tag nr), and characters that spell foreign names (tag nrt)."""
import argparse
import collections

GIVEN_LEAST = 10       # names that hold the character
GIVEN_MOST_COUNT = 4000  # a character that is as common as a word of its own tells nothing
FOREIGN_LEAST = 15
FOREIGN_SHARE = 0.08   # of the words that hold the character
FOREIGN_MOST_COUNT = 3000


def rows(path):
    with open(path, encoding="utf-8") as source:
        for line in source:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def chinese(character):
    return "\u4e00" <= character <= "\u9fff"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lexicon", default="datasets/lexicon")
    folder = parser.parse_args().lexicon
    counts = {word: int(count) for word, count in rows(f"{folder}/counts.tsv")}
    given, foreign, held = collections.Counter(), collections.Counter(), collections.Counter()
    for word, _, tag in rows(f"{folder}/words.tsv"):
        held.update(set(word))
        if tag == "nr" and len(word) == 3:
            given.update(word[1:])
        elif tag == "nrt":
            foreign.update(set(word))
    given = [c for c, n in given.items() if chinese(c) and n >= GIVEN_LEAST and counts.get(c, 0) < GIVEN_MOST_COUNT]
    foreign = [c for c, n in foreign.items() if chinese(c) and n >= FOREIGN_LEAST and n > FOREIGN_SHARE * held[c]
               and counts.get(c, 1) < FOREIGN_MOST_COUNT]
    with open(f"{folder}/name_characters.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("# class\tcharacters\n# derived from words.tsv and counts.tsv: tools/data/name_characters.py\n")
        out.write(f"given\t{''.join(sorted(given))}\nforeign\t{''.join(sorted(foreign))}\n")


if __name__ == "__main__":
    main()
