/* The key of a spot: one for all spellings of its name. */
#include "place/place_form.h"
#include "place/place_name.h"

enum {
    least_ordered = 4,   /* characters of a name that count in any order */
    least_sounded = 5,   /* of one that counts by its sound */
    generic_more = 3,    /* how many more where the name ends in a word like school */
    sound_base = 0x100,  /* numbers of sounds lie between letters and characters of script */
    ten = 0x5341,        /* 十 */
    number_limit = 10000 /* larger numbers are read digit by digit */
};

#define SPOT_KEY_SEED UINT64_C(0x73706f74)

/* Value of a numeral character, 10 for 十. */
static uint32_t digit_of(uint16_t c)
{
    static const uint16_t digits[] = {0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    if (c < 128)
        return (uint32_t)c - '0';
    for (uint32_t i = 0; i < 10; i++)
        if (digits[i] == c)
            return i;
    return c == ten ? 10 : 0;
}

/* Reads the number at *at: 12, 一二, 十二, 二十三. Digits follow each other; 十 is ten, or ten times what stands
 * before. */
static uint32_t read_number(const struct canonical_name *name, uint32_t *at)
{
    uint32_t value = 0;
    int after_ten = 0;
    while (*at < name->count && is_numeral(name->code[*at]) && value < number_limit) {
        uint32_t digit = digit_of(name->code[(*at)++]);
        if (digit == 10)
            value = value ? value * 10 : 10;
        else
            value = after_ten ? value + digit : value * 10 + digit;
        after_ten = digit == 10;
    }
    return value;
}

int is_side_character(uint16_t c)
{
    static const uint16_t sides[] = {0x4e1c, 0x897f, 0x5357, 0x5317, 0x4e0a, 0x4e0b, 0x5de6, 0x53f3,
                                     0x524d, 0x540e, 0x5185, 0x5916, 0x4e2d, 0x5927, 0x5c0f};
    if (!(UINT64_C(0x800820c010c0ec20) >> c % 64 & 1))
        return 0;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i] == c)
            return 1;
    return 0;
}

static int is_plain(uint16_t c)
{
    return c >= 0x3400 && !is_numeral(c) && !is_side_character(c);
}

/* How many characters a name of that kind needs beyond `least` to be sure of: 培训学校, 物业公司 tell nothing. */
static uint32_t with_generic(uint32_t least, uint32_t kind)
{
    switch (kind) {
    case SPOT_SCHOOL:
    case SPOT_HOSPITAL:
    case SPOT_MARKET:
    case SPOT_COMPANY:
    case SPOT_BUILDING:
    case SPOT_PUBLIC:
        return least + generic_more;
    default:
        return least;
    }
}

static void take_sounds(struct canonical_name *name, const uint16_t *sounds)
{
    for (uint32_t i = 0; i < name->count; i++)
        if (is_plain(name->code[i]) && sounds[name->code[i]])
            name->code[i] = (uint16_t)(sound_base + sounds[name->code[i]]);
}

static int may_change_place(uint16_t c)
{
    return is_plain(c) || (c > sound_base && c < 0x3400);
}

/* Brings the characters of each run between numerals and sides into one order. */
static void order_runs(struct canonical_name *name)
{
    uint32_t first = 0; /* of the run */
    for (uint32_t i = 0; i < name->count; i++) {
        uint16_t moved = name->code[i];
        if (!may_change_place(moved)) {
            first = i + 1;
            continue;
        }
        uint32_t at = i;
        for (; at > first && name->code[at - 1] > moved; at--)
            name->code[at] = name->code[at - 1];
        name->code[at] = moved;
    }
}

uint64_t name_key(const struct canonical_name *spelling, const struct place_rules *rules, uint32_t kind)
{
    struct canonical_name name = *spelling;
    uint16_t code[3 * NAME_MAX_CHARACTERS];
    size_t count = 0;
    uint32_t i = 0;
    if (name.count >= with_generic(least_sounded, kind))
        take_sounds(&name, lexicon_sounds(rules->lexicon));
    if (name.count >= with_generic(least_ordered, kind))
        order_runs(&name);
    while (i < name.count) {
        if (!is_numeral(name.code[i])) {
            code[count++] = name.code[i++];
            continue;
        }
        uint32_t value = read_number(&name, &i);
        code[count++] = '0';
        code[count++] = (uint16_t)(value & 0xffff);
        code[count++] = (uint16_t)(value >> 16);
    }
    return hash_pair(rules->city_code, hash_bytes_seeded(code, count * sizeof *code, SPOT_KEY_SEED));
}
