#include "io/json_scan.h"

#include "base/failure.h"
#include "base/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void json_scan_init(struct json_scan *scan, weisu_str text)
{
    *scan = (struct json_scan){text.data, text.data, text.data + text.size};
}

static weisu_code fail(const struct json_scan *scan, weisu_err *err, const char *expected)
{
    return failure(err, WEISU_ESYNTAX, "not JSON at byte %zu: expected %s", (size_t)(scan->at - scan->begin) + 1,
                   expected);
}

static void skip_space(struct json_scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static int take(struct json_scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != wanted)
        return 0;
    scan->at++;
    return 1;
}

/* ---- scalars ---- */

/* Moves over bytes that are neither quote, backslash nor control character. */
static void skip_plain(struct json_scan *scan)
{
#if defined(__SSE2__)
    for (; scan->end - scan->at >= 16; scan->at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)scan->at);
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
        __m128i special = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, special));
        if (found) {
            scan->at += __builtin_ctz(found);
            return;
        }
    }
#endif
    while (scan->at < scan->end && (unsigned char)*scan->at >= 0x20 && *scan->at != '"' && *scan->at != '\\')
        scan->at++;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What follows a backslash. */
static int take_escape(struct json_scan *scan)
{
    if (scan->at == scan->end)
        return 0;
    char c = *scan->at++;
    if (c != 'u')
        return memchr("\"\\/bfnrt", c, 8) != NULL;
    for (int i = 0; i < 4; i++, scan->at++)
        if (scan->at == scan->end || hex_value(*scan->at) < 0)
            return 0;
    return 1;
}

/* A string whose opening quote was read. */
static weisu_code scan_string(struct json_scan *scan, struct json_value *out, weisu_err *err)
{
    const char *begin = scan->at;
    out->kind = JSON_STRING;
    out->has_escapes = 0;
    for (;;) {
        skip_plain(scan);
        if (take(scan, '"'))
            break;
        if (!take(scan, '\\'))
            return fail(scan, err, scan->at == scan->end ? "the end of a string" : "no control character in a string");
        out->has_escapes = 1;
        if (!take_escape(scan))
            return fail(scan, err, "an escape of JSON after the backslash");
    }
    out->text = (weisu_str){begin, (size_t)(scan->at - begin) - 1};
    return WEISU_OK;
}

static int take_digits(struct json_scan *scan)
{
    const char *first = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > first;
}

static weisu_code scan_number(struct json_scan *scan, struct json_value *out, weisu_err *err)
{
    const char *begin = scan->at;
    take(scan, '-');
    if (!take(scan, '0') && !take_digits(scan))
        return fail(scan, err, "a digit");
    if (take(scan, '.') && !take_digits(scan))
        return fail(scan, err, "a digit after the point");
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+'))
            take(scan, '-');
        if (!take_digits(scan))
            return fail(scan, err, "a digit in the exponent");
    }
    *out = (struct json_value){JSON_NUMBER, 0, {begin, (size_t)(scan->at - begin)}};
    return WEISU_OK;
}

static weisu_code scan_word(struct json_scan *scan, struct json_value *out, weisu_err *err)
{
    static const struct {
        const char *text;
        size_t size;
        enum json_kind kind;
    } words[] = {{"null", 4, JSON_NULL}, {"true", 4, JSON_TRUE}, {"false", 5, JSON_FALSE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((size_t)(scan->end - scan->at) < words[i].size || memcmp(scan->at, words[i].text, words[i].size) != 0)
            continue;
        *out = (struct json_value){words[i].kind, 0, {scan->at, words[i].size}};
        scan->at += words[i].size;
        return WEISU_OK;
    }
    return fail(scan, err, "a value");
}

/* A value that is no container; the byte at `at` exists. */
static weisu_code scan_scalar(struct json_scan *scan, struct json_value *out, weisu_err *err)
{
    if (take(scan, '"'))
        return scan_string(scan, out, err);
    if (*scan->at == '-' || (*scan->at >= '0' && *scan->at <= '9'))
        return scan_number(scan, out, err);
    return scan_word(scan, out, err);
}

/* ---- containers ---- */

static weisu_code scan_key(struct json_scan *scan, struct json_value *key, weisu_err *err)
{
    skip_space(scan);
    if (!take(scan, '"'))
        return fail(scan, err, "a key in quotes");
    weisu_code code = scan_string(scan, key, err);
    if (code)
        return code;
    skip_space(scan);
    return take(scan, ':') ? WEISU_OK : fail(scan, err, "a colon after the key");
}

/* The containers that are open: bit d set for an object at depth d. */
struct nesting {
    uint64_t is_object;
    uint32_t depth;
    uint32_t most;
};

/* At a bracket: opens the container, and closes it again when it is empty; else stands before its first value. */
static weisu_code open_container(struct json_scan *scan, struct nesting *n, struct json_value *out, weisu_err *err)
{
    int is_object = *scan->at++ == '{';
    out->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
    if (n->depth == n->most)
        return failure(err, WEISU_EDEPTH, "more than %d containers in one another", JSON_SCAN_DEPTH);
    skip_space(scan);
    if (take(scan, is_object ? '}' : ']'))
        return WEISU_OK;
    n->depth++;
    n->is_object = (n->is_object & ~(UINT64_C(1) << n->depth)) | (uint64_t)is_object << n->depth;
    struct json_value key;
    return is_object ? scan_key(scan, &key, err) : WEISU_OK;
}

/* After a whole element: closes what ends here, or goes on to stand before the next value. */
static weisu_code close_or_go_on(struct json_scan *scan, struct nesting *n, weisu_err *err)
{
    while (n->depth) {
        int is_object = (int)(n->is_object >> n->depth & 1);
        skip_space(scan);
        if (take(scan, is_object ? '}' : ']')) {
            n->depth--;
            continue;
        }
        if (!take(scan, ','))
            return fail(scan, err, is_object ? "a comma or a closing brace" : "a comma or a closing bracket");
        struct json_value key;
        return is_object ? scan_key(scan, &key, err) : WEISU_OK;
    }
    return WEISU_OK;
}

/* Reads a value inside of `outer` containers. Without recursion: the text decides how deep it nests. */
static weisu_code scan_nested(struct json_scan *scan, uint32_t outer, struct json_value *out, weisu_err *err)
{
    struct nesting n = {.most = JSON_SCAN_DEPTH - outer};
    struct json_value inner;
    skip_space(scan);
    const char *begin = scan->at;
    do {
        skip_space(scan);
        if (scan->at == scan->end)
            return fail(scan, err, "a value");
        struct json_value *value = scan->at == begin ? out : &inner;
        uint32_t depth_before = n.depth;
        int opens = *scan->at == '{' || *scan->at == '[';
        weisu_code code = opens ? open_container(scan, &n, value, err) : scan_scalar(scan, value, err);
        if (!code && n.depth == depth_before)
            code = close_or_go_on(scan, &n, err);
        if (code)
            return code;
    } while (n.depth);
    if (out->kind >= JSON_ARRAY)
        *out = (struct json_value){out->kind, 0, {begin, (size_t)(scan->at - begin)}};
    return WEISU_OK;
}

weisu_code json_scan_value(struct json_scan *scan, struct json_value *out, weisu_err *err)
{
    return scan_nested(scan, 0, out, err);
}

weisu_code json_scan_end(struct json_scan *scan, weisu_err *err)
{
    skip_space(scan);
    return scan->at == scan->end ? WEISU_OK : fail(scan, err, "nothing after the value");
}

int json_scan_enter(struct json_scan *scan)
{
    skip_space(scan);
    return take(scan, '{');
}

weisu_code json_scan_member(struct json_scan *scan, int is_first, struct json_value *key, struct json_value *value,
                            int *more, weisu_err *err)
{
    skip_space(scan);
    *more = 0;
    if (take(scan, '}'))
        return WEISU_OK;
    if (!is_first && !take(scan, ','))
        return fail(scan, err, "a comma or a closing brace");
    weisu_code code = scan_key(scan, key, err);
    if (code || (code = scan_nested(scan, 1, value, err)))
        return code;
    *more = 1;
    return WEISU_OK;
}

/* ---- strings ---- */

static uint32_t read_hex(const char *at)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code << 4 | (uint32_t)hex_value(at[i]);
    return code;
}

static int is_hex(const char *at)
{
    return hex_value(at[0]) >= 0 && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0 && hex_value(at[3]) >= 0;
}

/* Reads "uXXXX" at `at` and a low surrogate's escape behind it. Returns the bytes that were read. */
static size_t read_unicode_escape(const char *at, size_t left, uint32_t *code)
{
    *code = read_hex(at + 1);
    if ((*code & 0xf800) != 0xd800)
        return 5;
    uint32_t low = left >= 11 && at[5] == '\\' && at[6] == 'u' && is_hex(at + 7) ? read_hex(at + 7) : 0;
    if (*code < 0xdc00 && (low & 0xfc00) == 0xdc00) {
        *code = 0x10000 + ((*code & 0x3ff) << 10 | (low & 0x3ff));
        return 11;
    }
    *code = UTF8_INVALID;
    return 5;
}

/* Reads what follows a backslash, which the scan has found to be an escape. */
static size_t read_escape(const char *at, size_t left, uint32_t *code)
{
    switch (*at) {
    case 'u':
        return read_unicode_escape(at, left, code);
    case 'b':
        *code = '\b';
        return 1;
    case 'f':
        *code = '\f';
        return 1;
    case 'n':
        *code = '\n';
        return 1;
    case 'r':
        *code = '\r';
        return 1;
    case 't':
        *code = '\t';
        return 1;
    default:
        *code = (unsigned char)*at;
        return 1;
    }
}

/* Reads what stands for one character at `at`. A backslash that begins no escape stands for itself. */
static size_t read_character(weisu_str text, size_t at, uint32_t *code)
{
    if (text.data[at] != '\\')
        return utf8_read((const unsigned char *)text.data + at, text.size - at, code);
    struct json_scan scan = {text.data, text.data + at + 1, text.data + text.size};
    if (take_escape(&scan))
        return 1 + read_escape(text.data + at + 1, text.size - at - 1, code);
    *code = '\\';
    return 1;
}

/* `out` has room for three bytes for each that is no UTF-8, and else for as many as there are: no escape grows. */
static size_t unescape(weisu_str text, char *out, uint64_t *invalid)
{
    size_t size = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t code;
        at += read_character(text, at, &code);
        *invalid += code == UTF8_INVALID;
        size += utf8_write(out + size, code == UTF8_INVALID ? UTF8_REPLACEMENT : code);
    }
    return size;
}

weisu_str json_scan_string(const struct json_value *string, struct arena *arena, uint64_t *invalid)
{
    weisu_str text = string->text;
    size_t plain = utf8_valid_size(text);
    if (plain == text.size && !string->has_escapes)
        return text;
    size_t growth = plain == text.size ? 1 : 3;
    char *copy = text.size <= SIZE_MAX / 3 ? arena_take(arena, text.size * growth) : NULL;
    if (!copy)
        return (weisu_str){NULL, 0};
    return (weisu_str){copy, unescape(text, copy, invalid)};
}

weisu_str json_scan_unescape(weisu_str source, char *out, size_t capacity)
{
    uint64_t invalid = 0;
    if (source.size > capacity / 3)
        return (weisu_str){out, 0};
    return (weisu_str){out, unescape(source, out, &invalid)};
}
