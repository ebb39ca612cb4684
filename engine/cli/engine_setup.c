#include "cli/engine_setup.h"

#include "cli/share_dir.h"
#include "cli/words_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int report_failure(const char *command, const weisu_err *err)
{
    fprintf(stderr, "weisu %s: ", command);
    if (err->file[0])
        fprintf(stderr, "%s:", err->file);
    if (err->line)
        fprintf(stderr, "%llu:", (unsigned long long)err->line);
    fprintf(stderr, "%s%s", err->file[0] || err->line ? " " : "", err->text);
    if (speak_chinese())
        fprintf(stderr, "（%s）", weisu_code_text(err->code, 1));
    fputc('\n', stderr);
    return EXIT_FAILED;
}

/* 6, 9 or 12 digits to 12; 0 when it is none of these. */
static uint64_t parse_city(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (text[digits] || (digits != 6 && digits != 9 && digits != 12))
        return 0;
    uint64_t code = strtoull(text, NULL, 10);
    for (; digits < 12; digits++)
        code *= 10;
    return code;
}

/* "1", "0.5", "12.125" to thousandths; 0 when it is nothing of the kind or out of 0.001 to 1,000. */
static uint32_t parse_budget(const char *text)
{
    uint32_t milli = 0;
    uint32_t scale = 1000;
    size_t whole = strspn(text, "0123456789");
    for (size_t i = 0; i < whole && milli <= 1000000; i++)
        milli = milli * 10 + (uint32_t)(text[i] - '0') * 1000;
    const char *decimals = text[whole] == '.' ? text + whole + 1 : "";
    size_t places = strspn(decimals, "0123456789");
    if (!whole || places > 3 || text[whole + (text[whole] == '.' ? places + 1 : 0)])
        return 0;
    for (size_t i = 0; i < places; i++)
        milli += (uint32_t)(decimals[i] - '0') * (scale /= 10);
    return milli <= 1000000 ? milli : 0;
}

static int open_image(struct engine_setup *setup, const struct command_usage *usage, const char *given)
{
    char path[PATH_MAX];
    weisu_err err;
    if (given)
        snprintf(path, sizeof path, "%s", given);
    else
        share_path(path, sizeof path, "weisu.image"); /* where it is not, opening says so with the path */
    return lexicon_open(&setup->lexicon, path, NULL, &err) ? report_failure(usage->name, &err) : 0;
}

static void print_mistake(void *context, const char *file, uint64_t line, const char *text)
{
    (void)context;
    fprintf(stderr, "%s:%llu: %s\n", file, (unsigned long long)line, text);
}

static int open_classifier(struct engine_setup *setup, const struct command_usage *usage,
                           const struct engine_settings *settings)
{
    struct table_report report = {.mistake = print_mistake};
    weisu_err err;
    if (!settings->model && !settings->categories)
        return 0;
    const struct topic_teller_files files = {settings->model, settings->categories, &report};
    if (topic_teller_open(&setup->classifier, setup->lexicon, &files, NULL, &err))
        return report_failure(usage->name, &err);
    const struct label_model *model = setup->classifier->model;
    if (model && !label_model_fits(model, setup->lexicon))
        fprintf(stderr,
                speak_chinese() ? "weisu %s: 模型是用另一部词典训练的，准确率会下降；请重新训练\n"
                                : "weisu %s: the model was trained with another dictionary and will decide worse\n",
                usage->name);
    setup->options.classifier = setup->classifier;
    return 0;
}

static int32_t offset_at(const void *zone, int64_t utc_ms)
{
    return zone_offset_s(zone, utc_ms);
}

int engine_setup_open(struct engine_setup *setup, const struct command_usage *usage,
                      const struct engine_settings *settings)
{
    memset(setup, 0, sizeof *setup);
    weisu_options_init(&setup->options);
    byte_buffer_init(&setup->words, NULL);
    setup->words_path = settings->words;
    setup->options.city = parse_city(settings->city);
    if (!setup->options.city)
        return usage_error(usage, "--city needs a division code of 6, 9 or 12 digits",
                           "--city 需要 6、9 或 12 位行政区划代码");
    setup->options.budget_milli_per_week = parse_budget(settings->budget);
    if (!setup->options.budget_milli_per_week)
        return usage_error(usage, "--budget needs a number from 0.001 to 1000", "--budget 需要 0.001 到 1000 的数");
    weisu_err err;
    if (zone_open(&setup->zone, settings->tz, NULL, &err))
        return report_failure(usage->name, &err);
    int status = open_image(setup, usage, settings->image);
    if (!status)
        status = open_classifier(setup, usage, settings);
    if (!status && settings->words && words_file_read(&setup->words, settings->words, &err))
        status = report_failure(usage->name, &err);
    if (status) {
        engine_setup_close(setup);
        return status;
    }
    setup->options.executor = weisu_executor_openmp((uint32_t)settings->threads);
    setup->options.zone_offset_at = offset_at;
    setup->options.zone = setup->zone;
    return 0;
}

void engine_setup_close(struct engine_setup *setup)
{
    topic_teller_close(setup->classifier);
    lexicon_close(setup->lexicon);
    zone_close(setup->zone);
    byte_buffer_dispose(&setup->words);
    memset(setup, 0, sizeof *setup);
}

void engine_setup_describe(const struct engine_setup *setup, char *text, size_t size)
{
    const weisu_options *o = &setup->options;
    char classifier[32] = "";
    if (o->classifier)
        snprintf(classifier, sizeof classifier, " model=%016llx",
                 (unsigned long long)topic_teller_version(o->classifier));
    snprintf(text, size, "city=%llu zone=%s budget=%u candidate_days=%u cluster_cap=%u lateness_ms=%lld%s",
             (unsigned long long)o->city, zone_name(setup->zone), o->budget_milli_per_week, o->candidate_days,
             o->cluster_cap, (long long)o->lateness_ms, classifier);
}
