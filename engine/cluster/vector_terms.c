#include "cluster/vector_terms.h"

#include "base/fixed_log.h"
#include "cluster/cluster_settings.h"

#include <string.h>

_Static_assert(GATHER_MAX < 256, "a count of terms fits a byte");

void gathering_init(struct term_gathering *g)
{
    g->count = 0;
    memset(g->slot, 0, sizeof g->slot);
}

struct gathered_term *gathering_add(struct term_gathering *g, uint64_t term, uint16_t idf_q8)
{
    size_t at = (size_t)((term ^ term >> 32) % GATHER_SLOTS);
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
    if (n == 1)
        return 256;
    return (uint16_t)(256 + (((uint64_t)(uint32_t)fixed_log2_q16(n) * 45426) >> 24));
}

static uint16_t weight_of(const struct gathered_term *term)
{
    uint16_t counted = term->occurrences ? occurrence_weight(term->occurrences) : 0;
    return counted > term->least_q8 ? counted : term->least_q8;
}

enum { BINS = 256, BIN_SHIFT = 13 };

struct ranked_term {
    uint32_t strength; /* weight × idf */
    uint16_t weight;
    uint16_t at;
};

static uint32_t bin_of(const struct ranked_term *term)
{
    uint32_t bin = term->strength >> BIN_SHIFT;
    return BINS - 1 - (bin < BINS ? bin : BINS - 1);
}

/* Nearly sorted input, as the bins leave it; equal ones keep their order. */
static void insertion_sort(struct ranked_term *term, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct ranked_term moved = term[i];
        uint32_t at = i;
        for (; at > 0 && term[at - 1].strength < moved.strength; at--)
            term[at] = term[at - 1];
        term[at] = moved;
    }
}

/* The strongest ones, in order; of equal ones those that stand first in the record. */
static uint32_t rank_terms(const struct term_gathering *g, struct ranked_term ranked[GATHER_MAX])
{
    struct ranked_term found[GATHER_MAX];
    uint8_t begin[BINS + 1] = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        uint16_t weight = weight_of(&g->term[i]);
        found[count] = (struct ranked_term){(uint32_t)weight * g->term[i].idf_q8, weight, (uint16_t)i};
        if (!found[count].strength)
            continue;
        begin[bin_of(&found[count++]) + 1]++;
    }
    for (uint32_t bin = 0; bin < BINS; bin++)
        begin[bin + 1] = (uint8_t)(begin[bin + 1] + begin[bin]);
    for (uint32_t i = 0; i < count; i++)
        ranked[begin[bin_of(&found[i])]++] = found[i];
    insertion_sort(ranked, count);
    return count < CLUSTER_MAX_TERMS ? count : CLUSTER_MAX_TERMS;
}

int gathering_choose(const struct term_gathering *g, struct arena *arena, struct cluster_vector *out)
{
    struct ranked_term ranked[GATHER_MAX];
    uint32_t count = rank_terms(g, ranked);
    struct cluster_term *term = arena_take_array(arena, count, sizeof *term);
    weisu_str *spelling = arena_take_array(arena, count, sizeof *spelling);
    if (!term || !spelling)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        const struct gathered_term *from = &g->term[ranked[i].at];
        term[i] = (struct cluster_term){
            .term = from->term, .weight = ranked[i].weight, .idf_q8 = from->idf_q8, .is_place = from->is_place};
        spelling[i] = from->spelling;
    }
    out->term = term;
    out->term_count = count;
    out->spelling = spelling;
    return 0;
}
