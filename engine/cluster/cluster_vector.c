#include "cluster/cluster_vector.h"

#include "base/hash.h"
#include "cluster/cluster_settings.h"
#include "cluster/vector_count.h"
#include "cluster/vector_terms.h"

#include <string.h>

#define FIELD_SEED UINT64_C(0x6669656c64)
#define PAIR_SEED UINT32_C(0x9e3779b1)

enum {
    TITLE_TOKENS = 48,    /* of a title, those that carry meaning */
    SCANNED_TOKENS = 600, /* of a text, looked at to find CLUSTER_TEXT_TOKENS of them */
    COPY_MIN = 24,        /* characters that a text must keep to be compared as a copy */
    TITLE_CHARACTERS = 24 /* that stand for the title of a record without one */
};

/* Where a text names places. */
struct place_spans {
    uint32_t count;
    struct {
        uint32_t begin;
        uint32_t end;
    } span[PLACE_MAX_MENTIONS];
};

struct gathering_run {
    const struct cluster_source *source;
    const struct cluster_text *text;
    uint32_t occurrences; /* that each token counts */
    uint32_t limit;       /* tokens that carry meaning */
    int pairs;            /* neighbouring characters too */
    struct term_gathering *into;
    const struct place_spans *places; /* of this text */
    uint16_t last_code;               /* last character that may form a pair; 0 none */
    uint16_t last_idf_q8;
};

/* ---- prior ---- */

static uint16_t least(uint32_t a, uint32_t b)
{
    return (uint16_t)(a < b ? a : b);
}

/* 0 for a word without meaning. */
static uint16_t prior_of_word(const struct lexicon *lexicon, const struct lexicon_word *word)
{
    uint32_t idf = word->idf_q8 > PRIOR_BASE_Q8 ? word->idf_q8 - PRIOR_BASE_Q8 : 0;
    idf = idf < PRIOR_CAP_Q8 ? idf : PRIOR_CAP_Q8;
    if (!word->tag_count)
        return (uint16_t)idf;
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    for (uint16_t i = 0; i < word->tag_count; i++) {
        if (tag[i].kind == LEXICON_TAG_STOP)
            return 0;
        if (tag[i].kind == LEXICON_TAG_COMMON)
            idf = least(idf, tag[i].value == 1 ? PRIOR_COMMON_Q8 : PRIOR_MANY_Q8);
    }
    return (uint16_t)idf;
}

/* Of a number that counts nothing: the more digits the rarer, but for long ones (amounts, dates, case numbers). */
static uint16_t prior_of_number(uint32_t digits)
{
    static const uint16_t prior_q8[] = {0, 640, 1152, 1792};
    return digits < sizeof prior_q8 / sizeof prior_q8[0] ? prior_q8[digits] : 1536;
}

/* `word` is the token's, NULL for a token that the dictionary does not have. */
static uint16_t prior_of_token(const struct lexicon *lexicon, const struct seg_token *token,
                               const struct lexicon_word *word)
{
    if (word)
        return prior_of_word(lexicon, word);
    switch (token->kind) {
    case SEG_NUMBER:
        return prior_of_number(token->end - token->begin);
    case SEG_LATIN:
        return token->end - token->begin <= 2 ? PRIOR_SHORT_LATIN_Q8 : PRIOR_CAP_Q8;
    case SEG_UNKNOWN:
    case SEG_USER:
        return PRIOR_CAP_Q8;
    default:
        return 0;
    }
}

/* ---- tokens ---- */

static void find_spans(struct place_spans *spans, const struct place_result *place, uint32_t field)
{
    spans->count = 0;
    for (uint32_t i = 0; i < place->mention_count; i++) {
        if (place->mention[i].field != field)
            continue;
        spans->span[spans->count].begin = place->mention[i].begin;
        spans->span[spans->count++].end = place->mention[i].end;
    }
}

/* 1 when the character belongs to the name of a place. */
static uint16_t is_in_place(const struct place_spans *spans, uint32_t at)
{
    for (uint32_t i = 0; i < spans->count; i++)
        if (at >= spans->span[i].begin && at < spans->span[i].end)
            return 1;
    return 0;
}

static weisu_str slice(const struct characters *text, uint32_t begin, uint32_t end)
{
    return (weisu_str){text->bytes.data + text->offset[begin], text->offset[end] - text->offset[begin]};
}

/* Two characters in either order, so that a name with its characters swapped still shares most of them. */
static struct gathered_term *add_pair(struct term_gathering *g, uint16_t a, uint16_t b, uint32_t idf_q8)
{
    uint32_t low = a < b ? a : b;
    uint32_t high = a < b ? b : a;
    uint64_t term = hash_mix(((uint64_t)PAIR_SEED << 32) | (high << 16) | low);
    struct gathered_term *pair = gathering_add(g, term, (uint16_t)idf_q8);
    if (pair)
        pair->least_q8 = PAIR_WEIGHT_Q8;
    return pair;
}

static void mark_place(struct gathered_term *term)
{
    if (term)
        term->is_place = 1;
}

static void add_pairs(struct gathering_run *run, const struct seg_token *token, uint16_t idf_q8)
{
    const uint16_t *code = run->text->characters->code;
    for (uint32_t i = token->begin; i < token->end; i++) {
        uint32_t idf = i > token->begin ? idf_q8 : ((uint32_t)idf_q8 + run->last_idf_q8) / 2;
        if (run->last_code)
            add_pair(run->into, run->last_code, code[i], idf);
        run->last_code = code[i];
        run->last_idf_q8 = idf_q8;
    }
}

static void add_token(struct gathering_run *run, const struct seg_token *token, const struct lexicon_word *word,
                      uint16_t idf_q8)
{
    const struct characters *text = run->text->characters;
    uint64_t identity = word ? word->term : lexicon_term(text->code + token->begin, token->end - token->begin);
    struct gathered_term *term = gathering_add(run->into, identity, idf_q8);
    if (run->pairs)
        add_pairs(run, token, idf_q8);
    if (!term)
        return;
    term->occurrences += run->occurrences;
    term->is_place |= is_in_place(run->places, token->begin);
    /* A single character is a part of a name that was cut: no keyword. */
    if (!term->spelling.size && token->end - token->begin > 1 && token->kind != SEG_NUMBER)
        term->spelling = slice(text, token->begin, token->end);
}

static void add_counted(struct gathering_run *run, const struct counted *counted)
{
    struct gathered_term *term = gathering_add(run->into, counted->term, PRIOR_COUNTED_Q8);
    run->last_code = 0;
    if (term)
        term->occurrences += run->occurrences;
}

static void gather_text(struct gathering_run *run)
{
    const struct lexicon *lexicon = run->source->lexicon;
    const struct seg_tokens *tokens = run->text->tokens;
    size_t end = tokens->count < SCANNED_TOKENS ? tokens->count : SCANNED_TOKENS;
    uint32_t taken = 0;
    for (size_t i = 0; i < end; i++)
        if (tokens->token[i].kind == SEG_WORD)
            __builtin_prefetch(lexicon_word(lexicon, tokens->token[i].word));
    for (size_t i = 0; i < end && taken < run->limit;) {
        const struct seg_token *token = &tokens->token[i];
        struct counted counted;
        if (counted_read(run->text->characters, tokens, i, &counted)) {
            add_counted(run, &counted);
            taken++;
            i += counted.tokens;
            continue;
        }
        const struct lexicon_word *word = token->kind == SEG_WORD ? lexicon_word(lexicon, token->word) : NULL;
        uint16_t idf_q8 = prior_of_token(lexicon, token, word);
        if (idf_q8) {
            add_token(run, token, word, idf_q8);
            taken++;
        } else if (token->kind == SEG_PUNCTUATION) {
            run->last_code = 0;
        }
        i++;
    }
}

/* ---- places ---- */

static const struct characters *characters_of(const struct cluster_source *source, uint32_t field)
{
    if (field == PLACE_IN_TITLE)
        return source->title.characters;
    return field == PLACE_IN_TEXT ? source->text.characters : NULL;
}

/* The characters of a name, wherever it stands, meet those of a title. */
static void add_name_pairs(struct term_gathering *g, const struct characters *text, const struct place_mention *mention)
{
    for (uint32_t i = mention->begin; text && i + 1 < mention->end; i++)
        mark_place(add_pair(g, text->code[i], text->code[i + 1], PRIOR_CAP_Q8));
}

static void gather_places(const struct cluster_source *source, struct term_gathering *g, struct cluster_vector *out)
{
    const struct place_result *place = source->place;
    for (uint32_t i = 0; i < place->mention_count && out->place_count < CLUSTER_MAX_PLACES; i++) {
        const struct place_mention *mention = &place->mention[i];
        int is_spot = mention->node == UINT32_MAX;
        out->place[out->place_count++] = (struct cluster_place){mention->key, mention->strength, (uint16_t)is_spot};
        if (!is_spot)
            continue;
        struct gathered_term *term = gathering_add(g, mention->key, PRIOR_CAP_Q8);
        if (!term)
            continue;
        term->is_place = 1;
        uint32_t weight = (uint32_t)SPOT_WEIGHT_Q8 * mention->strength / 1000;
        term->least_q8 = (uint16_t)(term->least_q8 > weight ? term->least_q8 : weight);
        if (!term->spelling.size)
            term->spelling = mention->name;
        add_name_pairs(g, characters_of(source, mention->field), mention);
    }
}

/* A record without title and text is its category at its address: each is one term. */
static void gather_fields(const struct cluster_source *source, struct term_gathering *g)
{
    const weisu_str fields[] = {source->record->category, source->record->address};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!fields[i].size)
            continue;
        uint64_t hash = hash_bytes_seeded(fields[i].data, fields[i].size, FIELD_SEED + i);
        struct gathered_term *term = gathering_add(g, hash, PRIOR_CAP_Q8);
        if (!term)
            continue;
        term->occurrences += TITLE_OCCURRENCES;
        term->spelling = fields[i];
    }
}

/* ---- near-copies ---- */

/* Hash of what is left of the text without places, digits, punctuation; 0 when that is too short to tell. */
static int near_copy_of(const struct cluster_source *source, const struct place_spans *places, struct arena *arena,
                        uint64_t *out)
{
    const struct characters *text = source->text.characters;
    uint16_t *kept = arena_take_array(arena, text->count, sizeof *kept);
    size_t count = 0;
    if (!kept)
        return -1;
    for (size_t i = 0; i < source->text.tokens->count; i++) {
        const struct seg_token *token = &source->text.tokens->token[i];
        if (token->kind > SEG_LATIN || is_in_place(places, token->begin))
            continue;
        for (uint32_t at = token->begin; at < token->end; at++)
            kept[count++] = text->code[at];
    }
    *out = count >= COPY_MIN ? hash_bytes(kept, count * sizeof *kept) : 0;
    return 0;
}

/* ---- the whole ---- */

static weisu_str cut(const struct characters *text, size_t characters)
{
    if (text->count <= characters)
        return text->bytes;
    return (weisu_str){text->bytes.data, text->offset[characters]};
}

static weisu_str title_of(const struct cluster_source *source)
{
    weisu_str title = source->record->title;
    if (!title.size && source->text.characters->count)
        title = cut(source->text.characters, TITLE_CHARACTERS);
    if (!title.size)
        title = source->record->category;
    return title;
}

static void describe(const struct cluster_source *source, struct cluster_vector *out)
{
    const struct place_result *place = source->place;
    out->division = place->node == UINT32_MAX ? 0 : gazetteer_node(source->lexicon, place->node).code;
    out->spot = place->spot_key;
    out->spot_name = place->spot_name;
    out->topic = source->topic->topic;
    out->title = title_of(source);
    weisu_str reporter = source->record->reporter;
    if (reporter.size) {
        out->reporter = hash_bytes(reporter.data, reporter.size);
        out->reporter += out->reporter == 0;
    }
}

int cluster_vector_build(const struct cluster_source *source, struct arena *arena, struct cluster_vector *out)
{
    struct term_gathering g;
    gathering_init(&g);
    *out = (struct cluster_vector){0};
    struct place_spans in_title;
    struct place_spans in_text;
    find_spans(&in_title, source->place, PLACE_IN_TITLE);
    find_spans(&in_text, source->place, PLACE_IN_TEXT);
    struct gathering_run title = {source, &source->title, TITLE_OCCURRENCES, TITLE_TOKENS, 1, &g, &in_title, 0, 0};
    struct gathering_run text = {source, &source->text, 1, CLUSTER_TEXT_TOKENS, 0, &g, &in_text, 0, 0};
    gather_text(&title);
    gather_places(source, &g, out);
    gather_text(&text);
    if (g.count == 0 || (!source->title.characters->count && !source->text.characters->count))
        gather_fields(source, &g);
    describe(source, out);
    if (near_copy_of(source, &in_text, arena, &out->near_copy))
        return -1;
    return gathering_choose(&g, arena, out);
}
