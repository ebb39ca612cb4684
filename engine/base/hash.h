/* 64-bit hashes. Source: XXH3 of libxxhash, whose output is fixed since version 0.8.0, so a hash may be stored.
 * Not for secrets: reporters are hashed by text/reporter_key.h. Any thread; about 2 ns for a short string. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t size);
/* The same, seeded: `seed` keeps families of keys apart (a place key and a term of one spelling differ). */
uint64_t hash_bytes_seeded(const void *bytes, size_t size, uint64_t seed);

/* Bijective mixer of 64 bits (finaliser of splitmix64, Steele 2014). */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Hash of an ordered pair. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
    return hash_mix(hash_mix(a) + UINT64_C(0x9e3779b97f4a7c15) + b);
}

#endif
