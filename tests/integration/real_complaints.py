#!/usr/bin/env python3
"""The real complaints: every record accepted, the largest events alerted before half of their complaints have come, and
the same bytes from the service as from `batch`, for any number of threads and any batch size.

usage: real_complaints.py WEISU
Needs WEISU_DATA (the data) and WEISU_SCORE (the scorers); skipped without them.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from batch_invariance import compare, run_batch, vary_batch
from weisu_service import Service, send_file

LARGEST = 3  # events that have to be alerted in time


def read_lines(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file if line.strip()]


def real_data():
    """The folders of the data and of the scorers."""
    folders = [os.environ.get(name) for name in ('WEISU_DATA', 'WEISU_SCORE')]
    if not all(folder and os.path.isdir(folder) for folder in folders):
        print('skipped: WEISU_DATA and WEISU_SCORE do not name folders')
        sys.exit(77)
    return map(pathlib.Path, folders)


def score(scorer, *arguments):
    """The lines that a scorer prints."""
    result = subprocess.run([sys.executable, str(scorer), *map(str, arguments)], check=True, stdout=subprocess.PIPE)
    return result.stdout.decode().splitlines()


def check_all_accepted(out, records):
    summary = json.loads((out / 'summary.json').read_text(encoding='utf-8'))
    assert summary['complaints'] == len(records) and summary['rejected'] == 0, summary
    assigned = {line.split('\t')[0] for line in (out / 'assignments.tsv').read_text(encoding='utf-8').splitlines()}
    missing = [record['id'] for record in records if record['id'] not in assigned]
    assert not missing, 'without a cluster: %s' % missing[:5]
    print('%d records accepted' % len(records))


def check_foresight(scores, stream, events, alerts):
    *detail, total = map(json.loads, score(scores / 'alerts_score.py', stream, events, alerts, '--detail'))
    print(total)
    assert total['void'] == 0, 'alerts that name complaints of their future'
    sizes = sorted((len(event['ids']) for event in read_lines(events)), reverse=True)
    assert [event['complaints'] for event in detail[:LARGEST]] == sizes[:LARGEST], 'these are not the largest events'
    for event in detail[:LARGEST]:
        print(event['event'], event['complaints'], 'complaints,', event['still_to_come'], 'after the alert')
        assert 2 * event['still_to_come'] > event['complaints'], '%s was alerted too late' % event['event']


def check_service(weisu, stream, folder, truth):
    """One connection, and what `export` writes."""
    folder.mkdir()
    with Service(weisu, folder) as service:
        send_file(weisu, service, stream)
        service.settle()
    subprocess.run([weisu, 'export', '--data', str(service.data), '--out', str(folder / 'out')], check=True,
                   stdout=subprocess.DEVNULL)
    exported = ('assignments.tsv', 'alerts.jsonl', 'links.tsv', 'clusters.jsonl')
    compare('export of the service', {name: (folder / 'out' / name).read_bytes() for name in exported}, truth)


def main(weisu):
    data, scores = real_data()
    stream = data / 'complaints_dev.jsonl'
    with tempfile.TemporaryDirectory(prefix='weisu-real-') as holder:
        holder = pathlib.Path(holder)
        out = holder / 'batch'
        truth = run_batch(weisu, stream, out)
        check_all_accepted(out, read_lines(stream))
        print(*score(scores / 'cluster_score.py', data / 'complaints_dev.gold.tsv', out / 'assignments.tsv'))
        check_foresight(scores, stream, data / 'complaints_dev.events.jsonl', out / 'alerts.jsonl')
        compare('batch as it chooses', truth, vary_batch(weisu, stream, holder))
        check_service(weisu, stream, holder / 'service', truth)


if __name__ == '__main__':
    main(sys.argv[1])
