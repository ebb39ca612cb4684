#include "cli/mapping_report.h"

#include "base/utf8.h"
#include "cli/options.h"

#include <stdio.h>

enum { shown_bytes = 60 };

static void print_name(weisu_str name)
{
    size_t size = utf8_cut(name, shown_bytes);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        /* C1 controls are C2 80 to C2 9F in UTF-8. */
        int is_c1 = c == 0xc2 && i + 1 < size && (unsigned char)name.data[i + 1] < 0xa0;
        fputc(c < 0x20 || c == 0x7f || is_c1 ? ' ' : c, stderr);
        i += is_c1 != 0;
    }
    if (size < name.size)
        fputs("…", stderr);
}

static void print_key(const struct record_csv *header, enum record_key key)
{
    int count = 0;
    for (size_t i = 0; i < record_csv_columns(header); i++) {
        if (record_csv_key(header, i) != key)
            continue;
        if (count++)
            fputs(" + ", stderr);
        else
            fprintf(stderr, "  %-10s← ", record_key_name(key));
        print_name(record_csv_name(header, i));
    }
    if (count)
        fputc('\n', stderr);
    else if (key == RECORD_ID)
        fprintf(stderr, "  %-10s← %s\n", "id", speak_chinese() ? "（按内容生成）" : "(made from the content)");
}

static void print_unused(const struct record_csv *header)
{
    int count = 0;
    for (size_t i = 0; i < record_csv_columns(header); i++) {
        weisu_str name = record_csv_name(header, i);
        if (record_csv_key(header, i) != RECORD_KEYS || !name.size)
            continue;
        fputs(count++ ? ", " : speak_chinese() ? "  未用的列：" : "  not used: ", stderr);
        print_name(name);
    }
    if (count)
        fputc('\n', stderr);
}

static void print_place(const struct input_file *file, const struct row_table *table)
{
    fputs(input_file_name(file), stderr);
    if (table->sheet) {
        fputs(" [", stderr);
        print_name((weisu_str){table->sheet, strlen(table->sheet)});
        fputc(']', stderr);
    }
}

void mapping_report(void *context, const struct input_file *file, const struct row_table *table)
{
    int zh = speak_chinese();
    (void)context;
    print_place(file, table);
    if (!table->header) {
        fprintf(stderr, zh ? "：跳过：%s\n" : ": passed over: %s\n", table->reason);
        return;
    }
    fprintf(stderr, zh ? "：表头在第 %llu 行" : ": header in line %llu", (unsigned long long)table->line);
    if (input_file_encoding(file) > ENCODING_UTF8)
        fprintf(stderr, zh ? "，编码 %s" : ", %s", encoding_name(input_file_encoding(file)));
    fputc('\n', stderr);
    for (int key = 0; key < RECORD_KEYS; key++)
        print_key(table->header, (enum record_key)key);
    print_unused(table->header);
}
