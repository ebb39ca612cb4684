#include "cli/message_lines.h"

#include <stdio.h>
#include <time.h>

/* One call, so that lines of different threads do not mix. */
void message_line_write(void *context, enum message_level level, const char *part, const char *text)
{
    struct timespec now;
    struct tm utc;
    char date[32];
    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    fprintf(stderr, "%s.%03ldZ %s %s: %s\n", date, now.tv_nsec / 1000000, message_level_name(level), part, text);
}
