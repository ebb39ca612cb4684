#!/usr/bin/env python3
"""A withdrawn case is in no later window: what would have raised an alert does not, and counts say so.

usage: test_withdrawn.py WEISU
"""

import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

from weisu_service import complaints

START = datetime.datetime.fromisoformat('2024-03-20T09:00:00+08:00')
EVENT = '朝阳区金鱼池小区锅炉爆裂，整栋楼停水停暖，居民连夜投诉，请立即抢修'
BACKGROUND, REPORTERS = 40, 12


def event(withdrawn):
    """Twelve reporters within a day, after some other complaints; each withdraws a minute after his call."""
    for number in range(REPORTERS):
        time = START + datetime.timedelta(hours=2 * number)
        yield {'id': 'E%02d' % number, 'time': time.isoformat(), 'title': '金鱼池小区锅炉爆裂停暖', 'text': EVENT,
               'reporter': 'event-%d' % number}
        if withdrawn:
            yield {'id': 'E%02d' % number, 'withdrawn': True,
                   'updated': (time + datetime.timedelta(minutes=1)).isoformat()}
            if withdrawn == 'not after all':
                yield {'id': 'E%02d' % number, 'withdrawn': False,
                       'updated': (time + datetime.timedelta(minutes=2)).isoformat()}


def batch(weisu, folder, lines):
    stream = folder / 'stream.jsonl'
    stream.write_text(''.join(json.dumps(line, ensure_ascii=False) + '\n' for line in lines), encoding='utf-8')
    subprocess.run([weisu, 'batch', '--order', 'input', '--out', folder / 'out', stream], check=True,
                   stderr=subprocess.DEVNULL)
    read = {name: (folder / 'out' / name).read_text(encoding='utf-8').splitlines()
            for name in ('assignments.tsv', 'clusters.jsonl', 'alerts.jsonl')}
    slots = {row.split('\t')[0]: row.split('\t')[1] for row in read['assignments.tsv']}
    clusters = {cluster['cluster']: cluster for cluster in map(json.loads, read['clusters.jsonl'])}
    cluster = slots['E00']
    assert all(slots['E%02d' % number] == cluster for number in range(REPORTERS)), 'the event is not one cluster'
    raised = [alert for alert in map(json.loads, read['alerts.jsonl'])
              if alert['state'] == 'raised' and set(alert['complaints']) & {id for id in slots if id[0] == 'E'}]
    return clusters[cluster]['complaints'], raised, json.loads((folder / 'out' / 'summary.json').read_text())


def main(weisu):
    before = [json.loads(line) for line in complaints(BACKGROUND, start='2024-02-28T08:00:00')]
    before = [line for line in before if datetime.datetime.fromisoformat(line['time']) < START]
    with tempfile.TemporaryDirectory(prefix='weisu-withdrawn-') as folder:
        folder = pathlib.Path(folder)
        count, raised, summary = batch(weisu, folder, before + list(event(None)))
        assert raised and count == REPORTERS and summary['rates']['withdrawn'] == 0, (raised, count)
        again = batch(weisu, folder, before + list(event('not after all')))
        assert [alert['reasons'] for alert in again[1]] == [alert['reasons'] for alert in raised], again
        assert again[0] == REPORTERS and again[2]['rates']['withdrawn'] == 0, again
        count, raised, summary = batch(weisu, folder, before + list(event(True)))
        assert not raised, raised
        assert count <= 1 and summary['rates']['withdrawn'] >= REPORTERS - 1, (count, summary['rates'])
    print('%d complaints: an alert; all withdrawn: none' % REPORTERS)


if __name__ == '__main__':
    main(*sys.argv[1:])
