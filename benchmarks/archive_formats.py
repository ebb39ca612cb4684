#!/usr/bin/env python3
"""Measures how fast archives are read in each form that hotlines export, and in how much memory; adds the rows to
benchmarks/results.csv.

usage: archive_formats.py BUILD [--rows N] [--book-rows N] [--out FILE]

The rows are those of a stream that `weisu synth --short` makes, as a table with Chinese headers in UTF-8, GB18030 and
UTF-16, packed, and as a workbook with shared strings (of --book-rows, a million a sheet), each read and decoded on one
thread (`weisu bench`), three times: the median and the range. Bytes are those of the rows as UTF-8. The peak is that of
`weisu batch --dry-run` on the whole file.
"""
import argparse, csv, gzip, io, itertools, json, os, pathlib, shutil, subprocess, sys, tempfile, zipfile
from xml.sax.saxutils import escape

from record_results import RUNS, Results

COLUMNS = {'id': '工单编号', 'time': '来电时间', 'title': '标题', 'text': '主要内容', 'reporter': '来电人', 'channel': '来源渠道'}
SHEET_ROWS = 1000000
OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships'


def rows_of(stream, count):
    """The stream's rows; where it is shorter again, with other ids and titles."""
    for turn in itertools.count():
        with open(stream, encoding='utf-8') as file:
            for line in file:
                if not count:
                    return
                count -= 1
                record = json.loads(line)
                record['id'] += f'-{turn}'
                record['title'] = f"{record.get('title', '')}（{turn}）"
                record['text'] = f"第{turn}次：{record['text']}"
                record['channel'] = '电话'
                yield [record.get(key, '') for key in COLUMNS]


class Strings:
    """Shared strings: short ones once, written to a file as they come."""
    def __init__(self, file):
        self.file, self.count, self.known = file, 0, {}

    def number(self, text):
        at = self.known.get(text)
        if at is None:
            at, self.count = self.count, self.count + 1
            self.file.write(f'<si><t>{escape(text)}</t></si>'.encode())
            if len(text) < 8 and len(self.known) < 100000:
                self.known[text] = at
        return at


def write_sheet(book, number, rows, strings):
    with book.open(f'xl/worksheets/sheet{number}.xml', 'w', force_zip64=True) as part:
        part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
        for at, row in enumerate(itertools.chain([list(COLUMNS.values())], rows), 1):
            cells = ''.join(f'<c r="{chr(65 + i)}{at}" t="s"><v>{strings.number(text)}</v></c>'
                            for i, text in enumerate(row))
            part.write(f'<row r="{at}">{cells}</row>'.encode())
        part.write(b'</sheetData></worksheet>')


def write_book(path, stream, count):
    sheets = -(-count // SHEET_ROWS)
    rows = rows_of(stream, count)
    links = ''.join(f'<Relationship Id="s{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                    for i in range(sheets))
    names = ''.join(f'<sheet name="s{i}" sheetId="{i + 1}" r:id="s{i}"/>' for i in range(sheets))
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as book, tempfile.TemporaryFile(
            dir=path.parent) as kept:
        book.writestr('_rels/.rels', f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" '
                                     f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr('xl/_rels/workbook.xml.rels',
                      f'<Relationships xmlns="{PACKAGE}">{links}<Relationship Id="t" Type="{OFFICE}/sharedStrings" '
                      'Target="sharedStrings.xml"/></Relationships>')
        book.writestr('xl/workbook.xml', f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>')
        strings = Strings(kept)
        for number in range(sheets):
            write_sheet(book, number, itertools.islice(rows, SHEET_ROWS), strings)
        kept.seek(0)
        with book.open('xl/sharedStrings.xml', 'w', force_zip64=True) as part:
            part.write(f'<sst xmlns="{MAIN}" uniqueCount="{strings.count}">'.encode())
            shutil.copyfileobj(kept, part, 1 << 20)
            part.write(b'</sst>')


def write_tables(folder, stream, count):
    text = io.StringIO()
    csv.writer(text).writerows(itertools.chain([list(COLUMNS.values())], rows_of(stream, count)))
    table = text.getvalue()
    contents = {'csv': table.encode(), 'csv.gb18030': table.encode('gb18030'), 'csv.utf16': table.encode('utf-16')}
    contents['csv.gz'] = gzip.compress(contents['csv'], 6)
    for form, content in contents.items():
        path = folder / f"{form.replace('.', '_')}.csv{'.gz' if form == 'csv.gz' else ''}"
        path.write_bytes(content)
        yield form, path
    if shutil.which('zstd'):
        subprocess.run(['zstd', '-q', '-f', folder / 'csv.csv', '-o', folder / 'csv_zst.csv.zst'], check=True)
        yield 'csv.zst', folder / 'csv_zst.csv.zst'


def seconds_of(weisu, path, rows):
    """Rows, MB and seconds of reading and of decoding."""
    spent = megabytes = 0
    for stage in ('read', 'decode'):
        out = subprocess.run([weisu, 'bench', '--csv', '--threads', '1', '--rounds', '1', '--filter', stage, '--records',
                              str(rows), path], check=True, capture_output=True, text=True).stdout
        _, _, records, rate, speed, _, _ = out.split(',')
        spent += int(records) / float(rate)
        megabytes = float(speed) * int(records) / float(rate)
    return int(records), megabytes, spent


# The peak of a process begins with that of its parent, so a small one stands between.
PEAK = '''import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))'''


def peak_of(weisu, path):
    out = subprocess.run([sys.executable, '-c', PEAK, weisu, 'batch', '--dry-run', path], check=True, capture_output=True,
                         text=True).stdout
    return round(int(out) * 1024 / 1e6)


def measure(results, weisu, form, path, rows):
    runs = [seconds_of(weisu, path, rows) for _ in range(RUNS)]
    command = f'archive_formats.py --rows {rows}; weisu bench --threads 1 --filter read (and decode)'
    results.spread(f'formats.{form}.threads1', [megabytes / spent for _, megabytes, spent in runs], 'MB/s', command)
    results.spread(f'formats.{form}.rows', [records * 60 / spent for records, _, spent in runs], 'rows/min', command)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('--rows', type=int, default=200000)
    parser.add_argument('--book-rows', type=int, default=3000000)
    parser.add_argument('--out', default='benchmarks/results.csv')
    words = parser.parse_args()
    weisu, results = pathlib.Path(words.build) / 'bin' / 'weisu', Results()
    os.environ['LC_ALL'] = 'C.UTF-8'
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([weisu, 'synth', '--seed', '1', '--days', '5', '--per-day', '40000', '--short', '--out', folder],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stream = folder / 'stream.jsonl'
        for form, path in write_tables(folder, stream, words.rows):
            measure(results, weisu, form, path, words.rows)
        write_book(folder / 'book.xlsx', stream, words.rows)
        measure(results, weisu, 'xlsx', folder / 'book.xlsx', words.rows)
        write_book(folder / 'large.xlsx', stream, words.book_rows)
        size = round((folder / 'large.xlsx').stat().st_size / 1e6)
        results.add('formats.xlsx.peak', peak_of(weisu, folder / 'large.xlsx'), 'MB',
                    f'archive_formats.py; weisu batch --dry-run large.xlsx ({words.book_rows} rows, {size} MB)')
    results.write(words.out)


if __name__ == '__main__':
    main()
