/* What train and classify have in common: records that need only an id and a text, one after another on one thread. */
#ifndef CLI_LABEL_RECORDS_H
#define CLI_LABEL_RECORDS_H

#include "cli/engine_setup.h"
#include "cli/record_files.h"
#include "segment/segmenter.h"

struct label_settings {
    const char *image; /* NULL: the installed one */
    const char *map;   /* --map, or NULL */
    int strict;
};

/* Rows for a command's table of options. */
#define LABEL_SETTINGS_OPTIONS(settings)                                                                               \
    {"map",                                                                                                            \
     OPTION_TEXT,                                                                                                      \
     &(settings).map,                                                                                                  \
     "KEY=COLUMN,...",                                                                                                 \
     "which column or JSON key gives which field",                                                                     \
     "字段取自哪一列（或 JSON 键）",                                                                                   \
     0,                                                                                                                \
     0},                                                                                                               \
        {"strict",                                                                                                     \
         OPTION_FLAG,                                                                                                  \
         &(settings).strict,                                                                                           \
         NULL,                                                                                                         \
         "exit with status 1 when a record was rejected",                                                              \
         "有记录被拒收时以状态 1 退出",                                                                                \
         0,                                                                                                            \
         0},                                                                                                           \
    {                                                                                                                  \
        "image", OPTION_TEXT, &(settings).image, "FILE", "lexicon image (default: the installed one)",                 \
            "词典映像（默认用已安装的）", 0, 0                                                                         \
    }

struct label_records {
    const char *command;
    struct engine_setup setup;
    struct segmenter *segmenter;
    struct record_options options;
    uint64_t rejected;
};

/* Opens image and segmenter. 0; otherwise the exit status, after a message; may be closed in every case. */
int label_records_open(struct label_records *records, const struct command_usage *usage,
                       const struct label_settings *settings);
void label_records_close(struct label_records *records);

/* Takes a record, which lives until it returns. A bad record (an error of that class) is counted and told, the first
 * few on standard error, and the next one comes; any other error ends the reading. */
typedef weisu_code (*label_take)(void *context, const weisu_record *record, weisu_err *err);

/* Hands every record of the files to `take`, in order. 0; otherwise the exit status, after a message. */
int label_records_each(struct label_records *records, char *const *files, size_t count, label_take take, void *context);

/* The exit status of work that went through. */
int label_records_status(const struct label_records *records, const struct label_settings *settings);

#endif
