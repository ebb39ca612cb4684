#include "io/xlsx_sheet.h"

#include "base/failure.h"
#include "io/xml_part.h"

#include <stdlib.h>
#include <string.h>

enum { columns_most = 16384, shown_bytes = 8192 };

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_TRUTH, TYPE_ERROR };

struct xlsx_sheet {
    struct xlsx_context context;
    struct xml_part *part;
    struct byte_buffer row;   /* as a row of a table */
    struct byte_buffer value; /* of the cell that is read */
    uint64_t number;          /* of the row */
    uint32_t column;          /* 0-based, of the cell */
    uint32_t least;           /* column that the next cell with content may stand in */
    uint32_t commas;          /* in `row` */
    enum cell_type type;
    uint32_t style;
    int is_in_row;
    int is_value;       /* within <v>, or <t> of an inline string */
    int phonetic_depth; /* within <rPh> */
    int has_content;
    int is_too_long;
    int is_ready; /* a row is whole */
    weisu_code code;
    weisu_err *err; /* of the call that runs */
};

static void fail(struct xlsx_sheet *sheet, weisu_code code)
{
    sheet->code = code;
    xml_part_fail(sheet->part, code, "no memory for a workbook");
}

/* ---- cells ---- */

/* "AB12" → 27. Columns that no workbook has are none. */
static uint32_t read_column(const char *reference, uint32_t otherwise)
{
    uint32_t column = 0;
    for (; reference && *reference >= 'A' && *reference <= 'Z' && column <= columns_most; reference++)
        column = column * 26 + (uint32_t)(*reference - 'A') + 1;
    return column ? column - 1 : otherwise;
}

static enum cell_type read_type(const char *type)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } rows[] = {{"s", TYPE_SHARED}, {"inlineStr", TYPE_TEXT}, {"str", TYPE_TEXT},
                {"d", TYPE_TEXT},   {"b", TYPE_TRUTH},        {"e", TYPE_ERROR}};
    for (size_t i = 0; type && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(type, rows[i].name) == 0)
            return rows[i].type;
    return TYPE_NUMBER;
}

static void begin_cell(struct xlsx_sheet *sheet, const char **attributes)
{
    const char *style = xml_attribute(attributes, "s");
    sheet->column = read_column(xml_attribute(attributes, "r"), sheet->column);
    sheet->type = read_type(xml_attribute(attributes, "t"));
    sheet->style = style ? (uint32_t)strtoul(style, NULL, 10) : 0;
    byte_buffer_reset(&sheet->value);
}

static void append_quoted(struct byte_buffer *out, weisu_str text)
{
    byte_buffer_append_char(out, '"');
    while (text.size) {
        const char *quote = memchr(text.data, '"', text.size);
        size_t size = quote ? (size_t)(quote - text.data) + 1 : text.size;
        byte_buffer_append(out, text.data, size);
        if (quote)
            byte_buffer_append_char(out, '"');
        text.data += size;
        text.size -= size;
    }
    byte_buffer_append_char(out, '"');
}

static void append_number(struct xlsx_sheet *sheet, weisu_str number)
{
    char text[CELL_NUMBER_BYTES];
    enum cell_kind kind = xlsx_styles_kind(sheet->context.styles, sheet->style);
    size_t size = 0;
    if (kind != CELL_NUMBER)
        size = cell_date_text(number, kind, sheet->context.is_1904, text);
    if (!size)
        size = cell_number_text(number, text);
    append_quoted(&sheet->row, (weisu_str){text, size});
}

/* A number of a string: digits only. */
static uint64_t read_string_number(weisu_str text)
{
    uint64_t number = text.size ? 0 : UINT64_MAX;
    for (size_t i = 0; i < text.size && number < UINT64_MAX / 16; i++)
        number = text.data[i] >= '0' && text.data[i] <= '9' ? number * 10 + (uint64_t)(text.data[i] - '0') : UINT64_MAX;
    return number;
}

static void fetch_string(struct xlsx_sheet *sheet)
{
    uint64_t number = read_string_number((weisu_str){sheet->value.data, sheet->value.size});
    byte_buffer_reset(&sheet->value);
    weisu_code code = xlsx_strings_append(sheet->context.strings, number, &sheet->value, sheet->err);
    if (code)
        fail(sheet, code);
}

static void write_cell(struct xlsx_sheet *sheet)
{
    if (sheet->type == TYPE_SHARED)
        fetch_string(sheet);
    weisu_str value = {sheet->value.data, sheet->value.size};
    if (!value.size || sheet->type == TYPE_ERROR)
        return;
    for (; sheet->commas < sheet->column; sheet->commas++)
        byte_buffer_append_char(&sheet->row, ',');
    sheet->least = sheet->column + 1;
    if (sheet->type == TYPE_NUMBER)
        append_number(sheet, value);
    else
        append_quoted(&sheet->row, value);
    sheet->has_content = 1;
}

/* Cells come in the order of their columns; one that does not is dropped, as is one in no column. */
static void end_cell(struct xlsx_sheet *sheet)
{
    if (sheet->type == TYPE_TEXT && sheet->value.size && memchr(sheet->value.data, '_', sheet->value.size))
        sheet->value.size = xlsx_unescape(sheet->value.data, sheet->value.size);
    int is_in_order = sheet->column >= sheet->least && sheet->column < columns_most;
    if (is_in_order && !sheet->is_too_long && !sheet->code)
        write_cell(sheet);
    sheet->column++;
    sheet->is_too_long |= sheet->row.size > RECORD_LINE_BYTES;
    if (sheet->row.failed || sheet->value.failed)
        fail(sheet, WEISU_ENOMEM);
}

/* ---- rows ---- */

static void begin_row(struct xlsx_sheet *sheet, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    uint64_t given = number ? strtoull(number, NULL, 10) : 0;
    sheet->number = given ? given : sheet->number + 1;
    sheet->column = sheet->least = sheet->commas = 0;
    sheet->is_in_row = 1;
    sheet->has_content = sheet->is_too_long = 0;
    byte_buffer_reset(&sheet->row);
}

static void begin_element(void *context, const char *name, const char **attributes)
{
    struct xlsx_sheet *sheet = context;
    if (strcmp(name, "row") == 0)
        begin_row(sheet, attributes);
    else if (sheet->is_in_row && strcmp(name, "c") == 0)
        begin_cell(sheet, attributes);
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic_depth++;
    int is_text = strcmp(name, "t") == 0 && sheet->type == TYPE_TEXT && !sheet->phonetic_depth;
    sheet->is_value = sheet->is_in_row && (is_text || strcmp(name, "v") == 0);
}

static void add_text(void *context, const char *bytes, size_t size)
{
    struct xlsx_sheet *sheet = context;
    size_t room = RECORD_LINE_BYTES + 1 - sheet->value.size;
    if (sheet->is_value && !sheet->is_too_long)
        byte_buffer_append(&sheet->value, bytes, size < room ? size : room);
}

static void end_element(void *context, const char *name)
{
    struct xlsx_sheet *sheet = context;
    sheet->is_value = 0;
    if (strcmp(name, "rPh") == 0)
        sheet->phonetic_depth--;
    if (!sheet->is_in_row)
        return;
    if (strcmp(name, "c") == 0)
        end_cell(sheet);
    if (strcmp(name, "row") == 0) {
        sheet->is_in_row = 0;
        sheet->is_ready = sheet->has_content;
        if (sheet->is_ready && !sheet->code)
            xml_part_pause(sheet->part);
    }
}

/* ---- the sheet ---- */

weisu_code xlsx_sheet_open(struct xlsx_sheet **out, const struct xlsx_context *context, const char *part,
                           weisu_err *err)
{
    static const struct xml_handlers handlers = {begin_element, end_element, add_text};
    *out = NULL;
    struct xlsx_sheet *sheet = memory_new_zeroed(context->allocator, 1, sizeof *sheet);
    if (!sheet)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    sheet->context = *context;
    byte_buffer_init(&sheet->row, context->allocator);
    byte_buffer_init(&sheet->value, context->allocator);
    weisu_code code = xml_part_open(&sheet->part, context->archive, part, &handlers, sheet, err);
    if (code)
        xlsx_sheet_close(sheet);
    else
        *out = sheet;
    return code;
}

void xlsx_sheet_close(struct xlsx_sheet *sheet)
{
    if (!sheet)
        return;
    xml_part_close(sheet->part);
    byte_buffer_dispose(&sheet->row);
    byte_buffer_dispose(&sheet->value);
    memory_free(sheet->context.allocator, sheet, 1, sizeof *sheet);
}

weisu_code xlsx_sheet_next(struct xlsx_sheet *sheet, struct record_line *row, int *more, weisu_err *err)
{
    weisu_err own;
    int is_paused = 1;
    sheet->err = &own;
    sheet->is_ready = *more = 0;
    weisu_code code = xml_part_run(sheet->part, &is_paused, err);
    if (sheet->code && sheet->code != WEISU_ENOMEM && err)
        *err = own;
    if (code || !is_paused || !sheet->is_ready)
        return code;
    *more = 1;
    *row = (struct record_line){sheet->row.data, sheet->row.size, sheet->number};
    if (!sheet->is_too_long)
        return WEISU_OK;
    row->size = row->size < shown_bytes ? row->size : shown_bytes;
    return failure(err, WEISU_ETOOLONG,
                   "这一行超过 1 MiB，请截短过长的单元格。row has more than %d bytes: shorten its longest cell",
                   RECORD_LINE_BYTES);
}
