#!/usr/bin/env python3
"""`weisu batch` writes the same bytes for any number of threads and any batch size.

usage: batch_invariance.py WEISU STREAM.jsonl
"""

import pathlib
import subprocess
import sys
import tempfile

FILES = ('assignments.tsv', 'clusters.jsonl', 'merges.jsonl', 'alerts.jsonl', 'links.tsv', 'rejected.jsonl')
THREADS = (1, 2, 8)
BATCHES = (1, 7, 4096)


def run_batch(weisu, stream, out, *options):
    """What `weisu batch` wrote, by the name of the file."""
    result = subprocess.run([weisu, 'batch', '--out', str(out), *options, str(stream)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)
    assert result.returncode == 0, result.stderr.decode()
    return {name: (pathlib.Path(out) / name).read_bytes() for name in FILES}


def compare(what, got, truth):
    """Fails when a file of `got` has not the bytes that `truth` has."""
    for name, data in got.items():
        assert data == truth[name], '%s: %s differs' % (what, name)
    print('%s: the same bytes' % what)


def vary_batch(weisu, stream, folder):
    """Compares all numbers of threads and all batch sizes; returns the files, which are one and the same."""
    truth = None
    for threads in THREADS:
        for batch in BATCHES:
            out = pathlib.Path(folder) / ('%d-%d' % (threads, batch))
            got = run_batch(weisu, stream, out, '--threads', str(threads), '--batch', str(batch))
            truth = truth or got
            compare('%d threads, batches of %d' % (threads, batch), got, truth)
    assert truth['alerts.jsonl'] and truth['assignments.tsv'], 'no alerts: nothing was compared'
    return truth


def main(weisu, stream):
    with tempfile.TemporaryDirectory(prefix='weisu-batches-') as folder:
        vary_batch(weisu, stream, folder)


if __name__ == '__main__':
    main(*sys.argv[1:])
