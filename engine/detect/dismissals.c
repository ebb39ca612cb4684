#include "detect/dismissals.h"

#include "base/fixed_log.h"

#define DAY_MS INT64_C(86400000)

enum { FIRST_BITS_Q16 = 4 * FIXED_ONE_Q16, MOST_BITS_Q16 = 8 * FIXED_ONE_Q16 };

static void remove_at(struct dismissals *dismissals, uint32_t at)
{
    dismissals->count--;
    memmove(&dismissals->item[at], &dismissals->item[at + 1], (dismissals->count - at) * sizeof dismissals->item[0]);
}

void dismissals_add(struct dismissals *dismissals, const struct dismissal *added)
{
    if (dismissals->count == DISMISSALS_MAX)
        remove_at(dismissals, 0);
    dismissals->item[dismissals->count++] = *added;
}

int dismissals_drop(struct dismissals *dismissals, uint64_t alert)
{
    uint32_t before = dismissals->count;
    for (uint32_t i = dismissals->count; i-- > 0;)
        if (dismissals->item[i].alert == alert)
            remove_at(dismissals, i);
    return dismissals->count < before;
}

void dismissals_sweep(struct dismissals *dismissals, int64_t clock_ms)
{
    while (dismissals->count && dismissals->item[0].at_ms <= clock_ms - DISMISSAL_DAYS * DAY_MS)
        remove_at(dismissals, 0);
}

static int is_about(const struct dismissal *dismissal, const uint64_t key[DISMISSAL_KEYS])
{
    for (size_t i = 0; i < DISMISSAL_KEYS; i++)
        for (size_t j = 0; j < DISMISSAL_KEYS; j++)
            if (key[i] && key[i] == dismissal->key[j])
                return 1;
    return 0;
}

int32_t dismissals_bits_q16(const struct dismissals *dismissals, const uint64_t key[DISMISSAL_KEYS], int64_t clock_ms)
{
    int64_t bits = 0;
    for (uint32_t i = 0; i < dismissals->count; i++) {
        int64_t left_ms = dismissals->item[i].at_ms + DISMISSAL_DAYS * DAY_MS - clock_ms;
        if (left_ms > 0 && is_about(&dismissals->item[i], key))
            bits += FIRST_BITS_Q16 * left_ms / (DISMISSAL_DAYS * DAY_MS);
    }
    return (int32_t)(bits < MOST_BITS_Q16 ? bits : MOST_BITS_Q16);
}

void dismissals_write(const struct dismissals *dismissals, struct byte_buffer *out)
{
    row_put(out, dismissals->count, 4);
    for (uint32_t i = 0; i < dismissals->count; i++) {
        for (size_t k = 0; k < DISMISSAL_KEYS; k++)
            row_put(out, dismissals->item[i].key[k], 8);
        row_put(out, dismissals->item[i].alert, 8);
        row_put(out, (uint64_t)dismissals->item[i].at_ms, 8);
    }
}

int dismissals_read(struct dismissals *dismissals, struct row_reader *in)
{
    uint64_t count = row_get(in, 4);
    if (count > DISMISSALS_MAX)
        return -1;
    for (dismissals->count = 0; dismissals->count < count; dismissals->count++) {
        struct dismissal *item = &dismissals->item[dismissals->count];
        for (size_t k = 0; k < DISMISSAL_KEYS; k++)
            item->key[k] = row_get(in, 8);
        item->alert = row_get(in, 8);
        item->at_ms = (int64_t)row_get(in, 8);
    }
    return in->failed ? -1 : 0;
}
