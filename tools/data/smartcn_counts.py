#!/usr/bin/env python3
"""Derives datasets/lexicon/counts.tsv and pairs.tsv from the dictionaries of Lucene's SmartCN (Debian package
liblucene8-java, Apache-2.0): how often a word, and a word beside another, stands in a segmented corpus.

The two dictionaries are Java object streams (Java Object Serialization Specification, chapter 6). The one of words holds
their characters; the one of pairs only FNV-1 hashes of "first@second", so every pair of words is hashed and looked up:
7.3 thousand million of them, by smartcn_pairs.c, a few minutes. Kept are words written in Chinese characters alone.
"""
import argparse
import os
import struct
import subprocess
import sys
import tempfile
import zipfile

FOLDER = "org/apache/lucene/analysis/cn/smart/hhmm/"
SOURCE = "# derived from SmartCN's dictionaries (Apache-2.0, Debian package liblucene8-java): tools/data/smartcn_counts.py\n"
ELEMENTS = {"S": "h", "C": "H", "I": "i", "J": "Q"}
BASE_HANDLE = 0x7E0000


class ObjectStream:
    """Reads arrays of numbers and arrays of arrays; anything else is an error."""

    def __init__(self, data):
        self.data = data
        self.at = 4  # behind magic and version
        self.handles = []

    def number(self, code):
        (value,) = struct.unpack_from(">" + code, self.data, self.at)
        self.at += struct.calcsize(">" + code)
        return value

    def class_name(self):
        tag = self.number("B")
        if tag == 0x71:
            return self.handles[self.number("I") - BASE_HANDLE]
        if tag == 0x70:
            return None
        if tag != 0x72:
            raise SystemExit(f"byte {self.at}: no class description")
        size = self.number("H")
        name = self.data[self.at : self.at + size].decode()
        self.at += size + 8 + 1  # serial number, flags
        self.handles.append(name)
        if self.number("H") or self.number("B") != 0x78:
            raise SystemExit(f"byte {self.at}: a class with fields")
        self.class_name()
        return name

    def array(self):
        tag = self.number("B")
        if tag == 0x70:
            return None
        if tag == 0x71:
            return self.handles[self.number("I") - BASE_HANDLE]
        if tag != 0x75:
            raise SystemExit(f"byte {self.at}: no array")
        name = self.class_name()
        slot = len(self.handles)
        self.handles.append(None)
        count = self.number("I")
        if name[1] == "[":
            values = [self.array() for _ in range(count)]
        else:
            form = f">{count}{ELEMENTS[name[1]]}"
            values = struct.unpack_from(form, self.data, self.at)
            self.at += struct.calcsize(form)
        self.handles[slot] = values
        return values


def read_words(data):
    """word → count, in the order of code points."""
    stream = ObjectStream(data)
    index, first, rests, counts = (stream.array() for _ in range(4))
    words = {}
    for slot, character in zip(index, first):
        if slot < 0 or not character or rests[slot] is None:
            continue
        for rest, count in zip(rests[slot], counts[slot]):
            word = chr(character) + "".join(map(chr, rest or ()))
            words[word] = words.get(word, 0) + count
    return dict(sorted(words.items()))


def find_pairs(words, data):
    """Yields (first, second, count) for each hash of the dictionary that two words have."""
    stream = ObjectStream(data)
    hashes, counts = stream.array(), stream.array()
    here = os.path.dirname(os.path.abspath(__file__))
    order = list(words)
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "smartcn_pairs")
        subprocess.run(["cc", "-O3", "-o", program, os.path.join(here, "smartcn_pairs.c")], check=True)
        request = struct.pack("<I", len(order))
        for word in order:
            units = word.encode("utf-16-le")
            request += struct.pack("<H", len(units) // 2) + units
        known = [(value, count) for value, count in zip(hashes, counts) if value]
        request += struct.pack("<I", len(known)) + b"".join(struct.pack("<Qi", *row) for row in known)
        answer = subprocess.run([program], input=request, stdout=subprocess.PIPE, check=True).stdout
    found = [line.split() for line in answer.decode().splitlines()]
    if len(found) != len(known):
        raise SystemExit(f"{len(known)} pairs, but words were found for {len(found)}")
    for first, second, count in found:
        yield order[int(first)], order[int(second)], int(count)


def is_chinese(word):
    return all("\u4e00" <= c <= "\u9fff" or c in "〇○" for c in word)


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(header + SOURCE)
        count = 0
        for row in rows:
            out.write("\t".join(map(str, row)) + "\n")
            count += 1
    print(f"{path}: {count} rows", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jar", default="/usr/share/java/lucene-analyzers-smartcn-8.7.0.jar")
    parser.add_argument("--out", default="datasets/lexicon")
    options = parser.parse_args()
    with zipfile.ZipFile(options.jar) as jar:
        words = read_words(jar.read(FOLDER + "coredict.mem"))
        pairs = find_pairs(words, jar.read(FOLDER + "bigramdict.mem"))
        write(f"{options.out}/counts.tsv", "# word\tcount\n", (row for row in words.items() if is_chinese(row[0])))
        write(f"{options.out}/pairs.tsv", "# first\tsecond\tcount\n",
              (row for row in pairs if is_chinese(row[0]) and is_chinese(row[1])))


if __name__ == "__main__":
    main()
