/* Words of users come into force at the ends of versions only, as everything else that analysis learns. */
#include "pipeline/core_words.h"

#include "base/failure.h"

#include <stddef.h>
#include <string.h>

/* ---- said ---- */

static weisu_code say_one(struct core *core, const weisu_word_change *change, weisu_err *err)
{
    weisu_code code = user_words_take(&core->words, change, err);
    return code == WEISU_ENOMEM ? code : WEISU_OK;
}

weisu_code core_words_say(struct core *core, const struct log_entry *entry, weisu_err *err)
{
    weisu_str text = entry->record.text;
    weisu_word_change change;
    weisu_code code = WEISU_OK;
    int more;
    while (!code && (more = word_change_next(&text, &change, NULL)))
        code = more > 0 ? say_one(core, &change, err) : WEISU_OK;
    return code;
}

size_t core_words_span(const struct core *core, const struct log_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].kind == LOG_WORDS)
            return i + 1;
        if (core->words.has_next && entries[i].sequence % VERSION_STEP == 0)
            return i + 1;
    }
    return count;
}

/* ---- in force ---- */

/* What is compiled with the segmenter. */
struct compiled {
    struct topic_rules *topics;
    struct topic_scratch **scratch; /* [count] */
    size_t count;
};

static void dispose_compiled(struct compiled *c, const weisu_allocator *allocator)
{
    for (size_t i = 0; c->scratch && i < c->count; i++)
        topic_scratch_free(c->scratch[i]);
    memory_free(allocator, c->scratch, c->count, sizeof(struct topic_scratch *));
    topic_rules_free(c->topics);
}

static weisu_code compile(struct compiled *c, const struct core *core, weisu_err *err)
{
    const weisu_allocator *a = core->allocator;
    c->count = (size_t)core->options.executor.workers * LANES;
    c->scratch = memory_new_zeroed(a, c->count, sizeof(struct topic_scratch *));
    if (!c->scratch)
        return failure(err, WEISU_ENOMEM, "no memory for the words of users");
    weisu_code code = topic_rules_new(&c->topics, core->lexicon, core->segmenter, a, err);
    for (size_t i = 0; i < c->count && !code; i++)
        if (topic_scratch_new(&c->scratch[i], c->topics, a))
            code = failure(err, WEISU_ENOMEM, "no memory for the words of users");
    return code;
}

static void exchange(struct core *core, struct compiled *c)
{
    struct topic_rules *topics = core->model.topics;
    core->model.topics = c->topics;
    c->topics = topics;
    for (size_t i = 0; i < c->count; i++) {
        struct analyst *analyst = &core->workers[i / LANES].analyst[i % LANES];
        struct topic_scratch *scratch = analyst->topic;
        analyst->topic = c->scratch[i];
        c->scratch[i] = scratch;
    }
}

/* The wordings of topics are cut as the texts are, so both change or none. The overlay is the core's from here on. */
static weisu_code take_overlay(struct core *core, struct word_overlay *overlay, weisu_err *err)
{
    struct compiled compiled = {0};
    struct word_overlay *before = core->overlay;
    segmenter_set_overlay(core->segmenter, overlay);
    weisu_code code = compile(&compiled, core, err);
    if (!code) {
        exchange(core, &compiled);
        core->overlay = overlay;
        word_overlay_free(before);
    } else {
        segmenter_set_overlay(core->segmenter, before);
        word_overlay_free(overlay);
    }
    dispose_compiled(&compiled, core->allocator);
    return code;
}

weisu_code core_words_settle(struct core *core, weisu_err *err)
{
    struct word_overlay *overlay;
    int is_due = core->sequence % VERSION_STEP == 0 || core->counts.records == 0;
    if (!core->words.has_next || !is_due)
        return WEISU_OK;
    weisu_code code = word_overlay_new(&overlay, core->lexicon, &core->words, USER_WORDS_NEXT, core->allocator, err);
    if (!code)
        code = take_overlay(core, overlay, err);
    if (!code)
        user_words_settle(&core->words);
    return code;
}

void core_words_dispose(struct core *core)
{
    word_overlay_free(core->overlay);
    user_words_dispose(&core->words);
}

/* ---- state ---- */

struct word_row {
    int64_t now;
    int64_t next;
    uint32_t length;
    uint16_t code[USER_WORD_CHARACTERS]; /* `length` of them are in the row */
};

enum { ROW_BYTES = offsetof(struct word_row, code) }; /* without characters */

static weisu_code save_word(struct core *core, const struct user_word *word, const struct state_sink *sink,
                            weisu_err *err)
{
    struct word_row data = {.now = word->now, .next = word->next, .length = word->length};
    const uint16_t *code = user_word_code(&core->words, word);
    int is_gone = word->now == WEISU_WORD_RESET && word->next == WEISU_WORD_RESET;
    memcpy(data.code, code, word->length * sizeof *code);
    struct state_row row = {STATE_WORD, lexicon_term(code, word->length), &data,
                            is_gone ? 0 : ROW_BYTES + word->length * sizeof *code};
    return sink->put(sink->context, &row, err);
}

weisu_code core_words_save(struct core *core, int all, const struct state_sink *sink, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < core->words.count && !code; i++)
        if (all || core->words.word[i].is_changed)
            code = save_word(core, &core->words.word[i], sink, err);
    if (!code)
        user_words_saved(&core->words);
    return code;
}

static int is_frequency(int64_t value)
{
    return value >= WEISU_WORD_RESET && value <= USER_WORD_FREQUENCY;
}

weisu_code core_words_load(struct core *core, const struct state_row *row, weisu_err *err)
{
    struct word_row data;
    if (row->size < ROW_BYTES || row->size > sizeof data)
        return failure(err, WEISU_ESTATE, "a user's word of the checkpoint has %zu bytes", row->size);
    memcpy(&data, row->data, row->size);
    struct user_spelling spelling = {.length = data.length};
    if (data.length == 0 || row->size != ROW_BYTES + data.length * sizeof *data.code || !is_frequency(data.now) ||
        !is_frequency(data.next))
        return failure(err, WEISU_ESTATE, "a user's word of the checkpoint is damaged");
    memcpy(spelling.code, data.code, data.length * sizeof *data.code);
    return user_words_restore(&core->words, &spelling, data.now, data.next, err);
}

weisu_code core_words_loaded(struct core *core, weisu_err *err)
{
    struct word_overlay *overlay;
    weisu_code code = word_overlay_new(&overlay, core->lexicon, &core->words, USER_WORDS_NOW, core->allocator, err);
    return code || !overlay ? code : take_overlay(core, overlay, err);
}

/* ---- looking ---- */

/* A change that changes something goes to `out`. *added: spellings that become words of users. */
static weisu_code tell_news(const struct core *core, const weisu_word_change *change, struct byte_buffer *out,
                            size_t *added, weisu_err *err)
{
    struct user_spelling spelling;
    weisu_code code = user_word_read(change, &spelling, err);
    if (code)
        return code;
    int64_t before = user_words_next(&core->words, &spelling);
    if (before == change->frequency)
        return WEISU_OK;
    *added += before == WEISU_WORD_RESET;
    if (core->words.live + *added > USER_WORDS_MAX)
        return failure(err, WEISU_ELIMIT, "there would be more than %d words of users", USER_WORDS_MAX);
    word_change_write(out, change);
    return WEISU_OK;
}

weisu_code core_words_news(const struct core *core, weisu_str text, struct byte_buffer *out, weisu_err *err)
{
    weisu_word_change change;
    weisu_code code = WEISU_OK;
    uint64_t line = 0;
    size_t added = 0;
    int more;
    while (!code && (more = word_change_next(&text, &change, &line)))
        code = more > 0
                   ? tell_news(core, &change, out, &added, err)
                   : failure(err, WEISU_EFIELD, "a word's frequency is 0 to %d, '-' or nothing", USER_WORD_FREQUENCY);
    if (!code && out->failed)
        code = failure(err, WEISU_ENOMEM, "no memory for the words of users");
    if (code && err)
        err->line = line;
    return code;
}
