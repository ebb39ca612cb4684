#include "cluster/vector_count.h"

#include "base/hash.h"

#define COUNTED_SEED UINT64_C(0x636f756e746564)

enum { MAX_DIGITS = 6, UNIT_LENGTH = 2 };

struct unit {
    uint16_t code[UNIT_LENGTH]; /* 0 ends it */
    uint16_t canonical;
};

/* Longer ones first. 号线 线 · 号楼 号栋 栋 幢 座 · 期 · 单元 · 环 · 层 楼 · 组 · 班 · 标段 · 号. */
static const struct unit units[] = {
    {{0x53f7, 0x7ebf}, 0x7ebf}, {{0x53f7, 0x697c}, 0x680b}, {{0x53f7, 0x680b}, 0x680b}, {{0x5355, 0x5143}, 0x5143},
    {{0x6807, 0x6bb5}, 0x6bb5}, {{0x7ebf, 0}, 0x7ebf},      {{0x680b, 0}, 0x680b},      {{0x5e62, 0}, 0x680b},
    {{0x5ea7, 0}, 0x680b},      {{0x671f, 0}, 0x671f},      {{0x73af, 0}, 0x73af},      {{0x5c42, 0}, 0x5c42},
    {{0x697c, 0}, 0x5c42},      {{0x7ec4, 0}, 0x7ec4},      {{0x73ed, 0}, 0x73ed},      {{0x53f7, 0}, 0x53f7},
};

/* The digits' codes differ in their last five bits. */
#define DIGIT(code, value) [(code)&31] = {code, value}
static const struct {
    uint16_t code;
    int16_t value;
} digits[32] = {
    DIGIT(0x96f6, 0), DIGIT(0x4e00, 1), DIGIT(0x4e8c, 2), DIGIT(0x4e09, 3), DIGIT(0x56db, 4),  DIGIT(0x4e94, 5),
    DIGIT(0x516d, 6), DIGIT(0x4e03, 7), DIGIT(0x516b, 8), DIGIT(0x4e5d, 9), DIGIT(0x5341, 10),
};
#undef DIGIT

/* 0 to 9 and 十 as 10; -1 for what is no Chinese digit. */
static int chinese_digit(uint16_t c)
{
    return digits[c & 31].code == c ? digits[c & 31].value : -1;
}

/* Value of the Chinese number that begins at `at`, up to 99; *end is where it ends. */
static uint32_t read_chinese(const struct characters *text, size_t at, size_t limit, size_t *end)
{
    uint32_t value = 0;
    size_t i = at;
    for (; i < limit && i < at + 3; i++) {
        int digit = chinese_digit(text->code[i]);
        if (digit < 0)
            break;
        if (digit == 10)
            value = (value ? value : 1) * 10;
        else
            value = (i > at && text->code[i - 1] != 0x5341 ? value * 10 : value) + (uint32_t)digit;
    }
    *end = i;
    return value;
}

/* 0 when there is no number of a few digits. */
static size_t read_number(const struct characters *text, const struct seg_token *token, uint32_t *value)
{
    size_t end = token->begin;
    *value = 0;
    if (token->kind == SEG_NUMBER) {
        if (token->end - token->begin > MAX_DIGITS)
            return 0;
        for (; end < token->end && text->code[end] >= '0' && text->code[end] <= '9'; end++)
            *value = *value * 10 + (text->code[end] - '0');
        return end == token->end ? end : 0;
    }
    if (token->kind != SEG_WORD && token->kind != SEG_UNKNOWN)
        return 0;
    *value = read_chinese(text, token->begin, token->end, &end);
    return end > token->begin ? end : 0;
}

static size_t unit_length(const struct unit *unit, const struct characters *text, size_t at)
{
    size_t i = 0;
    for (; i < UNIT_LENGTH && unit->code[i]; i++)
        if (at + i >= text->count || text->code[at + i] != unit->code[i])
            return 0;
    return i;
}

/* Tokens from `at` on that end exactly at character `end`; 0 when none does. */
static size_t tokens_until(const struct seg_tokens *tokens, size_t at, size_t end)
{
    for (size_t i = at; i < tokens->count && tokens->token[i].end <= end; i++)
        if (tokens->token[i].end == end)
            return i - at + 1;
    return 0;
}

static int finish(const struct seg_tokens *tokens, size_t at, uint32_t value, uint16_t unit, size_t end,
                  struct counted *out)
{
    size_t covered = tokens_until(tokens, at, end);
    if (!covered)
        return 0;
    const uint32_t identity[2] = {value, unit};
    *out = (struct counted){hash_bytes_seeded(identity, sizeof identity, COUNTED_SEED), tokens->token[at].begin,
                            (uint32_t)end, covered};
    return 1;
}

/* Not inlined: nearly every call ends at the first look, which then needs no stack. */
__attribute__((noinline)) static int read_counted(const struct characters *text, const struct seg_tokens *tokens,
                                                  size_t at, struct counted *out)
{
    uint32_t value;
    size_t end = read_number(text, &tokens->token[at], &value);
    if (!end)
        return 0;
    if (end < text->count && text->code[end] == ' ')
        end++;
    int has_hash = end < text->count && text->code[end] == '#';
    end += (size_t)has_hash;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end >= text->count || units[i].code[0] != text->code[end])
            continue;
        size_t length = unit_length(&units[i], text, end);
        if (length && finish(tokens, at, value, units[i].canonical, end + length, out))
            return 1;
    }
    return has_hash && finish(tokens, at, value, 0x680b, end, out);
}

int counted_read(const struct characters *text, const struct seg_tokens *tokens, size_t at, struct counted *out)
{
    const struct seg_token *token = &tokens->token[at];
    if (token->kind != SEG_NUMBER && chinese_digit(text->code[token->begin]) < 0)
        return 0;
    return read_counted(text, tokens, at, out);
}
