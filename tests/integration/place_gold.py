#!/usr/bin/env python3
"""Spots that `weisu explain` reads in real complaints, against the hand-made gold (tests/gold/README.md).

usage: place_gold.py WEISU GOLD [LEAST_F1] [--errors]
Needs WEISU_DATA (the complaints); skipped without it. A mention is right when it holds the name and stays within the
wider reading; a spot is found when any of its mentions is read. F1 is of precision over mentions and recall over spots.
"""
import collections, json, os, pathlib, subprocess, sys

TEXT_LIMIT = 600


def read_gold(path):
    gold = collections.OrderedDict()
    for line in open(path, encoding='utf-8'):
        if line.startswith('#'):
            continue
        record, field, *numbers, name = line.rstrip('\n').split('\t')
        rows = gold.setdefault(record, [])
        if field != '-':
            rows.append((field, *map(int, numbers), name))
    return gold


def explain(weisu, records):
    lines = ''.join(json.dumps(r, ensure_ascii=False) + '\n' for r in records)
    answer = subprocess.run([weisu, 'explain'], input=lines, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in answer.splitlines()]


def characters(record, mention):
    """The mention's range in characters; its offsets are bytes of UTF-8."""
    text = record[mention['field']].encode()
    begin, end = (len(text[:mention[k]].decode()) for k in ('begin', 'end'))
    assert record[mention['field']][begin:end] == mention['read'], (record['id'], mention)
    return begin, end


def holder(rows, field, begin, end):
    """The name of the row that the range reads, the one with the longest core; None."""
    best = None
    for row in rows:
        if row[0] == field and row[1] <= begin <= row[2] and row[3] <= end <= row[4]:
            if best is None or row[3] - row[2] > best[3] - best[2]:
                best = row
    return best[5] if best else None


def score(gold, records, answers):
    count, errors = collections.Counter(), []
    for record, answer in zip(records, answers):
        rows, found = gold[record['id']], collections.Counter()
        for mention in answer['place']['mentions']:
            if mention['kind'] != 'spot':
                continue
            begin, end = characters(record, mention)
            name = holder(rows, mention['field'], begin, end)
            if name is None:
                count['wrong'] += 1
                errors.append(f"wrong {record['id']} {mention['read']} {mention['strength']}")
            elif not name.startswith('?'):
                count['right'] += 1
                found[name] += 1
        for name in {row[5] for row in rows if not row[5].startswith('?')}:
            count['spots'] += 1
            count['found'] += name in found
            count['split'] += found[name] > 1
            if name not in found:
                row = next(r for r in rows if r[5] == name)
                errors.append(f"missed {record['id']} {record[row[0]][row[1]:row[4]]}")
    return count, errors


def main(weisu, gold_file, least='0', *options):
    data = os.environ.get('WEISU_DATA')
    if not data:
        print('skipped: WEISU_DATA names no folder')
        sys.exit(77)
    gold, by_id = read_gold(gold_file), {}
    for line in open(pathlib.Path(data) / 'complaints_dev.jsonl', encoding='utf-8'):
        record = json.loads(line)
        record['text'] = record['text'][:TEXT_LIMIT]
        by_id[record['id']] = record
    records = [by_id[i] for i in gold]
    count, errors = score(gold, records, explain(weisu, records))
    if '--errors' in options:
        print('\n'.join(errors))
    precision = count['right'] / max(1, count['right'] + count['wrong'])
    recall = count['found'] / max(1, count['spots'])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(json.dumps({'records': len(records), 'spots': count['spots'], 'precision': round(precision, 4),
                      'recall': round(recall, 4), 'f1': round(f1, 4), 'read_as_two': count['split']}))
    sys.exit(f1 < float(least))


if __name__ == '__main__':
    main(*sys.argv[1:])
