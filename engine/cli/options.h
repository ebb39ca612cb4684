/* Options of the commands: one table a command gives parsing, --help in two languages, and the keys of --config FILE.
 *
 * "--name value" and "--name=value"; "--" ends the options; "-" alone is a file name. The configuration file is a JSON
 * object whose keys are the names without the dashes; the command line wins over it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Exit statuses of every command. */
enum { EXIT_DONE = 0, EXIT_REJECTED = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

enum option_kind {
    OPTION_FLAG,  /* target: int, set to 1 */
    OPTION_TEXT,  /* target: const char *, into argv or the configuration, which live until the process ends */
    OPTION_NUMBER /* target: int64_t; decimal, within [low, high] */
};

struct option {
    const char *name; /* "threads" */
    enum option_kind kind;
    void *target;
    const char *value; /* name of the value in --help: "N" */
    const char *english;
    const char *chinese;
    int64_t low; /* OPTION_NUMBER */
    int64_t high;
};

struct command_usage {
    const char *name;     /* "batch" */
    const char *operands; /* "FILE…" or "" */
    const char *english;  /* one paragraph */
    const char *chinese;
    const struct option *options;
    size_t option_count;
};

struct operands {
    char **at; /* into argv */
    size_t count;
};

/* Parses argv (argv[0] is the command's name). --help prints the help and asks for exit status EXIT_DONE.
 * Returns 0 to go on; otherwise 1, with the status to exit with in *status (a usage error was printed). */
int options_parse(const struct command_usage *usage, int argc, char **argv, struct operands *operands, int *status);

/* Prints "weisu NAME: message" to standard error in the user's language (the sentence is given in both) and returns
 * EXIT_USAGE. */
int usage_error(const struct command_usage *usage, const char *english, const char *chinese);

/* 1 when messages are to be in Chinese: LC_ALL, LC_MESSAGES or LANG begins with "zh". */
int speak_chinese(void);

#endif
