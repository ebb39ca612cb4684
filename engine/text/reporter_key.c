#include "text/reporter_key.h"

#include <sodium.h>

_Static_assert(sizeof((struct reporter_key *)0)->secret == crypto_shorthash_siphashx24_KEYBYTES, "key size");

void reporter_hash(const struct reporter_key *key, weisu_str reporter, unsigned char out[16])
{
    crypto_shorthash_siphashx24(out, (const unsigned char *)reporter.data, reporter.size, key->secret);
}
