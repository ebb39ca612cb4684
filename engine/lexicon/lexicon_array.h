/* The double array of an opened image, for segment/: it walks the cells itself. */
#ifndef LEXICON_LEXICON_ARRAY_H
#define LEXICON_LEXICON_ARRAY_H

#include "lexicon/double_array.h"
#include "lexicon/join_class.h"
#include "lexicon/lexicon.h"

/* Lives as long as `lexicon`. */
const struct double_array *lexicon_array(const struct lexicon *lexicon);
/* [65536] folded character → bits of enum join_class. */
const uint16_t *lexicon_joins(const struct lexicon *lexicon);
/* Sum of the word lists' frequencies: the total of every cost. */
uint64_t lexicon_total_frequency(const struct lexicon *lexicon);

#endif
