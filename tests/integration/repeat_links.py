#!/usr/bin/env python3
"""Links of records without text: the same address, within 72 hours, the earlier one still open.

usage: repeat_links.py WEISU

A made-up archive says what must be linked and what not; Chicago's requests (where WEISU_DATA and WEISU_SCORE name the
folders) say how well the rule agrees with the city's own clerks.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

COLUMNS = ('id', 'time', 'category', 'address', 'lat', 'lon', 'closed')


def background(days):
    """Forty requests a day, each at an address of its own, so that the place in the day says when it was."""
    for day in range(1, days + 1):
        for n in range(40):
            yield day, n / 40, ('b%02d-%02d' % (day, n), 'Other', '%d W %d ST' % (n + 1, day), '', '', '')


def archive():
    """(day, share of the day, (id, category, address, lat, lon, closed)) in order."""
    rows = list(background(20))
    rows += [
        (10, .30, ('first', 'Garbage in alley', '12 N OAK AVE', '', '', '2012-03-15')),
        (10, .60, ('other-category', 'Graffiti', '12 n  Oak ave ', '', '', '2012-03-15')),
        (12, .60, ('two-days', 'Garbage in alley', '12 N OAK AVE', '', '', '2012-03-15')),
        (16, .10, ('closed-by-then', 'Garbage in alley', '12 N OAK AVE', '', '', '')),
        (10, .50, ('monday', 'Other', '9 S ELM ST', '', '', '2012-03-30')),
        (13, .20, ('within-72-hours', 'Other', '9 S ELM ST', '', '', '2012-03-13')),
        (10, .50, ('noon', 'Other', '3 S ASH ST', '', '', '2012-03-30')),
        (13, .90, ('after-72-hours', 'Other', '3 S ASH ST', '', '', '')),
        (14, .10, ('place', 'Other', '', '41.88281', '-87.62331', '')),
        (14, .20, ('same-place', 'Other', '', '41.88289', '-87.62339', '')),
        (14, .30, ('other-place', 'Other', '', '41.89281', '-87.62331', '')),
        (15, .10, ('closed-that-day', 'Other', '1 E FIR ST', '', '', '2012-03-15')),
        (15, .20, ('in-the-morning', 'Other', '1 E FIR ST', '', '', '2012-03-15')),
        (15, .80, ('in-the-evening', 'Other', '1 E FIR ST', '', '', '')),
    ]
    return sorted(rows, key=lambda row: row[:2])


LINKED = {'other-category': 'first', 'two-days': 'other-category', 'within-72-hours': 'monday', 'same-place': 'place',
          'in-the-morning': 'closed-that-day'}


def links_of(weisu, folder, source):
    command = [weisu, 'batch', '--tz', 'America/Chicago', '--out', folder / 'out', source]
    result = subprocess.run(command, stderr=subprocess.PIPE)
    assert result.returncode == 0, result.stderr.decode()
    return [line.split('\t') for line in (folder / 'out' / 'links.tsv').read_text(encoding='utf-8').splitlines()]


def check_archive(weisu, folder):
    source = folder / 'requests.csv'
    with open(source, 'w', newline='', encoding='utf-8') as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for day, _, (name, *rest) in archive():
            out.writerow([name, '2012-03-%02d' % day, *rest])
    links = links_of(weisu, folder, source)
    assert {row[0]: row[1] for row in links} == LINKED, links
    assert all(.6 <= float(row[2]) <= .95 for row in links), links


def check_chicago(weisu, folder):
    if not os.environ.get('WEISU_DATA') or not os.environ.get('WEISU_SCORE'):
        print('chicago is skipped: WEISU_DATA and WEISU_SCORE name no folders')
        return
    source = pathlib.Path(os.environ['WEISU_DATA']) / 'chicago311_dev.csv'
    links_of(weisu, folder, source)
    score = pathlib.Path(os.environ['WEISU_SCORE']) / 'link_score.py'
    said = subprocess.run([sys.executable, score, source, folder / 'out' / 'links.tsv'], capture_output=True, check=True)
    figures = json.loads(said.stdout.splitlines()[-1])
    print('chicago', figures)
    assert figures['f1'] >= .925, figures


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='weisu-links-') as name:
        check_archive(sys.argv[1], pathlib.Path(name))
        check_chicago(sys.argv[1], pathlib.Path(name))
