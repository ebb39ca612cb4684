#!/usr/bin/env python3
"""Derives datasets/lexicon/characters_t2s.tsv from OpenCC's TSCharacters (Debian packages opencc and libopencc-data).

Debian ships the table in OpenCC's binary form only, so every ideograph of the basic plane is converted by the
program itself, one a line; a line alone can match no phrase, so what comes out is the table's first candidate.
Only pairs inside the basic plane are kept: both sides then have three bytes of UTF-8 and the conversion moves no
byte offset. A pair whose right side is itself on a left side would make the conversion depend on how often it is
applied; such a chain is followed to its end.
"""
import argparse
import subprocess
import sys

BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
HEADER = ("# traditional\tsimplified\n"
          "# derived from OpenCC TSCharacters, first candidate (Apache-2.0); basic plane to basic plane only\n")


def convert(program, config, characters):
    text = "\n".join(characters) + "\n"
    done = subprocess.run([program, "-c", config], input=text.encode(), stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().split("\n")[:-1]
    if len(lines) != len(characters):
        raise SystemExit(f"{program} gave {len(lines)} lines for {len(characters)}")
    return lines


def closed(pairs):
    """Follows chains a -> b -> c to a -> c, so that applying the table twice changes nothing."""
    for source in pairs:
        seen = {source}
        while pairs[source] in pairs:
            if pairs[source] in seen:
                raise SystemExit(f"cycle at {source}")
            seen.add(pairs[source])
            pairs[source] = pairs[pairs[source]]
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opencc", default="opencc", help="the program")
    parser.add_argument("--config", default="t2s.json")
    parser.add_argument("--out", default="datasets/lexicon/characters_t2s.tsv")
    options = parser.parse_args()
    characters = [chr(code) for first, last in BLOCKS for code in range(first, last + 1)]
    pairs = {}
    for source, target in zip(characters, convert(options.opencc, options.config, characters)):
        if target != source and len(target) == 1 and ord(target) <= 0xFFFF:
            pairs[source] = target
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write(HEADER)
        for source, target in sorted(closed(pairs).items()):
            out.write(f"{source}\t{target}\n")
    print(f"{options.out}: {len(pairs)} pairs", file=sys.stderr)


if __name__ == "__main__":
    main()
