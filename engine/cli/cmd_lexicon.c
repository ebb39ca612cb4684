/* weisu lexicon build|check: images from text tables, and what is wrong with either. */
#include "base/byte_buffer.h"
#include "cli/class_check.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/share_dir.h"
#include "lexicon/image_build.h"
#include "lexicon/lexicon.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void print_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    (void)context;
    if (line)
        fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line, text);
    else
        fprintf(stderr, "%s: %s\n", file, text);
}

static int report_failure(const char *command, const weisu_err *err)
{
    fprintf(stderr, "weisu lexicon %s: %s: %s\n", command, weisu_code_text(err->code, speak_chinese()), err->text);
    return EXIT_FAILED;
}

/* ---- build ---- */

static int build_to(const struct image_options *options, const char *out)
{
    struct byte_buffer image;
    struct table_report report = {.mistake = print_mistake};
    struct image_figures figures;
    weisu_err err;
    byte_buffer_init(&image, memory_default());
    weisu_code code = image_build(options, &image, &report, &figures, &err);
    if (!code)
        code = image_write(out, image.data, image.size, &err);
    int status = code ? report_failure("build", &err) : EXIT_DONE;
    if (!code)
        fprintf(stderr,
                speak_chinese() ? "%s: %zu 字节，%zu 词，%zu 单元，%zu 标签，%zu 地点，%zu 问题，%zu 词条\n"
                                : "%s: %zu bytes, %zu words, %zu cells, %zu tags, %zu places, %zu topics, %zu terms\n",
                out, image.size, figures.words, figures.cells, figures.tags, figures.places, figures.topics,
                figures.terms);
    byte_buffer_dispose(&image);
    return status;
}

static int run_build(int argc, char **argv)
{
    const char *datasets = "datasets";
    const char *out = NULL;
    const char *city = NULL;
    int words_only = 0;
    const struct option options[] = {
        {.name = "datasets",
         .kind = OPTION_TEXT,
         .target = &datasets,
         .value = "DIR",
         .english = "folder of the tables (default: datasets)",
         .chinese = "表格所在目录（默认 datasets）"},
        {.name = "out",
         .kind = OPTION_TEXT,
         .target = &out,
         .value = "IMAGE",
         .english = "the image to write; required",
         .chinese = "要写的映像，必填"},
        {.name = "city",
         .kind = OPTION_TEXT,
         .target = &city,
         .value = "CODE",
         .english = "first digits of the division codes to take: 11, 4301; all for the whole country (default: the "
                    "tables of gazetteer/ as they are)",
         .chinese = "取哪些区划：区划代码的前几位，如 11、4301；all 为全国（默认为 gazetteer/ 中的表）"},
        {.name = "words-only",
         .kind = OPTION_FLAG,
         .target = &words_only,
         .english = "take lexicon/words.tsv alone: no domain words, places, topics",
         .chinese = "只用 lexicon/words.tsv，不含领域词、地名、问题分类"},
    };
    const struct command_usage usage = {
        .name = "lexicon build",
        .operands = "",
        .english = "Builds the image of dictionary, gazetteer and taxonomy. Equal tables give equal bytes. The file is "
                   "replaced at once; processes that have the old one mapped keep it.",
        .chinese =
            "由表格构建词典、地名、问题分类的映像。表格相同则逐字节相同。文件一次性替换，已映射旧文件的进程不受影响。",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
    };
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (operands.count)
        return usage_error(&usage, "takes no operands", "不带文件参数");
    if (!out)
        return usage_error(&usage, "--out IMAGE is required", "缺少 --out IMAGE");
    const char *prefix = city && strcmp(city, "all") == 0 ? "" : city;
    if (prefix && strspn(prefix, "0123456789") != strlen(prefix))
        return usage_error(&usage, "--city takes digits of a division code, or all", "--city 要区划代码的数字，或 all");
    return build_to(&(struct image_options){datasets, words_only, prefix}, out);
}

/* ---- check ---- */

static int check_tables(const char *folder)
{
    struct table_report report = {.mistake = print_mistake};
    weisu_err err;
    weisu_code code = image_check_tables(&(struct image_options){.datasets = folder}, &report, memory_default(), &err);
    if (code == WEISU_ESYNTAX) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_REJECTED;
    }
    if (code)
        return report_failure("check", &err);
    printf(speak_chinese() ? "%s: 没有错误\n" : "%s: no mistakes\n", folder);
    return EXIT_DONE;
}

static int check_image(const char *path)
{
    struct lexicon *lexicon;
    weisu_err err;
    if (lexicon_open(&lexicon, path, memory_default(), &err))
        return report_failure("check", &err);
    struct lexicon_versions versions = lexicon_versions(lexicon);
    printf(
        speak_chinese()
            ? "%s: 完好，%u 词，%u 地点，%u 问题；词典 %016llx 地名 %016llx 分类 %016llx 映像 %016llx\n"
            : "%s: sound; %u words, %u places, %u topics; dictionary %016llx gazetteer %016llx taxonomy %016llx image "
              "%016llx\n",
        path, lexicon_word_count(lexicon), gazetteer_count(lexicon), taxonomy_topic_count(lexicon),
        (unsigned long long)versions.dictionary, (unsigned long long)versions.gazetteer,
        (unsigned long long)versions.taxonomy, (unsigned long long)versions.image);
    lexicon_close(lexicon);
    return EXIT_DONE;
}

static int check_operand(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? check_tables(path) : check_image(path);
}

static int run_check(int argc, char **argv)
{
    const char *datasets = NULL;
    struct class_check_settings classes = {NULL, NULL, NULL};
    const struct option options[] = {
        {.name = "categories",
         .kind = OPTION_TEXT,
         .target = &classes.categories,
         .value = "FILE",
         .english = "judge this table of a city's own classes, and name the topics that none stands for",
         .chinese = "检查本市类别的对照表，列出没有类别对应的问题"},
        {.name = "records",
         .kind = OPTION_TEXT,
         .target = &classes.records,
         .value = "FILE",
         .english = "with --categories: name the categories of this archive that the table lacks",
         .chinese = "与 --categories 同用：列出此档案中表里没有的类别"},
        {.name = "datasets",
         .kind = OPTION_TEXT,
         .target = &datasets,
         .value = "DIR",
         .english = "judge the tables of this folder",
         .chinese = "检查此目录的表格"},
    };
    const struct command_usage usage = {
        .name = "lexicon check",
        .operands = "[IMAGE]",
        .english =
            "Judges tables (each mistake with file and line; exit status 1) or an image (exit status 3 when it is "
            "damaged). Without an operand: the image that the program would use.",
        .chinese = "检查表格（逐条指出文件与行号，有错误时退出状态为 1）或映像（损坏时为 "
                   "3）。不带参数时检查程序默认使用的映像。",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
    };
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (operands.count > 1 || (datasets && operands.count))
        return usage_error(&usage, "takes --datasets DIR or one IMAGE", "只接受 --datasets DIR 或一个 IMAGE");
    if (datasets)
        return check_tables(datasets);
    if (classes.categories) {
        classes.image = operands.count ? operands.at[0] : NULL;
        return class_check(&classes);
    }
    if (operands.count)
        return check_operand(operands.at[0]);
    char path[PATH_MAX];
    share_path(path, sizeof path, "weisu.image");
    return check_image(path);
}

int cmd_lexicon(int argc, char **argv)
{
    const struct command_usage usage = {
        .name = "lexicon",
        .operands = "build|check …",
        .english = "Images from text tables. `weisu lexicon build --help`, `weisu lexicon check --help`.",
        .chinese = "由文本表格构建映像、检查表格与映像。见 weisu lexicon build --help、weisu lexicon check --help。",
    };
    struct operands operands;
    int status;
    if (argc > 1 && strcmp(argv[1], "build") == 0)
        return run_build(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return run_check(argc - 1, argv + 1);
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    return usage_error(&usage, "expected build or check", "需要 build 或 check");
}
