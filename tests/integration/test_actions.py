#!/usr/bin/env python3
"""What people do about alerts: durable before the answer, part of the log, the same after a crash and in a replay.

usage: test_actions.py WEISU
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from weisu_service import Service, send_file, wait_for, write_stream


def run(weisu, *arguments):
    result = subprocess.run([weisu, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert result.returncode == 0, result.stderr.decode()


def act(service, alert, action, body=None, headers=None):
    """(status, answer) of one action."""
    import http.client
    connection = http.client.HTTPConnection('127.0.0.1', service.http_port, timeout=60)
    body = json.dumps({'by': '值班员甲'}, ensure_ascii=False).encode() if body is None else body
    connection.request('POST', '/api/v1/alerts/%s/%s' % (alert, action), body=body,
                       headers={'Content-Type': 'application/json'} if headers is None else headers)
    answer = connection.getresponse()
    status, text = answer.status, answer.read()
    connection.close()
    return status, json.loads(text)


def handling(service, alert):
    value = service.json('/api/v1/alerts/' + alert)['alert']['handling']
    return value and value['state']


def check_refusals(service, alert):
    assert act(service, 'a0000000000000', 'accept')[0] == 404
    assert act(service, alert, 'explode')[0] in (404, 405)
    assert act(service, alert, 'accept', headers={'Content-Type': 'text/plain'})[0] == 415
    assert act(service, alert, 'accept', headers={})[0] == 415
    for body in (b'', b'{}', b'[]', b'{"by":""}', b'{"by":7}', b'{"by":"a\\u0007b"}', b'{"by":"\xff"}',
                 json.dumps({'by': 'x' * 65}).encode()):
        assert act(service, alert, 'accept', body)[0] == 400, body
    assert act(service, alert, 'accept', b'{"by":"' + b'x' * 2000 + b'"}')[0] == 413
    status, headers, _ = service.get('/api/v1/alerts/%s/accept' % alert)
    assert status == 405 and headers['Allow'] == 'POST'
    assert service.get('/api/v1/alerts', method='POST')[0] == 405
    assert service.get('/healthz', method='POST')[0] == 405
    assert handling(service, alert) is None, 'a refused action had an effect'


def check_life(service, alert):
    before = service.json('/api/v1/alerts/' + alert)['alert']['change']
    status, answer = act(service, alert, 'accept')
    assert status == 200 and answer == {'alert': alert, 'action': 'accept', 'by': '值班员甲'}, answer
    wait_for(lambda: handling(service, alert) == 'accepted', 'the alert to be accepted')
    assert act(service, alert, 'accept')[0] == 200  # once more: no effect
    assert act(service, alert, 'done')[0] == 200
    wait_for(lambda: handling(service, alert) == 'done', 'the alert to be done')
    assert act(service, alert, 'undo')[0] == 200
    wait_for(lambda: handling(service, alert) == 'accepted', 'that to be taken back')
    change = service.json('/api/v1/alerts/' + alert)['alert']
    assert change['change'] == before + 3, change
    assert change['handling']['by'] == '值班员甲'
    assert any('已受理' in reason for reason in change['reasons']), change['reasons']


def main(weisu):
    with tempfile.TemporaryDirectory(prefix='weisu-actions-') as folder:
        folder = pathlib.Path(folder)
        lines = write_stream(folder / 'stream.jsonl', 6000).read_text().splitlines(keepends=True)
        (folder / 'first.jsonl').write_text(''.join(lines[:4000]))
        last = json.dumps({'id': 'LAST', 'time': '2024-06-20T08:00:00+08:00', 'text': '朝阳区北苑路路灯不亮'}) + '\n'
        (folder / 'rest.jsonl').write_text(''.join(lines[4000:]) + last)  # months later: most alerts are over
        service = Service(weisu, folder)
        send_file(weisu, service, folder / 'first.jsonl')
        service.settle()
        live = service.json('/api/v1/alerts')['alerts']
        assert len(live) >= 3, len(live)
        one, two, three = (alert['alert'] for alert in live[:3])
        check_refusals(service, one)
        check_life(service, one)
        assert act(service, two, 'dismiss')[0] == 200
        assert act(service, three, 'done')[0] == 200
        service.kill()  # what was answered is safe
        with Service(weisu, folder) as service:
            service.settle()
            assert [handling(service, alert) for alert in (one, two, three)] == ['accepted', 'dismissed', 'done']
            send_file(weisu, service, folder / 'rest.jsonl')
            service.settle()
            over = service.json('/api/v1/alerts?state=cleared')['alerts']
            assert over and act(service, over[0]['alert'], 'accept')[0] == 409
            assert act(service, over[0]['alert'], 'dismiss')[0] == 200
        run(weisu, 'export', '--data', folder / 'data', '--out', folder / 'exported')
        run(weisu, 'batch', '--replay', folder / 'data', '--out', folder / 'replayed')
        for name in ('alerts.jsonl', 'assignments.tsv', 'links.tsv', 'clusters.jsonl'):
            assert (folder / 'exported' / name).read_bytes() == (folder / 'replayed' / name).read_bytes(), name
        assert '"dismissed"' in (folder / 'replayed' / 'alerts.jsonl').read_text()


if __name__ == '__main__':
    main(*sys.argv[1:])
