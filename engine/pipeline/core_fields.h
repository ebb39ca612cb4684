/* The fields of a core. Internal to pipeline/core*.c. */
#ifndef PIPELINE_CORE_FIELDS_H
#define PIPELINE_CORE_FIELDS_H

#include "alert/alert_book.h"
#include "detect/detector.h"
#include "pipeline/analyse.h"
#include "pipeline/core.h"
#include "segment/word_overlay.h"

enum {
    VERSION_STEP = 4096, /* learnt state is published at sequence numbers divisible by this; no slice crosses one */
    SLICE = 512,         /* entries whose proposals see one state */
    CHUNK = 16,          /* records a task takes at once: small enough to balance, large enough to hide the hand-out */
    LANES = 2            /* slices in work at once: one is committed while the next is analysed */
};

/* What the commit step needs of an analysis; the rest of it stays in the worker's arena and is not looked at again. */
struct prepared {
    struct cluster_vector vector;
    struct cluster_proposal proposal;
    uint32_t topic;
    uint32_t risk;
    uint32_t division; /* gazetteer index */
    uint64_t spot;
};

struct worker {
    struct analyst analyst[LANES];
    struct cluster_scratch *cluster;
    struct analysis analysis;
    struct core_stage_times times;
    int failed;
};

/* Entries of one version that go through the stages together. */
struct slice {
    const struct log_entry *entries;
    size_t count;
    struct prepared prepared[SLICE];
};

struct core {
    const weisu_allocator *allocator;
    weisu_options options;
    const struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct user_words words;
    struct word_overlay *overlay; /* the segmenter's, of `words` now; NULL without any */
    struct analysis_model model;
    struct worker *workers;
    struct slice *slices; /* [LANES] */
    struct cluster_index *clusters;
    struct detector *detector;
    struct alert_book *alerts;
    struct case_book *cases;
    struct core_listener listener;
    uint64_t sequence;
    int64_t clock_ms;
    struct core_counts counts;
    int saves_all; /* the next save is one of all rows: what was loaded is of another image, so keys may have moved */
    weisu_code broken; /* set when a commit failed half-way: the state can no longer be trusted */
};

/* Applies one entry, whose analysis and proposal are there, and publishes what was learnt where a version ends. An
 * entry that fails leaves the core broken. */
weisu_code core_commit(struct core *core, const struct log_entry *entry, const struct prepared *prepared,
                       weisu_err *err);

#endif
