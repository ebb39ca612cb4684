#include "cluster/vector_terms.h"

#include "base/fixed_log.h"
#include "cluster/cluster_settings.h"

#include <string.h>

_Static_assert(GATHER_MAX < 256, "an index and 1 fit a byte");

void gathering_init(struct term_gathering *g)
{
    g->count = 0;
    memset(g->slot, 0, sizeof g->slot);
}

struct gathered_term *gathering_add(struct term_gathering *g, uint64_t term, uint16_t idf_q8)
{
    size_t at = (size_t)(hash_mix(term) % GATHER_SLOTS);
    for (; g->slot[at]; at = (at + 1) % GATHER_SLOTS) {
        struct gathered_term *known = &g->term[g->slot[at] - 1];
        if (known->term == term) {
            known->idf_q8 = known->idf_q8 < idf_q8 ? known->idf_q8 : idf_q8;
            return known;
        }
    }
    if (g->count == GATHER_MAX)
        return NULL;
    struct gathered_term *made = &g->term[g->count++];
    *made = (struct gathered_term){.term = term, .idf_q8 = idf_q8};
    g->slot[at] = (uint8_t)g->count;
    return made;
}

/* 1 + ln(n), × 256. ln 2 × 65,536 is 45,426. */
static uint16_t occurrence_weight(uint32_t n)
{
    return (uint16_t)(256 + (((uint64_t)(uint32_t)fixed_log2_q16(n) * 45426) >> 24));
}

static uint16_t weight_of(const struct gathered_term *term)
{
    uint16_t counted = term->occurrences ? occurrence_weight(term->occurrences) : 0;
    return counted > term->least_q8 ? counted : term->least_q8;
}

struct ranked_term {
    uint32_t strength; /* weight × idf */
    uint32_t at;
};

static int is_stronger(const struct term_gathering *g, const struct ranked_term *a, const struct ranked_term *b)
{
    if (a->strength != b->strength)
        return a->strength > b->strength;
    return g->term[a->at].term < g->term[b->at].term;
}

/* The strongest ones, in order: insertion into a short sorted list, which most weak terms leave at its end. */
static uint32_t rank_terms(const struct term_gathering *g, struct ranked_term *ranked)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        struct ranked_term term = {(uint32_t)weight_of(&g->term[i]) * g->term[i].idf_q8, i};
        if (!term.strength)
            continue;
        if (count == CLUSTER_MAX_TERMS && !is_stronger(g, &term, &ranked[count - 1]))
            continue;
        uint32_t at = count < CLUSTER_MAX_TERMS ? count++ : count - 1;
        for (; at > 0 && is_stronger(g, &term, &ranked[at - 1]); at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = term;
    }
    return count;
}

int gathering_choose(const struct term_gathering *g, struct arena *arena, struct cluster_vector *out)
{
    struct ranked_term ranked[CLUSTER_MAX_TERMS];
    uint32_t count = rank_terms(g, ranked);
    size_t bytes = 1;
    for (uint32_t i = 0; i < count; i++)
        bytes += g->term[ranked[i].at].spelling.size + 1;
    struct cluster_term *term = arena_take_array(arena, count, sizeof *term);
    char *spellings = arena_take(arena, bytes);
    if (!term || !spellings)
        return -1;
    uint32_t end = 0;
    spellings[end++] = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct gathered_term *from = &g->term[ranked[i].at];
        int is_spelt = from->spelling.size && end <= UINT16_MAX;
        term[i] = (struct cluster_term){.term = from->term,
                                        .weight = weight_of(from),
                                        .idf_q8 = from->idf_q8,
                                        .spelling = (uint16_t)(is_spelt ? end : 0),
                                        .is_place = from->is_place};
        if (!is_spelt)
            continue;
        memcpy(spellings + end, from->spelling.data, from->spelling.size);
        end += (uint32_t)from->spelling.size;
        spellings[end++] = 0;
    }
    out->term = term;
    out->term_count = count;
    out->spellings = spellings;
    return 0;
}
