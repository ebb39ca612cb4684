#!/usr/bin/env python3
"""A synthetic stream is no easier and no harder than life: the reference single pass (benchmarks/) scores on it as on
the real complaints.

usage: synth_realism_reference.py WEISU REFERENCE_SINGLE_PASS

The mean over SEEDS of B-cubed over non-singletons and of the F1 of the 20 largest events stays within TOLERANCE of the
figure on complaints_dev.jsonl; a single stream of 2,200 records scatters by more, so it may be off by three times
that. Needs WEISU_DATA (the data) and WEISU_SCORE (the scorers); skipped without them.
"""
import json, os, statistics, subprocess, sys, tempfile

import synth_stream

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)
TOLERANCE = .03
SCORES = {'bcubed_ns_f1': 'B-cubed over non-singletons', 'topk_event_f1': 'F1 of the 20 largest events'}


def score(reference, scorer, stream, gold, clusters):
    subprocess.run([reference, stream, clusters], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads(subprocess.run([sys.executable, scorer, gold, clusters], check=True,
                                     stdout=subprocess.PIPE).stdout)


def main():
    weisu, reference = sys.argv[1:3]
    data, scorers = os.environ.get('WEISU_DATA'), os.environ.get('WEISU_SCORE')
    if not data or not scorers:
        synth_stream.skip('WEISU_DATA and WEISU_SCORE name no folders')
    real = os.path.join(data, 'complaints_dev')
    scorer = os.path.join(scorers, 'cluster_score.py')
    checks = synth_stream.Checks()
    with tempfile.TemporaryDirectory() as scratch:
        clusters = os.path.join(scratch, 'clusters.tsv')
        life = score(reference, scorer, real + '.jsonl', real + '.gold.tsv', clusters)
        made = []
        for seed in SEEDS:
            folder = os.path.join(scratch, str(seed))
            synth_stream.make(weisu, folder, seed)
            made.append(score(reference, scorer, folder + '/stream.jsonl', folder + '/gold.tsv', clusters))
    for key, name in SCORES.items():
        mean = statistics.fmean(one[key] for one in made)
        checks.between(name + ', mean', mean, life[key] - TOLERANCE, life[key] + TOLERANCE)
        for seed, one in zip(SEEDS, made):
            checks.between('%s, seed %d' % (name, seed), one[key], life[key] - 3 * TOLERANCE,
                           life[key] + 3 * TOLERANCE)
    return checks.finish()


if __name__ == '__main__':
    sys.exit(main())
