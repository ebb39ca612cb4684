/* What was dismissed has to be rarer before it is raised again. */
#include "detect/detector_fields.h"

#include "base/hash.h"

/* Key of the tightest cell that the place is known for, when that is at least a subdistrict: wider ones hold too much
 * that has nothing to do with what was dismissed. 0 for none. */
static uint64_t tightest_cell(const struct detector *detector, const struct detect_signal *signal)
{
    struct subject_path path;
    subject_path_fill(&detector->paths, signal->division, signal->spot, signal->topic, &path);
    for (uint32_t slot = PATH_SLOTS; slot-- > path_slot(PLACE_SUBDISTRICT, 0);) {
        uint64_t key = subject_path_cell(&detector->paths, &path, slot);
        if (key)
            return key;
    }
    return 0;
}

void detector_dismissal_keys(const struct detector *detector, const struct detect_signal *subject,
                             uint64_t key[DISMISSAL_KEYS])
{
    memset(key, 0, DISMISSAL_KEYS * sizeof key[0]);
    if (subject->subject == DETECT_CELL) {
        key[0] = subject->cell;
        return;
    }
    key[0] = hash_pair(1, subject->cluster);
    key[1] = subject->related == CLUSTER_NONE ? 0 : hash_pair(1, subject->related);
    key[2] = tightest_cell(detector, subject);
}

int32_t detector_dismissed_q16(const struct detector *detector, const struct detect_signal *subject)
{
    uint64_t key[DISMISSAL_KEYS];
    if (!detector->dismissals->count)
        return 0;
    detector_dismissal_keys(detector, subject, key);
    return dismissals_bits_q16(detector->dismissals, key, detector->clock_ms);
}

void detector_dismiss(struct detector *detector, const uint64_t key[DISMISSAL_KEYS], uint64_t alert)
{
    struct dismissal added = {.alert = alert, .at_ms = detector->clock_ms};
    memcpy(added.key, key, sizeof added.key);
    dismissals_add(detector->dismissals, &added);
}

int detector_reinstate(struct detector *detector, uint64_t alert)
{
    return dismissals_drop(detector->dismissals, alert);
}
