/* A live alert, and what is remembered of one that was cleared. Shared by the files of this folder. */
#ifndef ALERT_ALERT_ENTRY_H
#define ALERT_ALERT_ENTRY_H

#include "base/byte_buffer.h"
#include "detect/detector.h"

#include <weisu/alert.h>

enum {
    ALERT_ID_BYTES = 16,       /* "a", 13 characters of base32, a 0 */
    ALERT_FIRST = 20,          /* ids of evidence that an alert names: the first, */
    ALERT_LAST = 80,           /* and the last */
    ALERT_CASE_ID_BYTES = 128, /* of a complaint, by contract */
    ALERT_SPOT_NAME_BYTES = 64,
    ALERT_BY_BYTES = 65, /* of who acted, with a 0 */
    ALERT_TRAIL = 4      /* actions that can be taken back */
};

/* What somebody made of an alert. */
struct alert_handling {
    uint32_t state; /* weisu_handling */
    int64_t time_ms;
    uint64_t complaints; /* known then */
    char by[ALERT_BY_BYTES];
};

/* Evidence of a cell: cases come one by one and leave the detector's window while the alert lives. A cluster keeps its
 * own. */
struct alert_evidence {
    uint64_t total;
    uint32_t kept;
    uint32_t reporters_known;
    struct {
        uint64_t sequence;
        uint32_t size;
        char text[ALERT_CASE_ID_BYTES];
    } item[ALERT_FIRST + ALERT_LAST];
};

struct alert_entry {
    struct detect_signal signal; /* its latest */
    uint64_t serial;             /* of the raise, 1 and up: order of the live ones */
    uint64_t subject_key;        /* key of the cluster or cell */
    uint64_t after_sequence;     /* evidence comes after this entry of the log */
    uint64_t said_sequence;      /* what comes after this was not said yet */
    uint64_t base_members;       /* of the cluster, before this alert's evidence */
    uint64_t said_complaints;    /* at the last change */
    uint64_t said_reporters;
    int64_t last_change_ms;
    int64_t due_ms; /* cleared then, unless something comes */
    int32_t raised_surprise_q16;
    uint32_t change;
    uint32_t kind; /* weisu_alert_kind */
    uint32_t level;
    uint32_t places;                       /* of a cell at its raise: distinct spots or divisions */
    uint32_t is_changed;                   /* since the last save */
    struct forecast_span told;             /* of a cell, at the raise */
    uint64_t told_complaints;              /* known then */
    uint32_t season_hits;                  /* of a seasonal alert: earlier years in which it came, */
    uint32_t season_years;                 /* of so many looked at, */
    struct season_year year[SEASON_YEARS]; /* [season_hits], newest first; */
    int32_t season_first_day;              /* and when it is expected: local days */
    int32_t season_last_day;
    uint32_t trail_count;
    struct alert_handling trail[ALERT_TRAIL]; /* the last one holds */
    char id[ALERT_ID_BYTES];
    char recurrence_of[ALERT_ID_BYTES]; /* empty: none */
    char spot_name[ALERT_SPOT_NAME_BYTES];
    struct alert_evidence *evidence; /* of a cell */
    struct byte_buffer blob;         /* the last change, see alert_blob.h */
};

/* What holds now, NULL when nobody acted. */
static inline const struct alert_handling *alert_handled(const struct alert_entry *entry)
{
    return entry->trail_count ? &entry->trail[entry->trail_count - 1] : NULL;
}

struct alert_past {
    uint64_t subject_key;
    uint64_t serial;
    uint64_t after_sequence; /* evidence of a recurrence comes after this */
    uint64_t base_members;
    int64_t cleared_ms;
    uint64_t dismissal_key[DISMISSAL_KEYS]; /* what a dismissal of it is about */
    char id[ALERT_ID_BYTES];
};

#endif
