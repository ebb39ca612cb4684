#!/usr/bin/env python3
"""A service that is killed in the middle of a feed, again and again, ends where an uninterrupted one does.

usage: test_recovery.py WEISU [KILLS [RECORDS [SEED [TURN]]]]

Kills fall at random moments of reading, committing, checkpoints and of recovery itself; the seed says which. The sender
resumes: it sends again what was not acknowledged. Tables of the database and the exported files must be those of a
service that nobody killed, so no acknowledged record is lost and none is doubled. ctest runs it small; by hand:
test_recovery.py WEISU 50 200000, on a loaded machine with a TURN of 6 seconds from one kill to the next.
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
FILES = ('assignments.tsv', 'alerts.jsonl', 'links.tsv', 'clusters.jsonl', 'merges.jsonl')
# Small, so that kills fall before, into and after checkpoints.
CHECKPOINT = ('--checkpoint-records', '700')
LONGEST_LIFE_S = 0.4


def tables(data):
    return {name: database_rows(data, sql) for name, sql in TABLES.items()}


def exported(weisu, data):
    """The files of `export`, which must be those of `batch --replay` too."""
    files = []
    for command in ('export', '--data'), ('batch', '--replay'):
        out = data.parent / command[0]
        subprocess.run([weisu, *command, data, '--out', out], check=True, stderr=subprocess.DEVNULL)
        files.append({name: (out / name).read_bytes() for name in FILES})
    assert files[0] == files[1], 'export is not the replay of the log'
    return files[0]


def run_whole(weisu, folder, stream):
    with Service(weisu, folder, *CHECKPOINT) as service:
        send_file(weisu, service, stream)
    return tables(service.data)


def free_port():
    """The sender keeps one address while the service comes and goes."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def live_and_die(weisu, folder, listen, draw):
    """One life of the service: it ends in the middle of something, now and then before it listens."""
    is_early = draw.random() < 0.2
    service = Service(weisu, folder, *CHECKPOINT, *listen, ready=not is_early)
    if not is_early:
        wait_for(lambda: service.metrics()['weisu_feed_connections'], 'the sender')
    time.sleep(draw.random() * (0.1 if is_early else LONGEST_LIFE_S))
    service.kill()


def run_killed(weisu, folder, stream, kills, records, seed, turn_s):
    """`turn_s`: from one kill to the next, with recovery and the sender's coming back."""
    draw = random.Random(seed)
    port = free_port()
    listen = ('--listen', '127.0.0.1:%d' % port)
    rate = int(records // (kills * turn_s))  # slow enough to be in the middle of it when the last kill comes
    sender = subprocess.Popen([weisu, 'feed', '--to', '127.0.0.1:%d' % port, '--rate', str(rate), '--patience', '600',
                               str(stream)],
                              stderr=subprocess.PIPE)
    done = 0
    while done < kills and sender.poll() is None:
        live_and_die(weisu, folder, listen, draw)
        done += 1
    with Service(weisu, folder, *CHECKPOINT, *listen) as service:
        said = sender.communicate(timeout=20 * DEADLINE_S)[1].decode()
        assert sender.returncode == 0, said
        summary = service.settle()
    print('killed %d times; %s' % (done, said.splitlines()[-1]))
    assert done == kills, 'the feed was over after %d kills: give more records' % done
    return tables(service.data), summary


def main(weisu, kills=5, records=6000, seed=7, turn_s=2):
    kills, records, seed, turn_s = int(kills), int(records), int(seed), float(turn_s)
    with tempfile.TemporaryDirectory(prefix='weisu-recovery-') as folder:
        folder = pathlib.Path(folder)
        stream = write_stream(folder / 'stream.jsonl', records)
        (folder / 'whole').mkdir()
        (folder / 'killed').mkdir()
        truth = run_whole(weisu, folder / 'whole', stream)
        got, summary = run_killed(weisu, folder / 'killed', stream, kills, records, seed, turn_s)
        # Bodies hold no reporter; the reporters' keys of the two folders differ, and so do their hashes.
        for name in TABLES:
            assert truth[name], 'the table %s is empty: nothing was compared' % name
            assert got[name] == truth[name], 'the table %s differs' % name
        assert summary['complaints'] == records, summary
        assert exported(weisu, folder / 'killed' / 'data') == exported(weisu, folder / 'whole' / 'data')
    print('%d records: nothing lost, nothing doubled, the same files' % records)


if __name__ == '__main__':
    main(*sys.argv[1:])
