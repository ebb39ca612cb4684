#!/usr/bin/env python3
"""Is the budget of false alerts honoured where nothing is going on? Real counts whose events are destroyed.

usage: false_alarm_budget.py WEISU [--streams 20] [--budget 1] [--out FILE.csv] [--only complaints|chicago]

complaints  complaints_dev.jsonl with the times permuted over all records: texts, and with them clusters, stay; when they
            come is chance.
chicago     chicago311_dev.csv without requests that were flagged as repeats; days permuted within month x weekday x
            community area: trends, seasons and the weight of each area stay, every rise is destroyed.

Needs WEISU_DATA. Seeds are 1 to --streams. The budget is honoured when at most --budget alerts a week are raised in 18
of 20 streams, and used when the mean is at least .3 of it. Exit status 1 when it is not; 77 without data.
"""
import argparse, collections, csv, json, os, pathlib, random, statistics, subprocess, sys, tempfile


def permuted_complaints(source, seed, target):
    records = [json.loads(line) for line in open(source, encoding='utf-8')]
    times = [record['time'] for record in records]
    random.Random(seed).shuffle(times)
    for record, time in zip(records, times):
        record['time'] = time
    records.sort(key=lambda record: record['time'])
    target.write_text(''.join(json.dumps(record, ensure_ascii=False) + '\n' for record in records), encoding='utf-8')
    return {record['time'][:10] for record in records}


def permuted_chicago(source, seed, target):
    import datetime
    with open(source, encoding='utf-8-sig', newline='') as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if 'Dup' not in row['Status']]
        columns = reader.fieldnames
    strata = collections.defaultdict(list)
    for row in rows:
        day = datetime.date.fromisoformat(row['Creation_Date'])
        strata[day.year, day.month, day.weekday(), row['Community_Area']].append(row)
    draw = random.Random(seed)
    for key in sorted(strata):
        stratum = strata[key]
        year, month, weekday, _ = key
        # Whole weeks of the month in which that weekday exists, drawn for each request.
        days = [datetime.date(year, month, d) for d in range(1, 32) if is_day(year, month, d)]
        days = [day for day in days if day.weekday() == weekday]
        for row in stratum:
            row['Creation_Date'] = draw.choice(days).isoformat()
            row['Completion_Date'] = ''
    order = list(range(len(rows)))
    draw.shuffle(order)
    order.sort(key=lambda at: rows[at]['Creation_Date'])
    with open(target, 'w', encoding='utf-8', newline='') as file:
        out = csv.DictWriter(file, columns)
        out.writeheader()
        out.writerows(rows[at] for at in order)
    return {row['Creation_Date'] for row in rows}


def is_day(year, month, day):
    import datetime
    try:
        datetime.date(year, month, day)
        return True
    except ValueError:
        return False


def weeks_of(days):
    import datetime
    return len({datetime.date.fromisoformat(day).isocalendar()[:2] for day in days})


def raised(weisu, budget, source, folder, options):
    command = [weisu, 'batch', '--budget', str(budget), '--threads', '1', '--out', folder / 'out', *options, source]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    alerts = [json.loads(line) for line in open(folder / 'out' / 'alerts.jsonl', encoding='utf-8')]
    return [alert for alert in alerts if alert['state'] == 'raised']


STREAMS = {'complaints': ('complaints_dev.jsonl', permuted_complaints, []),
           'chicago': ('chicago311_dev.csv', permuted_chicago, ['--tz', 'America/Chicago'])}


def measure(name, args, folder, rows):
    file, permute, options = STREAMS[name]
    rates = []
    for seed in range(1, args.streams + 1):
        target = folder / file
        days = permute(pathlib.Path(os.environ['WEISU_DATA']) / file, seed, target)
        alerts = raised(args.weisu, args.budget, target, folder, options)
        kinds = collections.Counter(alert['kind'] for alert in alerts)
        rates.append(len(alerts) / weeks_of(days))
        rows.append([name, seed, args.budget, len(alerts), weeks_of(days), round(rates[-1], 3),
                     ' '.join('%s=%d' % kind for kind in sorted(kinds.items()))])
    within = sum(rate <= args.budget for rate in rates)
    mean = statistics.mean(rates)
    print('%s: at most the budget in %d of %d streams; %.2f a week on average, most %.2f' %
          (name, within, len(rates), mean, max(rates)), flush=True)
    return within >= .9 * len(rates) and mean >= .3 * args.budget


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weisu')
    parser.add_argument('--streams', type=int, default=20)
    parser.add_argument('--budget', type=float, default=1)
    parser.add_argument('--only', choices=sorted(STREAMS))
    parser.add_argument('--out')
    args = parser.parse_args()
    if not os.environ.get('WEISU_DATA'):
        print('WEISU_DATA names no folder: nothing to permute')
        return 77
    rows = []
    with tempfile.TemporaryDirectory(prefix='weisu-budget-') as folder:
        honoured = [measure(name, args, pathlib.Path(folder), rows) for name in STREAMS if args.only in (None, name)]
    if args.out:
        with open(args.out, 'w', encoding='utf-8', newline='') as file:
            out = csv.writer(file, lineterminator='\n')
            out.writerow(['stream', 'seed', 'budget', 'alerts', 'weeks', 'alerts_a_week', 'kinds'])
            out.writerows(rows)
    return 0 if all(honoured) else 1


if __name__ == '__main__':
    sys.exit(main())
