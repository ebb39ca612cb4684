/* Workbooks: numbers and dates of cells, strings, rows of a sheet; and what must not be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/cell_text.h"
#include "io/xlsx_reader.h"
#include "zip_fixture.h"

static struct zip_fixture zip;
static struct xlsx_reader *reader;
static struct record_line line;
static weisu_err err;
static int more;

static int tear_down(void **state)
{
    (void)state;
    xlsx_reader_free(reader);
    reader = NULL;
    zip_fixture_dispose(&zip);
    return 0;
}

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

/* ---- cells ---- */

static void formats_tell_dates(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        enum cell_kind kind;
    } rows[] = {
        {"General", CELL_NUMBER},
        {"0.00", CELL_NUMBER},
        {"#,##0;[Red]-#,##0", CELL_NUMBER},
        {"0.00E+00", CELL_NUMBER},
        {"@", CELL_NUMBER},
        {"[Magenta]0", CELL_NUMBER},
        {"\"day\" 0", CELL_NUMBER},
        {"yyyy-mm-dd", CELL_DATE},
        {"yyyy\"年\"m\"月\"d\"日\";@", CELL_DATE},
        {"[$-804]yyyy/m/d\\ h:mm:ss", CELL_DATE_TIME},
        {"YYYY/M/D H:MM", CELL_DATE_TIME},
        {"m/d/yy h:mm AM/PM", CELL_DATE_TIME},
        {"yyyy-mm-dd hh:mm:ss.000", CELL_DATE_TIME},
        {"[h]:mm:ss", CELL_TIME},
        {"上午/下午h\"时\"mm\"分\"", CELL_TIME},
        {"mm:ss.0", CELL_TIME},
        {"", CELL_NUMBER},
        {"\"", CELL_NUMBER},
        {"[", CELL_NUMBER},
        {"\\", CELL_NUMBER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (cell_kind_of_format(str(rows[i].format)) != rows[i].kind)
            fail_msg("%s", rows[i].format);
    assert_int_equal(cell_kind_of_builtin(22), CELL_DATE_TIME);
    assert_int_equal(cell_kind_of_builtin(31), CELL_DATE);
    assert_int_equal(cell_kind_of_builtin(0), CELL_NUMBER);
    assert_int_equal(cell_kind_of_builtin(49), CELL_NUMBER);
}

static void numbers_keep_their_digits(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        const char *text;
    } rows[] = {
        {"2549", "2549"},
        {"2549.0", "2549"},
        {"0", "0"},
        {"-0.0", "0"},
        {"-12.50", "-12.5"},
        {"0.05", "0.05"},
        {"5E-2", "0.05"},
        {"2.0190425000123001E+16", "20190425000123001"},
        {"1.2e3", "1200"},
        {"20190425000123", "20190425000123"},
        {"1E+300", "1E+300"},
        {"12a", "12a"},
        {"", ""},
        {".", "."},
        {"1E", "1E"},
        {"0.000000000000000000000000000000000000001", "0.000000000000000000000000000000000000001"},
    };
    char text[CELL_NUMBER_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t size = cell_number_text(str(rows[i].number), text);
        if (size != strlen(rows[i].text) || memcmp(text, rows[i].text, size) != 0)
            fail_msg("%s: %.*s", rows[i].number, (int)size, text);
    }
}

static void serials_are_dates(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        enum cell_kind kind;
        int is_1904;
        const char *text;
    } rows[] = {
        {"43563.359259259261", CELL_DATE_TIME, 0, "2019-04-08 08:37:20"},
        {"43563", CELL_DATE, 0, "2019-04-08"},
        {"43563", CELL_DATE_TIME, 0, "2019-04-08 00:00:00"},
        {"43563.5", CELL_DATE, 0, "2019-04-08 12:00:00"},
        {"42101", CELL_DATE, 1, "2019-04-08"},
        {"0.5", CELL_TIME, 0, "12:00:00"},
        {"0.99999999999", CELL_TIME, 0, "00:00:00"},
        {"4.3563E4", CELL_DATE, 0, "2019-04-08"},
        {"43563.0000115741", CELL_DATE_TIME, 0, "2019-04-08 00:00:01"},
        {"43563.00000578", CELL_DATE_TIME, 0, "2019-04-08 00:00:00.499"},
        {"2958465", CELL_DATE, 0, "9999-12-31"},
        {"2958466", CELL_DATE, 0, ""},
        {"-1", CELL_DATE, 0, ""},
        {"12345678901", CELL_DATE, 0, ""},
        {"x", CELL_DATE, 0, ""},
    };
    char text[CELL_NUMBER_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t size = cell_date_text(str(rows[i].number), rows[i].kind, rows[i].is_1904, text);
        if (size != strlen(rows[i].text) || memcmp(text, rows[i].text, size) != 0)
            fail_msg("%s: %.*s", rows[i].number, (int)size, text);
    }
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    char text[] = "a_x000D_\nb_x4E2D__x005F_x_xZZZZ__xD800__x00";
    size_t size = xlsx_unescape(text, sizeof text - 1);
    assert_int_equal(size, strlen("a\r\nb中_x_xZZZZ__xD800__x00"));
    assert_memory_equal(text, "a\r\nb中_x_xZZZZ__xD800__x00", size);
}

/* ---- strings ---- */

static void strings_are_kept_or_spilt(void **state)
{
    (void)state;
    enum { strings = 3000 };
    char *xml = malloc(strings * 120 + 100);
    size_t size = (size_t)sprintf(xml, "<sst><si><t>first</t></si>");
    for (int i = 1; i < strings; i++)
        size += (size_t)sprintf(
            xml + size, "<si><r><t>s</t></r><r><t xml:space=\"preserve\">%d</t></r><rPh><t>no</t></rPh></si>", i);
    size += (size_t)sprintf(xml + size, "</sst>");
    zip_fixture_add(&zip, "s.xml", xml, size, 1);
    zip_fixture_finish(&zip);
    free(xml);
    static const size_t budgets[] = {1, 100, 16384, XLSX_STRINGS_BYTES};
    for (size_t b = 0; b < sizeof budgets / sizeof budgets[0]; b++) {
        struct zip_archive *archive;
        struct xlsx_strings table;
        struct byte_buffer out;
        assert_int_equal(zip_archive_open(&archive, zip_fixture_source(&zip), NULL, &err), WEISU_OK);
        xlsx_strings_init(&table, budgets[b], NULL);
        assert_int_equal(xlsx_strings_read(&table, archive, "s.xml", &err), WEISU_OK);
        assert_int_equal(table.count, strings);
        byte_buffer_init(&out, NULL);
        for (uint64_t i = 0; i < strings; i++) {
            uint64_t number = i * 1237 % strings; /* in no order */
            char expected[16];
            snprintf(expected, sizeof expected, "s%d", (int)number);
            byte_buffer_reset(&out);
            assert_int_equal(xlsx_strings_append(&table, number, &out, &err), WEISU_OK);
            weisu_str text = str(number ? expected : "first");
            assert_int_equal(out.size, text.size);
            assert_memory_equal(out.data, text.data, text.size);
        }
        byte_buffer_reset(&out);
        assert_int_equal(xlsx_strings_append(&table, strings, &out, &err), WEISU_OK);
        assert_int_equal(out.size, 0);
        byte_buffer_dispose(&out);
        xlsx_strings_dispose(&table);
        zip_archive_close(archive);
    }
}

/* ---- sheets ---- */

static const char styles[] = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>"
                             "<cellStyleXfs><xf numFmtId=\"22\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
                             "numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";

static weisu_code open_sheet(const char *sheet, int is_1904)
{
    zip_fixture_workbook(&zip, is_1904);
    zip_fixture_text(&zip, "xl/styles.xml", styles);
    zip_fixture_text(&zip, "xl/sharedStrings.xml",
                     "<sst><si><t>编号</t></si><si><t>a \"b\"</t></si><si><t></t></si></sst>");
    zip_fixture_text(&zip, "xl/worksheets/sheet1.xml", sheet);
    zip_fixture_finish(&zip);
    weisu_code code = xlsx_reader_new(&reader, zip_fixture_source(&zip), NULL, &err);
    return code ? code : xlsx_reader_enter(reader, 0, &err);
}

static void expect(const char *row, uint64_t number)
{
    assert_int_equal(xlsx_reader_next(reader, &line, &more, &err), WEISU_OK);
    assert_int_equal(more, 1);
    if (line.size != strlen(row) || memcmp(line.data, row, line.size) != 0)
        fail_msg("%.*s, not %s", (int)line.size, line.data, row);
    assert_int_equal(line.number, number);
}

static void expect_end(void)
{
    assert_int_equal(xlsx_reader_next(reader, &line, &more, &err), WEISU_OK);
    assert_int_equal(more, 0);
}

static void rows_of_a_sheet_come_as_text(void **state)
{
    (void)state;
    assert_int_equal(
        open_sheet(
            "<worksheet><dimension ref=\"A1:C9\"/><sheetData>"
            "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>"
            "<row r=\"3\"><c r=\"A3\" s=\"0\"/><c r=\"B3\" t=\"s\"><v>2</v></c></row>"
            "<row r=\"5\"><c r=\"A5\"><v>2549</v></c><c r=\"B5\" s=\"1\"><v>43563.359259259261</v></c>"
            "<c r=\"C5\" s=\"2\"><v>43563</v></c><c r=\"D5\" t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c>"
            "<c><f>A1&amp;\"x\"</f><v>7</v></c></row>"
            "<row><c t=\"inlineStr\"><is><r><t>x</t></r><r><t>y_x000D_&#10;z</t></r><rPh><t>no</t></rPh></is></c>"
            "<c t=\"str\"><f>\"t\"</f><v>t,u</v></c><c t=\"s\"><v>99</v></c><c t=\"s\"><v>-1</v></c>"
            "<c r=\"A6\"><v>1</v></c><c r=\"ZZZZ6\"><v>1</v></c></row>"
            "</sheetData><mergeCells/></worksheet>",
            0),
        WEISU_OK);
    assert_int_equal(xlsx_reader_sheets(reader), 1);
    assert_string_equal(xlsx_reader_sheet(reader, 0)->name, "Sheet1");
    for (int round = 0; round < 2; round++) {
        expect("\"编号\",,\"a \"\"b\"\"\"", 2);
        expect("\"2549\",\"2019-04-08 08:37:20\",\"2019-04-08\",\"1\",,\"7\"", 5);
        expect("\"xy\r\nz\",\"t,u\"", 6);
        expect_end();
        assert_int_equal(xlsx_reader_enter(reader, 0, &err), WEISU_OK);
    }
}

/* Parts beyond 2 or 4 GiB have their sizes and positions in ZIP64 fields. */
static void parts_with_wide_numbers_are_read(void **state)
{
    (void)state;
    zip.is_wide = 1;
    assert_int_equal(open_sheet("<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>", 0),
                     WEISU_OK);
    expect("\"编号\"", 1);
    expect_end();
}

static void dates_count_from_1904_where_the_book_says_so(void **state)
{
    (void)state;
    assert_int_equal(
        open_sheet("<x:worksheet xmlns:x=\"x\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" s=\"2\"><x:v>42101"
                   "</x:v></x:c></x:row></x:sheetData></x:worksheet>",
                   1),
        WEISU_OK);
    expect("\"2019-04-08\"", 1);
    expect_end();
}

static void a_long_row_costs_one_row(void **state)
{
    (void)state;
    enum { long_bytes = 3 << 20 };
    char *sheet = malloc(long_bytes + 1000);
    size_t size = (size_t)sprintf(sheet, "<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>");
    memset(sheet + size, 'a', long_bytes);
    size += long_bytes;
    sprintf(sheet + size,
            "</t></is></c><c><v>1</v></c></row><row r=\"2\"><c><v>2</v></c></row></sheetData></worksheet>");
    assert_int_equal(open_sheet(sheet, 0), WEISU_OK);
    free(sheet);
    assert_int_equal(xlsx_reader_next(reader, &line, &more, &err), WEISU_ETOOLONG);
    assert_int_equal(line.number, 1);
    assert_true(line.size > 1000 && line.size < 10000);
    expect("\"2\"", 2);
    expect_end();
}

/* ---- what must not be read ---- */

static weisu_code read_sheet(const char *sheet)
{
    weisu_code code = open_sheet(sheet, 0);
    more = 1;
    while (!code && more)
        code = xlsx_reader_next(reader, &line, &more, &err);
    return code;
}

static void hostile_xml_is_refused(void **state)
{
    (void)state;
    char deep[1000] = "";
    for (int i = 0; i < 100; i++)
        strcat(deep, "<a>");
    static const struct {
        const char *sheet;
        weisu_code code;
        const char *sentence;
    } rows[] = {
        {"<!DOCTYPE a [<!ENTITY b \"cccc\">]><worksheet>&b;</worksheet>", WEISU_ELIMIT, "DOCTYPE"},
        {"<worksheet><sheetData><row><c><v>1</v></c>", WEISU_EIO, "损坏"},
        {"no xml", WEISU_EIO, "损坏"},
        {"", WEISU_EIO, "损坏"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_sheet(rows[i].sheet), rows[i].code);
        if (!strstr(err.text, rows[i].sentence))
            fail_msg("%s", err.text);
        tear_down(NULL);
    }
    assert_int_equal(read_sheet(deep), WEISU_ELIMIT);
    assert_non_null(strstr(err.text, "嵌套过深"));
}

static void a_tag_without_end_is_refused(void **state)
{
    (void)state;
    enum { tag_bytes = 8 << 20 };
    char *sheet = malloc(tag_bytes + 1);
    memset(sheet, 'a', tag_bytes);
    memcpy(sheet, "<worksheet ", 11);
    sheet[tag_bytes] = 0;
    assert_int_equal(read_sheet(sheet), WEISU_ELIMIT);
    assert_non_null(strstr(err.text, "标记过长"));
    free(sheet);
}

static void bombs_are_stopped(void **state)
{
    (void)state;
    size_t size = (size_t)300 << 20;
    char *sheet = malloc(size + 1);
    memset(sheet, ' ', size);
    memcpy(sheet, "<worksheet>", 11);
    sheet[size] = 0;
    assert_int_equal(read_sheet(sheet), WEISU_ELIMIT);
    free(sheet);
    assert_non_null(strstr(err.text, "压缩炸弹"));
}

static void damaged_archives_are_told(void **state)
{
    (void)state;
    static const char sheet[] = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    assert_int_equal(read_sheet(sheet), WEISU_OK);
    for (size_t size = 0; size + 4 < zip.size; size++) { /* the last bytes are zeros */
        struct zip_fixture cut = zip;
        cut.size = size;
        struct xlsx_reader *other = NULL;
        weisu_code code = xlsx_reader_new(&other, zip_fixture_source(&cut), NULL, &err);
        if (code != WEISU_EIO)
            fail_msg("cut at %zu: %d", size, code);
        assert_null(other);
    }
    assert_non_null(strstr(err.text, "被截断"));
    /* A byte within the sheet: the check sum or the XML tells. */
    zip.bytes[zip.part[5].offset + 30 + 24 + 20] ^= 0x10;
    xlsx_reader_free(reader);
    reader = NULL;
    assert_int_equal(xlsx_reader_new(&reader, zip_fixture_source(&zip), NULL, &err), WEISU_OK);
    assert_int_equal(xlsx_reader_enter(reader, 0, &err), WEISU_OK);
    weisu_code code = WEISU_OK;
    for (more = 1; !code && more;)
        code = xlsx_reader_next(reader, &line, &more, &err);
    assert_int_equal(code, WEISU_EIO);
}

/* Byte `at` of the directory's last entry, that of the sheet. */
static unsigned char *last_entry(size_t at)
{
    size_t size = 46 + strlen(zip.part[zip.count - 1].name);
    return zip.bytes + zip.size - 22 - size + at;
}

static void entries_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char sheet[] = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    static const struct {
        size_t at; /* in the entry */
        unsigned char byte;
        const char *sentence;
    } rows[] = {
        {8, 1, "密码"},     {10, 9, "压缩方法"}, {16, 0x55, "损坏"}, {23, 0x7f, "损坏"},
        {24, 0x55, "损坏"}, {45, 0x7f, "损坏"},  {42, 1, "损坏"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_sheet(sheet), WEISU_OK);
        assert_memory_equal(last_entry(0), "PK\1\2", 4);
        *last_entry(rows[i].at) ^= rows[i].byte;
        more = 1;
        weisu_code code = xlsx_reader_enter(reader, 0, &err);
        while (!code && more)
            code = xlsx_reader_next(reader, &line, &more, &err);
        assert_int_equal(code, WEISU_EIO);
        if (!strstr(err.text, rows[i].sentence))
            fail_msg("%zu: %s", i, err.text);
        tear_down(NULL);
    }
}

static void other_archives_are_told(void **state)
{
    (void)state;
    zip_fixture_text(&zip, "mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    zip_fixture_finish(&zip);
    assert_int_equal(xlsx_reader_new(&reader, zip_fixture_source(&zip), NULL, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "另存为"));
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(formats_tell_dates),
        TEST(numbers_keep_their_digits),
        TEST(serials_are_dates),
        TEST(escapes_are_decoded),
        TEST(strings_are_kept_or_spilt),
        TEST(rows_of_a_sheet_come_as_text),
        TEST(parts_with_wide_numbers_are_read),
        TEST(dates_count_from_1904_where_the_book_says_so),
        TEST(a_long_row_costs_one_row),
        TEST(hostile_xml_is_refused),
        TEST(a_tag_without_end_is_refused),
        TEST(bombs_are_stopped),
        TEST(damaged_archives_are_told),
        TEST(entries_that_cannot_be_are_refused),
        TEST(other_archives_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
