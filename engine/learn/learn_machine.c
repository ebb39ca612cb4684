#include "learn/learn_machine.h"

#include "base/failure.h"

#include <linear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double cost = 3;      /* flat between 2 and 4 on complaints */
static const double accuracy = .1; /* LIBLINEAR's own default; smaller changes no decision that was looked at */

struct learn_machine {
    const struct learn_corpus *corpus;
    const struct learn_vocabulary *vocabulary;
    struct feature_node *node; /* of all documents, each ended by index -1 */
    size_t node_count;
    size_t *first;             /* [document_count] into `node` */
    struct feature_node **row; /* [document_count] of a training */
    double *label;             /* [document_count] */
};

static int is_known(const struct learn_vocabulary *vocabulary, uint64_t hash)
{
    uint32_t cell = label_cell(hash, vocabulary->bits);
    return vocabulary->known[cell] >> label_known_bit(hash, vocabulary->bits) & 1;
}

/* Writes the document's cells with units as values, then the end; returns how many nodes. */
static size_t gather_cells(const struct learn_machine *machine, const struct learn_document *document,
                           struct feature_node *node)
{
    const struct learn_corpus *corpus = machine->corpus;
    const struct learn_vocabulary *vocabulary = machine->vocabulary;
    size_t count = 0;
    for (size_t i = document->first; i < document->first + document->count; i++) {
        if (!is_known(vocabulary, corpus->hash[i]))
            continue;
        int number = (int)vocabulary->number[label_cell(corpus->hash[i], vocabulary->bits)];
        if (count == 0 || node[count - 1].index != number)
            node[count++] = (struct feature_node){number, 0};
        node[count - 1].value += corpus->note[i].units;
    }
    node[count] = (struct feature_node){-1, 0};
    return count;
}

/* Units to worth × scale, the vector to unit length. */
static void weigh_cells(struct feature_node *node, size_t count, const double *scale)
{
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        node[i].value = label_worth_q8((uint32_t)node[i].value) * scale[node[i].index - 1];
        square += node[i].value * node[i].value;
    }
    for (size_t i = 0; i < count; i++)
        node[i].value /= sqrt(square);
}

static int fill_nodes(struct learn_machine *machine)
{
    const struct learn_corpus *corpus = machine->corpus;
    const struct learn_vocabulary *vocabulary = machine->vocabulary;
    double *scale = memory_new(corpus->allocator, vocabulary->cell_count + 1, sizeof *scale);
    if (!scale)
        return -1;
    for (size_t cell = 0; cell < (size_t)1 << vocabulary->bits; cell++)
        if (vocabulary->number[cell])
            scale[vocabulary->number[cell] - 1] = vocabulary->scale_q8[cell];
    size_t at = 0;
    for (size_t d = 0; d < corpus->document_count; d++) {
        size_t count = gather_cells(machine, &corpus->document[d], machine->node + at);
        weigh_cells(machine->node + at, count, scale);
        machine->first[d] = at;
        at += count + 1;
    }
    memory_free(corpus->allocator, scale, vocabulary->cell_count + 1, sizeof *scale);
    return 0;
}

weisu_code learn_machine_new(struct learn_machine **out, const struct learn_corpus *corpus,
                             const struct learn_vocabulary *vocabulary, weisu_err *err)
{
    const weisu_allocator *allocator = corpus->allocator;
    *out = NULL;
    struct learn_machine *machine = memory_new_zeroed(allocator, 1, sizeof *machine);
    if (!machine)
        return failure(err, WEISU_ENOMEM, "no memory for training");
    *machine = (struct learn_machine){.corpus = corpus, .vocabulary = vocabulary};
    machine->node_count = corpus->document_count;
    for (size_t i = 0; i < corpus->feature_count; i++)
        machine->node_count += (size_t)is_known(vocabulary, corpus->hash[i]);
    machine->node = memory_new(allocator, machine->node_count, sizeof *machine->node);
    machine->first = memory_new(allocator, corpus->document_count, sizeof *machine->first);
    machine->row = memory_new(allocator, corpus->document_count, sizeof(struct feature_node *));
    machine->label = memory_new(allocator, corpus->document_count, sizeof *machine->label);
    if (!machine->node || !machine->first || !machine->row || !machine->label || fill_nodes(machine)) {
        learn_machine_free(machine);
        return failure(err, WEISU_ENOMEM, "no memory for training on %zu records", corpus->document_count);
    }
    *out = machine;
    return WEISU_OK;
}

void learn_machine_free(struct learn_machine *machine)
{
    if (!machine)
        return;
    const struct learn_corpus *corpus = machine->corpus;
    memory_free(corpus->allocator, machine->node, machine->node_count, sizeof *machine->node);
    memory_free(corpus->allocator, machine->first, corpus->document_count, sizeof *machine->first);
    memory_free(corpus->allocator, machine->row, corpus->document_count, sizeof(struct feature_node *));
    memory_free(corpus->allocator, machine->label, corpus->document_count, sizeof *machine->label);
    memory_free(corpus->allocator, machine, 1, sizeof *machine);
}

static void say_nothing(const char *text)
{
    (void)text;
}

/* LIBLINEAR orders labels by their first record, and keeps one column where there are two. */
static void take_weights(const struct learn_machine *machine, const struct model *model, double *weight)
{
    size_t labels = machine->corpus->label_count;
    size_t columns = model->nr_class == 2 ? 1 : (size_t)model->nr_class;
    memset(weight, 0, machine->vocabulary->cell_count * labels * sizeof *weight);
    for (size_t cell = 0; cell < machine->vocabulary->cell_count; cell++) {
        const double *from = model->w + cell * columns;
        double *to = weight + cell * labels;
        for (int k = 0; k < model->nr_class; k++)
            to[model->label[k]] = columns == 1 && k == 1 ? -from[0] : from[k];
    }
}

weisu_code learn_machine_train(struct learn_machine *machine, const uint32_t *fold, uint32_t held, double *weight,
                               uint8_t *present, weisu_err *err)
{
    const struct learn_corpus *corpus = machine->corpus;
    struct problem problem = {
        .n = (int)machine->vocabulary->cell_count, .y = machine->label, .x = machine->row, .bias = -1};
    uint32_t labels = 0;
    memset(present, 0, corpus->label_count);
    for (size_t d = 0; d < corpus->document_count; d++) {
        if (held != LEARN_ALL && fold[d] == held)
            continue;
        uint32_t label = corpus->document[d].label;
        labels += !present[label];
        present[label] = 1;
        machine->label[problem.l] = label;
        machine->row[problem.l++] = machine->node + machine->first[d];
    }
    if (labels < 2)
        return failure(err, WEISU_EFIELD, "the records have fewer than two categories");
    const struct parameter parameter = {.solver_type = L2R_L2LOSS_SVC_DUAL, .eps = accuracy, .C = cost};
    set_print_string_function(say_nothing);
    srand(1); /* NOLINT(cert-msc32-c,cert-msc51-cpp): predictable is what it has to be */
    struct model *model = train(&problem, &parameter);
    if (!model)
        return failure(err, WEISU_ENOMEM, "no memory for training");
    take_weights(machine, model, weight);
    free_and_destroy_model(&model);
    return WEISU_OK;
}

void learn_machine_margins(const struct learn_machine *machine, size_t document, const double *weight, double *margin)
{
    size_t labels = machine->corpus->label_count;
    memset(margin, 0, labels * sizeof *margin);
    for (const struct feature_node *node = machine->node + machine->first[document]; node->index > 0; node++) {
        const double *row = weight + (size_t)(node->index - 1) * labels;
        for (size_t k = 0; k < labels; k++)
            margin[k] += node->value * row[k];
    }
}
