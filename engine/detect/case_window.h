/* The cases of the last 30 days: who, when, what, where, in which cluster. The evidence of cells, and the memory that
 * makes reporters distinct.
 *
 * A queue of chunks in sequence order, bounded in time and by WINDOW_MAX_CASES (the oldest leave first). Cases of one
 * reporter are chained backwards, and cases without text at one address. A reference is the case's number since the
 * start of the engine.
 * One thread. Adding costs about 100 ns, most of it one look-up of the reporter. Memory: 104 bytes a case and its id.
 */
#ifndef DETECT_CASE_WINDOW_H
#define DETECT_CASE_WINDOW_H

#include "base/byte_buffer.h"
#include "base/id_map.h"
#include "detect/row_codec.h"
#include "detect/subject_path.h"

enum { WINDOW_DAYS = 30, WINDOW_CHUNK = 1024, WINDOW_MAX_CASES = 1 << 22 };

enum window_chain { CHAIN_REPORTER, CHAIN_ADDRESS, WINDOW_CHAINS };

struct window_case {
    int64_t time_ms;
    uint64_t sequence;
    uint64_t key[WINDOW_CHAINS]; /* 0 unknown */
    struct subject_path path;
    uint32_t cluster;
    uint32_t back[WINDOW_CHAINS]; /* distance to the case before with the same key, 0 none */
    uint32_t id_offset;           /* in the chunk's bytes */
    uint16_t id_size;
    uint8_t date_only;
    uint8_t withdrawn;      /* it is in no window and hides no other case of its reporter */
    uint32_t within_day_ms; /* of a date only: about when on that day, by its place in the stream */
};

struct window_chunk;

struct case_window {
    const weisu_allocator *allocator;
    struct window_chunk **chunks; /* ring of `ring` pointers; number / WINDOW_CHUNK % ring */
    size_t ring;
    uint64_t first;                    /* oldest case */
    uint64_t next;                     /* number of the next one */
    struct id_map last[WINDOW_CHAINS]; /* key → low 32 bits of the number of its last case */
    uint64_t saved;                    /* cases before are written, those from here on are not */
    uint64_t saved_first;              /* oldest one that is written */
    uint64_t *changed;                 /* [changed_count] written cases that must be written again */
    size_t changed_count;
    size_t changed_capacity;
    struct loaded_case *loaded; /* between the first row of a checkpoint and case_window_loaded */
    size_t loaded_count;
    size_t loaded_capacity;
    struct byte_buffer loaded_ids;
};

void case_window_init(struct case_window *window, const weisu_allocator *allocator);
void case_window_dispose(struct case_window *window);

/* Room for one more case with an id of that size. 0; -1 when memory is out (nothing changed). */
int case_window_reserve(struct case_window *window, size_t id_size);
/* Appends; needs the reservation. The case's `back` and id place are filled here. */
void case_window_add(struct case_window *window, const struct window_case *added, weisu_str id);
/* Lets go of what is older than WINDOW_DAYS before the clock, or beyond the cap. */
void case_window_evict(struct case_window *window, int64_t clock_ms);

/* Number of the case with that sequence number; `next` when it is not in the window. */
uint64_t case_window_find(const struct case_window *window, uint64_t sequence);
/* The case is withdrawn, or is not after all. 0; -1 when memory is out (nothing changed). */
int case_window_withdraw(struct case_window *window, uint64_t number, int is_withdrawn);
/* `number` in [first, next). Valid until the next call that changes the window. */
const struct window_case *case_window_at(const struct case_window *window, uint64_t number);
weisu_str case_window_id(const struct case_window *window, uint64_t number);
/* The last case with that key (not 0); `next` when there is none. */
uint64_t case_window_last_of(const struct case_window *window, enum window_chain chain, uint64_t key);
/* The one before that; `next` when there is none. */
uint64_t case_window_before(const struct case_window *window, enum window_chain chain, uint64_t number);
size_t case_window_bytes(const struct case_window *window);

/* Rows of STATE_WINDOW_CASE, by number: as many of those that changed as the sink wants now. */
weisu_code case_window_drain(struct case_window *window, const struct path_model *model, const struct state_sink *sink,
                             weisu_err *err);
/* 1 when there are such rows. */
int case_window_unsaved(const struct case_window *window);
/* Every case counts as changed. */
void case_window_note_all_changed(struct case_window *window);
/* Rows in any order; case_window_loaded puts them into theirs. Places and topics that the model does not know are left
 * out and counted in *homeless. */
weisu_code case_window_load(struct case_window *window, const struct path_model *model, const struct state_row *row,
                            uint64_t *homeless, weisu_err *err);
weisu_code case_window_loaded(struct case_window *window, weisu_err *err);

#endif
