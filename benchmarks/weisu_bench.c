/* Times each stage of the engine and the whole, on one file of records.
 *
 *     weisu_bench [--filter PART] [--threads N] [--image FILE] [--csv] RECORDS.jsonl
 *
 * Stages run on one thread over what the stage before them produced (place, topic and vector over ready tokens, slice
 * by slice); "whole" is the core with analysis, clustering, detection and alerts on one and on N threads, from decoded
 * records in memory. The shortest of five rounds counts. MB are 10^6 bytes: of lines for decode, cluster and whole, of
 * titles and texts for the others. */
#include "cluster/cluster_index.h"
#include "io/record_json.h"
#include "pipeline/admission.h"
#include "pipeline/analyse.h"
#include "pipeline/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, SLICE = 1024, PART_SLICE = 64 };

struct bench {
    const char *filter;
    const char *image;
    const char *path;
    uint32_t threads;
    int csv;
    struct lexicon *lexicon;
    struct zone *zone;
    struct segmenter *segmenter;
    struct analysis_model model;
    struct analyst analyst;
    char *bytes; /* the file */
    size_t byte_count;
    char *scratch;             /* a copy that decoding may change */
    struct record_line *lines; /* into scratch */
    struct log_entry *entries; /* one for each record that is admitted */
    struct cluster_vector *vectors;
    struct arena strings; /* what the entries point into */
    struct arena vector_strings;
    size_t line_count;
    size_t count;
    size_t text_bytes;
    double prepared_s; /* what a stage spent on its input in this round: not counted */
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void give_up(const char *what)
{
    fprintf(stderr, "weisu_bench: %s\n", what);
    exit(3);
}

static void report(const struct bench *b, const char *stage, uint32_t threads, double seconds, size_t records,
                   size_t bytes)
{
    double rate = (double)records / seconds;
    double megabytes = (double)bytes / seconds / 1e6;
    double micros = seconds / (double)records * 1e6;
    printf(b->csv ? "%s,%u,%zu,%.0f,%.1f,%.3f\n"
                  : "%-10s %2u thread(s) %9zu records %10.0f records/s %9.1f MB/s %8.3f us\n",
           stage, threads, records, rate, megabytes, micros);
    fflush(stdout);
}

static int chosen(const struct bench *b, const char *stage)
{
    return !b->filter || strstr(stage, b->filter);
}

/* ---- input ---- */

static void read_file(struct bench *b)
{
    FILE *file = fopen(b->path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        give_up("cannot open the file");
    b->byte_count = (size_t)ftell(file);
    rewind(file);
    b->bytes = malloc(b->byte_count + 1);
    b->scratch = malloc(b->byte_count + 1);
    if (!b->bytes || !b->scratch || fread(b->bytes, 1, b->byte_count, file) != b->byte_count)
        give_up("cannot read the file");
    fclose(file);
    for (size_t i = 0; i < b->byte_count; i++)
        b->line_count += b->bytes[i] == '\n';
    b->lines = calloc(b->line_count + 1, sizeof *b->lines);
    b->entries = calloc(b->line_count + 1, sizeof *b->entries);
    b->vectors = calloc(b->line_count + 1, sizeof *b->vectors);
    if (!b->lines || !b->entries || !b->vectors)
        give_up("no memory");
}

static void split_lines(struct bench *b)
{
    memcpy(b->scratch, b->bytes, b->byte_count);
    char *at = b->scratch;
    for (size_t i = 0; i < b->line_count; i++) {
        char *end = memchr(at, '\n', b->byte_count - (size_t)(at - b->scratch));
        b->lines[i] = (struct record_line){at, (size_t)(end - at), i + 1};
        at = end + 1;
    }
}

static size_t decode_all(struct bench *b, struct arena *arena)
{
    static const struct reporter_key key;
    struct record_options options;
    record_options_init(&options, b->zone);
    options.reporter_key = &key;
    struct record_decoder decoder = {&options, arena, 0, 0};
    size_t good = 0;
    for (size_t i = 0; i < b->line_count; i++)
        if (record_json_decode(&decoder, b->lines[i], &b->entries[good].record, NULL) == WEISU_OK)
            good++;
    return good;
}

static void admit_all(struct bench *b, size_t decoded)
{
    const struct admission_config config = {.latest_ms = INT64_MAX};
    struct admission *admission;
    if (admission_new(&admission, &config, NULL, NULL))
        give_up("no memory");
    for (size_t i = 0; i < decoded; i++) {
        weisu_record record = b->entries[i].record;
        weisu_receipt receipt;
        if (admission_decide(admission, &record, &b->entries[b->count], &receipt, NULL) == WEISU_OK &&
            receipt.verdict == WEISU_ACCEPTED)
            b->count++;
    }
    admission_free(admission);
    for (size_t i = 0; i < b->count; i++)
        b->text_bytes += b->entries[i].record.title.size + b->entries[i].record.text.size;
}

/* ---- stages ---- */

typedef void (*stage_function)(struct bench *b);

static void stage_decode(struct bench *b)
{
    struct arena arena;
    arena_init(&arena, NULL, 1u << 20);
    static const struct reporter_key key;
    struct record_options options;
    record_options_init(&options, b->zone);
    options.reporter_key = &key;
    struct record_decoder decoder = {&options, &arena, 0, 0};
    weisu_record record;
    for (size_t i = 0; i < b->line_count; i++) {
        if (i % SLICE == 0)
            arena_reset(&arena);
        record_json_decode(&decoder, b->lines[i], &record, NULL);
    }
    arena_dispose(&arena);
}

static void stage_characters(struct bench *b)
{
    struct characters characters;
    for (size_t i = 0; i < b->count; i++) {
        arena_reset(&b->analyst.arena);
        characters_decode(&characters, b->entries[i].record.title, &b->analyst.arena);
        characters_decode(&characters, b->entries[i].record.text, &b->analyst.arena);
    }
}

static void segment_field(struct bench *b, weisu_str text)
{
    struct characters characters;
    struct seg_tokens tokens;
    characters_decode(&characters, text, &b->analyst.arena);
    segmenter_run(b->segmenter, &characters, &b->analyst.arena, &tokens);
}

static void stage_segment(struct bench *b)
{
    for (size_t i = 0; i < b->count; i++) {
        arena_reset(&b->analyst.arena);
        segment_field(b, b->entries[i].record.title);
        segment_field(b, b->entries[i].record.text);
    }
}

static void stage_analyse(struct bench *b)
{
    static struct analysis analysis;
    for (size_t i = 0; i < b->count; i++) {
        arena_reset(&b->analyst.arena);
        if (analyse_record(&b->model, &b->analyst, &b->entries[i].record, &analysis))
            give_up("no memory");
    }
}

/* ---- the parts of analysis, from the segmenter's tokens ---- */

enum part { PART_PLACE = 1, PART_TOPIC = 2, PART_VECTOR = 4 };

static void run_parts(struct bench *b, const weisu_record *record, struct analysis *a, unsigned parts)
{
    if (parts & PART_PLACE && analyse_place(&b->model, &b->analyst, record, a))
        give_up("no memory");
    if (parts & PART_TOPIC && analyse_topic(&b->model, &b->analyst, record, a))
        give_up("no memory");
    if (parts & PART_VECTOR && analyse_vector(&b->model, &b->analyst, record, a))
        give_up("no memory");
}

/* Times `parts` of a slice's records when what they need was made. */
static void time_parts(struct bench *b, unsigned parts)
{
    static struct analysis slice[PART_SLICE];
    unsigned before = parts == PART_VECTOR ? PART_PLACE | PART_TOPIC : 0;
    for (size_t first = 0; first < b->count; first += PART_SLICE) {
        size_t count = b->count - first < PART_SLICE ? b->count - first : PART_SLICE;
        const struct log_entry *entries = b->entries + first;
        double start = now_s();
        arena_reset(&b->analyst.arena);
        for (size_t i = 0; i < count; i++) {
            if (analyse_tokens(&b->model, &b->analyst, &entries[i].record, &slice[i]))
                give_up("no memory");
            run_parts(b, &entries[i].record, &slice[i], before);
        }
        b->prepared_s += now_s() - start;
        for (size_t i = 0; i < count; i++)
            run_parts(b, &entries[i].record, &slice[i], parts);
    }
}

static void stage_place(struct bench *b)
{
    time_parts(b, PART_PLACE);
}

static void stage_topic(struct bench *b)
{
    time_parts(b, PART_TOPIC);
}

static void stage_place_topic(struct bench *b)
{
    time_parts(b, PART_PLACE | PART_TOPIC);
}

static void stage_vector(struct bench *b)
{
    time_parts(b, PART_VECTOR);
}

/* Vectors outlive the analyst's arena here: the index is timed from ready ones. */
static void make_vectors(struct bench *b)
{
    static struct analysis analysis;
    struct analyst keeper = b->analyst;
    keeper.arena = b->vector_strings;
    for (size_t i = 0; i < b->count; i++) {
        if (analyse_record(&b->model, &keeper, &b->entries[i].record, &analysis))
            give_up("no memory");
        b->vectors[i] = analysis.vector;
    }
    b->vector_strings = keeper.arena;
}

static void stage_cluster(struct bench *b)
{
    struct cluster_config config;
    struct cluster_index *index;
    struct cluster_scratch *scratch;
    cluster_config_init(&config);
    config.city = UINT64_C(110000000000);
    if (cluster_index_new(&index, &config, b->lexicon, NULL, NULL) || cluster_scratch_new(&scratch, NULL))
        give_up("no memory");
    for (size_t i = 0; i < b->count; i++) {
        const struct log_entry *entry = &b->entries[i];
        struct cluster_case new_case = {entry->sequence, entry->record.time_ms, entry->time_ms, 0, entry->record.id};
        struct cluster_proposal proposal;
        struct cluster_outcome outcome;
        cluster_batch_begin(index);
        if (cluster_propose(index, &b->vectors[i], entry->time_ms, scratch, &proposal) ||
            cluster_commit(index, &new_case, &proposal, &outcome, NULL))
            give_up("no memory");
        if (entry->sequence % 4096 == 0)
            cluster_publish(index, NULL);
    }
    cluster_scratch_free(scratch);
    cluster_index_free(index);
}

static void run_core(struct bench *b, uint32_t threads)
{
    struct core *core;
    weisu_options options;
    weisu_err err;
    weisu_options_init(&options);
    options.executor = weisu_executor_openmp(threads);
    if (core_new(&core, &options, b->lexicon, &err) || core_apply(core, b->entries, b->count, &err))
        give_up(err.text);
    core_free(core);
}

static void stage_whole(struct bench *b)
{
    run_core(b, 1);
}

static void stage_whole_threads(struct bench *b)
{
    run_core(b, b->threads);
}

static void time_stage(struct bench *b, const char *name, stage_function stage, size_t bytes)
{
    if (!chosen(b, name))
        return;
    double best = 1e99;
    for (int round = 0; round < ROUNDS; round++) {
        if (stage == stage_decode)
            split_lines(b);
        b->prepared_s = 0;
        double start = now_s();
        stage(b);
        double spent = now_s() - start - b->prepared_s;
        if (spent < best)
            best = spent;
    }
    report(b, name, stage == stage_whole_threads ? b->threads : 1, best,
           stage == stage_decode ? b->line_count : b->count, bytes);
}

static void set_up(struct bench *b)
{
    weisu_err err;
    if (lexicon_open(&b->lexicon, b->image, NULL, &err) || zone_open(&b->zone, "Asia/Shanghai", NULL, &err) ||
        segmenter_new(&b->segmenter, b->lexicon, NULL, &err))
        give_up(err.text);
    if (analysis_model_init(&b->model, b->lexicon, b->segmenter, UINT64_C(110000000000), NULL, &err) ||
        analyst_init(&b->analyst, &b->model, NULL, &err))
        give_up(err.text);
    arena_init(&b->strings, NULL, 1u << 20);
    arena_init(&b->vector_strings, NULL, 1u << 20);
    read_file(b);
}

static void tear_down(struct bench *b)
{
    analyst_dispose(&b->analyst);
    analysis_model_dispose(&b->model);
    arena_dispose(&b->strings);
    arena_dispose(&b->vector_strings);
    segmenter_free(b->segmenter);
    lexicon_close(b->lexicon);
    zone_close(b->zone);
    free(b->bytes);
    free(b->scratch);
    free(b->lines);
    free(b->entries);
    free(b->vectors);
}

static int parse(struct bench *b, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--csv") == 0)
            b->csv = 1;
        else if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc)
            b->filter = argv[++i];
        else if (strcmp(argv[i], "--image") == 0 && i + 1 < argc)
            b->image = argv[++i];
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            b->threads = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (argv[i][0] != '-' && !b->path)
            b->path = argv[i];
        else
            return -1;
    }
    return b->path && b->threads ? 0 : -1;
}

int main(int argc, char **argv)
{
    static struct bench b = {.threads = 2, .image = WEISU_BINARY_DIR "/share/weisu/weisu.image"};
    if (parse(&b, argc, argv)) {
        fprintf(stderr, "usage: weisu_bench [--filter PART] [--threads N] [--image FILE] [--csv] RECORDS.jsonl\n");
        return 2;
    }
    set_up(&b);
    time_stage(&b, "decode", stage_decode, b.byte_count);
    split_lines(&b);
    admit_all(&b, decode_all(&b, &b.strings));
    time_stage(&b, "characters", stage_characters, b.text_bytes);
    time_stage(&b, "segment", stage_segment, b.text_bytes);
    time_stage(&b, "place", stage_place, b.text_bytes);
    time_stage(&b, "topic", stage_topic, b.text_bytes);
    time_stage(&b, "where-what", stage_place_topic, b.text_bytes);
    time_stage(&b, "vector", stage_vector, b.text_bytes);
    time_stage(&b, "analyse", stage_analyse, b.text_bytes);
    if (chosen(&b, "cluster")) {
        make_vectors(&b);
        time_stage(&b, "cluster", stage_cluster, b.byte_count);
    }
    time_stage(&b, "whole", stage_whole, b.byte_count);
    time_stage(&b, "whole-mt", stage_whole_threads, b.byte_count);
    tear_down(&b);
    return 0;
}
