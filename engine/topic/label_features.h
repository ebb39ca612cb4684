/* What the trained classifier sees of a record: words, pairs of words, pairs and triples of characters, as
 * hashes.
 *
 * A word counts as its term, so that the synonyms of the concept lexicon meet; a number counts as "a number". Pairs
 * stand side by side: no mark or space between them. What stands in the title, or at the beginning of a text without
 * one, counts twice. Training and classification both come through here; LABEL_FEATURES_VERSION changes with anything
 * that changes a hash or a count. Pure; any thread with its own scratch. */
#ifndef TOPIC_LABEL_FEATURES_H
#define TOPIC_LABEL_FEATURES_H

#include "topic/topic.h"

enum {
    LABEL_FEATURES_VERSION = 1,
    LABEL_MAX_TOKENS = 8192 /* of a field; what stands behind them is not looked at */
};

enum label_feature_kind {
    LABEL_WORD,
    LABEL_WORD_PAIR,
    LABEL_CHARACTER_PAIR,
    LABEL_CHARACTER_TRIPLE,
    LABEL_FEATURE_KINDS
};

/* An occurrence is one number, because the hot path reads hundreds of them a record: a hash in the upper bits, kind and
 * units (2 in the title or at the beginning, else 1) in the lowest. */
enum { LABEL_NOTE_BITS = 4 };

static inline uint64_t label_hash(uint64_t occurrence)
{
    return occurrence >> LABEL_NOTE_BITS << LABEL_NOTE_BITS;
}
static inline enum label_feature_kind label_kind(uint64_t occurrence)
{
    return (enum label_feature_kind)(occurrence >> 2 & 3);
}
static inline uint32_t label_units(uint64_t occurrence)
{
    return (uint32_t)(occurrence & 3);
}

struct label_occurrences {
    uint64_t *at; /* [count], in order of the text; in the arena that was given */
    size_t count;
};

/* `text` is indexed by enum topic_field. 0; -1 when memory is out. One multiplication an occurrence. */
int label_features_find(const struct lexicon *lexicon, const struct topic_text text[TOPIC_FIELDS], struct arena *arena,
                        struct label_occurrences *out);

#endif
