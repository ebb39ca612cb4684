/* The tables of datasets/, read, checked against each other and joined: what image_build.h writes and what
 * `weisu lexicon check` judges. Offline; one thread. */
#ifndef LEXICON_IMAGE_SOURCES_H
#define LEXICON_IMAGE_SOURCES_H

#include "base/byte_buffer.h"
#include "lexicon/character_codes.h"
#include "lexicon/image_format.h"
#include "lexicon/table_file.h"
#include "lexicon/word_table.h"

enum { SOURCE_MAX_TABLES = 128, SOURCE_MAX_PATH = 1024 };

/* A row of a gazetteer; slices of its table. */
struct place_row {
    const char *file;
    uint64_t line;
    uint64_t code;
    uint64_t parent_code; /* 0 for a city */
    uint32_t parent;      /* index after sorting, UINT32_MAX for a city */
    uint32_t level;
    weisu_str name;
    weisu_str aliases; /* separated by spaces */
    int32_t lat_e7;    /* both PLACE_NO_POSITION when the row names none */
    int32_t lon_e7;
};

/* A row of topics.tsv. Empty units and tags are filled from the parent. */
struct topic_row {
    uint64_t line;
    uint32_t parent;
    uint32_t level;
    weisu_str code, parent_code, name, lead, joins, tags;
};

struct term_row {
    uint32_t topic;
    uint16_t weight;
    uint16_t kind;
    weisu_str text;
};

struct image_sources {
    const weisu_allocator *allocator;
    const char *folder; /* datasets/, the caller's */
    const char *city;   /* as in struct image_options */
    struct table_report report;
    struct word_table words;
    uint16_t joins[CHARACTER_COUNT];       /* bits of enum join_class */
    uint16_t sounds[CHARACTER_COUNT];      /* number of the sound, 0 none */
    struct table table[SOURCE_MAX_TABLES]; /* open until the end: rows hold slices of them */
    char path[SOURCE_MAX_TABLES][SOURCE_MAX_PATH];
    size_t table_count;
    struct place_row *place; /* sorted by code */
    size_t place_count;
    size_t place_capacity;
    struct topic_row *topic; /* sorted by code */
    size_t topic_count;
    size_t topic_capacity;
    struct term_row *term; /* in the file's order */
    size_t term_count;
    size_t term_capacity;
    struct id_map seen; /* of the table being read: what may stand there only once */
};

/* Reads all tables under `folder` (only lexicon/words.tsv when `words_only`). Mistakes are reported and their rows left
 * out; a file that cannot be read is an error (WEISU_EIO). WEISU_ENOMEM. May be disposed in every case. */
weisu_code image_sources_read(struct image_sources *sources, int words_only, weisu_err *err);
void image_sources_init(struct image_sources *sources, const char *folder, const struct table_report *report,
                        const weisu_allocator *allocator);
void image_sources_dispose(struct image_sources *sources);

/* ---- for the readers of the single tables ---- */

/* Opens folder/name; it stays open. */
weisu_code sources_open(struct image_sources *sources, const char *name, struct table **table, weisu_err *err);
/* Entry of a word, marked; reports a word that cannot be one (*entry is WORD_TABLE_NONE then). WEISU_ENOMEM. */
weisu_code sources_word(struct image_sources *sources, const struct table *table, const struct table_row *row,
                        weisu_str word, uint32_t *entry);
/* The same for a word that may stand only once in its table; *entry is WORD_TABLE_NONE the second time too. */
weisu_code sources_word_once(struct image_sources *sources, const struct table *table, const struct table_row *row,
                             weisu_str word, uint32_t *entry);
/* Remembers a key of the current table; reports the second time. 1 when it is new, 0 when it was there, -1 when memory
 * is out. `what` names the thing in the report. */
int sources_once(struct image_sources *sources, const struct table *table, const struct table_row *row, uint64_t key,
                 const char *what);

weisu_code read_dictionary(struct image_sources *sources, int words_only, weisu_err *err);
/* After word_table_select. */
weisu_code read_pairs(struct image_sources *sources, weisu_err *err);
weisu_code read_gazetteer(struct image_sources *sources, weisu_err *err);
weisu_code read_taxonomy(struct image_sources *sources, weisu_err *err);

#endif
