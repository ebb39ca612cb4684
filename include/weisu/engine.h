/* The engine: records in, clusters and alerts out. No socket, no thread, no clock, no file of its own.
 *
 * One thread at a time calls an engine. The result is that of taking the entries (records and ticks) one after another
 * in the order of the calls: how they are cut into batches, and how many threads the executor uses, is not visible in
 * any output. Memory comes from the allocator of the options; work is spread by their executor. */
#ifndef WEISU_ENGINE_H
#define WEISU_ENGINE_H

#include <weisu/alert.h>
#include <weisu/allocator.h>
#include <weisu/error.h>
#include <weisu/record.h>
#include <weisu/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weisu_engine weisu_engine;
typedef struct weisu_image weisu_image;
typedef struct weisu_classifier weisu_classifier;

/* Runs task(argument, index, worker) for each index in [0, count), in any order, and returns when all are done.
 * `worker` is below `workers`, and no two tasks run at once with the same worker. */
typedef struct weisu_executor {
    void *context;
    uint32_t workers;
    void (*run)(void *context, size_t count, void (*task)(void *argument, size_t index, uint32_t worker),
                void *argument);
} weisu_executor;

/* What tells topics besides the rules: a model of `weisu train`, and a table "class<TAB>topic code" of a city's own
 * classes (each a path or NULL). WEISU_EIO, WEISU_EMODEL, WEISU_ESYNTAX (a mistake in the table), WEISU_ELIMIT,
 * WEISU_ENOMEM; *out is NULL then. The image must outlive it. Any number of engines share it. */
WEISU_API weisu_code weisu_classifier_open(weisu_classifier **out, const weisu_image *image, const char *model,
                                           const char *classes, weisu_err *err);
WEISU_API void weisu_classifier_close(weisu_classifier *classifier);

/* The calling thread alone. */
WEISU_API weisu_executor weisu_executor_serial(void);
/* OpenMP with that many threads (0: one a core), for programs that want libweisu to spread the work itself. */
WEISU_API weisu_executor weisu_executor_openmp(uint32_t threads);

/* Maps an image read-only. Any number of engines share it; it must outlive them. */
WEISU_API weisu_code weisu_image_open(weisu_image **out, const char *path, weisu_err *err);
WEISU_API void weisu_image_close(weisu_image *image);

typedef struct weisu_options {
    size_t size;                        /* sizeof (weisu_options): lets fields be added */
    const weisu_image *image;           /* required */
    const weisu_allocator *allocator;   /* NULL: the C library's */
    weisu_executor executor;            /* .run NULL: the calling thread */
    uint64_t city;                      /* 12-digit code; 0: 110000000000 */
    int32_t zone_offset_s;              /* seconds east of UTC for days and hours of the week; default 28800 */
    uint32_t budget_milli_per_week;     /* false alerts a week × 1000; 0: 1000 */
    uint32_t candidate_days;            /* a cluster of one stays a candidate that long, a larger one twice; 0: 180 */
    uint32_t cluster_cap;               /* clusters held; 0: 6,000,000 */
    int64_t lateness_ms;                /* watermark = clock - lateness; 0: 24 h */
    unsigned char reporter_key[16];     /* secret under which reporters are hashed (SipHash); keep it with the state */
    uint32_t check_future;              /* reject records whose time is more than 24 h after the last tick */
    const weisu_classifier *classifier; /* NULL: topics by rules alone; must outlive the engine */
    /* Instead of zone_offset_s, for a zone whose clocks change: seconds east of UTC at an instant. It must always say
     * the same of the same instant, and be callable on the engine's thread as long as the engine lives. NULL: the
     * offset is zone_offset_s always. */
    int32_t (*zone_offset_at)(const void *zone, int64_t utc_ms);
    const void *zone; /* given to zone_offset_at */
} weisu_options;

/* Fills in the defaults and `size`. */
WEISU_API void weisu_options_init(weisu_options *options);

/* WEISU_EINVAL (options), WEISU_ENOMEM. */
WEISU_API weisu_code weisu_engine_new(weisu_engine **out, const weisu_options *options, weisu_err *err);
WEISU_API void weisu_engine_free(weisu_engine *engine);

/* What became of a record. */
typedef enum weisu_verdict {
    WEISU_ACCEPTED,
    WEISU_DUPLICATE, /* the same id with the same content: no effect */
    WEISU_UPDATE,    /* fields of a known case corrected */
    WEISU_REJECTED   /* see the code */
} weisu_verdict;

typedef struct weisu_receipt {
    weisu_verdict verdict;
    weisu_code code;   /* of a rejection */
    uint64_t sequence; /* of an accepted record or update; 0 otherwise */
} weisu_receipt;

/* Takes `count` records in order. Personal data in their texts is masked and reporters are hashed before anything is
 * kept; the caller's strings are not changed. `receipts` is NULL or has `count` elements. A rejected record never stops
 * the batch. WEISU_ENOMEM: the records up to the last receipt with a verdict were taken; the rest have WEISU_REJECTED
 * with WEISU_ENOMEM and may be pushed again. */
WEISU_API weisu_code weisu_engine_push(weisu_engine *engine, const weisu_record *records, size_t count,
                                       weisu_receipt *receipts, weisu_err *err);
/* Moves the clock to `time_ms` where that is later. */
WEISU_API weisu_code weisu_engine_tick(weisu_engine *engine, int64_t time_ms, weisu_err *err);

/* What somebody did about an alert: accepted it, dealt with it, dismissed it, or took the last of these back. `by` is
 * who, 1 to 64 bytes of UTF-8. A live alert changes by it; of one that was cleared only dismissals count. Dismissing
 * asks for more before the same subject is raised again: 16 times as rare, fading over 90 days. The same action again
 * has no effect. With a cluster's id: undo takes its merge into another back, accept merges it as was proposed.
 * WEISU_EUNKNOWN_ID: no such alert, no such merge and no such proposal. WEISU_EFIELD: `by` is not as it must be.
 * Nothing changed then. */
WEISU_API weisu_code weisu_engine_act(weisu_engine *engine, weisu_str alert, weisu_action action, weisu_str by,
                                      weisu_err *err);

/* Words of users (weisu/segment.h), all or none: an entry of its own, in force after the next sequence number that is
 * divisible by 4,096, at once before the first record. Changes that change nothing make no entry. *sequence (may be
 * NULL) is that of the entry, or 0. WEISU_EFIELD, WEISU_ETOOLONG: a change cannot be taken, err->line is its place,
 * from 1; WEISU_ELIMIT: their text is longer than 1 MiB, or there would be more than 100,000 words; WEISU_ENOMEM.
 * Nothing changed then. */
WEISU_API weisu_code weisu_engine_change_words(weisu_engine *engine, const weisu_word_change *changes, size_t count,
                                               uint64_t *sequence, weisu_err *err);

/* The next change of an alert, oldest first: 1 and *out, or 0 when there is none. */
WEISU_API int weisu_engine_poll(weisu_engine *engine, weisu_alert *out);

typedef struct weisu_assignment {
    uint64_t sequence;
    weisu_str id;
    weisu_str cluster; /* at arrival */
} weisu_assignment;

/* The cluster of each accepted record at its arrival, in order: 1 and *out, or 0. Not polled, they are dropped at the
 * next push. */
WEISU_API int weisu_engine_poll_assignment(weisu_engine *engine, weisu_assignment *out);

/* State as rows for the caller to keep: (table, key, bytes); size 0: the key is gone. With `all` 0 only what changed
 * since the last checkpoint. `put` returns WEISU_OK or an error, which ends the checkpoint and is returned. */
typedef weisu_code (*weisu_put_row)(void *context, uint32_t table, uint64_t key, const void *data, size_t size,
                                    weisu_err *err);
WEISU_API weisu_code weisu_engine_checkpoint(weisu_engine *engine, int all, weisu_put_row put, void *context,
                                             weisu_err *err);
/* Into a new engine, before its first push: every row of a checkpoint, ordered by table and key, then
 * weisu_engine_restored. WEISU_ESTATE: damaged or of another version; free the engine. */
WEISU_API weisu_code weisu_engine_restore(weisu_engine *engine, uint32_t table, uint64_t key, const void *data,
                                          size_t size, weisu_err *err);
WEISU_API weisu_code weisu_engine_restored(weisu_engine *engine, weisu_err *err);
/* Sequence number of the last entry that the state contains; 0 for none. */
WEISU_API uint64_t weisu_engine_sequence(const weisu_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
