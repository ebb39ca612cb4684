#include "io/foreign_format.h"

#include "base/failure.h"

#include <string.h>
#include <strings.h>

struct magic {
    const char *bytes;
    size_t size;
    const char *sentence;
};

static const struct magic magics[] = {
    {"%PDF", 4, "这是 PDF，不是表格；请向系统导出 .xlsx 或 .csv。this is a PDF: export .xlsx or .csv instead"},
    {"Rar!", 4, "这是 RAR 压缩包，请先解压。this is a RAR archive: unpack it first"},
    {"7z\xbc\xaf\x27\x1c", 6, "这是 7z 压缩包，请先解压。this is a 7z archive: unpack it first"},
    {"BZh", 3, "不支持 bz2，请先解压或改用 .gz、.zst。bz2 is not read: unpack it, or use .gz or .zst"},
    {"\xfd"
     "7zXZ",
     5, "不支持 xz，请先解压或改用 .gz、.zst。xz is not read: unpack it, or use .gz or .zst"},
    {"SQLite format 3", 15, "这是数据库文件，请导出为 .csv。this is a database: export .csv instead"},
    {"{\\rtf", 5, "这是 RTF 文档，请把表格另存为 .xlsx。this is an RTF document: save the table as .xlsx"},
};

static const char web_page[] =
    "这是网页（HTML 或 XML）表格，只是扩展名像 Excel；请用表格软件打开后另存为 .xlsx。a web page (HTML or XML), not a "
    "workbook: open it and save it as .xlsx";

static const char json_array[] = "这是 JSON 数组，不是 JSON Lines；请改为每行一条：jq -c '.[]' 原文件 > "
                                 "新文件.jsonl。a JSON array: write one object "
                                 "a line, as jq -c '.[]' does";

static size_t skip_spaces(weisu_str first, size_t at)
{
    while (at < first.size && strchr(" \t\r\n", first.data[at]) && first.data[at])
        at++;
    return at;
}

/* Where the text begins, behind a byte order mark and spaces. */
static size_t find_text(weisu_str first)
{
    return skip_spaces(first, first.size >= 3 && memcmp(first.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
}

/* A header may begin with a bracket too, but hardly with "[{". */
static int is_json_array(weisu_str first)
{
    size_t at = find_text(first);
    if (at == first.size || first.data[at] != '[')
        return 0;
    at = skip_spaces(first, at + 1);
    return at < first.size && first.data[at] == '{';
}

static int is_web_page(weisu_str first)
{
    static const char *const tags[] = {"<html", "<!doctype", "<table", "<?xml", "<meta", "<style", "<head"};
    size_t at = find_text(first);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        size_t size = strlen(tags[i]);
        if (first.size - at >= size && strncasecmp(first.data + at, tags[i], size) == 0)
            return 1;
    }
    return 0;
}

weisu_code foreign_format_refuse(weisu_str first, weisu_err *err)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (first.size >= magics[i].size && memcmp(first.data, magics[i].bytes, magics[i].size) == 0)
            return failure(err, WEISU_ECONFIG, "%s", magics[i].sentence);
    if (is_json_array(first))
        return failure(err, WEISU_ECONFIG, "%s", json_array);
    return is_web_page(first) ? failure(err, WEISU_ECONFIG, "%s", web_page) : WEISU_OK;
}

int foreign_is_zip(weisu_str first)
{
    return first.size >= 4 && (memcmp(first.data, "PK\3\4", 4) == 0 || memcmp(first.data, "PK\5\6", 4) == 0);
}

/* ---- OLE ---- */

static uint32_t read_le(const char *at, int size)
{
    uint32_t value = 0;
    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

uint64_t foreign_ole_directory(weisu_str first)
{
    enum { shift_at = 30, sector_at = 48, header_bytes = 512 };
    if (first.size < 8 || memcmp(first.data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) != 0)
        return 0;
    if (first.size < header_bytes)
        return header_bytes;
    uint32_t shift = read_le(first.data + shift_at, 2);
    uint64_t sector = read_le(first.data + sector_at, 4);
    return shift == 9 || shift == 12 ? (sector + 1) << shift : header_bytes;
}

/* Names in a directory are UTF-16LE. */
static int holds(weisu_str directory, const char *name)
{
    size_t size = strlen(name);
    for (size_t at = 0; at + 2 * size <= directory.size; at += 2) {
        size_t i = 0;
        while (i < size && directory.data[at + 2 * i] == name[i] && directory.data[at + 2 * i + 1] == 0)
            i++;
        if (i == size)
            return 1;
    }
    return 0;
}

weisu_code foreign_ole_refuse(weisu_str directory, weisu_err *err)
{
    if (holds(directory, "EncryptedPackage"))
        return failure(
            err, WEISU_ECONFIG,
            "工作簿有打开密码，无法读取；请在表格软件中去掉密码后另存。protected by a password: remove it and "
            "save the workbook again");
    if (holds(directory, "Workbook") || holds(directory, "Book"))
        return failure(err, WEISU_ECONFIG,
                       "旧版 .xls 不支持；请用表格软件打开后另存为 .xlsx。an old .xls workbook: open it and save it as "
                       ".xlsx");
    return failure(
        err, WEISU_ECONFIG,
        "不是 .xlsx：可能是旧版 .xls、Word 文档或有密码的文件；请用表格软件打开后另存为 .xlsx。not .xlsx but "
        "an OLE file: save it as .xlsx without a password");
}
