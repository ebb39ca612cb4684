#!/usr/bin/env python3
"""A service that is killed in the middle of a feed, again and again, ends where an uninterrupted one does.

usage: test_recovery.py WEISU [KILLS [RECORDS]]
"""

import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

from weisu_service import DEADLINE_S, Service, database_rows, send_file, wait_for, write_stream

TABLES = {'log': 'SELECT seq, kind, time_ms, id, body FROM log ORDER BY seq',
          'assignments': 'SELECT * FROM assignments ORDER BY seq',
          'links': 'SELECT * FROM links ORDER BY seq',
          'changes': 'SELECT * FROM changes ORDER BY n'}
# Small, so that kills fall before, into and after checkpoints.
CHECKPOINT = ('--checkpoint-records', '700')


def tables(data):
    return {name: database_rows(data, sql) for name, sql in TABLES.items()}


def run_whole(weisu, folder, stream):
    with Service(weisu, folder, *CHECKPOINT) as service:
        send_file(weisu, service, stream)
    return tables(service.data)


def free_port():
    """The sender keeps one address while the service comes and goes."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run_killed(weisu, folder, stream, kills, records):
    draw = random.Random(7)
    port = free_port()
    listen = ('--listen', '127.0.0.1:%d' % port)
    rate = records // (kills * 2 // 5 + 1)  # slow enough to be in the middle of it when the last kill comes
    sender = subprocess.Popen([weisu, 'feed', '--to', '127.0.0.1:%d' % port, '--rate', str(rate), str(stream)],
                              stderr=subprocess.PIPE)
    done = 0
    while done < kills and sender.poll() is None:
        service = Service(weisu, folder, *CHECKPOINT, *listen)
        time.sleep(draw.random() * 0.4)
        service.kill()
        done += 1
    with Service(weisu, folder, *CHECKPOINT, *listen) as service:
        said = sender.communicate(timeout=10 * DEADLINE_S)[1].decode()
        assert sender.returncode == 0, said
        summary = service.settle()
    print('killed %d times; %s' % (done, said.splitlines()[-1]))
    assert done == kills, 'the feed was over after %d kills: give more records' % done
    return tables(service.data), summary


def main(weisu, kills=6, records=6000):
    kills, records = int(kills), int(records)
    with tempfile.TemporaryDirectory(prefix='weisu-recovery-') as folder:
        folder = pathlib.Path(folder)
        stream = write_stream(folder / 'stream.jsonl', records)
        (folder / 'whole').mkdir()
        (folder / 'killed').mkdir()
        truth = run_whole(weisu, folder / 'whole', stream)
        got, summary = run_killed(weisu, folder / 'killed', stream, kills, records)
        # Bodies hold no reporter; the reporters' keys of the two folders differ, and so do their hashes.
        for name in TABLES:
            assert truth[name], 'the table %s is empty: nothing was compared' % name
            assert got[name] == truth[name], 'the table %s differs' % name
        assert summary['complaints'] == records, summary
    print('%d records: nothing lost, nothing doubled' % records)


if __name__ == '__main__':
    main(*sys.argv[1:])
