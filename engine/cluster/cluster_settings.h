/* The numbers that clustering was tuned with; the measurements behind them are in docs/clustering.md. The same for
 * every data set: what an installation may set is in cluster_config. */
#ifndef CLUSTER_CLUSTER_SETTINGS_H
#define CLUSTER_CLUSTER_SETTINGS_H

enum {
    /* Prior idf (log2 × 256) of a word with an information of I bits: I - base, at most the cap. */
    PRIOR_BASE_Q8 = 8 * 256,
    PRIOR_CAP_Q8 = 7 * 256 + 128,
    PRIOR_COMMON_Q8 = 3 * 256 + 128, /* of words that any complaint uses: LEXICON_TAG_COMMON 1 */
    PRIOR_MANY_Q8 = 5 * 256,         /* of words that many use: LEXICON_TAG_COMMON 2 */
    PRIOR_COUNTED_Q8 = 6 * 256,      /* 3期, 12栋 */
    PRIOR_SHORT_LATIN_Q8 = 3 * 256 + 128,

    /* Weights of a vector. */
    TITLE_OCCURRENCES = 2, /* what one occurrence in the title counts */
    PAIR_WEIGHT_Q8 = 96,   /* two neighbouring characters of title or name */
    SPOT_WEIGHT_Q8 = 200,  /* the place itself, beside the words of its name */

    /* Document frequencies: the prior counts as this many documents. */
    MODEL_PRIOR_DOCUMENTS = 1024,
    MODEL_WINDOW = 1 << 20, /* documents after which all counts are halved */
    MODEL_IDF_MAX_Q8 = 20 * 256,
    DENSE_FROM_LOG_Q16 = 760218, /* log2 of the active clusters and 1,024, from which the issue counts less: 11.6 */
    DENSE_FADE_Q8 = 56,          /* for each doubling beyond: it counts 1 / (1 + fade × doublings) */

    /* Candidates. */
    QUERY_PROBES = 24,     /* strongest terms of a record that are looked up */
    SINGLE_TERMS = 24,     /* that a cluster of one keeps */
    SINGLE_TRIED = 16,     /* of these, terms by which it may be found: those of which few clusters are found yet */
    SINGLE_POSTED = 6,     /* terms by which it is found */
    GROUP_TERMS = 64,      /* that a larger cluster keeps */
    GROUP_POSTED = 12,     /* its strongest terms by which it is found */
    GROUP_POSTED_MAX = 24, /* terms by which it was ever found and still is */
    LIST_MAX = 40,         /* clusters found by one term; further ones wait until the next publication */
    LIST_TRIMMED = 30,     /* what publication leaves of a longer list: the ones active last */
    SHARED_MIN_Q12 = 1400, /* worth of the shared terms below which a cluster is no candidate */

    /* Scores, × 65,536, and factors, × 256. */
    JOIN_Q16 = 19333,          /* .295 */
    PLACE_BONUS_Q8 = 110,      /* of the part of the cosine, where the places agree fully */
    SAME_DIVISION_Q16 = 3000,  /* where the tightest division of both is one and the same */
    OTHER_DISTRICT_Q16 = 8500, /* taken off where both are of known districts that differ */
    SAME_TOPIC_Q16 = 4000,     /* where both topics are known, times the agreement of the places */
    OTHER_TOPIC_Q16 = 1000,    /* taken off where both are known and differ */
    QUIET_Q16 = 700,           /* for each doubling of 1 + the days since the last member */
    REPORTER_BONUS_Q16 = 2000,
    COPY_SCORE_Q16 = 62000, /* a copy at the same place or of the same reporter */

    /* The second pass. */
    NEAR_Q16 = 4000,             /* score of a record with a second cluster, from which the two are looked at */
    PLACE_LIST_MAX = 24,         /* clusters of one place that are compared */
    NEAR_MAX = 1 << 16,          /* pairs looked at in one pass; later ones wait for their next record */
    LIKE_AGREEMENT_MIN_Q8 = 102, /* of the places; below, two clusters are never one problem: .4 */
    LIKE_TOPIC_Q16 = 9830,       /* one topic, times the agreement of the places: .15 */
    LIKE_PLACE_Q16 = 3277,       /* the same where a topic is not known: .05 */
    LIKE_OTHER_Q16 = 6554,       /* taken off for two topics: .1 */
    LIKE_MERGED_Q16 = 32768,     /* merged from here on: .5 */
    LIKE_PROPOSED_Q16 = 27525,   /* below, proposed from here on: .42 */
    LIKE_SEPARATED_Q16 = 19661,  /* a part that fell below leaves again: .3 */
    LIKE_LARGE = 20,             /* two of so many members are only proposed */
    PROPOSALS_KEPT = 512,        /* the newest */

    GROUP_PATIENCE = 2,  /* a cluster of several stays a candidate so many times longer than one of one */
    CENTROID_MEMORY = 48 /* members after which an older one begins to fade */
};

#endif
