/* The store: log, what the engine made of it, checkpoint; the data folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/data_folder.h"
#include "store/store.h"

/* A data folder that does not exist yet, in a folder of the test's own. */
struct place {
    char root[64];
    char folder[80];
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    if (!place)
        return -1;
    snprintf(place->root, sizeof place->root, "/tmp/weisu-test-store-XXXXXX");
    if (!mkdtemp(place->root))
        return -1;
    snprintf(place->folder, sizeof place->folder, "%s/data", place->root);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    DIR *folder = opendir(place->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", place->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(place->folder);
    rmdir(place->root);
    free(place);
    return 0;
}

static weisu_str str(const char *text)
{
    return (weisu_str){text, strlen(text)};
}

static struct store *open_store(const char *folder, enum store_mode mode)
{
    struct store *store;
    weisu_err err = {.text = ""};
    weisu_code code = store_open(&store, folder, mode, NULL, &err);
    if (code)
        fail_msg("store_open: %s", err.text);
    return store;
}

static struct log_entry entry_of(uint64_t sequence, char id[16])
{
    snprintf(id, 16, "id-%llu", (unsigned long long)sequence);
    struct log_entry entry = {.sequence = sequence, .kind = LOG_RECORD, .time_ms = (int64_t)sequence * 1000};
    entry.record = (weisu_record){.id = str(id),
                                  .text = str("楼道堆满纸箱"),
                                  .time_ms = (int64_t)sequence * 1000 - 7,
                                  .closed_ms = WEISU_NO_TIME,
                                  .updated_ms = WEISU_NO_TIME};
    if (sequence % 2)
        entry.record.reporter = (weisu_str){"0123456789abcde", 16};
    return entry;
}

static void append_entries(struct store *store, uint64_t first, uint64_t last)
{
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    for (uint64_t sequence = first; sequence <= last; sequence++) {
        char id[16];
        struct log_entry entry = entry_of(sequence, id);
        if (sequence % 100 == 0)
            entry = (struct log_entry){.sequence = sequence, .kind = LOG_TICK, .time_ms = (int64_t)sequence * 1000};
        assert_int_equal(store_append(store, &entry, NULL), WEISU_OK);
    }
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
}

struct seen {
    uint64_t next;
    size_t calls;
    size_t ticks;
};

static weisu_code see_entries(void *context, const struct log_entry *entries, size_t count, weisu_err *err)
{
    (void)err;
    struct seen *seen = context;
    seen->calls++;
    for (size_t i = 0; i < count; i++, seen->next++) {
        char id[16];
        struct log_entry truth = entry_of(seen->next, id);
        assert_int_equal(entries[i].sequence, seen->next);
        assert_int_equal(entries[i].time_ms, (int64_t)seen->next * 1000);
        seen->ticks += entries[i].kind == LOG_TICK;
        if (entries[i].kind == LOG_TICK)
            continue;
        assert_int_equal(entries[i].record.id.size, truth.record.id.size);
        assert_memory_equal(entries[i].record.id.data, id, truth.record.id.size);
        assert_int_equal(entries[i].record.text.size, truth.record.text.size);
        assert_int_equal(entries[i].record.reporter.size, truth.record.reporter.size);
        assert_true(entries[i].record.time_ms == truth.record.time_ms);
        assert_true(entries[i].record.closed_ms == WEISU_NO_TIME);
    }
    return WEISU_OK;
}

static void the_log_comes_back_in_order(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    append_entries(store, 1, 3000);
    append_entries(store, 3001, 10000);
    store_close(store);

    store = open_store(place->folder, STORE_READ);
    struct store_position position;
    assert_int_equal(store_position(store, &position, NULL), WEISU_OK);
    assert_int_equal(position.last, 10000);
    assert_int_equal(position.applied, 0);
    struct seen seen = {.next = 1};
    assert_int_equal(store_replay(store, 1, see_entries, &seen, NULL), WEISU_OK);
    assert_int_equal(seen.next, 10001);
    assert_int_equal(seen.calls, 3);
    assert_int_equal(seen.ticks, 100);
    seen = (struct seen){.next = 9999};
    assert_int_equal(store_replay(store, 9999, see_entries, &seen, NULL), WEISU_OK);
    assert_int_equal(seen.next, 10001);
    store_close(store);
}

static void what_was_rolled_back_is_gone(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    append_entries(store, 1, 5);
    char id[16];
    struct log_entry entry = entry_of(6, id);
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    assert_int_equal(store_append(store, &entry, NULL), WEISU_OK);
    store_rollback(store);
    store_rollback(store);
    append_entries(store, 6, 7);
    weisu_err err;
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    assert_int_equal(store_append(store, &entry, &err), WEISU_ESTORE);
    store_rollback(store);
    struct seen seen = {.next = 1};
    assert_int_equal(store_replay(store, 1, see_entries, &seen, NULL), WEISU_OK);
    assert_int_equal(seen.next, 8);
    store_close(store);
}

static void a_gap_in_the_log_is_an_error(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    append_entries(store, 1, 5);
    append_entries(store, 7, 8);
    struct seen seen = {.next = 1};
    weisu_err err;
    assert_int_equal(store_replay(store, 1, see_entries, &seen, &err), WEISU_ESTORE);
    assert_non_null(strstr(err.text, "entry 6"));
    store_close(store);
}

/* ---- what the engine makes ---- */

struct rows {
    size_t count;
    uint64_t sum;
    char last[64];
};

static void see(struct rows *rows, uint64_t key, weisu_str text)
{
    rows->count++;
    rows->sum += key;
    snprintf(rows->last, sizeof rows->last, "%.*s", (int)text.size, text.data);
}

static weisu_code see_assignment(void *context, const struct store_assignment *assignment, weisu_err *err)
{
    (void)err;
    see(context, assignment->sequence, assignment->cluster);
    return WEISU_OK;
}

static weisu_code see_link(void *context, const struct store_link *link, weisu_err *err)
{
    (void)err;
    see(context, link->sequence, link->earlier_id);
    return WEISU_OK;
}

static weisu_code see_change(void *context, const struct store_change *change, weisu_err *err)
{
    see(context, change->number, change->json);
    return change->number == 3 ? (err->code = WEISU_EIO) : WEISU_OK;
}

static weisu_code see_row(void *context, const struct state_row *row, weisu_err *err)
{
    (void)err;
    see(context, row->key, (weisu_str){row->data, row->size});
    return WEISU_OK;
}

static void put_outcomes(struct store *store, uint64_t sequence)
{
    struct store_assignment assignment = {sequence, str("id"), str("cabc"), 7};
    struct store_link link = {sequence, str("id"), str("earlier"), 900};
    struct store_change change = {sequence, sequence, str("a1"), (uint32_t)sequence, 1, 5, str("{\"alert\":\"a1\"}")};
    assert_int_equal(store_put_assignment(store, &assignment, NULL), WEISU_OK);
    assert_int_equal(store_put_link(store, &link, NULL), WEISU_OK);
    assert_int_equal(store_put_change(store, &change, NULL), WEISU_OK);
}

static void outcomes_put_twice_stand_once(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(store_begin(store, NULL), WEISU_OK);
        put_outcomes(store, 1);
        put_outcomes(store, 2);
        assert_int_equal(store_put_applied(store, 1, NULL), WEISU_OK);
        assert_int_equal(store_commit(store, NULL), WEISU_OK);
    }
    struct rows rows = {0};
    assert_int_equal(store_assignments(store, (struct store_range){1, UINT64_MAX}, see_assignment, &rows, NULL), 0);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.last, "cabc");
    rows = (struct rows){0};
    assert_int_equal(store_links(store, (struct store_range){2, 2}, see_link, &rows, NULL), 0);
    assert_int_equal(rows.sum, 2);
    assert_string_equal(rows.last, "earlier");
    rows = (struct rows){0};
    weisu_err err;
    assert_int_equal(store_changes(store, (struct store_range){1, UINT64_MAX}, see_change, &rows, &err), 0);
    assert_int_equal(rows.sum, 3);
    struct store_position position;
    assert_int_equal(store_position(store, &position, NULL), WEISU_OK);
    assert_int_equal(position.applied, 1);
    assert_int_equal(position.changes, 1);
    store_close(store);
}

static void a_callback_ends_the_reading(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    for (uint64_t sequence = 1; sequence < 6; sequence++)
        put_outcomes(store, sequence);
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
    struct rows rows = {0};
    weisu_err err;
    assert_int_equal(store_find_change(store, str("a1"), 2, see_change, &rows, &err), WEISU_OK);
    assert_int_equal(store_find_change(store, str("a1"), 9, see_change, &rows, &err), WEISU_OK);
    assert_int_equal(store_find_change(store, str("a2"), 2, see_change, &rows, &err), WEISU_OK);
    assert_true(rows.count == 1 && rows.sum == 2);
    rows = (struct rows){0};
    assert_int_equal(store_changes(store, (struct store_range){1, 9}, see_change, &rows, &err), WEISU_EIO);
    assert_int_equal(rows.count, 3);
    store_close(store);
}

static void put_state(struct store *store, uint32_t table, uint64_t key, const char *text)
{
    struct state_row row = {table, key, text, strlen(text)};
    assert_int_equal(store_put_state(store, &row, NULL), WEISU_OK);
}

static void a_checkpoint_keeps_the_last_of_each_row(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    put_state(store, STATE_CELL, 5, "old");
    put_state(store, STATE_CLUSTER, 5, "other table");
    put_state(store, STATE_CELL, UINT64_MAX, "gone");
    assert_int_equal(store_put_applied(store, 1, NULL), WEISU_OK);
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    put_state(store, STATE_CELL, 5, "new");
    put_state(store, STATE_CELL, UINT64_MAX, "");
    put_state(store, STATE_CELL, 6, "newest");
    put_state(store, STATE_CELL, UINT64_C(1) << 63, "last");
    assert_int_equal(store_put_applied(store, 2, NULL), WEISU_OK);
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
    struct rows rows = {0};
    struct state_sink sink = {.context = &rows, .put = see_row};
    assert_int_equal(store_state(store, &sink, NULL), WEISU_OK);
    assert_int_equal(rows.count, 4);
    assert_true(rows.sum == (UINT64_C(1) << 63) + 16);
    assert_string_equal(rows.last, "last"); /* keys are unsigned, and tables come first */
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    assert_int_equal(store_clear_derived(store, NULL), WEISU_OK);
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
    rows = (struct rows){0};
    assert_int_equal(store_state(store, &sink, NULL), WEISU_OK);
    assert_int_equal(rows.count, 0);
    store_close(store);
}

static void counts_and_notes_come_back(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place->folder, STORE_WRITE);
    struct admission_counts counts;
    assert_int_equal(store_counts(store, &counts, NULL), WEISU_OK);
    assert_int_equal(counts.records + counts.rejected, 0);
    counts = (struct admission_counts){.records = 9, .updates = 8, .duplicates = 7, .conflicts = 6, .rejected = 5};
    assert_int_equal(store_begin(store, NULL), WEISU_OK);
    assert_int_equal(store_put_counts(store, &counts, NULL), WEISU_OK);
    assert_int_equal(store_put_note(store, "image", str("abc"), NULL), WEISU_OK);
    assert_int_equal(store_commit(store, NULL), WEISU_OK);
    store_close(store);
    store = open_store(place->folder, STORE_READ);
    struct admission_counts back;
    assert_int_equal(store_counts(store, &back, NULL), WEISU_OK);
    assert_true(back.records == 9 && back.updates == 8 && back.duplicates == 7 && back.conflicts == 6);
    assert_int_equal(back.rejected, 5);
    struct byte_buffer note;
    byte_buffer_init(&note, NULL);
    assert_int_equal(store_note(store, "image", &note, NULL), WEISU_OK);
    assert_int_equal(store_note(store, "no such note", &note, NULL), WEISU_OK);
    assert_int_equal(note.size, 3);
    byte_buffer_dispose(&note);
    store_close(store);
}

/* ---- the folder ---- */

static void a_folder_has_one_writer_and_many_readers(void **state)
{
    const struct place *place = *state;
    struct store *none;
    weisu_err err;
    assert_int_equal(store_open(&none, place->folder, STORE_READ, NULL, &err), WEISU_EIO);
    assert_null(none);
    struct store *writer = open_store(place->folder, STORE_WRITE);
    append_entries(writer, 1, 2);
    assert_int_equal(store_open(&none, place->folder, STORE_WRITE, NULL, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "in use"));
    struct store *reader = open_store(place->folder, STORE_READ);
    assert_int_equal(store_begin(reader, NULL), WEISU_OK);
    append_entries(writer, 3, 4);
    struct store_position position;
    assert_int_equal(store_position(reader, &position, NULL), WEISU_OK);
    assert_int_equal(position.last, 2);
    assert_int_equal(store_commit(reader, NULL), WEISU_OK);
    assert_int_equal(store_position(reader, &position, NULL), WEISU_OK);
    assert_int_equal(position.last, 4);
    char id[16];
    struct log_entry entry = entry_of(5, id);
    assert_int_equal(store_append(reader, &entry, &err), WEISU_ESTORE);
    store_close(reader);
    store_close(writer);
}

static void another_database_is_refused(void **state)
{
    const struct place *place = *state;
    char path[DATA_FOLDER_PATH_BYTES];
    struct reporter_key key;
    assert_int_equal(mkdir(place->folder, 0700), 0);
    assert_int_equal(data_folder_key(&key, place->folder, 1, NULL), WEISU_OK);
    assert_int_equal(data_folder_path(path, place->folder, DATA_FOLDER_DATABASE, NULL), WEISU_OK);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    struct store *store;
    weisu_err err;
    assert_int_equal(store_open(&store, place->folder, STORE_WRITE, NULL, &err), WEISU_ESTORE);
    assert_null(store);
}

static void the_key_is_made_once_and_is_the_owners(void **state)
{
    const struct place *place = *state;
    struct reporter_key key;
    struct reporter_key again;
    weisu_err err;
    assert_int_equal(mkdir(place->folder, 0700), 0);
    assert_int_equal(data_folder_key(&key, place->folder, 0, &err), WEISU_EIO);
    assert_int_equal(data_folder_key(&key, place->folder, 1, NULL), WEISU_OK);
    assert_int_equal(data_folder_key(&again, place->folder, 1, NULL), WEISU_OK);
    assert_memory_equal(&key, &again, sizeof key);
    char path[DATA_FOLDER_PATH_BYTES];
    data_folder_path(path, place->folder, DATA_FOLDER_KEY, NULL);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(data_folder_key(&again, place->folder, 1, &err), WEISU_EIO);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 15), 0);
    assert_int_equal(data_folder_key(&again, place->folder, 1, &err), WEISU_EIO);
}

static void a_database_without_its_key_gets_no_new_one(void **state)
{
    const struct place *place = *state;
    struct reporter_key key;
    struct store *store = open_store(place->folder, STORE_WRITE);
    assert_int_equal(data_folder_key(&key, place->folder, 0, NULL), WEISU_OK);
    assert_memory_equal(&key, store_reporter_key(store), sizeof key);
    store_close(store);
    char path[DATA_FOLDER_PATH_BYTES];
    data_folder_path(path, place->folder, DATA_FOLDER_KEY, NULL);
    assert_int_equal(unlink(path), 0);
    weisu_err err;
    assert_int_equal(store_open(&store, place->folder, STORE_WRITE, NULL, &err), WEISU_EIO);
    assert_non_null(strstr(err.text, "missing"));
    store = open_store(place->folder, STORE_READ); /* whoever only reads needs no key */
    assert_null(store_reporter_key(store));
    store_close(store);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_log_comes_back_in_order),
        STORE_TEST(what_was_rolled_back_is_gone),
        STORE_TEST(a_gap_in_the_log_is_an_error),
        STORE_TEST(outcomes_put_twice_stand_once),
        STORE_TEST(a_callback_ends_the_reading),
        STORE_TEST(a_checkpoint_keeps_the_last_of_each_row),
        STORE_TEST(counts_and_notes_come_back),
        STORE_TEST(a_folder_has_one_writer_and_many_readers),
        STORE_TEST(another_database_is_refused),
        STORE_TEST(the_key_is_made_once_and_is_the_owners),
        STORE_TEST(a_database_without_its_key_gets_no_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
