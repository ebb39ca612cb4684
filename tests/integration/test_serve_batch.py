#!/usr/bin/env python3
"""What a service makes of a stream is what `batch` makes of it: byte for byte.

usage: test_serve_batch.py WEISU [STREAM.jsonl]
"""

import pathlib
import subprocess
import sys
import tempfile

from weisu_service import Service, send_file, write_stream

FILES = ('assignments.tsv', 'alerts.jsonl', 'links.tsv', 'clusters.jsonl', 'merges.jsonl')


def run(weisu, *arguments):
    result = subprocess.run([weisu, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert result.returncode == 0, result.stderr.decode()


def read(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def compare(what, got, truth):
    for name in FILES:
        assert got[name] == truth[name], '%s: %s differs' % (what, name)
    print('%s: the same bytes' % what)


def one_connection(weisu, folder, stream, truth):
    folder.mkdir()
    with Service(weisu, folder, '--checkpoint-records', '1500') as service:
        send_file(weisu, service, stream)
        run(weisu, 'export', '--data', service.data, '--out', folder / 'running')
        service.settle()
    run(weisu, 'export', '--data', service.data, '--out', folder / 'stopped')
    run(weisu, 'batch', '--replay', service.data, '--out', folder / 'replayed')
    compare('export of a running service', read(folder / 'running'), truth)
    compare('export of a stopped service', read(folder / 'stopped'), truth)
    compare('replay of its log', read(folder / 'replayed'), truth)


def eight_connections(weisu, folder, stream):
    """The order of commit is not that of the file: but whatever it was, its replay gives the same."""
    folder.mkdir()
    with Service(weisu, folder, '--checkpoint-records', '1500') as service:
        send_file(weisu, service, stream, '--connections', '8')
    run(weisu, 'export', '--data', service.data, '--out', folder / 'exported')
    run(weisu, 'batch', '--replay', service.data, '--out', folder / 'replayed')
    compare('export and replay of eight connections', read(folder / 'exported'), read(folder / 'replayed'))


def main(weisu, stream=None):
    with tempfile.TemporaryDirectory(prefix='weisu-equal-') as holder:
        holder = pathlib.Path(holder)
        stream = stream or write_stream(holder / 'stream.jsonl', 6000)
        run(weisu, 'batch', '--out', holder / 'batch', stream)
        truth = read(holder / 'batch')
        assert truth['alerts.jsonl'] and truth['assignments.tsv'], 'no alerts: nothing would be compared'
        one_connection(weisu, holder / 'one', stream, truth)
        eight_connections(weisu, holder / 'eight', stream)


if __name__ == '__main__':
    main(*sys.argv[1:])
