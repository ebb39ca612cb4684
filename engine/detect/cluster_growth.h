/* What the detector knows of a cluster that grew: its evidence so far.
 *
 * Evidence is a sum of bits: for each distinct reporter after the founder -log2 of the probability that a cluster of
 * this kind grows at least this fast (growth_table.h), and for each reporter who came back, unhelped, -log2 of the
 * share that does. Nothing counts before there are two reporters, and one reporter comes back at most once: one
 * person's twenty complaints are no evidence. An alert ends a run; when it is cleared a new run begins with the last
 * complaint as its founder. Clusters of one quiet reporter have no entry here. One thread; 120 bytes an entry. */
#ifndef DETECT_CLUSTER_GROWTH_H
#define DETECT_CLUSTER_GROWTH_H

#include "base/id_map.h"
#include "detect/growth_table.h"

enum { GROWTH_RETURNED = 4, GROWTH_FAMILIES = 2, GROWTH_IDLE_DAYS = 120 };

struct cluster_growth {
    int64_t first_ms;    /* of the run */
    int64_t last_ms;     /* any member */
    int64_t entered_ms;  /* last new reporter */
    int64_t entered_day; /* local day of that */
    uint32_t slot;       /* of the cluster */
    uint32_t class;      /* growth_class of the record that reached the present step */
    uint32_t reporters;  /* distinct, of the run, founder included */
    uint32_t members;    /* of the run, without withdrawn ones */
    uint32_t withdrawn;  /* of the reporters; they stay in the growth table, which has seen them come */
    int32_t bits_q16;    /* of new reporters */
    int32_t risk_q16;    /* of risk words, see evidence.h */
    uint32_t risk_reporters;
    int32_t reached_q16[GROWTH_FAMILIES]; /* already given to the calibrations */
    uint32_t returned[GROWTH_RETURNED];   /* low bits of the reporters who came back */
    uint8_t returned_count;
    uint8_t alerted;
    uint8_t rerun; /* after an alert: teaches nothing */
    uint8_t changed;
};

struct cluster_growths {
    const weisu_allocator *allocator;
    struct cluster_growth *item;
    size_t capacity;
    uint32_t count;
    struct id_map of_slot;
    uint32_t *changed_slot; /* of items with `changed`, and of some that went; unless `changed_lost` */
    size_t changed_capacity;
    size_t changed_count;
    int changed_lost; /* there was no memory to note one: only the items tell */
    uint32_t *gone;   /* slots whose row has to go at the next save */
    size_t gone_capacity;
    size_t gone_count;
};

void cluster_growths_init(struct cluster_growths *growths, const weisu_allocator *allocator);
void cluster_growths_dispose(struct cluster_growths *growths);
/* Reporters whose cases stand; at least 1. */
static inline uint32_t cluster_growth_standing(const struct cluster_growth *growth)
{
    return growth->withdrawn < growth->reporters ? growth->reporters - growth->withdrawn : 1;
}
/* A case of the cluster is withdrawn, or stands after all; `alone`: its reporter has no other one in it. The bits of a
 * reporter are taken as the mean of all. */
void cluster_growth_withdraw(struct cluster_growths *growths, struct cluster_growth *growth, int is_withdrawn,
                             int alone);
/* Room for one more. 0; -1 when memory is out. */
int cluster_growths_reserve(struct cluster_growths *growths);
/* NULL where the cluster has none. Valid until the next add or sweep. */
struct cluster_growth *cluster_growths_find(const struct cluster_growths *growths, uint32_t slot);
/* A fresh entry; needs the reservation; the slot must have none. */
struct cluster_growth *cluster_growths_add(struct cluster_growths *growths, uint32_t slot);
/* The entry is another one than at the last save. */
void cluster_growths_note_change(struct cluster_growths *growths, struct cluster_growth *growth);
/* 1 and an entry that changed since it was last taken, which counts as saved from here on; 0 when there is none; -1
 * when memory is out. */
int cluster_growths_take_changed(struct cluster_growths *growths, struct cluster_growth **out);
/* The cluster's entry goes, where it has one. 0; -1 when memory is out (nothing changed). */
int cluster_growths_drop(struct cluster_growths *growths, uint32_t slot);
/* Drops what had no member for GROWTH_IDLE_DAYS and is not alerted. 0; -1 when memory is out (some may be dropped). */
int cluster_growths_sweep(struct cluster_growths *growths, int64_t clock_ms);

void cluster_growth_write(const struct cluster_growth *growth, struct byte_buffer *out);
int cluster_growth_read(struct cluster_growth *growth, struct row_reader *in);

#endif
