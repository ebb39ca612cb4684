#include "pipeline/log_action.h"

#include "base/failure.h"
#include "base/utf8.h"

#include <string.h>

enum { SUBJECT_BYTES = 32, ACTIONS = WEISU_ACTION_UNDO + 1 };

static const char *const names[ACTIONS] = {[WEISU_ACTION_ACCEPT] = "accept",
                                           [WEISU_ACTION_DONE] = "done",
                                           [WEISU_ACTION_DISMISS] = "dismiss",
                                           [WEISU_ACTION_UNDO] = "undo"};

const char *log_action_name(weisu_action action)
{
    return names[action];
}

int log_action_find(weisu_str name, weisu_action *out)
{
    for (int i = 0; i < ACTIONS; i++)
        if (name.size == strlen(names[i]) && memcmp(name.data, names[i], name.size) == 0) {
            *out = (weisu_action)i;
            return 0;
        }
    return -1;
}

static int has_control(weisu_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            return 1;
    return 0;
}

weisu_code log_by_check(weisu_str by, weisu_err *err)
{
    if (by.size == 0 || by.size > LOG_ACTION_BY_BYTES)
        return failure(err, WEISU_EFIELD, "who acts has 1 to %d bytes", LOG_ACTION_BY_BYTES);
    if (has_control(by) || utf8_valid_size(by) != by.size)
        return failure(err, WEISU_EFIELD, "who acts is not plain text in UTF-8");
    return WEISU_OK;
}

weisu_code log_action_check(const struct log_action *action, weisu_err *err)
{
    if (action->subject.size == 0 || action->subject.size > SUBJECT_BYTES || has_control(action->subject))
        return failure(err, WEISU_EFIELD, "an action is about no subject");
    return log_by_check(action->by, err);
}

weisu_record log_action_record(const struct log_action *action)
{
    const char *name = names[action->action];
    return (weisu_record){.id = action->subject,
                          .category = {name, strlen(name)},
                          .channel = action->by,
                          .time_ms = WEISU_NO_TIME,
                          .closed_ms = WEISU_NO_TIME,
                          .updated_ms = WEISU_NO_TIME};
}

int log_action_read(const weisu_record *record, struct log_action *out)
{
    out->subject = record->id;
    out->by = record->channel;
    return log_action_find(record->category, &out->action);
}
