#include "cli/options.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX_BYTES = 1 << 20 };

int speak_chinese(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return 0;
}

int usage_error(const struct command_usage *usage, const char *english, const char *chinese)
{
    fprintf(stderr, "weisu %s: %s\n", usage->name, speak_chinese() ? chinese : english);
    fprintf(stderr, speak_chinese() ? "用法见: weisu %s --help\n" : "see: weisu %s --help\n", usage->name);
    return EXIT_USAGE;
}

static int option_error(const struct command_usage *usage, const char *name, const char *english, const char *chinese)
{
    int zh = speak_chinese();
    fprintf(stderr, "weisu %s: --%s: %s\n", usage->name, name, zh ? chinese : english);
    return EXIT_USAGE;
}

static void print_help(const struct command_usage *usage)
{
    int zh = speak_chinese();
    printf(zh ? "用法: weisu %s [选项] %s\n\n%s\n\n选项:\n" : "usage: weisu %s [options] %s\n\n%s\n\noptions:\n",
           usage->name, usage->operands, zh ? usage->chinese : usage->english);
    for (size_t i = 0; i < usage->option_count; i++) {
        const struct option *option = &usage->options[i];
        printf("  --%s%s%s\n        %s\n", option->name, option->value ? " " : "", option->value ? option->value : "",
               zh ? option->chinese : option->english);
    }
    printf("  --config FILE\n        %s\n  --help\n        %s\n",
           zh ? "JSON 配置文件，键为选项名（不带 --），命令行优先"
              : "JSON object whose keys are option names; the command line wins",
           zh ? "显示本帮助" : "print this help");
}

static const struct option *find_option(const struct command_usage *usage, const char *name, size_t size)
{
    for (size_t i = 0; i < usage->option_count; i++)
        if (strlen(usage->options[i].name) == size && memcmp(usage->options[i].name, name, size) == 0)
            return &usage->options[i];
    return NULL;
}

static int set_number(const struct option *option, const char *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno || end == value || *end || number < option->low || number > option->high)
        return -1;
    *(int64_t *)option->target = number;
    return 0;
}

static int set_option(const struct command_usage *usage, const struct option *option, const char *value)
{
    char english[96];
    char chinese[128];
    switch (option->kind) {
    case OPTION_FLAG:
        *(int *)option->target = 1;
        return 0;
    case OPTION_TEXT:
        *(const char **)option->target = value;
        return 0;
    case OPTION_NUMBER:
        if (!set_number(option, value))
            return 0;
        snprintf(english, sizeof english, "needs a whole number from %lld to %lld", (long long)option->low,
                 (long long)option->high);
        snprintf(chinese, sizeof chinese, "需要 %lld 到 %lld 的整数", (long long)option->low, (long long)option->high);
        return option_error(usage, option->name, english, chinese);
    }
    return EXIT_USAGE;
}

static char *read_config(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = malloc(CONFIG_MAX_BYTES + 1);
    size_t size = text ? fread(text, 1, CONFIG_MAX_BYTES, file) : 0;
    fclose(file);
    if (text)
        text[size] = 0;
    return text;
}

static int set_from_json(const struct command_usage *usage, const cJSON *item)
{
    const struct option *option = find_option(usage, item->string, strlen(item->string));
    if (!option)
        return option_error(usage, item->string, "unknown key in the configuration file", "配置文件中有未知的键");
    if (option->kind == OPTION_FLAG) {
        if (!cJSON_IsBool(item))
            return option_error(usage, item->string, "needs true or false", "需要 true 或 false");
        *(int *)option->target = cJSON_IsTrue(item);
        return 0;
    }
    if (cJSON_IsString(item))
        return set_option(usage, option, item->valuestring);
    if (cJSON_IsNumber(item) && option->kind == OPTION_NUMBER) {
        char digits[32];
        snprintf(digits, sizeof digits, "%.0f", item->valuedouble);
        return set_option(usage, option, digits);
    }
    return option_error(usage, item->string, "has the wrong type", "类型错误");
}

/* The parsed tree stays for the life of the process: texts point into it. */
static int apply_config(const struct command_usage *usage, const char *path)
{
    char *text = read_config(path);
    if (!text) {
        fprintf(stderr, "weisu: %s: %s\n", path, strerror(errno));
        return EXIT_FAILED;
    }
    const cJSON *tree = cJSON_Parse(text);
    free(text);
    if (!cJSON_IsObject(tree))
        return option_error(usage, "config", "the file is not one JSON object", "配置文件不是一个 JSON 对象");
    int status = 0;
    for (const cJSON *item = tree->child; item && !status; item = item->next)
        status = set_from_json(usage, item);
    return status;
}

/* Value of an option at argv[*at]: behind '=' or the next word. NULL: missing. */
static const char *value_of(int argc, char **argv, int *at, const char *equals)
{
    if (equals)
        return equals + 1;
    return *at + 1 < argc ? argv[++*at] : NULL;
}

/* Finds --config first, so that the command line wins over it. */
static int apply_config_option(const struct command_usage *usage, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--config", 8) != 0 || (argv[i][8] && argv[i][8] != '='))
            continue;
        const char *path = value_of(argc, argv, &i, argv[i][8] ? argv[i] + 8 : NULL);
        if (!path)
            return option_error(usage, "config", "needs a value", "缺少取值");
        int status = apply_config(usage, path);
        if (status)
            return status;
    }
    return 0;
}

static int parse_word(const struct command_usage *usage, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + 2;
    const char *equals = strchr(name, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    if (size == 6 && memcmp(name, "config", 6) == 0) {
        value_of(argc, argv, at, equals);
        return 0;
    }
    const struct option *option = find_option(usage, name, size);
    if (!option)
        return option_error(usage, name, "unknown option", "未知选项");
    if (option->kind == OPTION_FLAG)
        return equals ? option_error(usage, option->name, "takes no value", "不带取值")
                      : set_option(usage, option, NULL);
    const char *value = value_of(argc, argv, at, equals);
    return value ? set_option(usage, option, value) : option_error(usage, option->name, "needs a value", "缺少取值");
}

int options_parse(const struct command_usage *usage, int argc, char **argv, struct operands *operands, int *status)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help(usage);
            *status = EXIT_DONE;
            return 1;
        }
    }
    if ((*status = apply_config_option(usage, argc, argv)))
        return 1;
    *operands = (struct operands){argv + 1, 0};
    int only_operands = 0;
    for (int i = 1; i < argc; i++) {
        if (only_operands || argv[i][0] != '-' || !argv[i][1]) {
            operands->at[operands->count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_operands = 1;
        } else if (argv[i][1] != '-') {
            *status = option_error(usage, argv[i] + 1, "unknown option (options begin with --)",
                                   "未知选项（选项以 -- 开头）");
            return 1;
        } else if ((*status = parse_word(usage, argc, argv, &i))) {
            return 1;
        }
    }
    return 0;
}
