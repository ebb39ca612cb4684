#!/usr/bin/env python3
"""Fills the frequency column of datasets/lexicon/domain.tsv.

The frequency of a word is the smallest one with which it wins, as one word, over its best cutting by words.tsv in a
unigram model (the product of the parts' probabilities), and never less than what words.tsv gives it. So a domain word
stays whole and takes as little as possible from its neighbours. Rows are kept in their order; a word that occurs twice
or is empty is an error.
"""
import argparse
import math
import sys

LEAST = 3  # the smallest frequency that the source list itself uses for a word it is sure of


def table(path):
    with open(path, encoding="utf-8") as source:
        for line in source:
            if not line.startswith("#") and line.strip():
                yield line.rstrip("\n").split("\t")


def best_cut_log_probability(word, frequency, log_total):
    """Viterbi over the word's characters without the word itself; an unknown character counts as one occurrence."""
    best = [0.0] + [-math.inf] * len(word)
    for end in range(1, len(word) + 1):
        for begin in range(end):
            part = word[begin:end]
            if part == word or (len(part) > 1 and part not in frequency):
                continue
            best[end] = max(best[end], best[begin] + math.log(frequency.get(part) or 1) - log_total)
    return best[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", default="datasets/lexicon/words.tsv")
    parser.add_argument("--domain", default="datasets/lexicon/domain.tsv")
    options = parser.parse_args()
    frequency = {row[0]: int(row[1]) for row in table(options.words)}
    total = sum(frequency.values())
    log_total = math.log(total)
    lines, seen = [], set()
    with open(options.domain, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            if line.startswith("#") or not line.strip():
                lines.append(line)
                continue
            word, _, part_of_speech = line.rstrip("\n").split("\t")
            if not word or word in seen:
                raise SystemExit(f"{options.domain}:{number}: empty or repeated word {word!r}")
            seen.add(word)
            least = int(math.exp(best_cut_log_probability(word, frequency, log_total)) * total) + 1
            lines.append(f"{word}\t{max(least, LEAST, frequency.get(word, 0))}\t{part_of_speech}\n")
    with open(options.domain, "w", encoding="utf-8", newline="\n") as out:
        out.writelines(lines)
    print(f"{options.domain}: {len(seen)} words", file=sys.stderr)


if __name__ == "__main__":
    main()
