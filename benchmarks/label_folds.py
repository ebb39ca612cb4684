#!/usr/bin/env python3
"""`weisu train` and `weisu classify` by cross-validation, beside scikit-learn's linear SVMs in the same folds.

usage: label_folds.py WEISU RECORDS.jsonl [--folds 5] [--fold N] [--no-peers]

RECORDS: id, text, category. Near-copies share a fold: records with the same first twelve signs, or with three rare
pieces of text in common. Prints accuracy and macro-averaged F1 over all folds, whether probabilities hold (of the records
told with .9 to 1 confidence, how many are right?), seconds of processor time for a training, and records a second of
processor time for classifying on one thread. The peers run when numpy, scikit-learn and jieba are installed (Debian:
python3-sklearn python3-jieba): words and pairs of words (jieba, no hidden Markov model), and character 1-4-grams, both
tf-idf with sublinear counts, the better of two costs. --fold N: that fold only, for a quick look.
"""
import argparse
import hashlib
import json
import pathlib
import re
import resource
import subprocess
import tempfile

COSTS = (0.3, 1.0)


def read_records(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


class Groups:
    """Disjoint sets of records."""

    def __init__(self, count):
        self.parent = list(range(count))

    def find(self, at):
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def join(self, a, b):
        self.parent[self.find(a)] = self.find(b)


def signatures(text):
    """What two near-copies have in common: the beginning, or three neighbours among the twelve least piece hashes."""
    signs = re.sub(r'\W', '', text)
    pieces = sorted(hashlib.blake2b(signs[at:at + 8].encode(), digest_size=8).digest()
                    for at in range(max(1, len(signs) - 7)))
    yield signs[:12]
    for at in range(0, 12, 3):
        yield tuple(pieces[at:at + 3])


def fold_of_each(records, folds):
    groups = Groups(len(records))
    seen = {}
    for at, record in enumerate(records):
        for signature in signatures(record['text']):
            groups.join(at, seen.setdefault(signature, at))
    return [int(hashlib.sha256(records[groups.find(at)]['id'].encode()).hexdigest(), 16) % folds
            for at in range(len(records))]


def scores(gold, told):
    labels = sorted(set(gold))
    f1 = []
    for label in labels:
        hit = sum(g == label == t for g, t in zip(gold, told))
        f1.append(2 * hit / max(1, sum(g == label for g in gold) + sum(t == label for t in told)))
    return sum(g == t for g, t in zip(gold, told)) / len(gold), sum(f1) / len(f1)


def processor_seconds(command, **options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, check=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, result


def write_records(path, records):
    with open(path, 'w', encoding='utf-8') as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + '\n')


def run_weisu(weisu, learn, test, folder):
    """Told label and confidence of each test record; seconds of training; seconds of classifying, without starting."""
    model, archive, questions = folder / 'model', folder / 'learn.jsonl', folder / 'test.jsonl'
    nothing = folder / 'nothing.jsonl'
    write_records(archive, learn)
    write_records(questions, [{'id': r['id'], 'text': r['text']} for r in test])
    nothing.write_text('')
    training, _ = processor_seconds([weisu, 'train', '--out', model, archive], stdout=subprocess.DEVNULL)
    starting, _ = processor_seconds([weisu, 'classify', '--model', model, nothing], stdout=subprocess.DEVNULL)
    classifying, result = processor_seconds([weisu, 'classify', '--model', model] + [questions] * 10,
                                            stdout=subprocess.PIPE)
    rows = [line.split('\t') for line in result.stdout.decode().splitlines()]
    assert len(rows) == 10 * len(test) and rows[:len(test)] == rows[-len(test):]
    told = {row[0]: (row[1], float(row[2])) for row in rows}
    return [told[r['id']] for r in test], training, (classifying - starting) / 10


def print_calibration(gold, told):
    """Of each band of confidence: how many records, what was promised, what came."""
    for low in (0, .5, .7, .8, .9, .95):
        high = {0: .5, .5: .7, .7: .8, .8: .9, .9: .95, .95: 1.01}[low]
        band = [(g == label, sure) for g, (label, sure) in zip(gold, told) if low <= sure < high]
        if band:
            print(f'  confidence {low:.2f} to {min(high, 1):.2f}: {len(band):5d} records, mean confidence '
                  f'{sum(sure for _, sure in band) / len(band):.3f}, right {sum(ok for ok, _ in band) / len(band):.3f}')


def evaluate_weisu(weisu, records, fold, chosen):
    gold, told, training, seconds = [], [], [], 0
    for held in chosen:
        test = [r for r, f in zip(records, fold) if f == held]
        with tempfile.TemporaryDirectory() as name:
            answers, took, spent = run_weisu(weisu, [r for r, f in zip(records, fold) if f != held], test,
                                             pathlib.Path(name))
        gold += [r['category'] for r in test]
        told += answers
        training.append(took)
        seconds += spent
    accuracy, f1 = scores(gold, [label for label, _ in told])
    print(f'weisu: accuracy {accuracy:.4f}, macro-F1 {f1:.4f}, training {max(training):.2f} s, '
          f'classifying {len(gold) / seconds:.0f} records/s of one thread', flush=True)
    print_calibration(gold, told)
    return f1


def peer_vectorizers(records):
    from sklearn.feature_extraction.text import TfidfVectorizer
    import jieba
    words = [[w for w in jieba.cut(r['text'], HMM=False) if w.strip()] for r in records]
    texts = [r['text'] for r in records]
    pairs = lambda d: d + [a + ' ' + b for a, b in zip(d, d[1:])]  # noqa: E731
    return {'jieba words 1-2': (words, lambda: TfidfVectorizer(analyzer=pairs, sublinear_tf=True)),
            'characters 1-4': (texts, lambda: TfidfVectorizer(analyzer='char', ngram_range=(1, 4), sublinear_tf=True,
                                                              min_df=2))}


def evaluate_peers(records, fold, chosen):
    from sklearn.svm import LinearSVC
    best = 0
    for name, (documents, make) in peer_vectorizers(records).items():
        told = {cost: [] for cost in COSTS}
        gold = []
        for held in chosen:
            learn = [at for at, f in enumerate(fold) if f != held]
            test = [at for at, f in enumerate(fold) if f == held]
            vectorizer = make()
            known = vectorizer.fit_transform([documents[at] for at in learn])
            asked = vectorizer.transform([documents[at] for at in test])
            gold += [records[at]['category'] for at in test]
            for cost in COSTS:
                machine = LinearSVC(C=cost, tol=1e-2).fit(known, [records[at]['category'] for at in learn])
                told[cost] += list(machine.predict(asked))
        for cost in COSTS:
            accuracy, f1 = scores(gold, told[cost])
            best = max(best, f1)
            print(f'scikit-learn, {name}, C={cost}: accuracy {accuracy:.4f}, macro-F1 {f1:.4f}', flush=True)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weisu')
    parser.add_argument('records')
    parser.add_argument('--folds', type=int, default=5)
    parser.add_argument('--fold', type=int)
    parser.add_argument('--no-peers', action='store_true')
    words = parser.parse_args()
    records = read_records(words.records)
    fold = fold_of_each(records, words.folds)
    chosen = range(words.folds) if words.fold is None else [words.fold]
    own = evaluate_weisu(words.weisu, records, fold, chosen)
    if words.no_peers:
        return
    try:
        peer = evaluate_peers(records, fold, chosen)
    except ImportError as missing:
        print(f'peers are left out: {missing}')
        return
    print(f'ahead of the better peer by {own - peer:.4f}')


if __name__ == '__main__':
    main()
