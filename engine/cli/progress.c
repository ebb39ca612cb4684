#include "cli/progress.h"

#include "cli/options.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress *progress, const char *english, const char *chinese)
{
    *progress = (struct progress){english, chinese, isatty(STDERR_FILENO), now_s(), 0};
    progress->shown_s = progress->start_s;
}

double progress_seconds(const struct progress *progress)
{
    return now_s() - progress->start_s;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all, uint64_t records, uint64_t rejected)
{
    double now = progress->on ? now_s() : 0;
    if (!progress->on || now - progress->shown_s < 1)
        return;
    progress->shown_s = now;
    double seconds = now - progress->start_s;
    double share = all ? (double)done / (double)all : 0;
    double left = share > 0 ? seconds / share - seconds : 0;
    int zh = speak_chinese();
    fprintf(stderr,
            zh ? "\r%s %5.1f%%  %.0f 条/秒  拒收 %llu  剩余 %.0f 秒 "
               : "\r%s %5.1f%%  %.0f records/s  %llu rejected  %.0f s left ",
            zh ? progress->chinese : progress->english, share * 100, (double)records / seconds,
            (unsigned long long)rejected, left);
}

void progress_end(struct progress *progress)
{
    if (progress->on)
        fputs("\r\033[K", stderr);
}
