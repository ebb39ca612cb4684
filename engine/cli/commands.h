/* The commands of the program: one cmd_NAME.c each. argv[0] is the command's name; returns the exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* name, function, what it does in English and in Chinese */
#define WEISU_COMMANDS(X)                                                                                              \
    X("serve", cmd_serve, "the service: TCP feed in, alerts out, API", "服务：TCP 接入投诉，输出预警，提供接口")       \
    X("batch", cmd_batch, "reprocess archives", "批量处理历史档案")                                                    \
    X("backtest", cmd_backtest, "what would have been raised in an archive, and when", "用历史档案回测预警")           \
    X("export", cmd_export, "write a service's state as batch's files", "把服务的状态导出为批处理的文件")              \
    X("forget", cmd_forget, "delete texts and reporters, keep counts", "删除正文与诉求人，保留统计数")                 \
    X("segment", cmd_segment, "segment text, a line in, a line out", "分词，一行进，一行出")                           \
    X("explain", cmd_explain, "why: tokens, place, topic, units, risk of a record",                                    \
      "解释一条投诉：分词、点位、问题、单位、风险")                                                                    \
    X("train", cmd_train, "learn the category of records from an archive", "从带类别的档案学习分类")                   \
    X("classify", cmd_classify, "category of records by a trained model", "用训练好的模型给记录分类")                  \
    X("feed", cmd_feed, "send an archive as a live feed", "把档案作为实时数据发送")                                    \
    X("synth", cmd_synth, "make a city's complaint stream with known events", "生成带已知事件的投诉流")                \
    X("bench", cmd_bench, "what this machine does: records/s, stage by stage", "测量本机处理能力：各阶段每秒条数")     \
    X("lexicon", cmd_lexicon, "build and check images", "构建、检查词典映像")

#define X(name, function, english, chinese) int function(int argc, char **argv);
WEISU_COMMANDS(X)
#undef X

#endif
