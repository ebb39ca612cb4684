/* A city's own classes: which topics each stands for.
 *
 * A table of pairs "class<TAB>topic code": the class stands for that topic and all below it, but not for what a row
 * with a longer code gives to other classes. A class may have many rows (a coarse class of many topics), a topic many
 * classes. Text as everywhere in datasets/: UTF-8, `#` begins a comment line. Immutable after opening. */
#ifndef TOPIC_TOPIC_CLASSES_H
#define TOPIC_TOPIC_CLASSES_H

#include "base/memory.h"
#include "lexicon/lexicon.h"
#include "lexicon/table_file.h"

enum { TOPIC_MAX_CLASSES = 1 << 16 };

#define TOPIC_NO_CLASS UINT32_MAX

struct topic_classes;

/* Mistakes (an unknown topic, an empty class, the same pair twice) go to `report` and make the call fail with
 * WEISU_ESYNTAX after all of them were named. Also WEISU_EIO, WEISU_ELIMIT, WEISU_ENOMEM. Keeps nothing of `lexicon`.
 */
weisu_code topic_classes_open(struct topic_classes **out, const struct lexicon *lexicon, const char *path,
                              struct table_report *report, const weisu_allocator *allocator, weisu_err *err);
void topic_classes_close(struct topic_classes *classes);

uint32_t topic_classes_count(const struct topic_classes *classes);
/* The class of that exact name, or TOPIC_NO_CLASS. */
uint32_t topic_classes_find(const struct topic_classes *classes, weisu_str name);
/* One bit a topic: what the class stands for. Valid until closing. */
const uint64_t *topic_classes_set(const struct topic_classes *classes, uint32_t class_index);
/* Whether any class stands for the topic. */
int topic_classes_cover(const struct topic_classes *classes, uint32_t topic);
/* Hash of the table's bytes as they were understood: its identity. */
uint64_t topic_classes_version(const struct topic_classes *classes);

static inline int topic_set_has(const uint64_t *set, uint32_t topic)
{
    return (int)(set[topic / 64] >> topic % 64 & 1);
}

#endif
