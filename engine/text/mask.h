/* Masking of personal data in place: phone numbers, identity numbers, plates, e-mail addresses.
 *
 * | kind     | what is taken for one                                                                                  |
 * |----------|--------------------------------------------------------------------------------------------------------|
 * | mobile   | 11 digits from 13 to 19, also after 0, 86, +86, 0086; in groups (138-0013-8000, 138 00138000, …) | |
 * landline | area code and 7 or 8 digits: 010-65123456, (0731) 8888 8888, 86-10-65123456; 400 and 800 in groups       |
 * | foreign  | + and 10 to 15 digits                                                                                  |
 * | by word  | 7, 8 or 10 to 12 digits after 电话, 手机, 联系方式, tel … when they are no date; the next number after
 * one | | identity | 18 (last may be X) or 15 digits with a province's code and a date of birth; any 15 to 18 after
 * 身份证 …     | | plate    | 京A12345, 京A·12345, 京AD12345, 京A1234警; without the province after 车牌 | | e-mail   |
 * name@label.label, also with ＠, 。 and one space around the sign                                          |
 *
 * Digits and letters may be full width, ideographs traditional; separators are spaces, hyphens, dashes, dots, middle
 * dots, brackets. Left alone: digits inside of longer runs of digits (order numbers), dates, short numbers (12345).
 * Each letter, digit and province sign becomes an asterisk of the same byte length (ASCII '*', else U+FF0A; e-mail
 * addresses with their signs), separators stay, so offsets and sizes stay. Masking twice changes nothing.
 *
 * Works on any bytes; pure; any thread; nothing is allocated. Two passes that look at 16 bytes at once, for '@' and for
 * digits, and stop at those only; linear also for hostile text. */
#ifndef TEXT_MASK_H
#define TEXT_MASK_H

#include <stddef.h>

/* Returns the number of values masked. */
size_t mask_personal(char *bytes, size_t size);

/* The same for JSON source that nobody has decoded: an escape "\u0031" counts as the character that it stands for and
 * becomes six asterisks. Slower. */
size_t mask_personal_escaped(char *bytes, size_t size);

#endif
