#!/usr/bin/env python3
"""The real complaints: every record accepted, the largest events alerted before half of their complaints have come.

usage: real_complaints.py WEISU
Needs WEISU_DATA (the data) and WEISU_SCORE (the scorers); skipped without them.
"""
import json, os, pathlib, subprocess, sys, tempfile


def main(weisu):
    data, score = os.environ.get('WEISU_DATA'), os.environ.get('WEISU_SCORE')
    if not data or not score:
        print('skipped: WEISU_DATA and WEISU_SCORE name no folders')
        sys.exit(77)
    data, score = pathlib.Path(data), pathlib.Path(score)
    stream, events = data / 'complaints_dev.jsonl', data / 'complaints_dev.events.jsonl'
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        subprocess.run([weisu, 'batch', '--out', out, stream], check=True, stdout=subprocess.DEVNULL)
        summary = json.loads((out / 'summary.json').read_text(encoding='utf-8'))
        lines = sum(1 for line in open(stream, encoding='utf-8') if line.strip())
        assert summary['complaints'] == lines and summary['rejected'] == 0, summary
        result = subprocess.run([sys.executable, score / 'alerts_score.py', stream, events, out / 'alerts.jsonl',
                                 '--detail'], check=True, capture_output=True, text=True).stdout.splitlines()
        print(result[-1])
        clusters = subprocess.run([sys.executable, score / 'cluster_score.py', data / 'complaints_dev.gold.tsv',
                                   out / 'assignments.tsv'], check=True, capture_output=True, text=True).stdout
        quality = json.loads(clusters)
        print({k: quality[k] for k in ('bcubed_ns_f1', 'pair_f1', 'topk_event_f1', 'bcubed_f1')})
        assert json.loads(result[-1])['void'] == 0
        for line in result[:3]:
            event = json.loads(line)
            print(event['event'], event['complaints'], event['still_to_come'])
            assert 2 * event['still_to_come'] > event['complaints'], f'{event["event"]} was alerted too late'


if __name__ == '__main__':
    main(sys.argv[1])
