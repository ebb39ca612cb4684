#include "detect/related.h"

struct first_word {
    int64_t time_ms;
    uint64_t reporter;
};

struct first_words {
    struct first_word word[2 * RELATED_MEMBERS];
    size_t count;
};

/* Keeps each reporter's first complaint, ordered by time; whoever is unknown is somebody new. */
static void hear(struct first_words *words, const struct cluster_member *member)
{
    size_t at = 0;
    while (at < words->count && (!member->reporter || words->word[at].reporter != member->reporter))
        at++;
    if (at == words->count)
        words->count++;
    else if (words->word[at].time_ms <= member->time_ms)
        return;
    for (; at > 0 && words->word[at - 1].time_ms > member->time_ms; at--)
        words->word[at] = words->word[at - 1];
    words->word[at] = (struct first_word){member->time_ms, member->reporter};
}

void related_add_up(const struct cluster_index *clusters, const uint32_t slot[2], struct related_sum *out)
{
    struct first_words words = {.count = 0};
    *out = (struct related_sum){.first_ms = INT64_MAX, .last_ms = INT64_MIN};
    for (size_t i = 0; i < 2; i++) {
        struct cluster_view view;
        cluster_look(clusters, slot[i], &view);
        for (uint32_t at = 0; at < view.kept && at < RELATED_MEMBERS; at++) {
            struct cluster_member member = cluster_member_at(clusters, slot[i], at);
            hear(&words, &member);
        }
        out->members += view.members;
        out->first_ms = view.first_ms < out->first_ms ? view.first_ms : out->first_ms;
        out->last_ms = view.last_ms > out->last_ms ? view.last_ms : out->last_ms;
    }
    out->reporters = (uint32_t)words.count;
    out->entered_ms = words.count ? words.word[words.count - 1].time_ms : out->first_ms;
}
