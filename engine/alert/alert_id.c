#include "alert/alert_id.h"

#include "base/hash.h"

void alert_id_write(uint64_t city, uint64_t subject_key, uint64_t sequence, char out[ALERT_ID_BYTES])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint64_t hash = hash_pair(hash_pair(city, subject_key), sequence);
    out[0] = 'a';
    /* 13 digits of 5 bits hold 65: the first one has only four. */
    for (int i = 0; i < 13; i++)
        out[1 + i] = digits[hash >> (60 - 5 * i) & 31];
    out[14] = 0;
}
