#include "cli/words_file.h"

#include "base/failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { READ_BYTES = 64 << 10 };

static weisu_code read_all(struct byte_buffer *out, FILE *file, weisu_err *err)
{
    size_t taken;
    do {
        char *room = byte_buffer_room(out, READ_BYTES);
        if (!room)
            return failure(err, WEISU_ENOMEM, "no memory for the words of users");
        taken = fread(room, 1, READ_BYTES, file);
        out->size += taken;
        if (out->size > WORDS_FILE_BYTES)
            return failure(err, WEISU_EIO, "the file is larger than %d bytes", WORDS_FILE_BYTES);
    } while (taken);
    return ferror(file) ? failure(err, WEISU_EIO, "cannot be read: %s", strerror(errno)) : WEISU_OK;
}

/* A byte order mark, as spreadsheets write it, is no part of the first word. */
static weisu_str without_mark(const struct byte_buffer *bytes)
{
    weisu_str text = {bytes->data, bytes->size};
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        text = (weisu_str){text.data + 3, text.size - 3};
    return text;
}

static weisu_code take_lines(struct user_words *words, weisu_str text, struct byte_buffer *out, weisu_err *err)
{
    weisu_word_change change;
    uint64_t line = 0;
    weisu_code code = WEISU_OK;
    int more;
    while (!code && (more = word_change_next(&text, &change, &line))) {
        code = more > 0 ? user_words_take(words, &change, err)
                        : failure(err, WEISU_EFIELD, "a frequency is 0 to %d, '-' or nothing", USER_WORD_FREQUENCY);
        if (!code && out)
            word_change_write(out, &change);
    }
    if (!code && out && out->failed)
        code = failure(err, WEISU_ENOMEM, "no memory for the words of users");
    if (code && err)
        err->line = line;
    return code;
}

static weisu_code check_text(weisu_str text, struct byte_buffer *out, weisu_err *err)
{
    struct user_words words;
    user_words_init(&words, NULL);
    weisu_code code = take_lines(&words, text, out, err);
    user_words_dispose(&words);
    return code;
}

weisu_code words_file_read(struct byte_buffer *out, const char *path, weisu_err *err)
{
    struct byte_buffer bytes;
    FILE *file = fopen(path, "rbe");
    if (!file) {
        weisu_code code = failure(err, WEISU_EIO, "cannot be opened: %s", strerror(errno));
        failure_at(err, path, 0);
        return code;
    }
    byte_buffer_init(&bytes, NULL);
    weisu_code code = read_all(&bytes, file, err);
    fclose(file);
    if (!code)
        code = check_text(without_mark(&bytes), out, err);
    if (code && err)
        failure_at(err, path, err->line);
    byte_buffer_dispose(&bytes);
    return code;
}

weisu_code words_file_overlay(struct word_overlay **out, const struct lexicon *lexicon, weisu_str text, weisu_err *err)
{
    struct user_words words;
    *out = NULL;
    user_words_init(&words, NULL);
    weisu_code code = take_lines(&words, text, NULL, err);
    if (!code)
        code = word_overlay_new(out, lexicon, &words, USER_WORDS_NEXT, NULL, err);
    user_words_dispose(&words);
    return code;
}
