/* What the store's thread says about itself: written by it after each group, read by any thread. */
#ifndef PIPELINE_STORE_BOARD_H
#define PIPELINE_STORE_BOARD_H

#include "pipeline/admission.h"

#include <pthread.h>

/* Upper bounds of the commit histogram, in microseconds; what is longer stands in the last bucket. */
#define STORE_COMMIT_BOUNDS_US 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000
enum { STORE_COMMIT_BUCKETS = 12 };

struct store_report {
    struct admission_counts counts; /* over the life of the data folder */
    uint64_t sequence;              /* last entry that is durable */
    uint64_t groups;                /* transactions committed by this process */
    uint64_t group_entries;         /* entries in them */
    uint64_t commits[STORE_COMMIT_BUCKETS];
    uint64_t commit_ns; /* sum of the times from BEGIN to the return of COMMIT */
    uint64_t longest_commit_ns;
    uint64_t memory_bytes; /* of the database's pages and statements */
    uint64_t unwritten;    /* rejected lines that the quarantine could not take */
    int is_failing;        /* the last transaction failed; it is tried again, nothing is acknowledged meanwhile */
    weisu_err error;       /* with is_failing */
};

struct store_board {
    pthread_mutex_t guard; /* guards `report` */
    struct store_report report;
};

weisu_code store_board_init(struct store_board *board, weisu_err *err);
void store_board_dispose(struct store_board *board);
void store_board_write(struct store_board *board, const struct store_report *report);
struct store_report store_board_read(struct store_board *board);

#endif
