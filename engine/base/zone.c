#include "base/zone.h"

#include "base/civil_time.h"
#include "base/failure.h"
#include "base/zone_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    name_bytes = 64,
    header_bytes = 44,
    file_bytes_most = 256 * 1024,
    changes_most = 20000,
    offset_least_s = -25 * 3600, /* RFC 8536, section 3.2 */
    offset_most_s = 26 * 3600
};

struct zone_change {
    int64_t utc_s;
    int64_t wall_s; /* first local time that is surely read with the new offset: utc_s + the larger of both offsets */
    int32_t offset_s;
};

struct zone {
    const weisu_allocator *allocator;
    char name[name_bytes];
    struct zone_change *change; /* [count] in order of time */
    size_t count;
    int32_t first_offset_s; /* before the first change */
    int32_t has_rule;       /* what holds after the last change is `rule`, else the last offset */
    struct zone_rule rule;
    int64_t steady_utc_s; /* from here on there is one offset only; INT64_MAX: never */
    int64_t steady_wall_s;
    int32_t steady_offset_s;
};

/* ---- the file ---- */

struct block {
    uint32_t ut_count; /* the six counts in the order of the file */
    uint32_t standard_count;
    uint32_t leap_count;
    uint32_t change_count;
    uint32_t type_count;
    uint32_t name_size;
    size_t begin; /* of the data after the header */
    size_t size;
};

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_i64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

/* Reads the header at `at` and checks that its data lies inside of the file; times have `width` bytes. */
static int read_block(struct block *block, weisu_str file, size_t at, size_t width)
{
    if (file.size < at || file.size - at < header_bytes || memcmp(file.data + at, "TZif", 4) != 0)
        return 0;
    const unsigned char *header = (const unsigned char *)file.data + at;
    *block = (struct block){read_u32(header + 20), read_u32(header + 24), read_u32(header + 28), read_u32(header + 32),
                            read_u32(header + 36), read_u32(header + 40), at + header_bytes,     0};
    uint32_t largest = file_bytes_most;
    if (block->ut_count > largest || block->standard_count > largest || block->leap_count > largest ||
        block->change_count > largest || block->type_count > largest || block->name_size > largest)
        return 0;
    block->size = block->change_count * (width + 1) + block->type_count * (size_t)6 + block->name_size +
                  block->leap_count * (width + 4) + block->standard_count + block->ut_count;
    return file.size - block->begin >= block->size;
}

static int read_type_offset(const unsigned char *types, uint32_t type, int32_t *offset_s)
{
    *offset_s = (int32_t)read_u32(types + (size_t)type * 6);
    return *offset_s > offset_least_s && *offset_s < offset_most_s;
}

static int read_changes(struct zone *zone, weisu_str file, const struct block *block)
{
    const unsigned char *times = (const unsigned char *)file.data + block->begin;
    const unsigned char *types_of = times + (size_t)block->change_count * 8;
    const unsigned char *types = types_of + block->change_count;
    if (!read_type_offset(types, 0, &zone->first_offset_s))
        return 0;
    int32_t before_s = zone->first_offset_s;
    for (size_t i = 0; i < block->change_count; i++) {
        struct zone_change *change = &zone->change[i];
        change->utc_s = read_i64(times + i * 8);
        if (types_of[i] >= block->type_count || !read_type_offset(types, types_of[i], &change->offset_s) ||
            (i && change->utc_s <= zone->change[i - 1].utc_s) || change->utc_s < -(INT64_C(1) << 60) ||
            change->utc_s > INT64_C(1) << 60)
            return 0;
        change->wall_s = change->utc_s + (before_s > change->offset_s ? before_s : change->offset_s);
        before_s = change->offset_s;
    }
    zone->count = block->change_count;
    return 1;
}

/* "\n<rule>\n" after the second block; an empty rule is allowed. */
static int read_footer(struct zone *zone, weisu_str file, size_t at)
{
    if (at >= file.size || file.data[at] != '\n')
        return 0;
    const char *begin = file.data + at + 1;
    const char *end = memchr(begin, '\n', file.size - at - 1);
    if (!end)
        return 0;
    zone->has_rule = end > begin;
    return !zone->has_rule || zone_rule_parse(&zone->rule, (weisu_str){begin, (size_t)(end - begin)}) == 0;
}

static void find_steady_part(struct zone *zone)
{
    zone->steady_utc_s = zone->steady_wall_s = INT64_MAX;
    if (zone->has_rule && zone->rule.has_summer)
        return;
    const struct zone_change *last = zone->count ? &zone->change[zone->count - 1] : NULL;
    zone->steady_utc_s = last ? last->utc_s : INT64_MIN;
    zone->steady_wall_s = last ? last->wall_s : INT64_MIN;
    zone->steady_offset_s = zone->has_rule ? zone->rule.standard_s : last ? last->offset_s : zone->first_offset_s;
}

static int read_file(struct zone *zone, weisu_str file)
{
    struct block old;
    struct block block;
    if (!read_block(&old, file, 0, 4) || file.data[4] < '2' || !read_block(&block, file, old.begin + old.size, 8) ||
        block.leap_count || !block.type_count || block.type_count > 256 || block.change_count > changes_most)
        return -1;
    zone->change = memory_new(zone->allocator, block.change_count + (size_t)1, sizeof *zone->change);
    if (!zone->change)
        return -2;
    zone->count = block.change_count;
    int is_read = read_changes(zone, file, &block) && read_footer(zone, file, block.begin + block.size);
    return is_read ? 0 : -1;
}

/* ---- opening ---- */

static int is_good_name(const char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size >= name_bytes || name[0] == '/' || name[0] == '-')
        return 0;
    for (const char *at = name; *at; at++) {
        int is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        int is_digit = *at >= '0' && *at <= '9';
        if (!is_letter && !is_digit && !strchr("_+-/", *at))
            return 0;
    }
    return 1;
}

/* `bytes` NULL: universal time, which needs no file. */
static weisu_code open_zone(struct zone **out, const char *name, const weisu_str *bytes,
                            const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    if (!is_good_name(name))
        return failure(err, WEISU_ECONFIG, "not the name of a time zone; expected one like Asia/Shanghai");
    struct zone *zone = memory_new_zeroed(allocator, 1, sizeof *zone);
    if (!zone)
        return failure(err, WEISU_ENOMEM, "no memory for a time zone");
    zone->allocator = allocator;
    memcpy(zone->name, name, strlen(name));
    int rc = bytes ? read_file(zone, *bytes) : 0;
    if (rc) {
        zone_close(zone);
        return rc == -2 ? failure(err, WEISU_ENOMEM, "no memory for a time zone")
                        : failure(err, WEISU_ECONFIG, "time zone %s: not a TZif file of version 2 or later", name);
    }
    find_steady_part(zone);
    *out = zone;
    return WEISU_OK;
}

weisu_code zone_open_bytes(struct zone **out, const char *name, weisu_str bytes, const weisu_allocator *allocator,
                           weisu_err *err)
{
    return open_zone(out, name, &bytes, allocator, err);
}

/* Reads the whole file into `buffer`. Returns its size, -1 when it cannot be read or is larger than the buffer. */
static ssize_t read_whole(int fd, char *buffer, size_t capacity)
{
    size_t size = 0;
    while (size < capacity) {
        ssize_t got = read(fd, buffer + size, capacity - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            return (ssize_t)size;
        size += (size_t)got;
    }
    errno = EFBIG;
    return -1;
}

weisu_code zone_open(struct zone **out, const char *name, const weisu_allocator *allocator, weisu_err *err)
{
    static const char folder[] = "/usr/share/zoneinfo/";
    *out = NULL;
    if (strcmp(name, "UTC") == 0 || !is_good_name(name))
        return open_zone(out, name, NULL, allocator, err);
    char path[sizeof folder + name_bytes];
    snprintf(path, sizeof path, "%s%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return failure(err, WEISU_ECONFIG, "no time zone %s in %s (package tzdata)", name, folder);
    if (fd < 0)
        return failure(err, WEISU_EIO, "cannot open %s: %s", path, strerror(errno));
    weisu_code code;
    char *buffer = memory_new(allocator, file_bytes_most, 1);
    ssize_t size = buffer ? read_whole(fd, buffer, file_bytes_most) : 0;
    if (!buffer)
        code = failure(err, WEISU_ENOMEM, "no memory to read %s", path);
    else if (size < 0)
        code = failure(err, WEISU_EIO, "cannot read %s: %s", path, strerror(errno));
    else if (size == 0)
        code = failure(err, WEISU_ECONFIG, "%s is empty", path);
    else
        code = zone_open_bytes(out, name, (weisu_str){buffer, (size_t)size}, allocator, err);
    memory_free(allocator, buffer, file_bytes_most, 1);
    close(fd);
    return code;
}

void zone_close(struct zone *zone)
{
    if (!zone)
        return;
    memory_free(zone->allocator, zone->change, zone->count + 1, sizeof *zone->change);
    memory_free(zone->allocator, zone, 1, sizeof *zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* ---- looking up ---- */

static int64_t floor_seconds(int64_t ms)
{
    return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

static int64_t time_of(const struct zone_change *change, int is_wall)
{
    return is_wall ? change->wall_s : change->utc_s;
}

static int32_t find_offset(const struct zone *zone, int64_t seconds, int is_wall)
{
    if (seconds >= (is_wall ? zone->steady_wall_s : zone->steady_utc_s))
        return zone->steady_offset_s;
    if (zone->has_rule && (!zone->count || seconds >= time_of(&zone->change[zone->count - 1], is_wall)))
        return zone_rule_offset(&zone->rule, seconds, is_wall);
    size_t low = 0; /* changes before `low` are not later than `seconds`, those from `high` on are */
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (time_of(&zone->change[middle], is_wall) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? zone->change[low - 1].offset_s : zone->first_offset_s;
}

int32_t zone_offset_s(const struct zone *zone, int64_t utc_ms)
{
    return find_offset(zone, floor_seconds(utc_ms), 0);
}

int64_t zone_local_to_utc(const struct zone *zone, int64_t local_ms)
{
    return local_ms - (int64_t)find_offset(zone, floor_seconds(local_ms), 1) * 1000;
}

int64_t zone_instant(const struct zone *zone, const struct civil_text *text)
{
    int64_t ms = civil_to_ms(&text->time);
    return text->has_offset ? ms - (int64_t)text->offset_s * 1000 : zone_local_to_utc(zone, ms);
}
