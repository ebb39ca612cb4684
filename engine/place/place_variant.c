#include "place/place_variant.h"

#include "base/utf8.h"
#include "place/place_form.h"

enum { least_misheard = 3, least_misspelt = 5 /* characters, 社区 among them */ };

/* Position of the only character that differs; UINT32_MAX when none or several do. Numerals and sides tell places
 * apart. */
static uint32_t only_difference(const struct canonical_name *a, const struct canonical_name *b)
{
    uint32_t at = UINT32_MAX;
    if (a->count != b->count)
        return UINT32_MAX;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->code[i] == b->code[i])
            continue;
        if (at != UINT32_MAX || a->code[i] < 0x3400 || b->code[i] < 0x3400 || is_numeral(a->code[i]) ||
            is_numeral(b->code[i]) || is_side_character(a->code[i]) || is_side_character(b->code[i]))
            return UINT32_MAX;
        at = i;
    }
    return at;
}

int name_is_misheard(const struct place_rules *rules, const struct canonical_name *a, const struct canonical_name *b)
{
    const uint16_t *sounds = lexicon_sounds(rules->lexicon);
    uint32_t at = a->count < least_misheard ? UINT32_MAX : only_difference(a, b);
    return at != UINT32_MAX && sounds[a->code[at]] && sounds[a->code[at]] == sounds[b->code[at]];
}

void name_of_node(struct canonical_name *out, const struct lexicon *lexicon, uint32_t node)
{
    weisu_str name = gazetteer_node(lexicon, node).name;
    out->count = 0;
    while (name.size && out->count < NAME_MAX_CHARACTERS) {
        uint32_t character;
        size_t size = utf8_read((const unsigned char *)name.data, name.size, &character);
        if (!size)
            return;
        out->code[out->count++] = (uint16_t)character;
        name.data += size;
        name.size -= size;
    }
}

uint32_t name_misspelt_community(const struct place_rules *rules, const struct canonical_name *name, uint32_t node)
{
    const struct lexicon *lexicon = rules->lexicon;
    uint32_t found[2] = {UINT32_MAX, UINT32_MAX}; /* that differ anyhow, that sound alike */
    uint32_t count[2] = {0, 0};
    if (name->count < least_misspelt || gazetteer_node(lexicon, node).level != PLACE_SUBDISTRICT)
        return UINT32_MAX;
    for (uint32_t i = node + 1; i < gazetteer_count(lexicon); i++) {
        struct gazetteer_node community = gazetteer_node(lexicon, i);
        struct canonical_name other;
        if (community.level <= PLACE_SUBDISTRICT)
            break;
        name_of_node(&other, lexicon, i);
        if (community.parent != node || only_difference(name, &other) == UINT32_MAX)
            continue;
        for (int alike = 0; alike <= name_is_misheard(rules, name, &other); alike++) {
            found[alike] = i;
            count[alike]++;
        }
    }
    return count[1] == 1 ? found[1] : count[0] == 1 ? found[0] : UINT32_MAX;
}
