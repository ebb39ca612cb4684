/* Rows of a checkpoint packed into a piece: the unit in which runs (state_runs.h) are stored.
 *
 * A checksum of 8 bytes (XXH3 64 of the rest), then rows in ascending order of (table, key): a byte for the table, 8
 * bytes for the key (little endian), a varint for the size, the bytes. Size 0: the key is gone. Pure; one thread. */
#ifndef STORE_STATE_PIECE_H
#define STORE_STATE_PIECE_H

#include "base/byte_buffer.h"
#include "base/state_row.h"

#include <stdint.h>

enum { STATE_PIECE_BYTES = 256 << 10 /* a piece ends with the row that reaches this */ };

void state_piece_begin(struct byte_buffer *piece);
/* `row->table` is below 256. Out of memory is remembered by the buffer. */
void state_piece_add(struct byte_buffer *piece, const struct state_row *row);
void state_piece_end(struct byte_buffer *piece);
/* Whether rows were added since state_piece_begin. */
int state_piece_has_rows(const struct byte_buffer *piece);

struct state_piece_reader {
    const unsigned char *at;
    const unsigned char *end;
};

/* WEISU_ESTATE when the bytes are damaged. They must stay as they are while the reader is used. */
weisu_code state_piece_open(struct state_piece_reader *reader, weisu_str bytes, weisu_err *err);
/* 1 and the next row, whose data lies in the piece; 0 at the end; -1 when the piece is damaged. */
int state_piece_next(struct state_piece_reader *reader, struct state_row *out);

/* Order of rows: below 0, 0 or above 0. */
static inline int state_row_compare(const struct state_row *a, const struct state_row *b)
{
    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

#endif
