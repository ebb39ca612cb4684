/* What a replay of an archive says of its alerts, with what came later: read from batch's own files, so that it holds
 * for any run of `weisu batch` too. Heap memory of the C library; one thread. */
#ifndef CLI_BACKTEST_RESULT_H
#define CLI_BACKTEST_RESULT_H

#include <stddef.h>
#include <stdint.h>
#include <weisu/error.h>

enum { BACKTEST_ID_BYTES = 20, BACKTEST_KIND_BYTES = 12, BACKTEST_TIME_BYTES = 32, BACKTEST_TITLE_BYTES = 192 };

/* One raised alert. */
struct backtest_alert {
    char id[BACKTEST_ID_BYTES];
    char cluster[BACKTEST_ID_BYTES]; /* empty: of a cell */
    char kind[BACKTEST_KIND_BYTES];
    char time[BACKTEST_TIME_BYTES]; /* RFC 3339 */
    char title[BACKTEST_TITLE_BYTES];
    int is_recurrence;
    uint64_t known;         /* complaints at the raise */
    uint64_t all;           /* complaints of the cluster in the end; of a cell the same as `known` */
    double recurrence_days; /* below 0: not known */
};

struct backtest_result {
    struct backtest_alert *alert;
    size_t alerts;
    double weeks;      /* in which something came */
    uint64_t hotspots; /* clusters with at least `least` reporters in the end */
    uint64_t found;    /* of them, those that were alerted */
    double to_come;    /* mean over the hotspots of the share of complaints that came after the first alert */
    uint64_t quiet; /* alerts about a cluster after which nothing came: the false ones, as far as an archive can tell */
};

/* Reads alerts.jsonl and clusters.jsonl of a result folder. `least`: reporters that make a hotspot. WEISU_EIO,
 * WEISU_ENOMEM, WEISU_ESYNTAX; *out is empty then. */
weisu_code backtest_result_read(struct backtest_result *out, const char *folder, uint64_t least, weisu_err *err);
void backtest_result_dispose(struct backtest_result *result);

#endif
