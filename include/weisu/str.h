/* A run of bytes that somebody else owns. Not terminated; `data` may be NULL where `size` is 0. */
#ifndef WEISU_STR_H
#define WEISU_STR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weisu_str {
    const char *data;
    size_t size;
} weisu_str;

#ifdef __cplusplus
}
#endif
#endif
