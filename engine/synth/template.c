#include "synth/template.h"

#include "base/failure.h"

#include <stdlib.h>
#include <string.h>

enum op_kind { OP_LITERAL, OP_SLOT, OP_CHOICE };

struct template_op {
    enum op_kind kind;
    uint32_t first; /* of literals or of branches */
    uint32_t count;
    struct template_slot slot;
};

struct template_branch {
    struct template_range ops;
};

static const struct {
    const char *name;
    enum synth_slot slot;
} slot_names[] = {
#define X(name, slot, what) {name, slot},
    SYNTH_SLOTS(X)
#undef X
};

void template_pool_init(struct template_pool *pool, const weisu_allocator *allocator)
{
    *pool = (struct template_pool){.allocator = allocator};
    byte_buffer_init(&pool->literals, allocator);
}

void template_pool_dispose(struct template_pool *pool)
{
    memory_free(pool->allocator, pool->ops, pool->op_capacity, sizeof *pool->ops);
    memory_free(pool->allocator, pool->branches, pool->branch_capacity, sizeof *pool->branches);
    byte_buffer_dispose(&pool->literals);
}

static weisu_code push_op(struct template_pool *pool, struct template_op op, weisu_err *err)
{
    if (memory_reserve(pool->allocator, (void **)&pool->ops, &pool->op_capacity, pool->op_count + 1, sizeof *pool->ops))
        return failure(err, WEISU_ENOMEM, "no memory for a wording");
    pool->ops[pool->op_count++] = op;
    return WEISU_OK;
}

static weisu_code push_literal(struct template_pool *pool, weisu_str text, weisu_err *err)
{
    if (text.size == 0)
        return WEISU_OK;
    struct template_op op = {.kind = OP_LITERAL, .first = (uint32_t)pool->literals.size, .count = (uint32_t)text.size};
    byte_buffer_append_str(&pool->literals, text);
    if (pool->literals.failed)
        return failure(err, WEISU_ENOMEM, "no memory for a wording");
    return push_op(pool, op, err);
}

/* A literal, its words that have synonyms as slots. */
static weisu_code push_words(struct template_pool *pool, weisu_str text, weisu_err *err)
{
    size_t from = 0;
    weisu_code code = WEISU_OK;
    for (size_t at = 0; pool->find_synonym && at < text.size && !code;) {
        size_t size = 1;
        int class_index = pool->find_synonym(pool->context, (weisu_str){text.data + at, text.size - at}, &size);
        if (class_index >= 0) {
            struct template_op op = {.kind = OP_SLOT, .slot = {.slot = SLOT_WORD, .low = (uint32_t)class_index}};
            code = push_literal(pool, (weisu_str){text.data + from, at - from}, err);
            code = code ? code : push_op(pool, op, err);
            from = at + size;
        }
        at += size;
    }
    return code ? code : push_literal(pool, (weisu_str){text.data + from, text.size - from}, err);
}

/* "2-30" */
static int parse_range(weisu_str text, uint32_t *low, uint32_t *high)
{
    uint32_t number[2] = {0, 0};
    size_t digits[2] = {0, 0};
    int part = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '-' && part == 0) {
            part = 1;
        } else if (c >= '0' && c <= '9' && digits[part] < 9) {
            number[part] = number[part] * 10 + (uint32_t)(c - '0');
            digits[part]++;
        } else {
            return -1;
        }
    }
    *low = number[0];
    *high = number[1];
    return digits[0] && digits[1] && number[0] <= number[1] ? 0 : -1;
}

static int parse_arguments(const struct template_pool *pool, struct template_slot *slot, weisu_str text)
{
    int index;
    switch (slot->slot) {
    case SLOT_NUMBER:
    case SLOT_EVENT_NUMBER:
    case SLOT_MONEY:
        return parse_range(text, &slot->low, &slot->high);
    case SLOT_WORD:
    case SLOT_EVENT_WORD:
        index = pool->find_class ? pool->find_class(pool->context, text) : -1;
        slot->low = (uint32_t)index;
        return index < 0 ? -1 : 0;
    case SLOT_PHRASE:
    case SLOT_EVENT_PHRASE:
        index = pool->find_phrase ? pool->find_phrase(pool->context, text) : -1;
        slot->low = (uint32_t)index;
        return index < 0 ? -1 : 0;
    default:
        slot->low = (uint32_t)pool->op_count; /* which slot of all: two sentences may name two persons */
        return text.size ? -1 : 0;
    }
}

/* `text` without the braces. */
static weisu_code push_slot(struct template_pool *pool, weisu_str text, weisu_err *err)
{
    const char *colon = memchr(text.data, ':', text.size);
    size_t size = colon ? (size_t)(colon - text.data) : text.size;
    weisu_str arguments = colon ? (weisu_str){colon + 1, text.size - size - 1} : (weisu_str){text.data, 0};
    for (size_t i = 0; i < sizeof slot_names / sizeof slot_names[0]; i++) {
        if (strlen(slot_names[i].name) != size || memcmp(slot_names[i].name, text.data, size) != 0)
            continue;
        struct template_op op = {.kind = OP_SLOT, .slot = {.slot = slot_names[i].slot}};
        if (parse_arguments(pool, &op.slot, arguments))
            break;
        return push_op(pool, op, err);
    }
    return failure(err, WEISU_ESYNTAX, "slot {%.*s} is not known", (int)(text.size < 60 ? text.size : 60), text.data);
}

/* Literals and slots, no brackets. */
static weisu_code compile_plain(struct template_pool *pool, weisu_str text, struct template_range *out, weisu_err *err)
{
    *out = (struct template_range){(uint32_t)pool->op_count, 0};
    size_t at = 0;
    weisu_code code = WEISU_OK;
    while (at < text.size && !code) {
        const char *open = memchr(text.data + at, '{', text.size - at);
        size_t end = open ? (size_t)(open - text.data) : text.size;
        code = push_words(pool, (weisu_str){text.data + at, end - at}, err);
        if (code || !open)
            break;
        const char *close = memchr(open, '}', text.size - end);
        if (!close)
            return failure(err, WEISU_ESYNTAX, "a { has no }");
        code = push_slot(pool, (weisu_str){open + 1, (size_t)(close - open) - 1}, err);
        at = (size_t)(close - text.data) + 1;
    }
    out->count = (uint32_t)pool->op_count - out->first;
    return code;
}

enum { MAX_BRANCHES = 24 };

/* `text` without the brackets. The branches' ops are laid out first; *out becomes the op that chooses. */
static weisu_code compile_choice(struct template_pool *pool, weisu_str text, struct template_op *out, weisu_err *err)
{
    struct template_branch branches[MAX_BRANCHES];
    size_t count = 0;
    const char *at = text.data;
    const char *end = text.data + text.size;
    for (;;) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        if (count == MAX_BRANCHES)
            return failure(err, WEISU_ESYNTAX, "more than %d branches", MAX_BRANCHES);
        weisu_str part = {at, (size_t)((bar ? bar : end) - at)};
        weisu_code code = compile_plain(pool, part, &branches[count++].ops, err);
        if (code)
            return code;
        if (!bar)
            break;
        at = bar + 1;
    }
    if (memory_reserve(pool->allocator, (void **)&pool->branches, &pool->branch_capacity, pool->branch_count + count,
                       sizeof *pool->branches))
        return failure(err, WEISU_ENOMEM, "no memory for a wording");
    *out = (struct template_op){.kind = OP_CHOICE, .first = (uint32_t)pool->branch_count, .count = (uint32_t)count};
    memcpy(pool->branches + pool->branch_count, branches, count * sizeof branches[0]);
    pool->branch_count += count;
    return WEISU_OK;
}

enum { MAX_CHOICES = 24 };

/* The choices of a wording, compiled before its own ops so that those lie in a row. */
static weisu_code compile_choices(struct template_pool *pool, weisu_str text, struct template_op choices[MAX_CHOICES],
                                  weisu_err *err)
{
    size_t count = 0;
    const char *at = text.data;
    const char *end = text.data + text.size;
    const char *open;
    while ((open = memchr(at, '[', (size_t)(end - at)))) {
        const char *close = memchr(open, ']', (size_t)(end - open));
        if (!close || count == MAX_CHOICES)
            return failure(err, WEISU_ESYNTAX, "a [ has no ], or there are more than %d", MAX_CHOICES);
        weisu_str inside = {open + 1, (size_t)(close - open) - 1};
        if (memchr(inside.data, '[', inside.size))
            return failure(err, WEISU_ESYNTAX, "brackets within brackets");
        weisu_code code = compile_choice(pool, inside, &choices[count++], err);
        if (code)
            return code;
        at = close + 1;
    }
    return WEISU_OK;
}

weisu_code template_compile(struct template_pool *pool, weisu_str text, struct template_range *out, weisu_err *err)
{
    struct template_op choices[MAX_CHOICES];
    weisu_code code = compile_choices(pool, text, choices, err);
    struct template_range whole = {(uint32_t)pool->op_count, 0};
    const char *at = text.data;
    const char *end = text.data + text.size;
    for (size_t i = 0; !code; i++) {
        struct template_range part;
        const char *open = memchr(at, '[', (size_t)(end - at));
        code = compile_plain(pool, (weisu_str){at, (size_t)((open ? open : end) - at)}, &part, err);
        if (code || !open)
            break;
        code = push_op(pool, choices[i], err);
        at = (const char *)memchr(open, ']', (size_t)(end - open)) + 1;
    }
    if (code)
        return code;
    whole.count = (uint32_t)pool->op_count - whole.first;
    *out = whole;
    return WEISU_OK;
}

void template_write(const struct template_writer *writer, struct template_range range, struct draw *draw)
{
    const struct template_pool *pool = writer->pool;
    for (uint32_t i = range.first; i < range.first + range.count; i++) {
        const struct template_op *op = &pool->ops[i];
        if (op->kind == OP_LITERAL)
            byte_buffer_append(writer->out, pool->literals.data + op->first, op->count);
        else if (op->kind == OP_SLOT)
            writer->fill(writer->context, &op->slot, writer->out);
        else
            template_write(writer, pool->branches[op->first + draw_below(draw, op->count)].ops, draw);
    }
}
