/* The program: finds the command and hands the rest of the words to it. */
#include "cli/commands.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *english;
    const char *chinese;
};

static const struct command commands[] = {
#define X(name, function, english, chinese) {name, function, english, chinese},
    WEISU_COMMANDS(X)
#undef X
};

static void print_commands(FILE *out)
{
    int zh = speak_chinese();
    fputs(zh ? "未诉先办引擎：读投诉流，按地点与问题聚类，提前预警\n\n用法: weisu 命令 [选项] …\n\n命令:\n"
             : "weisu: complaints in; clusters by place and topic, and early alerts, out\n\nusage: weisu COMMAND "
               "[options] ...\n\ncommands:\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, zh ? commands[i].chinese : commands[i].english);
    fputs(zh ? "\n每个命令的选项: weisu 命令 --help\n" : "\noptions of a command: weisu COMMAND --help\n", out);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_commands(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_commands(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("weisu " WEISU_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, speak_chinese() ? "weisu: 未知命令 \"%s\"\n" : "weisu: unknown command \"%s\"\n", argv[1]);
    print_commands(stderr);
    return EXIT_USAGE;
}
