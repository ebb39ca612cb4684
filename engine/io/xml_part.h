/* A part of a workbook as XML (expat), read step by step: a handler may pause it and the caller go on later.
 *
 * Made for files of others: no document type, at most XML_DEPTH elements deep, no name or attribute list of more than
 * XML_TOKEN_BYTES; text may be of any length and comes in pieces. Memory: 64 KiB, and a token. One thread.
 * Cost: about 150 MB/s of XML. */
#ifndef IO_XML_PART_H
#define IO_XML_PART_H

#include "io/zip_archive.h"

enum { XML_DEPTH = 64, XML_TOKEN_BYTES = 1 << 20 };

struct xml_part;

/* Names come without their prefix ("x:row" is "row"). */
struct xml_handlers {
    /* `attributes`: name, value, name, value, …, NULL. */
    void (*begin)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *bytes, size_t size); /* may be NULL */
};

/* Opens the part of that name; no other part of the archive may be read until it is closed. `handlers` outlives it.
 * WEISU_EIO (zip_part_open), WEISU_ENOMEM; *out is NULL then. */
weisu_code xml_part_open(struct xml_part **out, struct zip_archive *archive, const char *name,
                         const struct xml_handlers *handlers, void *context, weisu_err *err);
void xml_part_close(struct xml_part *part);

/* Runs until a handler pauses (1 in *more) or the document ends (0). WEISU_EIO (damaged, no XML), WEISU_ELIMIT (a bomb,
 * too deep, a token too long), what a handler failed with; for good. */
weisu_code xml_part_run(struct xml_part *part, int *more, weisu_err *err);

/* For handlers. */
void xml_part_pause(struct xml_part *part);
void xml_part_fail(struct xml_part *part, weisu_code code, const char *sentence);

/* The value of the attribute of that name, without regard to its prefix; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
