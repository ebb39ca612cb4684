#include "base/message_log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { message_bytes = 1024 };

static int is_wanted(const struct message_log *log, enum message_level level)
{
    return log && log->write && level >= log->least;
}

/* A cut may have split a character: drops its first bytes. */
static void trim_split_character(char *text, size_t size)
{
    size_t tail = size;
    while (tail && ((unsigned char)text[tail - 1] & 0xc0) == 0x80)
        tail--;
    if (tail && (unsigned char)text[tail - 1] >= 0xc0)
        text[tail - 1] = 0;
}

static void make_one_line(char *text)
{
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
}

void message_log_write(const struct message_log *log, enum message_level level, const char *part, const char *format,
                       ...)
{
    if (!is_wanted(log, level))
        return;
    char text[message_bytes];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0)
        return;
    if ((size_t)length >= sizeof text)
        trim_split_character(text, sizeof text - 1);
    make_one_line(text);
    log->write(log->context, level, part, text);
}

void message_log_error(const struct message_log *log, enum message_level level, const char *part, const weisu_err *err)
{
    const char *name = weisu_code_name(err->code);
    if (err->file[0] && err->line)
        message_log_write(log, level, part, "%s:%llu: %s: %s", err->file, (unsigned long long)err->line, name,
                          err->text);
    else if (err->file[0])
        message_log_write(log, level, part, "%s: %s: %s", err->file, name, err->text);
    else
        message_log_write(log, level, part, "%s: %s", name, err->text);
}

const char *message_level_name(enum message_level level)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    return (size_t)level < sizeof names / sizeof names[0] ? names[level] : "unknown";
}
