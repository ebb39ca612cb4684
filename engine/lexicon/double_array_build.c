#include "lexicon/double_array_build.h"

#include "base/failure.h"

#include <string.h>

enum { growth = 1 << 16, bits_of_word = 64 };

/* A node whose children are still to be placed: the words [first, end) share their first `depth` codes. */
struct pending_node {
    uint64_t weight;
    uint32_t first;
    uint32_t end;
    uint32_t depth;
    uint32_t cell; /* UINT32_MAX for the root */
};

/* A child of the node being placed. */
struct child_range {
    uint32_t first;
    uint32_t end;
    uint16_t code;
};

struct builder {
    struct array_build *out;
    const weisu_allocator *allocator;
    const struct array_key *words;
    uint64_t *weight_before; /* [count + 1] prefix sums */
    size_t count;
    uint32_t code_count;
    struct pending_node *heap;
    size_t heap_count;
    size_t heap_capacity;
    struct child_range *child; /* [code_count] */
    size_t child_count;
    uint64_t *taken;     /* bit set of cells */
    uint64_t *base_used; /* bit set of bases */
    size_t taken_words;
    size_t base_words;
    size_t first_free; /* no cell before it is free */
    size_t end;        /* one past the last cell in use */
};

static int goes_first(const struct pending_node *a, const struct pending_node *b)
{
    if (a->weight != b->weight)
        return a->weight > b->weight;
    if (a->first != b->first)
        return a->first < b->first;
    return a->depth < b->depth;
}

static int push_node(struct builder *b, struct pending_node node)
{
    if (memory_reserve(b->allocator, (void **)&b->heap, &b->heap_capacity, b->heap_count + 1, sizeof *b->heap))
        return -1;
    size_t at = b->heap_count++;
    while (at > 0 && goes_first(&node, &b->heap[(at - 1) / 2])) {
        b->heap[at] = b->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    b->heap[at] = node;
    return 0;
}

static struct pending_node pop_node(struct builder *b)
{
    struct pending_node top = b->heap[0];
    struct pending_node last = b->heap[--b->heap_count];
    size_t at = 0;
    for (;;) {
        size_t below = 2 * at + 1;
        if (below >= b->heap_count)
            break;
        if (below + 1 < b->heap_count && goes_first(&b->heap[below + 1], &b->heap[below]))
            below++;
        if (!goes_first(&b->heap[below], &last))
            break;
        b->heap[at] = b->heap[below];
        at = below;
    }
    if (b->heap_count)
        b->heap[at] = last;
    return top;
}

static void set_bit(uint64_t *bits, size_t at)
{
    bits[at / bits_of_word] |= UINT64_C(1) << at % bits_of_word;
}

/* The 64 bits that begin at bit `at`. */
static uint64_t bits_from(const uint64_t *bits, size_t at)
{
    size_t word = at / bits_of_word;
    unsigned shift = at % bits_of_word;
    return shift ? bits[word] >> shift | bits[word + 1] << (bits_of_word - shift) : bits[word];
}

static int grow_bits(const struct builder *b, uint64_t **bits, size_t *words, size_t needed)
{
    size_t old = *words;
    if (memory_reserve(b->allocator, (void **)bits, words, needed / bits_of_word + 2, sizeof **bits))
        return -1;
    memset(*bits + old, 0, (*words - old) * sizeof **bits);
    return 0;
}

/* Makes the cells below `needed` exist, free. */
static int grow_cells(struct builder *b, size_t needed)
{
    struct array_build *out = b->out;
    if (needed <= out->cell_count)
        return 0;
    needed = (needed + growth - 1) / growth * growth;
    if (memory_reserve(b->allocator, (void **)&out->cell, &out->cell_capacity, needed, sizeof *out->cell) ||
        memory_reserve(b->allocator, (void **)&out->entry, &out->entry_capacity, needed, sizeof *out->entry) ||
        grow_bits(b, &b->taken, &b->taken_words, needed) || grow_bits(b, &b->base_used, &b->base_words, needed))
        return -1;
    for (size_t i = out->cell_count; i < needed; i++) {
        out->cell[i] = (struct array_cell){0, ARRAY_FREE, WORD_COST_NONE};
        out->entry[i] = UINT32_MAX;
    }
    out->cell_count = needed;
    return 0;
}

/* Fills b->child with the children of `node`. */
static void list_children(struct builder *b, const struct pending_node *node)
{
    b->child_count = 0;
    uint32_t at = node->first;
    if (b->words[at].length == node->depth)
        at++;
    while (at < node->end) {
        uint16_t code = b->words[at].code[node->depth];
        uint32_t end = at + 1;
        while (end < node->end && b->words[end].code[node->depth] == code)
            end++;
        b->child[b->child_count++] = (struct child_range){at, end, code};
        at = end;
    }
}

/* Bit i: base + i is of no other node, and its cells for all children are free. */
static uint64_t bases_that_fit(const struct builder *b, size_t base)
{
    uint64_t fit = ~bits_from(b->base_used, base);
    for (size_t i = 0; i < b->child_count && fit; i++)
        fit &= ~bits_from(b->taken, base + b->child[i].code);
    return fit;
}

/* First fit, 64 bases at a time. At the latest it is found where all cells are free, so the cells must reach
 * 64 + code_count behind b->end. */
static size_t find_base(struct builder *b)
{
    while (b->first_free < b->end && bits_from(b->taken, b->first_free) & 1)
        b->first_free++;
    size_t first_code = b->child[0].code;
    size_t base = b->first_free > first_code ? b->first_free - first_code : 1;
    uint64_t fit;
    while (!(fit = bases_that_fit(b, base)))
        base += bits_of_word;
    return base + (size_t)__builtin_ctzll(fit);
}

static int place_child(struct builder *b, const struct child_range *child, uint32_t base, uint32_t depth)
{
    struct array_build *out = b->out;
    uint32_t at = base + child->code;
    const struct array_key *first = &b->words[child->first];
    out->cell[at].check = child->code;
    set_bit(b->taken, at);
    if (at >= b->end)
        b->end = at + 1;
    int is_word = first->length == depth + 1;
    if (is_word) {
        out->cell[at].cost = first->cost;
        out->entry[at] = first->entry;
    }
    if (is_word && child->end - child->first == 1)
        return 0;
    uint64_t weight = b->weight_before[child->end] - b->weight_before[child->first];
    return push_node(b, (struct pending_node){weight, child->first, child->end, depth + 1, at});
}

static weisu_code place_node(struct builder *b, const struct pending_node *node, weisu_err *err)
{
    list_children(b, node);
    if (b->end + 2 * b->code_count + bits_of_word > ARRAY_MAX_CELLS - growth)
        return failure(err, WEISU_ELIMIT, "the words need more than %d cells", ARRAY_MAX_CELLS);
    if (grow_cells(b, b->end + b->code_count + bits_of_word))
        return failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    size_t base = node->cell == UINT32_MAX ? ARRAY_ROOT_BASE : find_base(b);
    set_bit(b->base_used, base);
    if (node->cell != UINT32_MAX)
        b->out->cell[node->cell].base = (uint32_t)base;
    for (size_t i = 0; i < b->child_count; i++)
        if (place_child(b, &b->child[i], (uint32_t)base, node->depth))
            return failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    return WEISU_OK;
}

/* Cuts the array behind the free run, and lets childless nodes and free cells point there. */
static weisu_code finish(struct builder *b, weisu_err *err)
{
    struct array_build *out = b->out;
    size_t needed = b->end + b->code_count;
    if (grow_cells(b, needed))
        return failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    out->cell_count = needed;
    for (size_t i = 0; i < needed; i++)
        if (out->cell[i].base == 0)
            out->cell[i].base = (uint32_t)b->end;
    return WEISU_OK;
}

static weisu_code place_all(struct builder *b, weisu_err *err)
{
    b->weight_before[0] = 0;
    for (size_t i = 0; i < b->count; i++)
        b->weight_before[i + 1] = b->weight_before[i] + b->words[i].frequency + 1;
    b->end = b->code_count;
    if (grow_cells(b, b->code_count) ||
        push_node(b, (struct pending_node){.end = (uint32_t)b->count, .cell = UINT32_MAX}))
        return failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    set_bit(b->taken, 0);
    while (b->heap_count) {
        struct pending_node node = pop_node(b);
        weisu_code code = place_node(b, &node, err);
        if (code)
            return code;
    }
    return finish(b, err);
}

weisu_code array_build_run(struct array_build *out, const struct array_key *words, size_t count, uint32_t code_count,
                           const weisu_allocator *allocator, weisu_err *err)
{
    *out = (struct array_build){.allocator = allocator};
    if (count == 0 || count >= UINT32_MAX || code_count < 2 || code_count > ARRAY_MAX_CODES)
        return failure(err, WEISU_EINVAL, "a word trie needs words");
    struct builder b = {.out = out, .allocator = allocator, .words = words, .count = count, .code_count = code_count};
    b.weight_before = memory_new(allocator, count + 1, sizeof *b.weight_before);
    b.child = memory_new(allocator, code_count, sizeof *b.child);
    weisu_code code = b.weight_before && b.child
                          ? place_all(&b, err)
                          : failure(err, WEISU_ENOMEM, "out of memory while building the word trie");
    memory_free(allocator, b.weight_before, count + 1, sizeof *b.weight_before);
    memory_free(allocator, b.child, code_count, sizeof *b.child);
    memory_free(allocator, b.heap, b.heap_capacity, sizeof *b.heap);
    memory_free(allocator, b.taken, b.taken_words, sizeof *b.taken);
    memory_free(allocator, b.base_used, b.base_words, sizeof *b.base_used);
    return code;
}

void array_build_dispose(struct array_build *build)
{
    memory_free(build->allocator, build->cell, build->cell_capacity, sizeof *build->cell);
    memory_free(build->allocator, build->entry, build->entry_capacity, sizeof *build->entry);
    *build = (struct array_build){.allocator = build->allocator};
}
