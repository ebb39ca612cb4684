/* The image: dictionary, gazetteer and taxonomy in one mapped, read-only, checksummed file.
 *
 * One double array over folded characters holds all words: the word list, names of places, terms of topics, risk words,
 * concepts. A word carries tags that say what it means to the stages after segmentation, so that the text is walked
 * once. Built by image_build.h from the text tables of datasets/; opened in under 5 ms.
 * Immutable after opening: any number of threads read it. Pointers live until lexicon_close. */
#ifndef LEXICON_LEXICON_H
#define LEXICON_LEXICON_H

#include "base/hash.h"
#include "base/memory.h"

#include <weisu/error.h>
#include <weisu/str.h>

#include <stdint.h>

#define LEXICON_NO_WORD UINT32_MAX

struct lexicon;

/* Maps and verifies the image: magic, version, byte order, size, checksum of everything, bounds of every section.
 * WEISU_EIO (cannot be opened or mapped), WEISU_EIMAGE (damaged, truncated, foreign), WEISU_ENOMEM; *out is NULL then.
 */
weisu_code lexicon_open(struct lexicon **out, const char *path, const weisu_allocator *allocator, weisu_err *err);
/* The same over bytes that the caller keeps alive (used by tests and fuzzing), aligned to 8; WEISU_EINVAL otherwise. */
weisu_code lexicon_open_bytes(struct lexicon **out, const void *bytes, size_t size, const weisu_allocator *allocator,
                              weisu_err *err);
void lexicon_close(struct lexicon *lexicon);

/* Hashes of what the image was built from, for checkpoints and summary.json. */
struct lexicon_versions {
    uint64_t dictionary;
    uint64_t gazetteer;
    uint64_t taxonomy;
    uint64_t image; /* checksum of all */
};
struct lexicon_versions lexicon_versions(const struct lexicon *lexicon);

/* ---- words ---- */

enum lexicon_tag_kind {
    LEXICON_TAG_PLACE,     /* value: index of a gazetteer node (an ambiguous name has several) */
    LEXICON_TAG_TOPIC,     /* value: index of a row of the topic-term table */
    LEXICON_TAG_RISK,      /* value: grade 1 (gravest) to 4 */
    LEXICON_TAG_SUFFIX,    /* value: spot suffix: kind << 8 | strength */
    LEXICON_TAG_SPOT_STOP, /* looks like a spot by its suffix but is none; value 0 */
    LEXICON_TAG_STOP,      /* carries no meaning for clustering (function word, salutation); value 0 */
    LEXICON_TAG_COMMON     /* says little about which problem a complaint is about; value: 1 any uses it, 2 many do */
};

/* Kinds of spots, the high part of a LEXICON_TAG_SUFFIX value; named in spot_suffixes.tsv in this order. */
enum spot_kind {
    SPOT_NONE,
    SPOT_ESTATE,
    SPOT_SCHOOL,
    SPOT_HOSPITAL,
    SPOT_ROAD,
    SPOT_STATION,
    SPOT_MARKET,
    SPOT_COMPANY,
    SPOT_PARK,
    SPOT_SITE,
    SPOT_BUILDING,
    SPOT_VILLAGE,
    SPOT_PUBLIC,
    SPOT_KINDS
};

struct lexicon_tag {
    uint32_t kind;
    uint32_t value;
};

struct lexicon_word {
    uint64_t term;      /* lexicon_term of the spelling, or of its concept's name, so that synonyms meet */
    uint32_t first_tag; /* into the tag table */
    uint16_t tag_count;
    uint16_t idf_q8;        /* prior inverse document frequency, log2, × 256, from the word's frequency */
    uint32_t frequency;     /* as in the tables, summed over duplicates */
    uint8_t part_of_speech; /* first letter of jieba's tag: 'n', 'v', … or 0 */
    uint8_t length;         /* characters */
    uint16_t reserved;
};

/* Identity of a spelling (folded characters), also of one that no dictionary holds. Stable for ever; little-endian
 * hosts only, as the image. */
static inline uint64_t lexicon_term(const uint16_t *code, size_t count)
{
    return hash_bytes(code, count * sizeof *code);
}

uint32_t lexicon_word_count(const struct lexicon *lexicon);
/* `word` < lexicon_word_count. */
const struct lexicon_word *lexicon_word(const struct lexicon *lexicon, uint32_t word);
/* The word's `tag_count` tags, ordered by kind and value. */
const struct lexicon_tag *lexicon_tags(const struct lexicon *lexicon, const struct lexicon_word *word);
/* Exact look-up of folded characters; LEXICON_NO_WORD when unknown. */
uint32_t lexicon_find(const struct lexicon *lexicon, const uint16_t *code, size_t count);

/* [65536] folded character → number of its sound, 0 unknown: characters of one sound are typed for each other. */
const uint16_t *lexicon_sounds(const struct lexicon *lexicon);

/* ---- gazetteer ---- */

#define PLACE_NO_POSITION INT32_MAX

enum place_level { PLACE_CITY, PLACE_DISTRICT, PLACE_SUBDISTRICT, PLACE_COMMUNITY, PLACE_SPOT, PLACE_LEVELS };

struct gazetteer_node {
    uint64_t code;   /* 12-digit division code */
    uint32_t parent; /* index, UINT32_MAX for the city */
    uint32_t level;  /* enum place_level */
    weisu_str name;  /* UTF-8, in the image */
    int32_t lat_e7;  /* degrees × 10^7, WGS 84; both PLACE_NO_POSITION when it is not known */
    int32_t lon_e7;
};

uint32_t gazetteer_count(const struct lexicon *lexicon);
struct gazetteer_node gazetteer_node(const struct lexicon *lexicon, uint32_t index);
/* Index of the node with that code, or UINT32_MAX. Binary search. */
uint32_t gazetteer_find(const struct lexicon *lexicon, uint64_t code);

/* ---- taxonomy ---- */

struct taxonomy_topic {
    weisu_str code;  /* "03", "0301", "030102" */
    uint32_t parent; /* index, UINT32_MAX for a first-level topic */
    uint32_t level;  /* 0, 1, 2 */
    weisu_str name;
    weisu_str lead;  /* lead unit; inherited from the parent where the row leaves it empty */
    weisu_str joins; /* units separated by ';' */
    weisu_str tags;  /* 七有五性 tags separated by ';' */
};

enum topic_term_kind {
    TOPIC_TERM,
    TOPIC_PHRASE,
    TOPIC_EXCLUDE,
    TOPIC_DETAIL /* chooses among the third-level topics of a second-level one, and says nothing above them */
};

/* One row of terms.tsv. A term is one word of the dictionary and is tagged there; a phrase or an exclusion may be any
 * wording. Wordings of several words never enter the dictionary (they would change the segmentation): topic/ cuts them
 * with the segmenter when it starts. A space in `text` stands for a gap ("水管 爆"): the parts in order, close
 * together. */
struct taxonomy_term {
    uint32_t topic;  /* index of the topic */
    uint16_t weight; /* 1 to 9 */
    uint16_t kind;   /* enum topic_term_kind */
    weisu_str text;  /* UTF-8, in the image */
};

uint32_t taxonomy_topic_count(const struct lexicon *lexicon);
struct taxonomy_topic taxonomy_topic(const struct lexicon *lexicon, uint32_t index);
/* Index of the topic with that code, or UINT32_MAX. */
uint32_t taxonomy_find(const struct lexicon *lexicon, weisu_str code);
uint32_t taxonomy_term_count(const struct lexicon *lexicon);
struct taxonomy_term taxonomy_term(const struct lexicon *lexicon, uint32_t index);

#endif
