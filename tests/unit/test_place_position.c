/* Positions: the nearest known place, its reach by level, and cells of the grid. Over tables of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image_fixture.h"
#include "place/place_position.h"
#include "place/place_rules.h"

static const char divisions[] = "# code\tlevel\tname\tparent_code\taliases\tposition\n"
                                "110000\tcity\t北京市\t\t北京\t39.9,116.4\n"
                                "110101\tdistrict\t东城区\t110000\t\t39.93,116.41\n"
                                "110102\tdistrict\t西城区\t110000\n"
                                "110101006\tsubdistrict\t东四街道\t110101\t\t39.9300,116.4180\n"
                                "110101006001\tcommunity\t云杉里社区\t110101006\t\t39.9310,116.4190\n"
                                "110101006002\tcommunity\t云松里社区\t110101006\t\t39.9310,116.4290\n"
                                "110101006003\tspot\t云杉园\t110101006001\t\t39.9312,116.4192\n"
                                "110102001\tsubdistrict\t柳沟街道\t110102\t\t-33.45,-70.6\n";

struct known {
    struct byte_buffer image;
    struct lexicon *lexicon;
    struct position_index index;
};

static weisu_code build(struct byte_buffer *image, const char *gazetteer, uint64_t *mistakes)
{
    struct fixture_folder folder;
    struct table_report report = {0};
    byte_buffer_init(image, NULL);
    assert_int_equal(fixture_make(&folder), 0);
    assert_int_equal(fixture_write(&folder, "gazetteer/beijing.tsv", gazetteer), 0);
    weisu_code code = image_build(&(struct image_options){.datasets = folder.path}, image, &report, NULL, NULL);
    fixture_remove(&folder);
    *mistakes = report.count;
    return code;
}

static int set_up(void **state)
{
    static struct known known;
    uint64_t mistakes;
    *state = &known;
    return build(&known.image, divisions, &mistakes) ||
           lexicon_open_bytes(&known.lexicon, known.image.data, known.image.size, NULL, NULL) ||
           position_index_init(&known.index, known.lexicon, NULL);
}

static int tear_down(void **state)
{
    struct known *known = *state;
    position_index_dispose(&known->index, NULL);
    lexicon_close(known->lexicon);
    byte_buffer_dispose(&known->image);
    return 0;
}

static uint64_t code_near(const struct known *known, int32_t lat_e7, int32_t lon_e7)
{
    uint32_t node = position_nearest(&known->index, known->lexicon, lat_e7, lon_e7);
    return node == UINT32_MAX ? 0 : gazetteer_node(known->lexicon, node).code;
}

static void the_image_keeps_positions(void **state)
{
    const struct known *known = *state;
    struct gazetteer_node node = gazetteer_node(known->lexicon, gazetteer_find(known->lexicon, UINT64_C(110102001000)));
    assert_int_equal(node.lat_e7, -334500000);
    assert_int_equal(node.lon_e7, -706000000);
    node = gazetteer_node(known->lexicon, gazetteer_find(known->lexicon, UINT64_C(110102000000)));
    assert_int_equal(node.lat_e7, PLACE_NO_POSITION);
    assert_int_equal(known->index.count, 7);
}

static void the_nearest_place_in_reach_is_taken(void **state)
{
    const struct known *known = *state;
    assert_int_equal(code_near(known, 399312000, 1164193000), UINT64_C(110101006003)); /* at the spot */
    assert_int_equal(code_near(known, 399310000, 1164240000), UINT64_C(110101006001)); /* 427 m west, 427 m east: tie */
    assert_int_equal(code_near(known, 399310000, 1164241000), UINT64_C(110101006002));
    assert_int_equal(code_near(known, 399200000, 1164180000), UINT64_C(110101006000)); /* 1.1 km from the subdistrict */
    assert_int_equal(code_near(known, 399100000, 1164180000), 0);                      /* no district by its centre */
    assert_int_equal(code_near(known, -334510000, -706010000), UINT64_C(110102001000));
    assert_int_equal(code_near(known, 900000000, 1800000000), 0);
    assert_int_equal(code_near(known, -900000000, -1800000000), 0);
}

static void wrong_positions_are_told(void **state)
{
    static const char *const wrong[] = {"39.9", "39.9,",     ",116.4",          "91,116", "39,181", "39.9;116.4",
                                        "a,b",  "39.,116.4", "39.12345678,116", "--3,4",  "3 9,116"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct byte_buffer image;
        char table[256];
        uint64_t mistakes;
        snprintf(table, sizeof table, "110000\tcity\t北京市\t\t\t%s\n", wrong[i]);
        if (build(&image, table, &mistakes) != WEISU_ESYNTAX || mistakes != 1)
            fail_msg("\"%s\" is taken", wrong[i]);
        byte_buffer_dispose(&image);
    }
}

static void cells_are_named_by_their_corner(void **state)
{
    char name[POSITION_NAME_BYTES];
    uint64_t key;
    uint64_t same;
    (void)state;
    size_t size = position_cell(1, 399041000, 1164074000, &key, name);
    assert_memory_equal(name, "39.900,116.405", size);
    position_cell(1, 399042000, 1164075000, &same, name);
    assert_int_equal(key, same);
    position_cell(2, 399041000, 1164074000, &same, name);
    assert_int_not_equal(key, same);
    size = position_cell(1, -1, -1, &same, name);
    assert_memory_equal(name, "-0.005,-0.005", size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_keeps_positions),
        cmocka_unit_test(the_nearest_place_in_reach_is_taken),
        cmocka_unit_test(wrong_positions_are_told),
        cmocka_unit_test(cells_are_named_by_their_corner),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
