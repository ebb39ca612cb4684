#!/usr/bin/env python3
"""Clusters against a gold: B-cubed and the 20 largest, with bootstrap intervals over events.

usage: cluster_intervals.py GOLD.tsv OURS.tsv [REFERENCE.tsv] [--folds N] [--rounds N] [--seed N]

Events of the gold are drawn with replacement (a complaint that belongs to none is an event of its own), 2,000 rounds;
the interval holds 90 % of them. With a reference the difference of both is drawn on the same events. Column 2 of
OURS is scored, and column 3 (the cluster at arrival) where there is one. Precision is always that of the whole files.
With --folds the events are also cut into that many parts by a hash, and each part is told by itself: settings that
were chosen on the others should do as well on it.
"""
import argparse
import hashlib
import json
import random
from collections import Counter, defaultdict


def read(path, column=1):
    """Column by id."""
    with open(path, encoding='utf-8') as lines:
        rows = [line.rstrip('\n').split('\t') for line in lines if line.strip()]
    return {row[0]: row[min(column, len(row) - 1)] for row in rows}


def f1(precision, recall):
    """Harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def events_of(gold, found):
    """Per event: complaints, sums of their precision and recall, F1 of the cluster that fits it best."""
    members = defaultdict(list)
    for complaint, event in gold.items():
        members[event].append(complaint)
    size = Counter(found[complaint] for complaint in gold)
    events = {}
    for event, complaints in members.items():
        cells = Counter(found[complaint] for complaint in complaints)
        precision = sum(n * n / size[cluster] for cluster, n in cells.items())
        recall = sum(n * n / len(complaints) for n in cells.values())
        best = max(f1(n / size[cluster], n / len(complaints)) for cluster, n in cells.items())
        events[event] = (len(complaints), precision, recall, best)
    return events


def score(events, least):
    """B-cubed F1 over complaints of events of at least `least` of them."""
    chosen = [event for event in events if event[0] >= least]
    count = sum(event[0] for event in chosen)
    if not count:
        return 0.0
    return f1(sum(event[1] for event in chosen) / count, sum(event[2] for event in chosen) / count)


def top(events):
    """Mean F1 of the 20 largest."""
    largest = sorted(events, key=lambda event: -event[0])[:20]
    return sum(event[3] for event in largest) / len(largest)


MEASURES = {'non_singletons': lambda events: score(events, 2), 'all': lambda events: score(events, 1), 'top20': top}


def interval(values):
    """What holds 90 % of them."""
    values = sorted(values)
    return [round(values[int(len(values) * share)], 4) for share in (.05, .95)]


def bootstrap(systems, rounds, seed):
    """Per measure: figure and interval of each system, and of the difference of the first two."""
    names = list(systems)
    keys = sorted(systems[names[0]])
    draws = random.Random(seed)
    drawn = {name: defaultdict(list) for name in names}
    for _ in range(rounds):
        sample = [keys[draws.randrange(len(keys))] for _ in keys]
        for name in names:
            events = [systems[name][key] for key in sample]
            for measure, function in MEASURES.items():
                drawn[name][measure].append(function(events))
    out = {}
    for measure, function in MEASURES.items():
        out[measure] = {name: {'figure': round(function(list(systems[name].values())), 4),
                               'interval': interval(drawn[name][measure])} for name in names}
        if 'reference' in systems:
            pairs = zip(drawn['ours'][measure], drawn['reference'][measure])
            out[measure]['difference'] = {
                'figure': round(out[measure]['ours']['figure'] - out[measure]['reference']['figure'], 4),
                'interval': interval([ours - theirs for ours, theirs in pairs])}
    return out


def fold_of(event, folds):
    """0 to folds - 1, the same for ever."""
    return int.from_bytes(hashlib.sha256(event.encode()).digest()[:4], 'big') % folds


def main():
    """Prints one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument('gold')
    parser.add_argument('ours')
    parser.add_argument('reference', nargs='?')
    parser.add_argument('--folds', type=int, default=0)
    parser.add_argument('--rounds', type=int, default=2000)
    parser.add_argument('--seed', type=int, default=1)
    settings = parser.parse_args()
    gold = read(settings.gold)
    systems = {'ours': events_of(gold, read(settings.ours)), 'at_arrival': events_of(gold, read(settings.ours, 2))}
    if settings.reference:
        systems['reference'] = events_of(gold, read(settings.reference))
    out = bootstrap(systems, settings.rounds, settings.seed)
    for fold in range(settings.folds):
        part = [event for key, event in systems['ours'].items() if fold_of(key, settings.folds) == fold]
        out['fold_%d' % fold] = {measure: round(function(part), 4) for measure, function in MEASURES.items()}
    print(json.dumps(out, indent=1))


if __name__ == '__main__':
    main()
