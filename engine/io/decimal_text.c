#include "io/decimal_text.h"

enum { exponent_most = 100000 };

struct cursor {
    const char *at;
    const char *end;
};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return 0;
    c->at++;
    return 1;
}

/* Digits at the cursor, as a slice. */
static weisu_str take_digits(struct cursor *c)
{
    const char *first = c->at;
    while (c->at < c->end && is_digit(*c->at))
        c->at++;
    return (weisu_str){first, (size_t)(c->at - first)};
}

/* [e|E [+|-] digits]. 0 when it is malformed. */
static int take_exponent(struct cursor *c, int64_t *exponent)
{
    *exponent = 0;
    if (!take(c, 'e') && !take(c, 'E'))
        return 1;
    int is_negative = take(c, '-');
    if (!is_negative)
        take(c, '+');
    weisu_str digits = take_digits(c);
    for (size_t i = 0; i < digits.size && *exponent < exponent_most; i++)
        *exponent = *exponent * 10 + (digits.data[i] - '0');
    *exponent = is_negative ? -*exponent : *exponent;
    return digits.size > 0;
}

/* The digits of whole and fraction in a row: number i of them. */
static int digit_at(weisu_str whole, weisu_str fraction, int64_t i)
{
    int64_t size = (int64_t)whole.size;
    if (i < size)
        return whole.data[i] - '0';
    return i - size < (int64_t)fraction.size ? fraction.data[i - size] - '0' : 0;
}

int decimal_read_scaled(weisu_str text, int decimals, int64_t limit, int64_t *scaled)
{
    if (!text.size)
        return -1;
    struct cursor c = {text.data, text.data + text.size};
    int is_negative = take(&c, '-');
    if (!is_negative)
        take(&c, '+');
    weisu_str whole = take_digits(&c);
    weisu_str fraction = {c.at, 0};
    if (!whole.size || (take(&c, '.') && !(fraction = take_digits(&c)).size))
        return -1;
    int64_t exponent;
    if (!take_exponent(&c, &exponent) || c.at != c.end)
        return -1;
    /* So many digits stand before the point after scaling. */
    int64_t kept = (int64_t)whole.size + exponent + decimals;
    uint64_t value = 0;
    for (int64_t i = 0; i < kept; i++) {
        if (value > (uint64_t)limit)
            return -1;
        if (value == 0 && i >= (int64_t)(whole.size + fraction.size))
            break; /* zero, however large its exponent */
        value = value * 10 + (uint64_t)digit_at(whole, fraction, i);
    }
    value += kept >= 0 && digit_at(whole, fraction, kept) >= 5;
    if (value > (uint64_t)limit)
        return -1;
    *scaled = is_negative ? -(int64_t)value : (int64_t)value;
    return 0;
}

int decimal_is_digits(weisu_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_digit(text.data[i]))
            return 0;
    return text.size > 0;
}
