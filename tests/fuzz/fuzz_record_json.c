/* Records from JSON: accepts exactly what RFC 8259 allows, with cJSON as the reference, and reads strings as it does.
 *
 * cJSON is laxer than the RFC (control characters, numbers such as 01 and 1., a wrong escape after \u, a byte order
 * mark) and stricter (lone surrogates, U+0000): a look at the tokens decides which of both is to be believed. */
#include <assert.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "io/json_scan.h"
#include "io/record_json.h"
#include "io/record_raw.h"

/* What of a text cJSON and the RFC judge differently. */
struct oddities {
    int is_laxly_accepted;
    int is_strictly_refused;
    int is_too_deep;
};

static size_t skip_number(const char *at, size_t left)
{
    size_t size = 0;
    if (at[0] == 'e' || at[0] == 'E')
        return 0; /* of true or false */
    while (size < left && at[size] && strchr("0123456789+-.eE", at[size]))
        size++;
    return size;
}

/* The grammar of numbers, written a second time. */
static int is_number(const char *at, size_t size)
{
    size_t i = size && at[0] == '-';
    size_t begin = i;
    while (i < size && at[i] >= '0' && at[i] <= '9')
        i++;
    if (i == begin || (at[begin] == '0' && i > begin + 1))
        return 0;
    if (i < size && at[i] == '.') {
        begin = ++i;
        while (i < size && at[i] >= '0' && at[i] <= '9')
            i++;
        if (i == begin)
            return 0;
    }
    if (i < size && (at[i] | 0x20) == 'e') {
        i++;
        i += i < size && (at[i] == '+' || at[i] == '-');
        begin = i;
        while (i < size && at[i] >= '0' && at[i] <= '9')
            i++;
        if (i == begin)
            return 0;
    }
    return i == size;
}

/* Of four hexadecimal digits; cJSON takes others for 0. */
static unsigned long escape_value(const char *at, struct oddities *odd)
{
    char digits[5] = {at[0], at[1], at[2], at[3], 0};
    odd->is_laxly_accepted |= strspn(digits, "0123456789abcdefABCDEF") != 4;
    return strtoul(digits, NULL, 16);
}

static size_t look_at_string(const char *at, size_t left, struct oddities *odd)
{
    size_t i = 1;
    while (i < left && at[i] != '"') {
        odd->is_laxly_accepted |= (unsigned char)at[i] < 0x20;
        if (at[i] != '\\') {
            i++;
            continue;
        }
        if (left - i >= 6 && at[i + 1] == 'u') {
            unsigned long code = escape_value(at + i + 2, odd);
            odd->is_strictly_refused |= code == 0 || (code >= 0xd800 && code < 0xe000);
        }
        i += 2;
    }
    return i < left ? i + 1 : left;
}

static struct oddities look_at_tokens(const char *text, size_t size)
{
    struct oddities odd = {0};
    int depth = 0;
    odd.is_laxly_accepted = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    for (size_t i = 0; i < size;) {
        char c = text[i];
        size_t number = skip_number(text + i, size - i);
        if (c == '"') {
            i += look_at_string(text + i, size - i, &odd);
            continue;
        }
        if (number) {
            odd.is_laxly_accepted |= !is_number(text + i, number);
            i += number;
            continue;
        }
        odd.is_laxly_accepted |= (unsigned char)c < 0x20 && !(c == '\t' || c == '\n' || c == '\r');
        depth += c == '[' || c == '{';
        depth -= c == ']' || c == '}';
        odd.is_too_deep |= depth > JSON_SCAN_DEPTH;
        i++;
    }
    return odd;
}

static cJSON *parse_reference(const char *text, size_t size)
{
    const char *end = NULL;
    cJSON *parsed = cJSON_ParseWithLengthOpts(text, size, &end, 0);
    for (; parsed && end < text + size; end++)
        if ((unsigned char)*end > 0x20) {
            cJSON_Delete(parsed);
            return NULL;
        }
    return parsed;
}

static void check_string(const struct json_value *value, const cJSON *reference, struct arena *arena)
{
    uint64_t invalid = 0;
    weisu_str text = json_scan_string(value, arena, &invalid);
    assert(text.data && utf8_valid_size(text) == text.size);
    if (invalid == 0)
        assert(text.size == strlen(reference->valuestring) &&
               memcmp(text.data, reference->valuestring, text.size) == 0);
    struct byte_buffer buffer;
    struct json_writer w;
    byte_buffer_init(&buffer, NULL);
    json_writer_init(&w, &buffer);
    json_string(&w, text);
    struct json_scan scan;
    struct json_value again;
    json_scan_init(&scan, (weisu_str){buffer.data, buffer.size});
    assert(!json_scan_value(&scan, &again, NULL) && !json_scan_end(&scan, NULL));
    weisu_str back = json_scan_string(&again, arena, &invalid);
    assert(back.size == text.size && memcmp(back.data, text.data, text.size) == 0);
    byte_buffer_dispose(&buffer);
}

static void check_members(const char *text, size_t size, const cJSON *reference, struct arena *arena)
{
    struct json_scan scan;
    struct json_value key;
    struct json_value value;
    int more;
    json_scan_init(&scan, (weisu_str){text, size});
    assert(json_scan_enter(&scan));
    const cJSON *member = reference->child;
    for (int is_first = 1;; is_first = 0, member = member->next) {
        assert(!json_scan_member(&scan, is_first, &key, &value, &more, NULL));
        assert(more == (member != NULL));
        if (!more)
            return;
        assert(cJSON_IsString(member) == (value.kind == JSON_STRING));
        assert(cJSON_IsNumber(member) == (value.kind == JSON_NUMBER));
        assert(cJSON_IsObject(member) == (value.kind == JSON_OBJECT));
        assert(cJSON_IsArray(member) == (value.kind == JSON_ARRAY));
        assert(cJSON_IsNull(member) == (value.kind == JSON_NULL));
        assert(cJSON_IsTrue(member) == (value.kind == JSON_TRUE));
        if (value.kind == JSON_STRING)
            check_string(&value, member, arena);
    }
}

static void check_grammar(const char *text, size_t size, struct arena *arena)
{
    struct json_scan scan;
    struct json_value value;
    json_scan_init(&scan, (weisu_str){text, size});
    int is_accepted = !json_scan_value(&scan, &value, NULL) && !json_scan_end(&scan, NULL);
    struct oddities odd = look_at_tokens(text, size);
    cJSON *reference = parse_reference(text, size);
    if (is_accepted)
        assert(!odd.is_laxly_accepted && !odd.is_too_deep && (reference || odd.is_strictly_refused));
    else
        assert(!reference || odd.is_laxly_accepted || odd.is_too_deep);
    if (is_accepted && reference && cJSON_IsObject(reference) && !odd.is_strictly_refused)
        check_members(text, size, reference, arena);
    cJSON_Delete(reference);
}

static void check_texts(const weisu_record *r)
{
    const weisu_str texts[] = {r->id, r->title, r->text, r->address, r->category, r->channel};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert(texts[i].size == 0 || utf8_valid_size(texts[i]) == texts[i].size);
    assert(r->id.size >= 1 && r->id.size <= RECORD_ID_BYTES);
    assert(r->lat_e7 >= -900000000 && r->lat_e7 <= 900000000);
    assert(r->lon_e7 >= -1800000000 && r->lon_e7 <= 1800000000);
}

/* The same bytes give the same record, and a decoder that found no object says why. */
static void check_record(const char *text, size_t size, struct arena *arena, const struct zone *zone)
{
    struct record_options options;
    record_options_init(&options, zone);
    struct record_decoder decoder = {&options, arena, 0, 0};
    weisu_record record;
    weisu_err err = {.code = WEISU_OK};
    char *line = malloc(size + 1);
    assert(line);
    memcpy(line, text, size);
    weisu_code code = record_json_decode(&decoder, (struct record_line){line, size, 5}, &record, &err);
    if (code)
        assert(err.code == code && err.line == 5 && err.text[0] && code != WEISU_ENOMEM);
    else
        check_texts(&record);
    record_raw_hide(&options, line, size);
    assert(record_raw_cut((weisu_str){line, size}).size <= RECORD_RAW_BYTES);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct zone *zone;
    struct arena arena;
    arena_init(&arena, NULL, 0);
    assert(!zone_open(&zone, "UTC", NULL, NULL));
    check_grammar(text, size, &arena);
    check_record(text, size, &arena, zone);
    zone_close(zone);
    arena_dispose(&arena);
    return 0;
}
