#include "cli/class_check.h"

#include "base/failure.h"
#include "base/id_map.h"
#include "cli/label_records.h"
#include "topic/topic_classes.h"

#include <stdio.h>
#include <string.h>

static const struct command_usage usage = {.name = "lexicon check"};

struct class_check {
    const struct lexicon *lexicon;
    struct topic_classes *classes;
    struct id_map seen; /* hashes of categories that were looked at */
    size_t unknown;
};

static void print_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    (void)context;
    fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line, text);
}

/* Whether classes stand for all that is below the topic. */
static int is_covered_below(const struct class_check *check, uint32_t topic)
{
    uint32_t below = 0;
    for (uint32_t i = 0; i < taxonomy_topic_count(check->lexicon); i++) {
        if (taxonomy_topic(check->lexicon, i).parent != topic)
            continue;
        below++;
        if (!topic_classes_cover(check->classes, i) && !is_covered_below(check, i))
            return 0;
    }
    return below > 0;
}

static void print_uncovered(const struct class_check *check)
{
    size_t uncovered = 0;
    for (uint32_t i = 0; i < taxonomy_topic_count(check->lexicon); i++) {
        struct taxonomy_topic topic = taxonomy_topic(check->lexicon, i);
        if (topic.level > 1 || topic_classes_cover(check->classes, i) || is_covered_below(check, i))
            continue;
        uncovered++;
        printf(speak_chinese() ? "没有类别对应问题 %.*s %.*s\n" : "no class stands for topic %.*s %.*s\n",
               (int)topic.code.size, topic.code.data, (int)topic.name.size, topic.name.data);
    }
    printf(speak_chinese() ? "%u 个类别；%zu 个一、二级问题没有对应\n"
                           : "%u classes; %zu topics of the first two levels are left over\n",
           topic_classes_count(check->classes), uncovered);
}

static int names_topic(const struct lexicon *lexicon, weisu_str name)
{
    for (uint32_t i = 0; i < taxonomy_topic_count(lexicon); i++) {
        struct taxonomy_topic topic = taxonomy_topic(lexicon, i);
        if ((topic.code.size == name.size && memcmp(topic.code.data, name.data, name.size) == 0) ||
            (topic.name.size == name.size && memcmp(topic.name.data, name.data, name.size) == 0))
            return 1;
    }
    return 0;
}

static weisu_code take_record(void *context, const weisu_record *record, weisu_err *err)
{
    struct class_check *check = context;
    weisu_str category = record->category;
    uint64_t hash = hash_bytes(category.data, category.size);
    if (category.size == 0 || id_map_get(&check->seen, hash) != ID_MAP_NONE)
        return WEISU_OK;
    if (id_map_put(&check->seen, hash, 0))
        return failure(err, WEISU_ENOMEM, "no memory for the categories");
    if (topic_classes_find(check->classes, category) != TOPIC_NO_CLASS || names_topic(check->lexicon, category))
        return WEISU_OK;
    check->unknown++;
    printf(speak_chinese() ? "表中没有类别 %.*s\n" : "the table lacks the category %.*s\n", (int)category.size,
           category.data);
    return WEISU_OK;
}

static int check_records(struct class_check *check, struct label_records *records, const char *path)
{
    char *files[] = {(char *)(uintptr_t)path};
    if (!path)
        return EXIT_DONE;
    int status = label_records_each(records, files, 1, take_record, check);
    return status ? status : check->unknown ? EXIT_REJECTED : EXIT_DONE;
}

static int check_table(struct class_check *check, struct label_records *records,
                       const struct class_check_settings *settings)
{
    struct table_report report = {.mistake = print_mistake};
    weisu_err err;
    weisu_code code = topic_classes_open(&check->classes, check->lexicon, settings->categories, &report, NULL, &err);
    if (code == WEISU_ESYNTAX) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_REJECTED;
    }
    if (code)
        return report_failure(usage.name, &err);
    print_uncovered(check);
    return check_records(check, records, settings->records);
}

int class_check(const struct class_check_settings *settings)
{
    const struct label_settings label = {.image = settings->image};
    struct label_records records;
    struct class_check check = {.lexicon = NULL};
    int status = label_records_open(&records, &usage, &label);
    if (!status) {
        check.lexicon = records.setup.lexicon;
        id_map_init(&check.seen, NULL);
        status = check_table(&check, &records, settings);
        id_map_dispose(&check.seen);
    }
    topic_classes_close(check.classes);
    label_records_close(&records);
    return status;
}
