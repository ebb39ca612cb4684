#include "synth/wording_tables.h"

#include "base/civil_time.h"
#include "base/failure.h"
#include "synth/phrase_tables.h"
#include "synth/problem_tables.h"
#include "synth/table_parts.h"

#include <string.h>

enum { MAX_WORDINGS = 64 }; /* of one part in one set: the composer marks used ones in a word of 64 bits */

/* ---- one row of each table ---- */

typedef weisu_code (*row_reader)(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err);

static weisu_code read_words(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 2)
        return rows_fault(rows, err, "expected class and words");
    struct word_class *class = PUSH(tables, tables->classes, tables->class_count);
    if (!class)
        return tables_out_of_memory(err);
    class->name = arena_copy(&tables->arena, rows->column[0]);
    if (!class->name.data || tables_copy_parts(tables, rows->column[1], ' ', &class->words, &class->count))
        return tables_out_of_memory(err);
    return class->count ? WEISU_OK : rows_fault(rows, err, "a class without words");
}

static uint32_t find_group(struct wording_tables *tables, weisu_str name)
{
    for (uint32_t i = 0; i < tables->group_count; i++)
        if (tables_same(tables->group_names[i], name))
            return i;
    return NO_CLASS;
}

static struct place_type *add_type(struct wording_tables *tables, weisu_str name, weisu_str group)
{
    struct place_type *type = PUSH(tables, tables->types, tables->type_count);
    if (!type)
        return NULL;
    uint32_t at = find_group(tables, group);
    type->name = arena_copy(&tables->arena, name);
    type->group = at == NO_CLASS ? NULL : &tables->groups[at];
    return type->name.data ? type : NULL;
}

static weisu_code read_place(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    uint32_t weight;
    if (rows->column_count != 8 || rows_number(rows->column[2], &weight) || weight == 0)
        return rows_fault(rows, err, "expected type, group, weight, stem, suffix, tail, generic, buildings");
    struct place_type *type = tables_find_type(tables, rows->column[0]);
    if (!type && !(type = add_type(tables, rows->column[0], rows->column[1])))
        return tables_out_of_memory(err);
    struct place_form *form = PUSH(tables, type->forms, type->form_count);
    if (!form)
        return tables_out_of_memory(err);
    if (tables_copy_parts(tables, rows->column[7], ' ', &form->buildings, &form->building_count))
        return tables_out_of_memory(err);
    if (!form->building_count)
        return rows_fault(rows, err, "a place without buildings");
    form->weight = weight;
    type->weight += weight;
    tables->type_weight += weight;
    struct template_range *parts[] = {&form->stem, &form->suffix, &form->tail, &form->generic};
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < 4 && !code; i++)
        code = tables_compile(tables, rows, rows->column[3 + i], parts[i], err);
    return code;
}

static weisu_code read_organisation(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 4)
        return rows_fault(rows, err, "expected class, stem, suffix, scope");
    struct organisation_class *class = PUSH(tables, tables->organisations, tables->organisation_count);
    if (!class || !(class->name = arena_copy(&tables->arena, rows->column[0])).data)
        return tables_out_of_memory(err);
    if (rows_equal(rows->column[3], "place"))
        class->scope = SCOPE_PLACE;
    else if (rows_equal(rows->column[3], "district"))
        class->scope = SCOPE_DISTRICT;
    else if (!rows_equal(rows->column[3], "event"))
        return rows_fault(rows, err, "expected event, place or district");
    weisu_code code = tables_compile(tables, rows, rows->column[1], &class->stem, err);
    return code ? code : tables_compile(tables, rows, rows->column[2], &class->suffix, err);
}

/* The groups must exist before the places that name them: a first walk over the shared wordings only collects names. */
static weisu_code read_group_name(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    weisu_str name = rows->column[0];
    if (name.size < 2 || name.data[0] != '+')
        return WEISU_OK;
    name = (weisu_str){name.data + 1, name.size - 1};
    if (find_group(tables, name) != NO_CLASS)
        return WEISU_OK;
    weisu_str *slot = PUSH(tables, tables->group_names, tables->group_count);
    if (!slot || !(*slot = arena_copy(&tables->arena, name)).data)
        return tables_out_of_memory(err);
    return WEISU_OK;
}

static struct wording_set *find_set(struct wording_tables *tables, weisu_str name)
{
    if (rows_equal(name, "*"))
        return &tables->common;
    if (name.size && name.data[0] == '+') {
        uint32_t at = find_group(tables, (weisu_str){name.data + 1, name.size - 1});
        return at == NO_CLASS ? NULL : &tables->groups[at];
    }
    struct problem *problem = problem_find(tables, name);
    return problem ? &problem->wordings : NULL;
}

static int find_part(weisu_str letter)
{
    static const char letters[] = {
#define X(letter, part) letter,
        WORDING_PARTS(X)
#undef X
    };
    for (int i = 0; letter.size == 1 && i < PART_COUNT; i++)
        if (letters[i] == letter.data[0])
            return i;
    return -1;
}

static weisu_code add_wording(struct wording_tables *tables, const struct table_rows *rows, struct wording_set *set,
                              enum wording_part part, weisu_str text, weisu_err *err)
{
    if (set->count[part] == MAX_WORDINGS)
        return rows_fault(rows, err, "more than 64 wordings of one part");
    struct template_range *wording = PUSH(tables, set->wordings[part], set->count[part]);
    if (!wording)
        return tables_out_of_memory(err);
    return tables_compile(tables, rows, text, wording, err);
}

/* Claims, details, effects and demands of a problem or a group are told in clauses, each of which is a wording: people
 * mix the same observations in ever other ways. What follows the first clause of a claim is a detail. */
static weisu_code read_wording(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 3)
        return rows_fault(rows, err, "expected problem, part, text");
    struct wording_set *set = find_set(tables, rows->column[0]);
    int found = find_part(rows->column[1]);
    if (!set || found < 0)
        return rows_fault(rows, err, "a problem or a part that is not known");
    enum wording_part part = (enum wording_part)found;
    if (set == &tables->common ||
        (part != PART_CLAIM && part != PART_DETAIL && part != PART_EFFECT && part != PART_ASK))
        return add_wording(tables, rows, set, part, rows->column[2], err);
    weisu_str rest = rows->column[2];
    weisu_str clause;
    weisu_code code = WEISU_OK;
    while (!code && phrase_cut_clause(&rest, &clause)) {
        code = add_wording(tables, rows, set, part, clause, err);
        part = part == PART_CLAIM ? PART_DETAIL : part;
    }
    return code;
}

static weisu_code read_holiday(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    struct civil_text date;
    struct holiday *holiday = PUSH(tables, tables->holidays, tables->holiday_count);
    if (!holiday)
        return tables_out_of_memory(err);
    if (rows->column_count != 4 || civil_parse(rows->column[0], &date) || !date.is_date_only ||
        rows_number(rows->column[1], &holiday->days) || rows_number(rows->column[2], &holiday->percent))
        return rows_fault(rows, err, "expected first day, days, percent, name");
    holiday->first_day = civil_days(date.time.year, date.time.month, date.time.day);
    holiday->name = arena_copy(&tables->arena, rows->column[3]);
    return holiday->name.data ? WEISU_OK : tables_out_of_memory(err);
}

static weisu_code read_confusion(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 2 || rows->column[0].size != 3 || rows->column[1].size < 3)
        return rows_fault(rows, err, "expected a character and what it is taken for");
    struct confusion *confusion = PUSH(tables, tables->confusions, tables->confusion_count);
    if (!confusion)
        return tables_out_of_memory(err);
    confusion->right = arena_copy(&tables->arena, rows->column[0]);
    confusion->wrong = arena_copy(&tables->arena, rows->column[1]);
    return confusion->right.data && confusion->wrong.data ? WEISU_OK : tables_out_of_memory(err);
}

static weisu_code read_district(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 5)
        return rows_fault(rows, err, "expected city, district, short form, weight, subdistricts");
    struct district *district = PUSH(tables, tables->districts, tables->district_count);
    if (!district)
        return tables_out_of_memory(err);
    district->name = arena_copy(&tables->arena, rows->column[1]);
    district->brief = arena_copy(&tables->arena, rows->column[2]);
    if (rows_number(rows->column[3], &district->weight) || district->weight == 0)
        return rows_fault(rows, err, "a weight is not a number");
    if (!district->name.data || !district->brief.data ||
        tables_copy_parts(tables, rows->column[4], ' ', &district->subdistricts, &district->subdistrict_count))
        return tables_out_of_memory(err);
    tables->district_weight += district->weight;
    return district->subdistrict_count ? WEISU_OK : rows_fault(rows, err, "a district without subdistricts");
}

/* ---- the whole ---- */

static weisu_code read_table(struct wording_tables *tables, const char *folder, const char *name, row_reader reader,
                             weisu_err *err)
{
    struct table_rows rows;
    weisu_code code = rows_open(&rows, folder, name, tables->arena.allocator, err);
    if (code)
        return code;
    tables->pool.find_synonym = reader == read_wording ? phrase_find_synonym : NULL;
    while (!code && rows_next(&rows))
        code = reader(tables, &rows, err);
    rows_close(&rows);
    return code;
}

static int class_of(void *context, weisu_str name)
{
    const struct wording_tables *tables = context;
    for (uint32_t i = 0; i < tables->class_count; i++)
        if (tables_same(tables->classes[i].name, name))
            return (int)i;
    return -1;
}

static weisu_code make_groups(struct wording_tables *tables, const char *folder, weisu_err *err)
{
    weisu_code code = read_table(tables, folder, "wordings_shared.tsv", read_group_name, err);
    if (code)
        return code;
    tables->groups = arena_take_array(&tables->arena, tables->group_count, sizeof *tables->groups);
    if (!tables->groups)
        return tables_out_of_memory(err);
    memset(tables->groups, 0, tables->group_count * sizeof *tables->groups);
    return WEISU_OK;
}

/* Every set must be able to make a whole complaint. */
static weisu_code check_wordings(const struct wording_tables *tables, weisu_err *err)
{
    static const enum wording_part own[] = {PART_TITLE, PART_ISSUE, PART_CLAIM, PART_DETAIL, PART_EFFECT, PART_ASK};
    for (uint32_t i = 0; i < tables->problem_count; i++)
        for (size_t part = 0; part < sizeof own / sizeof own[0]; part++)
            if (!tables->problems[i].wordings.count[own[part]] || !tables->problems[i].object_count ||
                !tables->problems[i].defect_count)
                return failure(err, WEISU_ESYNTAX, "problem %s lacks a part", tables->problems[i].id.data);
    for (int part = 0; part < PART_COUNT; part++)
        if (!tables->common.count[part] && part != PART_EFFECT)
            return failure(err, WEISU_ESYNTAX, "the shared wordings lack a part");
    for (uint32_t i = 0; i < tables->phrase_count; i++)
        if (!tables->phrases[i].count)
            return failure(err, WEISU_ESYNTAX, "the phrase %s is not defined", tables->phrases[i].name.data);
    if (!tables->problem_count || !tables->type_count)
        return failure(err, WEISU_ESYNTAX, "there are no problems or no places");
    return WEISU_OK;
}

static const struct word_class *named_class(const struct wording_tables *tables, const char *name)
{
    int at = class_of((void *)(uintptr_t)tables, (weisu_str){name, strlen(name)});
    return at < 0 ? NULL : &tables->classes[at];
}

static int find_named_type(const struct wording_tables *tables, const char *name, uint32_t *out)
{
    const struct place_type *type = tables_find_type(tables, (weisu_str){name, strlen(name)});
    *out = type ? (uint32_t)(type - tables->types) : 0;
    return type ? 0 : -1;
}

/* What the sources name, once and for all. */
static weisu_code find_named(struct wording_tables *tables, weisu_err *err)
{
    tables->surnames = named_class(tables, "surname");
    tables->given_names = named_class(tables, "given");
    tables->honorifics = named_class(tables, "honorific");
    tables->bosses = named_class(tables, "boss");
    tables->property = tables_find_organisation(tables, (weisu_str){"property", 8}, "");
    if (!tables->surnames || !tables->given_names || !tables->honorifics || !tables->bosses)
        return failure(err, WEISU_ESYNTAX, "there are no surnames, given names, honorifics or bosses");
    if (tables->property == NO_CLASS)
        return failure(err, WEISU_ESYNTAX, "there is no organisation of the class property");
    if (find_named_type(tables, "road", &tables->road) || find_named_type(tables, "village", &tables->village))
        return failure(err, WEISU_ESYNTAX, "there are no roads or no villages");
    return WEISU_OK;
}

static weisu_code read_districts_of(struct wording_tables *tables, const char *folder, const char *city, weisu_err *err)
{
    struct table_rows rows;
    weisu_code code = rows_open(&rows, folder, "districts.tsv", tables->arena.allocator, err);
    if (code)
        return code;
    while (!code && rows_next(&rows))
        if (rows_equal(rows.column[0], city))
            code = read_district(tables, &rows, err);
    rows_close(&rows);
    if (!code && tables->district_count == 0)
        code = failure(err, WEISU_ECONFIG, "synth has no districts of city %s", city);
    return code;
}

weisu_code wording_tables_load(struct wording_tables *tables, const char *folder, const char *city,
                               const weisu_allocator *allocator, weisu_err *err)
{
    static const struct {
        const char *name;
        row_reader reader;
    } files[] = {
        {"vocabulary.tsv", read_words},
        {"vocabulary_daily.tsv", read_words},
        {"synonyms.tsv", phrase_read_synonyms},
        {"rhythms.tsv", problem_read_rhythm},
        {"holidays.tsv", read_holiday},
        {"confusions.tsv", read_confusion},
        {"organisations.tsv", read_organisation},
        {"spots.tsv", read_place},
        {"problems.tsv", problem_read},
        {"facets.tsv", problem_read_facet},
        {"phrases.tsv", phrase_read},
        {"wordings_shared.tsv", read_wording},
        {"wordings_home.tsv", read_wording},
        {"wordings_street.tsv", read_wording},
        {"wordings_housing.tsv", read_wording},
        {"wordings_services.tsv", read_wording},
    };
    *tables = (struct wording_tables){.type_weight = 0};
    arena_init(&tables->arena, allocator, 0);
    template_pool_init(&tables->pool, allocator);
    tables->pool.find_class = class_of;
    tables->pool.find_phrase = phrase_find;
    tables->pool.context = tables;
    weisu_code code = make_groups(tables, folder, err);
    for (size_t i = 0; i < sizeof files / sizeof files[0] && !code; i++)
        code = read_table(tables, folder, files[i].name, files[i].reader, err);
    if (!code)
        code = read_districts_of(tables, folder, city, err);
    if (!code)
        code = check_wordings(tables, err);
    if (!code)
        code = find_named(tables, err);
    if (code)
        wording_tables_free(tables);
    return code;
}

void wording_tables_free(struct wording_tables *tables)
{
    template_pool_dispose(&tables->pool);
    arena_dispose(&tables->arena);
}
