#include "base/utf8.h"

size_t utf8_valid_size(weisu_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;
    while (at < text.size) {
        uint32_t code;
        if (bytes[at] < 0x80) {
            uint64_t word;
            while (text.size - at >= 8 && (memcpy(&word, bytes + at, 8), !(word & UINT64_C(0x8080808080808080))))
                at += 8;
            while (at < text.size && bytes[at] < 0x80)
                at++;
            continue;
        }
        if (utf8_read_three(bytes + at, text.size - at)) {
            at += 3;
            continue;
        }
        size_t length = utf8_read(bytes + at, text.size - at, &code);
        if (code == UTF8_INVALID)
            return at;
        at += length;
    }
    return at;
}
