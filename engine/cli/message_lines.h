/* Messages of a service as lines of standard error: time in UTC, level, part, text. */
#ifndef CLI_MESSAGE_LINES_H
#define CLI_MESSAGE_LINES_H

#include "base/message_log.h"

/* The write function of a message_log. Any thread. */
void message_line_write(void *context, enum message_level level, const char *part, const char *text);

#endif
