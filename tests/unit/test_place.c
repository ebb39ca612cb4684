/* Places: divisions of Beijing, spots by form, one key for one name. */
#include "shipped_image.h"

#include "place/place.h"

static struct image_fixture fixture;
static struct place_rules *rules;

enum { no_area = 0 };

static int set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    assert_int_equal(place_rules_new(&rules, fixture.lexicon, UINT64_C(110000000000), &fixture.counter.allocator, NULL),
                     WEISU_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    place_rules_free(rules);
    fixture_close(&fixture);
    return 0;
}

static struct place_result analyse_record(const weisu_record *record)
{
    struct place_result result;
    struct cut_text cut[PLACE_FIELDS];
    struct place_text texts[PLACE_FIELDS];
    const weisu_str fields[PLACE_FIELDS] = {
        [PLACE_IN_ADDRESS] = record->address, [PLACE_IN_TITLE] = record->title, [PLACE_IN_TEXT] = record->text};
    arena_reset(&fixture.arena);
    for (size_t i = 0; i < PLACE_FIELDS; i++) {
        assert_int_equal(characters_decode(&cut[i].characters, fields[i], &fixture.arena), 0);
        assert_int_equal(segmenter_run(fixture.segmenter, &cut[i].characters, &fixture.arena, &cut[i].tokens), 0);
        texts[i] = (struct place_text){&cut[i].characters, &cut[i].tokens};
    }
    assert_int_equal(place_analyse(rules, record, texts, &fixture.arena, &result), 0);
    for (uint32_t i = 0; i < result.mention_count; i++) {
        const struct place_mention *m = &result.mention[i];
        assert_true(m->begin <= m->end && m->end <= cut[m->field].characters.count);
        assert_true(i == 0 || result.mention[i - 1].strength >= m->strength);
        assert_true(m->strength >= 1 && m->strength <= 1000);
    }
    return result;
}

static weisu_str of(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static struct place_result analyse(const char *address, const char *title, const char *text)
{
    weisu_record record = {.address = of(address), .title = of(title), .text = of(text)};
    return analyse_record(&record);
}

static void assert_spot(const struct place_result *result, const char *name, const char *what)
{
    char got[128];
    snprintf(got, sizeof got, "%.*s", (int)result->spot_name.size, result->spot_key ? result->spot_name.data : "");
    if (strcmp(got, name) != 0)
        fail_msg("%s: spot \"%s\", not \"%s\"", what, got, name);
}

/* "海淀区/八里庄街道", tightest last; "" for none. */
static void path_of(const struct place_result *result, char *out, size_t size)
{
    weisu_str step[PLACE_LEVELS];
    size_t count = 0;
    size_t used = 0;
    out[0] = 0;
    for (uint32_t node = result->node; node != UINT32_MAX;) {
        struct gazetteer_node division = gazetteer_node(fixture.lexicon, node);
        if (division.level != PLACE_CITY)
            step[count++] = division.name;
        node = division.parent;
    }
    while (count-- > 0)
        used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? "/" : "", (int)step[count].size,
                                 step[count].data);
}

static void assert_path(const struct place_result *result, const char *path, const char *what)
{
    char got[256];
    path_of(result, got, sizeof got);
    if (strcmp(got, path) != 0)
        fail_msg("%s: path \"%s\", not \"%s\"", what, got, path);
}

static void divisions_are_found(void **state)
{
    static const struct {
        const char *text;
        const char *path;
    } cases[] = {
        {"北京市朝阳区望京街道南湖西园", "朝阳区/望京街道"},
        {"我住在海淀，最近总是停水", "海淀区"},
        {"回龙观的公交太少了", "昌平区/回龙观街道"},
        {"城市副中心的路灯坏了", "通州区"},
        {"丰台区方庄地区芳古园", "丰台区/方庄街道"},
        {"大兴区亦庄镇三羊居民区", "大兴区/亦庄地区"},
        {"東城區東直門街道", "东城区/东直门街道"},
        {"通州区于家务乡某村", "通州区/于家务回族乡"},
        {"石景山区八角街道古城", "石景山区/八角街道"},
        {"北京经开区荣华中路", "大兴区/北京经济技术开发区"},
        {"昌平区天通苑南街道和天通苑北街道都停水", "昌平区"},
        {"房山区长阳镇稻田", "房山区/长阳镇"},
        {"这件事和哪个区都没有关系", ""},
        {"天桥下面积水，人行天桥也没有雨棚", ""},
        {"前门被物业锁了，只能走后门", ""},
        {"八角和花椒的价格", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_result result = analyse("", "", cases[i].text);
        assert_path(&result, cases[i].path, cases[i].text);
    }
}

/* 八里庄街道 lies in 朝阳 and in 海淀. */
static void ambiguous_names_are_resolved_or_left_open(void **state)
{
    (void)state;
    struct place_result open = analyse("", "八里庄街道的路灯坏了", "");
    assert_path(&open, "", "open");
    assert_int_equal(open.candidate_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        struct gazetteer_node node = gazetteer_node(fixture.lexicon, open.candidate[i]);
        assert_text(node.name, "八里庄街道");
    }
    struct place_result told = analyse("", "八里庄街道的路灯坏了", "我家在海淀区。");
    assert_path(&told, "海淀区/八里庄街道", "told by the text");
    assert_int_equal(told.candidate_count, 0);
    struct place_result addressed = analyse("朝阳区八里庄街道十里堡", "", "");
    assert_path(&addressed, "朝阳区/八里庄街道", "told by the address");
    weisu_record record = {.title = of("八里庄街道的路灯坏了"), .area = UINT64_C(110108000000)};
    struct place_result given = analyse_record(&record);
    assert_path(&given, "海淀区/八里庄街道", "told by area");
}

static void area_decides_and_contradictions_show(void **state)
{
    (void)state;
    weisu_record record = {.title = of("海淀区中关村街道停水"), .area = UINT64_C(110105000000)};
    struct place_result result = analyse_record(&record);
    assert_path(&result, "朝阳区", "area wins");
    assert_int_equal(result.contradiction, 1);
    assert_text(gazetteer_node(fixture.lexicon, result.said_node).name, "中关村街道");
    record.area = UINT64_C(110108000000);
    result = analyse_record(&record);
    assert_path(&result, "海淀区/中关村街道", "area agrees");
    assert_int_equal(result.contradiction, 0);
    record.area = UINT64_C(999999000000);
    result = analyse_record(&record);
    assert_path(&result, "海淀区/中关村街道", "unknown area");
}

static void two_districts_of_one_weight_stay_open(void **state)
{
    (void)state;
    struct place_result result = analyse("", "从朝阳区到海淀区的公交车太慢", "");
    assert_path(&result, "", "two districts");
    assert_int_equal(result.candidate_count, 2);
}

static void spots_are_found_by_form(void **state)
{
    static const struct {
        const char *title;
        const char *spot;
    } cases[] = {
        {"投诉朝阳区翠湖名苑小区物业不作为", "翠湖名苑"},
        {"昌平区云杉家园三期夜间施工扰民", "云杉家园"},
        {"魅力之城二期幼儿园何时开学", "魅力之城二期幼儿园"},
        {"丰台区槐柏里小学门口天天堵车", "槐柏里小学"},
        {"A市A3区金枫华府12栋电梯困人", "金枫华府"},
        {"B市清水县望溪镇柳沟村自来水发黄", "柳沟村"},
        {"反映星禾装饰工程有限公司拖欠工资", "星禾装饰工程公司"},
        {"405路公交车等了一个小时", "405路"},
        {"地铁六号线什么时候延长", "六号线"},
        {"海淀区锦绣大街与松林路交叉口红绿灯坏了", "锦绣大街"},
        {"望京花园停车难", "望京花园"},
        {"A5区实验小学食堂卫生差", "a5区实验小学"},
        {"A6区二中周末补课", "a6区第二中学"},
        {"A4区银岭街道松和紫苑停水", "松和紫苑"},
        {"A市左转进入云溪湖路的车道太少", "云溪湖路"},
        {"在A3区云溪湖派出所落户", "云溪湖派出所"},
        {"A1区翠湖小区夜市扰民", "翠湖"},
        {"成林路28号院供暖不热", "成林路28号院"},
        {"西二环堵车", "西二环"},
        {"丰台区云杉三路333号金福北里电梯困人", "金福北里"},
        {"A市恒云天下一期漏水", "恒云天下"},
        {"五一大道交叉口没有红绿灯", "五一大道"},
        {"翠霏苑路路灯不亮", "翠霏苑路"},
        {"A3区云霏坡西路停水", "云霏坡西路"},
        {"望新路长期违停", "望新路"},
        {"坐702公交车要等很久", "702路"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_result result = analyse("", cases[i].title, "");
        assert_spot(&result, cases[i].spot, cases[i].title);
    }
}

static void common_words_are_no_spots(void **state)
{
    static const char *const cases[] = {
        "小区里的公园没有路灯",
        "我们小区物业不作为",
        "学校旁边的工地扰民",
        "请问医院什么时候开门",
        "希望建一所学校",
        "公司拖欠工资，老板躲着不见",
        "这条路坑洼不平",
        "村里的路烂了没人修",
        "楼上漏水",
        "业主要求更换物业公司",
        "垃圾站太臭了",
        "附近没有公共厕所",
        "社区居委会不管",
        "一家饭店的油烟排到居民楼里来",
        "街道办事处推诿",
        "老旧小区加装电梯",
        "全小区都停电了",
        "两所小学一所初中",
        "人民法院迟迟不判决",
        "家里没水",
        "A市第二期的规划什么时候公布",
        "十多家歌厅每晚营业",
        "30栋2单元漏水",
        "一个小区有三条道",
        "大门一楼漏水",
        "坐公交车上班",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_result result = analyse("", cases[i], cases[i]);
        assert_spot(&result, "", cases[i]);
        assert_int_equal(result.spot_key, 0);
    }
}

/* The head of a title is a name, whatever it ends in, when the text says it again. */
static void a_repeated_head_is_a_name(void **state)
{
    (void)state;
    struct place_result result = analyse("", "峰晖半夜放鞭炮", "峰晖从初一到十五都有人放。");
    assert_spot(&result, "峰晖", "head");
    result = analyse("", "峰晖半夜放鞭炮", "从初一到十五都有人放。");
    assert_spot(&result, "", "not repeated");
    result = analyse("", "铁石东里有人占路", "铁石东里彩钢房没人拆，翠湖名苑也有。");
    assert_spot(&result, "铁石东里", "a weak suffix");
}

/* What the sentence puts before a name in the text is no part of it. */
static void longer_readings_join_the_clean_one(void **state)
{
    (void)state;
    struct place_result result = analyse("", "A3区云杉路乱停车", "以彻底解决好云杉路乱停的问题。");
    assert_spot(&result, "云杉路", "clean");
    uint32_t spots = 0;
    for (uint32_t i = 0; i < result.mention_count; i++)
        spots += result.mention[i].node == UINT32_MAX;
    assert_int_equal(spots, 1);
}

/* A name behind a level word needs no suffix in a title. */
static void bare_names_follow_a_level_word(void **state)
{
    (void)state;
    struct place_result bare = analyse("", "A6区云栖年华精装修质量差", "");
    struct place_result full = analyse("", "A6区云栖年华小区停水", "");
    assert_spot(&bare, "云栖年华", "bare");
    assert_int_equal(bare.spot_key, full.spot_key);
    assert_true(bare.mention[0].strength < full.mention[0].strength);
}

static void spellings_of_one_name_meet(void **state)
{
    static const char *const same[][4] = {
        {"投诉云杉新城小区", "云杉新城停水", "朝阳区云杉新城二期停水", "雲杉新城項目延期交房"},
        {"第三人民医院挂号难", "第3人民医院排队", "市第三人民医院收费高", NULL},
        {"地铁1号线太挤", "地铁一号线太挤", "一号线延误", NULL},
        {"星禾装饰有限公司跑路", "星禾装饰公司跑路", "星禾装饰有限责任公司跑路", NULL},
        {"柳沟村三组的路灯", "柳沟村停电", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        uint64_t key = 0;
        for (size_t j = 0; j < 4 && same[i][j]; j++) {
            struct place_result result = analyse("", same[i][j], "");
            if (!result.spot_key || (key && result.spot_key != key))
                fail_msg("%s: %.*s", same[i][j], (int)result.spot_name.size,
                         result.spot_key ? result.spot_name.data : "");
            key = result.spot_key;
        }
    }
    assert_int_not_equal(analyse("", "云杉新城停水", "").spot_key, analyse("", "云松新城停水", "").spot_key);
}

/* Long names by their sounds, in any order; never numerals, sides, or what two characters tell. */
static void misspelt_names_meet(void **state)
{
    static const struct {
        const char *one;
        const char *other;
        int same;
    } cases[] = {
        {"千江锦园小区停水", "江千锦园小区停水", 1},
        {"云霏帝景花园停水", "云飞帝景花园停水", 1},
        {"云杉路段堵车", "云杉路堵车", 1},
        {"A6区二中补课", "A6区第二中学补课", 1},
        {"谷雨庭院停水", "谷雨庭苑停水", 1},
        {"702公交车太慢", "702路等了一小时", 1},
        {"云霏东苑停水", "云霏西苑停水", 0},
        {"东三环南路堵车", "南三环东路堵车", 0},
        {"云霏帝景路28号院停水", "云霏帝景路29号院停水", 0},
        {"康新园小区停水", "新康园小区停水", 0},
        {"云杉小学食堂", "云山小学食堂", 0},
        {"恒达公司欠薪", "衡达公司欠薪", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t one = analyse("", cases[i].one, "").spot_key;
        uint64_t other = analyse("", cases[i].other, "").spot_key;
        if (!one || !other || (one == other) != cases[i].same)
            fail_msg("%s, %s", cases[i].one, cases[i].other);
    }
}

/* One record means one spot by two spellings that sound alike; one subdistrict has one community so spelt. */
static void context_mends_a_wrong_character(void **state)
{
    (void)state;
    struct place_result result = analyse("", "翠霏家园停水", "翠飞家园停水三天，翠飞家园的物业不管。");
    assert_spot(&result, "翠飞家园", "as it stands more often");
    uint32_t spots = 0;
    for (uint32_t i = 0; i < result.mention_count; i++)
        spots += result.mention[i].node == UINT32_MAX;
    assert_int_equal(spots, 1);
    result = analyse("", "望京街道南湖西圆社区停水", "");
    assert_path(&result, "朝阳区/望京街道/南湖西园社区", "one character");
    assert_spot(&result, "南湖西园社区", "the gazetteer's spelling");
    assert_int_equal(result.spot_key, analyse("", "望京街道南湖西园社区停水", "").spot_key);
    result = analyse("", "朝阳区南湖西圆社区停水", "");
    assert_path(&result, "朝阳区", "no subdistrict, no guess");
}

static void title_and_repetition_make_the_main_spot(void **state)
{
    (void)state;
    struct place_result result =
        analyse("", "翠湖名苑停水", "我是翠湖名苑业主。旁边的云杉家园有水，云杉家园的邻居说是主管道爆裂。");
    assert_spot(&result, "翠湖名苑", "title");
    int seen = 0;
    for (uint32_t i = 0; i < result.mention_count; i++)
        seen |= result.mention[i].name.size == 12 && !memcmp(result.mention[i].name.data, "云杉家园", 12);
    assert_true(seen);
}

static void addresses_and_positions_stand_in(void **state)
{
    (void)state;
    struct place_result road = analyse("海淀区成府路28号", "", "");
    assert_path(&road, "海淀区", "address");
    assert_spot(&road, "成府路", "address");
    struct place_result latin = analyse("350 N ORLEANS ST", "", "");
    assert_spot(&latin, "350norleansst", "latin address");
    assert_int_equal(latin.spot_key, analyse("350 n orleans st", "", "").spot_key);
    weisu_record record = {.has = WEISU_HAS_POSITION, .lat_e7 = 399041000, .lon_e7 = 1164074000};
    struct place_result here = analyse_record(&record);
    assert_int_not_equal(here.spot_key, 0);
    record.lat_e7 += 1000;
    assert_int_equal(analyse_record(&record).spot_key, here.spot_key);
    record.lat_e7 += 100000;
    assert_int_not_equal(analyse_record(&record).spot_key, here.spot_key);
    record.lat_e7 = -1;
    uint64_t south = analyse_record(&record).spot_key;
    record.lat_e7 = 1;
    assert_int_not_equal(analyse_record(&record).spot_key, south);
    record.text = of("翠湖名苑停水");
    struct place_result named = analyse_record(&record);
    assert_spot(&named, "翠湖名苑", "a name before a grid cell");
}

/* "A市" is no city of the gazetteer: names of Beijing mean others there. */
static void masked_cities_get_no_division(void **state)
{
    static const char *const cases[] = {"A市银行东城支行排队", "A市马坡岭街道停水", "A7县市海淀路堵车，A市",
                                        "长沙市望京花园停水"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_result result = analyse("", cases[i], "在北京市做销售");
        assert_path(&result, "", cases[i]);
        assert_int_equal(result.node, UINT32_MAX);
    }
}

/* The road before a house number and what stands in parentheses say where the named place is. */
static void an_address_means_what_stands_last(void **state)
{
    static const struct {
        const char *title;
        const char *spot;
    } cases[] = {
        {"朝阳区云杉北路54号青馨步行街油烟扰民", "青馨步行街"},
        {"云霏城（松岭路口）噪音扰民", "云霏城"},
        {"丰台区云杉三路333号院停水", "云杉三路333号院"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_result result = analyse("", cases[i].title, "");
        assert_spot(&result, cases[i].spot, cases[i].title);
    }
}

static void city_takes_part_in_keys(void **state)
{
    (void)state;
    struct place_rules *other;
    uint64_t here = analyse("", "翠湖名苑停水", "").spot_key;
    assert_int_equal(place_rules_new(&other, fixture.lexicon, UINT64_C(310000000000), NULL, NULL), WEISU_OK);
    struct place_rules *own = rules;
    rules = other;
    uint64_t there = analyse("", "翠湖名苑停水", "").spot_key;
    rules = own;
    place_rules_free(other);
    assert_int_not_equal(here, there);
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    struct place_result result = analyse("", "", "");
    assert_int_equal(result.node, UINT32_MAX);
    assert_int_equal(result.spot_key, 0);
    assert_int_equal(result.mention_count, 0);
    assert_int_equal(result.candidate_count, 0);
}

/* An attacker's text: more names than any table holds, and one name without an end. */
static void floods_stay_within_their_tables(void **state)
{
    (void)state;
    enum { names = 5000 };
    static char text[names * 64];
    size_t used = 0;
    for (int i = 0; i < names; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "在甲%d乙%d家园，望京街道，", i, i * 7);
    struct place_result result = analyse("", "", text);
    assert_int_equal(result.mention_count, PLACE_MAX_MENTIONS);
    used = 0;
    for (int i = 0; i < names; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "彧");
    snprintf(text + used, sizeof text - used, "小区");
    result = analyse(text, text, text);
    assert_true(result.mention_count <= PLACE_MAX_MENTIONS);
}

static void analysis_allocates_nothing_when_warm(void **state)
{
    (void)state;
    analyse("海淀区成府路28号", "翠湖名苑停水", "云杉家园也停水");
    size_t before = fixture.counter.requests;
    for (int i = 0; i < 100; i++)
        analyse("海淀区成府路28号", "翠湖名苑停水", "云杉家园也停水");
    assert_int_equal(fixture.counter.requests, before);
}

static void refusal_of_memory_leaves_nothing(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 2; at++) {
        struct counting_allocator counter;
        struct place_rules *made;
        counter_init(&counter);
        counter.refuse_at = at;
        assert_int_equal(place_rules_new(&made, fixture.lexicon, 0, &counter.allocator, NULL), WEISU_ENOMEM);
        assert_null(made);
        assert_int_equal(counter.held_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisions_are_found),
        cmocka_unit_test(ambiguous_names_are_resolved_or_left_open),
        cmocka_unit_test(area_decides_and_contradictions_show),
        cmocka_unit_test(two_districts_of_one_weight_stay_open),
        cmocka_unit_test(spots_are_found_by_form),
        cmocka_unit_test(common_words_are_no_spots),
        cmocka_unit_test(a_repeated_head_is_a_name),
        cmocka_unit_test(longer_readings_join_the_clean_one),
        cmocka_unit_test(bare_names_follow_a_level_word),
        cmocka_unit_test(spellings_of_one_name_meet),
        cmocka_unit_test(misspelt_names_meet),
        cmocka_unit_test(context_mends_a_wrong_character),
        cmocka_unit_test(title_and_repetition_make_the_main_spot),
        cmocka_unit_test(addresses_and_positions_stand_in),
        cmocka_unit_test(masked_cities_get_no_division),
        cmocka_unit_test(an_address_means_what_stands_last),
        cmocka_unit_test(city_takes_part_in_keys),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(floods_stay_within_their_tables),
        cmocka_unit_test(analysis_allocates_nothing_when_warm),
        cmocka_unit_test(refusal_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
