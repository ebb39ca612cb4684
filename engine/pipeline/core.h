/* The core: log entries in, assignments, links and changes of alerts out.
 *
 * One thread at a time (the engine thread); the executor spreads analysis and proposals, and commits one slice while
 * the next is analysed. The result is that of applying one entry after another, for any cut into calls and any
 * executor. */
#ifndef PIPELINE_CORE_H
#define PIPELINE_CORE_H

#include "base/byte_buffer.h"
#include "base/state_row.h"
#include "cluster/cluster_index.h"
#include "lexicon/lexicon.h"
#include "pipeline/case_book.h"
#include "pipeline/log_entry.h"

#include <weisu/engine.h>

struct core;

/* Called during core_apply, one call at a time in sequence order, on one of the executor's threads. Any may be NULL.
 * Strings are valid during the call. */
struct core_listener {
    void *context;
    /* `slot` is that of the cluster itself, the id that of the whole that it is a part of now. */
    void (*on_assignment)(void *context, uint64_t sequence, weisu_str id, const char *cluster_id, uint32_t slot);
    /* `score_milli`: 0 to 1000. */
    void (*on_link)(void *context, weisu_str id, weisu_str earlier_id, uint32_t score_milli);
    void (*on_change)(void *context, const weisu_alert *change);
    /* A cluster became a part of another, or is none any more; slots. */
    void (*on_merge)(void *context, uint32_t part, uint32_t whole);
};

/* `options->image` is not read: the lexicon is. It must outlive the core. */
weisu_code core_new(struct core **out, const weisu_options *options, const struct lexicon *lexicon, weisu_err *err);
void core_free(struct core *core);
void core_listen(struct core *core, const struct core_listener *listener);

/* Entries in ascending sequence order, the first one after core_sequence. WEISU_EINVAL (they are not), WEISU_ENOMEM:
 * entries up to core_sequence were applied, the rest may be applied again. */
weisu_code core_apply(struct core *core, const struct log_entry *entries, size_t count, weisu_err *err);

/* The person behind a record in that cluster (a slot, CLUSTER_NONE for none) is forgotten: his key and what the cluster
 * and its alerts have of his title. Counts stay. WEISU_ENOMEM. */
weisu_code core_forget(struct core *core, uint64_t sequence, uint32_t cluster, weisu_err *err);

/* 1 when an action can be about this id: an alert that is live, or was cleared and is remembered; a cluster that is a
 * part of another, or that is proposed to become one. */
int core_knows_subject(const struct core *core, weisu_str id);

uint64_t core_sequence(const struct core *core);
int64_t core_clock(const struct core *core);
const struct cluster_index *core_clusters(const struct core *core);
const struct lexicon *core_lexicon(const struct core *core);
/* Alerts that are raised now, oldest first; `at` < core_live_alerts. */
uint32_t core_live_alerts(const struct core *core);
void core_alert(const struct core *core, uint32_t at, weisu_alert *out);

struct core_stage_times {
    uint64_t analyse_ns; /* summed over the workers */
    uint64_t propose_ns;
    uint64_t commit_ns;
};

struct core_counts {
    struct cluster_counts cluster;
    uint64_t records;
    uint64_t updates;
    uint64_t ticks;
    uint64_t alerts_raised;
    uint64_t alert_changes;
    uint64_t cells;
    uint64_t analyse_bytes; /* held by arenas */
    uint64_t cluster_bytes;
    uint64_t detect_bytes;
    uint64_t case_bytes;
    uint64_t homeless; /* places and topics of the loaded state that the image does not know */
    struct case_counts cases;
    struct core_stage_times times;
};
struct core_counts core_counts(const struct core *core);

/* Those of the changes of words in `text` (segment/user_words.h) that change something, appended as text to `out`.
 * WEISU_EFIELD, WEISU_ETOOLONG, WEISU_ELIMIT with err->line: a line cannot be taken; WEISU_ENOMEM. `out` is undefined
 * then. */
weisu_code core_words_news(const struct core *core, weisu_str text, struct byte_buffer *out, weisu_err *err);

/* A checkpoint: rows that changed since the last one and were not drained, or all of them, and what stands once. */
weisu_code core_save(struct core *core, int all, const struct state_sink *sink, weisu_err *err);
/* A part of the next one (base/state_row.h): as many of the rows that changed as the sink wants now. *left: 1 when
 * there are more. The checkpoint is complete with core_save. */
weisu_code core_drain(struct core *core, const struct state_sink *sink, int *left, weisu_err *err);
/* Rows of a checkpoint, also of one made with another image: terms are hashes, places and topics have codes, so they
 * find their place in this one. What the image no longer knows is left out of its cluster or window and counted; the
 * next save is then one of all rows. */
weisu_code core_load(struct core *core, const struct state_row *row, weisu_err *err);
weisu_code core_loaded(struct core *core, weisu_err *err);

#endif
