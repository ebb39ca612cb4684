/* What hangs together beyond the words of the dictionary, joined after the path is found:
 *
 *   numbers      三十五, 200万, 3.5亿, 12.5%, 百分之三十, 第三
 *   dates        2019年, 一九九八年, 12月, 31日, 9时, 30分 behind an hour
 *   names        surname and two characters of given names, all cut to single characters: 江泽民
 *   foreign      three or more characters that spell foreign names, cut to pieces, also around a dot: 拉姆斯菲尔德
 *   dashes       ——, ……
 *
 * Classes of characters come from the image (lexicon/join_class.h); without classes nothing is joined. Pure; any
 * thread; one pass over the tokens, integers only. */
#ifndef SEGMENT_TOKEN_JOIN_H
#define SEGMENT_TOKEN_JOIN_H

#include "lexicon/join_class.h"
#include "segment/character_run.h"
#include "segment/segmenter.h"

/* `joins`: [65536] bits of enum join_class. Joins in place; returns the new count. */
size_t join_tokens(const uint16_t *joins, const uint16_t *character, struct seg_token *token, size_t count);

/* 0 when no rule joins, or looks, from one of two neighbouring characters to the other. */
static inline int may_join(const uint16_t *joins, uint16_t left, uint16_t right)
{
    return (joins[left] || is_run_character(left)) && (joins[right] || is_run_character(right));
}

#endif
