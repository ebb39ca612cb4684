#include "io/row_reader.h"

#include "base/failure.h"
#include "base/utf8.h"
#include "io/header_search.h"
#include "io/line_reader.h"
#include "io/xlsx_reader.h"

#include <string.h>

/* A sheet, or the one table of a text. */
struct part {
    struct record_csv *table; /* NULL: not met, or passed over */
    uint64_t header_line;
    int was_met;
    char sheet[128]; /* cut to fit; a sheet's name has 31 characters at most */
};

struct row_reader {
    struct row_reader_setup setup;
    struct input_file *file;
    struct line_reader *lines;
    struct xlsx_reader *book; /* NULL: a text, or not opened */
    struct part *part;        /* [part_count]; of a workbook that was not opened yet one stands for all */
    size_t part_count;
    int has_sheets; /* `part` is the sheets of the workbook */
    size_t current; /* part_count: the end */
    int is_entered; /* the current part is behind its header */
};

/* ---- opening ---- */

/* `count` new parts in place of those there were, which had no table. */
static weisu_code make_parts(struct row_reader *reader, size_t count, weisu_err *err)
{
    struct part *part = memory_new_zeroed(reader->setup.allocator, count, sizeof *part);
    if (!part)
        return failure(err, WEISU_ENOMEM, "no memory to read rows");
    memory_free(reader->setup.allocator, reader->part, reader->part_count, sizeof *reader->part);
    reader->part = part;
    reader->part_count = count;
    return WEISU_OK;
}

weisu_code row_reader_new(struct row_reader **out, struct input_file *file, const struct row_reader_setup *setup,
                          weisu_err *err)
{
    *out = NULL;
    struct row_reader *reader = memory_new_zeroed(setup->allocator, 1, sizeof *reader);
    if (!reader)
        return failure(err, WEISU_ENOMEM, "no memory to read rows");
    reader->setup = *setup;
    reader->file = file;
    weisu_code code = make_parts(reader, 1, err);
    if (!code && input_file_format(file) != INPUT_XLSX)
        code = line_reader_new(&reader->lines, file, setup->allocator, err);
    if (code)
        row_reader_free(reader);
    else
        *out = reader;
    return code;
}

void row_reader_free(struct row_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->part_count; i++)
        record_csv_close(reader->part[i].table);
    memory_free(reader->setup.allocator, reader->part, reader->part_count, sizeof *reader->part);
    line_reader_free(reader->lines);
    xlsx_reader_free(reader->book);
    memory_free(reader->setup.allocator, reader, 1, sizeof *reader);
}

weisu_code row_reader_rewind(struct row_reader *reader, weisu_err *err)
{
    reader->current = 0;
    reader->is_entered = 0;
    if (reader->lines)
        return line_reader_rewind(reader->lines, err);
    /* The strings of a workbook are large: only the one that is read holds them. */
    xlsx_reader_free(reader->book);
    reader->book = NULL;
    return WEISU_OK;
}

/* ---- tables ---- */

static void tell(struct row_reader *reader, const struct part *part, const char *reason)
{
    const struct row_table table = {reader->book ? part->sheet : NULL, part->table, part->header_line, reason};
    if (reader->setup.met)
        reader->setup.met(reader->setup.context, reader->file, &table);
}

/* Makes a table of the header that was found. */
static weisu_code meet(struct row_reader *reader, const struct header_search *search, weisu_err *err)
{
    struct part *part = &reader->part[reader->current];
    weisu_str header = {search->row.data, search->row.size};
    weisu_code code =
        record_csv_open(&part->table, header, search->delimiter, reader->setup.options, reader->setup.allocator, err);
    part->header_line = search->number;
    if (code)
        failure_at(err, input_file_name(reader->file), search->number);
    else if (reader->book)
        record_csv_allow_short(part->table);
    return code;
}

static weisu_code next_line(struct row_reader *reader, struct record_line *line, int *more, weisu_err *err)
{
    if (reader->lines)
        return line_reader_next(reader->lines, line, more, err);
    weisu_code code = xlsx_reader_next(reader->book, line, more, err);
    if (code)
        failure_at(err, input_file_name(reader->file), *more ? line->number : 0);
    return code;
}

/* Passes over the rows up to the header. */
static weisu_code pass_header(struct row_reader *reader, weisu_err *err)
{
    uint64_t header = reader->part[reader->current].header_line;
    struct record_line line = {0};
    int more = 1;
    weisu_code code = WEISU_OK;
    while (more && line.number < header && (!code || code == WEISU_ETOOLONG || code == WEISU_ESYNTAX)) {
        more = 0;
        code = next_line(reader, &line, &more, err);
    }
    reader->is_entered = 1;
    return code == WEISU_ETOOLONG || code == WEISU_ESYNTAX ? WEISU_OK : code;
}

/* ---- a text ---- */

static weisu_code enter_text(struct row_reader *reader, weisu_err *err)
{
    struct part *part = &reader->part[0];
    struct header_search search;
    weisu_str sample;
    weisu_code code = line_reader_sample(reader->lines, &sample, err);
    if (code)
        return code;
    header_search_init(&search, reader->setup.options, reader->setup.allocator);
    code = header_search_text(&search, sample, input_file_format(reader->file) == INPUT_TSV ? '\t' : 0, err);
    if (!code && search.number) {
        line_reader_set_delimiter(reader->lines, search.delimiter);
        if (!part->table)
            code = meet(reader, &search, err);
        if (!code && !part->was_met)
            tell(reader, part, NULL);
        part->was_met = !code;
    }
    header_search_dispose(&search);
    return code ? code : pass_header(reader, err);
}

/* ---- a workbook ---- */

static weisu_code fail_without_table(const struct row_reader *reader, weisu_err *err)
{
    failure(
        err, WEISU_ECOLUMNS,
        "没有一个工作表的表头含“时间”和“内容”列；请用 --map time=列名,text=列名 指定。no sheet has a header that gives "
        "time and text: name them with --map");
    failure_at(err, input_file_name(reader->file), 0);
    return WEISU_ECOLUMNS;
}

static void name_sheets(struct row_reader *reader)
{
    reader->has_sheets = 1;
    for (size_t i = 0; i < reader->part_count; i++) {
        const char *sheet = xlsx_reader_sheet(reader->book, i)->name;
        weisu_str name = {sheet, strlen(sheet)};
        name.size = utf8_cut(name, sizeof reader->part[i].sheet - 1);
        memcpy(reader->part[i].sheet, name.data, name.size);
    }
}

static weisu_code open_book(struct row_reader *reader, weisu_err *err)
{
    struct byte_source source;
    weisu_code code = input_file_source(reader->file, &source, err);
    if (!code)
        code = xlsx_reader_new(&reader->book, source, reader->setup.allocator, err);
    if (!code && !xlsx_reader_sheets(reader->book))
        code = fail_without_table(reader, err);
    if (!code && !reader->has_sheets) {
        code = make_parts(reader, xlsx_reader_sheets(reader->book), err);
        if (!code)
            name_sheets(reader);
    }
    if (code)
        failure_at(err, input_file_name(reader->file), 0);
    return code;
}

static weisu_code search_sheet(struct row_reader *reader, struct header_search *search, weisu_err *err)
{
    weisu_code code = xlsx_reader_enter(reader->book, reader->current, err);
    int more = 1;
    for (int rows = 0; rows < HEADER_ROWS && !code && more; rows++) {
        struct record_line line;
        code = xlsx_reader_next(reader->book, &line, &more, err);
        if (code == WEISU_ETOOLONG)
            code = WEISU_OK;
        else if (!code && more)
            code = header_search_add(search, (weisu_str){line.data, line.size}, line.number, ',', err);
    }
    if (code)
        failure_at(err, input_file_name(reader->file), 0);
    return code;
}

/* A sheet that gives no records is passed over: its table stays NULL and WEISU_OK is returned. */
static weisu_code meet_sheet(struct row_reader *reader, weisu_err *err)
{
    struct part *part = &reader->part[reader->current];
    struct header_search search;
    weisu_err why = {.code = WEISU_OK};
    weisu_code code = WEISU_OK;
    part->was_met = 1;
    if (xlsx_reader_sheet(reader->book, reader->current)->is_hidden) {
        tell(reader, part, "隐藏的工作表 (hidden)");
        return WEISU_OK;
    }
    header_search_init(&search, reader->setup.options, reader->setup.allocator);
    code = search_sheet(reader, &search, err);
    if (!code && search.number) {
        code = meet(reader, &search, &why);
        if (code != WEISU_ECOLUMNS && code && err)
            *err = why;
        tell(reader, part, code ? why.text : NULL);
        code = code == WEISU_ECOLUMNS ? WEISU_OK : code;
    }
    header_search_dispose(&search);
    return code;
}

static int has_table(const struct row_reader *reader)
{
    for (size_t i = 0; i < reader->part_count; i++)
        if (reader->part[i].table)
            return 1;
    return 0;
}

/* Goes on to the next sheet that gives records; current == part_count when there is none. */
static weisu_code enter_sheet(struct row_reader *reader, weisu_err *err)
{
    weisu_code code = reader->book ? WEISU_OK : open_book(reader, err);
    for (; !code && reader->current < reader->part_count; reader->current++) {
        struct part *part = &reader->part[reader->current];
        if (!part->was_met)
            code = meet_sheet(reader, err);
        if (code || part->table)
            break;
    }
    if (code)
        return code;
    if (reader->current == reader->part_count) {
        xlsx_reader_free(reader->book);
        reader->book = NULL;
        return has_table(reader) ? WEISU_OK : fail_without_table(reader, err);
    }
    code = xlsx_reader_enter(reader->book, reader->current, err);
    if (code) {
        failure_at(err, input_file_name(reader->file), 0);
        return code;
    }
    return pass_header(reader, err);
}

/* ---- rows ---- */

static weisu_code enter_part(struct row_reader *reader, weisu_err *err)
{
    if (input_file_format(reader->file) == INPUT_XLSX)
        return enter_sheet(reader, err);
    if (input_file_format(reader->file) != INPUT_JSON_LINES)
        return enter_text(reader, err);
    reader->is_entered = 1;
    return WEISU_OK;
}

weisu_code row_reader_next(struct row_reader *reader, struct input_row *row, int *more, weisu_err *err)
{
    *more = 0;
    *row = (struct input_row){0};
    while (reader->current < reader->part_count) {
        weisu_code code = reader->is_entered ? WEISU_OK : enter_part(reader, err);
        if (code)
            return code;
        if (!reader->is_entered)
            break;
        const struct part *part = &reader->part[reader->current];
        *row = (struct input_row){.table = part->table, .sheet = reader->part_count > 1 ? part->sheet : NULL};
        code = next_line(reader, &row->line, more, err);
        if (code == WEISU_ETOOLONG || code == WEISU_ESYNTAX)
            *more = 1;
        if (code || *more)
            return code;
        reader->current++;
        reader->is_entered = 0;
    }
    return WEISU_OK;
}
