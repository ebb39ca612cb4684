#include "io/record_render.h"

#include "base/json_writer.h"
#include "io/record_options.h"

static void put_string(struct json_writer *w, enum record_key key, weisu_str value)
{
    if (!value.size)
        return;
    json_key(w, record_key_name(key));
    json_string(w, value);
}

static void put_time(struct json_writer *w, enum record_key key, int64_t ms, const struct zone *zone)
{
    if (ms == WEISU_NO_TIME)
        return;
    json_key(w, record_key_name(key));
    json_time(w, ms, zone ? zone_offset_s(zone, ms) : 0);
}

static void put_truth(struct json_writer *w, enum record_key key, uint32_t is_known, uint32_t is_true)
{
    if (!is_known)
        return;
    json_key(w, record_key_name(key));
    json_bool(w, is_true != 0);
}

static void put_truths(struct json_writer *w, uint32_t has)
{
    put_truth(w, RECORD_RESOLVED, has & WEISU_HAS_RESOLVED, has & WEISU_IS_RESOLVED);
    put_truth(w, RECORD_SATISFIED, has & WEISU_HAS_SATISFIED, has & WEISU_IS_SATISFIED);
    put_truth(w, RECORD_CONTACTED, has & WEISU_HAS_CONTACTED, has & WEISU_IS_CONTACTED);
    put_truth(w, RECORD_WITHDRAWN, has & WEISU_HAS_WITHDRAWN, has & WEISU_IS_WITHDRAWN);
}

static void put_place(struct json_writer *w, const weisu_record *record)
{
    if (record->area) {
        json_key(w, record_key_name(RECORD_AREA));
        json_uint(w, record->area);
    }
    if (!(record->has & WEISU_HAS_POSITION))
        return;
    json_key(w, record_key_name(RECORD_LAT));
    json_fixed(w, record->lat_e7, 7);
    json_key(w, record_key_name(RECORD_LON));
    json_fixed(w, record->lon_e7, 7);
}

void record_render(struct byte_buffer *out, const weisu_record *record, const struct zone *zone)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_begin_object(&w);
    put_string(&w, RECORD_ID, record->id);
    put_time(&w, RECORD_TIME, record->time_ms, zone);
    put_string(&w, RECORD_TITLE, record->title);
    put_string(&w, RECORD_TEXT, record->text);
    put_string(&w, RECORD_ADDRESS, record->address);
    put_string(&w, RECORD_CATEGORY, record->category);
    put_string(&w, RECORD_CHANNEL, record->channel);
    put_place(&w, record);
    put_time(&w, RECORD_CLOSED, record->closed_ms, zone);
    put_time(&w, RECORD_UPDATED, record->updated_ms, zone);
    put_truths(&w, record->has);
    json_end_object(&w);
}
