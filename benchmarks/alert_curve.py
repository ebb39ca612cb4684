#!/usr/bin/env python3
"""How early, how sure, at which budget: the real complaints, whole and in samples of their events.

usage: alert_curve.py WEISU [--samples 8] [--share .8] [--out FILE.csv]

Each sample keeps every gold event (lone complaints are events of one) with that chance, so that a setting that suits a
few events only shows by its spread. Scores are alerts_score.py's, at 3, 4 and 5 reporters. Needs WEISU_DATA and
WEISU_SCORE; exit status 77 without.
"""
import argparse, csv, json, os, pathlib, random, statistics, subprocess, sys, tempfile

BUDGETS = (.25, .5, 1, 2, 4)
REPORTERS = (3, 4, 5)


def sample(records, events, seed, share):
    """Everything for seed 0."""
    owner = {name: event['event'] for event in events for name in event['ids']}
    draw = random.Random(seed)
    keeps = {}
    kept = []
    for record in records:
        event = owner.get(record['id'], record['id'])
        if event not in keeps:
            keeps[event] = seed == 0 or draw.random() < share
        if keeps[event]:
            kept.append(record)
    return kept, [event for event in events if keeps.get(event['event'])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weisu')
    parser.add_argument('--samples', type=int, default=8)
    parser.add_argument('--share', type=float, default=.8)
    parser.add_argument('--out')
    args = parser.parse_args()
    if not os.environ.get('WEISU_DATA') or not os.environ.get('WEISU_SCORE'):
        print('WEISU_DATA and WEISU_SCORE name no folders')
        return 77
    sys.path.insert(0, os.environ['WEISU_SCORE'])
    from alerts_score import lines, score
    data = pathlib.Path(os.environ['WEISU_DATA'])
    records = lines(data / 'complaints_dev.jsonl')
    events = lines(data / 'complaints_dev.events.jsonl')
    rows = []
    with tempfile.TemporaryDirectory(prefix='weisu-curve-') as name:
        folder = pathlib.Path(name)
        for budget in BUDGETS:
            for seed in range(args.samples + 1):
                kept, left = sample(records, events, seed, args.share)
                (folder / 'stream.jsonl').write_text(
                    ''.join(json.dumps(record, ensure_ascii=False) + '\n' for record in kept), encoding='utf-8')
                subprocess.run([args.weisu, 'batch', '--budget', str(budget), '--threads', '1', '--out', folder / 'out',
                                folder / 'stream.jsonl'], check=True, stderr=subprocess.DEVNULL)
                alerts = lines(folder / 'out' / 'alerts.jsonl')
                for least in REPORTERS:
                    result, _ = score(kept, left, alerts, least)
                    rows.append([budget, seed or 'whole', least, result['alerts_per_week'], result['detected'],
                                 result['preventable'], *result['interval'], result['precision'], result['void']])
            print_budget(rows, budget)
    if args.out:
        with open(args.out, 'w', encoding='utf-8', newline='') as file:
            out = csv.writer(file, lineterminator='\n')
            out.writerow(['budget', 'sample', 'reporters', 'alerts_a_week', 'detected', 'preventable', 'low', 'high',
                          'precision', 'void'])
            out.writerows(rows)
    return 0


def print_budget(rows, budget):
    for least in REPORTERS:
        mine = [row for row in rows if row[0] == budget and row[2] == least]
        samples = [row for row in mine if row[1] != 'whole']
        whole = next(row for row in mine if row[1] == 'whole')
        mean = [statistics.mean(row[at] for row in samples) for at in (3, 4, 5, 8)] if samples else [0] * 4
        print('budget %-4g reporters %d  whole: %.2f a week, detected %.3f, preventable %.3f [%.3f %.3f], precision %.3f'
              '  samples: %.2f, %.3f, %.3f, %.3f' % (budget, least, whole[3], whole[4], whole[5], whole[6], whole[7],
                                                   whole[8], *mean), flush=True)


if __name__ == '__main__':
    sys.exit(main())
