/* Files that people drop on the command and that are not read: what they are and what to do, by their first bytes.
 *
 * The two that matter are Excel files in an OLE container (MS-CFB): workbooks before 2007 (.xls) and those that a
 * password protects (MS-OFFCRYPTO), which its directory tells apart. Pure; any thread. */
#ifndef IO_FOREIGN_FORMAT_H
#define IO_FOREIGN_FORMAT_H

#include <weisu/error.h>
#include <weisu/str.h>

/* WEISU_OK when nothing is recognised; else WEISU_ECONFIG with a sentence, Chinese first, that says what to do. */
weisu_code foreign_format_refuse(weisu_str first, weisu_err *err);

/* Where an OLE container's directory begins, by its first bytes; 0 when it is none. */
uint64_t foreign_ole_directory(weisu_str first);
/* What the container holds, by bytes of its directory (none: both cases are told). WEISU_ECONFIG always. */
weisu_code foreign_ole_refuse(weisu_str directory, weisu_err *err);

/* Whether the bytes begin a ZIP archive (.xlsx is one). */
int foreign_is_zip(weisu_str first);

#endif
