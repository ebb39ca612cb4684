#include "io/record_fields.h"

#include "base/civil_time.h"
#include "base/failure.h"
#include "base/hash.h"
#include "io/decimal_text.h"
#include "text/mask.h"

#include <string.h>
#include <strings.h>

enum { degree_decimals = 7, reporter_hash_bytes = 16, content_id_bytes = 17 };
#define DEGREE INT64_C(10000000)

struct finishing {
    struct record_decoder *decoder;
    struct record_fields *fields;
    weisu_record *out;
    weisu_err *err;
};

/* ---- texts ---- */

static weisu_code wrong_type(struct finishing *f, enum record_key key, const char *expected)
{
    return failure(f->err, WEISU_ETYPE, "%s must be %s", record_key_name(key), expected);
}

/* A whole number stands for its digits where an export dropped the quotes. */
static int is_whole_number(const struct record_value *value)
{
    return value->kind == RECORD_NUMBER && decimal_is_digits(value->text);
}

static int is_text(const struct record_value *value)
{
    return value->kind == RECORD_STRING || value->kind == RECORD_CELL;
}

static int has_control(weisu_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            return 1;
    return 0;
}

static weisu_code set_id(struct finishing *f)
{
    const struct record_value *value = &f->fields->value[RECORD_ID];
    if (value->kind == RECORD_ABSENT)
        return f->fields->may_lack_id ? WEISU_OK : failure(f->err, WEISU_EMISSING, "id is missing");
    if (!is_text(value) && !is_whole_number(value))
        return wrong_type(f, RECORD_ID, "a string or a whole number");
    if (value->text.size > RECORD_ID_BYTES)
        return failure(f->err, WEISU_EFIELD, "id has %zu bytes, more than %d", value->text.size, RECORD_ID_BYTES);
    if (has_control(value->text))
        return failure(f->err, WEISU_EFIELD, "id holds a control character");
    f->out->id = value->text;
    return WEISU_OK;
}

static weisu_code set_text(struct finishing *f, enum record_key key, weisu_str *out)
{
    const struct record_value *value = &f->fields->value[key];
    if (value->kind == RECORD_ABSENT)
        return WEISU_OK;
    if (!is_text(value))
        return wrong_type(f, key, "a string");
    if (!f->decoder->options->keep_personal) {
        /* The bytes are the line's or the arena's, which are ours to write; weisu_str is a reader's type. */
        char *bytes = (char *)(uintptr_t)value->text.data;
        f->decoder->masked += mask_personal(bytes, value->text.size);
    }
    *out = value->text;
    return WEISU_OK;
}

static weisu_code set_texts(struct finishing *f)
{
    weisu_record *out = f->out;
    weisu_code code = set_text(f, RECORD_TEXT, &out->text);
    if (!code)
        code = set_text(f, RECORD_TITLE, &out->title);
    if (!code)
        code = set_text(f, RECORD_ADDRESS, &out->address);
    if (!code)
        code = set_text(f, RECORD_CATEGORY, &out->category);
    return code ? code : set_text(f, RECORD_CHANNEL, &out->channel);
}

static weisu_code set_reporter(struct finishing *f)
{
    const struct record_value *value = &f->fields->value[RECORD_REPORTER];
    const struct reporter_key *key = f->decoder->options->reporter_key;
    if (value->kind == RECORD_ABSENT)
        return WEISU_OK;
    if (!is_text(value) && !is_whole_number(value))
        return wrong_type(f, RECORD_REPORTER, "a string");
    if (!key)
        return WEISU_OK;
    unsigned char *hash = arena_take(f->decoder->arena, reporter_hash_bytes);
    if (!hash)
        return failure(f->err, WEISU_ENOMEM, "no memory for a record");
    reporter_hash(key, value->text, hash);
    f->out->reporter = (weisu_str){(const char *)hash, reporter_hash_bytes};
    return WEISU_OK;
}

/* ---- place ---- */

static weisu_code set_area(struct finishing *f)
{
    const struct record_value *value = &f->fields->value[RECORD_AREA];
    if (value->kind == RECORD_ABSENT)
        return WEISU_OK;
    if (!is_text(value) && value->kind != RECORD_NUMBER)
        return wrong_type(f, RECORD_AREA, "6, 9 or 12 digits");
    weisu_str text = value->text;
    if ((text.size != 6 && text.size != 9 && text.size != 12) || !decimal_is_digits(text))
        return failure(f->err, WEISU_EFIELD, "area must have 6, 9 or 12 digits");
    uint64_t area = 0;
    for (size_t i = 0; i < 12; i++)
        area = area * 10 + (i < text.size ? (uint64_t)(text.data[i] - '0') : 0);
    if (!area)
        return failure(f->err, WEISU_EFIELD, "area must not be 0");
    f->out->area = area;
    return WEISU_OK;
}

static weisu_code read_degrees(struct finishing *f, enum record_key key, int64_t most, int32_t *out)
{
    const struct record_value *value = &f->fields->value[key];
    int64_t degrees;
    if (value->kind != RECORD_NUMBER && value->kind != RECORD_CELL)
        return wrong_type(f, key, "a number");
    if (decimal_read_scaled(value->text, degree_decimals, most * DEGREE, &degrees))
        return failure(f->err, WEISU_EFIELD, "%s must be a number from -%d to %d", record_key_name(key), (int)most,
                       (int)most);
    *out = (int32_t)degrees;
    return WEISU_OK;
}

static weisu_code set_position(struct finishing *f)
{
    int has_lat = f->fields->value[RECORD_LAT].kind != RECORD_ABSENT;
    int has_lon = f->fields->value[RECORD_LON].kind != RECORD_ABSENT;
    if (!has_lat && !has_lon)
        return WEISU_OK;
    if (!has_lat || !has_lon)
        return failure(f->err, WEISU_EMISSING, "%s is missing beside %s", has_lat ? "lon" : "lat",
                       has_lat ? "lat" : "lon");
    f->out->has |= WEISU_HAS_POSITION;
    weisu_code code = read_degrees(f, RECORD_LAT, 90, &f->out->lat_e7);
    return code ? code : read_degrees(f, RECORD_LON, 180, &f->out->lon_e7);
}

/* ---- times and truths ---- */

static weisu_code read_time(struct finishing *f, enum record_key key, struct civil_text *out)
{
    const struct record_value *value = &f->fields->value[key];
    if (!is_text(value))
        return wrong_type(f, key, "a time as a string");
    int is_table = value->kind == RECORD_CELL;
    if (is_table ? civil_parse_loose(value->text, out) : civil_parse(value->text, out))
        return failure(f->err, WEISU_ETIME, "%s is no %s", record_key_name(key),
                       is_table ? "time that can be read" : "time of RFC 3339");
    return WEISU_OK;
}

static weisu_code set_time(struct finishing *f, uint64_t number)
{
    const struct record_options *options = f->decoder->options;
    if (options->no_time) {
        f->out->time_ms = (int64_t)number * 1000;
        return WEISU_OK;
    }
    if (f->fields->value[RECORD_TIME].kind == RECORD_ABSENT)
        return WEISU_OK;
    struct civil_text text = {0};
    weisu_code code = read_time(f, RECORD_TIME, &text);
    if (code)
        return code;
    f->out->time_ms = zone_instant(options->zone, &text);
    f->out->has |= text.is_date_only ? WEISU_HAS_DATE_ONLY : 0;
    return WEISU_OK;
}

/* When something took effect. A day alone means its last millisecond: earlier would be a look into the future. */
static weisu_code set_effect(struct finishing *f, enum record_key key, int64_t *out)
{
    if (f->fields->value[key].kind == RECORD_ABSENT)
        return WEISU_OK;
    struct civil_text text = {0};
    weisu_code code = read_time(f, key, &text);
    if (code)
        return code;
    if (text.is_date_only)
        text.time = (struct civil_time){text.time.year, text.time.month, text.time.day, 23, 59, 59, 999};
    *out = zone_instant(f->decoder->options->zone, &text);
    return WEISU_OK;
}

static int is_one_of(weisu_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == text.size && strncasecmp(words[i], text.data, text.size) == 0)
            return 1;
    return 0;
}

/* What tables write for yes and no; 0 for anything else, which leaves it open (未评价, 一般, 无法联系). */
static int read_truth(weisu_str text, int *truth)
{
    static const char *const yes[] = {"true",     "1",      "是",   "有",       "已解决",   "基本解决",
                                      "已联系",   "已响应", "满意", "非常满意", "基本满意", "较满意",
                                      "比较满意", "已撤单", "yes",  "y",        "√",        "t"};
    static const char *const no[] = {"false",  "0",      "否",     "无",       "未解决",     "没有解决",
                                     "未联系", "未响应", "不满意", "不太满意", "非常不满意", "很不满意",
                                     "no",     "n",      "×",      "f"};
    *truth = is_one_of(text, yes, sizeof yes / sizeof yes[0]);
    return *truth || is_one_of(text, no, sizeof no / sizeof no[0]);
}

static weisu_code set_truth(struct finishing *f, enum record_key key, uint32_t has, uint32_t is)
{
    const struct record_value *value = &f->fields->value[key];
    int truth = value->kind == RECORD_TRUE;
    if (value->kind == RECORD_ABSENT)
        return WEISU_OK;
    if (value->kind == RECORD_CELL) {
        if (!read_truth(value->text, &truth))
            return WEISU_OK;
    } else if (value->kind != RECORD_TRUE && value->kind != RECORD_FALSE) {
        return wrong_type(f, key, "true or false");
    }
    f->out->has |= has | (truth ? is : 0);
    return WEISU_OK;
}

static weisu_code set_case(struct finishing *f)
{
    weisu_code code = set_effect(f, RECORD_CLOSED, &f->out->closed_ms);
    if (!code)
        code = set_effect(f, RECORD_UPDATED, &f->out->updated_ms);
    if (!code)
        code = set_truth(f, RECORD_RESOLVED, WEISU_HAS_RESOLVED, WEISU_IS_RESOLVED);
    if (!code)
        code = set_truth(f, RECORD_SATISFIED, WEISU_HAS_SATISFIED, WEISU_IS_SATISFIED);
    if (!code)
        code = set_truth(f, RECORD_CONTACTED, WEISU_HAS_CONTACTED, WEISU_IS_CONTACTED);
    return code ? code : set_truth(f, RECORD_WITHDRAWN, WEISU_HAS_WITHDRAWN, WEISU_IS_WITHDRAWN);
}

/* ---- the whole ---- */

static int may_be_update(const weisu_record *r)
{
    const uint32_t truths = WEISU_HAS_RESOLVED | WEISU_HAS_SATISFIED | WEISU_HAS_CONTACTED | WEISU_HAS_WITHDRAWN;
    return r->closed_ms != WEISU_NO_TIME || r->category.size || r->area || (r->has & truths);
}

/* An update names what it changes and may leave out the rest; whether its id is known is admission's question. */
static weisu_code check_required(struct finishing *f)
{
    const struct record_options *options = f->decoder->options;
    const weisu_record *r = f->out;
    if (options->needs_text_only)
        return r->text.size ? WEISU_OK : failure(f->err, WEISU_EMISSING, "text is missing");
    int is_partial = r->time_ms == WEISU_NO_TIME || !r->text.size;
    if (!is_partial || (may_be_update(r) && !options->no_time))
        return WEISU_OK;
    if (r->time_ms == WEISU_NO_TIME)
        return failure(f->err, WEISU_EMISSING, "time is missing");
    int has_place = r->area || r->address.size || (r->has & WEISU_HAS_POSITION);
    if (r->category.size && has_place)
        return WEISU_OK;
    return failure(f->err, WEISU_EMISSING, "text is missing, and no category with a place stands in for it");
}

static uint64_t hash_text(uint64_t hash, weisu_str text)
{
    return hash_bytes_seeded(text.data, text.size, hash);
}

static uint64_t hash_content(const struct finishing *f)
{
    const weisu_record *r = f->out;
    weisu_str reporter = f->fields->value[RECORD_REPORTER].text;
    uint64_t hash = hash_pair((uint64_t)r->time_ms, r->area);
    hash = hash_text(hash_text(hash, r->text), r->title);
    hash = hash_text(hash, r->address);
    if (!r->text.size)
        hash = hash_text(hash, r->category);
    if (r->has & WEISU_HAS_POSITION)
        hash = hash_pair(hash, hash_pair((uint64_t)r->lat_e7, (uint64_t)r->lon_e7));
    return reporter.size ? hash_pair(hash, hash_text(0, reporter) & 0xffff) : hash;
}

static weisu_code make_id(struct finishing *f)
{
    if (f->out->time_ms == WEISU_NO_TIME || !(f->out->text.size || f->out->category.size))
        return failure(f->err, WEISU_EMISSING, "id is missing, and only a whole record gets one from its content");
    char *id = arena_take(f->decoder->arena, content_id_bytes);
    if (!id)
        return failure(f->err, WEISU_ENOMEM, "no memory for a record");
    uint64_t hash = hash_content(f);
    id[0] = 'r';
    for (int i = content_id_bytes - 1; i > 0; i--, hash >>= 4)
        id[i] = "0123456789abcdef"[hash & 15];
    f->out->id = (weisu_str){id, content_id_bytes};
    return WEISU_OK;
}

/* Constants are shared: masking must not write to them. */
static weisu_code apply_constants(struct finishing *f)
{
    const weisu_str *constant = f->decoder->options->constant;
    for (int key = 0; key < RECORD_KEYS; key++) {
        if (!constant[key].data)
            continue;
        weisu_str copy = arena_copy(f->decoder->arena, constant[key]);
        if (!copy.data)
            return failure(f->err, WEISU_ENOMEM, "no memory for a record");
        f->fields->value[key] = (struct record_value){RECORD_CELL, copy};
    }
    return WEISU_OK;
}

weisu_code record_fields_finish(struct record_decoder *decoder, struct record_fields *fields, uint64_t number,
                                weisu_record *out, weisu_err *err)
{
    *out = (weisu_record){.time_ms = WEISU_NO_TIME, .closed_ms = WEISU_NO_TIME, .updated_ms = WEISU_NO_TIME};
    struct finishing f = {decoder, fields, out, err};
    weisu_code code = apply_constants(&f);
    if (!code)
        code = set_id(&f);
    if (!code)
        code = set_time(&f, number);
    if (!code)
        code = set_texts(&f);
    if (!code)
        code = set_reporter(&f);
    if (!code)
        code = set_area(&f);
    if (!code)
        code = set_position(&f);
    if (!code)
        code = set_case(&f);
    if (!code)
        code = check_required(&f);
    return code || out->id.size ? code : make_id(&f);
}
