#include "cli/batch_replay.h"

#include "cli/interrupt.h"
#include "cli/options.h"
#include "store/store.h"

#include <stdio.h>

struct replay {
    struct core *core;
    size_t step;
    uint64_t images;    /* changes of image in the log */
    uint64_t forgotten; /* records of it without a text */
};

static weisu_code take_entries(void *context, const struct log_entry *entries, size_t count, weisu_err *err)
{
    struct replay *replay = context;
    size_t step = replay->step;
    for (size_t i = 0; i < count; i++) {
        replay->images += entries[i].kind == LOG_SETUP;
        replay->forgotten += entries[i].kind == LOG_FORGOTTEN;
    }
    for (size_t at = 0; at < count && !interrupt_seen(); at += step) {
        weisu_code code = core_apply(replay->core, entries + at, count - at < step ? count - at : step, err);
        if (code)
            return code;
    }
    return WEISU_OK;
}

static void tell_replay(const struct replay *replay)
{
    if (replay->images)
        fputs(speak_chinese() ? "提示：服务运行期间更换过词典映像，重放全部使用当前映像，结果可能与当时不同\n"
                              : "note: the service changed its image; the replay uses the present one throughout\n",
              stderr);
    if (replay->forgotten)
        fprintf(stderr,
                speak_chinese() ? "提示：%llu 条记录的正文已被删除，只计数，不属于任何同类诉求\n"
                                : "note: the texts of %llu records were deleted; they count and belong to no cluster\n",
                (unsigned long long)replay->forgotten);
}

weisu_code batch_replay(struct core *core, const char *data, size_t step, struct admission_counts *counts,
                        weisu_err *err)
{
    struct replay replay = {.core = core, .step = step};
    struct store *store;
    weisu_code code = store_open(&store, data, STORE_READ, NULL, err);
    if (code)
        return code;
    code = store_begin(store, err);
    if (!code)
        code = store_counts(store, counts, err);
    if (!code)
        code = store_replay(store, 1, take_entries, &replay, err);
    store_close(store);
    if (!code)
        tell_replay(&replay);
    return code;
}
