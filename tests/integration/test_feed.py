#!/usr/bin/env python3
"""The TCP feed of the real program: framing, acknowledgements, errors, limits, recovery from a full disk.

usage: test_feed.py WEISU
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from weisu_service import PART, Feed, Service, complaints, database_rows, send_file, wait_for, write_stream

WEISU = None


def record(number, **changes):
    line = {'id': 'F%d' % number, 'time': '2024-05-01T10:%02d:00+08:00' % (number % 60), 'text': '路灯不亮 %d' % number}
    line.update(changes)
    return json.dumps(line, ensure_ascii=False) + '\n'


class FeedTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix='weisu-feed-')
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def start(self, *options, **how):
        service = Service(WEISU, self.folder, *options, **how)
        self.addCleanup(lambda: service.process.poll() is None and service.kill())
        return service

    def stored_ids(self):
        return [row[0] for row in database_rows(self.folder / 'data', 'SELECT id FROM log WHERE kind = 1 ORDER BY seq')]

    def test_lines_are_acknowledged_after_they_are_durable(self):
        with self.start() as service, Feed(service) as feed:
            feed.send(record(1) + record(2) + '\r\n' + '  \n' + record(3))
            self.assertEqual(feed.until_ack(5)[-1], {'ack': 5})
            service.kill()
        self.assertEqual(self.stored_ids(), ['F1', 'F2', 'F3'])

    def test_lines_may_come_in_pieces(self):
        data = ''.join(record(n) for n in range(20)).encode()
        with self.start() as service, Feed(service) as feed:
            for at in range(0, len(data), 7):
                feed.send(data[at:at + 7])
            feed.until_ack(20)
        self.assertEqual(self.stored_ids(), ['F%d' % n for n in range(20)])

    def test_rejected_lines_are_answered_before_their_ack(self):
        lines = [record(1), 'no json\n', record(1), record(1, text='anders'), '{"id":"F2"}\n',
                 record(3, time='gestern'), '[1]\n', record(4)]
        with self.start() as service, Feed(service) as feed:
            feed.send(''.join(lines))
            replies = feed.until_ack(8)
            summary = service.json('/api/v1/summary')
        errors = [reply['error'] for reply in replies if 'error' in reply]
        self.assertEqual([(e['line'], e['code']) for e in errors],
                         [(2, 'syntax'), (4, 'conflict'), (5, 'missing_field'), (6, 'bad_time'), (7, 'wrong_type')])
        acknowledged = 0
        for reply in replies:
            if 'error' in reply:
                self.assertGreater(reply['error']['line'], acknowledged)
            else:
                acknowledged = reply['ack']
        self.assertEqual((summary['complaints'], summary['rejected'], summary['duplicates'], summary['conflicts']),
                         (2, 5, 1, 1))
        rows = [json.loads(line) for line in (self.folder / 'data/rejected.jsonl').read_text().splitlines()]
        self.assertEqual([(row['line'], row['code']) for row in rows], [(e['line'], e['code']) for e in errors])
        self.assertEqual(rows[0]['raw'], 'no json')
        self.assertIn('anders', rows[1]['raw'])

    def test_a_line_that_is_too_long_does_not_take_others_with_it(self):
        long_line = record(2, text='长' * 500000)
        self.assertGreater(len(long_line.encode()), 1 << 20)
        with self.start() as service, Feed(service) as feed:
            feed.send(record(1) + long_line + record(3))
            replies = feed.until_ack(3)
        self.assertEqual([(r['error']['line'], r['error']['code']) for r in replies if 'error' in r], [(2, 'too_long')])
        self.assertEqual(self.stored_ids(), ['F1', 'F3'])

    def test_a_line_of_the_largest_size_is_taken(self):
        frame = len(record(1, text='').encode()) - 1
        with self.start() as service, Feed(service) as feed:
            feed.send(record(1, text='x' * ((1 << 20) - frame)))
            feed.send(record(2, text='x' * ((1 << 20) - frame + 1)))
            replies = feed.until_ack(2)
        self.assertEqual([r['error']['line'] for r in replies if 'error' in r], [2])
        self.assertEqual(self.stored_ids(), ['F1'])

    def test_half_a_line_at_the_end_is_dropped(self):
        with self.start() as service, Feed(service) as feed:
            feed.send(record(1) + record(2).rstrip('\n'))
            feed.end()
            self.assertEqual(feed.reply(), {'ack': 1})
            self.assertIsNone(feed.reply())
        self.assertEqual(self.stored_ids(), ['F1'])

    def test_the_answers_of_a_closed_side_still_come(self):
        with self.start() as service, Feed(service) as feed:
            feed.send(''.join(record(n) for n in range(3000)))
            feed.end()
            acknowledged = 0
            while (reply := feed.reply()):
                acknowledged = reply['ack']
            self.assertEqual(acknowledged, 3000)

    def test_a_peer_that_reads_no_answers_is_not_read_from(self):
        with self.start() as service, Feed(service) as feed:
            feed.socket.setblocking(False)
            sent = 0
            data = b'no json\n' * 100000
            try:
                while sent < 100 << 20:
                    sent += feed.socket.send(data)
                    service.get('/healthz')
            except BlockingIOError:
                pass
            wait_for(lambda: service.metrics()['weisu_rejected_total'] > 1000, 'rejections')
            metrics = service.metrics()
            self.assertLess(sent, 100 << 20)
            self.assertLess(metrics['weisu_memory_bytes{part="feed"}'], 32 << 20)
            with Feed(service) as other:
                other.send(record(1))
                other.until_ack(1)

    def test_connections_beyond_the_limit_are_closed(self):
        with self.start() as service:
            feeds = [Feed(service) for _ in range(256)]
            wait_for(lambda: service.metrics()['weisu_feed_connections'] == 256, 'connections')
            with Feed(service) as further:
                self.assertIsNone(further.reply())
            feeds[0].close()
            wait_for(lambda: service.metrics()['weisu_feed_connections'] == 255, 'the end of a connection')
            with Feed(service) as further:
                further.send(record(1))
                further.until_ack(1)
            for feed in feeds:
                feed.close()

    def test_a_stop_answers_what_was_received(self):
        lines = list(complaints(20000 // PART))
        with self.start() as service, Feed(service) as feed:
            feed.send(''.join(lines))
            feed.reply()
            self.assertEqual(service.stop(), 0)
            acknowledged = 0
            try:
                while (reply := feed.reply()):
                    acknowledged = reply['ack']
            except ConnectionResetError:
                pass
        ids = self.stored_ids()
        self.assertGreaterEqual(len(ids), acknowledged)
        self.assertEqual(ids, [json.loads(line)['id'] for line in lines[:len(ids)]])

    def test_a_full_disk_stops_acknowledgements_and_loses_nothing(self):
        stream = write_stream(self.folder / 'stream.jsonl', 6000)
        lines = stream.read_text().splitlines(keepends=True)
        with self.start() as service, Feed(service) as feed:
            feed.send(''.join(lines[:100]))
            feed.until_ack(100)
            service.settle()
            largest = max(file.stat().st_size for file in (self.folder / 'data').iterdir())
            service.limit_file_size(largest)
            feed.send(''.join(lines[100:3000]))
            reply = feed.reply()
            while 'ack' in reply:
                self.assertLess(reply['ack'], 3000)
                reply = feed.reply()
            self.assertEqual((reply['error']['line'], reply['error']['code']), (0, 'store'))
            status, _, body = service.get('/healthz')
            self.assertEqual((status, json.loads(body)['status']), (503, 'store_failing'))
            self.assertEqual(service.metrics()['weisu_store_failing'], 1)
            service.limit_file_size(-1)
            feed.until_ack(3000)
            feed.send(''.join(lines[3000:]))
            feed.until_ack(6000)
            self.assertEqual(service.get('/healthz')[0], 200)
        self.assertEqual(self.stored_ids(), [json.loads(line)['id'] for line in lines])

    def test_the_sender_deals_lines_and_reports_rejections(self):
        stream = write_stream(self.folder / 'stream.jsonl', 3000)
        with open(stream, 'a') as file:
            file.write('broken\n')
        with self.start() as service:
            said = send_file(WEISU, service, stream, '--connections', '4')
            self.assertIn('%s:3001: syntax: ' % stream, said)
            self.assertIn('sent 3001, acknowledged 3001, rejected 1', said)
            self.assertEqual(service.metrics()['weisu_feed_accepted_total'], 4)
        self.assertEqual(sorted(self.stored_ids()), ['T%06d' % n for n in range(3000)])

    def test_the_sender_passes_over_what_cannot_be_sent(self):
        stream = self.folder / 'stream.jsonl'
        stream.write_text('\n' + record(1) + record(2, text='长' * 500000) + '\n\n' + record(3).rstrip('\n'))
        with self.start() as service:
            said = send_file(WEISU, service, stream)
        self.assertIn('%s:3: too_long: ' % stream, said)
        self.assertIn('sent 2, acknowledged 2, rejected 1', said)
        self.assertEqual(self.stored_ids(), ['F1', 'F3'])

    def test_the_sender_gives_up_in_the_end(self):
        stream = write_stream(self.folder / 'stream.jsonl', 5)
        for arguments, status, word in ((['--patience', '0', str(stream)], 3, 'cannot be reached'),
                                        ([str(self.folder / 'no.jsonl')], 3, 'no.jsonl'),
                                        ([str(self.folder / 'table.csv')], 3, 'table.csv'),
                                        (['--rate', '5', '--speedup', '5', str(stream)], 2, 'exclude'),
                                        ([], 2, 'file')):
            result = subprocess.run([WEISU, 'feed', '--to', '127.0.0.1:9', *arguments], stderr=subprocess.PIPE,
                                    timeout=60, env={'LANG': 'C'})
            self.assertEqual((result.returncode, word in result.stderr.decode()), (status, True),
                             result.stderr.decode())

    def test_the_sender_follows_the_records_times(self):
        stream = self.folder / 'stream.jsonl'
        stream.write_text(record(0, time='2024-05-01T10:00:00Z') + record(1, time='2024-05-01T10:30:00Z'))
        with self.start() as service:
            begin = time.monotonic()
            send_file(WEISU, service, stream, '--speedup', '1800')
            self.assertGreater(time.monotonic() - begin, 1)
            begin = time.monotonic()
            send_file(WEISU, service, stream, '--rate', '1')
            self.assertGreater(time.monotonic() - begin, 1)

    def test_times_ahead_of_the_wall_are_rejected(self):
        with self.start(clock='wall') as service, Feed(service) as feed:
            feed.send(record(1) + record(2, time='2199-01-01T00:00:00Z'))
            replies = feed.until_ack(2)
        self.assertEqual([(r['error']['line'], r['error']['code']) for r in replies if 'error' in r],
                         [(2, 'time_in_future')])


if __name__ == '__main__':
    WEISU = sys.argv.pop(1)
    unittest.main()
