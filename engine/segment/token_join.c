#include "segment/token_join.h"

enum {
    most_digits_of_date = 2,
    digits_of_year = 4,
    least_foreign = 3, /* characters */
    most_foreign_piece = 3,
    fraction_length = 3 /* characters of 百分之 */
};

struct join_walk {
    const uint16_t *joins;
    const uint16_t *character;
    struct seg_token *token;
    size_t count; /* tokens read from */
    size_t kept;  /* tokens written: token[0, kept) */
};

static unsigned class_at(const struct join_walk *w, uint32_t at)
{
    return w->joins[w->character[at]];
}

static uint32_t length_of(const struct seg_token *token)
{
    return token->end - token->begin;
}

/* Class of a token of one character; 0 for a longer one, for a word of the user, and behind the last. */
static unsigned single_class(const struct join_walk *w, size_t at)
{
    return at < w->count && length_of(&w->token[at]) == 1 && w->token[at].kind != SEG_USER
               ? class_at(w, w->token[at].begin)
               : 0;
}

/* 1 when all characters of the token have one of the classes. What a user calls a word is none of a name's or number's
 * pieces. */
static int all_of(const struct join_walk *w, const struct seg_token *token, unsigned classes)
{
    if (token->kind == SEG_USER)
        return 0;
    for (uint32_t i = token->begin; i < token->end; i++)
        if (!(class_at(w, i) & classes))
            return 0;
    return 1;
}

static int spells_number(const struct join_walk *w, const struct seg_token *token, unsigned class)
{
    return token->kind == SEG_NUMBER || (class & JOIN_NUMERAL && all_of(w, token, JOIN_NUMERAL));
}

static int is_number(const struct join_walk *w, size_t at)
{
    return at < w->count && spells_number(w, &w->token[at], class_at(w, w->token[at].begin));
}

/* Value of the digits [begin, end), UINT32_MAX when there are none, too many, or something else. */
static uint32_t small_value(const struct join_walk *w, uint32_t begin, uint32_t end)
{
    uint32_t value = 0;
    if (begin == end || end - begin > most_digits_of_date)
        return UINT32_MAX;
    for (uint32_t i = begin; i < end; i++) {
        if (!is_digit(w->character[i]))
            return UINT32_MAX;
        value = value * 10 + (w->character[i] - '0');
    }
    return value;
}

static int is_year(const struct join_walk *w, uint32_t begin, uint32_t end)
{
    if (end - begin != digits_of_year)
        return 0;
    for (uint32_t i = begin; i < end; i++)
        if (!is_digit(w->character[i]) && !(class_at(w, i) & JOIN_DIGIT))
            return 0;
    return 1;
}

/* Class of the last character written before the number that begins at `begin`. */
static unsigned class_before(const struct join_walk *w, uint32_t begin)
{
    return begin > 0 ? class_at(w, begin - 1) : 0;
}

/* 1 when a unit of class `unit` belongs to the number [begin, end) before it. */
static int takes_unit(const struct join_walk *w, uint32_t begin, uint32_t end, unsigned unit)
{
    uint32_t value = small_value(w, begin, end);
    if (unit & JOIN_PERCENT)
        return 1;
    if (unit & JOIN_YEAR)
        return is_year(w, begin, end);
    if (unit & JOIN_MONTH)
        return value >= 1 && value <= 12;
    if (unit & JOIN_DAY)
        return (value >= 1 && value <= 31) || (class_before(w, begin) & JOIN_MONTH && end - begin <= 3);
    if (unit & JOIN_HOUR)
        return value <= 24;
    if (unit & JOIN_MINUTE)
        return value < 60 && class_before(w, begin) & JOIN_HOUR;
    return 0;
}

/* 第 and 百分之, 千分之, 万分之. */
static int opens_number(const struct join_walk *w, const struct seg_token *token)
{
    if (length_of(token) == 1)
        return (class_at(w, token->begin) & JOIN_ORDINAL) != 0;
    return length_of(token) == fraction_length && class_at(w, token->begin) & JOIN_SCALE &&
           class_at(w, token->begin + 1) & JOIN_MINUTE && class_at(w, token->begin + 2) & JOIN_FRACTION;
}

static size_t join_number(struct join_walk *w, size_t at)
{
    uint32_t begin = w->token[at].begin;
    size_t next = at + 1;
    while (is_number(w, next))
        next++;
    uint32_t end = w->token[next - 1].end;
    unsigned unit = single_class(w, next);
    if (unit && takes_unit(w, begin, end, unit))
        end = w->token[next++].end;
    uint32_t kind = SEG_NUMBER;
    if (w->kept && opens_number(w, &w->token[w->kept - 1])) {
        begin = w->token[--w->kept].begin;
        /* An ordinal counts nothing; it is part of names: 第3人民医院. */
        kind = class_at(w, begin) & JOIN_ORDINAL ? SEG_UNKNOWN : SEG_NUMBER;
    } else if (next == at + 1) { /* as it was */
        w->token[w->kept++] = w->token[at];
        return next;
    }
    w->token[w->kept++] = (struct seg_token){begin, end, LEXICON_NO_WORD, kind};
    return next;
}

/* Tokens from `at` on that spell a foreign name; 0 when they are too few or mostly words. */
static size_t foreign_tokens(const struct join_walk *w, size_t at)
{
    size_t next = at;
    size_t singles = 0;
    while (next < w->count && length_of(&w->token[next]) <= most_foreign_piece &&
           all_of(w, &w->token[next], JOIN_FOREIGN))
        singles += length_of(&w->token[next++]) == 1;
    int is_name =
        singles >= 2 && 2 * singles >= next - at && w->token[next - 1].end - w->token[at].begin >= least_foreign;
    return is_name ? next - at : 0;
}

/* Behind a foreign name: a dot and more of it. */
static size_t skip_dotted(const struct join_walk *w, size_t next)
{
    while (single_class(w, next) & JOIN_DOT && next + 1 < w->count && all_of(w, &w->token[next + 1], JOIN_FOREIGN)) {
        size_t more = foreign_tokens(w, next + 1);
        next += 1 + (more ? more : 1);
    }
    return next;
}

static size_t join_same(const struct join_walk *w, size_t at)
{
    size_t next = at + 1;
    while (single_class(w, next) & JOIN_DASH && w->character[w->token[next].begin] == w->character[w->token[at].begin])
        next++;
    return next;
}

static size_t join_name(const struct join_walk *w, size_t at, unsigned class)
{
    if (class & JOIN_SURNAME && single_class(w, at + 1) & JOIN_GIVEN && single_class(w, at + 2) & JOIN_GIVEN)
        return at + 3;
    return at;
}

static void keep_joined(struct join_walk *w, size_t at, size_t next, uint32_t kind)
{
    w->token[w->kept++] = (struct seg_token){w->token[at].begin, w->token[next - 1].end, LEXICON_NO_WORD, kind};
}

/* Takes the token at `at`, which is no number, and what joins it. Returns the next one. */
static size_t take_token(struct join_walk *w, size_t at, unsigned class)
{
    if (class & JOIN_FOREIGN) {
        size_t count = foreign_tokens(w, at);
        size_t next = skip_dotted(w, at + (count ? count : 1));
        int dotted = next > at + 1 && all_of(w, &w->token[at], JOIN_FOREIGN);
        if (count || dotted) {
            keep_joined(w, at, next, SEG_UNKNOWN);
            return next;
        }
    }
    unsigned single = length_of(&w->token[at]) == 1 ? class : 0;
    size_t next = join_name(w, at, single);
    if (next > at) {
        keep_joined(w, at, next, SEG_UNKNOWN);
        return next;
    }
    if (single & JOIN_DASH && (next = join_same(w, at)) > at + 1) {
        keep_joined(w, at, next, SEG_PUNCTUATION);
        return next;
    }
    w->token[w->kept++] = w->token[at];
    return at + 1;
}

size_t join_tokens(const uint16_t *joins, const uint16_t *character, struct seg_token *token, size_t count)
{
    static const unsigned starts = JOIN_NUMERAL | JOIN_SURNAME | JOIN_FOREIGN | JOIN_DASH;
    struct join_walk w = {joins, character, token, count, 0};
    for (size_t at = 0; at < count;) {
        unsigned class = class_at(&w, token[at].begin);
        if (!(class & starts) && token[at].kind != SEG_NUMBER)
            token[w.kept++] = token[at++]; /* nearly all */
        else
            at = spells_number(&w, &token[at], class) ? join_number(&w, at) : take_token(&w, at, class);
    }
    return w.kept;
}
