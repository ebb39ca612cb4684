"""A running `weisu serve` and a stream to feed it, for the integration tests."""

import datetime
import http.client
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import time

PART = int(os.environ.get('WEISU_TEST_PART', '1'))  # more than 1 where a sanitizer makes everything slow
DEADLINE_S = 60 * PART  # for anything that must happen: only a hang gets there


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """The first true value of `condition()`."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError('waited in vain for ' + what)


class Service:
    """Starts the service on free ports. As a context manager it stops it in the end, and checks that it stopped well."""

    def __init__(self, weisu, folder, *options, clock='event', ready=True):
        """`ready`: wait until it listens."""
        self.folder = pathlib.Path(folder)
        self.data = self.folder / 'data'
        self.log = self.folder / 'service.log'
        ports = self.folder / 'ports'
        ports.unlink(missing_ok=True)
        command = [weisu, 'serve', '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--data', str(self.data),
                   '--clock', clock, '--ports-file', str(ports), *options]
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        if not ready:
            return
        wait_for(lambda: ports.exists() or self.process.poll() is not None, 'the ports of the service')
        if not ports.exists():
            raise AssertionError('the service did not start:\n' + self.log.read_text())
        self.feed_port, self.http_port = map(int, ports.read_text().split())

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            status = self.stop()
            if kind is None and status != 0:
                raise AssertionError('the service ended with status %d:\n%s' % (status, self.log.read_text()))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def limit_file_size(self, size):
        """Files of the service cannot grow beyond `size` bytes: what a full disk looks like to it."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def get(self, path, method='GET', **headers):
        """(status, headers, body) of one request."""
        connection = http.client.HTTPConnection('127.0.0.1', self.http_port, timeout=DEADLINE_S)
        connection.request(method, path, headers={key.replace('_', '-'): value for key, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def json(self, path):
        status, _, body = self.get(path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def metrics(self):
        body = self.get('/metrics')[2].decode()
        return {line.rsplit(' ', 1)[0]: float(line.rsplit(' ', 1)[1])
                for line in body.splitlines() if not line.startswith('#')}

    def settle(self):
        """Waits until the engine shows everything that is durable; returns the summary."""
        def settled():
            summary = self.json('/api/v1/summary')
            return summary if summary['applied'] == summary['sequence'] else None
        return wait_for(settled, 'the engine')


class Feed:
    """A raw connection to the feed."""

    def __init__(self, service):
        self.socket = socket.create_connection(('127.0.0.1', service.feed_port), timeout=DEADLINE_S)
        self.replies = self.socket.makefile('rb')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def end(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reply(self):
        """The next reply, or None when the service closed the connection."""
        line = self.replies.readline()
        return json.loads(line) if line else None

    def until_ack(self, line):
        """Replies up to the one that acknowledges `line`, that one included."""
        replies = []
        while not replies or replies[-1].get('ack', 0) < line:
            reply = self.reply()
            if reply is None:
                raise AssertionError('closed before line %d was acknowledged: %r' % (line, replies))
            replies.append(reply)
        return replies

    def close(self):
        self.replies.close()
        self.socket.close()


class Events:
    """A reader of the event stream."""

    def __init__(self, service, path='/api/v1/stream', last=None):
        self.socket = socket.create_connection(('127.0.0.1', service.http_port), timeout=DEADLINE_S)
        header = '' if last is None else 'Last-Event-ID: %d\r\n' % last
        self.socket.sendall(('GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n' % (path, header)).encode())
        self.lines = self.socket.makefile('r', encoding='utf-8', newline='\n')
        while self.lines.readline().strip():
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def next(self):
        """(event, id, data) of the next event; None at the end of the stream."""
        fields = {}
        for line in self.lines:
            line = line.rstrip('\n')
            if not line and 'data' in fields:
                return fields.get('event'), int(fields.get('id', 0)), json.loads(fields['data'])
            name, _, value = line.partition(': ')
            if line and name:
                fields[name] = value
        return None


PLACES = ['金鱼池', '丽景苑', '朝新家园', '望江里', '翠湖小区', '柳荫公园', '东关村', '和平门小学', '三里桥', '新华路',
          '安泰家园', '北苑路', '长虹桥', '富力城', '西山村', '清河营', '永定路', '龙潭里', '虎坊桥', '天桥']
DISTRICTS = ['朝阳区', '海淀区', '丰台区', '东城区', '西城区', '通州区']
ISSUES = ['暖气不热，室温只有十四度，老人孩子都受不了', '楼下烧烤摊半夜扰民，油烟很大', '自来水停水三天没有通知',
          '电梯经常停运困人，物业一直不修', '飞线充电，楼道里堆满电动车', '垃圾无人清运，气味很大',
          '路灯不亮，晚上出行不安全', '施工噪声凌晨不停，影响休息', '群租房住了三十多人，存在火灾隐患', '道路塌陷，车辆无法通行']


def complaints(count, seed=1, start='2024-03-01T08:00:00'):
    """A stream with events in it: JSON lines, in order of time. Every seventh complaint belongs to one of a few."""
    draw = random.Random(seed)
    clock = datetime.datetime.fromisoformat(start)
    event = (0, 0, 0)
    for number in range(count):
        clock += datetime.timedelta(seconds=draw.randrange(20, 900))
        if number % 120 == 0:
            event = (draw.randrange(len(DISTRICTS)), draw.randrange(len(PLACES)), draw.randrange(len(ISSUES)))
        district, place, issue = event
        if draw.random() > 0.15:
            district, place, issue = (draw.randrange(len(names)) for names in (DISTRICTS, PLACES, ISSUES))
        name = PLACES[place] + ('' if draw.random() < 0.5 else '%d号院' % draw.randrange(1, 60))
        yield json.dumps({'id': 'T%06d' % number, 'time': clock.isoformat() + '+08:00',
                          'title': name + ISSUES[issue][:6],
                          'text': '%s%s%s，希望尽快处理。编号%d' % (DISTRICTS[district], name, ISSUES[issue],
                                                                    draw.randrange(10000)),
                          'reporter': 'p%d' % draw.randrange(count)}, ensure_ascii=False) + '\n'


def write_stream(path, count, **how):
    path = pathlib.Path(path)
    path.write_text(''.join(complaints(count, **how)))
    return path


def send_file(weisu, service, path, *options):
    """Feeds a file to the end; returns what `weisu feed` says."""
    result = subprocess.run([weisu, 'feed', '--to', '127.0.0.1:%d' % service.feed_port, *options, str(path)],
                            stderr=subprocess.PIPE, timeout=600)
    assert result.returncode == 0, result.stderr.decode()
    return result.stderr.decode()


def database_rows(data, sql):
    """Rows of the database of a service that is not running."""
    import sqlite3
    connection = sqlite3.connect('file:%s?mode=ro' % os.path.join(data, 'weisu.db'), uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
