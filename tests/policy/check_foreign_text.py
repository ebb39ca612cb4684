#!/usr/bin/env python3
"""No tracked file holds a sentence of the real complaints, or a path of somebody's machine.

The real data has no licence to be passed on. A run of 20 letters and digits in a row, punctuation and space aside, is
taken as a sentence. Without WEISU_DATA only the paths are checked, and the test counts as skipped if they are in order.
"""

import html
import json
import os
import re
import sys
import zipfile

import project_tree

RUN_CHARACTERS = 20
LEAST_HAN = 10
NOT_WORD = re.compile(r"[\W_]+")
HAN = re.compile(r"[\u3400-\u9fff]")
HOME = re.compile(r"(?<![\w.:/$}~-])/(?:home|root|work|mnt|Users|srv|media)/[\w.-]+")
RECORDS = ("complaints_dev.jsonl", "labelled_dev.jsonl")
WORKBOOKS = ("archive_with_replies.xlsx",)
SHARED_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)


def runs_of(text):
    """Runs of RUN_CHARACTERS word characters in any one line, most of them Chinese."""
    found = set()
    for line in text.splitlines():
        if len(line) < RUN_CHARACTERS:
            continue
        letters = NOT_WORD.sub("", line)
        for at in range(len(letters) - RUN_CHARACTERS + 1):
            run = letters[at:at + RUN_CHARACTERS]
            if run not in found and len(HAN.findall(run)) >= LEAST_HAN:
                found.add(run)
    return found


def record_texts(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            record = json.loads(line)
            yield (record.get("title") or "") + "\n" + (record.get("text") or "")


def workbook_texts(path):
    with zipfile.ZipFile(path) as workbook:
        strings = workbook.read("xl/sharedStrings.xml").decode("utf-8")
    for match in SHARED_STRING.finditer(strings):
        yield html.unescape(re.sub(r"<[^>]*>", "", match.group(1)))


def real_texts(folder):
    for names, reader in ((RECORDS, record_texts), (WORKBOOKS, workbook_texts)):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                yield from reader(path)


def shared_runs(own, texts):
    """Runs of `own` that occur in a text."""
    shared = set()
    for text in texts:
        letters = NOT_WORD.sub("", text)
        for at in range(len(letters) - RUN_CHARACTERS + 1):
            run = letters[at:at + RUN_CHARACTERS]
            if run in own:
                shared.add(run)
    return shared


def path_problems(path, text):
    return ["%s:%d: path of a machine: %s" % (path, text.count("\n", 0, match.start()) + 1, match.group(0))
            for match in HOME.finditer(text)]


def main():
    problems = []
    runs = {}
    for path in project_tree.project_paths():
        text = project_tree.read_text(path)
        if text is None:
            continue
        if not path.startswith("tests/policy/"):
            problems += path_problems(path, text)
        runs.update((run, path) for run in runs_of(text))
    folder = os.environ.get("WEISU_DATA", "")
    if not os.path.isdir(folder):
        if problems:
            return project_tree.report("foreign text", problems)
        project_tree.skip("foreign text", "paths are in order, WEISU_DATA names no folder with the real complaints")
    texts = list(real_texts(folder))
    if not texts:
        problems.append("%s holds none of %s" % (folder, ", ".join(RECORDS + WORKBOOKS)))
    problems += ["%s: a real complaint says this too: %s" % (runs[run], run)
                 for run in sorted(shared_runs(runs, texts))]
    return project_tree.report("foreign text", problems, " (%d runs, %d real texts)" % (len(runs), len(texts)))


if __name__ == "__main__":
    sys.exit(main())
