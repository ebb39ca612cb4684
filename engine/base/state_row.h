/* Rows of a checkpoint: how every part of the engine hands its state out and takes it back.
 *
 * A row is (table, key, bytes). Saving writes the rows that changed since the last save (or all of them); a row of size
 * 0 says that the key is gone. Loading gives every row once, ordered by table and key, then ends. Bytes are little
 * endian, versioned by STATE_VERSION as a whole; what outlives a process names terms by hash, places by code or spot
 * key, topics by code. */
#ifndef BASE_STATE_ROW_H
#define BASE_STATE_ROW_H

#include <weisu/error.h>

#include <stddef.h>
#include <stdint.h>

enum { STATE_VERSION = 6 };

enum state_table {
    STATE_META = 1,  /* pipeline: key 0 the core's sequence and clock */
    STATE_ADMISSION, /* pipeline: admission's sequence and clock (key 0) and the cases it knows (key: hash of the id) */
    STATE_CASE,      /* pipeline: cases that may still be open, keyed by sequence */
    STATE_CLUSTER,
    STATE_TERM, /* cluster: document frequencies */
    STATE_CELL, /* detect */
    STATE_GROWTH,
    STATE_WINDOW_CASE,
    STATE_ALERT,
    STATE_WORD /* pipeline: words of users */
};

struct state_row {
    uint32_t table; /* enum state_table */
    uint64_t key;
    const void *data; /* valid during the call */
    size_t size;
};

struct state_sink {
    void *context;
    /* Takes one row; anything but WEISU_OK stops the save. */
    weisu_code (*put)(void *context, const struct state_row *row, weisu_err *err);
    /* 1: enough for now (state_sink_is_full); NULL: never. */
    int (*is_full)(void *context);
};

/* Asked after each row by the functions that save a part at a time (`*_drain`): what they put is saved, the rest stays
 * for the next call. A checkpoint may be drained bit by bit while entries are applied in between: a row that changes
 * after it was put is put again, and of two rows with one key the later counts. It is whole when a save follows a drain
 * that left nothing, with no entry between them. */
static inline int state_sink_is_full(const struct state_sink *sink)
{
    return sink->is_full && sink->is_full(sink->context);
}

#endif
