/* What a record of a new id must have, whatever came before it. Pure; any thread. */
#ifndef PIPELINE_RECORD_FORM_H
#define PIPELINE_RECORD_FORM_H

#include <weisu/error.h>
#include <weisu/record.h>

/* WEISU_OK, or the code of the first thing that is wrong: WEISU_EFIELD, WEISU_EMISSING, WEISU_EUNKNOWN_ID. */
weisu_code record_check_form(const weisu_record *record, weisu_err *err);

#endif
