#include "cli/progress.h"

#include "cli/options.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double least_s = 1; /* between two lines */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress *progress, const char *english, const char *chinese)
{
    *progress = (struct progress){.on = isatty(STDERR_FILENO), .start_s = now_s()};
    progress_pass(progress, english, chinese);
}

void progress_pass(struct progress *progress, const char *english, const char *chinese)
{
    progress->english = english;
    progress->chinese = chinese;
    progress->pass_s = now_s();
    progress->shown_s = progress->pass_s - least_s; /* the first line comes at once */
}

double progress_seconds(const struct progress *progress)
{
    return now_s() - progress->start_s;
}

/* "7 s", "4:05", "1:02:03" */
static void write_left(char *out, size_t size, double seconds)
{
    long left = (long)(seconds + 0.5);
    if (left < 60)
        snprintf(out, size, speak_chinese() ? "%ld 秒" : "%ld s", left);
    else if (left < 3600)
        snprintf(out, size, "%ld:%02ld", left / 60, left % 60);
    else
        snprintf(out, size, "%ld:%02ld:%02ld", left / 3600, left / 60 % 60, left % 60);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all, uint64_t records, uint64_t rejected)
{
    double now = progress->on ? now_s() : 0;
    if (!progress->on || now - progress->shown_s < least_s)
        return;
    progress->shown_s = now;
    double seconds = now - progress->pass_s;
    double share = all ? (double)done / (double)all : 0;
    char left[32] = "?";
    if (share > 0)
        write_left(left, sizeof left, share < 1 ? seconds / share - seconds : 0);
    int zh = speak_chinese();
    fprintf(stderr,
            zh ? "\r%s %5.1f%%  %.0f 条/秒  拒收 %llu  剩余 %s\033[K"
               : "\r%s %5.1f%%  %.0f records/s  %llu rejected  %s left\033[K",
            zh ? progress->chinese : progress->english, share * 100, seconds > 0 ? (double)records / seconds : 0,
            (unsigned long long)rejected, left);
}

void progress_end(struct progress *progress)
{
    if (progress->on)
        fputs("\r\033[K", stderr);
}
