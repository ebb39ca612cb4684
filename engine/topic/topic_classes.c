#include "topic/topic_classes.h"

#include "base/failure.h"
#include "base/id_map.h"

struct class_row {
    uint32_t class_index;
    uint32_t topic;
};

struct topic_classes {
    const weisu_allocator *allocator;
    struct id_map class_of; /* hash of the name → class */
    struct id_map pairs;    /* what came already */
    struct class_row *row;
    size_t row_capacity;
    size_t row_count;
    uint64_t *set; /* [class_count + 1][words]; the last: of all classes */
    size_t words;
    uint32_t class_count;
    uint64_t version;
};

static weisu_str trim(weisu_str text)
{
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    while (text.size && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    return text;
}

static uint64_t hash_of(weisu_str name)
{
    name = trim(name);
    return hash_bytes(name.data, name.size);
}

static weisu_code add_class(struct topic_classes *classes, uint64_t hash, uint32_t *out, weisu_err *err)
{
    *out = id_map_get(&classes->class_of, hash);
    if (*out != ID_MAP_NONE)
        return WEISU_OK;
    if (classes->class_count == TOPIC_MAX_CLASSES)
        return failure(err, WEISU_ELIMIT, "more than %d classes", TOPIC_MAX_CLASSES);
    *out = classes->class_count;
    if (id_map_put(&classes->class_of, hash, *out))
        return failure(err, WEISU_ENOMEM, "no memory for a class");
    classes->class_count++;
    return WEISU_OK;
}

static weisu_code add_row(struct topic_classes *classes, const struct lexicon *lexicon, struct table *table,
                          const struct table_row *row, weisu_err *err)
{
    uint32_t topic = taxonomy_find(lexicon, row->field[1]);
    uint64_t hash = hash_of(row->field[0]);
    uint64_t pair = hash_pair(hash, topic);
    const char *wrong = NULL;
    if (trim(row->field[0]).size == 0)
        wrong = "the class is empty";
    else if (topic == UINT32_MAX)
        wrong = "unknown topic";
    else if (id_map_get(&classes->pairs, pair) != ID_MAP_NONE)
        wrong = "the class has this topic already";
    if (wrong) {
        table_mistake(table->report, table->path, row->line, "%s", wrong);
        return WEISU_OK;
    }
    struct class_row made = {0, topic};
    weisu_code code = add_class(classes, hash, &made.class_index, err);
    if (code)
        return code;
    if (id_map_put(&classes->pairs, pair, 0) ||
        memory_reserve(classes->allocator, (void **)&classes->row, &classes->row_capacity, classes->row_count + 1,
                       sizeof made))
        return failure(err, WEISU_ENOMEM, "no memory for the table of classes");
    classes->row[classes->row_count++] = made;
    classes->version = hash_pair(classes->version, pair);
    return WEISU_OK;
}

static weisu_code read_rows(struct topic_classes *classes, const struct lexicon *lexicon, const char *path,
                            struct table_report *report, weisu_err *err)
{
    struct table table;
    struct table_row row;
    uint64_t before = report->count;
    weisu_code code = table_open(&table, path, report, classes->allocator, err);
    if (code)
        return code;
    while (!code && table_next(&table, 2, 3, &row))
        code = add_row(classes, lexicon, &table, &row, err);
    table_close(&table);
    if (!code && report->count > before)
        code = failure(err, WEISU_ESYNTAX, "%s: %llu mistakes", path, (unsigned long long)(report->count - before));
    return code;
}

/* The nearest topic at or above that a row names, or UINT32_MAX. */
static uint32_t named_above(const struct lexicon *lexicon, const uint64_t *named, uint32_t topic)
{
    while (topic != UINT32_MAX && !topic_set_has(named, topic))
        topic = taxonomy_topic(lexicon, topic).parent;
    return topic;
}

static void fill_sets(struct topic_classes *classes, const struct lexicon *lexicon)
{
    uint32_t topics = taxonomy_topic_count(lexicon);
    uint64_t *named = classes->set + classes->class_count * classes->words;
    for (size_t i = 0; i < classes->row_count; i++)
        named[classes->row[i].topic / 64] |= UINT64_C(1) << classes->row[i].topic % 64;
    for (uint32_t topic = 0; topic < topics; topic++) {
        uint32_t from = named_above(lexicon, named, topic);
        for (size_t i = 0; i < classes->row_count && from != UINT32_MAX; i++)
            if (classes->row[i].topic == from)
                classes->set[classes->row[i].class_index * classes->words + topic / 64] |= UINT64_C(1) << topic % 64;
    }
    for (uint32_t topic = 0; topic < topics; topic++)
        if (named_above(lexicon, named, topic) != UINT32_MAX)
            classes->set[(classes->class_count + (size_t)1) * classes->words + topic / 64] |= UINT64_C(1) << topic % 64;
}

weisu_code topic_classes_open(struct topic_classes **out, const struct lexicon *lexicon, const char *path,
                              struct table_report *report, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    struct topic_classes *classes = memory_new_zeroed(allocator, 1, sizeof *classes);
    if (!classes)
        return failure(err, WEISU_ENOMEM, "no memory for the table of classes");
    classes->allocator = allocator;
    id_map_init(&classes->class_of, allocator);
    id_map_init(&classes->pairs, allocator);
    classes->words = taxonomy_topic_count(lexicon) / 64 + 1;
    weisu_code code = read_rows(classes, lexicon, path, report, err);
    if (code) {
        topic_classes_close(classes);
        return code;
    }
    classes->set =
        memory_new_zeroed(allocator, (classes->class_count + (size_t)2) * classes->words, sizeof *classes->set);
    if (!classes->set) {
        topic_classes_close(classes);
        return failure(err, WEISU_ENOMEM, "no memory for the table of classes");
    }
    fill_sets(classes, lexicon);
    *out = classes;
    return WEISU_OK;
}

void topic_classes_close(struct topic_classes *classes)
{
    if (!classes)
        return;
    id_map_dispose(&classes->class_of);
    id_map_dispose(&classes->pairs);
    memory_free(classes->allocator, classes->row, classes->row_capacity, sizeof *classes->row);
    memory_free(classes->allocator, classes->set, (classes->class_count + (size_t)2) * classes->words,
                sizeof *classes->set);
    memory_free(classes->allocator, classes, 1, sizeof *classes);
}

uint32_t topic_classes_count(const struct topic_classes *classes)
{
    return classes->class_count;
}

uint32_t topic_classes_find(const struct topic_classes *classes, weisu_str name)
{
    return id_map_get(&classes->class_of, hash_of(name));
}

const uint64_t *topic_classes_set(const struct topic_classes *classes, uint32_t class_index)
{
    return classes->set + class_index * classes->words;
}

int topic_classes_cover(const struct topic_classes *classes, uint32_t topic)
{
    return topic_set_has(classes->set + (classes->class_count + (size_t)1) * classes->words, topic);
}

uint64_t topic_classes_version(const struct topic_classes *classes)
{
    return classes->version;
}
