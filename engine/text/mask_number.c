#include "text/mask_number.h"

/* ---- reading ---- */

enum { longest_gap = 3 }; /* separators between two groups, as in "138 - 0013" */

/* Skips separators at `at`; gives the byte of the digit behind them, or 0. *separator is the one that is not a space.
 */
static size_t skip_gap(const struct mask_text *text, size_t at, uint32_t *separator)
{
    *separator = 0;
    for (int count = 0; count <= longest_gap; count++) {
        struct mask_character c = mask_next(text, at);
        if (mask_is_digit(c.code))
            return count ? at : 0;
        if (!mask_is_separator(c.code))
            return 0;
        if (c.code != ' ' || !*separator)
            *separator = c.code;
        at += c.size;
    }
    return 0;
}

/* Reads digits at `at` as one more group. Returns the byte behind them, or 0 when the caps do not hold them. */
static size_t read_group(struct mask_number *n, const struct mask_text *text, size_t at)
{
    uint32_t count = n->digit_count;
    for (;;) {
        struct mask_character c = mask_next(text, at);
        if (!mask_is_digit(c.code))
            break;
        if (count == MASK_NUMBER_DIGITS)
            return 0;
        n->digit[count] = (uint8_t)(c.code - '0');
        n->begin[count] = at;
        n->end[count++] = at += c.size;
    }
    n->digit_count = count;
    n->group[++n->group_count] = (uint8_t)count;
    return at;
}

void mask_number_read(struct mask_number *n, const struct mask_text *text, size_t at)
{
    n->digit_count = n->group_count = n->is_cut = n->separator = 0;
    n->group[0] = 0;
    n->x_end = n->after_point = 0;
    size_t behind = read_group(n, text, at);
    if (!behind) {
        struct mask_character c = mask_next(text, at);
        for (; mask_is_digit(c.code); c = mask_next(text, at))
            at += c.size;
        n->end[0] = at;
        return;
    }
    uint32_t separator;
    for (size_t next; (next = skip_gap(text, behind, &separator));) {
        size_t after = read_group(n, text, next);
        n->is_cut = !after;
        if (!after)
            break;
        if (separator == '.' && next == behind + 1)
            n->after_point |= UINT64_C(1) << (n->group_count - 1);
        n->separator = n->group_count == 2 || n->separator == separator ? separator : 0;
        behind = after;
    }
    struct mask_character last = mask_next(text, behind);
    if (last.code == 'x')
        n->x_end = behind + last.size;
}

/* ---- deciding: a window is `count` digits from the first of group `group` ---- */

static uint32_t group_size(const struct mask_number *n, uint32_t group)
{
    return group < n->group_count ? (uint32_t)n->group[group + 1] - n->group[group] : 0;
}

static uint32_t value_of(const struct mask_number *n, uint32_t first, uint32_t count)
{
    uint32_t value = 0;
    for (uint32_t i = first; i < first + count; i++)
        value = value * 10 + n->digit[i];
    return value;
}

static int is_mobile_head(const struct mask_number *n, uint32_t first)
{
    return n->digit[first] == 1 && n->digit[first + 1] >= 3;
}

static int is_date(uint32_t year, uint32_t month, uint32_t day)
{
    return year >= 1850 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* First two digits of a division code (GB/T 2260), foreigners' 9x left out. */
static int is_province(uint32_t code)
{
    static const uint8_t last_of_ten[9] = {0, 15, 23, 37, 46, 54, 65, 71, 83};
    return code >= 11 && code < 90 && code % 10 != 0 ? code <= last_of_ten[code / 10] : code == 50;
}

static int has_identity_digits(const struct mask_number *n, uint32_t first, uint32_t count)
{
    if (!is_province(value_of(n, first, 2)))
        return 0;
    if (count == 15)
        return is_date(1900 + value_of(n, first + 6, 2), value_of(n, first + 8, 2), value_of(n, first + 10, 2));
    return is_date(value_of(n, first + 6, 4), value_of(n, first + 10, 2), value_of(n, first + 12, 2));
}

/* How many groups from `group` on make `count` digits together; 0 when none do. */
static uint32_t groups_of(const struct mask_number *n, uint32_t group, uint32_t count)
{
    for (uint32_t last = group + 1; last <= n->group_count; last++) {
        uint32_t sum = (uint32_t)n->group[last] - n->group[group];
        if (sum >= count)
            return sum == count ? last - group : 0;
    }
    return 0;
}

/* Each of these gives the digits that make up the value, or 0. */

static uint32_t match_identity(const struct mask_number *n, uint32_t group)
{
    uint32_t first = n->group[group];
    if (groups_of(n, group, 18) && has_identity_digits(n, first, 18))
        return 18;
    if (n->x_end && first + 17 == n->digit_count && has_identity_digits(n, first, 17))
        return 17;
    uint32_t parts = groups_of(n, group, 15);
    int is_split_well = parts == 1 || (parts == 3 && group_size(n, group) == 6 && group_size(n, group + 1) == 6);
    if (is_split_well && has_identity_digits(n, first, 15))
        return 15;
    uint32_t size = group_size(n, group);
    return n->follows_identity && size >= 15 && size <= 18 ? size : 0;
}

/* Whether the window is the whole number, but for a country code. */
static int is_alone(const struct mask_number *n, uint32_t group, uint32_t parts)
{
    int follows_country = group == 1 && value_of(n, 0, n->group[1]) == 86;
    return (group == 0 || follows_country) && group + parts == n->group_count;
}

/* 3-4-4, 3-8 and 7-4 are how people write a mobile number. Other groups of at least three digits count only when no
 * other group is near (lists of room numbers), smaller ones (1 3 8 0 0 …) only with one separator, no point, besides.
 */
static int is_mobile_shape(const struct mask_number *n, uint32_t group, uint32_t parts)
{
    uint32_t head = group_size(n, group);
    uint32_t next = group_size(n, group + 1);
    if (parts <= 1)
        return parts == 1;
    if ((head == 3 && (next == 4 || next == 8)) || head == 7)
        return parts == 2 || (parts == 3 && next == 4);
    if (!is_alone(n, group, parts))
        return 0;
    uint32_t smallest = head;
    for (uint32_t i = group + 1; i < group + parts; i++)
        if (group_size(n, i) < smallest)
            smallest = group_size(n, i);
    return smallest >= 3 || (n->separator && n->separator != '.');
}

static uint32_t match_mobile(const struct mask_number *n, uint32_t group)
{
    uint32_t first = n->group[group];
    uint32_t size = group_size(n, group);
    if (size == 12 && n->digit[first] == 0 && is_mobile_head(n, first + 1))
        return 12;
    if (size == 13 && value_of(n, first, 2) == 86 && is_mobile_head(n, first + 2))
        return 13;
    if (size == 15 && value_of(n, first, 4) == 86 && is_mobile_head(n, first + 4))
        return 15;
    if (size == 22 && is_mobile_head(n, first) && is_mobile_head(n, first + 11))
        return 22;
    if (n->digit_count - first < 11 || !is_mobile_head(n, first))
        return 0;
    return is_mobile_shape(n, group, groups_of(n, group, 11)) ? 11 : 0;
}

/* Length of the area code whose first digit after the 0 is at `first`: 10 and 2x have two digits, others three. */
static uint32_t area_size(const struct mask_number *n, uint32_t first)
{
    if (n->digit[first] == 1)
        return n->digit[first + 1] == 0 ? 2 : 0;
    return n->digit[first] == 0 ? 0 : n->digit[first] == 2 ? 2 : 3;
}

/* 7 or 8 digits that begin with a group, in one or two groups of at least three. */
static uint32_t match_local(const struct mask_number *n, uint32_t group)
{
    uint32_t size = group_size(n, group);
    if (size == 0 || n->digit[n->group[group]] == 0)
        return 0;
    if (size == 7 || size == 8)
        return size;
    return (size == 3 || size == 4) && group_size(n, group + 1) == 4 ? size + 4 : 0;
}

static uint32_t match_landline(const struct mask_number *n, uint32_t group)
{
    uint32_t first = n->group[group];
    uint32_t size = group_size(n, group);
    if (size < 2 || n->digit_count - first < 10)
        return 0;
    if (n->digit[first] == 0) {
        uint32_t area = 1 + area_size(n, first + 1);
        if (size == area && area > 1) {
            uint32_t local = match_local(n, group + 1);
            return local ? area + local : 0;
        }
        /* Without a separator only lengths that exist: 3 + 8, 4 + 7, 4 + 8. */
        int is_whole = area > 1 && n->digit[first + area] != 0 && (size == 11 || (area == 4 && size == 12));
        if (is_whole)
            return size;
    }
    uint32_t next = group_size(n, group + 1);
    int is_country = (size == 2 || size == 4) && value_of(n, first, size) == 86;
    if (is_country && next && area_size(n, first + size) == next) {
        uint32_t local = match_local(n, group + 2);
        return local ? size + next + local : 0;
    }
    return 0;
}

/* 400-650-1234, 400 6501234, 4006-501-234. */
static uint32_t match_service(const struct mask_number *n, uint32_t group)
{
    uint32_t size = group_size(n, group);
    uint32_t parts = groups_of(n, group, 10);
    if ((size != 3 && size != 4) || parts < 2 || parts > 3)
        return 0;
    uint32_t head = value_of(n, n->group[group], 3);
    return head == 400 || head == 800 ? 10 : 0;
}

static uint32_t match_by_word(const struct mask_number *n, uint32_t group)
{
    uint32_t first = n->group[group];
    if (group != 0)
        return 0;
    if (n->follows_plus && n->digit_count >= 10 && n->digit_count <= 15)
        return n->digit_count;
    if (!n->follows_phone)
        return 0;
    uint32_t size = group_size(n, 0);
    if (size >= 10 && size <= 12)
        return size;
    int is_day = size == 8 && is_date(value_of(n, first, 4), value_of(n, first + 4, 2), value_of(n, first + 6, 2));
    return is_day ? 0 : match_local(n, 0);
}

static uint32_t match_any(const struct mask_number *n, uint32_t group)
{
    if (n->after_point >> group & 1 && group_size(n, group) > 11)
        return 0; /* decimals of a coordinate */
    uint32_t count = match_identity(n, group);
    if (!count)
        count = match_mobile(n, group);
    if (!count)
        count = match_landline(n, group);
    if (!count)
        count = match_service(n, group);
    return count ? count : match_by_word(n, group);
}

uint32_t mask_number_find(const struct mask_number *n, size_t *begin, size_t *end)
{
    for (uint32_t group = 0; group < n->group_count; group++) {
        uint32_t first = n->group[group];
        uint32_t count = match_any(n, group);
        if (!count)
            continue;
        int takes_x = n->x_end && first + count == n->digit_count && count >= 15 && count <= 17;
        *begin = n->begin[first];
        *end = takes_x ? n->x_end : n->end[first + count - 1];
        return count;
    }
    return 0;
}

size_t mask_number_skip(const struct mask_number *n)
{
    if (!n->is_cut)
        return n->end[n->digit_count - 1];
    uint32_t group = 1;
    while (group + 1 < n->group_count && n->digit_count - n->group[group] >= MASK_NUMBER_LONGEST)
        group++;
    return n->end[n->group[group] - 1];
}
