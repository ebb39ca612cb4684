/* An operator's action as an entry of the log: what, about what, by whom.
 *
 * An entry LOG_ACTION carries it in its record: `id` is the subject's (an alert's "a…", a cluster's "c…"), `category`
 * the name of the action, `channel` who did it. It is durable before it is answered and replayed like any other entry;
 * one about something that the engine does not know has no effect. Pure; any thread. */
#ifndef PIPELINE_LOG_ACTION_H
#define PIPELINE_LOG_ACTION_H

#include <weisu/alert.h>
#include <weisu/error.h>
#include <weisu/record.h>

enum { LOG_ACTION_BY_BYTES = 64 };

struct log_action {
    weisu_str subject;
    weisu_action action;
    weisu_str by; /* 1 to LOG_ACTION_BY_BYTES bytes of UTF-8 without control characters */
};

/* "accept", "done", "dismiss", "undo". */
const char *log_action_name(weisu_action action);
/* 0 and *out; -1 for any other name. */
int log_action_find(weisu_str name, weisu_action *out);

/* WEISU_EFIELD: who acts is missing, too long or no plain text. */
weisu_code log_by_check(weisu_str by, weisu_err *err);
/* WEISU_EFIELD: the subject or who acted is missing, too long or holds what does not belong there. */
weisu_code log_action_check(const struct log_action *action, weisu_err *err);
/* Strings are the action's and static ones. */
weisu_record log_action_record(const struct log_action *action);
/* 0 and *out, whose strings are the record's; -1 when it is no action that this version knows. */
int log_action_read(const weisu_record *record, struct log_action *out);

#endif
