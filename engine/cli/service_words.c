/* Words of users in a service: the file of --words at start, and again at each SIGHUP. */
#include "base/failure.h"
#include "cli/service_parts.h"
#include "cli/words_file.h"

#include <inttypes.h>
#include <string.h>

/* ---- at start ---- */

static weisu_code put_entry(struct service *s, weisu_str text, weisu_err *err)
{
    struct log_entry entry;
    struct outcome_batch nothing;
    weisu_code code = admission_words(s->admission, text, (weisu_str){NULL, 0}, &entry, err);
    if (code)
        return code;
    admission_settle(s->admission, entry.sequence); /* a start that fails takes nothing back: it ends */
    outcome_batch_init(&nothing, s->allocator);
    code = store_append(s->store, &entry, err);
    if (!code)
        code = engine_thread_apply(s->engine, &entry, 1, &nothing, err);
    outcome_batch_dispose(&nothing);
    return code;
}

static weisu_code put_changes(struct service *s, weisu_str text, weisu_err *err)
{
    weisu_code code = store_begin(s->store, err);
    while (text.size && !code)
        code = put_entry(s, words_text_part(&text, LOG_WORDS_BYTES), err);
    return code ? code : store_commit(s->store, err);
}

weisu_code service_words_start(struct service *s, weisu_err *err)
{
    const struct engine_setup *engine = s->settings->engine;
    struct byte_buffer news;
    if (!engine->words.size)
        return WEISU_OK;
    byte_buffer_init(&news, s->allocator);
    weisu_code code = core_words_news(s->core, (weisu_str){engine->words.data, engine->words.size}, &news, err);
    if (code == WEISU_EFIELD || code == WEISU_ETOOLONG || code == WEISU_ELIMIT)
        failure_at(err, engine->words_path, 0);
    if (!code && news.size)
        code = put_changes(s, (weisu_str){news.data, news.size}, err);
    if (!code)
        message_log_write(s->settings->log, MESSAGE_INFO, "words", "%zu bytes of changes from %s", news.size,
                          engine->words_path);
    byte_buffer_dispose(&news);
    return code;
}

/* ---- while it runs ---- */

/* The changes wait in the batch of the lines that came with them. */
int service_say(void *service, weisu_str words, weisu_str by, uint64_t key)
{
    struct service *s = service;
    struct intake_batch *batch = s->is_stopping ? NULL : intake_open(&s->intake);
    if (!batch)
        return -1;
    weisu_str text = arena_copy(&batch->arena, words);
    weisu_str who = arena_copy(&batch->arena, by);
    if (!text.data || !who.data)
        return -1;
    struct intake_line *line = intake_add_line(batch, key, 1);
    line->is_words = 1;
    line->record.text = text;
    line->record.channel = who;
    batch->bytes += text.size;
    return 0;
}

static int say_all(struct service *s, const struct byte_buffer *text)
{
    weisu_str rest = {text->data, text->size};
    int failed = 0;
    while (rest.size && !failed)
        failed = service_say(s, words_text_part(&rest, LOG_WORDS_BYTES), (weisu_str){NULL, 0}, INTAKE_NO_SOURCE);
    return failed;
}

void service_words_reload(struct service *s)
{
    const struct engine_setup *engine = s->settings->engine;
    struct byte_buffer text;
    weisu_err err;
    byte_buffer_init(&text, s->allocator);
    s->words_due = 0;
    if (words_file_read(&text, engine->words_path, &err))
        message_log_error(s->settings->log, MESSAGE_ERROR, "words", &err);
    else if (say_all(s, &text))
        s->words_due = 1; /* nothing is lost by saying a word twice */
    else
        message_log_write(s->settings->log, MESSAGE_INFO, "words", "%s was read again: %zu bytes", engine->words_path,
                          text.size);
    byte_buffer_dispose(&text);
}
