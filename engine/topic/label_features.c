#include "topic/label_features.h"

enum { beginning_tokens = 20, first_units = 2, words_ahead = 8 };

static const uint64_t number_term = 77; /* any number */

struct reading {
    const struct lexicon *lexicon;
    const struct topic_text *text;
    uint64_t *next;
    uint64_t units;
};

/* Multiplicative hashing (Knuth, 6.4): the upper bits of the product depend on all of the value; a multiplier a kind
 * keeps kinds apart. */
static const uint64_t multiplier[LABEL_FEATURE_KINDS] = {
    [LABEL_WORD] = UINT64_C(0x9e3779b97f4a7c15),
    [LABEL_WORD_PAIR] = UINT64_C(0xbf58476d1ce4e5b9),
    [LABEL_CHARACTER_PAIR] = UINT64_C(0x94d049bb133111eb),
    [LABEL_CHARACTER_TRIPLE] = UINT64_C(0xd6e8feb86659fd93),
};

static inline void add(struct reading *reading, enum label_feature_kind kind, uint64_t value)
{
    *reading->next++ = label_hash(value * multiplier[kind]) | (uint64_t)kind << 2 | reading->units;
}

static uint64_t term_of(const struct reading *reading, const struct seg_token *token)
{
    if (token->kind == SEG_NUMBER)
        return number_term;
    if (token->word != LEXICON_NO_WORD)
        return lexicon_word(reading->lexicon, token->word)->term;
    return lexicon_term(reading->text->characters->code + token->begin, token->end - token->begin);
}

/* Pairs and triples that end inside the token; `run`: how many characters stand before it without a mark. */
static void add_characters(struct reading *reading, const struct seg_token *token, uint32_t run)
{
    const uint16_t *code = reading->text->characters->code;
    for (uint32_t i = token->begin; i < token->end; i++, run++) {
        if (run == 0)
            continue;
        uint64_t pair = (uint64_t)code[i - 1] << 16 | code[i];
        add(reading, LABEL_CHARACTER_PAIR, pair);
        if (run > 1)
            add(reading, LABEL_CHARACTER_TRIPLE, (uint64_t)code[i - 2] << 32 | pair);
    }
}

/* The first `first_count` words count twice. */
static void read_field(struct reading *reading, const struct topic_text *text, size_t first_count)
{
    reading->text = text;
    const struct seg_tokens *tokens = text->tokens;
    size_t count = tokens->count < LABEL_MAX_TOKENS ? tokens->count : LABEL_MAX_TOKENS;
    size_t words = 0;
    uint64_t left = 0;
    uint32_t run = 0;
    for (size_t i = 0; i < count; i++) {
        const struct seg_token *token = &tokens->token[i];
        if (i + words_ahead < count && token[words_ahead].word != LEXICON_NO_WORD)
            __builtin_prefetch(lexicon_word(reading->lexicon, token[words_ahead].word));
        if (token->kind == SEG_PUNCTUATION || token->kind == SEG_SPACE) {
            run = 0;
            continue;
        }
        reading->units = words < first_count ? first_units : 1;
        uint64_t term = term_of(reading, token);
        add(reading, LABEL_WORD, term);
        if (run)
            add(reading, LABEL_WORD_PAIR, left * multiplier[LABEL_WORD] ^ term);
        add_characters(reading, token, run);
        run += token->end - token->begin;
        left = term;
        words++;
    }
}

/* Most that a field can give: each token and its pair, each character with its two. */
static size_t bound_of(const struct seg_tokens *tokens)
{
    size_t count = tokens->count < LABEL_MAX_TOKENS ? tokens->count : LABEL_MAX_TOKENS;
    return count ? 2 * count + 2 * (size_t)tokens->token[count - 1].end : 0;
}

int label_features_find(const struct lexicon *lexicon, const struct topic_text text[TOPIC_FIELDS], struct arena *arena,
                        struct label_occurrences *out)
{
    *out = (struct label_occurrences){NULL, 0};
    size_t bound = bound_of(text[TOPIC_IN_TITLE].tokens) + bound_of(text[TOPIC_IN_TEXT].tokens);
    uint64_t *first = arena_take_array(arena, bound, sizeof *first);
    if (!first)
        return -1;
    struct reading reading = {.lexicon = lexicon, .next = first};
    read_field(&reading, &text[TOPIC_IN_TITLE], SIZE_MAX);
    read_field(&reading, &text[TOPIC_IN_TEXT], reading.next > first ? 0 : beginning_tokens);
    out->at = first;
    out->count = (size_t)(reading.next - first);
    return 0;
}
