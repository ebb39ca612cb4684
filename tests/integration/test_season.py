#!/usr/bin/env python3
"""Six years with known hotspots of the year: most are raised before they come, and few alerts are about nothing.

usage: test_season.py WEISU [--seed S] [--per-day N] [--keep DIR]

Prints a line a year; the bars are for the years with three earlier ones. A seasonal alert is about a series when half of
its evidence is of that series.
"""

import argparse
import collections
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile


def lines(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            yield json.loads(line)


def measure(folder):
    """year → [series, raised ahead, alerts, false]"""
    times = {record['id']: record['time'] for record in lines(folder / 'stream' / 'stream.jsonl')}
    owner, starts = {}, collections.defaultdict(list)
    for event in lines(folder / 'stream' / 'events.jsonl'):
        if 'series' in event:
            owner.update((name, event['series']) for name in event['ids'])
            starts[event['series']].append(times[event['ids'][0]])
    years = collections.defaultdict(lambda: [set(), set(), 0, 0])
    for series, begins in starts.items():
        for begin in begins:
            years[begin[:4]][0].add(series)
    for alert in lines(folder / 'out' / 'alerts.jsonl'):
        if alert['kind'] != 'seasonal' or alert['state'] != 'raised':
            continue
        assert all(times[name] <= alert['time'] for name in alert['complaints']), 'evidence of the future'
        assert len(alert['complaints']) >= 2 and any('过去' in reason for reason in alert['reasons'])
        series, votes = collections.Counter(map(owner.get, alert['complaints'])).most_common(1)[0]
        to_come = [begin for begin in starts[series] if begin > alert['time']] if series else []
        is_about = series and 2 * votes >= len(alert['complaints'])
        year = min(to_come)[:4] if is_about and to_come else alert['time'][:4]
        years[year][2] += 1
        if not is_about:
            years[year][3] += 1
        elif to_come:
            lead = datetime.datetime.fromisoformat(min(to_come)) - datetime.datetime.fromisoformat(alert['time'])
            if lead.days <= 60:
                years[year][1].add(series)
    return years


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weisu')
    parser.add_argument('--seed', default='7')
    parser.add_argument('--per-day', default='36')
    parser.add_argument('--keep')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='weisu-season-') as holder:
        folder = pathlib.Path(args.keep or holder)
        subprocess.run([args.weisu, 'synth', '--seed', args.seed, '--days', '2192', '--per-day', args.per_day, '--short',
                        '--start', '2018-01-01', '--out', folder / 'stream'], check=True, stderr=subprocess.DEVNULL)
        subprocess.run([args.weisu, 'batch', '--out', folder / 'out', folder / 'stream' / 'stream.jsonl'], check=True,
                       stderr=subprocess.DEVNULL)
        years = measure(folder)
    ahead = known = alerts = false = 0
    for year in sorted(years):
        series, told, raised, wrong = years[year]
        print('%s: %d of %d raised ahead, %d of %d alerts false' % (year, len(told), len(series), wrong, raised))
        if year >= '2021':
            ahead, known = ahead + len(told), known + len(series)
            alerts, false = alerts + raised, false + wrong
    print('with three earlier years: %.2f raised ahead, %.2f false' % (ahead / known, false / max(alerts, 1)))
    assert ahead >= .8 * known and false <= .2 * alerts


if __name__ == '__main__':
    sys.exit(main())
