/* A file for what does not fit into memory or must be read by position: it has no name and goes with the process, also
 * when that is killed. In $TMPDIR, else /tmp. Any thread. */
#ifndef IO_TEMP_FILE_H
#define IO_TEMP_FILE_H

#include <stddef.h>
#include <weisu/error.h>

/* *fd is the caller's to close. WEISU_EIO. */
weisu_code temp_file_open(int *fd, weisu_err *err);
/* Appends all of the bytes. WEISU_EIO (the sentence says where the disk is full). */
weisu_code temp_file_write(int fd, const void *bytes, size_t size, weisu_err *err);

#endif
