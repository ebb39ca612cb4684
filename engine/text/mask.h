/* Masking of personal data in place: phone numbers (mobile, with or without +86 and separators; landline with area
 * code; 7 or 8 digits after 电话/手机/联系方式 …), identity numbers (18 and 15 digits), plates (also new energy, with
 * middle dot, full width), e-mail addresses. Each character of what is masked becomes an asterisk of the same byte
 * length (ASCII '*', full width U+FF0A), so offsets and sizes stay. Works on any bytes; pure; any thread. One pass. */
#ifndef TEXT_MASK_H
#define TEXT_MASK_H

#include <stddef.h>

/* Returns the number of values masked. */
size_t mask_personal(char *bytes, size_t size);

#endif
