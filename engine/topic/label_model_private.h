/* The opened model. Internal to topic/. */
#ifndef TOPIC_LABEL_MODEL_PRIVATE_H
#define TOPIC_LABEL_MODEL_PRIVATE_H

#include "base/mapped_file.h"
#include "topic/label_model_format.h"

enum { LABEL_MOST_UNITS = 255 /* what a feature counts at most in a record */ };

struct label_model {
    const weisu_allocator *allocator;
    struct label_view view;
    struct mapped_file file;                 /* empty when the bytes are the caller's */
    uint16_t worth_q8[LABEL_MOST_UNITS + 1]; /* label_worth_q8, ready */
};

#endif
