#include "cli/bench_stages.h"

#include "base/failure.h"
#include "cli/peak_memory.h"
#include "cluster/cluster_index.h"
#include "pipeline/analyse.h"
#include "pipeline/core.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A part of analysis meets tokens that were made just before, as in the core: a few records are in the nearest caches.
 */
enum { DECODE_SLICE = 1024, PART_SLICE = 8 };
static const double enough_s = 5;

struct bench_stages {
    struct bench_input *input;
    const struct engine_setup *setup;
    const struct bench_settings *settings;
    struct segmenter *segmenter;
    struct analysis_model model;
    struct analyst analyst;
    struct analysis slice[PART_SLICE];
    struct cluster_vector *vectors; /* [input->count] */
    struct arena vector_strings;
    double prepared_s; /* of a round, spent on what the stage needs */
};

typedef weisu_code (*stage_function)(struct bench_stages *b, weisu_err *err);

double bench_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int bench_is_chosen(const struct bench_settings *settings, const char *stage)
{
    return !settings->filter || strstr(stage, settings->filter);
}

static weisu_code fail_memory(weisu_err *err)
{
    return failure(err, WEISU_ENOMEM, "no memory for the benchmark");
}

/* ---- lines to records ---- */

static weisu_code stage_read(struct bench_stages *b, weisu_err *err)
{
    return bench_input_read(b->input, err);
}

static weisu_code stage_decode(struct bench_stages *b, weisu_err *err)
{
    struct arena arena;
    struct record_decoder decoder = {&b->input->options, &arena, 0, 0};
    weisu_record record;
    (void)err;
    double start = bench_now_s();
    bench_input_restore(b->input);
    b->prepared_s = bench_now_s() - start;
    arena_init(&arena, NULL, 1u << 20);
    for (size_t i = 0; i < b->input->line_count; i++) {
        if (i % DECODE_SLICE == 0)
            arena_reset(&arena);
        bench_input_decode(b->input, i, &decoder, &record);
    }
    arena_dispose(&arena);
    return WEISU_OK;
}

/* ---- analysis ---- */

static void decode_field(struct bench_stages *b, weisu_str text, struct characters *out)
{
    characters_decode(out, text, &b->analyst.arena);
}

static weisu_code stage_characters(struct bench_stages *b, weisu_err *err)
{
    struct characters characters;
    (void)err;
    for (size_t i = 0; i < b->input->count; i++) {
        arena_reset(&b->analyst.arena);
        decode_field(b, b->input->entries[i].record.title, &characters);
        decode_field(b, b->input->entries[i].record.text, &characters);
    }
    return WEISU_OK;
}

static void segment_field(struct bench_stages *b, weisu_str text)
{
    struct characters characters;
    struct seg_tokens tokens;
    decode_field(b, text, &characters);
    segmenter_run(b->segmenter, &characters, &b->analyst.arena, &tokens);
}

static weisu_code stage_segment(struct bench_stages *b, weisu_err *err)
{
    (void)err;
    for (size_t i = 0; i < b->input->count; i++) {
        arena_reset(&b->analyst.arena);
        segment_field(b, b->input->entries[i].record.title);
        segment_field(b, b->input->entries[i].record.text);
    }
    return WEISU_OK;
}

static weisu_code stage_analyse(struct bench_stages *b, weisu_err *err)
{
    for (size_t i = 0; i < b->input->count; i++) {
        arena_reset(&b->analyst.arena);
        if (analyse_record(&b->model, &b->analyst, &b->input->entries[i].record, &b->slice[0]))
            return fail_memory(err);
    }
    return WEISU_OK;
}

enum part { PART_PLACE = 1, PART_TOPIC = 2, PART_VECTOR = 4 };

static int run_parts(struct bench_stages *b, const weisu_record *record, struct analysis *a, unsigned parts)
{
    int failed = 0;
    if (parts & PART_PLACE)
        failed |= analyse_place(&b->model, &b->analyst, record, a);
    if (parts & PART_TOPIC)
        failed |= analyse_topic(&b->model, &b->analyst, record, a);
    if (parts & PART_VECTOR)
        failed |= analyse_vector(&b->model, &b->analyst, record, a);
    return failed;
}

/* Times `parts` of a slice's records, from the segmenter's tokens, when what they need was made. */
static weisu_code time_parts(struct bench_stages *b, unsigned parts, weisu_err *err)
{
    unsigned before = parts == PART_VECTOR ? PART_PLACE | PART_TOPIC : 0;
    int failed = 0;
    for (size_t first = 0; first < b->input->count && !failed; first += PART_SLICE) {
        size_t left = b->input->count - first;
        size_t count = left < PART_SLICE ? left : PART_SLICE;
        const struct log_entry *entries = b->input->entries + first;
        double start = bench_now_s();
        arena_reset(&b->analyst.arena);
        for (size_t i = 0; i < count; i++) {
            failed |= analyse_tokens(&b->model, &b->analyst, &entries[i].record, &b->slice[i]);
            failed |= run_parts(b, &entries[i].record, &b->slice[i], before);
        }
        b->prepared_s += bench_now_s() - start;
        for (size_t i = 0; i < count && !failed; i++)
            failed |= run_parts(b, &entries[i].record, &b->slice[i], parts);
    }
    return failed ? fail_memory(err) : WEISU_OK;
}

static weisu_code stage_place(struct bench_stages *b, weisu_err *err)
{
    return time_parts(b, PART_PLACE, err);
}

static weisu_code stage_topic(struct bench_stages *b, weisu_err *err)
{
    return time_parts(b, PART_TOPIC, err);
}

static weisu_code stage_place_topic(struct bench_stages *b, weisu_err *err)
{
    return time_parts(b, PART_PLACE | PART_TOPIC, err);
}

static weisu_code stage_vector(struct bench_stages *b, weisu_err *err)
{
    return time_parts(b, PART_VECTOR, err);
}

/* ---- clusters ---- */

/* Vectors outlive the analyst's arena here: the index is timed from ready ones. */
static weisu_code make_vectors(struct bench_stages *b, weisu_err *err)
{
    struct analyst keeper = b->analyst;
    int failed = !(b->vectors = calloc(b->input->count, sizeof *b->vectors));
    keeper.arena = b->vector_strings;
    for (size_t i = 0; i < b->input->count && !failed; i++) {
        failed = analyse_record(&b->model, &keeper, &b->input->entries[i].record, &b->slice[0]);
        b->vectors[i] = b->slice[0].vector;
    }
    b->vector_strings = keeper.arena;
    return failed ? fail_memory(err) : WEISU_OK;
}

static weisu_code cluster_all(struct bench_stages *b, struct cluster_index *index, struct cluster_scratch *scratch,
                              weisu_err *err)
{
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < b->input->count && !code; i++) {
        const struct log_entry *entry = &b->input->entries[i];
        struct cluster_case new_case = {entry->sequence, entry->record.time_ms, entry->time_ms, 0, entry->record.id};
        struct cluster_proposal proposal;
        struct cluster_outcome outcome;
        struct cluster_turn turn;
        if ((code = cluster_review(index, entry->sequence, entry->time_ms, err)))
            return code;
        while (cluster_take_turn(index, &turn))
            continue;
        cluster_batch_begin(index);
        if (cluster_propose(index, &b->vectors[i], entry->time_ms, scratch, &proposal))
            return fail_memory(err);
        code = cluster_commit(index, &new_case, &proposal, &outcome, err);
        if (!code && entry->sequence % 4096 == 0)
            code = cluster_publish(index, err);
    }
    return code;
}

static weisu_code stage_cluster(struct bench_stages *b, weisu_err *err)
{
    struct cluster_config config;
    struct cluster_index *index = NULL;
    struct cluster_scratch *scratch = NULL;
    cluster_config_init(&config);
    config.city = b->setup->options.city;
    weisu_code code = cluster_index_new(&index, &config, b->setup->lexicon, NULL, err);
    if (!code && cluster_scratch_new(&scratch, NULL))
        code = fail_memory(err);
    if (!code)
        code = cluster_all(b, index, scratch, err);
    cluster_scratch_free(scratch);
    cluster_index_free(index);
    return code;
}

/* ---- the whole ---- */

static weisu_code run_core(struct bench_stages *b, uint32_t threads, weisu_err *err)
{
    struct core *core = NULL;
    weisu_options options = b->setup->options;
    options.executor = weisu_executor_openmp(threads);
    double start = bench_now_s();
    weisu_code code = core_new(&core, &options, b->setup->lexicon, err);
    b->prepared_s = bench_now_s() - start;
    if (!code)
        code = core_apply(core, b->input->entries, b->input->count, err);
    core_free(core);
    return code;
}

static weisu_code stage_whole(struct bench_stages *b, weisu_err *err)
{
    return run_core(b, 1, err);
}

static weisu_code stage_whole_threads(struct bench_stages *b, weisu_err *err)
{
    return run_core(b, b->setup->options.executor.workers, err);
}

/* ---- timing ---- */

static weisu_code time_stage(struct bench_stages *b, const struct bench_result *about, stage_function stage,
                             weisu_err *err)
{
    struct bench_result result = *about;
    weisu_code code = WEISU_OK;
    double all_s = 0;
    peak_memory_reset();
    for (int64_t round = 0; round < b->settings->rounds && all_s < enough_s && !code; round++) {
        b->prepared_s = 0;
        double start = bench_now_s();
        code = stage(b, err);
        double spent = bench_now_s() - start;
        all_s += spent;
        spent -= b->prepared_s;
        result.seconds = round && result.seconds < spent ? result.seconds : spent;
    }
    result.peak_bytes = peak_memory_bytes();
    if (!code)
        b->settings->tell(b->settings->context, &result);
    return code;
}

static weisu_code run_all(struct bench_stages *b, weisu_err *err)
{
    const struct bench_input *in = b->input;
    uint32_t workers = b->setup->options.executor.workers;
    const struct {
        struct bench_result about;
        stage_function stage;
    } rows[] = {
        {{"read", 1, in->line_count, in->bytes.size, 0, 0}, stage_read},
        {{"decode", 1, in->line_count, in->bytes.size, 0, 0}, stage_decode},
        {{"characters", 1, in->count, in->text_bytes, 0, 0}, stage_characters},
        {{"segment", 1, in->count, in->text_bytes, 0, 0}, stage_segment},
        {{"place", 1, in->count, in->text_bytes, 0, 0}, stage_place},
        {{"topic", 1, in->count, in->text_bytes, 0, 0}, stage_topic},
        {{"where-what", 1, in->count, in->text_bytes, 0, 0}, stage_place_topic},
        {{"vector", 1, in->count, in->text_bytes, 0, 0}, stage_vector},
        {{"analyse", 1, in->count, in->text_bytes, 0, 0}, stage_analyse},
        {{"cluster", 1, in->count, in->bytes.size, 0, 0}, stage_cluster},
        {{"whole", 1, in->count, in->bytes.size, 0, 0}, stage_whole},
        {{"whole", workers, in->count, in->bytes.size, 0, 0}, stage_whole_threads},
    };
    weisu_code code = WEISU_OK;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !code; i++) {
        int is_said = rows[i].stage == stage_whole_threads && workers == 1;
        if (is_said || !bench_is_chosen(b->settings, rows[i].about.stage))
            continue;
        if (rows[i].stage == stage_cluster)
            code = make_vectors(b, err);
        if (!code)
            code = time_stage(b, &rows[i].about, rows[i].stage, err);
    }
    return code;
}

static weisu_code set_up(struct bench_stages *b, weisu_err *err)
{
    const struct engine_setup *setup = b->setup;
    weisu_code code = segmenter_new(&b->segmenter, setup->lexicon, NULL, err);
    if (!code)
        code = analysis_model_init(&b->model, setup->lexicon, b->segmenter, setup->options.city, NULL, err);
    b->model.teller = setup->options.classifier;
    if (!code)
        code = analyst_init(&b->analyst, &b->model, NULL, err);
    return code;
}

weisu_code bench_stages_run(struct bench_input *input, const struct engine_setup *setup,
                            const struct bench_settings *settings, weisu_err *err)
{
    struct bench_stages *b = calloc(1, sizeof *b);
    if (!b)
        return fail_memory(err);
    b->input = input;
    b->setup = setup;
    b->settings = settings;
    arena_init(&b->vector_strings, NULL, 1u << 20);
    weisu_code code = set_up(b, err);
    if (!code)
        code = run_all(b, err);
    analyst_dispose(&b->analyst);
    analysis_model_dispose(&b->model);
    segmenter_free(b->segmenter);
    arena_dispose(&b->vector_strings);
    free(b->vectors);
    free(b);
    return code;
}
