/* The words of an image while it is built: spelling, frequency, tags. Spellings are folded as the text is
 * (text/fold.h), so one entry stands for all ways to write a word; their frequencies are summed. Offline; one thread.
 */
#ifndef LEXICON_WORD_TABLE_H
#define LEXICON_WORD_TABLE_H

#include "base/arena.h"
#include "base/id_map.h"
#include "lexicon/lexicon.h"
#include "lexicon/word_cost.h"

#define WORD_TABLE_NONE UINT32_MAX

/* Where an entry comes from and what is asked of it; bits of word_entry.marks. */
enum {
    WORD_LISTED = 1,      /* in words.tsv or domain.tsv: has a frequency of its own */
    WORD_WHOLE = 2,       /* must win against its own parts */
    WORD_WHOLE_PLACE = 4, /* name of a place: must win also beside neighbours that pull at it */
    WORD_COUNTED = 8,     /* in counts.tsv: its frequency comes from there */
    WORD_BY_RULE = 16,    /* a person's name, a number with what it counts: a rule finds it or keeps it apart */
    WORD_LEFT_OUT = 32    /* no word of the image; it may be the spelling of a pair */
};

struct word_entry {
    uint64_t frequency; /* of the cost */
    uint64_t listed;    /* frequency in words.tsv and domain.tsv: of the idf */
    uint64_t term;      /* identity: its own, or its concept's */
    uint32_t spelling;  /* first character, in word_table.characters */
    uint32_t last_tag;  /* into word_table.tag, WORD_TABLE_NONE when there is none */
    uint8_t length;     /* characters, 1 to ARRAY_MAX_LENGTH */
    uint8_t part_of_speech;
    uint8_t marks;
    uint8_t has_concept;
    uint16_t pair_cost; /* of first and second, WORD_COST_NONE when the spelling is no pair */
    uint32_t first;     /* entries whose spellings make up this one's */
    uint32_t second;
};

struct word_tag_link {
    struct lexicon_tag tag;
    uint32_t previous;
};

struct word_table {
    const weisu_allocator *allocator;
    struct word_entry *entry;
    size_t count;
    size_t capacity;
    uint16_t *characters;
    size_t character_count;
    size_t character_capacity;
    struct word_tag_link *tag;
    size_t tag_count;
    size_t tag_capacity;
    uint64_t total;        /* sum of the frequencies */
    uint64_t listed_total; /* sum of the listed ones */
    struct id_map by_term;
    struct arena scratch; /* reset by every look-up */
};

void word_table_init(struct word_table *table, const weisu_allocator *allocator);
void word_table_dispose(struct word_table *table);

/* Entry of a spelling, made with frequency 0 when it is new. WEISU_EFIELD for an empty word, WEISU_ETOOLONG for more
 * than ARRAY_MAX_LENGTH characters, WEISU_ENOMEM; *entry is unchanged then. */
weisu_code word_table_intern(struct word_table *table, weisu_str text, uint32_t *entry);
/* Makes an entry of folded characters that has none yet, 1 to ARRAY_MAX_LENGTH of them. WEISU_ENOMEM. */
weisu_code word_table_add(struct word_table *table, const uint16_t *code, size_t count, uint32_t *entry);
/* Entry of a spelling, or WORD_TABLE_NONE (also for what cannot be a word, and when memory is out). */
uint32_t word_table_look_up(struct word_table *table, weisu_str text);
/* Entry of folded characters, or WORD_TABLE_NONE. */
uint32_t word_table_find(const struct word_table *table, const uint16_t *code, size_t count);
/* Adds a tag to an entry (twice the same is stored once when the image is written). 0, or -1 when memory is out. */
int word_table_tag(struct word_table *table, uint32_t entry, enum lexicon_tag_kind kind, uint32_t value);
static inline const uint16_t *word_table_spelling(const struct word_table *table, const struct word_entry *entry)
{
    return table->characters + entry->spelling;
}

/* Whether the image holds the entry, and as one word. */
static inline int word_is_built(const struct word_entry *entry)
{
    return !(entry->marks & WORD_LEFT_OUT) || entry->pair_cost != WORD_COST_NONE;
}

/* Cost of the entry in the graph; WORD_COST_NONE when the image does not hold it. */
uint32_t word_table_cost(const struct word_table *table, const struct word_entry *entry);

/* Raises the frequency of every entry marked WORD_WHOLE so far that the entry as one word costs no more than any
 * sequence of other words that spells it (a tie goes to the longer word), shorter entries first, so that a name may
 * hold a shorter name. No more than that, because each bit more pulls at the neighbours (物业|管理费 became
 * 物业管理|费); but six bits less for a place's name of three or more characters, which must stand in any text. `total`
 * is unchanged. WEISU_ENOMEM. */
weisu_code word_table_make_whole(struct word_table *table, weisu_err *err);

#endif
