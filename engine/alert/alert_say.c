/* What a book says: changes are composed when they happen, queued as bytes, and taken one by one. */
#include "alert/alert_blob.h"
#include "alert/alert_book_fields.h"
#include "base/failure.h"

#include <string.h>

static void free_item(const struct alert_book *book, struct alert_queue_item *item)
{
    if (item)
        memory_free(book->allocator, item, 1, sizeof *item + item->size);
}

void alert_queue_dispose(struct alert_book *book)
{
    while (book->queue_first) {
        struct alert_queue_item *next = book->queue_first->next;
        free_item(book, book->queue_first);
        book->queue_first = next;
    }
    book->queue_last = NULL;
    free_item(book, book->taken);
    book->taken = NULL;
}

static int enqueue(struct alert_book *book, const struct byte_buffer *blob)
{
    struct alert_queue_item *item = memory_new(book->allocator, 1, sizeof *item + blob->size);
    if (!item)
        return -1;
    item->next = NULL;
    item->size = blob->size;
    memcpy(item->blob, blob->data, blob->size);
    if (book->queue_last)
        book->queue_last->next = item;
    else
        book->queue_first = item;
    book->queue_last = item;
    return 0;
}

weisu_code alert_book_say(struct alert_book *book, struct alert_entry *entry, const struct alert_saying *saying,
                          weisu_err *err)
{
    weisu_alert change;
    arena_reset(&book->compose);
    entry->change++;
    byte_buffer_reset(&entry->blob);
    if (alert_compose(entry, saying, &book->sources, book->config.city, &book->compose, &change))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    alert_blob_write(&entry->blob, &change);
    if (entry->blob.failed || enqueue(book, &entry->blob))
        return failure(err, WEISU_ENOMEM, "no memory for an alert");
    entry->said_sequence = saying->sequence;
    entry->said_complaints = change.complaint_count;
    entry->said_reporters = change.reporters;
    entry->last_change_ms = saying->time_ms;
    entry->is_changed = 1;
    return WEISU_OK;
}

int alert_book_take(struct alert_book *book, weisu_alert *out)
{
    struct alert_queue_item *item = book->queue_first;
    arena_reset(book->look);
    /* Where memory is out the change stays in the queue. */
    if (!item || alert_blob_read(item->blob, item->size, book->look, out))
        return 0;
    free_item(book, book->taken);
    book->taken = item;
    book->queue_first = item->next;
    if (!book->queue_first)
        book->queue_last = NULL;
    return 1;
}
