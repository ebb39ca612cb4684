/* Classes of characters by which tokens hang together beyond the words of the dictionary: numbers, dates, names. Named
 * in join_characters.tsv and name_characters.tsv in the order below; one bit each. */
#ifndef LEXICON_JOIN_CLASS_H
#define LEXICON_JOIN_CLASS_H

#define JOIN_CLASSES(X)                                                                                                \
    X(DIGIT, digit)                                                                                                    \
    X(SCALE, scale)                                                                                                    \
    X(ORDINAL, ordinal)                                                                                                \
    X(YEAR, year)                                                                                                      \
    X(MONTH, month)                                                                                                    \
    X(DAY, day)                                                                                                        \
    X(HOUR, hour)                                                                                                      \
    X(MINUTE, minute)                                                                                                  \
    X(FRACTION, fraction)                                                                                              \
    X(PERCENT, percent)                                                                                                \
    X(DASH, dash)                                                                                                      \
    X(DOT, dot)                                                                                                        \
    X(SURNAME, surname)                                                                                                \
    X(GIVEN, given)                                                                                                    \
    X(FOREIGN, foreign)

enum join_position {
#define X(name, text) JOIN_POSITION_##name,
    JOIN_CLASSES(X)
#undef X
        JOIN_CLASS_COUNT
};

enum join_class {
#define X(name, text) JOIN_##name = 1 << JOIN_POSITION_##name,
    JOIN_CLASSES(X)
#undef X
        JOIN_NUMERAL = JOIN_DIGIT | JOIN_SCALE
};

#endif
