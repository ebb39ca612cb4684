#!/usr/bin/env python3
"""`weisu backtest` says what `weisu batch` would have raised, and what came later.

usage: test_backtest.py WEISU
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

WEISU = sys.argv[1]
ENGLISH = dict(os.environ, LC_ALL='C.UTF-8', LANG='C.UTF-8')


def run(*arguments):
    return subprocess.run([WEISU, *map(str, arguments)], capture_output=True, env=ENGLISH)


def lines(path):
    return [json.loads(line) for line in open(path, encoding='utf-8')]


def check_alerts(folder):
    """Each raised alert is a row, with the sizes that its cluster had then and in the end."""
    raised = [alert for alert in lines(folder / 'alerts.jsonl') if alert['state'] == 'raised']
    size = {cluster['cluster']: cluster['complaints'] for cluster in lines(folder / 'clusters.jsonl')}
    rows = list(csv.DictReader(open(folder / 'backtest.csv', encoding='utf-8', newline='')))
    assert [row['alert'] for row in rows] == [alert['alert'] for alert in raised]
    for row, alert in zip(rows, raised):
        assert int(row['known']) == alert['complaint_count'], row
        assert int(row['all']) == max(size.get(alert['cluster'], 0), alert['complaint_count']), row
        assert int(row['still_to_come']) == int(row['all']) - int(row['known'])
        assert row['title'].lstrip("'") == alert['title'] and row['kind'] == alert['kind']
    assert any(int(row['still_to_come']) > 0 for row in rows)
    return rows


def check_curve(folder):
    """More budget: more alerts, and no fewer hotspots found."""
    curve = [{key: float(value) for key, value in row.items()}
             for row in csv.DictReader(open(folder / 'curve.csv', encoding='utf-8'))]
    assert [point['budget'] for point in curve] == [.25, .5, 1, 2, 4]
    assert curve[0]['alerts_a_week'] < curve[-1]['alerts_a_week']
    assert curve[0]['hotspots_found'] <= curve[-1]['hotspots_found']
    assert all(0 <= point['came_after'] <= 1 for point in curve)
    assert xml.etree.ElementTree.parse(folder / 'curve.svg').getroot().tag.endswith('svg')


def main():
    assert run('backtest').returncode == 2
    assert run('backtest', '-').returncode == 2
    with tempfile.TemporaryDirectory(prefix='weisu-backtest-') as name:
        folder = pathlib.Path(name)
        assert run('synth', '--seed', 5, '--days', 90, '--per-day', 60, '--out', folder).returncode == 0
        stream = folder / 'stream.jsonl'
        result = run('backtest', '--out', folder / 'test', stream)
        assert result.returncode == 0, result.stderr.decode()
        assert run('batch', '--out', folder / 'batch', stream).returncode == 0
        for file in ('alerts.jsonl', 'clusters.jsonl', 'links.tsv'):
            assert (folder / 'test' / file).read_bytes() == (folder / 'batch' / file).read_bytes(), file
        rows = check_alerts(folder / 'test')
        check_curve(folder / 'test')
        said = result.stdout.decode()
        assert said.count('complaints known') == len(rows) and 'hotspots' in said, said
        assert run('backtest', '--out', folder / 'none', folder / 'missing.jsonl').returncode == 3


if __name__ == '__main__':
    main()
