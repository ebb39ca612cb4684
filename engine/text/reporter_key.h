/* The reporter's opaque key: SipHash-2-4 with 128 bits of output (Aumasson and Bernstein 2012, libsodium) under a
 * secret key of 16 bytes, so that a stored hash does not give away a phone number. Any thread. */
#ifndef TEXT_REPORTER_KEY_H
#define TEXT_REPORTER_KEY_H

#include <stdint.h>
#include <weisu/str.h>

struct reporter_key {
    unsigned char secret[16];
};

void reporter_hash(const struct reporter_key *key, weisu_str reporter, unsigned char out[16]);

#endif
