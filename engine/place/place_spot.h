/* Spots by form: one walk over the tokens of a field. Internal to place/. */
#ifndef PLACE_PLACE_SPOT_H
#define PLACE_PLACE_SPOT_H

#include "place/place_rules.h"

enum {
    SPOT_MAX_FOUND = 64, /* spots of a record; later and weaker ones are left out */
    DIVISION_MAX_HITS = 32
};

/* How sure it is that nothing of the sentence was read into the beginning of a name. */
enum clean_start { CLEAN_NOT, CLEAN_ALONE, CLEAN_IN_DIVISION };

struct spot_found {
    uint32_t field; /* enum place_field */
    uint32_t first; /* tokens */
    uint32_t last;
    uint16_t kind; /* enum spot_kind */
    uint16_t strength;
    uint16_t clean;  /* enum clean_start */
    uint16_t skip;   /* characters of the first token that are no part of the name */
    uint16_t beside; /* characters of the last token that are none */
};

struct division_hit {
    uint32_t field;
    uint32_t token;
};

/* What the walks over all fields gather. */
struct place_findings {
    uint32_t spot_count;
    uint32_t hit_count;
    uint32_t title_address; /* token of the title behind a road and a house number; UINT32_MAX */
    uint32_t is_elsewhere;  /* a masked or foreign city: "A市", 长沙市 at the head of the title or address */
    struct spot_found spot[SPOT_MAX_FOUND];
    struct division_hit hit[DIVISION_MAX_HITS];
};

/* Adds what the field holds. Linear in the tokens. */
void find_spots(const struct place_rules *rules, const struct place_text *text, uint32_t field,
                struct place_findings *findings);

#endif
