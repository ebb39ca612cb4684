/* Errors of libweisu.
 *
 * Every function that can fail returns a weisu_code and takes a weisu_err * last, which the caller owns and which may
 * be NULL. Detail is written into that object only: nothing is allocated, nothing is kept per thread.
 * Three classes never mix: programmer error (WEISU_EINVAL), bad input (the record or file is at fault; the stream goes
 * on) and resource (memory, file, database; the state is unchanged unless the function says otherwise). */
#ifndef WEISU_ERROR_H
#define WEISU_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEISU_API __attribute__((visibility("default")))

/* code, wire name, class (0 none, 1 programmer, 2 bad input, 3 resource), English text, Chinese text.
 * The wire name stands in rejected.jsonl and in the error lines of the TCP feed; names never change. */
#define WEISU_CODES(X)                                                                                                 \
    X(WEISU_OK, "ok", 0, "no error", "正常")                                                                           \
    X(WEISU_EINVAL, "invalid_argument", 1, "invalid argument", "参数无效")                                             \
    X(WEISU_ENOMEM, "out_of_memory", 3, "out of memory", "内存不足")                                                   \
    X(WEISU_EIO, "io", 3, "input or output failed", "读写失败")                                                        \
    X(WEISU_ESTORE, "store", 3, "database failed", "数据库失败")                                                       \
    X(WEISU_EIMAGE, "bad_image", 3, "image is damaged, truncated or foreign", "词典映像损坏、不完整或不属于本程序")    \
    X(WEISU_ECONFIG, "bad_configuration", 3, "configuration is wrong", "配置有误")                                     \
    X(WEISU_ELIMIT, "limit", 3, "a configured limit was reached", "达到配置的上限")                                    \
    X(WEISU_ESTATE, "bad_checkpoint", 3, "checkpoint is damaged or of another version", "检查点损坏或版本不符")        \
    X(WEISU_ESYNTAX, "syntax", 2, "not well-formed", "格式错误")                                                       \
    X(WEISU_ETOOLONG, "too_long", 2, "line is longer than the limit", "行过长")                                        \
    X(WEISU_EDEPTH, "too_deep", 2, "nesting is deeper than the limit", "嵌套过深")                                     \
    X(WEISU_EMISSING, "missing_field", 2, "a required field is missing", "缺少必填字段")                               \
    X(WEISU_ETYPE, "wrong_type", 2, "a field has the wrong type", "字段类型错误")                                      \
    X(WEISU_EFIELD, "bad_value", 2, "a field has a value out of range", "字段取值超出范围")                            \
    X(WEISU_ETIME, "bad_time", 2, "a time cannot be read", "时间无法识别")                                             \
    X(WEISU_EFUTURE, "time_in_future", 2, "time is too far in the future", "时间在未来")                               \
    X(WEISU_EIMPLAUSIBLE, "time_implausible", 2, "time is implausible beside the other records", "时间不合理")         \
    X(WEISU_ECONFLICT, "conflict", 2, "known id with a different text or time", "编号已存在但内容不同")                \
    X(WEISU_EUNKNOWN_ID, "unknown_id", 2, "update of an id that is not known", "更新的编号不存在")                     \
    X(WEISU_ECOLUMNS, "wrong_columns", 2, "row does not fit the header", "行与表头不符")                               \
    X(WEISU_EMODEL, "bad_model", 3, "model is damaged, truncated or foreign", "模型损坏、不完整或不属于本程序")

typedef enum weisu_code {
#define X(code, name, class_, en, zh) code,
    WEISU_CODES(X)
#undef X
} weisu_code;

/* What went wrong. `file` and `line` are empty and 0 where the error is not about a line of input. */
typedef struct weisu_err {
    weisu_code code;
    uint64_t line;  /* 1-based */
    char file[128]; /* cut to fit, always terminated */
    char text[256]; /* a sentence in English, UTF-8, always terminated; never holds complaint text */
} weisu_err;

/* Wire name of a code ("conflict"); "unknown" for a value that is none. Static storage. */
WEISU_API const char *weisu_code_name(weisu_code code);
/* One sentence for people, in Chinese when `chinese` is not 0. Static storage. */
WEISU_API const char *weisu_code_text(weisu_code code, int chinese);

#ifdef __cplusplus
}
#endif
#endif
