#include "io/xml_part.h"

#include "base/failure.h"

#include <expat.h>
#include <string.h>

enum { step_bytes = 64 * 1024 };

struct xml_part {
    const weisu_allocator *allocator;
    struct zip_archive *archive;
    const struct xml_handlers *handlers;
    void *context;
    XML_Parser parser;
    uint64_t fed;
    int depth;
    int is_paused;
    int is_last;     /* everything was fed */
    weisu_code code; /* of xml_part_fail */
    const char *sentence;
};

/* ---- what expat calls ---- */

static const char *without_prefix(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void XMLCALL on_begin(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct xml_part *part = data;
    if (part->code)
        return;
    if (++part->depth > XML_DEPTH)
        xml_part_fail(part, WEISU_ELIMIT,
                      "工作簿的 XML 嵌套过深，疑似恶意文件。the XML of the workbook is nested too deeply");
    else
        part->handlers->begin(part->context, without_prefix(name), attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct xml_part *part = data;
    part->depth--;
    if (!part->code)
        part->handlers->end(part->context, without_prefix(name));
}

static void XMLCALL on_text(void *data, const XML_Char *bytes, int size)
{
    struct xml_part *part = data;
    if (!part->code && part->handlers->text)
        part->handlers->text(part->context, bytes, (size_t)size);
}

/* No workbook has one; entities that multiply are declared there. */
static void XMLCALL on_document_type(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                                     int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    xml_part_fail(data, WEISU_ELIMIT, "工作簿的 XML 带有 DOCTYPE，疑似恶意文件。the XML of the workbook has a DOCTYPE");
}

/* ---- the part ---- */

weisu_code xml_part_open(struct xml_part **out, struct zip_archive *archive, const char *name,
                         const struct xml_handlers *handlers, void *context, weisu_err *err)
{
    const weisu_allocator *allocator = zip_archive_allocator(archive);
    *out = NULL;
    weisu_code code = zip_part_open(archive, name, err);
    if (code)
        return code;
    struct xml_part *part = memory_new_zeroed(allocator, 1, sizeof *part);
    XML_Parser parser = part ? XML_ParserCreate(NULL) : NULL;
    if (!parser) {
        memory_free(allocator, part, part != NULL, sizeof *part);
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    }
    part->allocator = allocator;
    part->archive = archive;
    part->handlers = handlers;
    part->context = context;
    part->parser = parser;
    XML_SetUserData(parser, part);
    XML_SetElementHandler(parser, on_begin, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_document_type);
    *out = part;
    return WEISU_OK;
}

void xml_part_close(struct xml_part *part)
{
    if (!part)
        return;
    XML_ParserFree(part->parser);
    memory_free(part->allocator, part, 1, sizeof *part);
}

void xml_part_pause(struct xml_part *part)
{
    if (!part->code)
        XML_StopParser(part->parser, XML_TRUE);
}

void xml_part_fail(struct xml_part *part, weisu_code code, const char *sentence)
{
    part->code = code;
    part->sentence = sentence;
    XML_StopParser(part->parser, XML_FALSE);
}

static weisu_code feed(struct xml_part *part, enum XML_Status *status, weisu_err *err)
{
    void *bytes = XML_GetBuffer(part->parser, step_bytes);
    size_t got;
    if (!bytes)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    weisu_code code = zip_part_read(part->archive, bytes, step_bytes, &got, err);
    if (code)
        return code;
    part->fed += got;
    part->is_last = !got;
    *status = XML_ParseBuffer(part->parser, (int)got, part->is_last);
    return WEISU_OK;
}

/* Text comes out in pieces; only a token that has not ended is kept by expat, and grows with what is fed. */
static int has_long_token(const struct xml_part *part)
{
    XML_Index parsed = XML_GetCurrentByteIndex(part->parser);
    return part->fed > (parsed > 0 ? (uint64_t)parsed : 0) + XML_TOKEN_BYTES + step_bytes;
}

static weisu_code fail_parser(const struct xml_part *part, weisu_err *err)
{
    if (part->code)
        return failure(err, part->code, "%s", part->sentence);
    enum XML_Error error = XML_GetErrorCode(part->parser);
    if (error == XML_ERROR_NO_MEMORY)
        return failure(err, WEISU_ENOMEM, "no memory for a workbook");
    return failure(
        err, WEISU_EIO,
        "工作簿内容已损坏，请用表格软件修复后另存，或重新导出。damaged XML in the workbook (%s): repair and save "
        "it, or export it again",
        XML_ErrorString(error));
}

weisu_code xml_part_run(struct xml_part *part, int *more, weisu_err *err)
{
    *more = 0;
    while (part->is_paused || !part->is_last) {
        enum XML_Status status = XML_STATUS_OK;
        weisu_code code = WEISU_OK;
        if (part->is_paused)
            status = XML_ResumeParser(part->parser);
        else
            code = feed(part, &status, err);
        if (code)
            return code;
        if (status == XML_STATUS_ERROR)
            return fail_parser(part, err);
        part->is_paused = *more = status == XML_STATUS_SUSPENDED;
        if (*more)
            return WEISU_OK;
        if (has_long_token(part))
            return failure(err, WEISU_ELIMIT,
                           "工作簿的 XML 标记过长，疑似恶意文件。a tag in the XML of the workbook is too long");
    }
    return WEISU_OK;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(without_prefix(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}
