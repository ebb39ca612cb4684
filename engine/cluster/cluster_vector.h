/* The vector of a record: what clustering compares. Built in analysis, from tokens, place and topic; pure.
 *
 * Terms are 64-bit hashes: of a word (lexicon_word.term, or lexicon_term of its spelling where the dictionary has
 * none), of a number with what it counts ("三期", "3期" and "3 期" are one term), of two neighbouring characters of the
 * title or of a place's name in either order (谷山庭苑 and 谷山庭院 share two of three), of a place. Each has a weight
 * that does not yet know document frequencies: those come from the published model at propose. The title counts several
 * times, of the text the first CLUSTER_TEXT_TOKENS words that carry meaning count once each: measured in
 * docs/clustering.md. */
#ifndef CLUSTER_CLUSTER_VECTOR_H
#define CLUSTER_CLUSTER_VECTOR_H

#include "place/place.h"
#include "topic/topic.h"

enum { CLUSTER_MAX_TERMS = 64, CLUSTER_MAX_PLACES = 8, CLUSTER_TEXT_TOKENS = 60 };

struct cluster_term {
    uint64_t term;
    uint16_t weight;   /* 1 + ln(occurrences) × 256; an occurrence in the title counts several times */
    uint16_t idf_q8;   /* prior inverse document frequency, log2, × 256, from the word's frequency in the dictionary */
    uint16_t is_place; /* 1: it names the place (part of a mention), 0: it tells the issue */
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
    const weisu_str *spelling;                      /* [term_count] for keywords, in the record; size 0: it has none */
    struct cluster_place place[CLUSTER_MAX_PLACES]; /* strongest first */
    uint64_t
        near_copy;     /* hash of the text without its place mentions and digits: equal for near-copies; 0: too short */
    uint64_t reporter; /* hash of record->reporter, as cluster_case.reporter; 0 unknown */
    uint64_t division; /* code of the tightest certain division, 0 none */
    uint64_t spot;     /* key of the main spot, 0 none */
    uint32_t topic;    /* taxonomy index or UINT32_MAX; in memory only */
    weisu_str title;   /* for the cluster's title: the record's own, or the beginning of its text */
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
