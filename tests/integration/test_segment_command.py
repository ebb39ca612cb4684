#!/usr/bin/env python3
"""`weisu segment` and `weisu lexicon` as a user meets them: exit statuses, refusals, constant memory, equal bytes.

usage: test_segment_command.py WEISU DATASETS
"""
import os, pathlib, shutil, subprocess, sys, tempfile

WEISU, DATASETS = sys.argv[1], pathlib.Path(sys.argv[2])
ENGLISH = dict(os.environ, LC_ALL='C.UTF-8', LANG='C.UTF-8')


def run(*arguments, data=b''):
    return subprocess.run([WEISU, *map(str, arguments)], input=data, capture_output=True, env=ENGLISH)


def expect(status, result, *words):
    said = result.stderr.decode('utf-8', 'replace')
    assert result.returncode == status, (result.args, result.returncode, said)
    for word in words:
        assert str(word) in said, (word, said)


def build_and_check(folder):
    first, second = folder / 'first.image', folder / 'second.image'
    expect(0, run('lexicon', 'build', '--datasets', DATASETS, '--out', first))
    expect(0, run('lexicon', 'build', '--datasets', DATASETS, '--out', second))
    assert first.read_bytes() == second.read_bytes(), 'equal tables give different images'
    expect(0, run('lexicon', 'check', first))
    expect(0, run('lexicon', 'check', '--datasets', DATASETS))
    expect(2, run('lexicon', 'build', '--datasets', DATASETS), '--out')
    expect(2, run('lexicon', 'mend'))
    expect(3, run('lexicon', 'build', '--datasets', folder / 'nowhere', '--out', second), 'nowhere')
    return first


def name_mistakes(folder):
    tables = folder / 'tables'
    shutil.copytree(DATASETS, tables, ignore=lambda at, names: [n for n in names if n in ('synth', 'samples')])
    for name, row, words in (('taxonomy/terms.tsv', '9999\tterm\t5\t停水', 'unknown topic'),
                             ('taxonomy/terms.tsv', '0101\tdetail\t5\t停水', 'third-level'),
                             ('taxonomy/terms.tsv', '0101\tother\t5\t停水', 'kind'),
                             ('taxonomy/terms.tsv', '0101\tdetail\t5\t停水', 'third-level'),
                             ('taxonomy/risk.tsv', '停水\t7\twater', 'grade'),
                             ('gazetteer/beijing.tsv', '110199\tdistrict\t某区\t110198\t', 'unknown parent')):
        path = tables / name
        whole = path.read_text(encoding='utf-8')
        path.write_text(whole + row + '\n', encoding='utf-8')
        expect(1, run('lexicon', 'check', '--datasets', tables), f'{name}:{len(whole.splitlines()) + 1}: ', words)
        expect(3, run('lexicon', 'build', '--datasets', tables, '--out', folder / 'never.image'))
        assert not (folder / 'never.image').exists()
        path.write_text(whole, encoding='utf-8')


def refuse_images(folder, image):
    bytes_ = bytearray(image.read_bytes())
    bad = folder / 'bad.image'
    bytes_[len(bytes_) // 2] ^= 1
    for content, words in ((bytes_, 'damaged'), (bytes_[:-64], 'truncated'), (b'PK\3\4' * 1000, 'not an image'), (b'', '0 bytes')):
        bad.write_bytes(content)
        expect(3, run('segment', '--image', bad, data='停水\n'.encode()), bad, words)
        expect(3, run('lexicon', 'check', bad), bad, words)
    expect(3, run('segment', '--image', folder / 'absent.image'), 'absent.image')


def segment_lines(image):
    text = '海淀区的地铁４号线， 停水\r\n\n東城區\xa03.5米'.encode() + b'\xff\xe6\xb0\n\xe6\xb0'
    result = run('segment', '--no-hmm', '--sep', '/', '--image', image, data=text)
    expect(0, result, 'U+FFFD')
    assert result.stdout.decode() == '海淀区/的/地铁/４/号/线/， 停水\r\n\n東城區\xa03.5/米/\ufffd/\ufffd\n\ufffd', result.stdout
    expect(0, run('segment', '--image', image))
    expect(2, run('segment', '--image', image, 'one', 'two'))
    expect(2, run('segment', '--hmm'))
    expect(3, run('segment', '--image', image, '/nowhere/text'), '/nowhere/text')
    with open('/dev/full', 'wb') as full:
        status = subprocess.run([WEISU, 'segment', '--image', str(image)], input=b'a\n', stdout=full,
                                stderr=subprocess.DEVNULL).returncode
    assert status == 3, status


def peak_kilobytes(image, sentence, times, target):
    """Segments one line of so many sentences. The peak is read while the program still waits for the line's end."""
    with open(target, 'wb') as out:
        child = subprocess.Popen([WEISU, 'segment', '--image', str(image)], stdin=subprocess.PIPE, stdout=out)
        for _ in range(times // 100):
            child.stdin.write(sentence.encode() * 100)
        child.stdin.flush()
        status = pathlib.Path(f'/proc/{child.pid}/status').read_text(encoding='utf-8')
        child.stdin.close()
        assert child.wait() == 0
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith('VmHWM')))


def segment_in_constant_memory(folder, image):
    """One line of 25 MB: the tokens of its sentences, and no more memory than a line of two windows takes."""
    sentence, out = '请问小区停水什么时候能恢复热水3.5吨abc', folder / 'line.out'
    once = run('segment', '--image', image, data=sentence.encode()).stdout.decode()
    short = peak_kilobytes(image, sentence, 4000, out)
    long = peak_kilobytes(image, sentence, 500000, out)
    assert out.read_text(encoding='utf-8') == ' '.join([once] * 500000), 'a cut changed tokens'
    assert long - short < 4096, f'{short} kB for a short line, {long} kB for a long one'


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        image = build_and_check(folder)
        name_mistakes(folder)
        refuse_images(folder, image)
        segment_lines(image)
        segment_in_constant_memory(folder, image)


if __name__ == '__main__':
    main()
