#include "segment/word_overlay.h"

#include "base/failure.h"
#include "segment/character_run.h"

enum {
    margin_of_character = 4 << WORD_COST_SHIFT, /* additive: a word costs no more than words that it is made of */
    least_cost = 1,                             /* a word of no cost could not be told from none */
    no_cost = INT32_MAX
};

struct building {
    struct word_overlay *overlay;
    const struct lexicon *lexicon;
    const struct double_array *array;
    const struct user_words *words;
    enum user_words_when when;
    uint32_t unknown_cost;
    struct said_word *said; /* [word count of the image] */
};

/* Of a word of the image. */
struct said_word {
    uint32_t rise; /* how much dearer it becomes; no_cost when it is deleted */
    uint32_t is_said;
};

/* ---- the image ---- */

/* Cell in which a spelling ends, 0 when the array holds no such path. */
static uint32_t find_cell(const struct double_array *array, const uint16_t *code, size_t count)
{
    uint32_t cell = 0;
    uint32_t base = ARRAY_ROOT_BASE;
    for (size_t i = 0; i < count; i++) {
        cell = array_step(array, base, array->code[code[i]]);
        if (!cell)
            return 0;
        base = array->cell[cell].base;
    }
    return cell;
}

/* Where a cell has the cost of a pair that is cheaper than the word, what the word costs is known to 1/256 bit, from
 * its frequency in the word lists. */
static uint32_t cost_of_word(const struct building *b, uint32_t cell, uint32_t word)
{
    uint32_t cost = b->array->cell[cell].cost;
    if (!array_is_pair(b->array, cell))
        return cost;
    uint32_t listed = (uint32_t)lexicon_word(b->lexicon, word)->idf_q8 << (WORD_COST_SHIFT - 8);
    return listed > cost ? listed : cost;
}

/* ---- what a word costs ---- */

static int may_stand_between(const uint16_t *code, size_t count, size_t at)
{
    return at == 0 || at == count || !runs_together(code, count, at);
}

/* Cheapest spelling of [0, count) in words of the image, the whole of it left out. */
static uint32_t cost_in_parts(const struct building *b, const uint16_t *code, size_t count)
{
    uint32_t best[USER_WORD_CHARACTERS + 1];
    best[count] = 0;
    for (size_t begin = count; begin-- > 0;) {
        best[begin] = no_cost;
        if (!may_stand_between(code, count, begin))
            continue;
        size_t next = begin + 1;
        while (!may_stand_between(code, count, next))
            next++;
        best[begin] = b->unknown_cost + best[next];
        uint32_t base = ARRAY_ROOT_BASE;
        for (size_t end = begin + 1; end <= count && end - begin < count; end++) {
            uint32_t cell = array_step(b->array, base, b->array->code[code[end - 1]]);
            if (!cell)
                break;
            base = b->array->cell[cell].base;
            uint32_t cost = b->array->cell[cell].cost;
            if (cost != WORD_COST_NONE && best[end] != no_cost && cost + best[end] < best[begin])
                best[begin] = cost + best[end];
        }
    }
    return best[0];
}

static uint16_t cost_of_said(const struct building *b, const uint16_t *code, size_t count, int64_t frequency)
{
    uint32_t cost;
    if (frequency != WEISU_WORD_WHOLE) {
        cost = word_cost(lexicon_total_frequency(b->lexicon), (uint64_t)frequency);
    } else {
        uint32_t margin = (uint32_t)count * margin_of_character;
        uint32_t parts = cost_in_parts(b, code, count);
        cost = parts > margin ? parts - margin : 0;
    }
    cost = cost > WORD_COST_MAX ? WORD_COST_MAX : cost;
    return (uint16_t)(cost < least_cost ? least_cost : cost);
}

/* ---- the trie ---- */

static int add_node(struct word_overlay *overlay, uint32_t *node)
{
    if (overlay->node_count >= OVERLAY_MAX_NODES ||
        memory_reserve(overlay->allocator, (void **)&overlay->node, &overlay->node_capacity, overlay->node_count + 1,
                       sizeof *overlay->node))
        return -1;
    *node = (uint32_t)overlay->node_count++;
    overlay->node[*node] = (struct overlay_node){LEXICON_NO_WORD, WORD_COST_NONE};
    return 0;
}

static int add_path(struct word_overlay *overlay, const uint16_t *code, size_t count, uint32_t *end)
{
    uint32_t node = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t child = overlay_step(overlay, node, code[i]);
        if (!child && (add_node(overlay, &child) || id_map_put(&overlay->child, (uint64_t)node << 16 | code[i], child)))
            return -1;
        node = child;
    }
    *end = node;
    return 0;
}

static int add_word(struct building *b, const struct user_word *said, uint32_t word)
{
    struct word_overlay *overlay = b->overlay;
    const uint16_t *code = user_word_code(b->words, said);
    uint32_t end;
    if (add_path(overlay, code, said->length, &end))
        return -1;
    overlay->node[end] =
        (struct overlay_node){word, cost_of_said(b, code, said->length, user_word_said(said, b->when))};
    overlay->has_single |= said->length == 1;
    uint32_t bit = overlay_pair_bit(code[0], said->length > 1 ? code[1] : 0);
    overlay->begins[bit / 64] |= UINT64_C(1) << bit % 64;
    return 0;
}

/* ---- what is hidden ---- */

static int hide(struct word_overlay *overlay, uint32_t cell, struct overlay_mask mask)
{
    if (memory_reserve(overlay->allocator, (void **)&overlay->mask, &overlay->mask_capacity, overlay->mask_count + 1,
                       sizeof *overlay->mask) ||
        id_map_put(&overlay->masked, cell, (uint32_t)overlay->mask_count))
        return -1;
    overlay->mask[overlay->mask_count++] = mask;
    uint32_t bit = overlay_cell_bit(cell);
    overlay->hides[bit / 64] |= UINT64_C(1) << bit % 64;
    return 0;
}

/* The word of a cell is said otherwise. A pair of the same spelling stays. */
static int hide_word(struct building *b, uint32_t cell, const struct user_word *said)
{
    if (array_is_pair(b->array, cell))
        return 0;
    struct overlay_mask mask = {.cost = WORD_COST_NONE};
    if (said->length == 1 && user_word_said(said, b->when) == WEISU_WORD_DELETED) {
        uint32_t own = b->array->cell[cell].cost;
        mask =
            (struct overlay_mask){.cost = (uint16_t)(own > b->unknown_cost ? own : b->unknown_cost), .is_unknown = 1};
    }
    return hide(b->overlay, cell, mask);
}

/* A pair with a word that is deleted is none, and its spelling is the word of it, if there is one. */
static int hide_pair(struct building *b, uint32_t cell, const struct array_pair *pair)
{
    uint32_t first = b->said[array_pair_first(*pair)].rise;
    uint32_t second = b->said[pair->second].rise;
    uint32_t cost = WORD_COST_NONE;
    if (first != no_cost && second != no_cost)
        cost = b->array->cell[cell].cost + first + second;
    struct overlay_mask mask = {.cost = (uint16_t)(cost < WORD_COST_NONE ? cost : WORD_COST_NONE), .is_pair = 1};
    if (array_is_word(b->array, cell)) {
        uint32_t word = array_word(b->array, cell);
        uint32_t own = cost_of_word(b, cell, word);
        if (!b->said[word].is_said && own <= mask.cost)
            mask = (struct overlay_mask){.cost = (uint16_t)own};
    }
    return hide(b->overlay, cell, mask);
}

static int hide_pairs(struct building *b)
{
    size_t ranks = array_rank_count(b->array->cell_count);
    for (size_t at = 0; at < ranks; at++) {
        const struct array_pair *pair = b->array->pair + b->array->rank[at].pairs_before;
        for (uint64_t left = b->array->rank[at].pairs; left; left &= left - 1, pair++) {
            uint32_t cell = (uint32_t)(at * 64) + (uint32_t)__builtin_ctzll(left);
            if ((b->said[array_pair_first(*pair)].rise || b->said[pair->second].rise) && hide_pair(b, cell, pair))
                return -1;
        }
    }
    return 0;
}

/* ---- the whole ---- */

static struct said_word read_said(const struct building *b, const struct user_word *said, uint32_t cell, uint32_t word)
{
    if (user_word_said(said, b->when) == WEISU_WORD_DELETED)
        return (struct said_word){no_cost, 1};
    uint32_t before = cost_of_word(b, cell, word);
    uint32_t cost = cost_of_said(b, user_word_code(b->words, said), said->length, user_word_said(said, b->when));
    return (struct said_word){cost > before ? cost - before : 0, 1};
}

static int take_said(struct building *b, const struct user_word *said, int *touches_image)
{
    uint32_t cell = find_cell(b->array, user_word_code(b->words, said), said->length);
    uint32_t word = cell && array_is_word(b->array, cell) ? array_word(b->array, cell) : LEXICON_NO_WORD;
    if (word != LEXICON_NO_WORD) {
        b->said[word] = read_said(b, said, cell, word);
        *touches_image = 1;
        if (hide_word(b, cell, said))
            return -1;
    }
    return user_word_said(said, b->when) == WEISU_WORD_DELETED ? 0 : add_word(b, said, word);
}

static int build(struct building *b)
{
    uint32_t root;
    int touches_image = 0;
    uint32_t count = lexicon_word_count(b->lexicon);
    b->said = memory_new_zeroed(b->overlay->allocator, (size_t)count + 1, sizeof *b->said);
    if (!b->said || add_node(b->overlay, &root))
        return -1;
    for (size_t i = 0; i < b->words->count; i++) {
        const struct user_word *said = &b->words->word[i];
        if (user_word_said(said, b->when) != WEISU_WORD_RESET && take_said(b, said, &touches_image))
            return -1;
    }
    return touches_image ? hide_pairs(b) : 0;
}

static int is_empty(const struct user_words *words, enum user_words_when when)
{
    for (size_t i = 0; i < words->count; i++)
        if (user_word_said(&words->word[i], when) != WEISU_WORD_RESET)
            return 0;
    return 1;
}

weisu_code word_overlay_new(struct word_overlay **out, const struct lexicon *lexicon, const struct user_words *words,
                            enum user_words_when when, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    if (is_empty(words, when))
        return WEISU_OK;
    struct word_overlay *made = memory_new_zeroed(allocator, 1, sizeof *made);
    if (!made)
        return failure(err, WEISU_ENOMEM, "no memory for the words of users");
    made->allocator = allocator;
    id_map_init(&made->child, allocator);
    id_map_init(&made->masked, allocator);
    struct building b = {.overlay = made,
                         .lexicon = lexicon,
                         .array = lexicon_array(lexicon),
                         .words = words,
                         .when = when,
                         .unknown_cost = word_cost(lexicon_total_frequency(lexicon), 1)};
    int failed = build(&b);
    memory_free(allocator, b.said, (size_t)lexicon_word_count(lexicon) + 1, sizeof *b.said);
    if (failed) {
        word_overlay_free(made);
        return failure(err, WEISU_ENOMEM, "no memory for the words of users");
    }
    *out = made;
    return WEISU_OK;
}

void word_overlay_free(struct word_overlay *overlay)
{
    if (!overlay)
        return;
    id_map_dispose(&overlay->child);
    id_map_dispose(&overlay->masked);
    memory_free(overlay->allocator, overlay->node, overlay->node_capacity, sizeof *overlay->node);
    memory_free(overlay->allocator, overlay->mask, overlay->mask_capacity, sizeof *overlay->mask);
    memory_free(overlay->allocator, overlay, 1, sizeof *overlay);
}
