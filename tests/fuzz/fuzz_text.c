/* Text stage: decoding covers every byte once, masking keeps sizes, leaves nothing plain behind and is idempotent. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/characters.h"
#include "text/fold.h"
#include "text/mask.h"

static void check_characters(weisu_str text)
{
    struct arena arena;
    struct characters c;
    arena_init(&arena, NULL, 0);
    assert(characters_decode(&c, text, &arena) == 0);
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;
    size_t invalid = 0;
    for (size_t i = 0; i < c.count; i++) {
        uint32_t code;
        assert(c.offset[i] == at);
        at += utf8_read(bytes + at, text.size - at, &code);
        invalid += code == UTF8_INVALID;
        uint16_t folded = code == UTF8_INVALID ? UTF8_REPLACEMENT
                          : code > 0xffff      ? (uint16_t)(0xe000 + code % 6400)
                                               : fold_character((uint16_t)code);
        assert(c.code[i] == folded);
    }
    assert(at == text.size && c.offset[c.count] == text.size && c.invalid == invalid);
    assert((utf8_valid_size(text) == text.size) == (invalid == 0));
    arena_dispose(&arena);
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The plainest mobile number: eleven ASCII digits alone. */
static int has_mobile(const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        size_t run = 0;
        while (at + run < size && is_digit(bytes[at + run]))
            run++;
        int has_wide_neighbour = (at > 2 && (unsigned char)bytes[at - 3] == 0xef) ||
                                 (at + run < size && (unsigned char)bytes[at + run] == 0xef);
        if (run == 11 && bytes[at] == '1' && bytes[at + 1] >= '3' && !has_wide_neighbour)
            return 1;
        at += run;
    }
    return 0;
}

static int has_address(const char *bytes, size_t size)
{
    for (size_t at = 0; at + 8 <= size; at++)
        if (memcmp(bytes + at, "a@qq.com", 8) == 0)
            return 1;
    return 0;
}

static void check_mask(const char *bytes, size_t size, size_t (*mask)(char *, size_t))
{
    char *once = malloc(size + 1);
    char *twice = malloc(size + 1);
    assert(once && twice);
    memcpy(once, bytes, size);
    mask(once, size);
    assert(mask != mask_personal || (!has_mobile(once, size) && !has_address(once, size)));
    weisu_str before = {bytes, size};
    weisu_str after = {once, size};
    assert(utf8_valid_size(before) != size || utf8_valid_size(after) == size);
    for (size_t i = 0; i < size; i++)
        assert(once[i] == bytes[i] || strchr("*\xef\xbc\x8a", once[i]));
    memcpy(twice, once, size);
    mask(twice, size);
    assert(memcmp(once, twice, size) == 0);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    check_characters((weisu_str){bytes, size});
    check_mask(bytes, size, mask_personal);
    check_mask(bytes, size, mask_personal_escaped);
    return 0;
}
