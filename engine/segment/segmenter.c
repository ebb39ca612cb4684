#include "segment/segmenter.h"

#include "base/failure.h"
#include "segment/character_run.h"
#include "segment/lattice.h"
#include "segment/token_join.h"

#include <string.h>

enum {
    prefetch_distance = 12, /* characters ahead; measured best from 12 to 16 */
    pad = 16,               /* codes of 0 on both sides of the text: they end every walk */
    no_path = INT32_MAX,    /* cost of a place inside a run: nothing begins or ends there */
    rebase_above = 1 << 30  /* costs are taken down before they reach no_path */
};

/* Reading tokens looks at the first pair also where no pair is meant. */
static const struct array_pair no_pair;

static size_t count_pairs(const struct double_array *array)
{
    const struct array_rank *last = &array->rank[array_rank_count(array->cell_count) - 1];
    return last->pairs_before + count_bits(last->pairs);
}

static int any_class(const uint16_t *joins)
{
    unsigned all = 0;
    for (size_t i = 0; i < 65536; i++)
        all |= joins[i];
    return all != 0;
}

weisu_code segmenter_new(struct segmenter **out, const struct lexicon *lexicon, const weisu_allocator *allocator,
                         weisu_err *err)
{
    struct segmenter *made = memory_new_zeroed(allocator, 1, sizeof *made);
    *out = made;
    if (!made)
        return failure(err, WEISU_ENOMEM, "out of memory while making a segmenter");
    made->allocator = allocator;
    made->lexicon = lexicon;
    made->array = *lexicon_array(lexicon);
    if (!count_pairs(&made->array))
        made->array.pair = &no_pair;
    made->joins = lexicon_joins(lexicon);
    made->has_joins = any_class(made->joins);
    made->unknown_cost = word_cost(lexicon_total_frequency(lexicon), 1);
    return WEISU_OK;
}

void segmenter_free(struct segmenter *segmenter)
{
    if (segmenter)
        memory_free(segmenter->allocator, segmenter, 1, sizeof *segmenter);
}

void segmenter_set_overlay(struct segmenter *segmenter, const struct word_overlay *overlay)
{
    segmenter->overlay = overlay;
}

const struct word_overlay *segmenter_overlay(const struct segmenter *segmenter)
{
    return segmenter->overlay;
}

static int take_lattice(struct lattice *lattice, const struct segmenter *segmenter, const struct characters *text,
                        struct arena *arena)
{
    const struct word_overlay *overlay = lattice->overlay;
    size_t count = text->count;
    uint16_t *code = arena_take_array(arena, count + 2 * pad, sizeof *code);
    uint32_t *best = arena_take_array(arena, count + 1, sizeof *best);
    uint32_t *choice = arena_take_array(arena, count + 1, sizeof *choice);
    if (!code || !best || !choice)
        return -1;
    memset(code, 0, pad * sizeof *code);
    code += pad;
    memset(code + count, 0, pad * sizeof *code);
    for (size_t i = 0; i < count; i++)
        code[i] = segmenter->array.code[text->code[i]];
    *lattice = (struct lattice){overlay, text->code, code, best, choice, count};
    return 0;
}

/* What the overlay has in a cell that is about to be accepted at `cost`, which it never lowers. */
static uint32_t cost_over(const struct word_overlay *overlay, uint32_t cell, uint32_t own, uint32_t cost)
{
    const struct overlay_mask *mask = overlay_mask_of(overlay, cell);
    if (!mask)
        return cost;
    return mask->cost == WORD_COST_NONE ? no_path + 1u : cost - own + mask->cost;
}

/* Words of users at `at`, where they are no dearer than what was chosen. */
static void choose_user_word(struct lattice *lattice, size_t at)
{
    const struct word_overlay *overlay = lattice->overlay;
    const uint16_t *character = lattice->character;
    if (!overlay_may_begin(overlay, character[at], at + 1 < lattice->count ? character[at + 1] : 0))
        return;
    uint32_t node = 0;
    for (size_t end = at + 1; end <= lattice->count; end++) {
        node = overlay_step(overlay, node, character[end - 1]);
        if (!node)
            return;
        uint32_t own = overlay->node[node].cost;
        if (own == WORD_COST_NONE || lattice->best[end] >= no_path || own + lattice->best[end] > lattice->best[at])
            continue;
        lattice->best[at] = own + lattice->best[end];
        lattice->choice[at] = node << length_bits | by_user | (uint32_t)(end - at);
    }
}

/* Best first word at `at`, beginning with an alternative of cost `best`. Branches, not conditional moves: they are
 * mostly predicted, and keep one place's cost from waiting for the next one's. */
static inline void choose_word(const struct segmenter *segmenter, struct lattice *lattice, size_t at, uint32_t best,
                               uint32_t choice, int is_over)
{
    const struct array_cell *cells = segmenter->array.cell;
    const uint16_t *code = lattice->code + at;
    const uint32_t *behind = lattice->best + at;
    uint32_t base = ARRAY_ROOT_BASE;
    for (uint32_t length = 1; length <= ARRAY_MAX_LENGTH; length++) {
        uint32_t cell = base + code[length - 1];
        struct array_cell found = cells[cell];
        if (found.check != code[length - 1])
            break;
        base = found.base;
        uint32_t cost = found.cost == WORD_COST_NONE ? no_path : found.cost + behind[length];
        if (cost <= best) {
            if (is_over && (cost = cost_over(lattice->overlay, cell, found.cost, cost)) > best)
                continue;
            best = cost;
            choice = cell << length_bits | length;
        }
    }
    lattice->best[at] = best;
    lattice->choice[at] = choice;
    if (is_over)
        choose_user_word(lattice, at);
}

/* A run that ends before `end`. Its inner places cost no_path, so no word can end there. Returns its first place. */
static size_t choose_in_run(const struct segmenter *segmenter, struct lattice *lattice, size_t end, int is_over)
{
    size_t start = run_start(lattice->character, lattice->count, end);
    for (size_t i = start + 1; i < end; i++)
        lattice->best[i] = no_path;
    int is_long = end - start > 1;
    if (is_long)
        lattice->choice[start + 1] = (uint32_t)end;
    choose_word(segmenter, lattice, start, segmenter->unknown_cost + lattice->best[end],
                is_long ? choose_long_run : choose_short_run, is_over);
    return start;
}

/* Only differences count, and only among places that a word can still reach. */
static void rebase(struct lattice *lattice, size_t at)
{
    size_t end = lattice->count - at > ARRAY_MAX_LENGTH ? at + ARRAY_MAX_LENGTH : lattice->count;
    uint32_t least = lattice->best[at];
    for (size_t i = at; i <= end; i++)
        least = lattice->best[i] < least ? lattice->best[i] : least;
    for (size_t i = at; i <= end; i++)
        lattice->best[i] -= lattice->best[i] == no_path ? 0 : least;
}

/* From the end to the start, so that the cost behind every word is known when its beginning is reached. `is_over`: with
 * the overlay; a constant, so that the way without is compiled as if there were none. */
static inline __attribute__((always_inline)) void find_path(const struct segmenter *segmenter, struct lattice *lattice,
                                                            int is_over)
{
    const struct array_cell *cells = segmenter->array.cell;
    lattice->best[lattice->count] = 0;
    for (size_t end = lattice->count; end > 0;) {
        size_t at = end - 1;
        /* The first character's cell is in the cache; the second one's is what a walk would wait for. */
        const uint16_t *ahead = lattice->code + at - prefetch_distance;
        __builtin_prefetch(&cells[cells[ahead[0]].base + ahead[1]]);
        if (is_run_character(lattice->character[at])) {
            at = choose_in_run(segmenter, lattice, end, is_over);
        } else {
            choose_word(segmenter, lattice, at, no_path, 0, is_over);
            if (lattice->best[at] >= no_path) {
                lattice->best[at] = segmenter->unknown_cost + lattice->best[end];
                lattice->choice[at] = choose_single;
            }
        }
        if (lattice->best[at] > rebase_above)
            rebase(lattice, at);
        end = at;
    }
}

int segmenter_run_over(const struct segmenter *segmenter, const struct word_overlay *overlay,
                       const struct characters *text, struct arena *arena, struct seg_tokens *out)
{
    struct lattice lattice = {.overlay = overlay};
    *out = (struct seg_tokens){0};
    if (take_lattice(&lattice, segmenter, text, arena))
        return -1;
    struct seg_token *token = arena_take_array(arena, text->count + 1, sizeof *token);
    if (!token)
        return -1;
    if (overlay)
        find_path(segmenter, &lattice, 1);
    else
        find_path(segmenter, &lattice, 0);
    size_t count = lattice_tokens(segmenter, &lattice, token);
    if (segmenter->has_joins)
        count = join_tokens(segmenter->joins, text->code, token, count);
    *out = (struct seg_tokens){token, count};
    return 0;
}

int segmenter_run(const struct segmenter *segmenter, const struct characters *text, struct arena *arena,
                  struct seg_tokens *out)
{
    return segmenter_run_over(segmenter, segmenter->overlay, text, arena, out);
}

/* End of the longest word that begins at `at`; SIZE_MAX when the text ends before that is known. */
static size_t longest_reach(const struct double_array *array, const struct characters *text, size_t at)
{
    size_t reach = at + 1;
    uint32_t base = ARRAY_ROOT_BASE;
    for (size_t i = at; i < at + ARRAY_MAX_LENGTH; i++) {
        if (i == text->count)
            return SIZE_MAX;
        uint32_t cell = array_step(array, base, array->code[text->code[i]]);
        if (!cell)
            break;
        if (array->cell[cell].cost != WORD_COST_NONE)
            reach = i + 1;
        base = array->cell[cell].base;
    }
    return reach;
}

/* The same for words of users. */
static size_t longest_user_reach(const struct word_overlay *overlay, const struct characters *text, size_t at)
{
    size_t reach = at + 1;
    uint32_t node = 0;
    for (size_t i = at;; i++) {
        if (i == text->count)
            return SIZE_MAX;
        node = overlay_step(overlay, node, text->code[i]);
        if (!node)
            return reach;
        if (overlay->node[node].cost != WORD_COST_NONE)
            reach = i + 1;
    }
}

static size_t longest_reach_of_both(const struct segmenter *segmenter, const struct characters *text, size_t at)
{
    const struct word_overlay *overlay = segmenter->overlay;
    size_t reach = longest_reach(&segmenter->array, text, at);
    size_t other = overlay && overlay_may_begin(overlay, text->code[at], text->code[at + 1])
                       ? longest_user_reach(overlay, text, at)
                       : 0;
    return reach > other ? reach : other;
}

size_t segmenter_safe_cut(const struct segmenter *segmenter, const struct characters *text)
{
    size_t reach = 0;
    size_t safe = 0;
    /* Whether a point at the end belongs to a number is known one character later. */
    for (size_t at = 0; at + 1 < text->count && reach != SIZE_MAX; at++) {
        if (at > 0 && reach <= at && !runs_together(text->code, text->count, at) &&
            !may_join(segmenter->joins, text->code[at - 1], text->code[at]))
            safe = at;
        size_t end = longest_reach_of_both(segmenter, text, at);
        reach = end > reach ? end : reach;
    }
    return safe;
}
