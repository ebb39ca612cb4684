/* From the chosen path to tokens: which word or pair ends in a cell is a rank in the array, so bits are counted. */
#include "segment/character_run.h"
#include "segment/lattice.h"

/* Folding made all white space U+0020. Blocks of the basic plane that hold signs; all else is script. */
static uint32_t kind_of_single(uint16_t c)
{
    if (c == ' ')
        return SEG_SPACE;
    int sign = c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c < 0x2c00) || (c >= 0x3000 && c < 0x3040) ||
               (c >= 0xfe10 && c < 0xfe70) || c >= 0xff00;
    return sign ? SEG_PUNCTUATION : SEG_UNKNOWN;
}

static uint32_t kind_of_run(const uint16_t *character, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if (!is_digit(character[i]) && character[i] != '.')
            return SEG_LATIN;
    return SEG_NUMBER;
}

/* Where the step from `at` ends. */
static inline size_t end_of_step(const struct lattice *lattice, size_t at)
{
    uint32_t choice = lattice->choice[at];
    if (choice >> length_bits)
        return at + (choice & (by_user - 1));
    return choice == choose_long_run ? lattice->choice[at + 1] : at + 1;
}

/* ---- without a cell ---- */

static void take_without_cell(const struct lattice *lattice, size_t begin, size_t end, struct seg_token *token)
{
    uint32_t kind = lattice->choice[begin] == choose_single ? kind_of_single(lattice->character[begin])
                                                            : kind_of_run(lattice->character, begin, end);
    *token = (struct seg_token){(uint32_t)begin, (uint32_t)end, LEXICON_NO_WORD, kind};
}

/* ---- a cell of the image ---- */

/* Writes two tokens and returns how many count: a pair is a word in three, in no pattern that a processor could
 * foresee, so everything is worked out for both without a branch. `has_popcount` is a constant. */
static inline __attribute__((always_inline)) size_t take_cell(const struct double_array *array, uint32_t cell,
                                                              uint32_t begin, uint32_t end, struct seg_token *token,
                                                              int has_popcount)
{
    const struct array_rank *rank = &array->rank[cell / 64];
    uint64_t below = (UINT64_C(1) << cell % 64) - 1;
    uint64_t is_pair = rank->pairs >> cell % 64 & 1;
    uint64_t mask = -is_pair;
    uint32_t mask32 = (uint32_t)mask;
    uint64_t bits = (rank->ends ^ ((rank->ends ^ rank->pairs) & mask)) & below;
    uint32_t before = rank->before ^ ((rank->before ^ rank->pairs_before) & mask32);
    uint32_t index = before + (has_popcount ? (uint32_t)__builtin_popcountll(bits) : count_bits(bits));
    struct array_pair pair = array->pair[index & mask32];
    uint32_t first = index ^ ((index ^ array_pair_first(pair)) & mask32);
    uint32_t middle = end ^ ((end ^ (begin + array_pair_length(pair))) & mask32);
    /* An image may be wrong about the length: then the first word is all there is. */
    is_pair &= middle < end;
    token[0] = (struct seg_token){begin, is_pair ? middle : end, first, SEG_WORD};
    token[1] = (struct seg_token){middle, end, pair.second, SEG_WORD};
    return 1 + (size_t)is_pair;
}

static inline __attribute__((always_inline)) size_t tokens_of_image(const struct double_array *array,
                                                                    const struct lattice *lattice,
                                                                    struct seg_token *token, int has_popcount)
{
    size_t count = 0;
    for (size_t at = 0; at < lattice->count;) {
        uint32_t cell = lattice->choice[at] >> length_bits;
        size_t end = end_of_step(lattice, at);
        if (cell)
            count += take_cell(array, cell, (uint32_t)at, (uint32_t)end, token + count, has_popcount);
        else
            take_without_cell(lattice, at, end, &token[count++]);
        at = end;
    }
    return count;
}

#if defined(__x86_64__)
/* The instruction is not in the x86-64 baseline, so this loop is there twice. */
__attribute__((target("popcnt"))) static size_t
tokens_by_popcount(const struct double_array *array, const struct lattice *lattice, struct seg_token *token)
{
    return tokens_of_image(array, lattice, token, 1);
}
#endif

/* ---- with words of users ---- */

static size_t take_over(const struct segmenter *segmenter, const struct lattice *lattice, uint32_t begin, uint32_t end,
                        struct seg_token *token)
{
    const struct word_overlay *overlay = lattice->overlay;
    uint32_t choice = lattice->choice[begin];
    uint32_t cell = choice >> length_bits;
    if (choice & by_user) {
        uint32_t word = overlay->node[cell].word;
        *token = (struct seg_token){begin, end, word, word == LEXICON_NO_WORD ? SEG_USER : SEG_WORD};
        return 1;
    }
    const struct overlay_mask *mask = overlay_mask_of(overlay, cell);
    if (!mask || mask->is_pair)
        return take_cell(&segmenter->array, cell, begin, end, token, 0);
    if (mask->is_unknown)
        *token = (struct seg_token){begin, end, LEXICON_NO_WORD, kind_of_single(lattice->character[begin])};
    else
        *token = (struct seg_token){begin, end, array_word(&segmenter->array, cell), SEG_WORD};
    return 1;
}

static size_t tokens_over(const struct segmenter *segmenter, const struct lattice *lattice, struct seg_token *token)
{
    size_t count = 0;
    for (size_t at = 0; at < lattice->count;) {
        size_t end = end_of_step(lattice, at);
        if (lattice->choice[at] >> length_bits)
            count += take_over(segmenter, lattice, (uint32_t)at, (uint32_t)end, token + count);
        else
            take_without_cell(lattice, at, end, &token[count++]);
        at = end;
    }
    return count;
}

size_t lattice_tokens(const struct segmenter *segmenter, const struct lattice *lattice, struct seg_token *token)
{
    if (lattice->overlay)
        return tokens_over(segmenter, lattice, token);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("popcnt"))
        return tokens_by_popcount(&segmenter->array, lattice, token);
#endif
    return tokens_of_image(&segmenter->array, lattice, token, 0);
}
