#!/usr/bin/env python3
"""Writes the C program of a document, so that it is compiled as a test.

usage: extract_example.py DOCUMENT OUT.c
The program is the only block of C in the document; none, or more than one, is an error.
"""
import pathlib
import re
import sys


def main(document, out):
    blocks = re.findall(r'^```c\n(.*?)^```$', pathlib.Path(document).read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        sys.exit(f'{document}: {len(blocks)} blocks of C')
    pathlib.Path(out).write_text(blocks[0], encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
