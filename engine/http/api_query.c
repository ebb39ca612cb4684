#include "http/api_query.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Length of the decoded character at `at`: 1 or 3 bytes of the URL, 0 when it is not well-formed. */
static size_t decode_one(weisu_str text, size_t at, char *out)
{
    char c = text.data[at];
    if (c == '+')
        c = ' ';
    if (c != '%') {
        *out = c;
        return 1;
    }
    if (text.size - at < 3)
        return 0;
    int high = hex_digit(text.data[at + 1]);
    int low = hex_digit(text.data[at + 2]);
    if (high < 0 || low < 0 || high + low == 0)
        return 0;
    *out = (char)(high * 16 + low);
    return 3;
}

static int decode_value(weisu_str text, char out[API_VALUE_BYTES])
{
    size_t size = 0;
    for (size_t at = 0; at < text.size;) {
        size_t taken = size + 1 < API_VALUE_BYTES ? decode_one(text, at, &out[size]) : 0;
        if (!taken)
            return -1;
        at += taken;
        size++;
    }
    out[size] = 0;
    return 0;
}

int api_next_parameter(weisu_str *rest, struct api_parameter *out)
{
    while (rest->size && rest->data[0] == '&')
        *rest = (weisu_str){rest->data + 1, rest->size - 1};
    if (!rest->size)
        return 0;
    const char *end = memchr(rest->data, '&', rest->size);
    weisu_str pair = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    const char *equals = memchr(pair.data, '=', pair.size);
    out->name = (weisu_str){pair.data, equals ? (size_t)(equals - pair.data) : pair.size};
    weisu_str value = {pair.data + pair.size, 0};
    if (equals)
        value = (weisu_str){equals + 1, pair.size - out->name.size - 1};
    *rest = (weisu_str){rest->data + pair.size, rest->size - pair.size};
    return decode_value(value, out->value) ? -1 : 1;
}

int api_parse_number(const char *text, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;
    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value) || value > most)
            return -1;
    }
    *out = value;
    return 0;
}
