"""Streams of `weisu synth` for the realism tests, and what is measured on a stream with its gold."""
import collections, datetime, json, os, statistics, subprocess, sys


def skip(reason):
    print('skipped:', reason)
    sys.exit(77)


class Stream:
    """Records in order of time, and the event of each id."""

    def __init__(self, records, gold):
        self.records, self.gold = records, gold

    @classmethod
    def read(cls, stream, gold):
        with open(stream, encoding='utf-8') as lines:
            records = [json.loads(line) for line in lines]
        with open(gold, encoding='utf-8') as lines:
            return cls(records, dict(line.rstrip('\n').split('\t')[:2] for line in lines))

    def events(self):
        """Records by event; a lone complaint is an event of one."""
        found = collections.defaultdict(list)
        for record in self.records:
            found[self.gold[record['id']]].append(record)
        return found


def make(weisu, folder, seed, days=365, per_day=6, *options):
    """Runs the generator; 365 days of 6 complaints are a stream of the size of the real one."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run([weisu, 'synth', '--seed', str(seed), '--days', str(days), '--per-day', str(per_day), '--out', folder,
                    *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Stream.read(os.path.join(folder, 'stream.jsonl'), os.path.join(folder, 'gold.tsv'))


def read_events(folder):
    with open(os.path.join(folder, 'events.jsonl'), encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def moment(record):
    return datetime.datetime.fromisoformat(record['time'])


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def facts(stream):
    """The figures that the stream is judged by."""
    events = stream.events()
    gaps = []
    for records in events.values():
        times = sorted(moment(record).timestamp() for record in records)
        gaps += [(later - earlier) / 86400 for earlier, later in zip(times, times[1:])]
    lengths = [len(record['text']) for record in stream.records]
    larger = [records for records in events.values() if len(records) >= 5]
    repeats = sum(len({record['reporter'] for record in records}) < len(records) for records in larger)
    return {
        'records': len(stream.records),
        'lone': sum(len(records) == 1 for records in events.values()) / len(stream.records),
        'gap_median': quantile(gaps, .5),
        'gap_p90': quantile(gaps, .9),
        'length_median': quantile(lengths, .5),
        'length_mean': statistics.fmean(lengths),
        'repeat_reporters': repeats / max(1, len(larger)),
        'largest': max(map(len, events.values())),
    }


class Checks:
    """Prints each figure beside its limits; `finish` is the test's exit status."""

    def __init__(self):
        self.failed = 0

    def between(self, name, value, low, high):
        held = low <= value <= high
        self.failed += not held
        print('%s %-44s %8.3f  (%g to %g)' % ('ok  ' if held else 'FAIL', name, value, low, high))

    def true(self, name, held):
        self.failed += not held
        print('%s %s' % ('ok  ' if held else 'FAIL', name))

    def finish(self):
        return 1 if self.failed else 0
