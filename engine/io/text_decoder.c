#include "io/text_decoder.h"

#include "base/failure.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { raw_bytes = 128 * 1024, evidence_bytes = 16 * 1024, widest_character = BYTE_PULL_LEAST };
#define NO_CONVERSION ((iconv_t)-1)

struct text_decoder {
    const weisu_allocator *allocator;
    struct byte_pull source;
    enum text_encoding encoding;
    iconv_t conversion;
    int is_begun;
    int is_at_end; /* of the source */
    size_t at;     /* raw[at, size) is read and not decoded */
    size_t size;
    char raw[raw_bytes];
};

weisu_code text_decoder_new(struct text_decoder **out, struct byte_pull source, const weisu_allocator *allocator,
                            weisu_err *err)
{
    struct text_decoder *decoder = memory_new(allocator, 1, sizeof *decoder);
    *out = decoder;
    if (!decoder)
        return failure(err, WEISU_ENOMEM, "no memory to decode a text");
    decoder->allocator = allocator;
    decoder->source = source;
    decoder->conversion = NO_CONVERSION;
    text_decoder_reset(decoder);
    return WEISU_OK;
}

void text_decoder_reset(struct text_decoder *decoder)
{
    if (decoder->conversion != NO_CONVERSION)
        iconv_close(decoder->conversion);
    decoder->conversion = NO_CONVERSION;
    decoder->encoding = ENCODING_ASCII;
    decoder->is_begun = decoder->is_at_end = 0;
    decoder->at = decoder->size = 0;
}

void text_decoder_free(struct text_decoder *decoder)
{
    if (!decoder)
        return;
    text_decoder_reset(decoder);
    memory_free(decoder->allocator, decoder, 1, sizeof *decoder);
}

enum text_encoding text_decoder_encoding(const struct text_decoder *decoder)
{
    return decoder->encoding;
}

static size_t held(const struct text_decoder *decoder)
{
    return decoder->size - decoder->at;
}

/* Reads until `wanted` bytes are held, or all that there are. */
static weisu_code fill(struct text_decoder *decoder, size_t wanted, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    if (held(decoder) < wanted && decoder->at) {
        memmove(decoder->raw, decoder->raw + decoder->at, held(decoder));
        decoder->size -= decoder->at;
        decoder->at = 0;
    }
    while (!code && !decoder->is_at_end && held(decoder) < wanted) {
        size_t got = 0;
        code = decoder->source.read(decoder->source.context, decoder->raw + decoder->size, raw_bytes - decoder->size,
                                    &got, err);
        decoder->size += code ? 0 : got;
        decoder->is_at_end = !code && !got;
    }
    return code;
}

/* ---- which encoding ---- */

static weisu_code settle(struct text_decoder *decoder, enum text_encoding encoding, weisu_err *err)
{
    decoder->encoding = encoding;
    if (encoding == ENCODING_OTHER)
        return failure(err, WEISU_EIO,
                       "文字编码无法识别：不是 UTF-8、GB18030（GBK）或 UTF-16；请在表格软件中另存为 .xlsx 或“CSV "
                       "UTF-8”。unknown encoding: save as .xlsx or CSV UTF-8");
    if (encoding == ENCODING_ASCII || encoding == ENCODING_UTF8)
        return WEISU_OK;
    decoder->conversion = iconv_open("UTF-8", encoding_name(encoding));
    if (decoder->conversion == NO_CONVERSION)
        return failure(err, WEISU_EIO, "本机的 iconv 不支持 %s，请另存为 UTF-8。iconv of this machine does not know %s",
                       encoding_name(encoding), encoding_name(encoding));
    return WEISU_OK;
}

static size_t count_ascii(const char *bytes, size_t size)
{
    size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < size && !(bytes[at] & 0x80))
        at++;
    return at;
}

static weisu_code begin(struct text_decoder *decoder, weisu_err *err)
{
    size_t mark;
    weisu_code code = fill(decoder, evidence_bytes, err);
    if (code)
        return code;
    decoder->is_begun = 1;
    enum text_encoding encoding = encoding_by_mark((weisu_str){decoder->raw + decoder->at, held(decoder)}, &mark);
    decoder->at += mark;
    return settle(decoder, encoding, err);
}

/* Hands out what is ASCII; at the first byte that is not, more is read and the encoding settled. */
static weisu_code read_undecided(struct text_decoder *decoder, char *bytes, size_t capacity, size_t *got,
                                 weisu_err *err)
{
    weisu_code code = fill(decoder, 1, err);
    if (code || !held(decoder))
        return code;
    size_t limit = held(decoder) < capacity ? held(decoder) : capacity;
    *got = count_ascii(decoder->raw + decoder->at, limit);
    memcpy(bytes, decoder->raw + decoder->at, *got);
    decoder->at += *got;
    if (*got)
        return WEISU_OK;
    code = fill(decoder, evidence_bytes, err);
    if (code)
        return code;
    weisu_str sample = {decoder->raw + decoder->at, held(decoder)};
    return settle(decoder, encoding_by_content(sample), err);
}

/* ---- reading ---- */

static weisu_code read_as_it_is(struct text_decoder *decoder, char *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    size_t left = held(decoder);
    if (!left)
        return decoder->source.read(decoder->source.context, bytes, capacity, got, err);
    *got = left < capacity ? left : capacity;
    memcpy(bytes, decoder->raw + decoder->at, *got);
    decoder->at += *got;
    return WEISU_OK;
}

/* Converts what is held; one byte that stands for nothing, or what is left of a character at the end, becomes FF. */
static void convert(struct text_decoder *decoder, char *bytes, size_t capacity, size_t *got)
{
    char *from = decoder->raw + decoder->at;
    size_t left = held(decoder);
    char *to = bytes;
    size_t room = capacity;
    size_t result = iconv(decoder->conversion, &from, &left, &to, &room);
    int error = result == (size_t)-1 ? errno : 0;
    decoder->at = decoder->size - left;
    *got = capacity - room;
    int is_wrong = error == EILSEQ || (error == EINVAL && decoder->is_at_end);
    if (is_wrong && room && left) {
        *to = (char)0xff;
        (*got)++;
        decoder->at++;
    }
}

static weisu_code read_converted(struct text_decoder *decoder, char *bytes, size_t capacity, size_t *got,
                                 weisu_err *err)
{
    for (;;) {
        weisu_code code = fill(decoder, widest_character, err);
        if (code || !held(decoder))
            return code;
        convert(decoder, bytes, capacity, got);
        if (*got)
            return WEISU_OK;
    }
}

static weisu_code read_decoded(void *context, void *bytes, size_t capacity, size_t *got, weisu_err *err)
{
    struct text_decoder *decoder = context;
    weisu_code code = decoder->is_begun ? WEISU_OK : begin(decoder, err);
    *got = 0;
    while (!code && decoder->encoding == ENCODING_ASCII && !*got) {
        code = read_undecided(decoder, bytes, capacity, got, err);
        if (decoder->is_at_end && !held(decoder))
            return code;
    }
    if (code || *got)
        return code;
    return decoder->conversion == NO_CONVERSION ? read_as_it_is(decoder, bytes, capacity, got, err)
                                                : read_converted(decoder, bytes, capacity, got, err);
}

struct byte_pull text_decoder_pull(struct text_decoder *decoder)
{
    return (struct byte_pull){decoder, read_decoded};
}
