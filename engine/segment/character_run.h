/* What a folded character is, and where runs of letters and digits hang together. Pure; no tables. */
#ifndef SEGMENT_CHARACTER_RUN_H
#define SEGMENT_CHARACTER_RUN_H

#include <stddef.h>
#include <stdint.h>

static inline int is_digit(uint16_t c)
{
    return (unsigned)(c - '0') < 10;
}

/* Letters of Latin script (folding left no capitals in ASCII) and digits: what words are written with without gaps. */
static inline int is_run_character(uint16_t c)
{
    if (c >= 0x250) /* nearly all text ends here */
        return 0;
    return (unsigned)(c - 'a') < 26 || is_digit(c) || (c >= 0xc0 && c != 0xd7 && c != 0xf7);
}

/* 1 when character[at] and the one before it are of one run, so that no word may end or begin between them: two letters
 * or digits, or a point between two digits and either of them. 0 < at < count. Looks at two characters on both sides.
 */
static inline int runs_together(const uint16_t *character, size_t count, size_t at)
{
    uint16_t left = character[at - 1];
    uint16_t right = character[at];
    if (is_run_character(left) && is_run_character(right))
        return 1;
    if (right == '.' && is_digit(left))
        return at + 1 < count && is_digit(character[at + 1]);
    return left == '.' && is_digit(right) && at > 1 && is_digit(character[at - 2]);
}

/* First character of the run that ends before `end`; character[end - 1] is a run character. */
static inline size_t run_start(const uint16_t *character, size_t count, size_t end)
{
    size_t at = end - 1;
    while (at > 0 && runs_together(character, count, at))
        at--;
    return at;
}

#endif
