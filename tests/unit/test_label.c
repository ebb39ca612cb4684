/* The trained classifier: training over the shipped image, model files, decisions. */
#include "shipped_image.h"

#include "learn/learn_model.h"
#include "topic/label_model.h"
#include "topic/topic_teller.h"

#include <unistd.h>

static struct image_fixture fixture;
static struct learn_corpus corpus;

static const char *const wet[] = {"自来水停了三天", "水管爆裂没人修", "水龙头流黄水", "小区停水没有通知",
                                  "水压太低上不来水"};
static const char *const loud[] = {"工地夜里施工噪音大", "楼下音响半夜吵得睡不着", "广场舞噪音扰民", "装修电钻一直响",
                                   "烧烤摊深夜喧哗"};
static const char *const places[] = {"东门口", "三号楼", "菜市场旁边", "学校后面", "公园北侧", "车站对面"};

static int set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static weisu_code add(const char *category, const char *title, const char *text)
{
    const weisu_record record = {.title = str(title), .text = str(text), .category = str(category)};
    return learn_corpus_add(&corpus, &record, NULL);
}

/* Sixty records of two classes. */
static void fill_corpus(void)
{
    char text[256];
    learn_corpus_init(&corpus, fixture.lexicon, fixture.segmenter, &fixture.counter.allocator);
    for (size_t i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "%s%s，请处理%zu", places[i % 6], wet[i / 6], i);
        assert_int_equal(add("供水", "", text), WEISU_OK);
        snprintf(text, sizeof text, "%s%s，请处理%zu", places[i % 6], loud[i / 6], i);
        assert_int_equal(add("噪声", "", text), WEISU_OK);
    }
    learn_corpus_sort_labels(&corpus);
}

struct trained {
    void *bytes;
    size_t size;
    struct label_model *model;
    struct label_scratch *scratch;
};

static struct trained train(void)
{
    struct trained trained;
    struct learn_report report;
    weisu_err err = {0};
    fill_corpus();
    if (learn_model_make(&corpus, &trained.bytes, &trained.size, &report, &err))
        fail_msg("%s", err.text);
    assert_true(report.features > 0 && report.held_accuracy >= 8000);
    learn_corpus_dispose(&corpus);
    assert_int_equal(
        label_model_open_bytes(&trained.model, trained.bytes, trained.size, &fixture.counter.allocator, NULL),
        WEISU_OK);
    assert_int_equal(label_scratch_new(&trained.scratch, trained.model, &fixture.counter.allocator), 0);
    return trained;
}

static void dispose(struct trained *trained)
{
    label_scratch_free(trained->scratch);
    label_model_close(trained->model);
    memory_free(&fixture.counter.allocator, trained->bytes, trained->size, 1);
}

static struct label_result decide(struct trained *trained, const char *title, const char *text)
{
    struct label_occurrences found;
    struct label_result result;
    arena_reset(&fixture.arena);
    struct cut_text cut[TOPIC_FIELDS] = {fixture_cut(&fixture, title), fixture_cut(&fixture, text)};
    const struct topic_text texts[TOPIC_FIELDS] = {{&cut[0].characters, &cut[0].tokens},
                                                   {&cut[1].characters, &cut[1].tokens}};
    assert_int_equal(label_features_find(fixture.lexicon, texts, &fixture.arena, &found), 0);
    label_decide(trained->scratch, &found, &result);
    return result;
}

static void classes_are_told_apart(void **state)
{
    (void)state;
    struct trained trained = train();
    struct label_result result = decide(&trained, "", "家里停水了，水管也坏");
    assert_text(label_model_name(trained.model, result.label), "供水");
    assert_true(result.confidence > LABEL_CERTAIN / 2);
    result = decide(&trained, "夜里施工噪音", "");
    assert_text(label_model_name(trained.model, result.label), "噪声");
    assert_int_not_equal(result.label, result.second);
    assert_in_range(result.confidence + result.second_confidence, LABEL_CERTAIN - 1, LABEL_CERTAIN + 1);
    assert_true(label_model_fits(trained.model, fixture.lexicon));
    dispose(&trained);
}

static void what_nothing_speaks_for_is_uncertain(void **state)
{
    (void)state;
    struct trained trained = train();
    struct label_result result = decide(&trained, "", "");
    assert_in_range(result.confidence, LABEL_CERTAIN / 2, LABEL_CERTAIN * 8 / 10); /* as many of each class */
    dispose(&trained);
}

static void title_weighs_more(void **state)
{
    (void)state;
    struct trained trained = train();
    struct label_result title = decide(&trained, "停水", "噪音");
    struct label_result text = decide(&trained, "噪音", "停水");
    assert_text(label_model_name(trained.model, title.label), "供水");
    assert_text(label_model_name(trained.model, text.label), "噪声");
    dispose(&trained);
}

static void equal_records_give_equal_bytes(void **state)
{
    (void)state;
    struct trained first = train();
    struct trained second = train();
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    assert_int_equal(label_model_version(first.model), label_model_version(second.model));
    dispose(&first);
    dispose(&second);
}

static void deciding_allocates_nothing(void **state)
{
    (void)state;
    struct trained trained = train();
    decide(&trained, "停水", "水管坏了，夜里施工，噪音很大");
    size_t before = fixture.counter.requests;
    struct label_result first = decide(&trained, "停水", "水管坏了，夜里施工，噪音很大");
    for (int i = 0; i < 70000; i += 7) /* over the point where the table of cells starts anew */
        decide(&trained, "停水", "");
    struct label_result last = decide(&trained, "停水", "水管坏了，夜里施工，噪音很大");
    assert_memory_equal(&first, &last, sizeof first);
    assert_int_equal(fixture.counter.requests, before);
    dispose(&trained);
}

/* An attacker's text: megabytes, of one word and of many. */
static void long_texts_are_bounded(void **state)
{
    enum { characters = 300000 };
    (void)state;
    struct trained trained = train();
    char *text = malloc(3 * characters + 1);
    assert_non_null(text);
    for (size_t i = 0; i < characters; i++) {
        unsigned code = 0x4e00 + (unsigned)(i * 7919 % 20000);
        text[3 * i] = (char)(0xe0 | code >> 12);
        text[3 * i + 1] = (char)(0x80 | (code >> 6 & 63));
        text[3 * i + 2] = (char)(0x80 | (code & 63));
    }
    text[3 * characters] = 0;
    struct label_result result = decide(&trained, "停水", text);
    assert_in_range(result.confidence, 1, LABEL_CERTAIN);
    for (size_t i = 0; i < characters / 2; i++)
        memcpy(text + 6 * i, "停水", 6);
    result = decide(&trained, text, text);
    assert_text(label_model_name(trained.model, result.label), "供水");
    free(text);
    dispose(&trained);
}

static weisu_code open_code(const void *bytes, size_t size)
{
    struct label_model *model;
    weisu_code code = label_model_open_bytes(&model, bytes, size, NULL, NULL);
    if (code)
        assert_null(model);
    label_model_close(model);
    return code;
}

static void damaged_models_are_refused(void **state)
{
    (void)state;
    struct trained trained = train();
    char *copy = malloc(trained.size);
    assert_non_null(copy);
    memcpy(copy, trained.bytes, trained.size);
    for (size_t at = 0; at < trained.size; at += at < sizeof(struct label_model_header) ? 1 : trained.size / 50) {
        copy[at] ^= 4;
        assert_int_equal(open_code(copy, trained.size), WEISU_EMODEL);
        copy[at] ^= 4;
    }
    assert_int_equal(open_code(copy, trained.size), WEISU_OK);
    assert_int_equal(open_code(copy, trained.size - 1), WEISU_EMODEL);
    assert_int_equal(open_code(copy, 16), WEISU_EMODEL);
    assert_int_equal(open_code(copy + 1, trained.size - 1), WEISU_EINVAL);
    free(copy);
    dispose(&trained);
}

/* A file whose checksum is right and whose numbers lie: refused where reading would go outside. */
static void lying_models_are_refused(void **state)
{
    (void)state;
    struct trained trained = train();
    for (int lie = 0; lie < 8; lie++) {
        char *copy = malloc(trained.size);
        assert_non_null(copy);
        memcpy(copy, trained.bytes, trained.size);
        struct label_model_header *header = (struct label_model_header *)(void *)copy;
        struct label_name *name = (struct label_name *)(void *)(copy + header->section[LABEL_NAMES].offset);
        switch (lie) {
        case 0:
            header->bits++;
            break;
        case 1:
            header->label_count++;
            break;
        case 2:
            header->stride += 4;
            break;
        case 3:
            header->section[LABEL_CELLS].offset += 8;
            break;
        case 4:
            header->section[LABEL_TEXT].size += 4096;
            break;
        case 5:
            name->offset = UINT32_MAX;
            break;
        case 6:
            name->size = 0;
            break;
        default:
            copy[header->section[LABEL_TEXT].offset] = '\n';
            break;
        }
        header->checksum = label_model_checksum(copy, trained.size);
        assert_int_equal(open_code(copy, trained.size), WEISU_EMODEL);
        free(copy);
    }
    dispose(&trained);
}

static void records_that_teach_nothing_are_named(void **state)
{
    (void)state;
    char name[LABEL_MAX_NAME_BYTES + 2];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    fill_corpus();
    size_t before = corpus.document_count;
    assert_int_equal(add("", "", "停水"), WEISU_EMISSING);
    assert_int_equal(add("供水", "", ""), WEISU_EMISSING);
    assert_int_equal(add(name, "", "停水"), WEISU_EFIELD);
    assert_int_equal(add("供\t水", "", "停水"), WEISU_EFIELD);
    assert_int_equal(corpus.document_count, before);
    assert_int_equal(corpus.label_count, 2);
    learn_corpus_dispose(&corpus);
}

static void one_class_is_nothing_to_learn(void **state)
{
    (void)state;
    void *bytes;
    size_t size;
    struct learn_report report;
    learn_corpus_init(&corpus, fixture.lexicon, fixture.segmenter, &fixture.counter.allocator);
    assert_int_equal(add("供水", "", "停水"), WEISU_OK);
    assert_int_equal(add("供水", "", "没水"), WEISU_OK);
    assert_int_equal(learn_model_make(&corpus, &bytes, &size, &report, NULL), WEISU_EFIELD);
    assert_null(bytes);
    learn_corpus_dispose(&corpus);
}

static void too_many_labels_are_refused(void **state)
{
    (void)state;
    char name[16];
    learn_corpus_init(&corpus, fixture.lexicon, fixture.segmenter, &fixture.counter.allocator);
    for (int i = 0; i < LABEL_MAX_LABELS; i++) {
        snprintf(name, sizeof name, "class %d", i);
        assert_int_equal(add(name, "", "停水"), WEISU_OK);
    }
    assert_int_equal(add("one more", "", "停水"), WEISU_ELIMIT);
    assert_int_equal(add("class 7", "", "停水"), WEISU_OK);
    learn_corpus_dispose(&corpus);
}

/* Every request refused once: an error comes back, nothing is lost. */
static void refusal_of_memory_leaves_nothing(void **state)
{
    (void)state;
    size_t held = fixture.counter.held_bytes;
    int done = 0;
    for (size_t at = 1; !done; at++) {
        void *bytes;
        size_t size;
        struct learn_report report;
        fill_corpus();
        fixture.counter.refuse_at = fixture.counter.requests + at;
        weisu_code code = learn_model_make(&corpus, &bytes, &size, &report, NULL);
        fixture.counter.refuse_at = 0;
        done = code == WEISU_OK;
        assert_true(done || (code == WEISU_ENOMEM && !bytes));
        memory_free(&fixture.counter.allocator, bytes, bytes ? size : 0, 1);
        learn_corpus_dispose(&corpus);
        assert_int_equal(fixture.counter.held_bytes, held);
    }
}

/* ---- a city's classes ---- */

struct told_mistakes {
    uint64_t line[8];
    size_t count;
};

static void note_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    struct told_mistakes *told = context;
    assert_non_null(file);
    assert_non_null(text);
    assert_true(told->count < 8);
    told->line[told->count++] = line;
}

static void write_table(char path[64], const char *text)
{
    snprintf(path, 64, "/tmp/weisu-classes-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

static weisu_code open_teller(weisu_classifier **teller, const char *text, struct told_mistakes *told)
{
    char path[64];
    struct table_report report = {.mistake = note_mistake, .context = told};
    write_table(path, text);
    const struct topic_teller_files files = {NULL, path, &report};
    weisu_code code = topic_teller_open(teller, fixture.lexicon, &files, &fixture.counter.allocator, NULL);
    unlink(path);
    return code;
}

static int has_topic(const uint64_t *set, const char *code)
{
    uint32_t topic = taxonomy_find(fixture.lexicon, str(code));
    assert_int_not_equal(topic, UINT32_MAX);
    return set && topic_set_has(set, topic);
}

static void longer_codes_take_topics_away(void **state)
{
    (void)state;
    struct told_mistakes told = {.count = 0};
    weisu_classifier *teller;
    assert_int_equal(open_teller(&teller, "# class\ttopic\n住建\t04\n质监\t0406\n综合\t04\n", &told), WEISU_OK);
    weisu_record record = {.category = str(" 住建 ")};
    const uint64_t *set = topic_teller_ask(teller, &record, NULL, NULL);
    assert_true(has_topic(set, "04") && has_topic(set, "0401") && !has_topic(set, "0406") && !has_topic(set, "0501"));
    record.category = str("质监");
    set = topic_teller_ask(teller, &record, NULL, NULL);
    assert_true(has_topic(set, "0406") && has_topic(set, "040601") && !has_topic(set, "04"));
    record.category = str("no such class");
    assert_null(topic_teller_ask(teller, &record, NULL, NULL));
    assert_int_equal(topic_classes_count(teller->classes), 3);
    assert_true(topic_classes_cover(teller->classes, taxonomy_find(fixture.lexicon, str("040601"))));
    assert_false(topic_classes_cover(teller->classes, taxonomy_find(fixture.lexicon, str("05"))));
    assert_int_not_equal(topic_teller_version(teller), topic_teller_version(NULL));
    topic_teller_close(teller);
}

static void mistakes_are_named_by_line(void **state)
{
    (void)state;
    struct told_mistakes told = {.count = 0};
    weisu_classifier *teller;
    assert_int_equal(open_teller(&teller, "# class\ttopic\n住建\t04\n\t05\n住建\t9999\n住建\t04\n一列\n", &told),
                     WEISU_ESYNTAX);
    assert_null(teller);
    assert_int_equal(told.count, 4);
    for (size_t i = 0; i < told.count; i++)
        assert_int_equal(told.line[i], i + 3);
}

/* The choice is made among what was told; what the text does not speak for changes nothing, or is the answer when it is
 * a single topic. */
static void told_topics_narrow_the_choice(void **state)
{
    (void)state;
    struct told_mistakes told = {.count = 0};
    weisu_classifier *teller;
    struct topic_rules *rules;
    struct topic_scratch *scratch;
    struct topic_result result;
    assert_int_equal(open_teller(&teller, "供水\t01\n文体\t26\n教文\t15\n教文\t26\n", &told), WEISU_OK);
    assert_int_equal(topic_rules_new(&rules, fixture.lexicon, fixture.segmenter, NULL, NULL), WEISU_OK);
    assert_int_equal(topic_scratch_new(&scratch, rules, NULL), 0);
    static const struct {
        const char *category;
        const char *code;
    } cases[] = {{"", "03"}, {"供水", "0101"}, {"文体", "26"}, {"教文", "03"}};
    for (size_t i = 0; i < 4; i++) {
        arena_reset(&fixture.arena);
        struct cut_text title = fixture_cut(&fixture, "小区停电停电");
        struct cut_text text = fixture_cut(&fixture, "水泵不转，跟着停水。");
        const struct topic_text texts[TOPIC_FIELDS] = {{&title.characters, &title.tokens},
                                                       {&text.characters, &text.tokens}};
        weisu_record record = {.category = str(cases[i].category)};
        topic_analyse(rules, &record, texts, topic_teller_ask(teller, &record, NULL, NULL), scratch, &result);
        weisu_str code = taxonomy_topic(fixture.lexicon, result.topic).code;
        assert_memory_equal(code.data, cases[i].code, strlen(cases[i].code));
    }
    topic_scratch_free(scratch);
    topic_rules_free(rules);
    topic_teller_close(teller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_told_apart),
        cmocka_unit_test(what_nothing_speaks_for_is_uncertain),
        cmocka_unit_test(title_weighs_more),
        cmocka_unit_test(equal_records_give_equal_bytes),
        cmocka_unit_test(deciding_allocates_nothing),
        cmocka_unit_test(long_texts_are_bounded),
        cmocka_unit_test(damaged_models_are_refused),
        cmocka_unit_test(lying_models_are_refused),
        cmocka_unit_test(records_that_teach_nothing_are_named),
        cmocka_unit_test(one_class_is_nothing_to_learn),
        cmocka_unit_test(too_many_labels_are_refused),
        cmocka_unit_test(refusal_of_memory_leaves_nothing),
        cmocka_unit_test(longer_codes_take_topics_away),
        cmocka_unit_test(mistakes_are_named_by_line),
        cmocka_unit_test(told_topics_narrow_the_choice),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
