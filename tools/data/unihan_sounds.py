#!/usr/bin/env python3
"""Derives datasets/lexicon/sounds.tsv: the common characters by their sound, from Unihan (Debian package unicode-data,
/usr/share/unicode/Unihan_Readings.txt.bz2): the first Mandarin reading without its tone, of the 6,763 characters of
GB 2312 that are no traditional forms (characters_t2s.tsv). Characters of one sound are typed for each other."""
import argparse
import bz2
import collections
import unicodedata


def syllable(reading):
    """lǜ → lü; the tone mark goes, the two dots stay."""
    plain = ''.join(c for c in unicodedata.normalize('NFD', reading) if c == '\u0308' or not unicodedata.combining(c))
    return unicodedata.normalize('NFC', plain)


def is_common(character):
    try:
        return len(character.encode('gb2312')) == 2
    except UnicodeEncodeError:
        return False


def traditional(path):
    with open(path, encoding='utf-8') as source:
        return {line.split('\t')[0] for line in source if not line.startswith('#')}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('readings', help='Unihan_Readings.txt.bz2')
    parser.add_argument('--out', default='datasets/lexicon/sounds.tsv')
    parser.add_argument('--traditional', default='datasets/lexicon/characters_t2s.tsv')
    words = parser.parse_args()
    folded = traditional(words.traditional)
    sounds = collections.defaultdict(list)
    with bz2.open(words.readings, 'rt', encoding='utf-8') as source:
        for line in source:
            fields = line.rstrip('\n').split('\t')
            if len(fields) == 3 and fields[1] == 'kMandarin':
                character = chr(int(fields[0][2:], 16))
                if is_common(character) and character not in folded:
                    sounds[syllable(fields[2].split(' ')[0])].append(character)
    with open(words.out, 'w', encoding='utf-8', newline='\n') as out:
        out.write('# sound\tcharacters\n# from Unihan, Debian package unicode-data (tools/data/unihan_sounds.py)\n')
        for sound in sorted(sounds):
            out.write(f"{sound}\t{''.join(sorted(sounds[sound]))}\n")


if __name__ == '__main__':
    main()
