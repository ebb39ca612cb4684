/* The reference for clustering: a plain single pass, the same program and settings for every data set.
 *
 *     reference_single_pass [--image FILE] STREAM.jsonl CLUSTERS.tsv
 *
 * Each record, in the order of the file, becomes a vector of tf-idf weights: sqrt(tf) × log(N / df), both counts as the
 * stream stands when the record arrives, words of the title counted three times. It joins the cluster whose centroid
 * (sum of its members' unit vectors) has the highest cosine with it, if that is .30 or more, or else opens one.
 * Clusters stay candidates for ever. Written: id, tab, cluster. Words are the engine's segmenter's, nothing else is of
 * the engine.
 *
 * Candidates come from an inverted index, rarest words first, until WALK_BUDGET entries have been seen; the RESCORED
 * best of them are then scored exactly. For streams of some thousand records that is the whole index; for larger ones
 * it passes over the commonest words, and a word's list is dropped once it alone would exceed the budget. Memory: about
 * 1 kB a record of 200 characters. */
#include "base/hash.h"
#include "base/memory.h"
#include "segment/segmenter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_WEIGHT = 3, WALK_BUDGET = 50000, RESCORED = 16, NONE = -1 };
static const double threshold = .30;

struct posting {
    uint32_t cluster;
    float weight;
};

struct term {
    uint64_t key;
    uint32_t documents;
    uint32_t slot; /* in the present record's vector, with `stamp` */
    uint32_t stamp;
    uint32_t posting_count, posting_capacity;
    int is_dropped;
    struct posting *postings;
};

struct weight {
    uint32_t term;
    float value;
};

struct cluster {
    struct weight *weights; /* by term */
    uint32_t count;
    uint32_t stamp;
    double square; /* of the centroid's length */
    double score;
};

struct vector {
    struct weight *at;
    size_t count, capacity;
};

struct reference {
    struct lexicon *lexicon;
    struct segmenter *segmenter;
    struct arena arena;
    struct term *terms;
    size_t term_count, term_capacity;
    uint32_t *table; /* term + 1 by hash; a power of two */
    size_t table_size;
    struct cluster *clusters;
    size_t cluster_count, cluster_capacity;
    uint32_t *touched;
    size_t touched_count, touched_capacity;
    struct vector vector;
    uint32_t record_count;
};

static void give_up(const char *what, const char *detail)
{
    fprintf(stderr, "reference_single_pass: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(3);
}

static void reserve(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (memory_reserve(memory_default(), items, capacity, needed, size))
        give_up("out of memory", NULL);
}

/* ---- terms ---- */

static void grow_table(struct reference *r)
{
    size_t size = r->table_size ? r->table_size * 2 : 1 << 16;
    free(r->table);
    r->table = calloc(size, sizeof *r->table);
    r->table_size = size;
    if (!r->table)
        give_up("out of memory", NULL);
    for (size_t i = 0; i < r->term_count; i++) {
        size_t at = r->terms[i].key & (size - 1);
        while (r->table[at])
            at = (at + 1) & (size - 1);
        r->table[at] = (uint32_t)i + 1;
    }
}

static uint32_t term_of(struct reference *r, uint64_t key)
{
    if (r->term_count * 2 >= r->table_size)
        grow_table(r);
    size_t at = key & (r->table_size - 1);
    while (r->table[at]) {
        if (r->terms[r->table[at] - 1].key == key)
            return r->table[at] - 1;
        at = (at + 1) & (r->table_size - 1);
    }
    reserve((void **)&r->terms, &r->term_capacity, r->term_count + 1, sizeof *r->terms);
    r->terms[r->term_count] = (struct term){.key = key};
    r->table[at] = (uint32_t)++r->term_count;
    return (uint32_t)r->term_count - 1;
}

/* ---- a record's vector ---- */

static void count_words(struct reference *r, weisu_str text, float weight)
{
    struct characters characters;
    struct seg_tokens tokens;
    if (characters_decode(&characters, text, &r->arena) || segmenter_run(r->segmenter, &characters, &r->arena, &tokens))
        give_up("out of memory", NULL);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct seg_token *token = &tokens.token[i];
        if (token->kind == SEG_PUNCTUATION || token->kind == SEG_SPACE)
            continue;
        uint32_t term = term_of(
            r, hash_bytes(characters.code + token->begin, (token->end - token->begin) * sizeof *characters.code));
        struct term *known = &r->terms[term];
        if (known->stamp != r->record_count) {
            known->stamp = r->record_count;
            known->slot = (uint32_t)r->vector.count;
            known->documents++;
            reserve((void **)&r->vector.at, &r->vector.capacity, r->vector.count + 1, sizeof *r->vector.at);
            r->vector.at[r->vector.count++] = (struct weight){term, 0};
        }
        r->vector.at[known->slot].value += weight;
    }
}

/* Counts become weights of a vector of length 1; words that every record has fall out. */
static void weigh(struct reference *r)
{
    double square = 0;
    size_t kept = 0;
    for (size_t i = 0; i < r->vector.count; i++) {
        struct weight w = r->vector.at[i];
        double idf = log((r->record_count + 1.0) / r->terms[w.term].documents);
        w.value = (float)(sqrt((double)w.value) * idf);
        square += (double)w.value * w.value;
        if (w.value > 0)
            r->vector.at[kept++] = w;
    }
    r->vector.count = kept;
    for (size_t i = 0; i < kept; i++)
        r->vector.at[i].value /= (float)sqrt(square);
}

static int by_term(const void *a, const void *b)
{
    uint32_t x = ((const struct weight *)a)->term;
    uint32_t y = ((const struct weight *)b)->term;
    return (x > y) - (x < y);
}

/* ---- candidates ---- */

static void touch(struct reference *r, const struct posting *posting, double weight)
{
    struct cluster *cluster = &r->clusters[posting->cluster];
    if (cluster->stamp != r->record_count) {
        cluster->stamp = r->record_count;
        cluster->score = 0;
        reserve((void **)&r->touched, &r->touched_capacity, r->touched_count + 1, sizeof *r->touched);
        r->touched[r->touched_count++] = posting->cluster;
    }
    cluster->score += weight * posting->weight;
}

struct order {
    uint32_t postings;
    uint32_t at;
};

static int by_postings(const void *a, const void *b)
{
    const struct order *x = a;
    const struct order *y = b;
    if (x->postings != y->postings)
        return x->postings < y->postings ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static void walk_index(struct reference *r)
{
    struct order *order = arena_take_array(&r->arena, r->vector.count + 1, sizeof *order);
    size_t count = 0;
    uint64_t seen = 0;
    if (!order)
        give_up("out of memory", NULL);
    for (size_t i = 0; i < r->vector.count; i++) {
        const struct term *term = &r->terms[r->vector.at[i].term];
        if (!term->is_dropped)
            order[count++] = (struct order){term->posting_count, (uint32_t)i};
    }
    qsort(order, count, sizeof *order, by_postings);
    r->touched_count = 0;
    for (size_t i = 0; i < count && (seen += order[i].postings) <= WALK_BUDGET; i++) {
        const struct weight *w = &r->vector.at[order[i].at];
        const struct term *term = &r->terms[w->term];
        for (uint32_t p = 0; p < term->posting_count; p++)
            touch(r, &term->postings[p], w->value);
    }
}

static double exact_score(const struct reference *r, const struct cluster *cluster)
{
    double dot = 0;
    size_t a = 0;
    size_t b = 0;
    while (a < r->vector.count && b < cluster->count) {
        uint32_t x = r->vector.at[a].term;
        uint32_t y = cluster->weights[b].term;
        if (x == y)
            dot += (double)r->vector.at[a].value * cluster->weights[b].value;
        a += x <= y;
        b += y <= x;
    }
    return dot;
}

/* The cluster of the highest cosine, NONE when that is below the threshold; *dot with its centroid. */
static long best_cluster(struct reference *r, double *dot)
{
    uint32_t best[RESCORED];
    double score[RESCORED];
    size_t count = 0;
    for (size_t i = 0; i < r->touched_count; i++) {
        const struct cluster *cluster = &r->clusters[r->touched[i]];
        double value = cluster->score / sqrt(cluster->square);
        size_t at = count < RESCORED ? count++ : RESCORED;
        while (at > 0 && value > score[at - 1]) {
            if (at < RESCORED) {
                score[at] = score[at - 1];
                best[at] = best[at - 1];
            }
            at--;
        }
        if (at < RESCORED) {
            score[at] = value;
            best[at] = r->touched[i];
        }
    }
    long found = NONE;
    double highest = threshold;
    for (size_t i = 0; i < count; i++) {
        double product = exact_score(r, &r->clusters[best[i]]);
        double value = product / sqrt(r->clusters[best[i]].square);
        if (value >= highest) {
            highest = value;
            found = (long)best[i];
            *dot = product;
        }
    }
    return found;
}

/* ---- joining ---- */

static void merge_weights(struct cluster *cluster, const struct vector *vector)
{
    struct weight *merged = malloc((cluster->count + vector->count + 1) * sizeof *merged);
    size_t a = 0;
    size_t b = 0;
    uint32_t count = 0;
    if (!merged)
        give_up("out of memory", NULL);
    while (a < cluster->count || b < vector->count) {
        uint32_t x = a < cluster->count ? cluster->weights[a].term : UINT32_MAX;
        uint32_t y = b < vector->count ? vector->at[b].term : UINT32_MAX;
        merged[count] = x <= y ? cluster->weights[a] : vector->at[b];
        if (x == y)
            merged[count].value += vector->at[b].value;
        count++;
        a += x <= y;
        b += y <= x;
    }
    free(cluster->weights);
    cluster->weights = realloc(merged, (count + 1) * sizeof *merged);
    cluster->count = count;
    if (!cluster->weights)
        give_up("out of memory", NULL);
}

static void add_postings(struct reference *r, uint32_t cluster)
{
    for (size_t i = 0; i < r->vector.count; i++) {
        struct term *term = &r->terms[r->vector.at[i].term];
        size_t capacity = term->posting_capacity;
        if (term->is_dropped)
            continue;
        if (term->posting_count == WALK_BUDGET) {
            free(term->postings);
            term->postings = NULL;
            term->is_dropped = 1;
            continue;
        }
        reserve((void **)&term->postings, &capacity, term->posting_count + (size_t)1, sizeof *term->postings);
        term->posting_capacity = (uint32_t)capacity;
        term->postings[term->posting_count++] = (struct posting){cluster, r->vector.at[i].value};
    }
}

static size_t assign(struct reference *r, weisu_str title, weisu_str text)
{
    double dot = 0;
    arena_reset(&r->arena);
    r->record_count++;
    r->vector.count = 0;
    count_words(r, title, TITLE_WEIGHT);
    count_words(r, text, 1);
    weigh(r);
    if (r->vector.count)
        qsort(r->vector.at, r->vector.count, sizeof *r->vector.at, by_term);
    walk_index(r);
    long found = best_cluster(r, &dot);
    if (found == NONE) {
        reserve((void **)&r->clusters, &r->cluster_capacity, r->cluster_count + 1, sizeof *r->clusters);
        found = (long)r->cluster_count;
        r->clusters[r->cluster_count++] = (struct cluster){.count = 0};
    }
    struct cluster *cluster = &r->clusters[found];
    cluster->square += 2 * dot + 1;
    merge_weights(cluster, &r->vector);
    add_postings(r, (uint32_t)found);
    return (size_t)found;
}

/* ---- reading ---- */

static size_t put_utf8(char *out, unsigned long code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

/* Unescapes a JSON string in place. */
static weisu_str unescape(char *start, const char *end)
{
    char *out = start;
    for (const char *at = start; at < end; at++) {
        if (*at != '\\' || at + 1 >= end) {
            *out++ = *at;
            continue;
        }
        at++;
        if (*at == 'u' && end - at > 4) {
            char digits[5] = {at[1], at[2], at[3], at[4], 0};
            out += put_utf8(out, strtoul(digits, NULL, 16));
            at += 4;
        } else if (*at == 'n' || *at == 't' || *at == 'r') {
            *out++ = ' ';
        } else {
            *out++ = *at;
        }
    }
    return (weisu_str){start, (size_t)(out - start)};
}

/* The end of the string that begins after the quote before `at`. */
static char *string_end(char *at)
{
    while (*at && *at != '"')
        at += *at == '\\' && at[1] ? 2 : 1;
    return at;
}

struct record {
    weisu_str id, title, text;
};

/* The three strings of a flat JSON object; the line is changed. */
static struct record read_record(char *line)
{
    struct record record = {.id = {"", 0}, .title = {"", 0}, .text = {"", 0}};
    char *at = line;
    while ((at = strchr(at, '"'))) {
        char *key = at + 1;
        char *key_end = string_end(key);
        size_t size = (size_t)(key_end - key);
        at = *key_end ? key_end + 1 : key_end;
        at += strspn(at, ": ");
        if (*at != '"') {
            at += strcspn(at, ",}");
            continue;
        }
        char *value = at + 1;
        char *end = string_end(value);
        at = *end ? end + 1 : end;
        if (size == 2 && memcmp(key, "id", 2) == 0)
            record.id = unescape(value, end);
        else if (size == 5 && memcmp(key, "title", 5) == 0)
            record.title = unescape(value, end);
        else if (size == 4 && memcmp(key, "text", 4) == 0)
            record.text = unescape(value, end);
    }
    return record;
}

static void read_stream(struct reference *r, FILE *in, FILE *out)
{
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, in) > 0) {
        struct record record = read_record(line);
        if (record.id.size == 0)
            continue;
        fprintf(out, "%.*s\t%zu\n", (int)record.id.size, record.id.data, assign(r, record.title, record.text));
    }
    free(line);
}

static void dispose(struct reference *r)
{
    for (size_t i = 0; i < r->term_count; i++)
        free(r->terms[i].postings);
    for (size_t i = 0; i < r->cluster_count; i++)
        free(r->clusters[i].weights);
    free(r->terms);
    free(r->table);
    free(r->clusters);
    free(r->touched);
    free(r->vector.at);
    arena_dispose(&r->arena);
    segmenter_free(r->segmenter);
    lexicon_close(r->lexicon);
}

int main(int argc, char **argv)
{
    const char *image = WEISU_BINARY_DIR "/share/weisu/weisu.image";
    struct reference reference = {.record_count = 0};
    weisu_err err;
    int at = 1;
    if (argc > 2 && strcmp(argv[1], "--image") == 0) {
        image = argv[2];
        at = 3;
    }
    if (argc - at != 2) {
        fprintf(stderr, "usage: reference_single_pass [--image FILE] STREAM.jsonl CLUSTERS.tsv\n");
        return 2;
    }
    if (lexicon_open(&reference.lexicon, image, memory_default(), &err) ||
        segmenter_new(&reference.segmenter, reference.lexicon, memory_default(), &err))
        give_up(image, err.text);
    arena_init(&reference.arena, memory_default(), 0);
    FILE *in = fopen(argv[at], "r");
    FILE *out = in ? fopen(argv[at + 1], "w") : NULL;
    if (!in || !out)
        give_up("cannot open", in ? argv[at + 1] : argv[at]);
    read_stream(&reference, in, out);
    if (ferror(in) || fclose(out))
        give_up("cannot read or write", argv[at]);
    fclose(in);
    dispose(&reference);
    return 0;
}
