#!/usr/bin/env python3
"""Words of complaint language: at least 98 % of the golden file's words are words of `weisu segment`.

usage: check_complaint_words.py WEISU DATASETS

complaint_words.txt was labelled by hand, without any segmenter's output. What the tables of DATASETS name as a term
(domain.tsv, concepts.tsv, terms.tsv, risk.tsv, spot_suffixes.tsv) is one word by convention, so labelled words that spell one together are
joined first, the longest first. complaint_words_twice.tsv holds a fifth of the cases labelled a second time, without the first labels at hand; the
agreement is that of the labels as they were, before both were compared and the first file corrected.
"""
import pathlib
import subprocess
import sys

LEAST_FOUND = 0.98
LEAST_AGREEMENT = 0.95
HERE = pathlib.Path(__file__).resolve().parent


def rows(path):
    with open(path, encoding='utf-8') as source:
        return [line.rstrip('\n').split('\t') for line in source if line.strip() and not line.startswith('#')]


def named_terms(datasets):
    terms = {row[0] for row in rows(datasets / 'lexicon/domain.tsv')}
    for name in ('taxonomy/risk.tsv', 'gazetteer/spot_suffixes.tsv'):
        terms |= {row[0] for row in rows(datasets / name)}
    terms |= {row[3] for row in rows(datasets / 'taxonomy/terms.tsv') if row[1] == 'term'}
    for concept, words in rows(datasets / 'lexicon/concepts.tsv'):
        terms |= {concept, *words.split()}
    return terms


def join_terms(words, terms):
    joined, at = [], 0
    while at < len(words):
        end = next((end for end in range(len(words), at + 1, -1) if ''.join(words[at:end]) in terms), at + 1)
        joined.append(''.join(words[at:end]))
        at = end
    return joined


def spans(words):
    found, at = set(), 0
    for word in words:
        found.add((at, at + len(word)))
        at += len(word)
    return found


def agreement(pairs):
    """F1 of the second labels beside the first."""
    same = first = second = 0
    for one, other in pairs:
        a, b = spans(one.split('|')), spans(other.split('|'))
        same, first, second = same + len(a & b), first + len(a), second + len(b)
    return 2 * same / (first + second)


def main(weisu, datasets):
    terms = named_terms(pathlib.Path(datasets))
    cases = [join_terms(row[0].split('|'), terms) for row in rows(HERE / 'complaint_words.txt')]
    assert len(cases) >= 300, len(cases)
    twice = rows(HERE / 'complaint_words_twice.tsv')
    assert 5 * len(twice) >= len(cases), len(twice)
    agreed = agreement(twice)
    text = ''.join(''.join(case) + '\n' for case in cases)
    out = subprocess.run([weisu, 'segment', '--sep', '|'], input=text.encode(), stdout=subprocess.PIPE, check=True)
    found = total = 0
    for case, line in zip(cases, out.stdout.decode().splitlines(), strict=True):
        expected, got = spans(case), spans(line.split('|'))
        found, total = found + len(expected & got), total + len(expected)
        if expected != got:
            print('|'.join(case), ' got ', line)
    print(f'{found} of {total} words, {100 * found / total:.1f} %; labels agree on {100 * agreed:.1f} % of the words')
    assert agreed >= LEAST_AGREEMENT
    assert found >= LEAST_FOUND * total


if __name__ == '__main__':
    main(*sys.argv[1:])
