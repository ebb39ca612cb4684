#include "pipeline/case_address.h"

#include "base/hash.h"

enum { LONGEST = 256, LABEL_BYTES = 48, CELL_E7 = 1000 /* a ten-thousandth of a degree */ };

static uint64_t hash_of_text(weisu_str address)
{
    char text[LONGEST];
    size_t size = 0;
    for (size_t i = 0; i < address.size && size < LONGEST; i++) {
        char c = address.data[i];
        int is_space = c == ' ' || c == '\t';
        if (!is_space || (size && text[size - 1] != ' '))
            text[size++] = (char)(is_space ? ' ' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    if (size && text[size - 1] == ' ')
        size--;
    return size ? hash_bytes(text, size) | 1 : 0;
}

uint64_t case_address(const weisu_record *record)
{
    if (record->text.size + record->title.size > LABEL_BYTES)
        return 0;
    uint64_t hash = hash_of_text(record->address);
    if (hash || !(record->has & WEISU_HAS_POSITION))
        return hash;
    const int32_t cell[2] = {record->lat_e7 / CELL_E7, record->lon_e7 / CELL_E7};
    return hash_bytes(cell, sizeof cell) | 1;
}
