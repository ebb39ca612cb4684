#!/usr/bin/env python3
"""Speed of weisu's segmenter beside other programs, in one run: the rounds of all are interleaved, the least processor
time of each counts, and what is told is the ratio.

usage: compare_segmenters.py BUILD TEXT [--rounds N] [--peer NAME=COMMAND]... [--record results.csv]

BUILD is a build tree of the preset release, TEXT a file of UTF-8 lines. A peer is any program that takes `TEXT PASSES`
behind its own arguments, segments every line of TEXT so often, and prints one line: bytes of a pass, the least processor
seconds of a pass, tokens of a pass (benchmarks/segment_file.c is weisu's). It is the user's to build. Without one ICU is
measured, where libicu-dev was there when BUILD was built, and python jieba, where python3-jieba is installed, on the
first 200 lines; what is left out is said with the reason.

Rows of weisu: `words` is jieba's dictionary, unigram, nothing joined (for peers with that dictionary and no hidden Markov
model); `default` is the mode of batch and serve; with `strings` every token is copied; with `threads` one or two threads
share a segmenter, by the clock.
"""
import argparse
import csv
import datetime
import itertools
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

import record_results

PASSES = 5
JIEBA_LINES = 200


def time_command(command):
    size, seconds, _ = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(size) / float(seconds) / 1e6


def time_open(command):
    """Milliseconds until an image is open."""
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]) * 1000


def time_jieba(lines):
    sys.path.append('/usr/lib/python3/dist-packages')
    try:
        import jieba
    except ImportError:
        return None
    jieba.setLogLevel(60)
    jieba.initialize()
    before = time.process_time()
    for line in lines:
        for _ in jieba.cut(line, HMM=False):
            pass
    return sum(len(line.encode()) + 1 for line in lines) / (time.process_time() - before) / 1e6


def measure(programs, rounds):
    """name → MB/s, the best of the rounds."""
    best = {}
    for _ in range(rounds):
        for name, command in programs.items():
            best[name] = max(best.get(name, 0), time_command(command))
    return best


def record(path, rows):
    """Replaces the rows segment.speed.* of the table."""
    with open(path, newline='', encoding='utf-8') as file:
        header, *old = csv.reader(file)
    commit = subprocess.run(['git', 'rev-parse', '--short=12', 'HEAD'], capture_output=True, text=True).stdout.strip()
    kept = [row for row in old if not row[3].startswith('segment.speed.')]
    new = [[datetime.date.today(), commit, record_results.machine(), 'segment.speed.' + name, value, '', '', unit,
            'compare_segmenters.py BUILD TEXT --peer …'] for name, value, unit in rows]
    with open(path, 'w', newline='', encoding='utf-8') as file:
        csv.writer(file, lineterminator='\n').writerows(itertools.chain([header], kept, new))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('text')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--peer', action='append', default=[], metavar='NAME=COMMAND')
    parser.add_argument('--record', metavar='FILE')
    options = parser.parse_args()
    ours = options.build / 'bin'
    with tempfile.TemporaryDirectory() as folder:
        words = os.path.join(folder, 'words.image')
        datasets = pathlib.Path(__file__).resolve().parent.parent / 'datasets'
        subprocess.run([ours / 'weisu', 'lexicon', 'build', '--words-only', '--datasets', datasets, '--out', words],
                       check=True, stderr=subprocess.DEVNULL)
        shipped = options.build / 'share/weisu/weisu.image'
        task = [options.text, str(PASSES)]
        programs = {'weisu.words': [ours / 'segment_file', words, *task],
                    'weisu.words.strings': [ours / 'segment_file', words, *task, 'strings'],
                    'weisu.default': [ours / 'segment_file', shipped, *task],
                    'weisu.default.threads1': [ours / 'segment_file', shipped, *task, 'threads', '1'],
                    'weisu.default.threads2': [ours / 'segment_file', shipped, *task, 'threads', '2'],
                    'weisu.default.strings': [ours / 'segment_file', shipped, *task, 'strings']}
        if (ours / 'segment_icu').exists():
            programs['icu'] = [ours / 'segment_icu', *task]
        else:
            print('icu is left out: libicu-dev was not installed when BUILD was built')
        for peer in options.peer:
            name, command = peer.split('=', 1)
            programs[name] = shlex.split(command) + task
        best = measure(programs, options.rounds)
        opening = time_open([ours / 'segment_file', shipped, options.text, '20', 'open'])
    with open(options.text, encoding='utf-8', errors='replace') as file:
        jieba = time_jieba([line.rstrip('\n') for line in itertools.islice(file, JIEBA_LINES)])
    if jieba:
        best['python_jieba'] = jieba
    rows = [(name, round(speed, 2), 'MB/s') for name, speed in best.items()]
    peers = [name for name in best if not name.startswith('weisu.')]
    rows += [(f'{name}.per.{peer}', round(best[name] / best[peer], 1), 'times')
             for peer in peers for name in best if name.startswith('weisu.') and '.threads' not in name]
    rows.append(('weisu.default.threads2.per.threads1',
                 round(best['weisu.default.threads2'] / best['weisu.default.threads1'], 2), 'times'))
    rows.append(('weisu.open', round(opening, 2), 'ms'))
    for row in rows:
        print(*row)
    if not jieba:
        print('python jieba is left out: python3-jieba is not installed')
    if not options.peer:
        print('cppjieba is left out: no --peer names a program that runs it')
    if options.record:
        record(options.record, rows)


if __name__ == '__main__':
    main()
