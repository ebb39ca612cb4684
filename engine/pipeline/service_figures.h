/* Figures of a running service, gathered by who wires it together (cli) for who shows them (http). */
#ifndef PIPELINE_SERVICE_FIGURES_H
#define PIPELINE_SERVICE_FIGURES_H

#include "base/zone.h"
#include "pipeline/snapshot.h"
#include "pipeline/store_board.h"

struct feed_figures {
    uint64_t connections; /* open now */
    uint64_t accepted;    /* connections ever */
    uint64_t refused;     /* connections beyond the limit */
    uint64_t lines;
    uint64_t bytes;
    uint64_t stops;        /* times that reading stopped because the engine or the store was behind */
    uint64_t buffer_bytes; /* held for lines and replies */
};

struct service_figures {
    struct store_report store;
    struct feed_figures feed;
    uint64_t intake_bytes;
    uint64_t resident_bytes; /* of the process */
    int64_t uptime_ms;
    const char *version; /* of the program */
    uint64_t dictionary; /* hashes of what the image was built from */
    uint64_t gazetteer;
    uint64_t taxonomy;
    uint64_t image;
    const struct zone *zone; /* of the times in JSON */
};

#endif
