/* Pushes a stream of complaints (JSON Lines as `weisu synth` writes them) through libweisu and prints the alerts.
 * usage: consumer IMAGE STREAM */
#define _GNU_SOURCE /* strptime, timegm */

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <weisu/engine.h>

/* The string behind `key` in a line without escaped quotes. */
static weisu_str field(const char *line, const char *key)
{
    const char *start = strstr(line, key);
    start = start ? start + strlen(key) : "";
    return (weisu_str){start, strcspn(start, "\"")};
}

static int64_t time_of(weisu_str text)
{
    struct tm day = {0};
    const char *zone = strptime(text.data, "%Y-%m-%dT%H:%M:%S", &day);
    return zone ? ((int64_t)timegm(&day) - 8 * 3600) * 1000 : WEISU_NO_TIME;
}

static void print_alerts(weisu_engine *engine)
{
    weisu_alert alert;
    while (weisu_engine_poll(engine, &alert))
        printf("%.*s %u %llu %.*s\n", (int)alert.alert.size, alert.alert.data, alert.change,
               (unsigned long long)alert.reporters, (int)alert.title.size, alert.title.data);
}

int main(int argc, char **argv)
{
    static char line[1 << 20];
    weisu_err err = {0};
    weisu_image *image = NULL;
    weisu_engine *engine = NULL;
    weisu_options options;
    weisu_options_init(&options);
    FILE *stream = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (!stream || weisu_image_open(&image, argv[1], &err))
        return fprintf(stderr, "usage: consumer IMAGE STREAM\n%s\n", err.text), 2;
    options.image = image;
    weisu_code code = weisu_engine_new(&engine, &options, &err);
    while (!code && fgets(line, sizeof line, stream)) {
        weisu_record record = {.id = field(line, "\"id\":\""), .title = field(line, "\"title\":\"")};
        record.text = field(line, "\"text\":\"");
        record.reporter = field(line, "\"reporter\":\"");
        record.time_ms = time_of(field(line, "\"time\":\""));
        record.closed_ms = record.updated_ms = WEISU_NO_TIME;
        code = weisu_engine_push(engine, &record, 1, NULL, &err);
        print_alerts(engine);
    }
    weisu_engine_free(engine);
    weisu_image_close(image);
    return code ? (fprintf(stderr, "%s\n", err.text), 1) : 0;
}
