/* Forecasts are held against what came: 90 days after its raise, of an alert about clusters. */
#include "alert/alert_book_fields.h"

#define FORECAST_MS (90 * INT64_C(86400000))

static uint64_t members_of(const struct alert_book *book, uint32_t slot)
{
    struct cluster_view view;
    if (slot == CLUSTER_NONE)
        return 0;
    cluster_look(book->sources.clusters, slot, &view);
    return view.members;
}

static uint64_t members_of_both(const struct alert_book *book, const struct detect_signal *subject)
{
    return members_of(book, subject->cluster) + members_of(book, subject->related);
}

void alert_book_await(struct alert_book *book, const struct detect_signal *raised, int64_t clock_ms)
{
    if (raised->subject != DETECT_CLUSTER || book->wait_count == ALERT_WAIT_MAX)
        return;
    struct alert_wait *wait = &book->wait[book->wait_count++];
    *wait = (struct alert_wait){clock_ms + FORECAST_MS, *raised, members_of_both(book, raised)};
}

void alert_book_settle(struct alert_book *book, int64_t clock_ms)
{
    uint32_t over = 0;
    for (; over < book->wait_count && book->wait[over].due_ms <= clock_ms; over++) {
        const struct detect_signal *subject = &book->wait[over].subject;
        const struct forecast_span told = {subject->forecast_milli, subject->forecast_low_milli,
                                           subject->forecast_high_milli};
        uint64_t now = members_of_both(book, subject);
        uint64_t before = book->wait[over].members;
        detector_learn_forecast(book->sources.detector, subject, &told, now > before ? now - before : 0);
    }
    if (!over)
        return;
    book->wait_count -= over;
    memmove(&book->wait[0], &book->wait[over], book->wait_count * sizeof book->wait[0]);
}

void alert_waits_write(const struct alert_book *book, struct byte_buffer *out)
{
    row_put(out, book->wait_count, 4);
    for (uint32_t i = 0; i < book->wait_count; i++) {
        const struct alert_wait *wait = &book->wait[i];
        row_put(out, (uint64_t)wait->due_ms, 8);
        row_put(out, wait->subject.cluster, 4);
        row_put(out, wait->subject.related, 4);
        row_put(out, (uint64_t)wait->subject.forecast_milli, 8);
        row_put(out, (uint64_t)wait->subject.forecast_low_milli, 8);
        row_put(out, (uint64_t)wait->subject.forecast_high_milli, 8);
        row_put(out, wait->members, 8);
    }
}

int alert_waits_read(struct alert_book *book, struct row_reader *in)
{
    uint64_t count = row_get(in, 4);
    if (count > ALERT_WAIT_MAX)
        return -1;
    for (book->wait_count = 0; book->wait_count < count; book->wait_count++) {
        struct alert_wait *wait = &book->wait[book->wait_count];
        *wait = (struct alert_wait){.subject = {.subject = DETECT_CLUSTER}};
        wait->due_ms = (int64_t)row_get(in, 8);
        wait->subject.cluster = (uint32_t)row_get(in, 4);
        wait->subject.related = (uint32_t)row_get(in, 4);
        wait->subject.forecast_milli = (int64_t)row_get(in, 8);
        wait->subject.forecast_low_milli = (int64_t)row_get(in, 8);
        wait->subject.forecast_high_milli = (int64_t)row_get(in, 8);
        wait->members = row_get(in, 8);
    }
    return in->failed ? -1 : 0;
}
