#!/usr/bin/env python3
"""Addresses of Beijing: the exact path from the city down to the spot, and no wrong path where a name is ambiguous.

usage: place_addresses.py WEISU DATASETS HAND_WRITTEN
500 addresses are generated from the gazetteer's own tables, in the forms that people use; HAND_WRITTEN (address, path
from the district down, spot; tab-separated) holds others. Exact on at least 95 % of each.
"""
import collections, json, pathlib, random, subprocess, sys

COUNT, LEAST = 500, .95
ESTATES = ['锦绣嘉园', '云杉苑', '翠湖名苑', '松月小区', '和风家园', '槐柏华庭', '金穗公寓', '望溪花园', '柳岸雅居', '枫桦豪景小区']
ROADS = ['青松路', '和顺大街', '锦云东路', '长庆南街', '福安胡同', '瑞祥西路', '永乐街', '广顺北大街']
FORMS = ['北京市{d}{s}{r}{n}号{e}{b}号楼{u}单元{o}室', '{d}{s}{r}{n}号{e}{b}号楼', '北京市{d}{s}{e}{b}号楼{u}单元', '{s}{e}{b}栋',
         '{d}{s}{c}{e}{b}号楼', '北京{d}{s}{c}', '{d}{s}{r}{n}号', '{D}{s}{e}', '{d}{S}{e}{b}号楼{o}', '北京市{d}{e}']


def read_gazetteer(datasets):
    nodes, bearers = {}, collections.defaultdict(set)
    for name in ('beijing.tsv', 'beijing_communities.tsv'):
        for line in open(datasets / 'gazetteer' / name, encoding='utf-8'):
            if line.startswith('#'):
                continue
            code, level, own, parent, aliases = (line.rstrip('\n').split('\t') + [''])[:5]
            nodes[code] = (level, own, parent, aliases.split())
            for word in [own, *aliases.split()]:
                bearers[word].add(code)
    return nodes, bearers


def path_of(nodes, code):
    names = []
    while code:
        names.append(nodes[code][1])
        code = nodes[code][2]
    return names[::-1]


def short_of(nodes, bearers, code):
    """An alias of one bearer, or the name."""
    for word in nodes[code][3]:
        if len(bearers[word]) == 1 and not word.startswith('北京'):
            return word
    return nodes[code][1]


def generate(nodes, bearers):
    draw = random.Random(12345)
    by_parent = collections.defaultdict(list)
    for code, (level, _, parent, _) in nodes.items():
        by_parent[level, parent].append(code)
    streets = sorted(c for c, n in nodes.items() if n[0] == 'subdistrict')
    while True:
        street, form = draw.choice(streets), draw.choice(FORMS)
        district = nodes[street][2]
        below = by_parent['community', street]
        if ('{c}' in form and not below) or ('{s}' in form and '{d}' not in form and '{D}' not in form and
                                               len(bearers[nodes[street][1]]) > 1):
            continue
        community = draw.choice(below) if '{c}' in form else None
        estate, road = draw.choice(ESTATES), draw.choice(ROADS)
        address = form.format(d=nodes[district][1], D=short_of(nodes, bearers, district), s=nodes[street][1],
                              S=short_of(nodes, bearers, street), c=community and nodes[community][1], e=estate, r=road,
                              n=draw.randint(1, 300), b=draw.randint(1, 30), u=draw.randint(1, 6), o=draw.randint(101, 2805))
        tightest = community or (street if '{s}' in form or '{S}' in form else district)
        spot = estate.removesuffix('小区') if '{e}' in form else road if '{r}' in form else None
        yield address, path_of(nodes, tightest)[1:], spot


def read_hand_written(path):
    for line in open(path, encoding='utf-8'):
        if not line.startswith('#'):
            address, divisions, spot = line.rstrip('\n').split('\t')
            yield address, divisions.split('/') if divisions else [], spot or None


def explain(weisu, addresses):
    lines = ''.join(json.dumps({'id': str(i), 'title': '反映停水', 'text': '没有水', 'address': a}, ensure_ascii=False) + '\n'
                    for i, a in enumerate(addresses))
    answer = subprocess.run([weisu, 'explain'], input=lines, capture_output=True, text=True, check=True).stdout
    return [json.loads(line)['place'] for line in answer.splitlines()]


def judge(weisu, cases, name):
    """Prints the share of exact paths; a spot counts where one is expected. Gives 1 when it is too small."""
    exact, shown = 0, 0
    for (address, divisions, spot), place in zip(cases, explain(weisu, [c[0] for c in cases])):
        steps = [s for s in place['path'] if s['name'] != '北京市']
        found = [s['name'] for s in steps if not s['code'].startswith('s')]
        spots = [s['name'] for s in steps if s['code'].startswith('s')]
        right = found == divisions and (spot is None or spots == [spot])
        exact += right
        if not right and shown < 12:
            print(f'{address}: {"/".join(found)} {spots}, not {"/".join(divisions)} {spot}')
            shown += 1
    print(json.dumps({'addresses': name, 'count': len(cases), 'exact': round(exact / len(cases), 4)}))
    return exact < LEAST * len(cases)


def judge_ambiguous(weisu, nodes, bearers):
    """A name of several divisions alone: the path may hold only what all of them share."""
    words = sorted(w for w, codes in bearers.items() if len(codes) > 1)
    wrong = 0
    for word, place in zip(words, explain(weisu, words)):
        paths = [path_of(nodes, code) for code in bearers[word]]
        shared = [a for a, *rest in zip(*paths) if all(a == b for b in rest)]
        found = [s['name'] for s in place['path'] if not s['code'].startswith('s')]
        if found[:len(shared)] != shared[:len(found)] or len(found) > len(shared):
            wrong += 1
            print(f'{word}: {"/".join(found)}, but {len(paths)} divisions bear the name')
    print(json.dumps({'ambiguous': len(words), 'wrong': wrong}))
    return wrong > 0


def main(weisu, datasets, hand_written):
    nodes, bearers = read_gazetteer(pathlib.Path(datasets))
    cases = generate(nodes, bearers)
    failed = judge(weisu, [next(cases) for _ in range(COUNT)], 'generated')
    failed |= judge(weisu, list(read_hand_written(hand_written)), 'hand-written')
    failed |= judge_ambiguous(weisu, nodes, bearers)
    sys.exit(failed)


if __name__ == '__main__':
    main(*sys.argv[1:])
