#!/usr/bin/env python3
"""Does the 80 % interval of a forecast hold what came? Each raised alert of a cluster, against what its cluster got
within 90 days.

usage: forecast_coverage.py WEISU STREAM.jsonl... [--out FILE.csv]

Alerts of the last 90 days of a stream are left out: what was to come is not known there. Prints, a stream, the share of
the alerts whose later complaints lie within the interval (low and high rounded outwards to whole complaints), below
it, above it, and the means of forecast and truth. `complaints` stands for WEISU_DATA's complaints_dev.jsonl.
"""
import argparse, collections, csv, datetime, json, math, os, pathlib, subprocess, sys, tempfile

DAY = datetime.timedelta(days=1)


def lines(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def measure(weisu, stream):
    times = {record['id']: datetime.datetime.fromisoformat(record['time']) for record in lines(stream)}
    with tempfile.TemporaryDirectory(prefix='weisu-forecast-') as folder:
        subprocess.run([weisu, 'batch', '--out', folder, stream], check=True, stderr=subprocess.DEVNULL)
        members = collections.defaultdict(list)
        for line in open(pathlib.Path(folder) / 'assignments.tsv', encoding='utf-8'):
            name, cluster = line.rstrip('\n').split('\t')[:2]
            members[cluster].append(times[name])
        alerts = lines(pathlib.Path(folder) / 'alerts.jsonl')
    end = max(times.values()) - 90 * DAY
    rows = []
    for alert in alerts:
        at = datetime.datetime.fromisoformat(alert['time'])
        if alert['state'] != 'raised' or not alert['cluster'] or not alert['forecast'] or at > end:
            continue
        later = sum(at < time <= at + 90 * DAY for time in members[alert['cluster']])
        forecast = alert['forecast']
        rows.append((forecast['complaints'], math.floor(forecast['low']), math.ceil(forecast['high']), later))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weisu')
    parser.add_argument('streams', nargs='+')
    parser.add_argument('--out')
    args = parser.parse_args()
    table = []
    for stream in args.streams:
        if stream == 'complaints':
            if not os.environ.get('WEISU_DATA'):
                print('WEISU_DATA names no folder')
                return 77
            stream = os.path.join(os.environ['WEISU_DATA'], 'complaints_dev.jsonl')
        rows = measure(args.weisu, stream)
        n = max(len(rows), 1)
        within = sum(low <= later <= high for _, low, high, later in rows) / n
        below = sum(later < low for _, low, high, later in rows) / n
        above = sum(later > high for _, low, high, later in rows) / n
        mean = sum(row[0] for row in rows) / n
        truth = sum(row[3] for row in rows) / n
        name = pathlib.Path(stream).parent.name if pathlib.Path(stream).stem == 'stream' else pathlib.Path(stream).stem
        table.append([name, len(rows), round(within, 3), round(below, 3), round(above, 3), round(mean, 2), round(truth, 2)])
        print('%s: %d alerts, within %.3f, below %.3f, above %.3f; forecast %.2f, truth %.2f' % tuple(table[-1]), flush=True)
    if args.out:
        with open(args.out, 'w', encoding='utf-8', newline='') as file:
            out = csv.writer(file, lineterminator='\n')
            out.writerow(['stream', 'alerts', 'within', 'below', 'above', 'forecast', 'truth'])
            out.writerows(table)
    return 0


if __name__ == '__main__':
    sys.exit(main())
