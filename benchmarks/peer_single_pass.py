#!/usr/bin/env python3
"""What an analyst would write in an afternoon, beside `weisu bench`: python jieba, scikit-learn's tf-idf with the title
three times, and a single pass by cosine. Speed only; benchmarks/reference_single_pass.c measures its quality.

usage: peer_single_pass.py BUILD STREAM.jsonl [--records N] [--out FILE]

Both take the first N records (2,000), weisu with all stages and on one thread. Skipped with a reason where
python3-jieba or python3-sklearn is not installed. --out adds the rows to a table of results.
"""
import argparse, itertools, json, pathlib, subprocess, sys, tempfile, time

from record_results import Results

COSINE = 0.30


def texts_of(path, count):
    with open(path, encoding='utf-8') as file:
        for line in itertools.islice(file, count):
            record = json.loads(line)
            yield ' '.join([record.get('title', '')] * 3 + [record.get('text', '')])


def single_pass(texts):
    """Number of clusters. A record joins the one whose founder is nearest, or founds its own."""
    import jieba
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer
    vectors = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False).fit_transform(texts)
    founders = []
    for at in range(vectors.shape[0]):
        if founders:
            near = vectors[founders] @ vectors[at].T
            if numpy.max(near.toarray()) >= COSINE:
                continue
        founders.append(at)
    return len(founders)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('stream')
    parser.add_argument('--records', type=int, default=2000)
    parser.add_argument('--out')
    words = parser.parse_args()
    sys.path.append('/usr/lib/python3/dist-packages')
    try:
        import jieba
        import sklearn  # noqa: F401, only whether it is there
    except ImportError as missing:
        print(f'skipped: {missing}; install python3-jieba and python3-sklearn')
        return
    jieba.setLogLevel(60)
    jieba.initialize()
    texts = list(texts_of(words.stream, words.records))
    before = time.process_time()
    clusters = single_pass(texts)
    peer = len(texts) / (time.process_time() - before)
    with tempfile.NamedTemporaryFile('w', suffix='.jsonl', encoding='utf-8') as head:
        with open(words.stream, encoding='utf-8') as file:
            head.writelines(itertools.islice(file, words.records))
        head.flush()
        out = subprocess.run([words.build / 'bin' / 'weisu', 'bench', '--csv', '--threads', '1', '--filter', 'whole', head.name],
                             check=True, capture_output=True, text=True).stdout
    ours = float(out.split(',')[3])
    results = Results()
    command = f'peer_single_pass.py BUILD SHORT.jsonl --records {len(texts)}'
    results.add('peer.single_pass.sklearn', round(peer), 'records/s', f'{command} ({clusters} clusters)')
    results.add('peer.single_pass.weisu', round(ours), 'records/s', command)
    results.add('peer.single_pass.times', round(ours / peer, 1), 'times', command)
    if words.out:
        results.write(words.out)


if __name__ == '__main__':
    main()
