#include "cluster/union_rows.h"

#include "base/failure.h"

/* Above UNION_ROWS_FROM the upper half of a key tells the kind, the lower one the slot or place. */
enum { KIND_NODE = 1, KIND_PROPOSAL, KIND_NEAR };

static uint64_t key_of(uint64_t kind, uint64_t number)
{
    return kind << 32 | number;
}

/* ---- saving ---- */

static void write_likeness(struct byte_buffer *out, const struct cluster_likeness *why)
{
    row_write(out, (uint32_t)why->score_q16, 4);
    row_write(out, why->cosine_q16, 4);
    row_write(out, why->agreement_q8, 4);
    row_write(out, why->topic, 4);
}

static void write_node(struct byte_buffer *out, const struct cluster_unions *unions, const struct union_node *node)
{
    row_write(out, node->parent == UNION_NONE ? CLUSTER_NONE : unions->node[node->parent].slot, 4);
    row_write(out, node->state, 4);
    row_write(out, node->partner, 4);
    row_write(out, node->sequence, 8);
    row_write(out, (uint64_t)node->time_ms, 8);
    row_write(out, node->by_hand, 4);
    write_likeness(out, &node->why);
    row_write(out, node->parts, 4);
    row_write(out, node->members, 4);
    row_write(out, node->withdrawn, 4);
    row_write(out, node->reporters, 4);
    row_write(out, (uint64_t)node->first_ms, 8);
    row_write(out, (uint64_t)node->last_ms, 8);
    row_write(out, (uint64_t)node->reporter_ms, 8);
}

static void write_proposal(struct byte_buffer *out, const struct merge_proposal *proposal)
{
    row_write(out, proposal->older, 4);
    row_write(out, proposal->younger, 4);
    row_write(out, proposal->sequence, 8);
    row_write(out, (uint64_t)proposal->time_ms, 8);
    write_likeness(out, &proposal->why);
}

static void write_near(struct byte_buffer *out, const struct cluster_index *index)
{
    row_write(out, index->near.count, 4);
    for (size_t i = 0; i < index->near.count; i++)
        row_write(out, index->near.pair[i], 8);
    for (size_t i = 0; i < index->touched.count; i++)
        row_write(out, index->touched.slot[i], 4);
}

static weisu_code put(const struct state_sink *sink, uint64_t key, struct byte_buffer *bytes, weisu_err *err)
{
    if (bytes->failed)
        return failure(err, WEISU_ENOMEM, "no memory to save clusters");
    struct state_row row = {STATE_CLUSTER, key, bytes->data, bytes->size};
    weisu_code code = sink->put(sink->context, &row, err);
    byte_buffer_reset(bytes);
    return code;
}

weisu_code union_rows_save(const struct cluster_index *index, int all, const struct state_sink *sink,
                           struct byte_buffer *bytes, weisu_err *err)
{
    const struct cluster_unions *unions = &index->unions;
    weisu_code code = WEISU_OK;
    byte_buffer_reset(bytes);
    for (size_t i = 0; i < unions->count && !code; i++) {
        if (!all && !unions->node[i].unsaved)
            continue;
        write_node(bytes, unions, &unions->node[i]);
        code = put(sink, key_of(KIND_NODE, unions->node[i].slot), bytes, err);
    }
    for (uint64_t i = 0; index->proposal && i < PROPOSALS_KEPT && i < index->proposals && !code; i++) {
        uint64_t number = index->proposals - 1 - i;
        if (!all && number < index->saved_proposals)
            break;
        write_proposal(bytes, &index->proposal[number % PROPOSALS_KEPT]);
        code = put(sink, key_of(KIND_PROPOSAL, number % PROPOSALS_KEPT), bytes, err);
    }
    if (code)
        return code;
    write_near(bytes, index);
    return put(sink, key_of(KIND_NEAR, 0), bytes, err);
}

void union_rows_saved(struct cluster_index *index)
{
    for (size_t i = 0; i < index->unions.count; i++)
        index->unions.node[i].unsaved = 0;
    index->saved_proposals = index->proposals;
}

/* ---- loading ---- */

static void read_likeness(struct row_source *in, struct cluster_likeness *why)
{
    why->score_q16 = (int32_t)(uint32_t)row_read(in, 4);
    why->cosine_q16 = (uint32_t)row_read(in, 4);
    why->agreement_q8 = (uint32_t)row_read(in, 4);
    why->topic = (uint32_t)row_read(in, 4);
}

/* The parent stays a slot until all rows are there. */
static void read_node(struct row_source *in, struct union_node *node)
{
    node->parent = (uint32_t)row_read(in, 4);
    node->state = (uint32_t)row_read(in, 4);
    node->partner = (uint32_t)row_read(in, 4);
    node->sequence = row_read(in, 8);
    node->time_ms = (int64_t)row_read(in, 8);
    node->by_hand = (uint32_t)row_read(in, 4);
    read_likeness(in, &node->why);
    node->parts = (uint32_t)row_read(in, 4);
    node->members = (uint32_t)row_read(in, 4);
    node->withdrawn = (uint32_t)row_read(in, 4);
    node->reporters = (uint32_t)row_read(in, 4);
    node->first_ms = (int64_t)row_read(in, 8);
    node->last_ms = (int64_t)row_read(in, 8);
    node->reporter_ms = (int64_t)row_read(in, 8);
}

static weisu_code load_node(struct cluster_index *index, uint32_t slot, struct row_source *in, weisu_err *err)
{
    struct cluster_unions *unions = &index->unions;
    if (unions_reserve(unions))
        return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    struct union_node node = {.slot = slot, .first = UNION_NONE, .next = UNION_NONE};
    read_node(in, &node);
    in->failed |= unions_find(unions, slot) != UNION_NONE || node.state > UNION_SEPARATED;
    if (in->failed)
        return WEISU_OK;
    (void)id_map_put(&unions->of_slot, slot, (uint32_t)unions->count);
    unions->node[unions->count++] = node;
    return WEISU_OK;
}

static weisu_code load_proposal(struct cluster_index *index, uint32_t at, struct row_source *in, weisu_err *err)
{
    if (!index->proposal)
        index->proposal = memory_new_zeroed(index->allocator, PROPOSALS_KEPT, sizeof *index->proposal);
    if (!index->proposal)
        return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    in->failed |= at >= PROPOSALS_KEPT;
    struct merge_proposal *proposal = &index->proposal[at % PROPOSALS_KEPT];
    proposal->older = (uint32_t)row_read(in, 4);
    proposal->younger = (uint32_t)row_read(in, 4);
    proposal->sequence = row_read(in, 8);
    proposal->time_ms = (int64_t)row_read(in, 8);
    read_likeness(in, &proposal->why);
    return WEISU_OK;
}

static weisu_code load_near(struct cluster_index *index, struct row_source *in, weisu_err *err)
{
    size_t count = (size_t)row_read(in, 4);
    if (count > NEAR_MAX || in->left < count * 8 || (in->left - count * 8) % 4) {
        in->failed = 1;
        return WEISU_OK;
    }
    size_t touched = (in->left - count * 8) / 4;
    if (memory_reserve(index->allocator, (void **)&index->near.pair, &index->near.capacity, count + 1,
                       sizeof *index->near.pair) ||
        slot_list_reserve(index->allocator, &index->touched, touched + 1))
        return failure(err, WEISU_ENOMEM, "no memory to load clusters");
    for (size_t i = 0; i < count; i++)
        index->near.pair[index->near.count++] = row_read(in, 8);
    for (size_t i = 0; i < touched; i++)
        slot_list_push(&index->touched, (uint32_t)row_read(in, 4));
    return WEISU_OK;
}

weisu_code union_rows_load(struct cluster_index *index, uint64_t key, struct row_source *in, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    uint32_t number = (uint32_t)key;
    if (key >> 32 == KIND_NODE)
        code = load_node(index, number, in, err);
    else if (key >> 32 == KIND_PROPOSAL)
        code = load_proposal(index, number, in, err);
    else if (key == key_of(KIND_NEAR, 0))
        code = load_near(index, in, err);
    if (!code && (in->failed || in->left))
        code = failure(err, WEISU_ESTATE, "a row of merged clusters is damaged");
    return code;
}

/* ---- after the last row ---- */

static int link_nodes(struct cluster_index *index)
{
    struct cluster_unions *unions = &index->unions;
    for (size_t i = 0; i < unions->count; i++) {
        struct union_node *node = &unions->node[i];
        if (node->slot >= index->slots || (node->state != UNION_ALONE && node->partner >= index->slots))
            return -1;
        *body_flags(&index->pool, index->body[node->slot]) |= BODY_UNITED;
        uint32_t parent = node->parent;
        node->parent = UNION_NONE;
        if (parent == CLUSTER_NONE)
            continue;
        /* A part is younger than what it is a part of, so there are no circles. */
        uint32_t found = unions_find(unions, parent);
        if (found == UNION_NONE || parent >= node->slot)
            return -1;
        unions_hang(unions, (uint32_t)i, found);
    }
    return 0;
}

static int is_sound_near(const struct cluster_index *index)
{
    for (size_t i = 0; i < index->near.count; i++)
        if (index->near.pair[i] >> 32 >= index->slots || (uint32_t)index->near.pair[i] >= index->slots)
            return 0;
    for (size_t i = 0; i < index->touched.count; i++)
        if (index->touched.slot[i] >= index->slots)
            return 0;
    for (uint32_t i = 0; index->proposal && i < PROPOSALS_KEPT; i++)
        if (index->proposal[i].older >= index->slots || index->proposal[i].younger >= index->slots)
            return 0;
    return 1;
}

int union_rows_loaded(struct cluster_index *index)
{
    return link_nodes(index) || !is_sound_near(index) ? -1 : 0;
}
