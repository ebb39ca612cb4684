#!/usr/bin/env python3
"""History into a service's folder: the same clusters and alerts as batch's own files, also twice, also after a kill.

usage: test_history.py WEISU SAMPLES
"""
import os, pathlib, signal, sqlite3, subprocess, sys, tempfile, time

FILES = ('assignments.tsv', 'alerts.jsonl', 'clusters.jsonl', 'merges.jsonl', 'links.tsv')


def run(weisu, *words):
    result = subprocess.run([weisu, *map(str, words)], capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'})
    assert result.returncode == 0, (words, result.stderr)
    return result.stderr


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def export(weisu, data, out):
    run(weisu, 'export', '--data', data, '--out', out)
    return contents(out)


def logged(data):
    try:
        with sqlite3.connect(f'file:{data}/weisu.db?mode=ro', uri=True, timeout=5) as database:
            return database.execute('select count(*) from log').fetchone()[0]
    except sqlite3.Error:
        return 0


def kill_midway(weisu, data, stream):
    """Returns how many entries the killed process had made durable, at least."""
    process = subprocess.Popen([weisu, 'batch', '--batch', '8', '--data', data, stream], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    count = 0
    while process.poll() is None and count < 100 and time.monotonic() < deadline:
        count = logged(data)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return count


def main(weisu, samples):
    stream = pathlib.Path(samples) / 'stream.jsonl'
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(weisu, 'batch', '--out', folder / 'out', stream)
        expected = contents(folder / 'out')
        run(weisu, 'batch', '--data', folder / 'data', stream)
        assert all(path.stat().st_mode & 0o77 == 0 for path in (folder / 'data').iterdir())
        assert export(weisu, folder / 'data', folder / 'first') == expected
        run(weisu, 'batch', '--data', folder / 'data', stream)
        assert export(weisu, folder / 'data', folder / 'second') == expected
        count = kill_midway(weisu, folder / 'killed', stream)
        assert 100 <= count < expected['assignments.tsv'].count(b'\n'), count
        report = run(weisu, 'batch', '--resume', '--data', folder / 'killed', stream)
        assert 'resuming behind record' in report and 'behind record 0' not in report, report
        assert export(weisu, folder / 'killed', folder / 'third') == expected
        refused = subprocess.run([weisu, 'batch', '--data', folder / 'x', '--out', folder / 'y', stream], capture_output=True)
        assert refused.returncode == 2


if __name__ == '__main__':
    main(*sys.argv[1:])
