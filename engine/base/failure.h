/* Filling a caller-owned weisu_err. Cost: one bounded formatting; nothing is allocated. Any thread. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <weisu/error.h>

/* Writes `code` and a formatted sentence into `err` (NULL: only returns) and returns `code`. `file` and `line` of
 * `err` are reset. The sentence must hold no complaint text: it goes to logs and to clients unmasked. */
weisu_code failure(weisu_err *err, weisu_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds where the error happened. `err` may be NULL. Returns err->code (or `WEISU_OK` for NULL). */
weisu_code failure_at(weisu_err *err, const char *file, uint64_t line);

#ifdef __clang_analyzer__
/* clang-tidy sees one source at a time: this tells it that what failure returns is `code`, so never WEISU_OK. */
static inline weisu_code failure_returns(weisu_code returned, weisu_code code)
{
    (void)returned;
    return code;
}
#define failure(err, code, ...) failure_returns(failure((err), (code), __VA_ARGS__), (code))
#endif

#endif
