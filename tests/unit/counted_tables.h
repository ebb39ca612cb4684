/* The tables of image_fixture.h with counted words, a pair of them and classes of characters. */
#ifndef TESTS_COUNTED_TABLES_H
#define TESTS_COUNTED_TABLES_H

#include "image_fixture.h"

static const struct fixture_table counted_tables[] = {
    {"lexicon/words.tsv", "# word\tfrequency\tpart_of_speech\n"
                          "新词\t500\tn\n尚未结婚\t500\tl\n江小明\t50\tnr\n和尚\t500\tn\n小区\t9\tn\n"},
    {"lexicon/counts.tsv",
     "# word\tcount\n结婚\t400\n的\t90000\n和\t900\n尚未\t60\n和尚\t900\n未\t1000\n尚\t20\n新\t9\n"
     "词\t9\n说\t3000\n年\t900\n月\t800\n日\t900\n万\t900\n千\t90\n三\t900\n十\t900\n一\t9000\n第\t600\n"
     "时\t900\n分\t500\n百分之\t90\n江\t90\n小\t90\n明\t90\n张\t60\n军\t90\n克\t90\n斯\t20\n尔\t20\n拉\t20\n"},
    {"lexicon/pairs.tsv", "# first\tsecond\tcount\n和\t尚未\t50\n"},
    {"lexicon/join_characters.tsv",
     "# class\tcharacters\ndigit\t零一二三四五六七八九\nscale\t十百千万\nordinal\t第\nyear\t年\nmonth\t月\nday\t日\n"
     "hour\t时\nminute\t分\nfraction\t之\npercent\t%\ndash\t—\ndot\t·\nsurname\t江张\n"},
    {"lexicon/name_characters.tsv", "# class\tcharacters\ngiven\t小明军\nforeign\t克斯尔拉\n"},
    {"lexicon/domain.tsv", "# word\tfrequency\tpart_of_speech\n没有热水\t1\tl\n"},
    {"lexicon/stopwords.tsv", "# word\n的\n"},
};

/* Builds them into `image` (initialised here, disposed by the caller). */
static inline weisu_code build_counted(struct byte_buffer *image, int words_only)
{
    struct fixture_folder folder;
    struct table_report report = {0};
    byte_buffer_init(image, NULL);
    if (fixture_make(&folder))
        return WEISU_EIO;
    for (size_t i = 0; i < sizeof counted_tables / sizeof counted_tables[0]; i++)
        if (fixture_write(&folder, counted_tables[i].name, counted_tables[i].text))
            return WEISU_EIO;
    weisu_code code = image_build(&(struct image_options){.datasets = folder.path, .words_only = words_only}, image,
                                  &report, NULL, NULL);
    fixture_remove(&folder);
    return code;
}

#endif
