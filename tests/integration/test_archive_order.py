#!/usr/bin/env python3
"""The real archive as a table, newest first, with one record dated 2099 and one dated 1970: sorted by time, the first
is rejected as implausible, the second is a record like others.

usage: test_archive_order.py WEISU
Needs WEISU_DATA (the data); skipped without it.
"""
import csv, json, os, pathlib, subprocess, sys, tempfile

from test_archive import iso, rows_of

FUTURE = ['future', '', '路灯不亮', '2099-07-01 08:00:00', '文昌小区路灯不亮，晚上看不清路。']
PAST = ['past', '', '井盖缺失', '1970-01-01 00:00:00', '人民广场南侧井盖缺失，有安全隐患。']


def run(weisu, work, name, rows, *options):
    table, out = work / (name + '.csv'), work / name
    with open(table, 'w', newline='', encoding='utf-8') as file:
        csv.writer(file).writerows(rows)
    subprocess.run([weisu, 'batch', '--out', out, *options, table], check=True, capture_output=True)
    files = {file: (out / file).read_text(encoding='utf-8')
             for file in ('assignments.tsv', 'alerts.jsonl', 'clusters.jsonl', 'links.tsv')}
    files['assignments.tsv'] = sorted(files['assignments.tsv'].splitlines())
    rejected = [json.loads(line) for line in (out / 'rejected.jsonl').read_text(encoding='utf-8').splitlines()]
    return files, rejected, json.loads((out / 'summary.json').read_text(encoding='utf-8'))


def check_future(result, complaints):
    _, rejected, summary = result
    assert summary['complaints'] == complaints, summary
    assert [(r['code'], json.loads(r['raw'])['id']) for r in rejected] == [('time_implausible', 'future')], rejected


def check_past(files, plain):
    """It opens a cluster of its own, before all others, and changes nothing of theirs."""
    past, *others = files['clusters.jsonl'].splitlines()
    past = json.loads(past)
    assert past['first'] == '1970-01-01T00:00:00+08:00' and past['complaints'] == 1, past
    assert others == plain['clusters.jsonl'].splitlines()
    assert [line for line in files['assignments.tsv'] if not line.startswith('past\t')] == plain['assignments.tsv']
    assert files['links.tsv'] == plain['links.tsv']
    alerts, expected = ([json.loads(line) for line in lines.splitlines()]
                        for lines in (files['alerts.jsonl'], plain['alerts.jsonl']))
    assert len(alerts) == len(expected) > 100
    for alert, other in zip(alerts, expected):
        # Ids hold the number in the log, which is one more; rates count one record more.
        for key in alert.keys() - {'alert', 'recurrence_of', 'recurrence_days', 'expected', 'reasons'}:
            assert alert[key] == other[key], (key, alert, other)
        assert abs(alert['expected'] - other['expected']) < 0.01, (alert, other)


def main(weisu):
    data = os.environ.get('WEISU_DATA')
    if not data:
        print('skipped: WEISU_DATA names no folder')
        sys.exit(77)
    header, *rows = rows_of(pathlib.Path(data) / 'archive_with_replies.xlsx')
    header, rows = header[:5], [row[:5] for row in rows]
    newest = sorted(rows, key=lambda row: iso(row[3]), reverse=True)
    oldest = sorted(newest, key=lambda row: iso(row[3]))
    count = len(rows)
    assert count == 2816 and newest != rows
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        plain = run(weisu, work, 'oldest', [header, *oldest])
        assert plain[2]['complaints'] == count and not plain[1]
        assert run(weisu, work, 'newest', [header, *newest])[0] == plain[0], 'the order of the file is seen'
        wrong = newest[:1000] + [FUTURE] + newest[1000:]
        future = run(weisu, work, 'future', [header, *wrong])
        check_future(future, count)
        assert future[0] == plain[0], 'a rejected record is seen'
        both = newest[:500] + [PAST] + newest[500:1000] + [FUTURE] + newest[1000:]
        past = run(weisu, work, 'past', [header, *both])
        check_future(past, count + 1)
        check_past(past[0], plain[0])
        kept = run(weisu, work, 'kept', [header, *both], '--order', 'input')
        check_future(kept, count + 1)


if __name__ == '__main__':
    main(sys.argv[1])
