/* Where the program finds what is installed beside it: the image, the tables of synth, the sample. */
#ifndef CLI_SHARE_DIR_H
#define CLI_SHARE_DIR_H

#include <stddef.h>

/* Path of share/weisu/NAME: from the environment variable WEISU_SHARE, else beside the program (../share/weisu as
 * installed, or share/weisu of the build tree), else the installation prefix. 0 when a file or folder of that name
 * exists there; -1 when it was found nowhere (`out` then holds the last place tried). */
int share_path(char *out, size_t size, const char *name);

#endif
