#include "synth/compose.h"

#include <string.h>

enum { COMPOSE_PURPOSE = 0xc0305e };

enum wording_source { OWN, GROUP, COMMON, OTHER };

static const struct quantile lengths[] = {{0, 15},    {10, 26},   {50, 46},    {100, 64},   {250, 113},  {500, 217},
                                          {750, 405}, {900, 800}, {950, 1200}, {990, 2430}, {998, 4200}, {1000, 6900}};

/* What a complaint is made of after its claim. `least`: only in texts of so many characters. */
static const struct {
    enum wording_part part;
    enum wording_source source;
    uint32_t weight;
    uint32_t least;
} body[] = {
    {PART_DETAIL, OWN, 21, 0},        {PART_EFFECT, OWN, 5, 0},       {PART_DETAIL, COMMON, 30, 0},
    {PART_DETAIL, GROUP, 4, 0},       {PART_HISTORY, COMMON, 14, 60}, {PART_STORY, COMMON, 8, 110},
    {PART_LAW, COMMON, 1, 120},       {PART_RHETORIC, COMMON, 5, 0},  {PART_SUPPLEMENT, COMMON, 2, 100},
    {PART_CLAIM, OWN, 3, 220},        {PART_DETAIL, OTHER, 4, 380},   {PART_MATERIAL, COMMON, 8, 260},
    {PART_MATERIAL, COMMON, 16, 700},
};

void composer_init(struct composer *composer, const struct place_map *map, int short_text)
{
    *composer = (struct composer){.map = map, .short_text = short_text};
    byte_buffer_init(&composer->title, map->tables->arena.allocator);
    byte_buffer_init(&composer->text, map->tables->arena.allocator);
}

void composer_dispose(struct composer *composer)
{
    byte_buffer_dispose(&composer->title);
    byte_buffer_dispose(&composer->text);
}

/* ---- sentences ---- */

static uint32_t count_characters(const char *bytes, size_t size)
{
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return count;
}

static const struct wording_set *set_of(const struct composer *composer, enum wording_source source)
{
    if (source == OWN || source == OTHER)
        return &composer->scene.problem->wordings;
    return source == GROUP ? composer->scene.place.type->group : &composer->scene.tables->common;
}

static void append_wording(struct composer *composer, struct template_range wording, const char *stop)
{
    size_t from = composer->text.size;
    scene_write(&composer->scene, wording, &composer->text);
    byte_buffer_append_text(&composer->text, stop);
    if (composer->text.failed)
        return;
    composer->characters += count_characters(composer->text.data + from, composer->text.size - from);
}

/* What stands after a clause: a comma after the first ones of a sentence. */
static const char *clause_stop(struct composer *composer, enum wording_part part)
{
    enum { LONGEST = 4, GOES_ON = 560 };
    static const char *const careless[] = {"，", "，", " ", "。", "；"};
    struct draw *draw = &composer->scene.draw;
    if (composer->stop_style == 0)
        return careless[draw_below(draw, 5)];
    if (composer->clauses++ < LONGEST && draw_chance(draw, GOES_ON))
        return "，";
    composer->clauses = 0;
    if (part == PART_RHETORIC)
        return draw_chance(draw, 550) ? "？" : "！";
    uint32_t value = draw_below(draw, 100);
    return value < 85 ? "。" : value < 92 ? "！" : value < 98 ? "，" : "；";
}

/* Names the subject again, at the head of a sentence of a long text. */
static void append_subject(struct composer *composer, enum wording_part part)
{
    enum { NAMES_SUBJECT = 420, LONG_TEXT = 240 };
    struct scene *scene = &composer->scene;
    const struct wording_set *common = &scene->tables->common;
    if (composer->wanted < LONG_TEXT || (part != PART_DETAIL && part != PART_EFFECT && part != PART_MATERIAL) ||
        !draw_chance(&scene->draw, NAMES_SUBJECT))
        return;
    append_wording(composer, common->wordings[PART_SUBJECT][scene_pick(scene, common, PART_SUBJECT)], "，");
}

/* A wording that this text has not used, or has used as little as the others. 0 when the part has none. */
static int append_unused(struct composer *composer, enum wording_source source, enum wording_part part)
{
    const struct wording_set *set = set_of(composer, source);
    if (!set || set->count[part] == 0)
        return 0;
    uint64_t *used = &composer->used[source][part];
    uint64_t all = set->count[part] < 64 ? (UINT64_C(1) << set->count[part]) - 1 : UINT64_MAX;
    if (*used == all)
        *used = 0;
    uint32_t at = scene_pick(&composer->scene, set, part);
    while (*used & UINT64_C(1) << at)
        at = (at + 1) % set->count[part];
    *used |= UINT64_C(1) << at;
    if (source != OTHER)
        append_subject(composer, part);
    append_wording(composer, set->wordings[part][at], clause_stop(composer, part));
    return 1;
}

/* Another problem that occurs at such a place, or the own one where none is found. */
static const struct problem *choose_other(struct composer *composer)
{
    struct scene *scene = &composer->scene;
    uint32_t type = (uint32_t)(scene->place.type - scene->tables->types);
    for (int tries = 0; tries < 16; tries++) {
        const struct problem *other = &scene->tables->problems[draw_below(&scene->draw, scene->tables->problem_count)];
        for (uint32_t i = 0; i < other->type_count; i++)
            if (other->types[i] == type && other != scene->problem)
                return other;
    }
    return scene->problem;
}

/* A sentence about another problem: long complaints seldom have one subject. */
static void append_other(struct composer *composer)
{
    static const char *const links[] = {"另外，", "此外，", "还有，", "顺便反映一下，", "再说一件，", "同时，"};
    enum { NEXT_SUBJECT = 300 };
    struct scene *scene = &composer->scene;
    const struct problem *own = scene->problem;
    if (!composer->other || draw_chance(&scene->draw, NEXT_SUBJECT)) {
        const char *link = links[draw_below(&scene->draw, 6)];
        composer->other = choose_other(composer);
        memset(composer->used[OTHER], 0, sizeof composer->used[OTHER]);
        byte_buffer_append_text(&composer->text, link);
        composer->characters += count_characters(link, strlen(link));
    }
    scene->problem = composer->other;
    append_unused(composer, OTHER, draw_chance(&scene->draw, 650) ? PART_DETAIL : PART_EFFECT);
    scene->problem = own;
}

/* ---- text ---- */

static void append_opening(struct composer *composer)
{
    static const char *const stops[] = {"，", "！", "：", "。"};
    struct scene *scene = &composer->scene;
    const struct wording_set *common = &scene->tables->common;
    if (composer->wanted > 45 && draw_chance(&scene->draw, 330))
        append_wording(composer,
                       common->wordings[PART_GREETING][draw_below(&scene->draw, common->count[PART_GREETING])],
                       stops[draw_below(&scene->draw, 4)]);
    if (composer->wanted > 85 && draw_chance(&scene->draw, 380))
        append_wording(composer, common->wordings[PART_OPENING][draw_below(&scene->draw, common->count[PART_OPENING])],
                       "，");
}

/* Place and problem in a few words, where there is no room for a claim. */
static void append_brief_claim(struct composer *composer)
{
    struct scene *scene = &composer->scene;
    const struct wording_set *set = draw_chance(&scene->draw, 500) ? &scene->tables->common : &scene->problem->wordings;
    append_wording(composer, set->wordings[PART_TITLE][draw_below(&scene->draw, set->count[PART_TITLE])], "，");
    if (composer->characters < composer->wanted)
        append_unused(composer, OWN, PART_EFFECT);
}

static void append_body(struct composer *composer)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof body / sizeof body[0]; i++)
        sum += composer->wanted >= body[i].least ? body[i].weight : 0;
    uint32_t value = draw_below(&composer->scene.draw, sum);
    size_t at = 0;
    for (;; at++) {
        uint32_t weight = composer->wanted >= body[at].least ? body[at].weight : 0;
        if (value < weight)
            break;
        value -= weight;
    }
    if (body[at].source == OTHER || !append_unused(composer, body[at].source, body[at].part))
        append_other(composer);
}

static void append_ending(struct composer *composer)
{
    struct scene *scene = &composer->scene;
    const struct wording_set *common = &scene->tables->common;
    int asked = composer->wanted > 40 && draw_chance(&scene->draw, 300) && append_unused(composer, OWN, PART_ASK);
    if (composer->wanted > 60 && draw_chance(&scene->draw, asked ? 300 : 650))
        append_unused(composer, COMMON, PART_ASK);
    if (composer->wanted > 55 && draw_chance(&scene->draw, 320))
        append_wording(composer, common->wordings[PART_CLOSING][draw_below(&scene->draw, common->count[PART_CLOSING])],
                       draw_chance(&scene->draw, 600) ? "！" : "。");
}

/* Cuts the text after the last mark of punctuation before `most` characters, or there where none is near. */
static void cut_text(struct composer *composer, uint32_t most)
{
    enum { NEAR = 30 };
    struct byte_buffer *text = &composer->text;
    size_t at = 0;
    size_t mark = 0;
    uint32_t count = 0;
    uint32_t marked = 0;
    if (text->failed || composer->characters <= most)
        return;
    while (at < text->size && count < most) {
        size_t end = at + 1;
        while (end < text->size && ((unsigned char)text->data[end] & 0xc0) == 0x80)
            end++;
        count++;
        if (end - at == 3 && (memcmp(text->data + at, "。", 3) == 0 || memcmp(text->data + at, "，", 3) == 0)) {
            mark = end;
            marked = count;
        }
        at = end;
    }
    int near = mark && marked + NEAR >= most && !(composer->short_text && marked < SHORT_LEAST);
    text->size = near ? mark : at;
    composer->characters = near ? marked : count;
}

static uint32_t choose_length(struct composer *composer)
{
    struct draw *draw = &composer->scene.draw;
    if (composer->short_text)
        return SHORT_LEAST + 5 + draw_below(draw, 25);
    return (uint32_t)draw_quantile(draw, lengths);
}

static void write_text(struct composer *composer, const struct member *member)
{
    enum { ENDING_CHARACTERS = 22, OVERSHOOT = 12, COMMON_CLAIM = 600 };
    struct scene *scene = &composer->scene;
    composer->wanted = choose_length(composer);
    composer->stop_style = draw_below(&scene->draw, 12);
    append_opening(composer);
    if (member->again && composer->wanted > 60 && draw_chance(&scene->draw, 450))
        append_unused(composer, COMMON, PART_FOLLOW_UP);
    if (composer->wanted < 55)
        append_brief_claim(composer);
    else
        append_unused(composer, draw_chance(&scene->draw, COMMON_CLAIM) ? COMMON : OWN, PART_CLAIM);
    while (!composer->text.failed && composer->characters + ENDING_CHARACTERS + OVERSHOOT < composer->wanted)
        append_body(composer);
    append_ending(composer);
    while (composer->short_text && !composer->text.failed && composer->characters < SHORT_LEAST)
        append_body(composer);
}

/* ---- title ---- */

static void write_title(struct composer *composer)
{
    struct scene *scene = &composer->scene;
    const struct wording_set *set = &scene->problem->wordings;
    if (draw_chance(&scene->draw, 840))
        set = &scene->tables->common;
    scene->in_title = 1;
    scene_write(scene, set->wordings[PART_TITLE][scene_pick(scene, set, PART_TITLE)], &composer->title);
    scene->in_title = 0;
    scene->mentions = 0;
}

/* ---- copies ---- */

/* How a text that is sent again differs from the first one. */
static void edit_copy(struct composer *composer, const struct member *member)
{
    struct scene *scene = &composer->scene;
    scene->draw = draw_from(member->edit, COMPOSE_PURPOSE);
    uint32_t way = draw_below(&scene->draw, 10);
    if (way < 4) {
        append_unused(composer, COMMON, PART_SUPPLEMENT);
        append_unused(composer, COMMON, PART_HISTORY);
    } else if (way < 8 && !composer->short_text) {
        cut_text(composer, composer->characters * (60 + draw_below(&scene->draw, 36)) / 100 + 1);
    }
    if (draw_chance(&scene->draw, 450)) {
        byte_buffer_reset(&composer->title);
        write_title(composer);
    }
}

void compose(struct composer *composer, const struct event *event, const struct member *member)
{
    byte_buffer_reset(&composer->title);
    byte_buffer_reset(&composer->text);
    composer->characters = 0;
    composer->other = NULL;
    memset(composer->used, 0, sizeof composer->used);
    scene_start(&composer->scene, composer->map, event, member);
    write_title(composer);
    write_text(composer, member);
    if (member->edit)
        edit_copy(composer, member);
    cut_text(composer, composer->short_text ? SHORT_MOST : TEXT_MOST);
}
