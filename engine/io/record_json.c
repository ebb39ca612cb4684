#include "io/record_json.h"

#include "base/failure.h"
#include "io/json_scan.h"

/* The field that a key gives; RECORD_KEYS when it is none of ours. */
static enum record_key find_field(const struct record_options *options, weisu_str name)
{
    if (!options->mapping_count)
        return record_key_find(name);
    enum record_key key = record_options_mapped(options, name);
    if (key != RECORD_KEYS)
        return key;
    key = record_key_find(name);
    return key != RECORD_KEYS && record_options_is_mapped(options, key) ? RECORD_KEYS : key;
}

static weisu_code set_string(struct record_decoder *decoder, const struct json_value *value, struct record_value *field,
                             weisu_err *err)
{
    field->text = json_scan_string(value, decoder->arena, &decoder->invalid);
    field->kind = field->text.size ? RECORD_STRING : RECORD_ABSENT;
    return field->text.data ? WEISU_OK : failure(err, WEISU_ENOMEM, "no memory for a record");
}

static weisu_code set_field(struct record_decoder *decoder, const struct json_value *value, struct record_value *field,
                            weisu_err *err)
{
    static const enum record_value_kind kinds[] = {
        [JSON_NULL] = RECORD_ABSENT,   [JSON_FALSE] = RECORD_FALSE, [JSON_TRUE] = RECORD_TRUE,
        [JSON_NUMBER] = RECORD_NUMBER, [JSON_ARRAY] = RECORD_OTHER, [JSON_OBJECT] = RECORD_OTHER,
    };
    if (value->kind == JSON_STRING)
        return set_string(decoder, value, field, err);
    *field = (struct record_value){kinds[value->kind], value->text};
    return WEISU_OK;
}

/* The whole line is walked first: what is wrong with its form outranks what is wrong with a field. */
static weisu_code read_members(struct record_decoder *decoder, struct json_scan *scan, struct record_fields *fields,
                               weisu_err *err)
{
    int more = 1;
    for (int is_first = 1;; is_first = 0) {
        struct json_value key;
        struct json_value value;
        weisu_code code = json_scan_member(scan, is_first, &key, &value, &more, err);
        if (code || !more)
            return code ? code : json_scan_end(scan, err);
        weisu_str name = key.text;
        if (key.has_escapes) {
            uint64_t invalid = 0;
            name = json_scan_string(&key, decoder->arena, &invalid);
            if (!name.data)
                return failure(err, WEISU_ENOMEM, "no memory for a record");
        }
        enum record_key field = find_field(decoder->options, name);
        if (field != RECORD_KEYS && (code = set_field(decoder, &value, &fields->value[field], err)))
            return code;
    }
}

/* A line that is another kind of value, or none at all. */
static weisu_code refuse_other(struct json_scan *scan, weisu_err *err)
{
    struct json_value value;
    weisu_code code = json_scan_value(scan, &value, err);
    if (!code)
        code = json_scan_end(scan, err);
    return code ? code : failure(err, WEISU_ETYPE, "a record must be an object");
}

weisu_code record_json_decode(struct record_decoder *decoder, struct record_line line, weisu_record *out,
                              weisu_err *err)
{
    struct json_scan scan;
    struct record_fields fields = {0};
    weisu_code code;
    json_scan_init(&scan, (weisu_str){line.data, line.size});
    if (line.size > RECORD_LINE_BYTES)
        code = failure(err, WEISU_ETOOLONG, "line has %zu bytes, more than %d", line.size, RECORD_LINE_BYTES);
    else if (!json_scan_enter(&scan))
        code = refuse_other(&scan, err);
    else
        code = read_members(decoder, &scan, &fields, err);
    if (!code)
        code = record_fields_finish(decoder, &fields, line.number, out, err);
    if (code && err)
        err->line = line.number;
    return code;
}
