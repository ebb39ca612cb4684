#!/usr/bin/env python3
"""Words of users as a data desk meets them: a file, read at start and again at SIGHUP, and HTTP; each change an entry of the log,
so that a restart, a crash and a replay find the same.

usage: test_words.py WEISU
"""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from weisu_service import Service, database_rows, send_file, wait_for, write_stream

FILES = ('assignments.tsv', 'alerts.jsonl', 'links.tsv', 'clusters.jsonl')
ENGLISH = dict(os.environ, LC_ALL='C.UTF-8', LANG='C.UTF-8')
LOG_WORDS = 6


def run(weisu, *arguments, data=b'', status=0):
    result = subprocess.run([weisu, *map(str, arguments)], input=data, capture_output=True, env=ENGLISH)
    assert result.returncode == status, (arguments, result.returncode, result.stderr.decode())
    return result


def read(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def word_entries(service):
    """Sequence numbers of the log's changes of words."""
    sql = 'SELECT seq FROM log WHERE kind = %d ORDER BY seq' % LOG_WORDS
    return [row[0] for row in database_rows(service.data, sql)]


def commands_take_the_file(weisu, folder):
    words = folder / 'words.tsv'
    words.write_text('\ufeff# ours\n\n囧丌苑\niPhone 15 Pro\t90\nc++\n下城区\t0\n#1楼\n', encoding='utf-8')
    text = '囧丌苑的IPHONE 15 Pro到#1樓学c++11和objc++在下城区\n'.encode()
    cut = run(weisu, 'segment', '--words', words, '--sep', '|', data=text).stdout.decode()
    assert cut == '囧丌苑|的|IPHONE 15 Pro|到|#1樓|学|c++|11|和|objc|+|+|在|下|城区\n', cut
    record = json.dumps({'id': '1', 'text': '囧丌苑停水'}).encode()
    kinds = dict(json.loads(run(weisu, 'explain', '--words', words, data=record).stdout)['tokens']['text'])
    assert kinds == {'囧丌苑': 'user', '停水': 'word'}, kinds
    words.write_text('囧丌苑\n停水\tmany\n', encoding='utf-8')
    for command in (['segment'], ['explain'], ['batch', '--out', folder / 'no', '-'], ['serve', '--data', folder / 'no']):
        said = run(weisu, *command, '--words', words, status=3).stderr.decode()
        assert 'words.tsv:2:' in said, said
    assert not (folder / 'no').exists()
    said = run(weisu, 'batch', '--replay', folder, '--words', words, status=2).stderr.decode()
    assert '--words' in said or 'words' in said, said


def say(service, body, method='POST', kind='application/json'):
    """(status, answer) of words said over HTTP."""
    connection = http.client.HTTPConnection('127.0.0.1', service.http_port, timeout=60)
    connection.request(method, '/api/v1/words', body=body if isinstance(body, bytes) else json.dumps(body).encode(),
                       headers={'Content-Type': kind})
    answer = connection.getresponse()
    status, text = answer.status, json.loads(answer.read())
    connection.close()
    return status, text


def service_takes_words_over_http(weisu, folder):
    folder = folder / 'http'
    folder.mkdir()
    parts = [folder.parent / ('part%d.jsonl' % i) for i in range(3)]
    with Service(weisu, folder) as service:
        send_file(weisu, service, parts[0])
        word = {'word': '停水', 'frequency': 0}
        for body in (b'', b'{}', b'{"by":"a"}', {'by': 'a', 'words': []}, {'words': [word]}, {'by': '', 'words': [word]},
                     {'by': 'a', 'words': [{'word': ''}]}, {'by': 'a', 'words': [{'word': 'a\nb'}]},
                     {'by': 'a', 'words': [{'word': '停水', 'frequency': 0.5}]},
                     {'by': 'a', 'words': [{'word': '停水', 'frequency': 'none'}]}):
            status, answer = say(service, body)
            assert status == 400 and answer['error']['message'], (body, status, answer)
        assert say(service, {'by': 'a', 'words': [word]}, kind='text/plain')[0] == 415
        assert say(service, b'', method='GET')[0] == 405
        assert not word_entries(service), 'what was refused is in the log'
        status, answer = say(service, {'by': '数据岗', 'words': [word, {'word': '望江里小区'}, {'word': '电梯', 'frequency': 'reset'}]})
        assert (status, answer) == (200, {'words': 3, 'by': '数据岗'}), (status, answer)
        assert len(word_entries(service)) == 1, 'durable before the answer'
        send_file(weisu, service, parts[1])
        service.kill()
    with Service(weisu, folder) as service:
        send_file(weisu, service, parts[2])
    run(weisu, 'export', '--data', service.data, '--out', folder / 'exported')
    run(weisu, 'batch', '--replay', service.data, '--out', folder / 'replayed')
    exported = read(folder / 'exported')
    assert exported == read(folder / 'replayed')
    assert exported['assignments.tsv'] != read(folder.parent / 'without')['assignments.tsv']


def what_is_said(service, text):
    """The last line of the service's messages about words."""
    return [line for line in service.log.read_text().splitlines() if ' words' in line and text in line]


def service_reads_it_again(weisu, folder):
    stream = write_stream(folder / 'stream.jsonl', 9000)
    lines = stream.read_bytes().splitlines(keepends=True)
    parts = [folder / ('part%d.jsonl' % i) for i in range(3)]
    for i, part in enumerate(parts):
        part.write_bytes(b''.join(lines[i * 3000:(i + 1) * 3000]))
    words = folder / 'words.tsv'
    words.write_text('停水\t0\n', encoding='utf-8')
    with Service(weisu, folder, '--checkpoint-records', '1500', '--words', str(words)) as service:
        assert word_entries(service) == [1]
        send_file(weisu, service, parts[0])
        words.write_text('停水\t-\n电梯\t0\n# 垃圾\t0\n', encoding='utf-8')
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(word_entries(service)) == 2, 'the second entry of words')
        words.write_text('停水\tmany\n', encoding='utf-8')
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: what_is_said(service, 'words.tsv:1'), 'the mistake in the file')
        send_file(weisu, service, parts[1])
        service.kill()
    words.write_text('停水\t-\n电梯\t0\n', encoding='utf-8')
    with Service(weisu, folder, '--checkpoint-records', '1500', '--words', str(words)) as service:
        assert len(word_entries(service)) == 2, 'what is known is no entry'
        send_file(weisu, service, parts[2])
        service.settle()
    run(weisu, 'export', '--data', service.data, '--out', folder / 'exported')
    run(weisu, 'batch', '--replay', service.data, '--out', folder / 'replayed')
    exported = read(folder / 'exported')
    assert exported == read(folder / 'replayed'), 'the replay of the log differs'
    run(weisu, 'batch', '--out', folder / 'without', stream)
    assert exported['assignments.tsv'] != read(folder / 'without')['assignments.tsv'], 'the words change nothing'


def batch_and_data_folder_agree(weisu, folder):
    """The same words and records into result files and into a data folder, all at once and in two sittings."""
    words = folder / 'words.tsv'
    words.write_text('停水\t0\n电梯\t0\n', encoding='utf-8')
    stream = folder / 'stream.jsonl'
    run(weisu, 'batch', '--words', words, '--out', folder / 'with', stream)
    run(weisu, 'batch', '--words', words, '--data', folder / 'kept', stream)
    run(weisu, 'export', '--data', folder / 'kept', '--out', folder / 'from-kept')
    assert read(folder / 'with') == read(folder / 'from-kept')


def main(weisu):
    with tempfile.TemporaryDirectory(prefix='weisu-words-') as holder:
        holder = pathlib.Path(holder)
        commands_take_the_file(weisu, holder)
        service_reads_it_again(weisu, holder)
        service_takes_words_over_http(weisu, holder)
        batch_and_data_folder_agree(weisu, holder)


if __name__ == '__main__':
    main(*sys.argv[1:])
