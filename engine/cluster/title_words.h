/* Keywords of a cluster of one, which keeps no words but its title: the rare words in it. Internal to cluster/. */
#ifndef CLUSTER_TITLE_WORDS_H
#define CLUSTER_TITLE_WORDS_H

#include "lexicon/lexicon.h"

/* Parts of `title`, rarest word first, ties by position; at most `room`; returns how many. Greedy longest match, about
 * 2 µs. */
size_t title_words(const struct lexicon *lexicon, weisu_str title, weisu_str *out, size_t room);

#endif
