#!/usr/bin/env python3
"""weisu bench: a row for each stage, on the sample and on a file of one's own; nothing stays behind.

usage: test_bench.py WEISU STREAM
"""
import csv, json, os, pathlib, subprocess, sys, tempfile

STAGES = ['batch', 'batch', 'read', 'decode', 'characters', 'segment', 'place', 'topic', 'where-what', 'vector',
          'analyse', 'cluster', 'whole', 'whole']


def bench(weisu, folder, *options):
    return subprocess.run([weisu, 'bench', *options], capture_output=True, text=True, encoding='utf-8',
                          env={**os.environ, 'TMPDIR': folder, 'LANG': 'C', 'LC_ALL': 'C'})


def rows(result):
    assert result.returncode == 0, result.stderr
    return [(stage, int(threads), int(records), *map(float, rest))
            for stage, threads, records, *rest in csv.reader(result.stdout.splitlines())]


def check_sample(weisu, folder, stream):
    lines = sum(1 for _ in open(stream, 'rb'))
    measured = rows(bench(weisu, folder, '--csv', '--rounds', '1', '--threads', '2'))
    assert [row[0] for row in measured] == STAGES, measured
    assert [row[1] for row in measured] == [1, 2] + [1] * 11 + [2], measured
    for stage, _, records, per_second, megabytes, micros, peak in measured:
        assert records == lines, (stage, records, lines)
        assert per_second > 0 and megabytes > 0 and micros > 0 and peak > 1, (stage, per_second, megabytes, peak)
        assert abs(per_second * micros / 1e6 - 1) < 0.05, (stage, per_second, micros)


def check_own_file(weisu, folder, stream):
    """A table whose columns nobody knows, its first hundred rows, in words."""
    table = pathlib.Path(folder) / 'own.csv'
    records = [json.loads(line) for line in list(open(stream, encoding='utf-8'))[:150]]
    with open(table, 'w', newline='', encoding='utf-8') as file:
        csv.writer(file).writerows([['甲', '乙', '丙']] + [[r['id'], r['time'], r['text']] for r in records])
    options = ['--map', 'id=甲,time=乙,text=丙', '--rounds', '1', '--threads', '1', table]
    assert rows(bench(weisu, folder, '--csv', '--filter', 'batch', *options))[0][2] == 150
    assert [row[:3] for row in rows(bench(weisu, folder, '--csv', '--filter', 'de', '--records', '100', *options))] == [
        ('decode', 1, 100)]
    result = bench(weisu, folder, '--filter', 'decode', *options)
    assert result.stdout.splitlines()[0].split() == ['stage', 'threads', 'records', 'records/s', 'MB/s', 'us/record',
                                                     'peak', 'MB'], result.stdout
    result = bench(weisu, folder, '--filter', 'batch', table)
    assert result.returncode == 3 and '--map' in result.stderr, result.stderr
    table.unlink()


def check_refusals(weisu, folder):
    assert bench(weisu, folder, '-').returncode == 2
    assert bench(weisu, folder, '--rounds', '0').returncode == 2
    assert bench(weisu, folder, folder + '/nothing.csv').returncode == 3


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as temporary:
        check_sample(sys.argv[1], temporary, sys.argv[2])
        check_own_file(sys.argv[1], temporary, sys.argv[2])
        check_refusals(sys.argv[1], temporary)
        assert not list(pathlib.Path(temporary).iterdir()), 'something stayed behind'
