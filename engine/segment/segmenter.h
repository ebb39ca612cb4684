/* Segmentation: the path of lowest cost through the word graph (Viterbi), over the image's double array.
 *
 * A segmenter is immutable and shared by threads; each thread brings its scratch and its arena. Pure function of
 * (characters, image). Costs are fixed-point, ties go to the longer first word, so the result is the same everywhere.
 */
#ifndef SEGMENT_SEGMENTER_H
#define SEGMENT_SEGMENTER_H

#include "base/arena.h"
#include "lexicon/lexicon.h"
#include "text/characters.h"

enum seg_kind {
    SEG_WORD,    /* in the dictionary */
    SEG_UNKNOWN, /* a character of script that no word covers */
    SEG_LATIN,   /* letters, digits inside: "moma", "4g" */
    SEG_NUMBER,  /* digits only, also 3.5 */
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

weisu_code segmenter_new(struct segmenter **out, const struct lexicon *lexicon, const weisu_allocator *allocator,
                         weisu_err *err);
void segmenter_free(struct segmenter *segmenter);

/* Tokens come from `arena`. 0; -1 when memory is out. Cost: see docs/segmentation.md. */
int segmenter_run(const struct segmenter *segmenter, const struct characters *text, struct arena *arena,
                  struct seg_tokens *out);

#endif
