#!/usr/bin/env python3
"""Makes the awkward files beside it with LibreOffice (Debian: libreoffice-calc, python3-uno), from sheets described here.

usage: make_awkward.py FOLDER [NAME ...]
Run by hand when a file is added; the files are committed, so that tests need no LibreOffice. Each sheet is written as
flat OpenDocument XML, which LibreOffice then saves in the format that is wanted: what the readers see was written by a
spreadsheet program and not by us.
"""
import pathlib, subprocess, sys, tempfile, time
from xml.sax.saxutils import escape

HEAD = '''<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>
<number:date-style style:name="Nday"><number:year number:style="long"/><number:text>年</number:text><number:month/>
<number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>
<number:date-style style:name="Nminute"><number:year number:style="long"/><number:text>/</number:text><number:month/>
<number:text>/</number:text><number:day/><number:text> </number:text><number:hours/><number:text>:</number:text>
<number:minutes number:style="long"/></number:date-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="Nday"/>
<style:style style:name="minute" style:family="table-cell" style:data-style-name="Nminute"/>
<style:style style:name="bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>'''
TAIL = '</office:spreadsheet></office:body></office:document>'


def paragraphs(text):
    return ''.join(f'<text:p>{line}</text:p>' for line in text.split('\n'))


def cell(value):
    """A text, a number, or (kind, …): day, minute, merged, rich, formula."""
    if value is None:
        return '<table:table-cell/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string">{paragraphs(escape(value))}</table:table-cell>'
    kind, *rest = value
    if kind in ('day', 'minute'):
        return f'<table:table-cell table:style-name="{kind}" office:value-type="date" office:date-value="{rest[0]}"/>'
    if kind == 'merged':
        text, columns, rows = rest
        return (f'<table:table-cell table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows}" '
                f'office:value-type="string">{paragraphs(escape(text))}</table:table-cell>')
    if kind == 'rich':
        return ('<table:table-cell office:value-type="string"><text:p><text:span text:style-name="bold">'
                f'{escape(rest[0])}</text:span>{escape(rest[1])}</text:p></table:table-cell>')
    return f'<table:table-cell table:formula="of:={escape(rest[0], {chr(34): "&quot;"})}"/>'


def sheet(name, rows, is_hidden=False, is_protected=False):
    style = ' table:style-name="hidden"' if is_hidden else ''
    style += ' table:protected="true"' if is_protected else ''
    lines = ''.join('<table:table-row>' + ''.join(map(cell, row)) + '</table:table-row>' for row in rows)
    return f'<table:table table:name="{name}"{style}>{lines}</table:table>'


PLAIN = ['工单编号', '来电时间', '标题', '主要内容']


def plain(first, count):
    return [[f'GD{first + i}', f'2024/3/{i + 1} 9:05:0{i}', f'小区停水第{first + i}件', f'幸福里小区{i + 1}号楼停水，一直没有恢复。']
            for i in range(count)]


def books():
    """name: (sheets, format, filter options or None, null date or None)"""
    yield 'merged_title.xlsx', [sheet('诉求明细', [
        [('merged', '某市12345热线诉求明细表', 5, 1)], [('merged', '导出时间：2024年4月1日；来电时间以受理为准', 5, 1)], [None],
        [None] + PLAIN] + [[None] + row for row in plain(1, 3)] + [[None, '合计', None, None, None]])], 'xlsx', None, None
    yield 'date_styles.xlsx', [sheet('Sheet1', [
        ['留言编号', '留言时间', '留言详情', '答复时间'],
        ['a1', ('day', '2024-03-01'), '路灯不亮，晚上看不清路。', ('day', '2024-03-05')],
        ['a2', ('minute', '2024-03-01T15:20:00'), '路灯不亮，第二次反映。', '2024年3月6日下午3点20分'],
        ['a3', '2024年3月2日 上午9:05', '路灯还是不亮。', '2024/3/7'],
        ['a4', ('formula', '[.B2]+1.5'), '路灯不亮，按公式算出的时间。', None],
        ['a5', '2024-03-03 09:05:03', '路灯不亮，文本时间。', None]])], 'xlsx', None, None
    yield 'three_sheets.xlsx', [
        sheet('说明', [['本表由系统导出'], ['如有疑问请联系管理员']]),
        sheet('1月', [PLAIN] + plain(10, 2)), sheet('旧数据', [PLAIN] + plain(30, 1), is_hidden=True),
        sheet('2月', [['编号', '诉求时间', '诉求内容']] + [['x1', '2024-02-03 10:00:00', '井盖缺失，有安全隐患。']])], 'xlsx', None, None
    yield 'levels_and_parts.xlsx', [sheet('Sheet1', [
        ['受理编号', '受理时间', '反映内容', '被反映区', '被反映街道', '社区', '小区点位', '一级分类', '二级分类', '是否解决', '是否满意'],
        ['b1', '2024/3/1 8:00', '暖气不热。', '朝阳区', '望京街道', None, '南湖西园', '供暖', '暖气不热', '是', '基本满意'],
        ['b2', '2024/3/1 9:00', '噪音扰民。', None, '望京街道', '南湖社区', None, '环保', None, '否', '未评价']])], 'xlsx', None, None
    yield 'rich_text.xlsx', [sheet('Sheet1', [
        ['编号', '时间', '内容'],
        ['c1', '2024/3/1 8:00', ('rich', '加粗：', '电梯坏了，"修了三次", 还是坏')],
        ['c2', '2024/3/1 9:00', '第一行\n第二行, 有逗号\n第三行 "引号"'],
        ['c3', '2024/3/1 10:00', '生僻字𠮷和表情😀，_x0041_ 不是转义']])], 'xlsx', None, None
    yield 'numbers_and_errors.xlsx', [sheet('Sheet1', [
        ['编号', '时间', '内容', '纬度', '经度', '区划代码'],
        [202403010000123, '2024/3/1 8:00', '数字编号。', 39.9042, 116.4074, 110105],
        ['20240301000012345678', '2024/3/1 9:00', '文本编号，二十位。', None, None, None],
        [7, '2024/3/1 9:30', ('formula', '"公式"&"内容"'), None, None, None],
        [8, '2024/3/1 9:40', '错误值。', ('formula', '1/0'), ('formula', 'NA()'), None]])], 'xlsx', None, None
    yield 'epoch_1904.xlsx', [sheet('Sheet1', [
        ['编号', '时间', '内容'], ['d1', ('day', '2024-03-01'), '一九〇四日期系统。'],
        ['d2', ('minute', '2024-03-01T15:20:00'), '同上，带时间。']])], 'xlsx', None, '1904-01-01'
    yield 'gaps.xlsx', [sheet('Sheet1', [[None]] * 3 + [PLAIN] + plain(40, 1) + [[None]] * 5 + plain(41, 1) +
                                [[None] * 20 + ['备注在很右边']])], 'xlsx', None, None
    yield 'no_ids.xlsx', [sheet('Sheet1', [
        ['序号', '来电日期', '诉求内容', '诉求人', '承办单位'], [1, ('day', '2024-03-01'), '垃圾没人清运。', '张某', '街道办'],
        [2, ('day', '2024-03-01'), '垃圾没人清运。', '李某', '街道办'], [1, ('day', '2024-03-01'), '垃圾没人清运。', '张某', '街道办']])], 'xlsx', None, None
    yield 'semicolon_gb.csv', [sheet('Sheet1', [['关于停水的诉求；导出'], PLAIN] + plain(50, 2))], 'csv', '59,34,85', None
    yield 'tabs_utf16.csv', [sheet('Sheet1', [PLAIN] + plain(60, 2))], 'csv', '9,34,65535', None
    yield 'old_format.xls', [sheet('Sheet1', [PLAIN] + plain(70, 1))], 'xls', None, None
    yield 'write_protected.xlsx', [sheet('Sheet1', [PLAIN] + plain(80, 1), is_protected=True)], 'xlsx', None, None
    yield 'password.xlsx', [sheet('Sheet1', [PLAIN] + plain(90, 1))], 'password', 'secret', None
    yield 'open_document.ods', [sheet('Sheet1', [PLAIN] + plain(91, 1))], 'ods', None, None
    yield 'web_page.xls', [sheet('Sheet1', [PLAIN] + plain(92, 1))], 'html', None, None


def convert(folder, source, work, to):
    subprocess.run(['soffice', f'-env:UserInstallation=file://{work}/profile', '--headless', '--convert-to', to, '--outdir',
                    folder, source], check=True, stdout=subprocess.DEVNULL)


def convert_with_password(folder, source, work, password):
    """The command line has no option for it: over UNO."""
    import uno
    from com.sun.star.beans import NamedValue, PropertyValue
    from com.sun.star.connection import NoConnectException

    def value(name, content):
        out = PropertyValue()
        out.Name, out.Value = name, content
        return out

    def named(name, content):
        out = NamedValue()
        out.Name, out.Value = name, content
        return out

    socket = 'socket,host=127.0.0.1,port=2092;urp;'
    office = subprocess.Popen(['soffice', f'-env:UserInstallation=file://{work}/profile', '--headless', '--norestore',
                               f'--accept={socket}'])
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', context)
    for _ in range(60):
        try:
            remote = resolver.resolve(f'uno:{socket}StarOffice.ComponentContext')
            break
        except NoConnectException:
            time.sleep(1)
    desktop = remote.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', remote)
    document = desktop.loadComponentFromURL(source.as_uri(), '_blank', 0, (value('Hidden', True),))
    secret = uno.Any('[]com.sun.star.beans.NamedValue', (named('CryptoType', 'Standard'), named('OOXPassword', password)))
    document.storeToURL((pathlib.Path(folder).resolve() / (source.stem + '.xlsx')).as_uri(),
                        (value('FilterName', 'Calc MS Excel 2007 XML'), value('EncryptionData', secret)))
    document.close(True)
    desktop.terminate()
    office.wait()


def save(folder, name, sheets, kind, options, null_date):
    epoch = f'<table:calculation-settings><table:null-date table:date-value="{null_date}"/></table:calculation-settings>'
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work) / (pathlib.Path(name).stem + '.fods')
        source.write_text(HEAD + (epoch if null_date else '') + ''.join(sheets) + TAIL, encoding='utf-8')
        filters = {'xlsx': 'xlsx:Calc MS Excel 2007 XML', 'xls': 'xls:MS Excel 97', 'ods': 'ods:calc8',
                   'html': 'xls:HTML (StarCalc)', 'csv': f'csv:Text - txt - csv (StarCalc):{options}'}
        if kind == 'password':
            convert_with_password(folder, source, work, options)
        else:
            convert(folder, source, work, filters[kind])


if __name__ == '__main__':
    for book in books():
        if book[0] in sys.argv[2:] or not sys.argv[2:]:
            save(sys.argv[1], *book)
