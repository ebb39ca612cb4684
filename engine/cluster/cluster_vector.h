/* The vector of a record: what clustering compares. Built in analysis, from tokens, place and topic; pure.
 *
 * Terms are 64-bit hashes (lexicon_word.term, or the hash of the folded spelling where the dictionary has no word),
 * each with a weight that does not yet know document frequencies: those come from the published model at propose. */
#ifndef CLUSTER_CLUSTER_VECTOR_H
#define CLUSTER_CLUSTER_VECTOR_H

#include "place/place.h"
#include "topic/topic.h"

enum { CLUSTER_MAX_TERMS = 64, CLUSTER_MAX_PLACES = 8 };

struct cluster_term {
    uint64_t term;
    uint16_t weight;   /* occurrence weight × 256: title above text, early above late */
    uint16_t idf_q8;   /* prior of the word (lexicon_word.idf_q8; the maximum for a word that is unknown) */
    uint32_t spelling; /* offset of its spelling in cluster_vector.spellings, for keywords */
};

struct cluster_place {
    uint64_t key;      /* spot key or division code */
    uint16_t strength; /* 1 to 1000 */
    uint16_t is_spot;
};

struct cluster_vector {
    uint32_t term_count;
    uint32_t place_count;
    const struct cluster_term *term;                /* [term_count], strongest first; in the arena */
    struct cluster_place place[CLUSTER_MAX_PLACES]; /* strongest first */
    const char *spellings;                          /* 0-terminated spellings, in the arena */
    uint64_t near_copy; /* hash of the text without its place mentions and digits: equal for near-copies */
    uint64_t division;  /* code of the tightest certain division, 0 none */
    uint64_t spot;      /* key of the main spot, 0 none */
    uint32_t topic;     /* taxonomy index or UINT32_MAX; in memory only */
    weisu_str title;    /* for the cluster's title: the record's own, or the beginning of its text */
    weisu_str spot_name;
};

struct cluster_text {
    const struct characters *characters;
    const struct seg_tokens *tokens;
};

struct cluster_source {
    const struct lexicon *lexicon;
    const weisu_record *record; /* category and address stand in for a text that is not there */
    struct cluster_text title;
    struct cluster_text text;
    const struct place_result *place;
    const struct topic_result *topic;
};

/* 0; -1 when memory is out. */
int cluster_vector_build(const struct cluster_source *source, struct arena *arena, struct cluster_vector *out);

#endif
