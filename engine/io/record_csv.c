#include "io/record_csv.h"

#include "base/failure.h"
#include "base/utf8.h"
#include "io/column_names.h"
#include "io/csv_scan.h"
#include "text/mask.h"

#include <string.h>

enum { columns_most = 4096 };

struct column {
    enum record_key key; /* RECORD_KEYS: not used */
    uint32_t rank;
    weisu_str name;
};

struct record_csv {
    const weisu_allocator *allocator;
    const struct record_options *options;
    struct column *column; /* [count] */
    size_t count;
    size_t capacity;
    struct arena names;
    char delimiter;
    int may_be_short;
};

/* ---- cells ---- */

static weisu_str trim(weisu_str text)
{
    while (text.size && (unsigned char)text.data[text.size - 1] <= ' ')
        text.size--;
    while (text.size && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.size--;
    }
    return text;
}

/* The text of a cell, valid UTF-8: a slice of the row where nothing has to change. .data NULL when memory is out. */
static weisu_str read_cell(struct record_decoder *decoder, const struct csv_field *field)
{
    weisu_str text = field->text;
    if (field->has_doubled) {
        char *copy = arena_take(decoder->arena, text.size);
        if (!copy)
            return (weisu_str){NULL, 0};
        text = (weisu_str){copy, csv_scan_undouble(text, copy)};
    }
    return utf8_repair(trim(text), decoder->arena, &decoder->invalid);
}

static int is_joined(enum record_key key)
{
    return key == RECORD_ADDRESS || key == RECORD_CATEGORY;
}

static int contains(weisu_str text, weisu_str part)
{
    return part.size <= text.size && memmem(text.data, text.size, part.data, part.size) != NULL;
}

static int is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static const char *between_parts(enum record_key key, weisu_str first, weisu_str second)
{
    if (key == RECORD_CATEGORY)
        return "->";
    return is_word(first.data[first.size - 1]) && is_word(second.data[0]) ? " " : "";
}

/* Puts a cell behind what an earlier column gave, unless one of them says what the other says: an address in full
 * beside its parts, a path beside its levels. */
static weisu_code join(struct record_decoder *decoder, enum record_key key, struct record_value *value, weisu_str cell,
                       weisu_err *err)
{
    if (contains(value->text, cell))
        return WEISU_OK;
    if (contains(cell, value->text)) {
        value->text = cell;
        return WEISU_OK;
    }
    const char *between = between_parts(key, value->text, cell);
    size_t gap = strlen(between);
    char *joined = arena_take(decoder->arena, value->text.size + gap + cell.size);
    if (!joined)
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    memcpy(joined, value->text.data, value->text.size);
    memcpy(joined + value->text.size, between, gap);
    memcpy(joined + value->text.size + gap, cell.data, cell.size);
    value->text = (weisu_str){joined, value->text.size + gap + cell.size};
    return WEISU_OK;
}

/* What tables write where there is nothing. In a text it may be meant. */
static int is_placeholder(enum record_key key, weisu_str cell)
{
    static const char *const words[] = {"-",    "--",  "—",    "/",   "\\N", "NULL",
                                        "null", "N/A", "#N/A", "NaN", "nan", "None"};
    if (cell.size > 4 || key == RECORD_TEXT || key == RECORD_TITLE)
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == cell.size && memcmp(words[i], cell.data, cell.size) == 0)
            return 1;
    return 0;
}

static weisu_code set_cell(struct record_decoder *decoder, enum record_key key, const struct csv_field *field,
                           struct record_fields *fields, weisu_err *err)
{
    struct record_value *value = &fields->value[key];
    weisu_str cell = read_cell(decoder, field);
    if (!cell.data)
        return failure(err, WEISU_ENOMEM, "no memory for a record");
    if (!cell.size || is_placeholder(key, cell))
        return WEISU_OK;
    if (value->kind == RECORD_CELL)
        return join(decoder, key, value, cell, err);
    *value = (struct record_value){RECORD_CELL, cell};
    return WEISU_OK;
}

/* ---- the header ---- */

static struct column find_column(const struct record_options *options, weisu_str name)
{
    enum record_key mapped = record_options_mapped(options, name);
    if (mapped != RECORD_KEYS)
        return (struct column){mapped, 0, name};
    struct column_name known = column_name_find(name);
    if (known.key == RECORD_KEYS || record_options_is_mapped(options, known.key))
        return (struct column){RECORD_KEYS, 0, name};
    return (struct column){known.key, known.rank, name};
}

/* Of several columns for a key that takes one value the best known counts, the first of equals. */
static void drop_doubles(struct record_csv *table)
{
    size_t best[RECORD_KEYS];
    memset(best, 0xff, sizeof best);
    for (size_t i = 0; i < table->count; i++) {
        enum record_key key = table->column[i].key;
        if (key == RECORD_KEYS || is_joined(key))
            continue;
        if (best[key] == SIZE_MAX || table->column[i].rank < table->column[best[key]].rank) {
            if (best[key] != SIZE_MAX)
                table->column[best[key]].key = RECORD_KEYS;
            best[key] = i;
        } else {
            table->column[i].key = RECORD_KEYS;
        }
    }
}

static weisu_code add_column(struct record_csv *table, const struct csv_field *field, struct record_decoder *decoder,
                             weisu_err *err)
{
    if (field->is_broken)
        return failure(err, WEISU_ESYNTAX, "the header's quotes are broken in column %zu", table->count + 1);
    if (table->count == columns_most)
        return failure(err, WEISU_ECOLUMNS, "the header has more than %d columns", columns_most);
    weisu_str name = read_cell(decoder, field);
    void *columns = table->column;
    int failed = !name.data || !(name = arena_copy(&table->names, name)).data ||
                 memory_reserve(table->allocator, &columns, &table->capacity, table->count + 1, sizeof *table->column);
    table->column = columns;
    if (failed)
        return failure(err, WEISU_ENOMEM, "no memory for the header of a table");
    table->column[table->count++] = find_column(table->options, name);
    return WEISU_OK;
}

static weisu_code read_header(struct record_csv *table, weisu_str header, weisu_err *err)
{
    struct arena arena;
    arena_init(&arena, table->allocator, 4096);
    struct record_decoder decoder = {table->options, &arena, 0, 0};
    struct csv_scan scan;
    struct csv_field field;
    weisu_code code = WEISU_OK;
    csv_scan_init(&scan, header, table->delimiter);
    while (!code && csv_scan_field(&scan, &field))
        code = add_column(table, &field, &decoder, err);
    arena_dispose(&arena);
    return code;
}

int record_csv_count_keys(weisu_str row, char delimiter, const struct record_options *options)
{
    struct arena arena;
    struct record_decoder decoder = {options, &arena, 0, 0};
    struct csv_scan scan;
    struct csv_field field;
    int found[RECORD_KEYS + 1] = {0};
    int count = 0;
    arena_init(&arena, NULL, 4096);
    csv_scan_init(&scan, row, delimiter);
    while (csv_scan_field(&scan, &field)) {
        weisu_str name = read_cell(&decoder, &field);
        if (name.data)
            found[find_column(options, name).key] = 1;
    }
    arena_dispose(&arena);
    for (int key = 0; key < RECORD_KEYS; key++)
        count += found[key];
    return count;
}

static int has_key(const struct record_csv *table, enum record_key key)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->column[i].key == key)
            return 1;
    return table->options->constant[key].data != NULL;
}

/* What --map is to be given when no column is known for a key. */
static weisu_code fail_unknown(const struct record_csv *table, const char *chinese, enum record_key key, weisu_err *err)
{
    const char *name = record_key_name(key);
    return failure(
        err, WEISU_ECOLUMNS,
        "表头中没有认出%s列，请用 --map %s=列名 指定。none of the %zu columns is known to give %s; name it: --map "
        "%s=COLUMN",
        chinese, name, table->count, name, name);
}

static int has_one_of(const struct record_csv *table, const enum record_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_key(table, keys[i]))
            return 1;
    return 0;
}

static weisu_code check_columns(const struct record_csv *table, weisu_err *err)
{
    static const enum record_key timely[] = {RECORD_TIME,      RECORD_CLOSED,    RECORD_RESOLVED,
                                             RECORD_SATISFIED, RECORD_CONTACTED, RECORD_WITHDRAWN};
    static const enum record_key telling[] = {RECORD_TEXT,      RECORD_CATEGORY,  RECORD_CLOSED,   RECORD_RESOLVED,
                                              RECORD_SATISFIED, RECORD_CONTACTED, RECORD_WITHDRAWN};
    const struct record_options *options = table->options;
    if (!options->no_time && !options->needs_text_only && !has_one_of(table, timely, sizeof timely / sizeof *timely))
        return fail_unknown(table, "时间", RECORD_TIME, err);
    if (!has_one_of(table, telling, options->needs_text_only ? 1 : sizeof telling / sizeof *telling))
        return fail_unknown(table, "内容", RECORD_TEXT, err);
    return WEISU_OK;
}

weisu_code record_csv_open(struct record_csv **out, weisu_str header, char delimiter,
                           const struct record_options *options, const weisu_allocator *allocator, weisu_err *err)
{
    *out = NULL;
    if (utf8_valid_size(header) != header.size)
        return failure(
            err, WEISU_ESYNTAX,
            "表头不是有效的 UTF-8，请另存为 .xlsx 或“CSV UTF-8”。the header is not UTF-8: save as .xlsx or CSV "
            "UTF-8");
    struct record_csv *table = memory_new_zeroed(allocator, 1, sizeof *table);
    if (!table)
        return failure(err, WEISU_ENOMEM, "no memory for a table");
    table->allocator = allocator;
    table->options = options;
    table->delimiter = delimiter;
    arena_init(&table->names, allocator, 1024);
    weisu_code code = read_header(table, header, err);
    if (!code) {
        drop_doubles(table);
        code = check_columns(table, err);
    }
    if (code)
        record_csv_close(table);
    else
        *out = table;
    return code;
}

void record_csv_close(struct record_csv *table)
{
    if (!table)
        return;
    arena_dispose(&table->names);
    memory_free(table->allocator, table->column, table->capacity, sizeof *table->column);
    memory_free(table->allocator, table, 1, sizeof *table);
}

size_t record_csv_columns(const struct record_csv *table)
{
    return table->count;
}

enum record_key record_csv_key(const struct record_csv *table, size_t index)
{
    return table->column[index].key;
}

weisu_str record_csv_name(const struct record_csv *table, size_t index)
{
    return table->column[index].name;
}

void record_csv_allow_short(struct record_csv *table)
{
    table->may_be_short = 1;
}

/* ---- rows ---- */

/* A row may end in empty fields that its header has not, as spreadsheet programs write them. */
static weisu_code read_row(const struct record_csv *table, struct record_decoder *decoder, weisu_str row,
                           struct record_fields *fields, weisu_err *err)
{
    struct csv_scan scan;
    struct csv_field field;
    size_t count = 0;
    size_t filled = 0; /* fields up to the last that is not empty */
    csv_scan_init(&scan, row, table->delimiter);
    for (; csv_scan_field(&scan, &field); count++) {
        weisu_code code = WEISU_OK;
        if (field.is_broken)
            return failure(err, WEISU_ESYNTAX, "quotes are broken in column %zu", count + 1);
        if (field.text.size)
            filled = count + 1;
        if (count < table->count && table->column[count].key != RECORD_KEYS)
            code = set_cell(decoder, table->column[count].key, &field, fields, err);
        if (code)
            return code;
    }
    int is_short = count < table->count && !table->may_be_short;
    if (is_short || (filled > table->count && !table->may_be_short))
        return failure(err, WEISU_ECOLUMNS, "row has %zu fields, its header has %zu", count, table->count);
    return WEISU_OK;
}

weisu_code record_csv_decode(const struct record_csv *table, struct record_decoder *decoder, struct record_line row,
                             weisu_record *out, weisu_err *err)
{
    struct record_fields fields = {.may_lack_id = 1};
    weisu_code code = read_row(table, decoder, (weisu_str){row.data, row.size}, &fields, err);
    if (!code)
        code = record_fields_finish(decoder, &fields, row.number, out, err);
    if (code && err)
        err->line = row.number;
    return code;
}

void record_csv_hide(const struct record_csv *table, struct record_line row)
{
    struct csv_scan scan;
    struct csv_field field;
    csv_scan_init(&scan, (weisu_str){row.data, row.size}, table->delimiter);
    for (size_t i = 0; i < table->count && csv_scan_field(&scan, &field); i++)
        if (table->column[i].key == RECORD_REPORTER)
            memset(row.data + (field.text.data - row.data), '*', field.text.size);
    mask_personal(row.data, row.size);
}
