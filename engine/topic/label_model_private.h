/* The opened model. Internal to topic/. */
#ifndef TOPIC_LABEL_MODEL_PRIVATE_H
#define TOPIC_LABEL_MODEL_PRIVATE_H

#include "topic/label_model_format.h"

enum { LABEL_MOST_UNITS = 255 /* what a feature counts at most in a record */ };

struct label_model {
    const weisu_allocator *allocator;
    struct label_view view;
    void *map; /* NULL when the bytes are the caller's */
    size_t map_size;
    uint16_t worth_q8[LABEL_MOST_UNITS + 1]; /* label_worth_q8, ready */
};

#endif
