/* Positions: the nearest place that the gazetteer knows, and cells of a grid. Internal to place/. */
#ifndef PLACE_PLACE_POSITION_H
#define PLACE_PLACE_POSITION_H

#include "base/memory.h"
#include "place/place.h"

/* The nodes of the image that have a position, by cells of about five kilometres. */
struct position_index {
    struct position_entry *entry; /* [count], sorted by row, column and node */
    size_t count;
};

/* 0; -1 when memory is out. Most images have no positions and take none. */
int position_index_init(struct position_index *index, const struct lexicon *lexicon, const weisu_allocator *allocator);
void position_index_dispose(struct position_index *index, const weisu_allocator *allocator);

/* The node nearest to the position within the reach of its level: a spot within 300 m, a community within 800 m, a
 * subdistrict within 2 km; narrower levels first, ties to the smaller node. UINT32_MAX when none is near. Wider
 * divisions are never taken: their centre says nothing of their borders. Integers only. */
uint32_t position_nearest(const struct position_index *index, const struct lexicon *lexicon, int32_t lat_e7,
                          int32_t lon_e7);

enum { POSITION_NAME_BYTES = 48 };

/* The cell of the grid of .005 degrees (about 500 m) that holds the position: its key, and its name, the south-western
 * corner. Returns the name's bytes. */
size_t position_cell(uint64_t city_code, int32_t lat_e7, int32_t lon_e7, uint64_t *key, char name[POSITION_NAME_BYTES]);

#endif
