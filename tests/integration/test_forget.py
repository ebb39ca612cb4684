#!/usr/bin/env python3
"""What is forgotten is in no file of the data folder any more, and everything else is as it was.

usage: test_forget.py WEISU
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from weisu_service import Feed, Service, complaints, database_rows, send_file, wait_for

RECORDS = 3000
REPORTER = '王-4711'
SECRET = '只有我知道的一句话甲乙丙丁'
TITLE = '本人独有的标题戊己庚辛'


def stream():
    """One reporter with texts of his own among the others; some of his cases found clusters, some join them."""
    for number, line in enumerate(complaints(RECORDS)):
        record = json.loads(line)
        if number % 100 == 7:
            record.update(reporter=REPORTER, text=record['text'] + SECRET, title=TITLE + record['title'],
                          address='十二号楼')
        yield json.dumps(record, ensure_ascii=False) + '\n'


def his(lines):
    return [json.loads(line)['id'] for line in lines if REPORTER in line]


def run(weisu, *arguments):
    result = subprocess.run([weisu, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert result.returncode == 0, result.stderr.decode()
    return result.stderr.decode()


def exported(weisu, data):
    out = data.parent / 'out'
    run(weisu, 'export', '--data', data, '--out', out)
    return {name: (out / name).read_text(encoding='utf-8').splitlines()
            for name in ('assignments.tsv', 'clusters.jsonl', 'alerts.jsonl', 'links.tsv')}


def without_titles(lines):
    return [{key: value for key, value in json.loads(line).items() if key != 'title'} for line in lines]


def holds(data, text):
    return [file.name for file in data.iterdir() if text.encode() in file.read_bytes()]


def forget_reporter(weisu, folder):
    lines = list(stream())
    path = folder / 'stream.jsonl'
    path.write_text(''.join(lines), encoding='utf-8')
    with Service(weisu, folder, '--checkpoint-records', '800') as service:
        send_file(weisu, service, path)
        service.settle()
        refused = subprocess.run([weisu, 'forget', '--data', service.data, '--reporter', REPORTER],
                                 stderr=subprocess.PIPE)
        assert refused.returncode == 3 and b'in use' in refused.stderr, 'a running service was not heeded'
    data = service.data
    assert holds(data, SECRET) and holds(data, TITLE), 'nothing to be forgotten is there'
    before = exported(weisu, data)
    assert '%d records forgotten' % len(his(lines)) in run(weisu, 'forget', '--data', data, '--reporter', REPORTER)
    for text in (SECRET, TITLE, REPORTER):
        assert not holds(data, text), (text, holds(data, text))
    check_others(before, exported(weisu, data), data, lines)
    goes_on(weisu, folder, lines)


def check_others(before, after, data, lines):
    assert before['assignments.tsv'] == after['assignments.tsv'] and before['links.tsv'] == after['links.tsv']
    for name in ('clusters.jsonl', 'alerts.jsonl'):
        assert without_titles(before[name]) == without_titles(after[name]), name
        assert not any(TITLE in line for line in after[name])
        kept = sum(bool(json.loads(line)['title']) for line in after[name])
        assert kept > len(after[name]) // 2, 'titles of others are gone from ' + name
    rows = database_rows(data, 'SELECT kind, count(*), sum(reporter IS NULL) FROM log GROUP BY kind ORDER BY kind')
    assert rows == [(1, RECORDS - len(his(lines)), 0), (5, len(his(lines)), len(his(lines)))], rows


def goes_on(weisu, folder, lines):
    """The service knows the forgotten cases by their ids, and starts without its checkpoint too."""
    with Service(weisu, folder) as service, Feed(service) as feed:
        feed.send(lines[7])
        feed.until_ack(1)
        assert service.settle()['duplicates'] == 1
    run(weisu, 'forget', '--data', service.data, '--before', '2000-01-01')
    out = folder / 'replayed'
    assert 'deleted' in run(weisu, 'batch', '--replay', service.data, '--out', out)
    assert json.loads((out / 'summary.json').read_text())['complaints'] == RECORDS


def retention(weisu, folder):
    """Texts older than a week leave the log while the service runs."""
    path = folder / 'stream.jsonl'
    path.write_text(''.join(stream()), encoding='utf-8')
    with Service(weisu, folder, '--checkpoint-records', '500') as service:
        send_file(weisu, service, path)
        service.settle()
    forgotten = 'SELECT count(*), max(seq) FROM log WHERE kind = 5'
    assert database_rows(service.data, forgotten)[0][0] == 0
    with Service(weisu, folder, '--retention-days', '7') as service:
        wait_for(lambda: database_rows(service.data, forgotten)[0][0], 'retention')
    with Service(weisu, folder, '--retention-days', '7') as service:
        wait_for(lambda: database_rows(service.data, forgotten)[0][0] > RECORDS // 3, 'retention to end')
    clock = database_rows(service.data, 'SELECT max(time_ms) FROM log')[0][0]
    old = database_rows(service.data, 'SELECT count(*), max(seq) FROM log WHERE time_ms < %d' % (clock - 7 * 86400000))
    assert database_rows(service.data, forgotten) == old and old[0][0] < RECORDS
    texts = database_rows(service.data, 'SELECT count(*) FROM log WHERE kind = 5 AND length(body) > 40')
    assert texts == [(0,)], texts


def main(weisu):
    for test in (forget_reporter, retention):
        with tempfile.TemporaryDirectory(prefix="weisu-forget-") as folder:
            test(weisu, pathlib.Path(folder))
        print(test.__name__)


if __name__ == '__main__':
    main(*sys.argv[1:])
