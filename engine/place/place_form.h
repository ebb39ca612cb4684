/* The form of a name: what its tokens say about how sure it is one. Internal to place/. */
#ifndef PLACE_PLACE_FORM_H
#define PLACE_PLACE_FORM_H

#include "place/place_rules.h"

enum name_anchor { ANCHORED_NOT, ANCHORED_AT_ROAD, ANCHORED_IN_DIVISION };

/* Where a name stands in its field. */
struct name_form {
    const struct place_text *text;
    uint32_t field;
    uint32_t first; /* tokens */
    uint32_t last;
    uint32_t kind;         /* enum spot_kind */
    uint32_t suffix;       /* strength of its suffix, 1 to 3; 0 without one */
    uint32_t is_anchored;  /* enum name_anchor: a road, a village, or a division or level word stands right before it */
    uint32_t has_verb;     /* a verb or adjective stands in it */
    uint32_t is_bare;      /* it ends in no suffix; `suffix` says how sure it is otherwise */
    uint32_t is_head;      /* the title begins with it, divisions and verbs aside */
    uint32_t is_addressed; /* a road and a house number stand right before it */
    uint32_t is_aside;     /* between parentheses: it says where the name before them is */
    uint32_t inside;       /* characters of the last token before its suffix, where that is the end of a cut name */
    uint32_t is_alone;     /* nothing but punctuation around it */
};

/* 0 to 1000; spots below PLACE_LEAST_STRENGTH are none. */
enum { PLACE_LEAST_STRENGTH = 400 };
uint32_t name_strength(const struct place_rules *rules, const struct name_form *form);

/* A token that tells one name from another: rare, unknown or a character alone among others. */
int is_telling(const struct place_rules *rules, const struct place_text *text, uint32_t token);

/* 省 市 县 区 镇 乡: what ends the name of a division. */
int is_level_character(uint16_t character);

/* Does the token carry its level word: 海淀区, 望京街道, 亦庄镇? */
int is_full_name(const struct place_text *text, uint32_t token);

/* 五一 八一 六一 七一: numbers that are names (五一大道). */
int is_feast_day(const uint16_t *code, const struct seg_token *token);

/* A numeral: digit or Chinese number character. */
int is_numeral(uint16_t character);

/* Kind and strength of the suffix of at most `longest` characters that the token ends with behind its first character;
 * 0 when none. */
uint32_t suffix_at_end(const struct place_rules *rules, const struct place_text *text, uint32_t token,
                       uint32_t longest);

/* Kind and strength of the suffix that the token is, or that the long noun ends with; 0 when none. */
uint32_t suffix_of(const struct place_rules *rules, const struct place_text *text, uint32_t token);

#endif
