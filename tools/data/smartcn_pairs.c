/* Helper of smartcn_counts.py: which two words have a given hash. Standard input, little-endian: number of words, each
 * as its length and its UTF-16 units, sorted; number of hashes, each with a count. Standard output: a line "first
 * second count" (indexes of words) for each hash that FNV-1 gives for first + '@' + second. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_length = 64, slots = 1 << 20, filter_bits = 27 };

struct word {
    uint32_t length;
    uint32_t shared; /* units at the start that the word before has too */
    uint16_t unit[max_length];
};

struct hash_slot {
    uint64_t hash; /* 0: free */
    int32_t count;
};

static struct hash_slot slot[slots];
static uint64_t filter[(1u << filter_bits) / 64]; /* of the hashes' upper bits: nearly every pair ends here */

static void read_exactly(void *to, size_t size)
{
    if (fread(to, 1, size, stdin) != size)
        exit(EXIT_FAILURE);
}

static uint64_t step(uint64_t hash, uint16_t unit)
{
    const uint64_t prime = UINT64_C(1099511628211);
    hash = (hash ^ (unit & 0xff)) * prime;
    return (hash ^ (unit >> 8)) * prime;
}

static struct word *read_words(uint32_t *count)
{
    read_exactly(count, sizeof *count);
    struct word *words = calloc(*count, sizeof *words);
    if (!words)
        exit(EXIT_FAILURE);
    for (uint32_t i = 0; i < *count; i++) {
        uint16_t length;
        read_exactly(&length, sizeof length);
        if (length > max_length)
            exit(EXIT_FAILURE);
        words[i].length = length;
        read_exactly(words[i].unit, length * sizeof(uint16_t));
        while (i && words[i].shared < length && words[i].shared < words[i - 1].length &&
               words[i].unit[words[i].shared] == words[i - 1].unit[words[i].shared])
            words[i].shared++;
    }
    return words;
}

static struct hash_slot *find_slot(uint64_t hash)
{
    size_t at = hash % slots;
    while (slot[at].hash && slot[at].hash != hash)
        at = (at + 1) % slots;
    return &slot[at];
}

static void read_hashes(void)
{
    uint32_t count;
    read_exactly(&count, sizeof count);
    if (count > slots / 2)
        exit(EXIT_FAILURE);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t hash;
        int32_t times;
        read_exactly(&hash, sizeof hash);
        read_exactly(&times, sizeof times);
        *find_slot(hash) = (struct hash_slot){hash, times};
        uint64_t bit = hash >> (64 - filter_bits);
        filter[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

static void look_up_pairs(const struct word *words, uint32_t count, uint32_t first)
{
    uint64_t after[max_length + 1]; /* hash behind so many units of the second word */
    after[0] = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < words[first].length; i++)
        after[0] = step(after[0], words[first].unit[i]);
    after[0] = step(after[0], '@');
    for (uint32_t second = 0; second < count; second++) {
        const struct word *word = &words[second];
        for (uint32_t i = word->shared; i < word->length; i++)
            after[i + 1] = step(after[i], word->unit[i]);
        uint64_t hash = after[word->length];
        uint64_t bit = hash >> (64 - filter_bits);
        if (!(filter[bit / 64] >> bit % 64 & 1))
            continue;
        const struct hash_slot *found = find_slot(hash);
        if (found->hash)
            printf("%u %u %d\n", first, second, found->count);
    }
}

int main(void)
{
    uint32_t count;
    struct word *words = read_words(&count);
    read_hashes();
    for (uint32_t first = 0; first < count; first++)
        look_up_pairs(words, count, first);
    free(words);
    return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
