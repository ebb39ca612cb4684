#include "io/xlsx_reader.h"

#include "base/failure.h"
#include "io/expansion_limit.h"

struct xlsx_reader {
    const weisu_allocator *allocator;
    uint64_t size;  /* of the file */
    uint64_t given; /* bytes of rows since the sheet was entered */
    struct arena arena;
    struct zip_archive *archive;
    struct xlsx_book book;
    struct xlsx_styles styles;
    struct xlsx_strings strings;
    struct xlsx_sheet *sheet; /* NULL: none entered */
};

static weisu_code read_tables(struct xlsx_reader *reader, weisu_err *err)
{
    const struct xlsx_book *book = &reader->book;
    weisu_code code = WEISU_OK;
    if (book->styles && zip_archive_has(reader->archive, book->styles))
        code = xlsx_styles_read(&reader->styles, reader->archive, book->styles, err);
    if (!code && book->strings && zip_archive_has(reader->archive, book->strings))
        code = xlsx_strings_read(&reader->strings, reader->archive, book->strings, err);
    return code;
}

weisu_code xlsx_reader_new(struct xlsx_reader **out, struct byte_source source, const weisu_allocator *allocator,
                           weisu_err *err)
{
    *out = NULL;
    struct xlsx_reader *reader = memory_new_zeroed(allocator, 1, sizeof *reader);
    if (!reader)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    reader->allocator = allocator;
    reader->size = source.size;
    arena_init(&reader->arena, allocator, 0);
    xlsx_styles_init(&reader->styles, allocator);
    xlsx_strings_init(&reader->strings, XLSX_STRINGS_BYTES, allocator);
    weisu_code code = zip_archive_open(&reader->archive, source, allocator, err);
    if (!code)
        code = xlsx_book_read(&reader->book, reader->archive, &reader->arena, err);
    if (!code)
        code = read_tables(reader, err);
    if (code)
        xlsx_reader_free(reader);
    else
        *out = reader;
    return code;
}

void xlsx_reader_free(struct xlsx_reader *reader)
{
    if (!reader)
        return;
    xlsx_sheet_close(reader->sheet);
    xlsx_strings_dispose(&reader->strings);
    xlsx_styles_dispose(&reader->styles);
    zip_archive_close(reader->archive);
    arena_dispose(&reader->arena);
    memory_free(reader->allocator, reader, 1, sizeof *reader);
}

size_t xlsx_reader_sheets(const struct xlsx_reader *reader)
{
    return reader->book.sheet_count;
}

const struct xlsx_sheet_entry *xlsx_reader_sheet(const struct xlsx_reader *reader, size_t index)
{
    return &reader->book.sheet[index];
}

weisu_code xlsx_reader_enter(struct xlsx_reader *reader, size_t index, weisu_err *err)
{
    const struct xlsx_context context = {reader->archive, &reader->strings, &reader->styles, reader->book.is_1904,
                                         reader->allocator};
    xlsx_sheet_close(reader->sheet);
    reader->given = 0;
    return xlsx_sheet_open(&reader->sheet, &context, reader->book.sheet[index].part, err);
}

weisu_code xlsx_reader_next(struct xlsx_reader *reader, struct record_line *row, int *more, weisu_err *err)
{
    weisu_code code = xlsx_sheet_next(reader->sheet, row, more, err);
    if (code || !*more)
        return code;
    reader->given += row->size;
    if (expansion_is_too_large(reader->size, reader->given))
        return failure(
            err, WEISU_ELIMIT,
            "压缩炸弹：内容超过文件大小的 %d 倍，已停止；请确认来源。the rows are more than %d times the size of "
            "the file: not read",
            EXPANSION_RATIO, EXPANSION_RATIO);
    return WEISU_OK;
}
