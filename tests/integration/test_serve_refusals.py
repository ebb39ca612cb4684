#!/usr/bin/env python3
"""What `weisu serve` refuses, and with which status.

usage: test_serve_refusals.py WEISU
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from weisu_service import Service, send_file, write_stream

WEISU = None


class RefusalTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix='weisu-refuse-')
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def refused(self, status, word, *options):
        result = subprocess.run([WEISU, 'serve', *options], stderr=subprocess.PIPE, timeout=60,
                                cwd=self.folder, env={'LANG': 'C', 'PATH': '/usr/bin'})
        self.assertEqual((result.returncode, word in result.stderr.decode()), (status, True), result.stderr.decode())

    def test_addresses_of_other_machines(self):
        for address in ('0.0.0.0:7411', '192.168.1.1:0', '[::]:7411', '128.0.0.1:1'):
            self.refused(2, 'addresses of this machine', '--listen', address)
            self.refused(2, 'addresses of this machine', '--http', address)

    def test_addresses_that_are_none(self):
        for address in ('7411', ':7411', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', 'example.com:1', '127.0.0.1:x'):
            self.refused(2, 'HOST:PORT', '--listen', address)

    def test_wrong_words(self):
        self.refused(2, '--clock', '--clock', 'moon')
        self.refused(2, 'no files', 'complaints.jsonl')

    def test_a_folder_that_another_service_has(self):
        with Service(WEISU, self.folder) as service:
            self.refused(3, 'in use', '--data', str(service.data), '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0')

    def test_a_port_that_another_service_has(self):
        with Service(WEISU, self.folder) as service:
            self.refused(3, 'address already in use', '--listen', '127.0.0.1:%d' % service.feed_port,
                         '--http', '127.0.0.1:0')
            self.refused(3, 'address already in use', '--listen', '127.0.0.1:0',
                         '--http', '127.0.0.1:%d' % service.http_port)

    def test_a_key_that_is_missing_or_open_to_others(self):
        with Service(WEISU, self.folder) as service:
            pass
        key = service.data / 'reporter.key'
        key.chmod(0o644)
        self.refused(3, 'chmod 600', '--data', str(service.data))
        key.unlink()
        self.refused(3, 'missing', '--data', str(service.data))

    def test_a_database_of_another_version(self):
        import sqlite3
        with Service(WEISU, self.folder) as service:
            pass
        connection = sqlite3.connect(service.data / 'weisu.db')
        connection.execute('PRAGMA user_version = 99')
        connection.close()
        self.refused(3, 'version 99', '--data', str(service.data))

    def test_a_damaged_checkpoint_is_computed_again(self):
        import sqlite3
        with Service(WEISU, self.folder) as service:
            send_file(WEISU, service, write_stream(self.folder / 'stream.jsonl', 1500))
            truth = service.settle()
        connection = sqlite3.connect(service.data / 'weisu.db')
        changes = connection.execute('SELECT * FROM changes ORDER BY n').fetchall()
        with connection:
            connection.execute('UPDATE state SET data = substr(data, 1, 3)')
        connection.close()
        with Service(WEISU, self.folder) as service:
            summary = service.settle()
        self.assertIn('computed again', service.log.read_text())
        for key in ('complaints', 'clusters', 'alerts', 'alert_changes', 'live_alerts', 'clock', 'sequence'):
            self.assertEqual(summary[key], truth[key], key)
        connection = sqlite3.connect(service.data / 'weisu.db')
        self.assertEqual(connection.execute('SELECT * FROM changes ORDER BY n').fetchall(), changes)
        connection.close()


if __name__ == '__main__':
    WEISU = sys.argv.pop(1)
    unittest.main()
