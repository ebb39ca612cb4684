/* weisu lexicon check --categories: does a city's table of classes cover the taxonomy, and an archive's categories? */
#ifndef CLI_CLASS_CHECK_H
#define CLI_CLASS_CHECK_H

struct class_check_settings {
    const char *categories; /* the table */
    const char *image;      /* NULL: the installed one */
    const char *records;    /* an archive whose categories should all be known, or NULL */
};

/* Names mistakes with file and line, then each topic of the first two levels that no class stands for, then each
 * category of the archive that is neither a class nor a topic. Returns the exit status: EXIT_REJECTED for a mistake or
 * an unknown category; topics that are left over are told only. */
int class_check(const struct class_check_settings *settings);

#endif
