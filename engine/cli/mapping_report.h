/* Tells on standard error which columns of an archive give which fields, and what is passed over, in the user's
 * language. Names of columns are shown without control characters, and cut: they are a stranger's text. */
#ifndef CLI_MAPPING_REPORT_H
#define CLI_MAPPING_REPORT_H

#include "io/row_reader.h"

/* For row_reader_setup.met; `context` is not used. */
void mapping_report(void *context, const struct input_file *file, const struct row_table *table);

#endif
