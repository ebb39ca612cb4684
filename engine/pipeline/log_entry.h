/* An entry of the one log. Everything that can change an output is an entry with a sequence number; the engine is a
 * function of the entries in the order of their numbers. */
#ifndef PIPELINE_LOG_ENTRY_H
#define PIPELINE_LOG_ENTRY_H

#include <weisu/record.h>

enum log_entry_kind {
    LOG_RECORD = 1, /* a new case */
    LOG_UPDATE = 2, /* fields of a known case */
    LOG_TICK = 3,   /* the clock moves to time_ms */
    LOG_SETUP = 4, /* from here on another image: its hash as text in record.text; no effect on state, for the replay */
    LOG_FORGOTTEN = 5, /* a record whose text and reporter were deleted: it counts, and belongs to no cluster */
    LOG_WORDS =
        6, /* words of users: changes as text in record.text (segment/user_words.h), who said them in record.channel. In
              force after the next sequence number divisible by 4,096, at once where no record came yet */
    LOG_ACTION = 7 /* what an operator did, see log_action.h */
};

enum { LOG_WORDS_BYTES = 1 << 20 }; /* of a LOG_WORDS's text */

struct log_entry {
    uint64_t sequence;   /* 1, 2, … without gaps */
    uint32_t kind;       /* enum log_entry_kind */
    int64_t time_ms;     /* of a tick; of a record the clock after it */
    weisu_record record; /* strings masked; reporter is the 16-byte keyed hash or empty */
};

#endif
