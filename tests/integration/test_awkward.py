#!/usr/bin/env python3
"""Files as spreadsheet programs write them (awkward/make_awkward.py says how they were made): each is read without an
option, and what is not read says what to do.

usage: test_awkward.py WEISU
"""
import gzip, json, os, pathlib, subprocess, sys, tempfile

FOLDER = pathlib.Path(__file__).parent / 'awkward'


def try_file(weisu, path, source=None):
    result = subprocess.run([weisu, 'batch', '--dry-run', path], stdin=source, capture_output=True, text=True,
                            encoding='utf-8', env={**os.environ, 'LANG': 'C', 'LC_ALL': 'C'})
    return result.returncode, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def check_expected(weisu):
    for line in open(FOLDER / 'expected.jsonl', encoding='utf-8'):
        expected = json.loads(line)
        status, records, report = try_file(weisu, FOLDER / expected['file'])
        assert status == 0, report
        assert records == expected['records'], (expected['file'], records)
        summary = f"{len(records)} records, {expected['rejected']} rejected"
        assert summary in report, (expected['file'], report)
        for words in expected['report']:
            assert words in report, (expected['file'], words, report)


def refuse(weisu, path, words):
    status, records, report = try_file(weisu, path)
    assert status == 3 and not records and words in report, (path.name, status, report)


def check_refusals(weisu):
    """What the program made and is not read, what was cut, and what people take for a table."""
    whole = (FOLDER / 'merged_title.xlsx').read_bytes()
    table = (FOLDER / 'semicolon_gb.csv').read_bytes()
    for name, words in (('old_format.xls', '旧版 .xls'), ('password.xlsx', '去掉密码后另存'),
                        ('open_document.ods', '另存为'), ('web_page.xls', '另存为 .xlsx')):
        refuse(weisu, FOLDER / name, words)
    cases = {f'cut{percent}.xlsx': (whole[:len(whole) * percent // 100], '被截断') for percent in (5, 30, 50, 70, 95)}
    cases.update({
        'cut.csv.gz': (gzip.compress(table)[:-12], '被截断'),
        'names.csv': ('甲,乙,丙\n1,2,3\n'.encode(), '--map time='),
        'big5.csv': (table.decode('gb18030').translate(str.maketrans('诉导单号来电时间标题',
                                                                     '訴導單號來電時間標題')).encode('big5', 'replace'),
                     '另存为 .xlsx'),
        'array.json': ('[{"id":"1","time":"2024-03-01","text":"路灯不亮"}]'.encode(), "jq -c '.[]'"),
    })
    with tempfile.TemporaryDirectory() as folder:
        for name, (content, words) in cases.items():
            path = pathlib.Path(folder) / name
            path.write_bytes(content)
            refuse(weisu, path, words)


def check_returns(weisu):
    """Rows that end with CR alone are rows."""
    _, expected, _ = try_file(weisu, FOLDER / 'semicolon_gb.csv')
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'mac.csv'
        path.write_bytes((FOLDER / 'semicolon_gb.csv').read_bytes().replace(b'\r\n', b'\n').replace(b'\n', b'\r'))
        status, records, report = try_file(weisu, path)
        assert status == 0 and records == expected and len(records) == 2, report


def check_pipe_and_packed(weisu):
    """The same rows through a pipe, and packed."""
    _, expected, _ = try_file(weisu, FOLDER / 'gaps.xlsx')
    with subprocess.Popen(['cat', FOLDER / 'gaps.xlsx'], stdout=subprocess.PIPE) as cat:
        assert try_file(weisu, '-', cat.stdout)[1] == expected
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'gaps.xlsx.gz'
        path.write_bytes(gzip.compress((FOLDER / 'gaps.xlsx').read_bytes()))
        assert try_file(weisu, path)[1] == expected


def check_twice(weisu):
    """Rows without an id: the same file twice changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        subprocess.run([weisu, 'batch', '--out', out, FOLDER / 'no_ids.xlsx', FOLDER / 'no_ids.xlsx'], check=True,
                       capture_output=True)
        summary = json.loads((out / 'summary.json').read_text(encoding='utf-8'))
        assert summary['complaints'] == 2 and summary['duplicates'] == 4, summary


if __name__ == '__main__':
    check_expected(sys.argv[1])
    check_refusals(sys.argv[1])
    check_returns(sys.argv[1])
    check_pipe_and_packed(sys.argv[1])
    check_twice(sys.argv[1])
