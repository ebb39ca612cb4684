/* Segmentation of Chinese text, usable without the rest of the library: open an image, cut a buffer into tokens.
 *
 *     weisu_segmenter *segmenter;
 *     weisu_segment_scratch *scratch;
 *     weisu_tokens tokens;
 *     if (weisu_segmenter_open(&segmenter, "weisu.image", NULL, &err) ||
 *         weisu_segment_scratch_new(&scratch, segmenter, &err) ||
 *         weisu_segment(segmenter, scratch, (weisu_str){text, strlen(text)}, &tokens, &err))
 *         return report(&err);
 *     for (size_t i = 0; i < tokens.count; i++)
 *         printf("%.*s ", (int)(tokens.at[i].byte_end - tokens.at[i].byte_begin), text + tokens.at[i].byte_begin);
 *
 * Thread rule: a segmenter is immutable, any number of threads use it; a scratch belongs to one thread at a time.
 * Deterministic: the tokens are a function of the text and the image. After the first texts a scratch allocates nothing
 * for texts that are not longer. */
#ifndef WEISU_SEGMENT_H
#define WEISU_SEGMENT_H

#include <stdint.h>
#include <weisu/allocator.h>
#include <weisu/error.h>
#include <weisu/str.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weisu_segmenter weisu_segmenter;
typedef struct weisu_segment_scratch weisu_segment_scratch;

typedef enum weisu_token_kind {
    WEISU_TOKEN_WORD,        /* in the dictionary, or a word of the user */
    WEISU_TOKEN_UNKNOWN,     /* a character of script that no word covers */
    WEISU_TOKEN_LATIN,       /* letters, digits inside */
    WEISU_TOKEN_NUMBER,      /* digits, points between digits */
    WEISU_TOKEN_PUNCTUATION, /* one sign */
    WEISU_TOKEN_SPACE        /* one character of white space */
} weisu_token_kind;

/* Offsets into the text as it was given. A code point is a character of valid UTF-8, or one invalid part. */
typedef struct weisu_token {
    uint32_t byte_begin;
    uint32_t byte_end;
    uint32_t point_begin;
    uint32_t point_end;
    weisu_token_kind kind;
} weisu_token;

/* In order, without gaps: at[0].byte_begin is 0, at[count - 1].byte_end the size of the text. */
typedef struct weisu_tokens {
    const weisu_token *at; /* [count], in the scratch: valid until its next use */
    size_t count;
    size_t invalid; /* parts of the text that are no UTF-8; each is a code point */
} weisu_tokens;

/* Maps the image of `path` (the file may be replaced or deleted afterwards, but must not be written into). `allocator`
 * may be NULL: the C library's. On failure *out is NULL: WEISU_EIO, WEISU_EIMAGE, WEISU_ENOMEM. About 2 ms. */
WEISU_API weisu_code weisu_segmenter_open(weisu_segmenter **out, const char *path, const weisu_allocator *allocator,
                                          weisu_err *err);
/* `segmenter` may be NULL. No scratch of it may be used afterwards, only freed. */
WEISU_API void weisu_segmenter_close(weisu_segmenter *segmenter);

/* Working memory of one thread. On failure *out is NULL: WEISU_ENOMEM. */
WEISU_API weisu_code weisu_segment_scratch_new(weisu_segment_scratch **out, const weisu_segmenter *segmenter,
                                               weisu_err *err);
WEISU_API void weisu_segment_scratch_free(weisu_segment_scratch *scratch);

/* Cuts `text` (any bytes; the caller's; at most 2^32 - 2 of them, WEISU_ELIMIT beyond) into tokens. Working memory is
 * about 60 bytes a character; WEISU_ENOMEM leaves the scratch usable. *out is empty on failure. */
WEISU_API weisu_code weisu_segment(const weisu_segmenter *segmenter, weisu_segment_scratch *scratch, weisu_str text,
                                   weisu_tokens *out, weisu_err *err);

/* ---- words of the user ---- */

/* What may stand for a frequency. */
#define WEISU_WORD_DELETED INT64_C(0) /* is no word any more, also if the image holds it */
#define WEISU_WORD_WHOLE INT64_C(-1)  /* a word that stays whole beside any neighbour */
#define WEISU_WORD_RESET INT64_C(-2)  /* as the image has it: takes back what was said */

/* A word: 1 to 48 characters, of any script, with spaces and signs inside; folded as the text is (width, traditional
 * and simplified, capitals), white space at its ends is cut. Never begins or ends inside a run of letters and digits of
 * the text. */
typedef struct weisu_word_change {
    weisu_str word;    /* UTF-8 */
    int64_t frequency; /* how often it is to be thought seen among the 46 million words of the image, 1 to
                          1,000,000,000, or WEISU_WORD_… */
} weisu_word_change;

/* Adds, deletes, re-weights or resets words of this segmenter, all or none. Any thread, also while others segment: they
 * are never blocked and take the words before or those after, a whole text with one of both. Deleting a word leaves
 * every other as it was, and the text that does not use it. WEISU_EFIELD, WEISU_ETOOLONG (of a word; err->line is its
 * place among the changes, from 1), WEISU_ELIMIT (more than 100,000 words in all), WEISU_ENOMEM leave the words as they
 * were. About 1 µs a word that there is, and 5 ms where words of the image are deleted or re-weighted. */
WEISU_API weisu_code weisu_segmenter_change_words(weisu_segmenter *segmenter, const weisu_word_change *changes,
                                                  size_t count, weisu_err *err);

#ifdef __cplusplus
}
#endif
#endif
