/* What is told of clusters: one by itself, or two that may be one. */
#include "cluster/cluster_settings.h"
#include "detect/detector_fields.h"
#include "detect/join_trust.h"
#include "detect/related.h"

#include "base/fixed_log.h"

#define HOUR_MS INT64_C(3600000)

/* Clusters founded a day. */
static uint64_t foundings_a_day_q8(const struct detector *detector)
{
    uint64_t cases = detector->evidence.cases;
    return fixed_mul_div(pace_records_q8(&detector->pace), detector->evidence.calibration[0].trials + 1, cases + 1);
}

static int64_t family_recurrence(const struct detector *detector, const struct cluster_growth *growth, uint32_t family,
                                 int32_t *bits)
{
    *bits = evidence_bits_q16(&detector->evidence, growth, family);
    int32_t rarity = *bits ? calibration_rarity_q16(&detector->evidence.calibration[family], *bits) : 0;
    return detector_recurrence_milli(rarity, foundings_a_day_q8(detector));
}

static uint32_t hours_between(int64_t first_ms, int64_t last_ms)
{
    int64_t hours = (last_ms - first_ms + HOUR_MS - 1) / HOUR_MS;
    return (uint32_t)(hours < 1 ? 1 : hours < UINT32_MAX ? hours : UINT32_MAX);
}

static struct detect_signal subject_of(const struct detect_case *observed, uint32_t cluster, uint32_t related)
{
    return (struct detect_signal){.subject = DETECT_CLUSTER,
                                  .cluster = cluster,
                                  .related = related,
                                  .division = observed->division,
                                  .spot = observed->spot,
                                  .topic = observed->topic};
}

int detector_tell_cluster(const struct detector *detector, const struct detect_case *observed,
                          const struct cluster_growth *growth, struct detect_signal *out)
{
    int32_t bits;
    int32_t risk_bits;
    int64_t recurrence = family_recurrence(detector, growth, EVIDENCE_GROWTH, &bits);
    int64_t risk_recurrence = family_recurrence(detector, growth, EVIDENCE_RISK, &risk_bits);
    int is_rare = bits && detector_is_rare(detector, recurrence, ALARM_GROWTH, 0);
    int is_risk = risk_bits && detector_is_rare(detector, risk_recurrence, ALARM_RISK, 0);
    if (!is_rare && !is_risk && !growth->alerted)
        return 0;
    struct detect_signal subject = subject_of(observed, growth->slot, CLUSTER_NONE);
    int32_t dismissed = detector_dismissed_q16(detector, &subject);
    if (dismissed && !growth->alerted) {
        is_rare = is_rare && detector_is_rare(detector, recurrence, ALARM_GROWTH, dismissed);
        is_risk = is_risk && detector_is_rare(detector, risk_recurrence, ALARM_RISK, dismissed);
        if (!is_rare && !is_risk)
            return 0;
    }
    struct forecast_span forecast;
    evidence_foresee(&detector->evidence, growth, detector->clock_ms, &forecast);
    *out = subject;
    out->raises = !growth->alerted;
    out->risk = is_risk ? (observed->risk == 1 ? 1 : 2) : 0;
    out->window_hours = hours_between(growth->first_ms, growth->last_ms);
    out->count = growth->members;
    out->reporters = cluster_growth_standing(growth);
    out->expected_milli = evidence_expected_milli(&detector->evidence, growth, growth->last_ms - growth->first_ms);
    out->surprise_q16 = is_risk ? risk_bits : bits;
    out->dismissed_q16 = dismissed;
    out->recurrence_days_milli = detector_told_recurrence(detector, is_risk ? risk_recurrence : recurrence);
    detector_set_forecast(detector, forecast, out);
    return 1;
}

/* ---- two as one ---- */

/* The larger of both; of equals the older. */
static struct cluster_growth *larger_of(const struct detector *detector, uint32_t a, uint32_t b)
{
    struct cluster_growth *x = cluster_growths_find(&detector->evidence.clusters, a < b ? a : b);
    struct cluster_growth *y = cluster_growths_find(&detector->evidence.clusters, a < b ? b : a);
    if (!x || (y && y->reporters > x->reporters))
        return y;
    return x;
}

/* Counts, span and forecast of both together, into a signal whose clusters are set. */
static void fill_sum(const struct detector *detector, const struct cluster_growth *larger,
                     const struct related_sum *sum, struct detect_signal *out)
{
    struct cluster_growth both = *larger;
    struct forecast_span forecast;
    both.reporters = sum->reporters;
    both.members = sum->members;
    both.entered_ms = sum->entered_ms;
    evidence_foresee(&detector->evidence, &both, detector->clock_ms, &forecast);
    out->window_hours = hours_between(sum->first_ms, sum->last_ms);
    out->count = sum->members;
    out->reporters = sum->reporters;
    out->expected_milli = evidence_expected_milli(&detector->evidence, &both, sum->last_ms - sum->first_ms);
    detector_set_forecast(detector, forecast, out);
}

int detector_relate(struct detector *detector, const struct cluster_index *clusters, const struct detect_case *observed,
                    struct detect_signal *out)
{
    const struct cluster_outcome *outcome = observed->outcome;
    uint32_t slot[2] = {outcome->cluster, outcome->runner_up.cluster};
    int32_t trust = join_trust_of_runner_up_q16(outcome->runner_up.score);
    if (slot[1] == CLUSTER_NONE || slot[1] == slot[0] || !trust)
        return 0;
    struct cluster_growth *larger = larger_of(detector, slot[0], slot[1]);
    if (!larger || larger->reporters < 2)
        return 0;
    uint32_t other = larger->slot == slot[0] ? slot[1] : slot[0];
    const struct cluster_growth *smaller = cluster_growths_find(&detector->evidence.clusters, other);
    /* After an alert a cluster has to come back by itself. */
    if (larger->alerted || larger->rerun || (smaller && (smaller->alerted || smaller->rerun)))
        return 0;
    struct related_sum sum;
    related_add_up(clusters, slot, &sum);
    int32_t bits = evidence_related_q16(&detector->evidence, larger, smaller, trust);
    evidence_reach(&detector->evidence, larger, bits);
    int32_t rarity = calibration_rarity_q16(&detector->evidence.calibration[EVIDENCE_GROWTH], bits);
    int64_t recurrence = detector_recurrence_milli(rarity, foundings_a_day_q8(detector));
    *out = subject_of(observed, larger->slot, other);
    out->dismissed_q16 = detector_dismissed_q16(detector, out);
    if (sum.reporters < 2 || !detector_is_rare(detector, recurrence, ALARM_GROWTH, out->dismissed_q16))
        return 0;
    out->raises = 1;
    out->surprise_q16 = bits;
    out->recurrence_days_milli = detector_told_recurrence(detector, recurrence);
    fill_sum(detector, larger, &sum, out);
    return 1;
}

void detector_renew(const struct detector *detector, const struct cluster_index *clusters, struct detect_signal *signal)
{
    const struct cluster_growth *larger = cluster_growths_find(&detector->evidence.clusters, signal->cluster);
    const struct cluster_growth *smaller = cluster_growths_find(&detector->evidence.clusters, signal->related);
    uint32_t slot[2] = {signal->cluster, signal->related};
    struct related_sum sum;
    if (!larger)
        return;
    related_add_up(clusters, slot, &sum);
    int32_t bits = evidence_related_q16(&detector->evidence, larger, smaller, join_trust_of_runner_up_q16(JOIN_Q16));
    if (bits > signal->surprise_q16) {
        int32_t rarity = calibration_rarity_q16(&detector->evidence.calibration[EVIDENCE_GROWTH], bits);
        int64_t recurrence = detector_recurrence_milli(rarity, foundings_a_day_q8(detector));
        signal->surprise_q16 = bits;
        signal->recurrence_days_milli = detector_told_recurrence(detector, recurrence);
    }
    fill_sum(detector, larger, &sum, signal);
}
