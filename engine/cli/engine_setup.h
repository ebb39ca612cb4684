/* What the commands that run the engine have in common: --image, --tz, --city, --threads. */
#ifndef CLI_ENGINE_SETUP_H
#define CLI_ENGINE_SETUP_H

#include "base/byte_buffer.h"
#include "base/zone.h"
#include "cli/options.h"
#include "lexicon/lexicon.h"
#include "topic/topic_teller.h"

#include <weisu/engine.h>

struct engine_settings {
    const char *image; /* NULL: the installed one */
    const char *tz;
    const char *city;       /* 6, 9 or 12 digits */
    int64_t threads;        /* 0: one a core */
    const char *model;      /* of weisu train, or NULL */
    const char *categories; /* table of a city's classes, or NULL */
    const char *budget;     /* false alerts a week, up to three decimals */
    const char *words;      /* file of words of users, or NULL */
};

#define ENGINE_SETTINGS_DEFAULT                                                                                        \
    {                                                                                                                  \
        NULL, "Asia/Shanghai", "110000", 0, NULL, NULL, "1", NULL                                                      \
    }

/* Row for a command that raises alerts. */
#define ENGINE_BUDGET_OPTION(settings)                                                                                 \
    {                                                                                                                  \
        "budget", OPTION_TEXT, &(settings).budget, "N", "false alerts a week, all kinds together (default 1)",         \
            "每周误报预算，各类预警合计（默认 1）", 0, 0                                                               \
    }

/* Row for a command that segments. */
#define ENGINE_WORDS_OPTION(target)                                                                                    \
    {                                                                                                                  \
        "words", OPTION_TEXT, &(target), "FILE",                                                                       \
            "words of yours, one a line: `word`, `word<TAB>frequency`, 0 deletes, - takes back",                       \
            "自定义词表，每行“词”或“词<TAB>频次”，0 表示删除，- 表示恢复", 0, 0                                        \
    }

/* Rows for a command's table of options. */
#define ENGINE_SETTINGS_OPTIONS(settings)                                                                              \
    {"image",                                                                                                          \
     OPTION_TEXT,                                                                                                      \
     &(settings).image,                                                                                                \
     "FILE",                                                                                                           \
     "lexicon image (default: the installed one)",                                                                     \
     "词典映像（默认用已安装的）",                                                                                     \
     0,                                                                                                                \
     0},                                                                                                               \
        {"tz",                                                                                                         \
         OPTION_TEXT,                                                                                                  \
         &(settings).tz,                                                                                               \
         "ZONE",                                                                                                       \
         "time zone of the tz database (default Asia/Shanghai)",                                                       \
         "时区（默认 Asia/Shanghai）",                                                                                 \
         0,                                                                                                            \
         0},                                                                                                           \
        {"model",                                                                                                      \
         OPTION_TEXT,                                                                                                  \
         &(settings).model,                                                                                            \
         "FILE",                                                                                                       \
         "what `weisu train` wrote: its labels override the rules for topics",                                         \
         "weisu train 写出的模型：以其类别约束按规则的分类",                                                           \
         0,                                                                                                            \
         0},                                                                                                           \
        {"categories",                                                                                                 \
         OPTION_TEXT,                                                                                                  \
         &(settings).categories,                                                                                       \
         "FILE",                                                                                                       \
         "table `class<TAB>topic code`: which topics a city's own classes stand for",                                  \
         "对照表“类别<TAB>问题编码”：本市的类别对应哪些问题",                                                          \
         0,                                                                                                            \
         0},                                                                                                           \
        {"city",                                                                                                       \
         OPTION_TEXT,                                                                                                  \
         &(settings).city,                                                                                             \
         "CODE",                                                                                                       \
         "division code of the city (default 110000)",                                                                 \
         "城市的行政区划代码（默认 110000）",                                                                          \
         0,                                                                                                            \
         0},                                                                                                           \
    {                                                                                                                  \
        "threads", OPTION_NUMBER, &(settings).threads, "N", "threads, 0 for one a core; never visible in a result",    \
            "线程数，0 为每核一个；不影响结果", 0, 256                                                                 \
    }

struct engine_setup {
    struct lexicon *lexicon;
    struct zone *zone;
    weisu_classifier *classifier; /* NULL without --model and --categories */
    const char *words_path;       /* NULL without --words */
    struct byte_buffer words;     /* what the file says, checked (words_file.h) */
    weisu_options options;        /* .image is NULL: the core takes the lexicon */
};

/* Opens image and zone and fills in the options. Returns 0; otherwise the exit status, after a message. */
int engine_setup_open(struct engine_setup *setup, const struct command_usage *usage,
                      const struct engine_settings *settings);
void engine_setup_close(struct engine_setup *setup);

/* What a result depends on beside the input, as one line of words, cut to fit: city, zone, budget, … */
void engine_setup_describe(const struct engine_setup *setup, char *text, size_t size);

/* Prints "weisu NAME: file:line: text" to standard error and returns EXIT_FAILED. */
int report_failure(const char *command, const weisu_err *err);

#endif
