/* Denial: which words take the meaning of what follows them away. Internal to topic/.
 *
 * Complaints deny in two ways. 没有 没 不 未 before a harm say that it is not there (没有停水, 未发生漏气); before a
 * service or a thing they are the complaint itself (没有路灯, 没有清运), so only words that name a harm are taken away.
 * 不是 并非 不存在 未发现 deny whatever follows (不是噪音, 是油烟). Not denied is what is denied twice (不是没有停水),
 * asked (是不是停水) or one of two (不是停水就是停电). A denial holds on over what hangs on by 和 或 、 or nothing
 * (没有停水停电); a comma ends it. */
#ifndef TOPIC_TOPIC_DENIAL_H
#define TOPIC_TOPIC_DENIAL_H

#include "segment/segmenter.h"

enum { DENIAL_SLOTS = 1024 };

struct denial_word {
    uint32_t word; /* LEXICON_NO_WORD: empty */
    uint32_t kinds;
};

/* Open hash of the words that matter; those of the lists that the image does not know are left out. */
struct denial_words {
    struct denial_word slot[DENIAL_SLOTS];
};

enum denial { DENIED_NOT, DENIED_HARM, DENIED_ALL };

void denial_words_init(struct denial_words *words, const struct lexicon *lexicon);

/* Does the word name something that a complaint is glad to be without? */
int denial_is_harm(const struct denial_words *words, uint32_t word);

/* What stands before the token `at`. *by: the token that denies, when the answer is not DENIED_NOT. */
enum denial denial_before(const struct denial_words *words, const struct seg_tokens *tokens, uint32_t at, uint32_t *by);

/* Does what begins at the token `at` hang on to what ended before the token `end`? */
int denial_goes_on(const struct denial_words *words, const struct seg_tokens *tokens, const uint16_t *code,
                   uint32_t end, uint32_t at);

#endif
