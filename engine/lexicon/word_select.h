/* Which words the image holds, and which pairs of them. Offline; one thread; integers only. */
#ifndef LEXICON_WORD_SELECT_H
#define LEXICON_WORD_SELECT_H

#include "lexicon/word_table.h"

/* Marks what stays out (WORD_LEFT_OUT) and makes the counts the total. Tags and marks of all tables are known. Without
 * a counted word nothing changes. */
void word_table_select(struct word_table *table);

/* Makes the spelling of `first` and `second` together (entries marked WORD_COUNTED), which followed each other
 * `together` times, a pair, where that lowers the cost enough to matter. After word_table_select. WEISU_ENOMEM. */
weisu_code word_table_pair(struct word_table *table, uint32_t first, uint32_t second, uint64_t together);

#endif
