/* Cells that an alert has spoken of: their cases are explained, for the wider cells that hold them too, while the alert
 * lives; and those that came before its end stay so as long as a window can hold them. A short list, walked. One
 * thread.
 */
#ifndef DETECT_TOLD_CELLS_H
#define DETECT_TOLD_CELLS_H

#include "detect/row_codec.h"
#include "detect/subject_path.h"

enum { TOLD_MAX = 512, TOLD_DAYS = 32 };

struct told_cell {
    uint64_t key;
    int64_t until_ms; /* INT64_MAX while the alert lives */
    struct subject_path path;
    uint32_t slot;
};

struct told_cells {
    struct told_cell cell[TOLD_MAX];
    uint32_t count;
};

/* Adds or renews; a full list loses the one that ended first. */
void told_cells_begin(struct told_cells *told, const struct told_cell *cell);
void told_cells_end(struct told_cells *told, uint64_t key, int64_t clock_ms);
/* Forgets those that ended TOLD_DAYS before the clock. */
void told_cells_sweep(struct told_cells *told, int64_t clock_ms);
/* 1 when an alert has spoken of such a case. */
int told_cells_hold(const struct told_cells *told, const struct subject_path *path, int64_t time_ms);

void told_cells_write(const struct told_cells *told, const struct path_model *model, struct byte_buffer *out);
/* 0; -1 when damaged. */
int told_cells_read(struct told_cells *told, const struct path_model *model, struct row_reader *in);

#endif
