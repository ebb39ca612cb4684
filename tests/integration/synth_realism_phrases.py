#!/usr/bin/env python3
"""A dense synthetic stream is as hard as life, not as a small table of sentences: complaints about different things
share a topic's words, but hardly ever whole phrases; and places and people are as many as a city's.

usage: synth_realism_phrases.py WEISU

A record's share of phrases is that of its runs of k characters (marks left out) that also stand in a record of another
event. From DENSE records of one day as many are drawn as there are real complaints, and their mean share may exceed
that of the real ones (WEISU_DATA) by the margin of MARGINS; without the real ones the figure measured on them in 2026
stands in. Over all DENSE records the share of runs of 12 characters, which are whole clauses, stays below CLAUSES.
"""
import collections, os, random, re, statistics, sys, tempfile, zlib

import synth_stream

DENSE = 20000
CLAUSE = 12
CLAUSES = .03
MARGINS = {6: .06, 8: .02, 12: .002}
MEASURED = {6: .053, 8: .020, 12: .007, 'records': 2159}
MARKS = re.compile('[^\u4e00-\u9fffA-Za-z0-9]')
SAMPLING = 8 # of all runs that many-th is looked at where there are many


def runs(text, length, sampling=1):
    text = MARKS.sub('', text)
    found = {text[at:at + length] for at in range(len(text) - length + 1)}
    return {run for run in found if zlib.crc32(run.encode()) % sampling == 0} if sampling > 1 else found


def shared_share(stream, records, length, sampling=1):
    owners, cut = {}, []
    for record in records:
        event, found = stream.gold[record['id']], runs(record['text'], length, sampling)
        cut.append(found)
        for run in found:
            if owners.setdefault(run, event) != event:
                owners[run] = None
    return statistics.fmean(sum(owners[run] is None for run in found) / len(found) for found in cut if found)


def real_shares():
    data = os.environ.get('WEISU_DATA')
    if not data:
        print('WEISU_DATA names no folder: beside the figures of 2026')
        return MEASURED
    real = os.path.join(data, 'complaints_dev')
    stream = synth_stream.Stream.read(real + '.jsonl', real + '.gold.tsv')
    shares = {length: shared_share(stream, stream.records, length) for length in MARGINS}
    return dict(shares, records=len(stream.records))


def check_phrases(checks, stream):
    real = real_shares()
    drawn = random.Random(1).sample(stream.records, real['records'])
    for length, margin in MARGINS.items():
        name = 'runs of %d characters shared, beside %.3f' % (length, real[length])
        checks.between(name, shared_share(stream, drawn, length), 0, real[length] + margin)
    checks.between('runs of %d characters shared among all' % CLAUSE,
                   shared_share(stream, stream.records, CLAUSE, SAMPLING), 0, CLAUSES)


def check_city(checks, stream, folder):
    reporters = {record['reporter'] for record in stream.records}
    checks.between('reporters a record', len(reporters) / len(stream.records), .75, 1)
    places = [event['place'] for event in synth_stream.read_events(folder)]
    checks.between('places an event of two or more', len(set(places)) / len(places), .85, 1)
    titles = collections.Counter(record['title'] for record in stream.records)
    events = collections.defaultdict(set)
    for record in stream.records:
        events[record['title']].add(stream.gold[record['id']])
    common = sum(titles[title] for title, found in events.items() if len(found) > 1)
    checks.between('records whose whole title another event has', common / len(stream.records), 0, .03)


def main():
    checks = synth_stream.Checks()
    with tempfile.TemporaryDirectory() as scratch:
        stream = synth_stream.make(sys.argv[1], scratch, 5, 1, DENSE, '--start', '2024-03-12')
        checks.between('records', len(stream.records), DENSE * .8, DENSE * 1.25)
        check_city(checks, stream, scratch)
        check_phrases(checks, stream)
    return checks.finish()


if __name__ == '__main__':
    sys.exit(main())
