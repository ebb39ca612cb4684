#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>

#undef failure /* the analyzer's */

weisu_code failure(weisu_err *err, weisu_code code, const char *format, ...)
{
    if (!err)
        return code;
    err->code = code;
    err->line = 0;
    err->file[0] = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return code;
}

weisu_code failure_at(weisu_err *err, const char *file, uint64_t line)
{
    if (!err)
        return WEISU_OK;
    snprintf(err->file, sizeof err->file, "%s", file);
    err->line = line;
    return err->code;
}

struct code_row {
    const char *name;
    const char *english;
    const char *chinese;
};

static const struct code_row rows[] = {
#define X(code, name, class_, en, zh) [code] = {name, en, zh},
    WEISU_CODES(X)
#undef X
};

static const struct code_row *row_of(weisu_code code)
{
    size_t index = (size_t)code;
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

const char *weisu_code_name(weisu_code code)
{
    const struct code_row *row = row_of(code);
    return row ? row->name : "unknown";
}

const char *weisu_code_text(weisu_code code, int chinese)
{
    const struct code_row *row = row_of(code);
    if (!row)
        return chinese ? "未知错误" : "unknown error";
    return chinese ? row->chinese : row->english;
}
