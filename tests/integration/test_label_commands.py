#!/usr/bin/env python3
"""`weisu train` and `weisu classify` as a user meets them: files, exit statuses, refusals, equal bytes.

usage: test_label_commands.py WEISU
"""
import json, os, pathlib, subprocess, sys, tempfile

WEISU = sys.argv[1]
ENGLISH = dict(os.environ, LC_ALL='C.UTF-8', LANG='C.UTF-8')
PROBLEMS = {'供水': ('自来水停了三天', '水管爆裂没人修', '水龙头流黄水', '小区停水没有通知', '水压太低'),
            '噪声': ('工地夜里施工噪音大', '楼下音响半夜吵闹', '广场舞噪音扰民', '装修电钻一直响', '烧烤摊深夜喧哗')}
PLACES = ('东门口', '三号楼', '菜市场旁', '学校后面', '公园北侧', '车站对面')


def run(*arguments, data=b'', env=ENGLISH):
    return subprocess.run([WEISU, *map(str, arguments)], input=data, capture_output=True, env=env)


def expect(status, result, *words):
    said = (result.stderr + result.stdout).decode('utf-8', 'replace')
    assert result.returncode == status, (result.args, result.returncode, said)
    for word in words:
        assert str(word) in said, (word, said)


def records():
    for label, problems in PROBLEMS.items():
        for number, place in enumerate(PLACES):
            for problem in problems:
                yield {'id': f'{label}{number}{problem}', 'text': f'{place}{problem}，请处理', 'category': label}


def write(path, rows):
    path.write_text(''.join(json.dumps(row, ensure_ascii=False) + '\n' for row in rows), encoding='utf-8')


def train(folder):
    archive, first, second = folder / 'archive.jsonl', folder / 'first.model', folder / 'second.model'
    write(archive, records())
    expect(0, run('train', '--out', first, archive), '60 records', '2 categories', 'macro')
    expect(0, run('train', '--out', second, archive, env=dict(ENGLISH, LC_ALL='zh_CN.UTF-8')), '60 条记录', '2 个类别')
    assert first.read_bytes() == second.read_bytes(), 'equal records give different models'
    table = folder / 'archive.csv'
    table.write_text('编号,内容,分类甲\n' + ''.join(f'{r["id"]},{r["text"]},{r["category"]}\n' for r in records()),
                     encoding='utf-8')
    expect(0, run('train', '--out', second, '--map', 'id=编号,text=内容,category=分类甲', table))
    assert first.read_bytes() == second.read_bytes(), 'a table gives another model'
    return archive, first


def refuse_archives(folder, archive):
    model = folder / 'never.model'
    one, mixed = folder / 'one.jsonl', folder / 'mixed.jsonl'
    write(one, [r for r in records() if r['category'] == '供水'])
    expect(3, run('train', '--out', model, one), 'categories')
    expect(2, run('train', archive), '--out')
    expect(2, run('train', '--out', model))
    expect(3, run('train', '--out', model, folder / 'nowhere.jsonl'), 'nowhere')
    expect(3, run('train', '--out', folder / 'nowhere' / 'model', archive), 'nowhere')
    assert not model.exists()
    write(mixed, list(records()) + [{'id': 'x', 'text': '没有类别'}])
    expect(0, run('train', '--out', model, mixed), 'mixed.jsonl:61: ', 'category', '1 records rejected')
    expect(1, run('train', '--strict', '--out', model, mixed))
    write(mixed, list(records()) + [{'id': 'x', 'text': '停水', 'category': '供\t水'}])
    expect(1, run('train', '--strict', '--out', model, mixed), 'control')


def classify(folder, model):
    asked = folder / 'asked.jsonl'
    write(asked, [{'id': 'a', 'text': '停水了'}, {'id': 'b', 'title': '夜里噪音', 'text': '一直响'}, {'text': '没有编号'}])
    result = run('classify', '--model', model, asked)
    expect(0, result, 'asked.jsonl:3: ', '1 records rejected')
    rows = [line.split('\t') for line in result.stdout.decode().splitlines()]
    assert [row[:2] for row in rows] == [['a', '供水'], ['b', '噪声']], rows
    assert all(0.5 < float(row[2]) <= 1 and len(row[2]) == 6 for row in rows), rows
    assert run('classify', '--model', model, '-', data=asked.read_bytes()).stdout == result.stdout
    expect(1, run('classify', '--strict', '--model', model, asked))
    expect(2, run('classify', asked), '--model')
    expect(2, run('classify', '--model', model))
    with open('/dev/full', 'wb') as full:
        status = subprocess.run([WEISU, 'classify', '--model', str(model), str(asked)], stdout=full,
                                stderr=subprocess.DEVNULL).returncode
    assert status == 3, status


def refuse_models(folder, model, archive):
    whole, bad = model.read_bytes(), folder / 'bad.model'
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    for content, words in ((damaged, 'damaged'), (whole[:-64], 'truncated'), (b'PK\3\4' * 1000, 'not a model'), (b'', '0 bytes')):
        bad.write_bytes(content)
        expect(3, run('classify', '--model', bad, archive), bad, words)
    expect(3, run('classify', '--model', folder / 'absent.model', archive), 'absent.model')


def override_rules(folder, model):
    """batch and explain with a model and a table of classes; both are part of the configuration's hash."""
    archive, classes = folder / 'plain.jsonl', folder / 'classes.tsv'
    write(archive, [{'id': f'r{n}', 'time': f'2024-03-0{n + 1}T08:00:00+08:00', 'text': '楼下停水，工地半夜施工噪音'} for n in range(4)])
    classes.write_text('# class\ttopic\n供水\t01\n噪声\t0902\n', encoding='utf-8')
    told = run('explain', '--model', model, '--categories', classes, archive)
    expect(0, told)
    expect(0, run('explain', '--categories', classes, archive))
    seen = {}
    for name, words in (('rules', ()), ('model', ('--model', model, '--categories', classes)),
                        ('again', ('--model', model, '--categories', classes, '--threads', 1, '--batch', 1))):
        expect(0, run('batch', '--out', folder / name, *words, archive))
        seen[name] = json.loads((folder / name / 'summary.json').read_text())['versions']['configuration']
    assert seen['rules'] != seen['model'] == seen['again'], seen
    for file in ('assignments.tsv', 'clusters.jsonl', 'alerts.jsonl'):
        assert (folder / 'model' / file).read_bytes() == (folder / 'again' / file).read_bytes(), file
    expect(3, run('batch', '--out', folder / 'bad', '--model', folder / 'bad.model', archive), 'bad.model')
    assert not (folder / 'bad').exists()
    result = run('lexicon', 'check', '--categories', classes, '--records', folder / 'archive.jsonl')
    expect(0, result, 'no class stands for topic 02 ', '2 classes')
    assert 'topic 0101 ' not in result.stdout.decode() and 'topic 0902 ' not in result.stdout.decode()
    classes.write_text('供水\t01\n噪声\t9999\n', encoding='utf-8')
    expect(1, run('lexicon', 'check', '--categories', classes), 'classes.tsv:2: unknown topic')
    expect(3, run('batch', '--out', folder / 'bad', '--categories', classes, archive), 'classes.tsv:2: ')
    classes.write_text('供水\t01\n', encoding='utf-8')
    expect(1, run('lexicon', 'check', '--categories', classes, '--records', folder / 'archive.jsonl'), '噪声')


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        archive, model = train(folder)
        refuse_archives(folder, archive)
        classify(folder, model)
        refuse_models(folder, model, archive)
        override_rules(folder, model)


if __name__ == '__main__':
    main()
