#!/usr/bin/env python3
"""The real archive: a workbook needs no option, and its rows in any other form give the same clusters and alerts.

usage: test_archive.py WEISU
Needs WEISU_DATA (the data); skipped without it. The other forms are made from the workbook by this script's own reader.
"""
import codecs, csv, datetime, gzip, io, json, os, pathlib, re, shutil, subprocess, sys, tempfile, zipfile
import xml.etree.ElementTree as ElementTree

SPACE = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
KEYS = {'留言编号': 'id', '留言用户': 'reporter', '留言主题': 'title', '留言时间': 'time', '留言详情': 'text', '答复时间': 'closed'}
BLANKS = ''.join(map(chr, range(33)))  # what is dropped around a cell


def unescape(text):
    return re.sub('_x([0-9A-Fa-f]{4})_', lambda match: chr(int(match.group(1), 16)), text)


def rows_of(workbook):
    with zipfile.ZipFile(workbook) as parts:
        strings = [unescape(''.join(t.text or '' for t in item.iter(SPACE + 't')))
                   for item in ElementTree.fromstring(parts.read('xl/sharedStrings.xml'))]
        for row in ElementTree.fromstring(parts.read('xl/worksheets/sheet1.xml')).iter(SPACE + 'row'):
            values = [(cell.get('t'), cell.findtext(SPACE + 'v') or '') for cell in row]
            yield [strings[int(value)] if kind == 's' else value for kind, value in values]


def iso(text):
    """2019/7/1 9:05:03 and a day alone as RFC 3339; a serial number as seconds."""
    if re.fullmatch(r'\d{5}\.\d+', text):
        days = datetime.timedelta(seconds=round(float(text) * 86400))
        return (datetime.datetime(1899, 12, 30) + days).isoformat()
    numbers = [int(number) for number in re.findall(r'\d+', text)]
    day = '%04d-%02d-%02d' % tuple(numbers[:3])
    return day + ('T%02d:%02d:%02d' % tuple(numbers[3:]) if len(numbers) > 3 else '')


def json_lines(rows):
    header = [KEYS.get(name) for name in rows[0]]
    for row in rows[1:]:
        record = {key: value.strip(BLANKS) for key, value in zip(header, row) if key and value.strip(BLANKS)}
        record.update({key: iso(record[key]) for key in ('time', 'closed') if key in record})
        yield json.dumps(record, ensure_ascii=False) + '\n'


def forms(rows, folder):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    table = text.getvalue()
    (folder / 'gb.csv').write_bytes(table.encode('gb18030'))
    (folder / 'packed.csv.gz').write_bytes(gzip.compress(table.encode('utf-8'), 1))
    (folder / 'wide.csv').write_bytes(codecs.BOM_UTF16_LE + table.encode('utf-16-le'))
    (folder / 'lines.jsonl').write_text(''.join(json_lines(rows)), encoding='utf-8')
    names = ['gb.csv', 'packed.csv.gz', 'wide.csv', 'lines.jsonl']
    if shutil.which('zstd'):
        (folder / 'plain.csv').write_text(table, encoding='utf-8', newline='')
        subprocess.run(['zstd', '-q', folder / 'plain.csv', '-o', folder / 'packed.csv.zst'], check=True)
        names.append('packed.csv.zst')
    return names


def run(weisu, out, archive):
    result = subprocess.run([weisu, 'batch', '--out', out, archive], check=True, capture_output=True, text=True)
    summary = json.loads((out / 'summary.json').read_text(encoding='utf-8'))
    files = {name: (out / name).read_bytes() for name in ('assignments.tsv', 'alerts.jsonl', 'clusters.jsonl', 'links.tsv')}
    return summary, files, result.stderr


def main(weisu):
    data = os.environ.get('WEISU_DATA')
    if not data:
        print('skipped: WEISU_DATA names no folder')
        sys.exit(77)
    data = pathlib.Path(data)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        workbook = data / 'archive_with_replies.xlsx'
        rows = list(rows_of(workbook))
        summary, expected, report = run(weisu, folder / 'out', workbook)
        assert summary['complaints'] == len(rows) - 1 == 2816 and summary['rejected'] == 0, summary
        assert all(f'← {column}' in report for column in KEYS), report
        for form in forms(rows, folder):
            summary, files, _ = run(weisu, folder / ('out-' + form), folder / form)
            assert summary['rejected'] == 0, (form, summary)
            for file, content in files.items():
                assert content == expected[file], f'{form}: {file} differs'
            print(form, 'ok')
        table = data / 'chicago311_dev.csv'
        tried = subprocess.run([weisu, 'batch', '--dry-run', '--strict', '--const', 'category=垃圾', table],
                               capture_output=True, text=True)
        assert tried.returncode == 0 and ', 0 rejected' in tried.stderr, tried.stderr
        assert len(tried.stdout.splitlines()) == 10


if __name__ == '__main__':
    main(sys.argv[1])
