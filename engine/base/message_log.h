/* Log messages through a callback: the library has no log of its own.
 *
 * A sentence is formatted into a buffer on the stack (cut at 1,023 bytes, at a UTF-8 boundary) and handed over. It must
 * hold no complaint text and no reporter: logs are not masked. Any thread, as far as the callback allows. */
#ifndef BASE_MESSAGE_LOG_H
#define BASE_MESSAGE_LOG_H

#include <weisu/error.h>

enum message_level { MESSAGE_DEBUG, MESSAGE_INFO, MESSAGE_WARNING, MESSAGE_ERROR };

struct message_log {
    void *context;
    enum message_level least; /* what is below is not formatted */
    /* `part` is a short name of who speaks ("store"), `text` one sentence without a line break. NULL: silence. */
    void (*write)(void *context, enum message_level level, const char *part, const char *text);
};

/* `log` may be NULL. Line breaks and control characters of the sentence become spaces, so one message is one line. */
void message_log_write(const struct message_log *log, enum message_level level, const char *part, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

/* Writes an error with its file and line where it has them. */
void message_log_error(const struct message_log *log, enum message_level level, const char *part, const weisu_err *err);

/* "debug", "info", "warning", "error". Static storage. */
const char *message_level_name(enum message_level level);

#endif
