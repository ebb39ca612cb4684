/* Topics by rules, over the shipped taxonomy. */
#include "shipped_image.h"

#include "topic/topic.h"

static struct image_fixture fixture;
static struct topic_rules *rules;
static struct topic_scratch *scratch;
static const uint64_t *told; /* what the next analyses are told */

static int set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    assert_int_equal(topic_rules_new(&rules, fixture.lexicon, fixture.segmenter, &fixture.counter.allocator, NULL),
                     WEISU_OK);
    assert_int_equal(topic_scratch_new(&scratch, rules, &fixture.counter.allocator), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    topic_scratch_free(scratch);
    topic_rules_free(rules);
    fixture_close(&fixture);
    return 0;
}

static struct topic_result analyse_as(const char *category, const char *title, const char *text)
{
    struct topic_result result;
    arena_reset(&fixture.arena);
    struct cut_text cut[TOPIC_FIELDS] = {fixture_cut(&fixture, title), fixture_cut(&fixture, text)};
    const struct topic_text texts[TOPIC_FIELDS] = {{&cut[0].characters, &cut[0].tokens},
                                                   {&cut[1].characters, &cut[1].tokens}};
    weisu_record record = {.category = {category, strlen(category)}};
    topic_analyse(rules, &record, texts, told, scratch, &result);
    return result;
}

static struct topic_result analyse(const char *title, const char *text)
{
    return analyse_as("", title, text);
}

static weisu_str code_of(uint32_t topic)
{
    return topic == UINT32_MAX ? (weisu_str){"", 0} : taxonomy_topic(fixture.lexicon, topic).code;
}

/* The topic or one below it. */
static void assert_within(const struct topic_result *result, const char *code, const char *text)
{
    weisu_str found = code_of(result->topic);
    if (found.size < strlen(code) || memcmp(found.data, code, strlen(code)) != 0)
        fail_msg("%s: %.*s, not %s", text, (int)found.size, found.data, code);
}

static void wordings_of_one_problem_meet(void **state)
{
    static const struct {
        const char *text;
        const char *code;
    } cases[] = {
        {"我们楼从昨晚开始停水，到现在也没有通知。", "0101"},
        {"家里没水三天了，水龙头不出水，老人做不了饭。", "0101"},
        {"整栋楼断水，物业说不清楚什么时候恢复供水。", "0101"},
        {"自来水发黄，有一股怪味，水质问题很严重。", "0102"},
        {"暖气不热，室温只有十四度，孩子冻感冒了。", "0201"},
        {"供暖季已经开始，我家室温不达标。", "0201"},
        {"楼下烧烤店油烟直排，呛得我们不敢开窗。", "0901"},
        {"工地凌晨施工，打桩机吵得全楼睡不着。", "0902"},
        {"公司拖欠工资三个月，老板一直躲着不见。", "1601"},
        {"包工头欠我们十几个农民工工资不给。", "1601"},
        {"健身房突然关门，办卡的钱要求退款不给退。", "2001"},
        {"电梯三天两头坏，昨天又把人困在里面。", "0406"},
        {"老旧小区想加装电梯，一楼住户不同意怎么办？", "0701"},
        {"楼道里堆满杂物，还有人把电动车推进来飞线充电。", "0408"},
        {"路面坑洼不平，骑车摔了好几回。", "12"},
        {"路灯坏了半个月没人修，晚上黑灯瞎火。", "1007"},
        {"开发商延期交房一年多，违约金也不赔。", "0501"},
        {"买房被捆绑销售车位，不买车位不给选房。", "0502"},
        {"学校周末强制补课，还要收补课费。", "1503"},
        {"孩子户口在这里，却被告知学位不足上不了学。", "1501"},
        {"社保断缴了两个月，能不能补缴？", "1702"},
        {"退休金为什么比同事少，养老金怎么调整？", "1701"},
        {"医保报销比例太低，异地就医怎么办理？", "1804"},
        {"小区里有人开麻将馆赌博，天天有人聚赌。", "22"},
        {"消防通道被私家车堵死，消防车进不来。", "2301"},
        {"公交车等了四十分钟，发车间隔太长。", "1301"},
        {"快递丢失，快递公司不赔。", "2703"},
        {"占道经营的小摊贩把人行道全占了。", "1001"},
        {"楼上邻居在阳台违规搭建阳光房。", "08"},
        {"低保申请交上去半年没有消息。", "1903"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct topic_result result = analyse("", cases[i].text);
        assert_within(&result, cases[i].code, cases[i].text);
        assert_true(result.score > 0);
        assert_true(result.evidence_count > 0);
    }
}

/* Details choose among third-level topics; above them they say nothing. */
static void details_choose_below_the_second_level(void **state)
{
    (void)state;
    struct topic_result broken = analyse("", "小区电梯坏了。");
    struct topic_result trapped = analyse("", "小区电梯坏了，昨晚电梯困人，老人被困电梯半小时，困在电梯里。");
    assert_within(&broken, "0406", "电梯坏了");
    assert_within(&trapped, "040601", "电梯困人");
    struct topic_result alone = analyse("", "换滤芯。");
    assert_int_equal(alone.topic, UINT32_MAX);
    assert_int_equal(alone.score, 0);
    assert_int_equal(alone.evidence_count, 0);
}

/* What the taxonomy promises its users. */
static void taxonomy_is_wide_and_every_topic_has_a_unit(void **state)
{
    (void)state;
    size_t count[3] = {0};
    for (uint32_t i = 0; i < taxonomy_topic_count(fixture.lexicon); i++) {
        struct taxonomy_topic topic = taxonomy_topic(fixture.lexicon, i);
        count[topic.level]++;
        assert_true(topic.lead.size > 0);
    }
    assert_true(count[0] >= 15 && count[1] >= 120 && count[2] >= 600);
}

static void title_weighs_more_than_text(void **state)
{
    (void)state;
    struct topic_result result = analyse("小区停水两天", "物业说是水泵房停电引起的，电力公司正在抢修。");
    assert_within(&result, "0101", "title about water");
    result = analyse("小区停电两天", "水泵也不转了，跟着停水。");
    assert_within(&result, "0301", "title about electricity");
}

static void gaps_hold_words_but_no_end_of_sentence(void **state)
{
    (void)state;
    struct topic_result near = analyse("", "他们拖欠了我和几个老乡的工资。");
    struct topic_result far = analyse("", "物业费从不拖欠。我们的工资也不高。");
    assert_within(&near, "1601", "gap");
    assert_true(near.score > far.score);
    for (uint32_t i = 0; i < far.evidence_count; i++)
        assert_true(far.evidence[i].end <= 7 || far.evidence[i].begin > 7); /* no wording over the 。 */
}

static void negation_takes_an_event_away(void **state)
{
    (void)state;
    struct topic_result said = analyse("", "昨天停水了。");
    struct topic_result denied = analyse("", "昨天没有停水。");
    struct topic_result mild = analyse("", "这里没有发生漏气。");
    assert_within(&said, "0101", "停水");
    assert_true(denied.topic == UINT32_MAX || denied.score < said.score / 2);
    assert_int_equal(mild.risk, 0);
    int shown = 0;
    for (uint32_t i = 0; i < denied.evidence_count; i++)
        shown |= denied.evidence[i].weight == 0;
    assert_true(shown); /* explain can say why it did not count */
}

static int counts_word(const struct topic_result *result, const char *text, const char *word)
{
    struct cut_text cut = fixture_cut(&fixture, text);
    size_t size = strlen(word);
    for (uint32_t i = 0; i < result->evidence_count; i++) {
        const struct topic_evidence *e = &result->evidence[i];
        const char *read = cut.characters.bytes.data + cut.characters.offset[e->begin];
        size_t length = cut.characters.offset[e->end] - cut.characters.offset[e->begin];
        if ((e->weight > 0 || e->risk) && length == size && memcmp(read, word, size) == 0)
            return 1;
    }
    return 0;
}

/* How far a denial reaches. */
static void denial_has_a_scope(void **state)
{
    static const struct {
        const char *text;
        const char *word;
        int counts;
    } cases[] = {
        {"我们这里没有停水。", "停水", 0},
        {"我说的不是噪音，是油烟。", "噪音", 0},
        {"我说的不是噪音，是油烟。", "油烟", 1},
        {"反映的不是停水，而是水质发黄。", "水质发黄", 1},
        {"并不是因为拖欠工资。", "拖欠工资", 0},
        {"没有停水停电。", "停电", 0},
        {"没有停水、停电。", "停电", 0},
        {"没有停水或者停电。", "停电", 0},
        {"没有停水，可是停电了。", "停电", 1},
        {"没有停水通知就停水。", "停水", 1},
        {"不是没有停水。", "停水", 1},
        {"请问是不是停水了？", "停水", 1},
        {"不是停水就是停电。", "停水", 1},
        {"不是停水就是停电。", "停电", 1},
        {"不仅停水，还停电。", "停水", 1},
        {"没有解决停水问题。", "停水", 1},
        {"这里没有发生过燃气泄漏。", "燃气泄漏", 0},
        {"未发现违章建筑。", "违章建筑", 0},
        {"楼下不存在燃气泄漏。", "燃气泄漏", 0},
        {"没有任何噪音。", "噪音", 0},
        {"路口没有安装路灯。", "路灯", 1},
        {"公司一直没有缴纳社保。", "缴纳社保", 1},
        {"楼道里没有消防通道。", "消防通道", 1},
        {"路灯没有坏。", "路灯没有坏", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct topic_result result = analyse("", cases[i].text);
        if (counts_word(&result, cases[i].text, cases[i].word) != cases[i].counts)
            fail_msg("%s: %s should %scount", cases[i].text, cases[i].word, cases[i].counts ? "" : "not ");
    }
}

static void lack_of_a_thing_is_the_complaint(void **state)
{
    (void)state;
    struct topic_result result = analyse("", "这条路没有路灯。");
    assert_within(&result, "1007", "没有路灯");
    result = analyse("", "我们老楼没有电梯，老人上下楼困难。");
    assert_within(&result, "0701", "没有电梯");
}

static void risk_takes_the_gravest_grade(void **state)
{
    (void)state;
    assert_int_equal(analyse("", "楼道里有燃气泄漏，还有安全隐患。").risk, 1);
    assert_int_equal(analyse("", "再不解决我们就集体上访。").risk, 2);
    assert_int_equal(analyse("", "希望多种一些花。").risk, 0);
    struct topic_result result = analyse("", "担心坍塌。");
    int seen = 0;
    for (uint32_t i = 0; i < result.evidence_count; i++)
        seen |= result.evidence[i].topic == UINT32_MAX && result.evidence[i].risk == 1;
    assert_true(seen);
}

static void category_that_names_a_topic_decides(void **state)
{
    (void)state;
    uint32_t water = taxonomy_find(fixture.lexicon, (weisu_str){"0101", 4});
    assert_int_not_equal(water, UINT32_MAX);
    weisu_str name = taxonomy_topic(fixture.lexicon, water).name;
    char copy[128];
    snprintf(copy, sizeof copy, " %.*s ", (int)name.size, name.data);
    assert_int_equal(analyse_as("0101", "电梯坏了", "电梯困人").topic, water);
    assert_int_equal(analyse_as(copy, "电梯坏了", "电梯困人").topic, water);
    struct topic_result other = analyse_as("no such class", "电梯坏了", "电梯困人");
    assert_within(&other, "0406", "unknown category");
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    struct topic_result result = analyse("", "");
    assert_int_equal(result.topic, UINT32_MAX);
    assert_int_equal(result.runner_up, UINT32_MAX);
    assert_int_equal(result.score, 0);
    assert_int_equal(result.evidence_count, 0);
    result = analyse("你好", "谢谢。");
    assert_int_equal(result.topic, UINT32_MAX);
}

static void evidence_points_into_the_text(void **state)
{
    (void)state;
    const char *text = "小區暖氣不熱";
    struct topic_result result = analyse("", text);
    struct cut_text cut = fixture_cut(&fixture, text);
    assert_within(&result, "02", "traditional");
    assert_true(result.evidence_count > 0 && result.evidence_count <= TOPIC_MAX_EVIDENCE);
    for (uint32_t i = 0; i < result.evidence_count; i++) {
        assert_int_equal(result.evidence[i].field, TOPIC_IN_TEXT);
        assert_true(result.evidence[i].begin < result.evidence[i].end);
        assert_true(result.evidence[i].end <= cut.characters.count);
    }
}

/* An attacker's text: one wording a hundred thousand times. The sum stays bounded, the result the same as for ten. */
static void repetition_adds_little(void **state)
{
    (void)state;
    enum { times = 100000 };
    static char text[times * 6 + 1];
    for (size_t i = 0; i < times; i++)
        memcpy(text + 6 * i, "停水", 6);
    struct topic_result many = analyse("", text);
    struct topic_result ten = analyse("", "停水停水停水停水停水停水停水停水停水停水");
    assert_int_equal(many.topic, ten.topic);
    assert_int_equal(many.score, ten.score);
}

static void records_do_not_see_each_other(void **state)
{
    (void)state;
    struct topic_result first = analyse("电梯故障", "电梯困人，拖欠");
    analyse("工资", "工资没有发，拖欠工资");
    struct topic_result again = analyse("电梯故障", "电梯困人，拖欠");
    assert_memory_equal(&first, &again, sizeof first);
}

static void analysis_allocates_nothing(void **state)
{
    (void)state;
    analyse("物业费涨价", "物业费从两元涨到三元，业委会也不公示，电梯还总坏。");
    size_t before = fixture.counter.requests;
    for (int i = 0; i < 100; i++)
        analyse("物业费涨价", "物业费从两元涨到三元，业委会也不公示，电梯还总坏。");
    assert_int_equal(fixture.counter.requests, before);
}

/* Every request refused once: an error comes back, nothing is lost. */
static void refusal_of_memory_leaves_nothing(void **state)
{
    (void)state;
    struct counting_allocator counter;
    size_t needed = 0;
    for (size_t at = 1; needed == 0; at = at < 40 ? at + 1 : at * 2) {
        struct topic_rules *made = NULL;
        struct topic_scratch *own = NULL;
        counter_init(&counter);
        counter.refuse_at = at;
        weisu_code code = topic_rules_new(&made, fixture.lexicon, fixture.segmenter, &counter.allocator, NULL);
        if (code) {
            assert_int_equal(code, WEISU_ENOMEM);
            assert_null(made);
        } else if (topic_scratch_new(&own, made, &counter.allocator) == 0) {
            needed = counter.requests;
        } else {
            assert_null(own);
        }
        topic_scratch_free(own);
        topic_rules_free(made);
        assert_int_equal(counter.held_bytes, 0);
    }
}

/* The tables: what a clerk can get wrong and the builder cannot see. */
static void taxonomy_is_whole(void **state)
{
    (void)state;
    uint32_t levels[3] = {0};
    for (uint32_t i = 0; i < taxonomy_topic_count(fixture.lexicon); i++) {
        struct taxonomy_topic topic = taxonomy_topic(fixture.lexicon, i);
        assert_true(topic.level < 3);
        levels[topic.level]++;
        assert_true(topic.lead.size > 0);
        if (topic.parent != UINT32_MAX)
            assert_true(topic.parent < i);
    }
    assert_true(levels[0] >= 15);
    assert_true(levels[1] >= 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wordings_of_one_problem_meet),
        cmocka_unit_test(details_choose_below_the_second_level),
        cmocka_unit_test(taxonomy_is_wide_and_every_topic_has_a_unit),
        cmocka_unit_test(title_weighs_more_than_text),
        cmocka_unit_test(gaps_hold_words_but_no_end_of_sentence),
        cmocka_unit_test(negation_takes_an_event_away),
        cmocka_unit_test(denial_has_a_scope),
        cmocka_unit_test(lack_of_a_thing_is_the_complaint),
        cmocka_unit_test(risk_takes_the_gravest_grade),
        cmocka_unit_test(category_that_names_a_topic_decides),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(evidence_points_into_the_text),
        cmocka_unit_test(repetition_adds_little),
        cmocka_unit_test(records_do_not_see_each_other),
        cmocka_unit_test(analysis_allocates_nothing),
        cmocka_unit_test(refusal_of_memory_leaves_nothing),
        cmocka_unit_test(taxonomy_is_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
