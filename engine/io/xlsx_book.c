#include "io/xlsx_book.h"

#include "base/failure.h"
#include "io/xml_part.h"

#include <stdio.h>
#include <string.h>

enum { relations_most = 4096, name_bytes = 1024 };

struct relation {
    const char *id;
    const char *type; /* its last word: "worksheet" */
    const char *target;
};

struct book_reading {
    struct xlsx_book *book;
    struct zip_archive *archive;
    struct arena *arena;
    struct xml_part *part;
    const char *folder; /* of the part whose relations are read, with its '/' */
    struct relation *relation;
    size_t relation_count;
    const char *workbook;
};

static const char *keep(struct book_reading *r, const char *text)
{
    weisu_str copy = arena_copy(r->arena, (weisu_str){text, strlen(text)});
    if (!copy.data)
        xml_part_fail(r->part, WEISU_ENOMEM, "no memory for a workbook");
    return copy.data;
}

/* ---- relations ---- */

/* A target is absolute, or relative to the folder of the part that it belongs to. */
static const char *resolve(struct book_reading *r, const char *target)
{
    char path[name_bytes];
    size_t folder = strlen(r->folder);
    size_t size = strlen(target);
    if (target[0] == '/')
        return keep(r, target + 1);
    if (folder + size >= sizeof path)
        return keep(r, "");
    memcpy(path, r->folder, folder);
    memcpy(path + folder, target, size + 1);
    return keep(r, path);
}

static void begin_relation(void *context, const char *name, const char **attributes)
{
    struct book_reading *r = context;
    const char *id = xml_attribute(attributes, "Id");
    const char *type = xml_attribute(attributes, "Type");
    const char *target = xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target || r->relation_count == relations_most)
        return;
    const char *word = strrchr(type, '/');
    struct relation row = {keep(r, id), keep(r, word ? word + 1 : type), resolve(r, target)};
    if (row.id && row.type && row.target)
        r->relation[r->relation_count++] = row;
}

static void end_nothing(void *context, const char *name)
{
    (void)context;
    (void)name;
}

static weisu_code run_part(struct book_reading *r, const char *name, const struct xml_handlers *handlers,
                           weisu_err *err)
{
    int more = 0;
    weisu_code code = xml_part_open(&r->part, r->archive, name, handlers, r, err);
    if (!code)
        code = xml_part_run(r->part, &more, err);
    xml_part_close(r->part);
    r->part = NULL;
    return code;
}

static weisu_code read_relations(struct book_reading *r, const char *folder, const char *part, weisu_err *err)
{
    static const struct xml_handlers handlers = {begin_relation, end_nothing, NULL};
    r->folder = folder;
    r->relation_count = 0;
    return run_part(r, part, &handlers, err);
}

static const char *target_of_type(const struct book_reading *r, const char *type)
{
    for (size_t i = 0; i < r->relation_count; i++)
        if (strcmp(r->relation[i].type, type) == 0)
            return r->relation[i].target;
    return NULL;
}

/* ---- the workbook ---- */

static int is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static void add_sheet(struct book_reading *r, const char **attributes)
{
    const char *name = xml_attribute(attributes, "name");
    const char *id = xml_attribute(attributes, "id");
    const char *state = xml_attribute(attributes, "state");
    for (size_t i = 0; name && id && i < r->relation_count && r->book->sheet_count < XLSX_SHEETS; i++) {
        const struct relation *relation = &r->relation[i];
        if (strcmp(relation->id, id) != 0 || strcmp(relation->type, "worksheet") != 0)
            continue;
        int is_hidden = state && strcmp(state, "visible") != 0;
        r->book->sheet[r->book->sheet_count++] = (struct xlsx_sheet_entry){keep(r, name), relation->target, is_hidden};
        return;
    }
}

static void begin_workbook(void *context, const char *name, const char **attributes)
{
    struct book_reading *r = context;
    if (strcmp(name, "workbookPr") == 0)
        r->book->is_1904 = is_true(xml_attribute(attributes, "date1904"));
    else if (strcmp(name, "sheet") == 0)
        add_sheet(r, attributes);
}

/* "xl/workbook.xml" has its relations in "xl/_rels/workbook.xml.rels", and they are relative to "xl/". */
static weisu_code read_workbook(struct book_reading *r, weisu_err *err)
{
    static const struct xml_handlers handlers = {begin_workbook, end_nothing, NULL};
    char folder[name_bytes];
    char part[name_bytes + 16];
    const char *slash = strrchr(r->workbook, '/');
    const char *base = slash ? slash + 1 : r->workbook;
    snprintf(folder, sizeof folder, "%.*s", (int)(base - r->workbook), r->workbook);
    snprintf(part, sizeof part, "%s_rels/%s.rels", folder, base);
    weisu_code code = read_relations(r, folder, part, err);
    if (code)
        return code;
    r->book->strings = target_of_type(r, "sharedStrings");
    r->book->styles = target_of_type(r, "styles");
    return run_part(r, r->workbook, &handlers, err);
}

weisu_code xlsx_book_read(struct xlsx_book *book, struct zip_archive *archive, struct arena *arena, weisu_err *err)
{
    struct book_reading r = {.book = book, .archive = archive, .arena = arena};
    *book = (struct xlsx_book){0};
    book->sheet = arena_take_array(arena, XLSX_SHEETS, sizeof *book->sheet);
    r.relation = arena_take_array(arena, relations_most, sizeof *r.relation);
    if (!book->sheet || !r.relation)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    if (zip_archive_has(archive, "_rels/.rels")) {
        weisu_code code = read_relations(&r, "", "_rels/.rels", err);
        if (code)
            return code;
        r.workbook = target_of_type(&r, "officeDocument");
    }
    size_t size = r.workbook ? strlen(r.workbook) : 0;
    if (size < 4 || size >= name_bytes || strcmp(r.workbook + size - 4, ".xml") != 0 ||
        !zip_archive_has(archive, r.workbook))
        return failure(err, WEISU_EIO,
                       "不是 .xlsx 工作簿（可能是 .ods、.xlsb、.docx 或普通压缩包）；请解压，或用表格软件另存为 "
                       ".xlsx。a ZIP archive but not .xlsx: unpack it, or save it as .xlsx");
    return read_workbook(&r, err);
}
