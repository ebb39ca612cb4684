#include "cluster/title_words.h"

#include "base/utf8.h"
#include "cluster/cluster_settings.h"
#include "text/fold.h"

enum { TITLE_CHARACTERS = 80, WORD_CHARACTERS = 8, RANKED = 16 };

struct title_text {
    size_t count;
    uint16_t code[TITLE_CHARACTERS];
    uint16_t offset[TITLE_CHARACTERS + 1];
};

struct ranked_word {
    uint32_t idf_q8;
    weisu_str text;
};

static void read_title(weisu_str title, struct title_text *out)
{
    size_t at = 0;
    out->count = 0;
    while (at < title.size && out->count < TITLE_CHARACTERS) {
        uint32_t c;
        out->offset[out->count] = (uint16_t)at;
        at += utf8_read((const unsigned char *)title.data + at, title.size - at, &c);
        out->code[out->count++] = fold_character((uint16_t)(c <= 0xffff ? c : 0));
    }
    out->offset[out->count] = (uint16_t)at;
}

static int is_empty_word(const struct lexicon *lexicon, const struct lexicon_word *word)
{
    const struct lexicon_tag *tag = lexicon_tags(lexicon, word);
    for (uint16_t i = 0; i < word->tag_count; i++)
        if (tag[i].kind == LEXICON_TAG_STOP || tag[i].kind == LEXICON_TAG_COMMON)
            return 1;
    return 0;
}

/* Length of the longest word at `at`, 1 when there is none of two characters or more. */
static size_t longest_word(const struct lexicon *lexicon, const struct title_text *text, size_t at, uint32_t *word)
{
    size_t most = text->count - at < WORD_CHARACTERS ? text->count - at : WORD_CHARACTERS;
    for (size_t length = most; length > 1; length--) {
        *word = lexicon_find(lexicon, text->code + at, length);
        if (*word != LEXICON_NO_WORD)
            return length;
    }
    return 1;
}

static size_t rank(struct ranked_word *ranked, size_t count, struct ranked_word word)
{
    size_t at = count < RANKED ? count : RANKED - 1;
    if (count == RANKED && ranked[at].idf_q8 >= word.idf_q8)
        return count;
    for (; at > 0 && ranked[at - 1].idf_q8 < word.idf_q8; at--)
        ranked[at] = ranked[at - 1];
    ranked[at] = word;
    return count < RANKED ? count + 1 : count;
}

size_t title_words(const struct lexicon *lexicon, weisu_str title, weisu_str *out, size_t room)
{
    struct title_text text;
    struct ranked_word ranked[RANKED];
    size_t count = 0;
    read_title(title, &text);
    for (size_t at = 0; at < text.count;) {
        uint32_t word;
        size_t length = longest_word(lexicon, &text, at, &word);
        const struct lexicon_word *found = length > 1 ? lexicon_word(lexicon, word) : NULL;
        if (found && !is_empty_word(lexicon, found)) {
            weisu_str part = {title.data + text.offset[at], text.offset[at + length] - text.offset[at]};
            count = rank(ranked, count, (struct ranked_word){found->idf_q8, part});
        }
        at += length;
    }
    count = count < room ? count : room;
    for (size_t i = 0; i < count; i++)
        out[i] = ranked[i].text;
    return count;
}
