/* What `weisu feed` sends: the lines of files, when they are due. */
#ifndef CLI_FEED_SOURCE_H
#define CLI_FEED_SOURCE_H

#include "cli/options.h"
#include "io/feed_client.h"

struct feed_pace {
    uint64_t rate;    /* lines a second; 0: no bound */
    uint64_t speedup; /* a record is due when its own time has passed so many times as fast; 0: at once */
};

struct feed_files;

/* `command` is for messages; operands and command outlive it. WEISU_ECONFIG (no such zone), WEISU_ENOMEM. */
weisu_code feed_files_open(struct feed_files **out, const char *command, const struct operands *operands,
                           const struct feed_pace *pace, const char *tz, weisu_err *err);
void feed_files_close(struct feed_files *files);
/* Lines so far that were too long to be sent. */
uint64_t feed_files_too_long(const struct feed_files *files);
struct feed_source feed_files_source(struct feed_files *files);

#endif
