#include "io/zip_entry.h"

#include <string.h>

enum { entry_bytes = 46, header_bytes = 30, field_head = 4, wide_field = 1, wide_bytes = 24 };

static uint64_t number(const unsigned char *at, int size)
{
    uint64_t value = 0;
    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

static int read_all(struct byte_source source, uint64_t at, void *bytes, size_t size)
{
    size_t got = 0;
    return at <= source.size && !source.read_at(source.context, at, bytes, size, &got) && got == size ? 0 : -1;
}

/* Each of the three that the entry gives as FFFFFFFF stands in the field, in this order. */
static int read_wide(struct byte_source source, uint64_t at, uint64_t size, uint64_t *const values[3])
{
    unsigned char bytes[wide_bytes];
    size_t room = size < sizeof bytes ? (size_t)size : sizeof bytes;
    size_t used = 0;
    if (read_all(source, at, bytes, room))
        return -1;
    for (int i = 0; i < 3; i++) {
        if (*values[i] != UINT32_MAX)
            continue;
        if (room - used < 8)
            return -1;
        *values[i] = number(bytes + used, 8);
        used += 8;
    }
    return 0;
}

static int find_wide(struct byte_source source, uint64_t at, uint64_t size, uint64_t *const values[3])
{
    for (uint64_t end = at + size; end - at >= field_head;) {
        unsigned char head[field_head];
        if (read_all(source, at, head, sizeof head))
            return -1;
        uint64_t field = number(head + 2, 2);
        at += field_head;
        if (field > end - at)
            return -1;
        if (number(head, 2) == wide_field)
            return read_wide(source, at, field, values);
        at += field;
    }
    return 0;
}

int zip_entry_read(struct zip_entry *out, struct byte_source source, uint64_t at)
{
    unsigned char bytes[entry_bytes];
    if (read_all(source, at, bytes, entry_bytes) || memcmp(bytes, "PK\1\2", 4) != 0)
        return -1;
    *out = (struct zip_entry){.flags = (uint32_t)number(bytes + 8, 2),
                              .method = (uint32_t)number(bytes + 10, 2),
                              .crc = (uint32_t)number(bytes + 16, 4),
                              .packed = number(bytes + 20, 4),
                              .unpacked = number(bytes + 24, 4),
                              .data_at = number(bytes + 42, 4)};
    uint64_t *const values[3] = {&out->unpacked, &out->packed, &out->data_at};
    if (find_wide(source, at + entry_bytes + number(bytes + 28, 2), number(bytes + 30, 2), values))
        return -1;
    if (read_all(source, out->data_at, bytes, header_bytes) || memcmp(bytes, "PK\3\4", 4) != 0)
        return -1;
    out->data_at += header_bytes + number(bytes + 26, 2) + number(bytes + 28, 2);
    return out->data_at <= source.size && out->packed <= source.size - out->data_at ? 0 : -1;
}
