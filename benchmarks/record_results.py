#!/usr/bin/env python3
"""Measures quality and speed and writes benchmarks/results.csv: one row a figure, with the command that made it.

usage: record_results.py BUILD [--records N] [--out FILE]

BUILD is a build tree of the preset release. Quality needs WEISU_DATA and WEISU_SCORE (else its rows are left out, and it
is said so). Speed is measured on a stream that `weisu synth` makes, in a quiet machine: each command three times, the
median and the range. A row replaces the older one of its measure; rows of other programs stay. History is that of the file.
"""
import argparse, csv, datetime, json, os, pathlib, platform, re, statistics, subprocess, sys, tempfile, time

RUNS = 3


def machine():
    model = next((l.split(':', 1)[1].strip() for l in open('/proc/cpuinfo') if l.startswith('model name')), 'unknown')
    memory = int(next(l for l in open('/proc/meminfo') if l.startswith('MemTotal')).split()[1]) // 2**20
    return f'{model}, {os.cpu_count()} cores, {memory} GiB, Linux {platform.release().split("-")[0]}'


class Results:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, command, low='', high=''):
        self.rows.append([name, value, low, high, unit, command])
        print(f'{name}: {value} {unit} [{low} {high}]', flush=True)

    def spread(self, name, values, unit, command, digits=0):
        rounded = [round(v, digits) if digits else round(v) for v in sorted(values)]
        self.add(name, statistics.median_low(rounded), unit, command, rounded[0], rounded[-1])

    def write(self, path):
        commit = subprocess.run(['git', 'rev-parse', '--short=12', 'HEAD'], capture_output=True, text=True).stdout.strip()
        rows = [[str(datetime.date.today()), commit, machine(), *row] for row in self.rows]
        measured = {row[0] for row in self.rows}
        if os.path.exists(path):
            with open(path, newline='', encoding='utf-8') as file:
                rows += [row for row in list(csv.reader(file))[1:] if row[3] not in measured]
        with open(path, 'w', newline='', encoding='utf-8') as file:
            out = csv.writer(file, lineterminator='\n')
            out.writerow(['date', 'commit', 'machine', 'measure', 'median', 'low', 'high', 'unit', 'command'])
            out.writerows(rows)


def last_json(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    try:
        return json.loads(out)
    except json.JSONDecodeError:
        return json.loads(out.strip().splitlines()[-1])


def quality(results, weisu, work):
    data, score = os.environ.get('WEISU_DATA'), os.environ.get('WEISU_SCORE')
    if not data or not score:
        print('quality is left out: WEISU_DATA and WEISU_SCORE name no folders')
        return
    data, score, out = pathlib.Path(data), pathlib.Path(score), work / 'real'
    stream = data / 'complaints_dev.jsonl'
    subprocess.run([weisu, 'batch', '--out', out, stream], check=True, stderr=subprocess.DEVNULL)
    batch = 'weisu batch --out OUT complaints_dev.jsonl; '
    clusters = last_json([sys.executable, score / 'cluster_score.py', data / 'complaints_dev.gold.tsv',
                          out / 'assignments.tsv'])
    for key in ('bcubed_ns_f1', 'bcubed_f1', 'pair_f1', 'topk_event_f1'):
        results.add(f'clusters.{key}', round(clusters[key], 4), 'F1',
                    batch + 'cluster_score.py complaints_dev.gold.tsv OUT/assignments.tsv')
    alerts = last_json([sys.executable, score / 'alerts_score.py', stream, data / 'complaints_dev.events.jsonl',
                        out / 'alerts.jsonl'])
    for key in ('detected', 'preventable', 'precision', 'alerts_per_week', 'void'):
        results.add(f'alerts.{key}', alerts[key], 'share' if key in ('detected', 'preventable', 'precision') else 'count',
                    batch + 'alerts_score.py complaints_dev.jsonl complaints_dev.events.jsonl OUT/alerts.jsonl')
    segmented = work / 'pku.txt'
    with open(segmented, 'wb') as file:
        subprocess.run([weisu, 'segment', data / 'pku_test.utf8'], check=True, stdout=file)
    f1 = last_json([sys.executable, score / 'seg_score.py', data / 'pku_test_gold.utf8', segmented])
    results.add('segment.f1_pku', f1['f1'], 'F1',
                'weisu segment pku_test.utf8 > P; seg_score.py pku_test_gold.utf8 P')


def reference(results, build, work):
    program = build / 'bin' / 'reference_single_pass'
    data, score = os.environ.get('WEISU_DATA'), os.environ.get('WEISU_SCORE')
    if not program.exists() or not data or not score:
        return
    out = work / 'reference.tsv'
    subprocess.run([program, pathlib.Path(data) / 'complaints_dev.jsonl', out], check=True, stdout=subprocess.DEVNULL)
    clusters = last_json([sys.executable, pathlib.Path(score) / 'cluster_score.py',
                          pathlib.Path(data) / 'complaints_dev.gold.tsv', out])
    for key in ('bcubed_ns_f1', 'bcubed_f1', 'pair_f1', 'topk_event_f1'):
        results.add(f'reference.{key}', round(clusters[key], 4), 'F1',
                    'reference_single_pass complaints_dev.jsonl R; cluster_score.py complaints_dev.gold.tsv R')


def stages(results, build, stream):
    weisu = build / 'bin' / 'weisu'
    rates = {}
    for _ in range(RUNS):
        out = subprocess.run([weisu, 'bench', '--csv', '--threads', '2', stream], check=True, capture_output=True,
                             text=True).stdout
        for line in out.splitlines():
            stage, threads, _, rate, megabytes, _, _ = line.split(',')
            rates.setdefault((stage, threads), []).append((float(rate), float(megabytes)))
    for (stage, threads), values in rates.items():
        command = 'weisu bench --threads 2 SHORT.jsonl (weisu synth --seed 1 --days 1 --per-day 20000 --short)'
        results.spread(f'stage.{stage}.threads{threads}', [v[0] for v in values], 'records/s', command)
        results.spread(f'stage.{stage}.threads{threads}.bytes', [v[1] for v in values], 'MB/s', command, 1)


def batch_speed(results, weisu, stream, records, work):
    for threads in (1, 2):
        rates, peak = [], 0
        for _ in range(RUNS):
            start = time.monotonic()
            subprocess.run([weisu, 'batch', '--threads', str(threads), '--out', work / 'speed', stream], check=True,
                           stderr=subprocess.DEVNULL)
            rates.append(records / (time.monotonic() - start))
            summary = json.loads((work / 'speed' / 'summary.json').read_text(encoding='utf-8'))
            peak = max(peak, summary['timing']['peak_resident_bytes'])
        command = f'weisu batch --threads {threads} STREAM (weisu synth --seed 1 --short, {records} records)'
        results.spread(f'batch.threads{threads}', rates, 'records/s', command)
        results.add(f'batch.threads{threads}.peak', round(peak / 1e6), 'MB', command)


def serve_speed(results, weisu, stream, records, work):
    rates = []
    for run in range(RUNS):
        ports, data = work / f'ports{run}', work / f'data{run}'
        service = subprocess.Popen([weisu, 'serve', '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--data', data,
                                    '--clock', 'event', '--ports-file', ports], stderr=subprocess.DEVNULL)
        try:
            while not ports.exists() or len(ports.read_text().split()) < 2:
                time.sleep(0.05)
            feed = subprocess.run([weisu, 'feed', '--to', f'127.0.0.1:{ports.read_text().split()[0]}', stream],
                                  check=True, capture_output=True, text=True)
            rates.append(float(re.search(r'(\d+) records/s', feed.stderr + feed.stdout).group(1)))
        finally:
            service.terminate()
            service.wait()
    results.spread('serve.durable', rates, 'records/s',
                   f'weisu serve --clock event; weisu feed STREAM on one connection (weisu synth --seed 1 --short, {records} records)')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('--records', type=int, default=1000000)
    parser.add_argument('--out', default='benchmarks/results.csv')
    words = parser.parse_args()
    build = pathlib.Path(words.build)
    weisu, results = build / 'bin' / 'weisu', Results()
    os.environ['LC_ALL'] = 'C.UTF-8'
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        quality(results, weisu, work)
        reference(results, build, work)
        for name, days, per_day in (('short', 1, 20000), ('long', max(1, words.records // 70000), 70000)):
            subprocess.run([weisu, 'synth', '--seed', '1', '--days', str(days), '--per-day', str(per_day), '--short', '--out',
                            work / name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        short, long = work / 'short' / 'stream.jsonl', work / 'long' / 'stream.jsonl'
        stages(results, build, short)
        records = sum(1 for _ in open(long, 'rb'))
        serve_speed(results, weisu, long, records, work)
        batch_speed(results, weisu, long, records, work)
    results.write(words.out)


if __name__ == '__main__':
    main()
