/* What a user says about words: a set of spellings, each with what is in force and what will be next.
 *
 * A spelling is folded as the text is (text/fold.h), so one entry stands for all ways to write a word. A change is said
 * first and takes effect when the set is settled: the caller makes an overlay (word_overlay.h) of what is next, and
 * settles or takes back. The set is a function of the changes in their order; one thread at a time. */
#ifndef SEGMENT_USER_WORDS_H
#define SEGMENT_USER_WORDS_H

#include "base/byte_buffer.h"
#include "base/id_map.h"

#include <weisu/error.h>
#include <weisu/segment.h>

enum {
    USER_WORD_CHARACTERS = 48, /* as many as a word of the image has at most */
    USER_WORDS_MAX = 100000,   /* spellings in a set */
    USER_WORD_FREQUENCY = 1000000000
};

/* Which of both an overlay is made of. */
enum user_words_when { USER_WORDS_NOW, USER_WORDS_NEXT };

struct user_word {
    uint32_t spelling; /* first character, in user_words.characters */
    uint32_t length;   /* characters */
    int64_t now;       /* WEISU_WORD_… or a frequency */
    int64_t next;
    int is_changed; /* since user_words_saved */
};

struct user_words {
    const weisu_allocator *allocator;
    struct user_word *word;
    size_t count;
    size_t capacity;
    uint16_t *characters;
    size_t character_count;
    size_t character_capacity;
    struct id_map by_term;
    size_t live;  /* spellings of which something holds next */
    int has_next; /* something was said and is not in force */
};

/* A spelling as the text is folded. */
struct user_spelling {
    uint16_t code[USER_WORD_CHARACTERS];
    uint32_t length;
};

void user_words_init(struct user_words *words, const weisu_allocator *allocator);
void user_words_dispose(struct user_words *words);

/* Folds a word; white space at its ends is cut. WEISU_EFIELD: empty, not UTF-8, a control character inside, what reads
 * as a comment ('#' alone or before white space), or a frequency that is none; WEISU_ETOOLONG: more than
 * USER_WORD_CHARACTERS; WEISU_ENOMEM. */
weisu_code user_word_read(const weisu_word_change *change, struct user_spelling *out, weisu_err *err);

/* A spelling of a checkpoint, unchanged. WEISU_ENOMEM. */
weisu_code user_words_restore(struct user_words *words, const struct user_spelling *spelling, int64_t now, int64_t next,
                              weisu_err *err);
/* What is next for a spelling. WEISU_ELIMIT (the set is full) and WEISU_ENOMEM leave the set as it was. */
weisu_code user_words_say(struct user_words *words, const struct user_spelling *spelling, int64_t frequency,
                          weisu_err *err);
/* Reads the change and says it. */
weisu_code user_words_take(struct user_words *words, const weisu_word_change *change, weisu_err *err);
/* What is next is now. Spellings of which nothing holds any more go, once their rows are saved. */
void user_words_settle(struct user_words *words);
/* What was said and not settled is forgotten. */
void user_words_take_back(struct user_words *words);
/* Nothing is changed since this moment. */
void user_words_saved(struct user_words *words);
/* What is next for a spelling; WEISU_WORD_RESET when nothing was said of it. */
int64_t user_words_next(const struct user_words *words, const struct user_spelling *spelling);

static inline int64_t user_word_said(const struct user_word *word, enum user_words_when when)
{
    return when == USER_WORDS_NOW ? word->now : word->next;
}

static inline const uint16_t *user_word_code(const struct user_words *words, const struct user_word *word)
{
    return words->characters + word->spelling;
}

/* ---- changes as text: "word<TAB>frequency" a line; nothing for WEISU_WORD_WHOLE, "-" for WEISU_WORD_RESET ---- */

void word_change_write(struct byte_buffer *out, const weisu_word_change *change);
/* A frequency as it stands behind the tab. 0, or -1 with *out unchanged. */
int word_frequency_read(weisu_str field, int64_t *out);
/* Takes the next line off the front of *text. 1; 0 at the end; -1 when a line cannot be read (it is taken all the
 * same). Blank lines and comments ('#' alone or before white space) are passed over. `line` counts those that were
 * taken; may be NULL. */
int word_change_next(weisu_str *text, weisu_word_change *out, uint64_t *line);
/* Takes whole lines off the front of *text, as many as `most` bytes hold (at least one line). */
weisu_str words_text_part(weisu_str *text, size_t most);

#endif
