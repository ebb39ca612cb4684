/* From margins to probabilities: softmax(slope × margin + bias), fitted by maximum likelihood to records that training
 * did not see (Guo et al. 2017, "On Calibration of Modern Neural Networks": temperature scaling, here with a bias a
 * label, held near 0). Gradient descent; pure function of its input on one machine. */
#ifndef LEARN_LEARN_CALIBRATE_H
#define LEARN_LEARN_CALIBRATE_H

#include "topic/label_model_format.h"

struct learn_calibration {
    double slope; /* above 0; logits are natural logarithms */
    double bias[LABEL_MAX_LABELS];
    double accuracy; /* on the records it was fitted to */
    double macro_f1;
};

/* `margin`: [count][labels]; `label`: [count]. */
void learn_calibrate(struct learn_calibration *calibration, const double *margin, const uint32_t *label, size_t count,
                     uint32_t labels);

#endif
