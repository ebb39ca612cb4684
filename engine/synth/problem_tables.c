#include "synth/problem_tables.h"

#include "base/failure.h"
#include "synth/table_parts.h"

#include <string.h>

static weisu_code fill_rhythm(struct wording_tables *tables, const struct table_rows *rows, struct rhythm *rhythm,
                              size_t length, weisu_err *err)
{
    uint64_t sum = 0;
    if (!rhythm || !(rhythm->name = arena_copy(&tables->arena, rows->column[1])).data)
        return tables_out_of_memory(err);
    weisu_str rest = rows->column[2];
    weisu_str share;
    size_t count = 0;
    while (count < length && rows_split(&rest, ' ', &share)) {
        if (rows_number(share, &rhythm->share[count]))
            return rows_fault(rows, err, "a share is not a number");
        sum += rhythm->share[count++];
    }
    if (count != length || rest.size)
        return rows_fault(rows, err, "a rhythm with a wrong number of shares");
    return sum ? WEISU_OK : rows_fault(rows, err, "a rhythm of zeros");
}

weisu_code problem_read_rhythm(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 3)
        return rows_fault(rows, err, "expected month, hour or week, name, shares");
    if (rows_equal(rows->column[0], "month"))
        return fill_rhythm(tables, rows, PUSH(tables, tables->months, tables->month_count), MONTHS, err);
    if (rows_equal(rows->column[0], "hour"))
        return fill_rhythm(tables, rows, PUSH(tables, tables->hours, tables->hour_count), HOURS, err);
    if (rows_equal(rows->column[0], "week"))
        return fill_rhythm(tables, rows, PUSH(tables, tables->weekdays, tables->weekday_count), WEEKDAYS, err);
    return rows_fault(rows, err, "expected month, hour or week");
}

static const struct rhythm *find_rhythm(const struct rhythm *rhythms, uint32_t count, weisu_str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (tables_same(rhythms[i].name, name))
            return &rhythms[i];
    return NULL;
}

static int read_types(struct wording_tables *tables, struct problem *problem, weisu_str names)
{
    weisu_str name;
    while (rows_split(&names, ',', &name)) {
        const struct place_type *type = tables_find_type(tables, name);
        if (!type || problem->type_count == PROBLEM_MAX_TYPES)
            return -1;
        problem->types[problem->type_count++] = (uint32_t)(type - tables->types);
    }
    return problem->type_count ? 0 : -1;
}

static int read_traits(struct problem *problem, weisu_str names)
{
    static const char *const known[] = {"surge", "common", "risk", "holiday"};
    enum { KNOWN = sizeof known / sizeof known[0] };
    weisu_str name;
    while (rows_split(&names, ',', &name)) {
        size_t i = 0;
        while (i < KNOWN && !rows_equal(name, known[i]))
            i++;
        if (i < KNOWN)
            problem->traits |= 1u << i;
        else if (!rows_equal(name, "-"))
            return -1;
    }
    return 0;
}

weisu_code problem_read(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    if (rows->column_count != 9)
        return rows_fault(rows, err, "expected nine columns");
    struct problem *problem = PUSH(tables, tables->problems, tables->problem_count);
    if (!problem)
        return tables_out_of_memory(err);
    problem->id = arena_copy(&tables->arena, rows->column[0]);
    problem->name = arena_copy(&tables->arena, rows->column[1]);
    if (!problem->id.data || !problem->name.data)
        return tables_out_of_memory(err);
    if (rows_number(rows->column[2], &problem->weight) || read_types(tables, problem, rows->column[3]))
        return rows_fault(rows, err, "wrong weight, or a type of place that is not known");
    problem->months = find_rhythm(tables->months, tables->month_count, rows->column[4]);
    problem->hours = find_rhythm(tables->hours, tables->hour_count, rows->column[5]);
    problem->weekdays = find_rhythm(tables->weekdays, tables->weekday_count, rows->column[5]);
    problem->company = tables_find_organisation(tables, rows->column[6], "general");
    problem->shop = tables_find_organisation(tables, rows->column[7], "store");
    if (!problem->months || !problem->hours || !problem->weekdays)
        return rows_fault(rows, err, "a rhythm that is not known");
    if (problem->company == NO_CLASS || problem->shop == NO_CLASS || read_traits(problem, rows->column[8]))
        return rows_fault(rows, err, "an organisation or a trait that is not known");
    return WEISU_OK;
}

struct problem *problem_find(struct wording_tables *tables, weisu_str id)
{
    for (uint32_t i = 0; i < tables->problem_count; i++)
        if (tables_same(tables->problems[i].id, id))
            return &tables->problems[i];
    return NULL;
}

weisu_code problem_read_facet(struct wording_tables *tables, const struct table_rows *rows, weisu_err *err)
{
    struct problem *problem = rows->column_count == 3 ? problem_find(tables, rows->column[0]) : NULL;
    if (!problem)
        return rows_fault(rows, err, "expected problem, objects, defects");
    if (tables_copy_parts(tables, rows->column[1], ' ', &problem->objects, &problem->object_count) ||
        tables_copy_parts(tables, rows->column[2], ' ', &problem->defects, &problem->defect_count))
        return tables_out_of_memory(err);
    return WEISU_OK;
}
