#include "pipeline/record_form.h"

#include "base/failure.h"
#include "pipeline/case_registry.h"

static int has_place(const weisu_record *r)
{
    return r->area || r->address.size || (r->has & WEISU_HAS_POSITION);
}

/* An id stands in tables of tab-separated lines. */
static int has_control(weisu_str id)
{
    for (size_t i = 0; i < id.size; i++)
        if ((unsigned char)id.data[i] < 0x20 || id.data[i] == 0x7f)
            return 1;
    return 0;
}

weisu_code record_check_form(const weisu_record *r, weisu_err *err)
{
    if (r->id.size == 0 || r->id.size > 128)
        return failure(err, WEISU_EFIELD, "id must have 1 to 128 bytes");
    if (has_control(r->id))
        return failure(err, WEISU_EFIELD, "id holds a control character");
    if (r->time_ms == WEISU_NO_TIME)
        return case_has_changes(r) ? failure(err, WEISU_EUNKNOWN_ID, "update of an id that is not known")
                                   : failure(err, WEISU_EMISSING, "time is missing");
    if (r->text.size == 0 && !(r->category.size && has_place(r)))
        return failure(err, WEISU_EMISSING, "text is missing, and category with a place does not stand in for it");
    return WEISU_OK;
}
