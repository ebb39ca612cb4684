/* A change of an alert: what `weisu batch` writes as one line of alerts.jsonl. */
#ifndef WEISU_ALERT_H
#define WEISU_ALERT_H

#include <stdint.h>
#include <weisu/str.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum weisu_alert_state { WEISU_RAISED, WEISU_UPDATED, WEISU_CLEARED } weisu_alert_state;

typedef enum weisu_alert_kind { WEISU_REPEAT, WEISU_SURGE, WEISU_COMMON, WEISU_SEASONAL, WEISU_RISK } weisu_alert_kind;

/* What people made of an alert. */
typedef enum weisu_handling {
    WEISU_HANDLING_NONE,
    WEISU_HANDLING_ACCEPTED, /* somebody works on it */
    WEISU_HANDLING_DONE,     /* dealt with; what comes after that is said */
    WEISU_HANDLING_DISMISSED /* no hotspot; its subject has to be rarer before it is raised again */
} weisu_handling;

typedef enum weisu_action {
    WEISU_ACTION_ACCEPT,
    WEISU_ACTION_DONE,
    WEISU_ACTION_DISMISS,
    WEISU_ACTION_UNDO /* takes the last one back */
} weisu_action;

/* One step of a place or topic path: "110105", "朝阳区". A spot's code is "s" and 16 hexadecimal digits. */
typedef struct weisu_step {
    weisu_str code;
    weisu_str name;
} weisu_step;

/* Everything that is known at the moment of the change. Strings and arrays belong to the engine and live until the next
 * call that is given the engine. */
typedef struct weisu_alert {
    weisu_str alert; /* stable id: "a" and base32 */
    uint32_t change; /* 1, 2, … of this alert */
    weisu_alert_state state;
    weisu_alert_kind kind;
    int64_t time_ms;   /* the clock at the change, never earlier than its evidence */
    uint64_t sequence; /* of the log entry that caused it */
    uint32_t level;    /* 1 to 4, 1 gravest */
    weisu_str cluster; /* cluster id, or size 0 */
    const weisu_step *place;
    size_t place_count;
    const weisu_step *topic;
    size_t topic_count;
    weisu_str title;
    const weisu_str *keywords;
    size_t keyword_count;
    const weisu_str *complaints; /* ids of the evidence: the first 20 and the last 80 at most */
    size_t complaints_count;     /* ids in `complaints` */
    uint64_t complaint_count;    /* all of them */
    const weisu_str *added;      /* ids since the last change, at most 100 */
    size_t added_count;
    uint64_t reporters;
    int reporters_known;
    int64_t expected_milli; /* expected count in the window without a hotspot, × 1000 */
    int64_t window_hours;
    int64_t recurrence_days_milli; /* × 1000; -1: too little history */
    int64_t forecast_milli;        /* complaints still to come, × 1000; -1: not known */
    int64_t forecast_low_milli;    /* 80 % interval */
    int64_t forecast_high_milli;
    weisu_str unit;
    const weisu_str *units;
    size_t unit_count;
    const weisu_str *tags;
    size_t tag_count;
    weisu_str recurrence_of; /* an earlier alert's id, or size 0 */
    weisu_handling handling;
    weisu_str handled_by;     /* who acted last; size 0 with WEISU_HANDLING_NONE */
    int64_t handled_ms;       /* the clock then */
    const weisu_str *reasons; /* short sentences in Chinese */
    size_t reason_count;
} weisu_alert;

#ifdef __cplusplus
}
#endif
#endif
