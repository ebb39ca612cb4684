#include "learn/learn_calibrate.h"

#include <math.h>
#include <string.h>

enum { rounds = 200 };

static const double bias_pull = 1e-3; /* of the squared biases, beside the mean loss of a record */
static const double least_slope = 1e-3;

struct held_out {
    const double *margin;
    const uint32_t *label;
    size_t count;
    uint32_t labels;
};

/* Probabilities of one record; returns the logarithm of its label's. */
static double probabilities(const struct learn_calibration *at, const double *margin, uint32_t label, uint32_t labels,
                            double *out)
{
    double most = -INFINITY;
    double sum = 0;
    for (uint32_t k = 0; k < labels; k++) {
        out[k] = at->slope * margin[k] + at->bias[k];
        most = out[k] > most ? out[k] : most;
    }
    double own = out[label] - most;
    for (uint32_t k = 0; k < labels; k++)
        sum += out[k] = exp(out[k] - most);
    for (uint32_t k = 0; k < labels; k++)
        out[k] /= sum;
    return own - log(sum);
}

/* Mean loss with the pull on the biases; the gradient goes to slope and bias of `slope_of`. */
static double loss_at(const struct held_out *held, const struct learn_calibration *at,
                      struct learn_calibration *gradient)
{
    double share[LABEL_MAX_LABELS];
    double loss = 0;
    memset(gradient, 0, sizeof *gradient);
    for (size_t i = 0; i < held->count; i++) {
        const double *margin = held->margin + i * held->labels;
        loss -= probabilities(at, margin, held->label[i], held->labels, share);
        for (uint32_t k = 0; k < held->labels; k++) {
            double excess = (share[k] - (k == held->label[i])) / (double)held->count;
            gradient->slope += excess * margin[k];
            gradient->bias[k] += excess;
        }
    }
    loss /= (double)held->count;
    for (uint32_t k = 0; k < held->labels; k++) {
        loss += bias_pull * at->bias[k] * at->bias[k];
        gradient->bias[k] += 2 * bias_pull * at->bias[k];
    }
    return loss;
}

static struct learn_calibration step_from(const struct learn_calibration *at, const struct learn_calibration *gradient,
                                          double step, uint32_t labels)
{
    struct learn_calibration next = *at;
    next.slope -= step * gradient->slope;
    if (next.slope < least_slope)
        next.slope = least_slope;
    for (uint32_t k = 0; k < labels; k++)
        next.bias[k] -= step * gradient->bias[k];
    return next;
}

/* Accuracy and macro-averaged F1 of the label with the largest logit. */
static void measure(struct learn_calibration *calibration, const struct held_out *held)
{
    size_t hit[LABEL_MAX_LABELS] = {0};
    size_t gold[LABEL_MAX_LABELS] = {0};
    size_t told[LABEL_MAX_LABELS] = {0};
    double share[LABEL_MAX_LABELS];
    size_t hits = 0;
    for (size_t i = 0; i < held->count; i++) {
        uint32_t best = 0;
        probabilities(calibration, held->margin + i * held->labels, held->label[i], held->labels, share);
        for (uint32_t k = 1; k < held->labels; k++)
            best = share[k] > share[best] ? k : best;
        gold[held->label[i]]++;
        told[best]++;
        hit[best] += best == held->label[i];
        hits += best == held->label[i];
    }
    calibration->accuracy = (double)hits / (double)held->count;
    calibration->macro_f1 = 0;
    for (uint32_t k = 0; k < held->labels; k++)
        if (gold[k] + told[k])
            calibration->macro_f1 += 2.0 * (double)hit[k] / (double)(gold[k] + told[k]) / held->labels;
}

void learn_calibrate(struct learn_calibration *calibration, const double *margin, const uint32_t *label, size_t count,
                     uint32_t labels)
{
    const struct held_out held = {margin, label, count, labels};
    struct learn_calibration gradient;
    struct learn_calibration next_gradient;
    double step = 1;
    *calibration = (struct learn_calibration){.slope = 1};
    if (count == 0)
        return;
    double loss = loss_at(&held, calibration, &gradient);
    for (int round = 0; round < rounds && step > 1e-6; round++) {
        struct learn_calibration next = step_from(calibration, &gradient, step, labels);
        double next_loss = loss_at(&held, &next, &next_gradient);
        if (next_loss > loss) {
            step /= 2;
            continue;
        }
        *calibration = next;
        gradient = next_gradient;
        loss = next_loss;
        step *= 1.5;
    }
    measure(calibration, &held);
}
