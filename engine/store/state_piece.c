#include "store/state_piece.h"

#include "base/failure.h"
#include "base/hash.h"

#include <string.h>

enum { CHECKSUM_BYTES = 8, KEY_BYTES = 8, ROW_HEAD_BYTES = 1 + KEY_BYTES + 10 };

void state_piece_begin(struct byte_buffer *piece)
{
    static const char no_checksum[CHECKSUM_BYTES];
    byte_buffer_reset(piece);
    byte_buffer_append(piece, no_checksum, sizeof no_checksum);
}

static size_t put_varint(unsigned char *at, uint64_t value)
{
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        at[size++] = (unsigned char)(value | 0x80);
    at[size++] = (unsigned char)value;
    return size;
}

void state_piece_add(struct byte_buffer *piece, const struct state_row *row)
{
    unsigned char head[ROW_HEAD_BYTES];
    size_t size = 0;
    head[size++] = (unsigned char)row->table;
    for (int shift = 0; shift < 64; shift += 8)
        head[size++] = (unsigned char)(row->key >> shift);
    size += put_varint(head + size, row->size);
    byte_buffer_append(piece, head, size);
    byte_buffer_append(piece, row->data, row->size);
}

void state_piece_end(struct byte_buffer *piece)
{
    if (piece->failed)
        return;
    uint64_t sum = hash_bytes(piece->data + CHECKSUM_BYTES, piece->size - CHECKSUM_BYTES);
    for (int i = 0; i < CHECKSUM_BYTES; i++)
        piece->data[i] = (char)(sum >> 8 * i);
}

int state_piece_has_rows(const struct byte_buffer *piece)
{
    return piece->size > CHECKSUM_BYTES;
}

static uint64_t read_number(const unsigned char *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

weisu_code state_piece_open(struct state_piece_reader *reader, weisu_str bytes, weisu_err *err)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    if (bytes.size < CHECKSUM_BYTES ||
        read_number(data) != hash_bytes(data + CHECKSUM_BYTES, bytes.size - CHECKSUM_BYTES))
        return failure(err, WEISU_ESTATE, "a piece of the checkpoint is damaged");
    *reader = (struct state_piece_reader){data + CHECKSUM_BYTES, data + bytes.size};
    return WEISU_OK;
}

static int take_varint(struct state_piece_reader *reader, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        unsigned byte = *reader->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return 0;
    }
    return -1;
}

int state_piece_next(struct state_piece_reader *reader, struct state_row *out)
{
    uint64_t size;
    if (reader->at == reader->end)
        return 0;
    if (reader->end - reader->at < 1 + KEY_BYTES)
        return -1;
    out->table = reader->at[0];
    out->key = read_number(reader->at + 1);
    reader->at += 1 + KEY_BYTES;
    if (take_varint(reader, &size) || size > (uint64_t)(reader->end - reader->at))
        return -1;
    out->data = reader->at;
    out->size = (size_t)size;
    reader->at += size;
    return 1;
}
