#!/usr/bin/env python3
"""Ctrl-C in batch: the files are whole and are those of the records up to then; before the first record what an earlier
run wrote stays. And the line of progress on a terminal, which tells when to press it.

usage: test_interrupt.py WEISU
"""
import json, os, pathlib, pty, re, signal, subprocess, sys, tempfile, time

FILES = ['assignments.tsv', 'clusters.jsonl', 'merges.jsonl', 'alerts.jsonl', 'links.tsv', 'rejected.jsonl']
LINE = re.compile(r'\r(reading times|batch) +([0-9.]+)%  ([0-9]+) records/s  ([0-9]+) rejected  (\d+ s|[\d:]+|\?) left')


def run_on_terminal(weisu, out, stream, stop_at=None):
    """Runs batch with a terminal as standard error; at the first line of pass `stop_at` it is interrupted."""
    main, other = pty.openpty()
    said = ''
    with subprocess.Popen([weisu, 'batch', '--threads', '1', '--out', out, stream], stderr=other,
                          env={**os.environ, 'LANG': 'C', 'LC_ALL': 'C'}) as batch:
        os.close(other)
        while True:
            try:
                said += os.read(main, 4096).decode()
            except OSError:  # the other side was closed
                break
            passes = [match.group(1) for match in LINE.finditer(said)]
            if stop_at and stop_at in passes:
                batch.send_signal(signal.SIGINT)
                stop_at = None
        os.close(main)
    assert stop_at is None, said
    return batch.returncode, said


def watches(process, number):
    """Whether the process handles that signal by now."""
    status = pathlib.Path(f'/proc/{process.pid}/status').read_text(encoding='ascii')
    return int(re.search(r'SigCgt:\s+([0-9a-f]+)', status).group(1), 16) >> (number - 1) & 1


def interrupt_early(weisu, out, stream):
    """Interrupts batch while it waits for its standard input, which comes then."""
    with subprocess.Popen([weisu, 'batch', '--out', out, '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, 'LANG': 'C', 'LC_ALL': 'C'}) as batch:
        while batch.poll() is None and not watches(batch, signal.SIGTERM):
            time.sleep(0.01)
        batch.send_signal(signal.SIGTERM)
        said = batch.communicate(stream.read_bytes())[1].decode()
    return batch.returncode, said


def read_files(folder):
    return {name: (folder / name).read_text(encoding='utf-8') for name in FILES}


def main(weisu):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        days = max(2, 6 // int(os.environ.get('WEISU_TEST_PART') or 1))
        subprocess.run([weisu, 'synth', '--short', '--days', str(days), '--per-day', '10000', '--out', work], check=True,
                       capture_output=True)
        lines = (work / 'stream.jsonl').read_text(encoding='utf-8').splitlines(keepends=True)
        cut = work / 'cut'
        status, said = run_on_terminal(weisu, cut, work / 'stream.jsonl', 'batch')
        assert status == -signal.SIGINT and 'interrupted: the results hold' in said, (status, said)
        taken = read_files(cut)
        count = taken['assignments.tsv'].count('\n')
        assert 0 < count < len(lines), (count, len(lines))
        summary = json.loads((cut / 'summary.json').read_text(encoding='utf-8'))
        assert summary['complaints'] == count, summary

        (work / 'head.jsonl').write_text(''.join(lines[:count]), encoding='utf-8')
        status, said = run_on_terminal(weisu, work / 'head', work / 'head.jsonl')
        assert status == 0 and '\r\x1b[K' in said and 'interrupted' not in said, (status, said)
        assert {match.group(1) for match in LINE.finditer(said)} == {'reading times', 'batch'}, said
        assert read_files(work / 'head') == taken, 'not those of the records up to then'

        before = (cut / 'summary.json').read_bytes()
        status, said = interrupt_early(weisu, cut, work / 'stream.jsonl')
        assert status == -signal.SIGTERM and 'nothing was written' in said, (status, said)
        assert read_files(cut) == taken and (cut / 'summary.json').read_bytes() == before
        assert sorted(p.name for p in cut.iterdir()) == sorted(FILES + ['summary.json']), list(cut.iterdir())


if __name__ == '__main__':
    main(sys.argv[1])
