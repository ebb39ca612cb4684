#!/usr/bin/env python3
"""The tokens of `weisu segment` beside those of python jieba without its hidden Markov model, on the real complaints.

usage: segment_equals_jieba.py WEISU DATASETS

With an image of lexicon/words.tsv alone (jieba's own dictionary) at least 99 % of jieba's tokens must be found again;
what differs is counted by cause. The figure of the default image is printed beside it: it holds another convention by
design (docs/segmentation.md). Needs WEISU_DATA and Debian's python3-jieba; skipped without them. Every N-th complaint
is taken where WEISU_TEST_PART says N: jieba itself takes most of the time.
"""
import collections, itertools, json, os, pathlib, re, subprocess, sys, tempfile

DEBIAN_PACKAGES = '/usr/lib/python3/dist-packages'
SEPARATOR = '\x01'


def skip(reason):
    print('skipped:', reason)
    sys.exit(77)


def load_jieba():
    sys.path.append(DEBIAN_PACKAGES)
    try:
        import jieba
    except ImportError:
        skip('python3-jieba is not installed')
    jieba.setLogLevel(60)
    return jieba


def read_lines(path):
    lines = []
    part = int(os.environ.get('WEISU_TEST_PART', '1'))
    for record in itertools.islice(open(path, encoding='utf-8'), 0, None, part):
        record = json.loads(record)
        for text in (record.get('title') or '', record['text']):
            lines += [line for line in re.split(r'[\r\n]+', text) if line.strip()]
    return lines


def segment(weisu, image, lines):
    with tempfile.NamedTemporaryFile('w', encoding='utf-8', newline='\n') as file:
        file.write(''.join(line + '\n' for line in lines))
        file.flush()
        command = [weisu, 'segment', '--no-hmm', '--sep', SEPARATOR]
        out = subprocess.run(command + (['--image', image] if image else []) + [file.name], check=True,
                             stdout=subprocess.PIPE).stdout.decode('utf-8')
    found = out.split('\n')[:-1]
    assert len(found) == len(lines), (len(found), len(lines))
    return found


def split_tokens(line):
    """No separator stands beside white space, so a token of white space is found by itself."""
    return [token for part in line.split(SEPARATOR) for token in re.findall(r'\s|\S+', part)]


def spans(tokens):
    at, out = 0, []
    for token in tokens:
        out.append((at, at + len(token)))
        at += len(token)
    return out


def is_folded(text):
    """Holds a full-width character, or one that is not simplified (told by GB 2312's character set)."""
    if re.search('[\uff01-\uff5e]', text):
        return True
    try:
        text.encode('gb2312')
    except UnicodeEncodeError:
        return True
    return False


def cause_of(theirs, ours, is_listed):
    text = ''.join(theirs)
    if any(re.fullmatch(r'[A-Za-z0-9]+(\.[A-Za-z0-9]+)+', token) for token in ours):
        return 'a number with a point is one token'
    if is_folded(text):
        return 'characters folded: full width, traditional'
    if re.search('[A-Za-z]', text):
        return 'capitals folded, or a word inside a run of letters'
    if any(len(token) > 1 and not is_listed(token) for token in ours):
        return 'domain words, names and terms'
    return 'costs: fixed point, ties, frequencies summed or raised'


def compare(lines, theirs, ours, is_listed):
    same, total, causes, examples = 0, 0, collections.Counter(), collections.defaultdict(collections.Counter)
    for line, a, b in zip(lines, theirs, ours):
        assert ''.join(b) == line, 'the characters differ'
        left, right = spans(a), spans(b)
        same += len(set(left) & set(right))
        total += len(left)
        if left == right:
            continue
        shared = sorted({0} | {end for _, end in left} & {end for _, end in right})
        for begin, end in zip(shared, shared[1:]):
            x = [line[i:j] for i, j in left if begin <= i and j <= end]
            y = [line[i:j] for i, j in right if begin <= i and j <= end]
            if x != y:
                cause = cause_of(x, y, is_listed)
                causes[cause] += 1
                examples[cause]['|'.join(x) + ' → ' + '|'.join(y)] += 1
    return same / total, total, causes, examples


def report(name, result):
    share, total, causes, examples = result
    print(f'{name}: {100 * share:.2f} % of {total} tokens of jieba')
    for cause, count in causes.most_common():
        print(f'  {count:5d}  {cause}: ' + ', '.join(text for text, _ in examples[cause].most_common(3)))


def main(weisu, datasets):
    data = os.environ.get('WEISU_DATA')
    if not data:
        skip('WEISU_DATA names no folder')
    jieba = load_jieba()
    lines = read_lines(pathlib.Path(data) / 'complaints_dev.jsonl')
    theirs = [list(jieba.cut(line, HMM=False)) for line in lines]

    def is_listed(word):
        return bool(jieba.get_FREQ(word))

    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, 'words.image')
        subprocess.run([weisu, 'lexicon', 'build', '--words-only', '--datasets', datasets, '--out', image], check=True)
        words = compare(lines, theirs, [split_tokens(x) for x in segment(weisu, image, lines)], is_listed)
    default = compare(lines, theirs, [split_tokens(x) for x in segment(weisu, None, lines)], is_listed)
    report("jieba's words alone", words)
    report('default image', default)
    assert words[0] >= 0.99, 'fewer than 99 % of the tokens are the same'


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
