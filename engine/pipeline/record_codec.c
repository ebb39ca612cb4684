#include "pipeline/record_codec.h"

#include "base/failure.h"

/* Numbers are stored for ever: append, never change. */
enum tag {
    TAG_TITLE = 1,
    TAG_TEXT,
    TAG_ADDRESS,
    TAG_CATEGORY,
    TAG_CHANNEL,
    TAG_TIME,
    TAG_CLOSED,
    TAG_UPDATED,
    TAG_AREA,
    TAG_LAT,
    TAG_LON,
    TAG_HAS,
    TAG_END
};

/* ---- writing ---- */

static void put_varint(struct byte_buffer *out, uint64_t value)
{
    char *at = byte_buffer_room(out, 10);
    if (!at)
        return;
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        at[size++] = (char)(value | 0x80);
    at[size++] = (char)value;
    out->size += size;
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static void put_string(struct byte_buffer *out, enum tag tag, weisu_str value)
{
    if (!value.size)
        return;
    byte_buffer_append_char(out, (char)tag);
    put_varint(out, value.size);
    byte_buffer_append_str(out, value);
}

static void put_unsigned(struct byte_buffer *out, enum tag tag, uint64_t value)
{
    if (!value)
        return;
    byte_buffer_append_char(out, (char)tag);
    put_varint(out, value);
}

static void put_time(struct byte_buffer *out, enum tag tag, int64_t time_ms)
{
    if (time_ms == WEISU_NO_TIME)
        return;
    byte_buffer_append_char(out, (char)tag);
    put_varint(out, zigzag(time_ms));
}

void record_encode(struct byte_buffer *out, const weisu_record *record)
{
    byte_buffer_append_char(out, RECORD_CODEC_VERSION);
    put_string(out, TAG_TITLE, record->title);
    put_string(out, TAG_TEXT, record->text);
    put_string(out, TAG_ADDRESS, record->address);
    put_string(out, TAG_CATEGORY, record->category);
    put_string(out, TAG_CHANNEL, record->channel);
    put_time(out, TAG_TIME, record->time_ms);
    put_time(out, TAG_CLOSED, record->closed_ms);
    put_time(out, TAG_UPDATED, record->updated_ms);
    put_unsigned(out, TAG_AREA, record->area);
    put_unsigned(out, TAG_LAT, zigzag(record->lat_e7));
    put_unsigned(out, TAG_LON, zigzag(record->lon_e7));
    put_unsigned(out, TAG_HAS, record->has);
}

/* ---- reading ---- */

struct reader {
    const unsigned char *at;
    const unsigned char *end;
};

/* 0; -1 when the bytes end, or when the number is longer than it needs to be. */
static int take_varint(struct reader *in, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        unsigned byte = *in->at++;
        if (shift == 63 && byte > 1)
            return -1;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return byte || shift == 0 ? 0 : -1;
    }
    return -1;
}

static int take_string(struct reader *in, weisu_str *out)
{
    uint64_t size;
    if (take_varint(in, &size) || size == 0 || size > (uint64_t)(in->end - in->at))
        return -1;
    *out = (weisu_str){(const char *)in->at, (size_t)size};
    in->at += size;
    return 0;
}

static int take_time(struct reader *in, int64_t *time_ms)
{
    uint64_t value;
    if (take_varint(in, &value))
        return -1;
    *time_ms = unzigzag(value);
    return *time_ms == WEISU_NO_TIME ? -1 : 0;
}

static int take_unsigned(struct reader *in, uint64_t most, uint64_t *out)
{
    return take_varint(in, out) || *out == 0 || *out > most ? -1 : 0;
}

static int take_degrees(struct reader *in, int32_t *out)
{
    uint64_t value;
    if (take_unsigned(in, UINT32_MAX, &value))
        return -1;
    *out = (int32_t)unzigzag(value);
    return 0;
}

static int take_bits(struct reader *in, uint32_t *out)
{
    uint64_t value;
    if (take_unsigned(in, UINT32_MAX, &value))
        return -1;
    *out = (uint32_t)value;
    return 0;
}

static int take_field(struct reader *in, enum tag tag, weisu_record *out)
{
    switch (tag) {
    case TAG_TITLE:
        return take_string(in, &out->title);
    case TAG_TEXT:
        return take_string(in, &out->text);
    case TAG_ADDRESS:
        return take_string(in, &out->address);
    case TAG_CATEGORY:
        return take_string(in, &out->category);
    case TAG_CHANNEL:
        return take_string(in, &out->channel);
    case TAG_TIME:
        return take_time(in, &out->time_ms);
    case TAG_CLOSED:
        return take_time(in, &out->closed_ms);
    case TAG_UPDATED:
        return take_time(in, &out->updated_ms);
    case TAG_AREA:
        return take_unsigned(in, UINT64_MAX, &out->area);
    case TAG_LAT:
        return take_degrees(in, &out->lat_e7);
    case TAG_LON:
        return take_degrees(in, &out->lon_e7);
    case TAG_HAS:
        return take_bits(in, &out->has);
    case TAG_END:
        break;
    }
    return -1;
}

weisu_code record_decode(weisu_record *out, weisu_str bytes, weisu_err *err)
{
    *out = (weisu_record){.time_ms = WEISU_NO_TIME, .closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
    struct reader in = {(const unsigned char *)bytes.data, (const unsigned char *)bytes.data + bytes.size};
    if (bytes.size == 0 || *in.at++ != RECORD_CODEC_VERSION)
        return failure(err, WEISU_ESTORE, "a stored record is of another version");
    unsigned last = 0;
    while (in.at < in.end) {
        unsigned tag = *in.at++;
        if (tag <= last || tag >= TAG_END || take_field(&in, (enum tag)tag, out))
            return failure(err, WEISU_ESTORE, "a stored record is damaged at byte %zu",
                           (size_t)(in.at - (const unsigned char *)bytes.data));
        last = tag;
    }
    return WEISU_OK;
}
