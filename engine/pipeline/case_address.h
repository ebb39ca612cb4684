/* Where a record is that has a label ("Garbage in alley") or nothing for a text, as one number: its address however it
 * is spaced and cased, or else its position to about ten metres. Such records say what, but not which: what links them
 * is the address (detector_earlier). Pure; any thread; about 50 ns. */
#ifndef PIPELINE_CASE_ADDRESS_H
#define PIPELINE_CASE_ADDRESS_H

#include <weisu/record.h>

/* 0: the record's title and text are longer than a label, or it has neither address nor position. */
uint64_t case_address(const weisu_record *record);

#endif
