/* Trust: how surely does a record belong to the cluster that it joined?
 *
 * Clustering joins above one threshold; of the records that come in just above it a quarter belong, of those at twice
 * the threshold nearly all (real complaints, docs/detection.md). A further reporter is evidence as far as he is one: by
 * the trust in the join, and by half where his text is a copy of an earlier one, because a text that is sent around is
 * one voice with many names. Pure; integers; any thread. */
#ifndef DETECT_JOIN_TRUST_H
#define DETECT_JOIN_TRUST_H

#include <stdint.h>

/* Share of the records that joined with this score (cluster_outcome.score) which are a further voice, × 65,536. */
int32_t join_trust_q16(int32_t score_q16);
/* Weight of a cluster that a record nearly joined: 0 where that says nothing. */
int32_t join_trust_of_runner_up_q16(int32_t score_q16);

#endif
