#!/usr/bin/env python3
"""`weisu batch` writes the same bytes for any number of threads and any batch size.

usage: batch_invariance.py WEISU STREAM.jsonl
"""
import pathlib, subprocess, sys, tempfile

FILES = ('assignments.tsv', 'clusters.jsonl', 'alerts.jsonl', 'links.tsv', 'rejected.jsonl')


def run(weisu, stream, out, threads, batch):
    subprocess.run([weisu, 'batch', '--out', out, '--threads', str(threads), '--batch', str(batch), stream],
                   check=True, stdout=subprocess.DEVNULL)
    return {name: (pathlib.Path(out) / name).read_bytes() for name in FILES}


def main(weisu, stream):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        truth = run(weisu, stream, f'{folder}/truth', 1, 1)
        if not truth['alerts.jsonl'] or not truth['assignments.tsv']:
            sys.exit('the stream gives no alerts: nothing was compared')
        for threads in (1, 2, 8):
            for batch in (7, 4096):
                got = run(weisu, stream, f'{folder}/{threads}-{batch}', threads, batch)
                for name in FILES:
                    same = got[name] == truth[name]
                    failed += not same
                    print(f'threads {threads} batch {batch} {name}: {"same" if same else "DIFFERS"}')
    sys.exit(failed != 0)


if __name__ == '__main__':
    main(*sys.argv[1:3])
