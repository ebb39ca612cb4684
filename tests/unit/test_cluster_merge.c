/* The second pass: what split is merged, a merge is told as one cluster, and taken back it leaves no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cluster/cluster_index.h"

enum { TERMS = 24 };

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define START_MS INT64_C(1546300800000)

struct city {
    struct cluster_index *index;
    struct cluster_scratch *scratch;
    uint64_t sequence;
    int64_t clock_ms;
};

/* A record at a place: terms `from` to from + own - 1, then `shared` of the terms that all texts draw on. */
struct told {
    uint64_t from;
    uint32_t own;
    uint64_t spot;
    uint64_t division;
    uint64_t reporter;
};

static weisu_str text(const char *id)
{
    return (weisu_str){id, strlen(id)};
}

static void open_city(struct city *city)
{
    struct cluster_config config;
    cluster_config_init(&config);
    *city = (struct city){.clock_ms = START_MS};
    assert_int_equal(cluster_index_new(&city->index, &config, NULL, NULL, NULL), WEISU_OK);
    assert_int_equal(cluster_scratch_new(&city->scratch, NULL), 0);
}

static void close_city(struct city *city)
{
    cluster_scratch_free(city->scratch);
    cluster_index_free(city->index);
}

static struct cluster_outcome tell(struct city *city, const struct told *told)
{
    struct cluster_term term[TERMS];
    weisu_str spelling[TERMS] = {{NULL, 0}};
    struct cluster_vector vector = {.term_count = TERMS,
                                    .place_count = 1,
                                    .term = term,
                                    .spelling = spelling,
                                    .place = {{told->spot, 1000, 1}},
                                    .reporter = told->reporter,
                                    .division = told->division,
                                    .spot = told->spot,
                                    .topic = 3};
    struct cluster_proposal proposal;
    struct cluster_outcome outcome;
    char id[16];
    snprintf(id, sizeof id, "r%llu", (unsigned long long)++city->sequence);
    city->clock_ms += MINUTE_MS;
    for (uint32_t i = 0; i < TERMS; i++)
        term[i] = (struct cluster_term){hash_mix(i < told->own ? told->from + i : 1000 + i), 256, 1500, 0};
    struct cluster_case new_case = {city->sequence, city->clock_ms, city->clock_ms, told->reporter, {id, strlen(id)}};
    assert_int_equal(cluster_review(city->index, city->sequence, city->clock_ms, NULL), WEISU_OK);
    cluster_batch_begin(city->index);
    assert_int_equal(cluster_propose(city->index, &vector, city->clock_ms, city->scratch, &proposal), 0);
    assert_int_equal(cluster_commit(city->index, &new_case, &proposal, &outcome, NULL), WEISU_OK);
    return outcome;
}

static uint32_t next_hour(struct city *city, struct cluster_turn *turn)
{
    uint32_t turns = 0;
    city->clock_ms += HOUR_MS;
    assert_int_equal(cluster_review(city->index, ++city->sequence, city->clock_ms, NULL), WEISU_OK);
    while (cluster_take_turn(city->index, turn))
        turns++;
    return turns;
}

/* Two wordings of one place: found by what each says first, so neither record finds the other's cluster. */
static const struct told first = {10, 10, 77, 0, 501};
static const struct told second = {200, 10, 77, 0, 502};

static void open_both(struct city *city)
{
    assert_int_equal(tell(city, &first).opened, 1);
    assert_int_equal(tell(city, &second).opened, 1);
}

static void one_problem_in_two_wordings_is_merged(void **state)
{
    (void)state;
    struct city city;
    struct cluster_turn turn;
    struct cluster_view whole;
    struct cluster_view part;
    open_city(&city);
    open_both(&city);
    assert_int_equal(next_hour(&city, &turn), 1);
    assert_int_equal(turn.kind, CLUSTER_MERGED);
    assert_int_equal(turn.part, 1);
    assert_int_equal(turn.whole, 0);
    cluster_look(city.index, 0, &whole);
    cluster_look(city.index, 1, &part);
    assert_int_equal(cluster_find_part(city.index, text(part.id)), 1);
    assert_int_equal(cluster_find_part(city.index, text(whole.id)), CLUSTER_NONE);
    assert_int_equal(whole.members, 2);
    assert_int_equal(whole.reporters, 2);
    assert_int_equal(whole.kept, 2);
    assert_int_equal(whole.merged_into, CLUSTER_NONE);
    assert_int_equal(part.merged_into, 0);
    assert_int_equal(cluster_whole(city.index, 1), 0);
    assert_int_equal(cluster_member_at(city.index, 0, 1).sequence, 2);
    assert_int_equal(next_hour(&city, &turn), 0);
    close_city(&city);
}

static void records_of_a_part_are_told_of_the_whole(void **state)
{
    (void)state;
    struct city city;
    struct cluster_turn turn;
    struct told again = second;
    open_city(&city);
    open_both(&city);
    next_hour(&city, &turn);
    again.reporter = 503;
    struct cluster_outcome outcome = tell(&city, &again);
    assert_int_equal(outcome.cluster, 0);
    assert_int_equal(outcome.part, 1);
    assert_int_equal(outcome.members, 3);
    assert_int_equal(outcome.reporters, 3);
    assert_int_equal(outcome.new_reporter, 1);
    again.reporter = first.reporter; /* whom only the other part knows */
    outcome = tell(&city, &again);
    assert_int_equal(outcome.new_reporter, 0);
    assert_int_equal(outcome.reporters, 3);
    assert_int_equal(outcome.members, 4);
    assert_int_equal(outcome.runner_up.cluster == outcome.cluster, 0);
    assert_int_equal(cluster_withdraw(city.index, outcome.part, 1, NULL), WEISU_OK);
    struct cluster_view whole;
    cluster_look(city.index, 0, &whole);
    assert_int_equal(whole.withdrawn, 1);
    close_city(&city);
}

static void a_separated_part_stays_apart(void **state)
{
    (void)state;
    struct city city;
    struct cluster_turn turn;
    struct cluster_view view;
    open_city(&city);
    open_both(&city);
    next_hour(&city, &turn);
    assert_int_equal(cluster_separate(city.index, 0, 9, city.clock_ms, NULL), WEISU_EINVAL);
    assert_int_equal(cluster_separate(city.index, 1, 9, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_take_turn(city.index, &turn), 1);
    assert_int_equal(turn.kind, CLUSTER_SEPARATED);
    assert_int_equal(turn.part, 1);
    cluster_look(city.index, 1, &view);
    assert_int_equal(cluster_find_part(city.index, text(view.id)), CLUSTER_NONE);
    cluster_look(city.index, 0, &view);
    assert_int_equal(view.members, 1);
    assert_int_equal(view.reporters, 1);
    cluster_look(city.index, 1, &view);
    assert_int_equal(view.members, 1);
    assert_int_equal(view.merged_into, CLUSTER_NONE);
    struct told again = second;
    assert_int_equal(tell(&city, &again).cluster, 1);
    assert_int_equal(next_hour(&city, &turn), 0);
    struct cluster_deed deed;
    assert_int_equal(cluster_deed_count(city.index), 1);
    cluster_deeds(city.index, &deed);
    assert_int_equal(deed.kind, CLUSTER_DEED_SEPARATED);
    assert_true(deed.by_hand);
    /* But an operator may say so. */
    assert_int_equal(cluster_unite(city.index, 1, 0, 10, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_unite(city.index, 1, 0, 10, city.clock_ms, NULL), WEISU_EINVAL);
    assert_int_equal(cluster_whole(city.index, 1), 0);
    close_city(&city);
}

static void what_is_doubtful_is_proposed(void **state)
{
    (void)state;
    struct city city;
    struct cluster_turn turn;
    struct cluster_deed deed;
    struct told weaker = {200, 16, 77, 0, 502};
    struct told other = {400, 10, 78, 0, 503};
    struct told far = {600, 10, 77, UINT64_C(110105001000), 504};
    struct told farther = {800, 10, 77, UINT64_C(110108001000), 505};
    open_city(&city);
    tell(&city, &first);
    assert_int_equal(tell(&city, &weaker).opened, 1);
    assert_int_equal(tell(&city, &other).opened, 1);
    assert_int_equal(next_hour(&city, &turn), 0);
    assert_int_equal(cluster_deed_count(city.index), 1);
    cluster_deeds(city.index, &deed);
    assert_int_equal(deed.kind, CLUSTER_DEED_PROPOSED);
    assert_int_equal(deed.older, 0);
    assert_int_equal(deed.younger, 1);
    assert_int_equal(deed.why.topic, LIKE_ONE_TOPIC);
    assert_int_equal(deed.why.agreement_q8, 256);
    struct cluster_view view;
    uint32_t pair[2];
    cluster_look(city.index, 1, &view);
    assert_int_equal(cluster_find_proposal(city.index, text(view.id), pair), 1);
    assert_int_equal(pair[0], 0);
    assert_int_equal(pair[1], 1);
    assert_int_equal(cluster_unite(city.index, 1, 0, 9, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_find_proposal(city.index, text(view.id), pair), 0);
    close_city(&city);
    open_city(&city);
    tell(&city, &far);
    assert_int_equal(tell(&city, &farther).opened, 1);
    assert_int_equal(next_hour(&city, &turn), 0);
    assert_int_equal(cluster_deed_count(city.index), 0);
    close_city(&city);
}

/* Wholes are merged with all their parts, and taken apart where they were put together. */
static void wholes_are_merged_and_members_stay_in_order(void **state)
{
    (void)state;
    struct city city;
    struct cluster_view view;
    open_city(&city);
    for (uint64_t i = 0; i < 40; i++) {
        struct told told = {10000 * (1 + i % 4), 24, 70 + i % 4, 0, 900 + i % 30};
        tell(&city, &told);
    }
    assert_int_equal(cluster_count(city.index), 4);
    assert_int_equal(cluster_unite(city.index, 2, 3, 50, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_unite(city.index, 0, 1, 51, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_unite(city.index, 3, 1, 52, city.clock_ms, NULL), WEISU_OK);
    cluster_look(city.index, 0, &view);
    assert_int_equal(view.members, 40);
    assert_int_equal(view.reporters, 30);
    assert_int_equal(view.kept, 40);
    for (uint32_t i = 0; i < view.kept; i++)
        assert_int_equal(cluster_member_at(city.index, 0, i).sequence, i + 1);
    assert_int_equal(cluster_separate(city.index, 2, 53, city.clock_ms, NULL), WEISU_OK);
    assert_int_equal(cluster_whole(city.index, 3), 2);
    cluster_look(city.index, 2, &view);
    assert_int_equal(view.members, 20);
    cluster_look(city.index, 0, &view);
    assert_int_equal(view.members, 20);
    close_city(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_problem_in_two_wordings_is_merged),
        cmocka_unit_test(records_of_a_part_are_told_of_the_whole),
        cmocka_unit_test(a_separated_part_stays_apart),
        cmocka_unit_test(what_is_doubtful_is_proposed),
        cmocka_unit_test(wholes_are_merged_and_members_stay_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
