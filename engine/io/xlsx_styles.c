#include "io/xlsx_styles.h"

#include "base/failure.h"
#include "io/xml_part.h"

#include <stdlib.h>
#include <string.h>

enum { styles_most = 65536, formats_most = 4096 };

struct custom_format {
    uint32_t id;
    enum cell_kind kind;
};

struct styles_reading {
    struct xlsx_styles *styles;
    struct xml_part *part;
    int is_in_cells;              /* within <cellXfs>: other lists hold <xf> too */
    struct custom_format *format; /* [format_count] */
    size_t format_count;
    size_t format_capacity;
};

void xlsx_styles_init(struct xlsx_styles *styles, const weisu_allocator *allocator)
{
    *styles = (struct xlsx_styles){.allocator = allocator};
}

void xlsx_styles_dispose(struct xlsx_styles *styles)
{
    memory_free(styles->allocator, styles->kind, styles->capacity, sizeof *styles->kind);
    xlsx_styles_init(styles, styles->allocator);
}

enum cell_kind xlsx_styles_kind(const struct xlsx_styles *styles, uint32_t style)
{
    return style < styles->count ? (enum cell_kind)styles->kind[style] : CELL_NUMBER;
}

static uint32_t read_id(const char **attributes)
{
    const char *id = xml_attribute(attributes, "numFmtId");
    return id ? (uint32_t)strtoul(id, NULL, 10) : 0;
}

static void add_format(struct styles_reading *r, const char **attributes)
{
    const char *code = xml_attribute(attributes, "formatCode");
    void *formats = r->format;
    if (!code || r->format_count == formats_most)
        return;
    if (memory_reserve(r->styles->allocator, &formats, &r->format_capacity, r->format_count + 1, sizeof *r->format)) {
        xml_part_fail(r->part, WEISU_ENOMEM, "no memory for a workbook");
        return;
    }
    r->format = formats;
    r->format[r->format_count++] =
        (struct custom_format){read_id(attributes), cell_kind_of_format((weisu_str){code, strlen(code)})};
}

static enum cell_kind kind_of_id(const struct styles_reading *r, uint32_t id)
{
    for (size_t i = 0; i < r->format_count; i++)
        if (r->format[i].id == id)
            return r->format[i].kind;
    return cell_kind_of_builtin(id);
}

static void add_style(struct styles_reading *r, const char **attributes)
{
    struct xlsx_styles *styles = r->styles;
    void *kinds = styles->kind;
    if (styles->count == styles_most)
        return;
    if (memory_reserve(styles->allocator, &kinds, &styles->capacity, styles->count + 1, sizeof *styles->kind)) {
        xml_part_fail(r->part, WEISU_ENOMEM, "no memory for a workbook");
        return;
    }
    styles->kind = kinds;
    styles->kind[styles->count++] = (unsigned char)kind_of_id(r, read_id(attributes));
}

static void begin_style(void *context, const char *name, const char **attributes)
{
    struct styles_reading *r = context;
    if (strcmp(name, "numFmt") == 0)
        add_format(r, attributes);
    else if (strcmp(name, "cellXfs") == 0)
        r->is_in_cells = 1;
    else if (r->is_in_cells && strcmp(name, "xf") == 0)
        add_style(r, attributes);
}

static void end_style(void *context, const char *name)
{
    struct styles_reading *r = context;
    if (strcmp(name, "cellXfs") == 0)
        r->is_in_cells = 0;
}

weisu_code xlsx_styles_read(struct xlsx_styles *styles, struct zip_archive *archive, const char *part, weisu_err *err)
{
    static const struct xml_handlers handlers = {begin_style, end_style, NULL};
    struct styles_reading r = {.styles = styles};
    int more = 0;
    weisu_code code = xml_part_open(&r.part, archive, part, &handlers, &r, err);
    if (!code)
        code = xml_part_run(r.part, &more, err);
    xml_part_close(r.part);
    memory_free(styles->allocator, r.format, r.format_capacity, sizeof *r.format);
    return code;
}
