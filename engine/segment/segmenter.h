/* Segmentation: the path of lowest cost through the word graph (Viterbi), over the image's double array; then what
 * hangs together by rule is joined (token_join.h).
 *
 * Model: unigram, with pairs of words as edges of their own where a corpus shows that they follow each other (see
 * lexicon/double_array.h). Every character is a word of its own where no word of the dictionary begins. A run of
 * letters and digits (a point between digits belongs to it) is one token, and no word ends or begins inside it. Costs
 * are fixed-point, ties go to the longer first word, so the result is the same everywhere.
 *
 * Words of users (word_overlay.h) stand beside those of the image; without any the walk is the same as if there were no
 * such thing. A segmenter is immutable, but for segmenter_set_overlay, and shared by threads; each thread brings its
 * arena. Pure function of (characters, image, overlay). Cost: about 14 ns a character (docs/segmentation.md has the
 * figures). */
#ifndef SEGMENT_SEGMENTER_H
#define SEGMENT_SEGMENTER_H

#include "base/arena.h"
#include "lexicon/lexicon.h"
#include "text/characters.h"

enum seg_kind {
    SEG_WORD,    /* in the dictionary */
    SEG_USER,    /* a word of the user that the dictionary does not hold */
    SEG_UNKNOWN, /* a character of script that no word covers; a name found by its characters */
    SEG_LATIN,   /* letters, digits inside: "moma", "4g" */
    SEG_NUMBER,  /* digits, also 3.5 and 2019.12.3; numerals, 三十五, 12.5%, 第三; dates, 2019年, 12月 */
    SEG_PUNCTUATION,
    SEG_SPACE
};

struct seg_token {
    uint32_t begin; /* character index; bytes are characters.offset[begin] to offset[end] */
    uint32_t end;
    uint32_t word; /* index in the image, or LEXICON_NO_WORD */
    uint32_t kind; /* enum seg_kind */
};

struct seg_tokens {
    const struct seg_token *token; /* [count], in order; together they cover every character */
    size_t count;
};

struct segmenter;
struct word_overlay; /* word_overlay.h */

/* The image must outlive the segmenter. WEISU_ENOMEM. */
weisu_code segmenter_new(struct segmenter **out, const struct lexicon *lexicon, const weisu_allocator *allocator,
                         weisu_err *err);
void segmenter_free(struct segmenter *segmenter);

/* The words of users from here on; NULL: none. The caller's, as long as it is set. No other thread may use the
 * segmenter meanwhile. */
void segmenter_set_overlay(struct segmenter *segmenter, const struct word_overlay *overlay);
const struct word_overlay *segmenter_overlay(const struct segmenter *segmenter);

/* Tokens come from `arena`, as does the working memory (about 26 bytes a character). 0; -1 when memory is out (`out` is
 * empty then). */
int segmenter_run(const struct segmenter *segmenter, const struct characters *text, struct arena *arena,
                  struct seg_tokens *out);

/* The same with the words of `overlay` (NULL: none) instead of those that were set. */
int segmenter_run_over(const struct segmenter *segmenter, const struct word_overlay *overlay,
                       const struct characters *text, struct arena *arena, struct seg_tokens *out);

/* The last place p, 0 < p < text->count, at which a text that begins with `text` may be cut without changing a token,
 * whatever follows: no word crosses it and none that is still open might. 0 when there is no such place. */
size_t segmenter_safe_cut(const struct segmenter *segmenter, const struct characters *text);

#endif
