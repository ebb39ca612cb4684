#!/usr/bin/env python3
"""The HTTP side of the real program: answers, errors, the event stream with slow and returning readers.

usage: test_api.py WEISU
"""

import json
import pathlib
import re
import socket
import sys
import tempfile
import unittest

from weisu_service import Events, Service, send_file, wait_for, write_stream

WEISU = None
RECORDS = 4000


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix='weisu-api-')
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.service = Service(WEISU, cls.folder)
        cls.addClassCleanup(lambda: cls.service.process.poll() is None and cls.service.kill())
        with Events(cls.service) as live:
            send_file(WEISU, cls.service, write_stream(cls.folder / 'stream.jsonl', RECORDS))
            cls.summary = cls.service.settle()
            cls.events = []
            while len(cls.events) < cls.summary['alert_changes']:
                cls.events.append(live.next())

    def test_the_summary_counts(self):
        self.assertEqual(self.summary['complaints'], RECORDS)
        self.assertEqual(self.summary['sequence'], RECORDS)
        self.assertGreater(self.summary['alerts'], 0)
        self.assertLess(self.summary['clusters'], RECORDS)
        metrics = self.service.metrics()
        self.assertEqual(metrics['weisu_complaints_total'], RECORDS)
        self.assertEqual(metrics['weisu_alerts_raised_total'], self.summary['alerts'])
        self.assertEqual(metrics['weisu_commit_seconds_bucket{le="+Inf"}'], metrics['weisu_commit_seconds_count'])

    def test_every_change_came_once_and_in_order(self):
        self.assertEqual([number for _, number, _ in self.events], list(range(1, len(self.events) + 1)))
        keys = [(data['alert'], data['change']) for _, _, data in self.events]
        self.assertEqual(len(set(keys)), len(keys))

    def test_lists_agree_with_the_stream(self):
        newest = {data['alert']: (number, data) for _, number, data in self.events}
        live = [data for number, data in sorted(newest.values(), key=lambda v: -v[0]) if data['state'] != 'cleared']
        listed, cursor = [], ''
        while cursor is not None:
            page = self.service.json('/api/v1/alerts?limit=3' + (cursor and '&cursor=' + cursor))
            listed += page['alerts']
            cursor = page['next']
        self.assertEqual(listed, live)
        everything = self.service.json('/api/v1/alerts?state=all&limit=1000')['alerts']
        self.assertEqual(len(everything), len(newest))
        one = self.service.json('/api/v1/alerts/' + everything[0]['alert'])
        self.assertEqual(one['alert'], everything[0])
        self.assertEqual(one['changes'][-1], everything[0])

    def test_clusters_are_listed_and_shown(self):
        # Clusters are rendered at leisure: up to 200 ms after the counts.
        clusters = wait_for(lambda: self.service.json('/api/v1/clusters?limit=5')['clusters'], 'clusters')
        self.assertEqual(len(clusters), 5)
        for cluster in clusters:
            self.assertGreaterEqual(cluster['complaints'], 2)
            self.assertEqual(self.service.json('/api/v1/clusters/' + cluster['cluster']), cluster)

    def test_the_document_names_what_is_answered(self):
        """docs/api/openapi.yaml: its paths answer, and its schemas have the keys that are sent, no more and no less."""
        text = (pathlib.Path(__file__).parents[2] / 'docs/api/openapi.yaml').read_text()
        paths, schemas = text.split('\ncomponents:')[0], text.split('\n  schemas:')[1]
        for path, method in re.findall(r'^  (/\S+):\n    (\w+):$', paths, re.MULTILINE):
            if path.endswith('stream'):
                continue
            path = path.replace('{alert}', self.events[-1][2]['alert']).replace('{action}', 'accept')
            if method == 'post':
                status, headers, _ = self.service.get(path)
                self.assertEqual((status, headers.get('Allow')), (405, 'POST'), path)
                continue
            if '{cluster}' in path:
                path = path.replace('{cluster}', wait_for(
                    lambda: self.service.json('/api/v1/clusters?limit=1')['clusters'], 'clusters')[0]['cluster'])
            self.assertEqual(self.service.get(path)[0], 200, path)
        cluster = wait_for(lambda: self.service.json('/api/v1/clusters?limit=1')['clusters'], 'clusters')[0]
        for name, answer in (('Alert', self.events[-1][2]), ('Cluster', cluster), ('Summary', self.summary)):
            schema = re.search(r'^    %s:$(.*?)(?=^    \S|\Z)' % name, schemas, re.MULTILINE | re.DOTALL).group(1)
            self.assertEqual(set(re.findall(r'^        (\w+):', schema, re.MULTILINE)), set(answer), name)

    def test_errors_are_json(self):
        for path, method, status in (('/api/v1/nothing', 'GET', 404), ('/api/v1/alerts/a0', 'GET', 404),
                                     ('/api/v1/alerts?limit=x', 'GET', 400), ('/api/v1/alerts', 'POST', 405),
                                     ('/api/v1/clusters?state=live', 'GET', 400)):
            got, headers, body = self.service.get(path, method)
            self.assertEqual((got, headers['Content-Type']), (status, 'application/json; charset=utf-8'), path)
            self.assertTrue(json.loads(body)['error']['message'])
        self.assertEqual(self.service.get('/healthz', Host='evil.example')[0], 421)
        status, headers, body = self.service.get('/api/v1/alerts', 'HEAD')
        self.assertEqual((status, body), (200, b''))
        self.assertGreater(int(headers['Content-Length']), 2)

    def test_a_reader_comes_back_where_it_was(self):
        with Events(self.service, last=3) as again:
            for expected in self.events[3:]:
                self.assertEqual(again.next(), expected)
        with Events(self.service, '/api/v1/stream?after=%d' % (len(self.events) - 1)) as last:
            self.assertEqual(last.next(), self.events[-1])
        with Events(self.service, last=10 ** 6) as ahead:
            self.assertEqual(ahead.next()[0], 'reset')


class SlowReaderTest(unittest.TestCase):
    def test_a_slow_reader_costs_no_memory_and_is_told(self):
        with tempfile.TemporaryDirectory(prefix='weisu-slow-') as folder:
            folder = pathlib.Path(folder)
            with Service(WEISU, folder) as service, Events(service) as slow:
                slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                stream = write_stream(folder / 'stream.jsonl', 3000)
                send_file(WEISU, service, stream)
                service.settle()
                # The reader read nothing so far, and nobody waited for it.
                with Events(service, last=0) as quick:
                    first = quick.next()
                self.assertIn(first[0], ('alert', 'gap'))
                self.assertEqual(service.metrics()['weisu_stream_readers'], wait_for(
                    lambda: service.metrics()['weisu_stream_readers'] == 1, 'the end of the quick reader'))
                self.assertEqual(slow.next()[0], 'alert')


if __name__ == '__main__':
    WEISU = sys.argv.pop(1)
    unittest.main()
