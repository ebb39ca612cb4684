/* Place: where is it? Text and fields → a path in the place tree, and mentions of spots.
 *
 * Pure function of (record, image). Division names come from the image's tags. Spots (estates, schools, roads, stations
 * …) are found by their form: a suffix, and before it a run of tokens that ends at a function word, a verb, punctuation
 * or a level word (市 区 县 镇 街道, also of a masked or foreign city: "A市A3区"); what follows a level word and
 * carries no suffix may be a name too. A spot's identity is the hash of (city, canonical name): spellings that differ
 * by 小区, 二期, 第三 / 第3 or script give one key. Its parent is an attribute, the tightest division that is certain.
 * A name that several divisions bear is resolved by the rest of the record, or left open with its candidates.
 *
 * Works from tokens, one byte look-up a token; takes memory from the arena only for the names it returns. */
#ifndef PLACE_PLACE_H
#define PLACE_PLACE_H

#include "segment/segmenter.h"

#include <weisu/record.h>

enum { PLACE_MAX_MENTIONS = 12, PLACE_MAX_CANDIDATES = 4 };

enum place_field { PLACE_IN_ADDRESS, PLACE_IN_TITLE, PLACE_IN_TEXT, PLACE_FIELDS };

/* One field of the record, decoded and segmented. A field that is absent has no characters. */
struct place_text {
    const struct characters *characters;
    const struct seg_tokens *tokens;
};

struct place_mention {
    uint64_t key;        /* spot: hash of (city, canonical name); division: its 12-digit code */
    uint32_t node;       /* gazetteer index of a division, UINT32_MAX for a spot */
    uint32_t field;      /* enum place_field */
    uint32_t begin, end; /* character range in that field: what was read */
    uint16_t strength;   /* 1 to 1000: how sure that this names a place, and the place of this complaint */
    uint16_t kind;       /* spot kind of the suffix table; 0 for a division */
    weisu_str name;      /* canonical name, UTF-8, in the arena */
};

struct place_result {
    uint32_t node;     /* gazetteer index of the tightest certain division, UINT32_MAX when none */
    uint32_t level;    /* its enum place_level; PLACE_SPOT when spot_key is set */
    uint64_t spot_key; /* the main spot, 0 when none */
    weisu_str spot_name;
    uint32_t candidate[PLACE_MAX_CANDIDATES]; /* divisions that an ambiguous name left open */
    uint32_t candidate_count;
    uint32_t mention_count;
    struct place_mention mention[PLACE_MAX_MENTIONS]; /* strongest first; ties by field and position */
    uint32_t contradiction; /* 1 when a field and the text name different divisions; the field wins */
    uint32_t said_node;     /* what the text names then, UINT32_MAX without a contradiction */
};

struct place_rules;

/* What the words of the image mean to places, one byte a word. `city_code`: 12 digits, the root of the paths; it takes
 * part in the keys of spots. Keeps `lexicon`, which must outlive it. WEISU_ENOMEM; *out is NULL then. About 2 ms. */
weisu_code place_rules_new(struct place_rules **out, const struct lexicon *lexicon, uint64_t city_code,
                           const weisu_allocator *allocator, weisu_err *err);
void place_rules_free(struct place_rules *rules);

/* `text` is indexed by enum place_field. Strings of the result live in `arena`. 0; -1 when memory is out. */
int place_analyse(const struct place_rules *rules, const weisu_record *record,
                  const struct place_text text[PLACE_FIELDS], struct arena *arena, struct place_result *out);

#endif
