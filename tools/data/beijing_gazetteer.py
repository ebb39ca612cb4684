#!/usr/bin/env python3
"""Derives datasets/gazetteer/beijing.tsv from a list of Beijing's division codes (columns code9,district,name,kind).

Names and codes are facts. Aliases are made by rule (the name without its level word, 地区 as 镇 or 乡) and from the
hand-written tables below; a rule's alias that is an everyday word, a district's name or a single character is left
out, because an alias speaks for its place wherever it stands in a text.
"""
import argparse
import csv
import sys

CITY_CODE = "110000"
CITY_ALIASES = ["北京", "京城", "首都北京"]
HEADER = ("# code\tlevel\tname\tparent_code\taliases\n"
          "# codes after GB/T 2260 (6 digits) and its extension (9 digits); aliases are separated by spaces\n"
          "# 343 subdistricts and, with names that hold 开发区, 产业基地, 机场 or 园, six functional zones\n")

DISTRICT_ALIASES = {
    "东城区": ["崇文区"], "西城区": ["宣武区"], "通州区": ["城市副中心", "北京城市副中心", "通县"],
    "昌平区": ["昌平县"], "大兴区": ["大兴县"], "密云区": ["密云县"], "延庆区": ["延庆县"],
    "怀柔区": ["怀柔县"], "平谷区": ["平谷县"], "顺义区": ["顺义县"], "房山区": ["房山县"],
}
# A district's name without 区 that is also an everyday word or another place: what it is followed by decides (place/).
DISTRICT_BASE_UNSAFE = {"东城", "西城", "朝阳"}
DISTRICT_BASE_EXTRA = {"朝阳区": ["朝阳", "北京朝阳"], "东城区": ["东城", "北京东城"], "西城区": ["西城", "北京西城"]}

# Subdistrict names without their level word that mean something else as well (everyday words, directions,
# other cities, roads, the district itself).
BASE_UNSAFE = set("""
前门 天桥 新华 胜利 光明 平房 东风 温泉 永定 新村 新镇 向阳 迎风 城关 城子 城北 城南 古城 老山 北苑 果园 鼓楼 滨河
龙山 安定 河北 宝山 渤海 清水 东湖 大台 星城 空港 文景 通运 曙光 海淀 密云 延庆 怀柔 丰台 新华 和义 上地 仁和 高岭
旧县 四海 北庄 石城 龙泉 青塔 天坛 牛街 小关 双井 方庄 永宁 康庄 花园路 体育馆路 展览路 石园 清源 荣华 兴丰 博兴 中仓
泉河 百泉 儒林 兴谷 旺泉 双丰 东升 万柳 将台 德胜 北房 张镇 杨镇 大屯 清河 沙河 云岗 龙潭 鲁谷 八角 百善 延寿 崔村
新城子 大城子 马坊 渔阳 杨庄 广宁 金盏 太平桥 五里店 六里桥 新街口 安贞 燕园 东坝 永顺 梨园 台湖 宋庄 礼贤 采育 清华园
军庄 王平 香营 井庄 长沟 长阳 良乡 北务 南彩 李桥 李遂 木林 马坡 天竺 和平里 和平街 香山 大峪 南口 玉桥 瀛海 旧宫 黄村 亦庄
""".split())
# ... of which these are Beijing places so well known by the bare name that the city's context makes them certain.
BASE_SAFE_AGAIN = set("""
天坛 牛街 双井 方庄 德胜 大屯 清河 沙河 鲁谷 安贞 东坝 永顺 梨园 台湖 宋庄 礼贤 采育 清华园 长阳 良乡 天竺 和平里
和平街 香山 亦庄 黄村 旧宫 瀛海 新街口 龙潭 将台 金盏 万柳 六里桥 云岗 小关 南彩
""".split())
SUBDISTRICT_ALIASES = {
    "建外街道": ["建国门外街道", "建国门外"], "朝外街道": ["朝阳门外街道", "朝阳门外"],
    "德胜街道": ["德胜门外街道", "德胜门"], "广安门内街道": ["广内街道"], "广安门外街道": ["广外街道"],
    "永定门外街道": ["永外街道"], "崇文门外街道": ["崇外街道"], "西长安街街道": ["西长安街"],
    "金融街街道": ["金融街"], "什刹海街道": ["后海"], "大栅栏街道": ["前门大栅栏"],
    "首都机场街道": ["首都国际机场"], "奥运村街道": ["奥林匹克公园"], "亚运村街道": ["亚运村小区"],
    "天通苑北街道": ["天通苑", "天通北苑", "天北街道"], "天通苑南街道": ["天通苑", "天通南苑", "天南街道"],
    "回龙观街道": ["回龙观镇"], "龙泽园街道": ["龙泽"], "霍营街道": ["霍营乡"], "东小口地区": ["东小口镇"],
    "花乡街道": ["花乡地区", "花乡"], "卢沟桥街道": ["卢沟桥地区", "卢沟桥乡"], "南苑街道": ["南苑乡", "南苑地区"],
    "宛平街道": ["宛平城", "宛平城地区"], "北宫镇": ["长辛店镇"], "方庄街道": ["方庄地区"],
    "亦庄地区": ["亦庄镇"], "北京经济技术开发区": ["经开区", "北京经开区", "亦庄开发区", "亦庄经济开发区", "亦庄新城"],
    "大兴国际机场": ["北京大兴国际机场", "北京大兴机场", "大兴机场"],
    "中关村国家自主创新示范区大兴生物医药产业基地": ["大兴生物医药基地", "生物医药基地"],
    "北京雁栖经济开发区": ["雁栖开发区"], "大兴经济开发区": ["大兴开发区"],
    "四季青地区": ["四季青"], "上地街道": ["上地信息产业基地"], "西北旺地区": ["西北旺"],
    "于家务回族乡": ["于家务乡", "于家务"], "长哨营满族乡": ["长哨营乡", "长哨营"],
    "喇叭沟门满族乡": ["喇叭沟门乡", "喇叭沟门"], "檀营地区": ["檀营满族蒙古族乡", "檀营乡"],
    "榆垡镇": ["榆垡"], "海淀街道": ["海淀镇"], "万柳地区": ["海淀乡"],
    "丰台街道": ["丰台镇"], "怀柔地区": ["怀柔镇"], "玉桥街道": ["玉桥"], "大峪街道": ["大峪"],
    "清河街道": ["清河镇"], "青龙桥街道": ["颐和园街道"], "马连洼街道": ["马连洼"],
    "向阳街道": ["燕山向阳街道"], "东风街道": ["燕山东风街道"], "迎风街道": ["燕山迎风街道"], "星城街道": ["燕山星城街道"],
}
LEVEL_WORDS = ("满族乡", "回族乡", "街道", "地区", "镇", "乡")
# 地区 offices double as a township's government: 乡 within Chaoyang, 镇 elsewhere.
TOWNSHIP_WORD = {"朝阳区": "乡"}


def base_of(name):
    for word in LEVEL_WORDS:
        if name.endswith(word) and len(name) - len(word) >= 2:
            return name[:-len(word)], word
    return None, ""


def subdistrict_aliases(name, district, kind):
    aliases = []
    base, word = base_of(name)
    if kind == "地区" and base:
        aliases.append(base + TOWNSHIP_WORD.get(district, "镇"))
    if base and (base not in BASE_UNSAFE or base in BASE_SAFE_AGAIN):
        aliases.append(base)
    if word == "街道" and base and not base.endswith(("街", "路")):
        aliases.append(base + "街道办事处")
        aliases.append(base + "街道办")
    aliases += SUBDISTRICT_ALIASES.get(name, [])
    return aliases


def district_aliases(name):
    base = name[:-1]
    aliases = DISTRICT_BASE_EXTRA.get(name, []) if base in DISTRICT_BASE_UNSAFE else [base]
    return aliases + ["北京市" + name] + DISTRICT_ALIASES.get(name, [])


def unique(words, name):
    kept = []
    for word in words:
        if word != name and word not in kept:
            kept.append(word)
    return " ".join(kept)


def table(source):
    """Rows in the order city, districts by code, subdistricts by code."""
    entries = sorted(csv.DictReader(source), key=lambda row: row["code9"])
    districts = {row["code9"][:6]: row["district"] for row in entries}
    yield CITY_CODE, "city", "北京市", "", unique(CITY_ALIASES, "北京市")
    for code, name in sorted(districts.items()):
        yield code, "district", name, CITY_CODE, unique(district_aliases(name), name)
    for row in entries:
        aliases = subdistrict_aliases(row["name"], row["district"], row["kind"])
        yield row["code9"], "subdistrict", row["name"], row["code9"][:6], unique(aliases, row["name"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", help="columns code9,district,name,kind")
    parser.add_argument("--out", default="datasets/gazetteer/beijing.tsv")
    options = parser.parse_args()
    with open(options.csv, encoding="utf-8") as source, open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write(HEADER)
        count = 0
        for row in table(source):
            out.write("\t".join(row) + "\n")
            count += 1
    print(f"{options.out}: {count} places", file=sys.stderr)


if __name__ == "__main__":
    main()
