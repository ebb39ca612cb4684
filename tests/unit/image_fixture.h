/* Small tables in a folder of their own, and images made of them. */
#ifndef TESTS_IMAGE_FIXTURE_H
#define TESTS_IMAGE_FIXTURE_H

#include "lexicon/image_build.h"
#include "lexicon/lexicon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture_table {
    const char *name; /* below the folder */
    const char *text;
};

static const struct fixture_table fixture_tables[] = {
    {"lexicon/words.tsv",
     "# word\tfrequency\tpart_of_speech\n"
     "小区\t600\tn\n没有\t5000\tv\n没\t3000\td\n有\t9000\tv\n水\t2000\tn\n热水\t300\tn\n"
     "研究\t900\tvn\n研究生\t200\tn\n生命\t500\tn\n命\t300\tn\n起源\t100\tn\n的\t90000\tuj\n"
     "东\t400\tn\n城\t900\tn\n区\t800\tn\n城区\t700\tn\n北京\t3000\tns\n北京市\t900\tns\n市\t900\tn\n"
     "停水\t50\tv\n断水\t20\tv\nt恤\t9\tn\nit\t30\tn\nb超\t3\tn\n领导\t4000\tn\n您好\t50\tl\n"
     "泄漏\t40\tv\n燃气\t60\tn\n路\t3000\tn\n上\t9000\tf\n四\t5000\tm\n街道\t700\tn\n"},
    {"lexicon/counts.tsv", "# word\tcount\n"},
    {"lexicon/pairs.tsv", "# first\tsecond\tcount\n"},
    {"lexicon/join_characters.tsv", "# class\tcharacters\n"},
    {"lexicon/name_characters.tsv", "# class\tcharacters\n"},
    {"lexicon/sounds.tsv", "# sound\tcharacters\nyuan\t元园苑院\n"},
    {"lexicon/domain.tsv", "# word\tfrequency\tpart_of_speech\n没有热水\t1\tl\n"},
    {"lexicon/concepts.tsv", "# concept\twords\n停水\t停水 断水 没水\n"},
    {"lexicon/stopwords.tsv", "# word\n的\n您好\n领导\n"},
    {"gazetteer/beijing.tsv", "# code\tlevel\tname\tparent_code\taliases\n"
                              "110101\tdistrict\t东城区\t110000\t北京东城\n110000\tcity\t北京市\t\t北京\n"
                              "110101006\tsubdistrict\t东四街道\t110101\t东四 东四街道办\n"},
    {"gazetteer/spot_suffixes.tsv", "# suffix\tkind\tstrength\n小区\testate\t3\n路\troad\t2\n"},
    {"gazetteer/spot_stopwords.tsv", "# word\n路上\n"},
    {"taxonomy/topics.tsv", "# code\tparent_code\tname\tlead_unit\tjoin_units\ttags\n"
                            "0101\t01\t停水\t\t\t\n01\t\t供水\t水务局\t街道\t宜居性\n0102\t01\t水质\t自来水公司\t\t\n"},
    {"taxonomy/terms.tsv", "# topic_code\tkind\tweight\tterm\n0101\tterm\t9\t停水\n0101\tphrase\t7\t没有 水\n"
                           "01\tterm\t1\t水\n0102\texclude\t3\t没有热水\n"},
    {"taxonomy/risk.tsv", "# word\tgrade\tkind\n燃气泄漏\t1\tgas\n"},
};

enum { fixture_table_count = sizeof fixture_tables / sizeof fixture_tables[0] };

struct fixture_folder {
    char path[64];
};

static inline int fixture_write(const struct fixture_folder *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "wb");
    if (!file)
        return -1;
    size_t size = strlen(text);
    int failed = fwrite(text, 1, size, file) != size;
    return fclose(file) || failed ? -1 : 0;
}

static inline void fixture_remove(const struct fixture_folder *folder)
{
    static const char *const inner[] = {"lexicon", "gazetteer", "taxonomy"};
    char path[256];
    for (size_t i = 0; i < fixture_table_count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, fixture_tables[i].name);
        unlink(path);
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, inner[i]);
        rmdir(path);
    }
    rmdir(folder->path);
}

/* Makes the folder with all fixture tables. 0, or -1. */
static inline int fixture_make(struct fixture_folder *folder)
{
    static const char *const inner[] = {"lexicon", "gazetteer", "taxonomy"};
    char path[256];
    snprintf(folder->path, sizeof folder->path, "/tmp/weisu-tables-XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, inner[i]);
        if (mkdir(path, 0700))
            return -1;
    }
    for (size_t i = 0; i < fixture_table_count; i++)
        if (fixture_write(folder, fixture_tables[i].name, fixture_tables[i].text))
            return -1;
    return 0;
}

/* Builds the fixture tables into `image` (initialised here, disposed by the caller). */
static inline weisu_code fixture_image(struct byte_buffer *image, weisu_err *err)
{
    struct fixture_folder folder;
    struct table_report report = {0};
    byte_buffer_init(image, NULL);
    if (fixture_make(&folder))
        return WEISU_EIO;
    weisu_code code = image_build(&(struct image_options){.datasets = folder.path}, image, &report, NULL, err);
    fixture_remove(&folder);
    return code;
}

#endif
