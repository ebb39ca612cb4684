#!/usr/bin/env python3
"""A dictionary edit, a gazetteer release and a word of the user between stop and start lose nothing.

usage: test_other_image.py WEISU DATASETS
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from weisu_service import Service, complaints, database_rows, send_file

CHECKPOINT = ('--checkpoint-records', '900')
RECORDS = 5000


def build(weisu, datasets, image):
    subprocess.run([weisu, 'lexicon', 'build', '--datasets', datasets, '--out', image], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return image


def edit(path, change):
    lines = path.read_text(encoding='utf-8').splitlines(keepends=True)
    path.write_text(''.join(change(lines)), encoding='utf-8')


def first_row(lines):
    return next(at for at, line in enumerate(lines) if not line.startswith('#'))


def other_tables(datasets, folder):
    """Tables of which every index of the image moves: a word of the user, words gone, a street office new,
    communities gone, a topic new, and the topics in another order."""
    shutil.copytree(datasets, folder)
    edit(folder / 'lexicon' / 'domain.tsv', lambda lines: lines + ['金鱼池东区\t5\tn\n'])
    edit(folder / 'lexicon' / 'words.tsv', lambda lines: lines[:200] + lines[205:])

    def release(lines):
        district = next(at for at, line in enumerate(lines) if line.startswith('110101\t'))
        return lines[:district + 1] + ['110101990\tsubdistrict\t新设街道\t110101\t\n'] + lines[district + 1:]

    edit(folder / 'gazetteer' / 'beijing.tsv', release)
    edit(folder / 'gazetteer' / 'beijing_communities.tsv', lambda lines: lines[:-5])

    def reorder(lines):
        at = first_row(lines)
        themes = sorted({line[:2] for line in lines[at:]}, reverse=True)
        rows = [line for theme in themes for line in lines[at:] if line.startswith(theme)]
        return lines[:at] + ['90\t\t新设门类\t城市管理委\t\t\n'] + rows

    edit(folder / 'taxonomy' / 'topics.tsv', reorder)
    return folder


def halves(folder):
    lines = list(complaints(RECORDS))
    paths = folder / 'first.jsonl', folder / 'second.jsonl'
    paths[0].write_text(''.join(lines[:RECORDS // 2]), encoding='utf-8')
    paths[1].write_text(''.join(lines[RECORDS // 2:]), encoding='utf-8')
    return paths


def exported(weisu, data, image):
    out = data.parent / ('export-' + image.name)
    subprocess.run([weisu, 'export', '--data', data, '--image', image, '--out', out], check=True,
                   stderr=subprocess.DEVNULL)
    read = {name: (out / name).read_text(encoding='utf-8').splitlines()
            for name in ('clusters.jsonl', 'alerts.jsonl', 'assignments.tsv')}
    clusters = {cluster['cluster']: cluster for cluster in map(json.loads, read['clusters.jsonl'])}
    return clusters, read['alerts.jsonl'], [row.split('\t') for row in read['assignments.tsv']]


def live(service):
    return {alert['alert']: alert for alert in service.json('/api/v1/alerts')['alerts']}


def check_nothing_lost(before, after):
    """What the first half left, after the second."""
    ids = {row[0] for row in before[2]}
    assert set(before[0]) <= set(after[0]), 'a cluster has gone'
    for key, cluster in before[0].items():
        for name in ('title', 'first'):
            assert cluster[name] == after[0][key][name], (name, cluster, after[0][key])
        assert cluster['complaints'] <= after[0][key]['complaints'], cluster
    assert before[1] == after[1][:len(before[1])], 'a change of an alert has gone'
    joined = [row for row in after[2] if row[0] not in ids and row[2] in before[0]]
    assert len(joined) > RECORDS // 10, 'only %d of the second half know a cluster of the first' % len(joined)
    old = {json.loads(line)['alert'] for line in before[1]}
    goes_on = [line for line in after[1][len(before[1]):] if json.loads(line)['alert'] in old]
    assert goes_on, 'no alert of the first half goes on in the second'
    print('%d clusters kept, %d records joined them, %d changes of alerts of before'
          % (len(before[0]), len(joined), len(goes_on)))


def main(weisu, datasets):
    with tempfile.TemporaryDirectory(prefix='weisu-image-') as folder:
        folder = pathlib.Path(folder)
        one = build(weisu, datasets, folder / 'one.image')
        other = build(weisu, other_tables(pathlib.Path(datasets), folder / 'tables'), folder / 'other.image')
        assert one.read_bytes() != other.read_bytes()
        first, second = halves(folder)
        with Service(weisu, folder, *CHECKPOINT, '--image', one) as service:
            send_file(weisu, service, first)
            service.settle()
            raised = live(service)
        assert raised, 'nothing is raised: nothing would be lost'
        before = exported(weisu, service.data, one)
        assert exported(weisu, service.data, other) == before, 'places and topics have other numbers, not other names'
        for expected in (1, 0):  # the second start finds a checkpoint in the other image's terms
            service.log.unlink()
            with Service(weisu, folder, *CHECKPOINT, '--image', other) as service:
                assert live(service) == raised
            said = service.log.read_text()
            assert ('another image' in said) == expected and 'computed again' not in said, said
        with Service(weisu, folder, *CHECKPOINT, '--image', other) as service:
            send_file(weisu, service, second)
            service.settle()
        check_nothing_lost(before, exported(weisu, service.data, other))
        kinds = database_rows(service.data, 'SELECT kind, count(*) FROM log GROUP BY kind ORDER BY kind')
        assert kinds == [(1, RECORDS), (4, 1)], kinds


if __name__ == '__main__':
    main(*sys.argv[1:])
