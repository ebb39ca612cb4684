#!/usr/bin/env python3
"""Nothing that is said later changes what was said before.

usage: test_no_future.py WEISU [CUTS]

Two streams, one of `weisu synth` and the real complaints (where WEISU_DATA names them), get closings, answers and
withdrawals, as archives have them on a case's first record and as updates. At random cuts:
  - the output of the first k lines is a prefix of the output of all;
  - without what is closed or answered after a time, every line of output up to that time is the same.
"""

import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ANSWERS = ('resolved', 'satisfied', 'contacted')


def parse(text):
    return datetime.datetime.fromisoformat(text)


def with_ends(records, draw):
    """Half of the cases say on their first record how they ended; some say it again, or otherwise, in an update."""
    lines = []
    for record in records:
        said = {}
        if draw.random() < 0.5:
            said['closed'] = (parse(record['time']) + datetime.timedelta(hours=draw.expovariate(1 / 200))).isoformat()
            said.update((answer, draw.random() < 0.6) for answer in ANSWERS if draw.random() < 0.7)
            if draw.random() < 0.05:
                said['withdrawn'] = True
        lines.append({**record, **said})
        if len(lines) > 50 and draw.random() < 0.05:
            lines.append({'id': draw.choice(lines)['id'], 'updated': record['time'], 'resolved': draw.random() < 0.5,
                          'withdrawn': draw.random() < 0.2})
    return lines


def write(path, lines):
    path.write_text(''.join(json.dumps(line, ensure_ascii=False) + '\n' for line in lines), encoding='utf-8')
    return path


def rows_of(path):
    return [tuple(line.split('\t')) for line in path.read_text(encoding='utf-8').splitlines()]


class Output:
    """What `batch` says of a stream: assignments at arrival, links and changes of alerts, in order."""

    def __init__(self, weisu, folder, lines):
        stream = write(folder / 'stream.jsonl', lines)
        result = subprocess.run([weisu, 'batch', '--order', 'input', '--out', folder / 'out', stream],
                                stderr=subprocess.PIPE)
        assert result.returncode == 0, result.stderr.decode()
        self.assignments = [(row[0], row[2]) for row in rows_of(folder / 'out' / 'assignments.tsv')]
        self.links = rows_of(folder / 'out' / 'links.tsv')
        self.alerts = (folder / 'out' / 'alerts.jsonl').read_text(encoding='utf-8').splitlines()


def is_prefix(part, whole):
    return part == whole[:len(part)]


def check_prefix(weisu, folder, lines, whole, cut):
    part = Output(weisu, folder, lines[:cut])
    for name in ('assignments', 'links', 'alerts'):
        assert is_prefix(getattr(part, name), getattr(whole, name)), '%s of the first %d lines' % (name, cut)


def without_later(line, cut):
    """The line as it would have been written at `cut`."""
    if 'text' not in line or 'closed' not in line or parse(line['closed']) <= cut:
        return line
    return {key: value for key, value in line.items() if key not in (*ANSWERS, 'closed', 'withdrawn')}


def arrivals(lines):
    """The clock at each case's first line."""
    clock = {}
    latest = None
    for line in lines:
        time = parse(line.get('time') or line['updated'])
        latest = time if latest is None or time > latest else latest
        clock.setdefault(line['id'], latest)
    return clock


def said_until(alerts, cut):
    return [alert for alert in alerts if parse(json.loads(alert)['time']) <= cut]


def check_ends(weisu, folder, lines, whole, cut):
    """How many lines lost their end, and whether that showed later."""
    clock = arrivals(lines)
    kept = [without_later(line, cut) for line in lines]
    changed = sum(a is not b for a, b in zip(lines, kept))
    part = Output(weisu, folder, kept)
    links = [[row for row in output.links if clock[row[0]] <= cut] for output in (part, whole)]
    assert part.assignments == whole.assignments
    assert links[0] == links[1], 'links before %s' % cut
    assert said_until(part.alerts, cut) == said_until(whole.alerts, cut), 'alerts before %s' % cut
    return changed, part.links != whole.links


def check(weisu, folder, name, records, cuts, seed=11):
    draw = random.Random(seed)
    lines = with_ends(sorted(records, key=lambda record: parse(record['time'])), draw)
    whole = Output(weisu, folder, lines)
    assert whole.alerts and whole.links, 'the stream of %s says nothing: nothing would be compared' % name
    changed = differ = 0
    for _ in range(cuts):
        check_prefix(weisu, folder, lines, whole, draw.randrange(1, len(lines)))
        cut = parse(draw.choice(records)['time'])
        removed, is_different = check_ends(weisu, folder, lines, whole, cut)
        changed += removed
        differ += is_different
    assert changed and differ, 'nothing that was removed had an effect later'
    print('%s: %d lines, %d cuts, %d ends removed' % (name, len(lines), cuts, changed))


def main(weisu, cuts=4):
    with tempfile.TemporaryDirectory(prefix='weisu-future-') as folder:
        folder = pathlib.Path(folder)
        subprocess.run([weisu, 'synth', '--seed', '3', '--days', '20', '--per-day', '120', '--out', folder],
                       check=True, stderr=subprocess.DEVNULL)
        check(weisu, folder, 'synth', [json.loads(line) for line in open(folder / 'stream.jsonl', encoding='utf-8')],
              int(cuts))
        data = os.environ.get('WEISU_DATA')
        if not data:
            print('the real complaints are skipped: WEISU_DATA names no folder')
            return
        stream = pathlib.Path(data) / 'complaints_dev.jsonl'
        check(weisu, folder, 'real complaints', [json.loads(line) for line in open(stream, encoding='utf-8')],
              int(cuts))


if __name__ == '__main__':
    main(*sys.argv[1:])
