/* The book's lists: live alerts by subject, cleared ones by subject, rows that have to go. */
#include "alert/alert_book_fields.h"

#include "base/hash.h"

size_t alert_handles(const struct detect_signal *signal, uint64_t out[2])
{
    out[0] = signal->subject == DETECT_CLUSTER ? hash_pair(1, signal->cluster) : signal->cell;
    if (signal->subject == DETECT_CELL || signal->related == CLUSTER_NONE)
        return 1;
    out[1] = hash_pair(1, signal->related);
    return 2;
}

int alert_book_file(struct alert_book *book, size_t at)
{
    uint64_t handle[2];
    size_t count = alert_handles(&book->live[at]->signal, handle);
    for (size_t i = 0; i < count; i++)
        if (id_map_put(&book->live_of, handle[i], (uint32_t)at))
            return -1;
    return 0;
}

void alert_entry_free(struct alert_book *book, struct alert_entry *entry)
{
    if (!entry)
        return;
    byte_buffer_dispose(&entry->blob);
    memory_free(book->allocator, entry->evidence, 1, sizeof *entry->evidence);
    memory_free(book->allocator, entry, 1, sizeof *entry);
}

int alert_book_enter(struct alert_book *book, struct alert_entry *entry)
{
    if (memory_reserve(book->allocator, (void **)&book->live, &book->live_capacity, book->live_count + 1,
                       sizeof(struct alert_entry *)) ||
        id_map_reserve(&book->live_of, book->live_of.count + 2))
        return -1;
    book->live[book->live_count] = entry;
    return alert_book_file(book, book->live_count++);
}

static void drop_oldest_past(struct alert_book *book)
{
    const struct alert_past *oldest = alert_past_at(book, book->past_first);
    if (id_map_get(&book->past_of, oldest->subject_key) == (uint32_t)(book->past_first & INT32_MAX))
        id_map_remove(&book->past_of, oldest->subject_key);
    alert_book_note_gone(book, alert_row_key(ALERT_ROW_PAST, book->past_first));
    book->past_first++;
}

int alert_book_reserve_past(struct alert_book *book)
{
    if (id_map_reserve(&book->past_of, book->past_of.count + 2))
        return -1;
    size_t count = (size_t)(book->past_next - book->past_first);
    if (count + 2 <= book->past_capacity || book->past_capacity == ALERT_PAST_MAX)
        return 0;
    size_t capacity = book->past_capacity ? book->past_capacity * 2 : 64;
    struct alert_past *grown = memory_new(book->allocator, capacity, sizeof *grown);
    if (!grown)
        return -1;
    for (uint64_t n = book->past_first; n < book->past_next; n++)
        grown[n & (capacity - 1)] = *alert_past_at(book, n);
    memory_free(book->allocator, book->past, book->past_capacity, sizeof *book->past);
    book->past = grown;
    book->past_capacity = capacity;
    return 0;
}

void alert_book_remember(struct alert_book *book, const struct alert_past *past)
{
    if (book->past_next - book->past_first == ALERT_PAST_MAX)
        drop_oldest_past(book);
    *alert_past_at(book, book->past_next) = *past;
    (void)id_map_put(&book->past_of, past->subject_key, (uint32_t)(book->past_next & INT32_MAX));
    book->past_next++;
}

const struct alert_past *alert_book_past_of(const struct alert_book *book, uint64_t subject_key)
{
    uint32_t low = id_map_get(&book->past_of, subject_key);
    if (low == ID_MAP_NONE)
        return NULL;
    uint64_t back = (book->past_next - low) & INT32_MAX;
    return back == 0 || back > book->past_next - book->past_first ? NULL : alert_past_at(book, book->past_next - back);
}

int alert_book_reserve_gone(struct alert_book *book, size_t rows)
{
    return memory_reserve(book->allocator, (void **)&book->gone, &book->gone_capacity, book->gone_count + rows,
                          sizeof *book->gone);
}

void alert_book_note_gone(struct alert_book *book, uint64_t key)
{
    book->gone[book->gone_count++] = key;
}
