/* The stored form of a record and the pieces of a checkpoint: whatever decodes is what encoding writes, and nothing is
 * read beyond the end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/record_codec.h"
#include "store/state_piece.h"

/* A block of its own, so that the sanitizer guards its end. */
static char *own_copy(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1);
    assert(copy);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

static void check_record(const uint8_t *data, size_t size)
{
    char *bytes = own_copy(data, size);
    weisu_record record;
    weisu_err err = {.code = WEISU_OK};
    weisu_code code = record_decode(&record, (weisu_str){bytes, size}, &err);
    assert(code == err.code && (code == WEISU_OK || code == WEISU_ESTORE));
    if (!code) {
        struct byte_buffer again;
        byte_buffer_init(&again, NULL);
        record_encode(&again, &record);
        assert(!again.failed && again.size == size && memcmp(again.data, bytes, size) == 0);
        assert(record.id.size == 0 && record.reporter.size == 0);
        byte_buffer_dispose(&again);
    }
    free(bytes);
}

/* The checksum is put right, so that the rows behind it are reached. */
static void check_piece(const uint8_t *data, size_t size)
{
    struct byte_buffer piece;
    byte_buffer_init(&piece, NULL);
    state_piece_begin(&piece);
    byte_buffer_append(&piece, data, size);
    state_piece_end(&piece);
    char *bytes = own_copy((const uint8_t *)piece.data, piece.size);
    struct state_piece_reader reader;
    assert(state_piece_open(&reader, (weisu_str){bytes, piece.size}, NULL) == WEISU_OK);
    struct state_row row;
    size_t rows = 0;
    int more;
    while ((more = state_piece_next(&reader, &row)) > 0) {
        const char *at = row.data;
        assert(at >= bytes && row.size <= piece.size && at + row.size <= bytes + piece.size);
        rows++;
    }
    assert(rows <= size / 10);
    free(bytes);
    byte_buffer_dispose(&piece);
    struct state_piece_reader raw;
    bytes = own_copy(data, size);
    weisu_code code = state_piece_open(&raw, (weisu_str){bytes, size}, NULL);
    assert(code == WEISU_OK || code == WEISU_ESTATE);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_record(data, size);
    check_piece(data, size);
    return 0;
}
