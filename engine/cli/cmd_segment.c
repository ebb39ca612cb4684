/* weisu segment: one line in, one line out, tokens separated. */
#include "cli/commands.h"
#include "cli/engine_setup.h"
#include "cli/options.h"
#include "cli/share_dir.h"
#include "cli/words_file.h"
#include "segment/token_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

struct segment_run {
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct word_overlay *overlay; /* of --words, or NULL */
    struct token_stream stream;
};

/* The command line. */
struct segment_words {
    const char *separator;
    const char *image;
    const char *words;
    int no_hmm;
};

static int report(const char *what, const char *reason)
{
    fprintf(stderr, "weisu segment: %s: %s\n", what, reason);
    return EXIT_FAILED;
}

static int report_segment_failure(const weisu_err *err)
{
    return report(weisu_code_text(err->code, speak_chinese()), err->text);
}

/* Writes what the stream has ready. */
static int flush_output(struct token_stream *stream)
{
    const char *at = stream->out.data;
    size_t left = stream->out.size;
    while (left) {
        ssize_t written = write(STDOUT_FILENO, at, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return report(speak_chinese() ? "标准输出" : "standard output", strerror(errno));
        at += written;
        left -= (size_t)written;
    }
    byte_buffer_reset(&stream->out);
    return EXIT_DONE;
}

static int segment_input(struct token_stream *stream, int input, const char *name)
{
    char bytes[READ_BYTES];
    weisu_err err;
    for (;;) {
        ssize_t size = read(input, bytes, sizeof bytes);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return report(name, strerror(errno));
        weisu_code code =
            size ? token_stream_feed(stream, bytes, (size_t)size, &err) : token_stream_finish(stream, &err);
        if (code)
            return report_segment_failure(&err);
        int status = flush_output(stream);
        if (status || size == 0)
            return status;
    }
}

static int segment_file(struct token_stream *stream, const char *name)
{
    if (!name || strcmp(name, "-") == 0)
        return segment_input(stream, STDIN_FILENO, speak_chinese() ? "标准输入" : "standard input");
    int input = open(name, O_RDONLY | O_CLOEXEC);
    if (input < 0)
        return report(name, strerror(errno));
    int status = segment_input(stream, input, name);
    close(input);
    return status;
}

static void print_counts(const struct token_stream *stream)
{
    int zh = speak_chinese();
    if (stream->invalid)
        fprintf(stderr,
                zh ? "无效 UTF-8：%llu 处，以 U+FFFD 代替\n" : "invalid UTF-8: %llu parts, U+FFFD in their place\n",
                (unsigned long long)stream->invalid);
    if (stream->forced)
        fprintf(stderr,
                zh ? "过长的行：%llu 处在可能的词中间切断\n"
                   : "long lines: cut %llu times where a word may have crossed\n",
                (unsigned long long)stream->forced);
}

static weisu_code take_words(struct segment_run *run, const char *path, weisu_err *err)
{
    struct byte_buffer text;
    byte_buffer_init(&text, memory_default());
    weisu_code code = words_file_read(&text, path, err);
    if (!code)
        code = words_file_overlay(&run->overlay, run->lexicon, (weisu_str){text.data, text.size}, err);
    if (!code)
        segmenter_set_overlay(run->segmenter, run->overlay);
    byte_buffer_dispose(&text);
    return code;
}

static int run_segment(struct segment_run *run, const struct segment_words *words, const char *image, const char *name)
{
    const weisu_str separator = {words->separator, strlen(words->separator)};
    weisu_err err;
    if (lexicon_open(&run->lexicon, image, memory_default(), &err) ||
        segmenter_new(&run->segmenter, run->lexicon, memory_default(), &err) ||
        token_stream_init(&run->stream, run->segmenter, separator, memory_default(), &err))
        return report_segment_failure(&err);
    if (words->words && take_words(run, words->words, &err))
        return report_failure("segment", &err);
    int status = segment_file(&run->stream, name);
    if (status == EXIT_DONE)
        print_counts(&run->stream);
    return status;
}

int cmd_segment(int argc, char **argv)
{
    struct segment_words words = {.separator = " "};
    const struct option options[] = {
        {.name = "no-hmm",
         .kind = OPTION_FLAG,
         .target = &words.no_hmm,
         .english = "without a hidden Markov model for unknown words; at present there is no other mode",
         .chinese = "不用隐马尔可夫模型识别未登录词；目前只有这一种方式"},
        {.name = "sep",
         .kind = OPTION_TEXT,
         .target = &words.separator,
         .value = "S",
         .english = "what stands between tokens (default: one space); never added beside white space",
         .chinese = "词间分隔符（默认一个空格）；空白旁不加"},
        {.name = "image",
         .kind = OPTION_TEXT,
         .target = &words.image,
         .value = "IMAGE",
         .english = "image to use instead of the installed one",
         .chinese = "使用此映像，代替已安装的"},
        ENGINE_WORDS_OPTION(words.words),
    };
    const struct command_usage usage = {
        .name = "segment",
        .operands = "[FILE]",
        .english =
            "Segments UTF-8 text: a line in, a line out, the same characters with separators between the tokens. "
            "Constant memory for input and lines of any length.",
        .chinese = "对 UTF-8 文本分词：一行进，一行出，字符不变，词间加分隔符。输入与行不限长度，内存恒定。",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
    };
    struct operands operands;
    int status;
    if (options_parse(&usage, argc, argv, &operands, &status))
        return status;
    if (operands.count > 1)
        return usage_error(&usage, "takes one FILE", "只接受一个文件");
    char path[PATH_MAX];
    if (!words.image)
        share_path(path, sizeof path, "weisu.image");
    struct segment_run run = {0};
    status = run_segment(&run, &words, words.image ? words.image : path, operands.count ? operands.at[0] : NULL);
    token_stream_dispose(&run.stream);
    segmenter_free(run.segmenter);
    word_overlay_free(run.overlay);
    lexicon_close(run.lexicon);
    return status;
}
