#!/usr/bin/env python3
"""The generator's streams have the shape of a hotline's: sizes, gaps, lengths, people, mentions, seasons, hours,
weekdays, hotspots that come back; and they depend on the options alone.

usage: synth_realism.py WEISU

Figures of the real complaints beside which the limits stand: 57 % of the records in no event of two, gaps with a median
of 6 and a 90th percentile of 85 days, texts with a median of 214 and a mean of 370 characters. Each figure is the mean
over SEEDS.
"""
import collections, filecmp, os, statistics, sys, tempfile

import synth_stream

SEEDS = (1, 2, 3, 4, 5, 6)


def check_shape(checks, streams):
    figures = [synth_stream.facts(stream) for stream in streams]
    mean = {name: statistics.fmean(one[name] for one in figures) for name in figures[0]}
    checks.between('records', mean['records'], 2000, 2400)
    checks.between('share of records in no event of two', mean['lone'], .60, .72)
    checks.between('gap in an event, median in days', mean['gap_median'], 4, 8)
    checks.between('gap in an event, 90th percentile in days', mean['gap_p90'], 70, 100)
    checks.between('characters of a text, median', mean['length_median'], 200, 230)
    checks.between('characters of a text, mean', mean['length_mean'], 350, 400)
    checks.between('larger events with a repeat reporter', mean['repeat_reporters'], .5, 1)
    for seed, one in zip(SEEDS, figures):
        checks.between('share of records in no event, seed %d' % seed, one['lone'], .58, .75)


def check_mentions(checks, streams, folders):
    """A record whose title and text never have the full name of its event's place: misspelt, shortened or missing."""
    spoilt = records = 0
    for stream, folder in zip(streams, folders):
        by_id = {record['id']: record for record in stream.records}
        for event in synth_stream.read_events(folder):
            for record in (by_id[id] for id in event['ids']):
                records += 1
                spoilt += event['place'] not in record['title'] + record['text']
    checks.between('places misspelt, shortened or missing', spoilt / records, .10, .40)


def share(records, of, values):
    return sum(of(record) in values for record in records) / len(records)


def check_calendar(checks, streams):
    records = [record for stream in streams for record in stream.records]
    hour = lambda record: synth_stream.moment(record).hour
    weekday = lambda record: synth_stream.moment(record).weekday()
    month = lambda record: synth_stream.moment(record).month
    checks.between('complaints between 8 and 21 h', share(records, hour, range(8, 21)), .65, .90)
    checks.between('complaints between 1 and 5 h', share(records, hour, range(1, 5)), .01, .08)
    checks.between('complaints on Saturday and Sunday', share(records, weekday, (5, 6)), .15, .27)
    heating = [record for record in records if '供暖' in record['title'] or '暖气' in record['title']]
    checks.between('heating complaints (fees too) from Nov. to March', share(heating, month, (11, 12, 1, 2, 3)), .65, 1)
    flood = [record for record in records if '积水' in record['title'] or '内涝' in record['title']]
    checks.between('flood complaints from June to September', share(flood, month, (6, 7, 8, 9)), .60, 1)


def check_short(checks, weisu, folder):
    stream = synth_stream.make(weisu, folder, 1, 30, 60, '--short')
    lengths = [len(record['text']) for record in stream.records]
    checks.between('characters of the shortest short text', min(lengths), 150, 200)
    checks.between('characters of the longest short text', max(lengths), 150, 200)


def check_years(checks, weisu, folder):
    """Hotspots of the year: the same problem at the same place in each of three years."""
    synth_stream.make(weisu, folder, 1, 3 * 365, 6, '--short')
    years = collections.defaultdict(set)
    for event in synth_stream.read_events(folder):
        if event['shape'] == 'season':
            years[event['place'], event['problem']].add(event['ids'][0][:4])
    returned = sum(len(found) >= 3 for found in years.values())
    checks.between('hotspots that come back in three years', returned, 3, 100)


def check_determinism(checks, weisu, folder):
    for name, seed in (('a', 7), ('b', 7), ('c', 8)):
        synth_stream.make(weisu, os.path.join(folder, name), seed, 20, 30)
    for file in ('stream.jsonl', 'gold.tsv', 'events.jsonl'):
        a, b, c = (os.path.join(folder, name, file) for name in 'abc')
        checks.true('equal seeds, equal %s' % file, filecmp.cmp(a, b, shallow=False))
        checks.true('other seeds, other %s' % file, not filecmp.cmp(a, c, shallow=False))


def main():
    weisu = sys.argv[1]
    checks = synth_stream.Checks()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [os.path.join(scratch, str(seed)) for seed in SEEDS]
        streams = [synth_stream.make(weisu, folder, seed) for seed, folder in zip(SEEDS, folders)]
        check_shape(checks, streams)
        check_mentions(checks, streams, folders)
        check_calendar(checks, streams)
        check_short(checks, weisu, os.path.join(scratch, 'short'))
        check_years(checks, weisu, os.path.join(scratch, 'years'))
        check_determinism(checks, weisu, os.path.join(scratch, 'again'))
    return checks.finish()


if __name__ == '__main__':
    sys.exit(main())
