#!/usr/bin/env python3
"""No byte of planted personal values is found in anything that a service writes: database, log, quarantine, API, replies.

usage: test_personal_data.py WEISU
"""

import json
import pathlib
import sys
import tempfile

from weisu_service import Events, Feed, Service

# 50 values: mobile and landline numbers, identity numbers, plates, e-mail addresses. None of them is anybody's.
PHONES = ['139%08d' % (n * 7654321 % 10 ** 8) for n in range(1, 13)] + ['010-6%07d' % (n * 76543 % 10 ** 7)
                                                                        for n in range(1, 5)]
IDENTITIES = ['11010519%02d0%d1%d%03d%s' % (50 + n, n % 9 + 1, n % 9, n * 37 % 1000, '0123456789X'[n % 11])
              for n in range(12)]
PLATES = ['京%s%05d' % ('ABCEFGHJ'[n % 8], 12345 + n * 6173) for n in range(8)] + ['京AD%05d' % (10234 + n) for n in range(4)]
MAILS = ['zhang.san%d@example%d.com' % (n, n % 3) for n in range(10)]
VALUES = PHONES + IDENTITIES + PLATES + MAILS


def lines():
    """Each value in a text, a title, an address, as the reporter, and in a line that is rejected."""
    for number, value in enumerate(VALUES):
        key = 'P%03d' % number
        day = '2024-06-%02dT09:00:00+08:00' % (number % 28 + 1)
        yield json.dumps({'id': key, 'time': day, 'title': '联系' + value, 'address': '东关村' + value,
                          'text': '朝阳区东关村路灯不亮，请回电%s，谢谢' % value, 'reporter': value}, ensure_ascii=False)
        yield '{"id":"%s-a","text":"回电%s，"time":"%s"}' % (key, value, day)
        yield json.dumps({'id': key + '-b', 'time': 'morgen', 'text': '请回电' + value, 'reporter': value})
        yield json.dumps({'id': key, 'time': day, 'text': '换了内容，电话%s' % value, 'reporter': value},
                         ensure_ascii=False)


def findings(name, data):
    text = data.decode('utf-8', 'replace')
    return ['%s: value %d' % (name, at) for at, value in enumerate(VALUES) if value in text]


def main(weisu):
    assert len(VALUES) == len(set(VALUES)) == 50
    found = []
    with tempfile.TemporaryDirectory(prefix='weisu-personal-') as holder:
        with Service(weisu, pathlib.Path(holder), '--checkpoint-records', '20') as service:
            with Events(service) as events, Feed(service) as feed:
                sent = list(lines())
                assert all(any(value in line for line in sent) for value in VALUES)
                feed.send('\n'.join(sent) + '\n')
                replies = feed.until_ack(len(sent))
                summary = service.settle()
                shown = [service.get(path)[2] for path in ('/api/v1/alerts?state=all', '/api/v1/clusters', '/metrics')]
                if summary['alert_changes']:
                    shown.append(repr(events.next()).encode())
            assert summary['complaints'] == 50 and summary['rejected'] == 150, summary
            for file in service.data.iterdir():  # while the write-ahead log is still there
                found += findings(file.name, file.read_bytes())
        for file in service.data.iterdir():
            found += findings(file.name + ' at the end', file.read_bytes())
        found += findings('log', service.log.read_bytes())
        found += findings('replies', json.dumps(replies, ensure_ascii=False).encode())
        found += [finding for body in shown for finding in findings('API', body)]
        rejected = (service.data / 'rejected.jsonl').read_text().splitlines()
    assert len(rejected) == 150
    sys.exit('\n'.join(found) if found else 0)


if __name__ == '__main__':
    main(*sys.argv[1:])
