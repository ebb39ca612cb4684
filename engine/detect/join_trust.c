#include "detect/join_trust.h"

#include "base/fixed_log.h"
#include "cluster/cluster_settings.h"

#include <stddef.h>

enum { ONE = FIXED_ONE_Q16, COPY_Q16 = ONE * 9 / 10 };

struct trust_point {
    int32_t score_q16;
    int32_t trust_q16;
};

/* In thresholds of joining, so that the curve moves with it. Round numbers near what was counted. */
static const struct trust_point joined[] = {
    {JOIN_Q16, ONE * 7 / 20},
    {JOIN_Q16 * 6 / 5, ONE * 3 / 5},
    {JOIN_Q16 * 13 / 10, ONE * 7 / 10},
    {JOIN_Q16 * 8 / 5, ONE * 9 / 10},
    {JOIN_Q16 * 2, ONE},
};
static const struct trust_point nearly_joined[] = {
    {JOIN_Q16 * 4 / 5, 0}, {JOIN_Q16, ONE * 9 / 20}, {JOIN_Q16 * 17 / 10, ONE * 3 / 5}};

static int32_t read_curve(const struct trust_point *point, size_t count, int32_t score_q16)
{
    if (score_q16 <= point[0].score_q16)
        return point[0].trust_q16;
    for (size_t i = 1; i < count; i++) {
        int64_t along = (int64_t)score_q16 - point[i - 1].score_q16;
        int32_t run = point[i].score_q16 - point[i - 1].score_q16;
        if (along <= run)
            return point[i - 1].trust_q16 + (int32_t)((point[i].trust_q16 - point[i - 1].trust_q16) * along / run);
    }
    return point[count - 1].trust_q16;
}

int32_t join_trust_q16(int32_t score_q16)
{
    int32_t trust = read_curve(joined, sizeof joined / sizeof *joined, score_q16);
    return score_q16 >= COPY_Q16 ? trust / 2 : trust;
}

int32_t join_trust_of_runner_up_q16(int32_t score_q16)
{
    return read_curve(nearly_joined, sizeof nearly_joined / sizeof *nearly_joined, score_q16);
}
