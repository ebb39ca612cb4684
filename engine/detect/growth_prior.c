/* The prior that is shipped: what a hotline's clusters do before any were seen here.
 *
 * It is a form with round numbers, not counts of any archive. The share that ever grows rises with the number of
 * reporters, as in every process where the known are complained about more (Yule 1925; Simon 1955): about one founding
 * complaint in ten finds a second reporter, a third of the pairs a third one, half of the threes a fourth, and so on to
 * nine in ten. The waiting time is log-uniform from an hour to months, as waiting times of human activity are (Barabasi
 * 2005): each doubling of the age adds the same share; with more reporters the last months matter less. A table weighs
 * as much as 16 clusters that grew in each bin, so a few weeks of a city's stream replace it. */
#include "detect/growth_table.h"

const uint16_t growth_bin_hours[GROWTH_BINS] = {1, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 2160};

const uint16_t growth_prior[GROWTH_STEPS][GROWTH_BINS] = {
    {9, 17, 24, 32, 40, 49, 57, 64, 73, 83, 91, 96},            /* 1 reporter */
    {31, 63, 88, 116, 146, 176, 207, 232, 263, 297, 329, 347},  /* 2 */
    {44, 88, 124, 163, 204, 247, 290, 326, 369, 418, 462, 480}, /* 3 */
    {54, 109, 152, 201, 252, 305, 358, 402, 456, 515, 570, 580},
    {62, 124, 174, 229, 288, 348, 409, 458, 520, 588, 645, 650},
    {71, 142, 199, 262, 329, 397, 467, 524, 594, 672, 715, 720},
    {82, 163, 229, 302, 379, 459, 539, 605, 686, 776, 795, 800},
    {95, 190, 267, 352, 442, 534, 628, 704, 799, 870, 878, 880}, /* 16 and more */
};
