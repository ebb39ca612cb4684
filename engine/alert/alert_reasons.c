#include "alert/alert_reasons.h"

#include "base/civil_time.h"
#include "base/fixed_log.h"

#include <stdarg.h>
#include <stdio.h>

struct reason_list {
    struct arena *arena;
    weisu_str *reason; /* [ALERT_MAX_REASONS] */
    size_t count;
    int failed;
};

static void say(struct reason_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct reason_list *list, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size <= 0 || list->count == ALERT_MAX_REASONS)
        return;
    size_t used = (size_t)size < sizeof text ? (size_t)size : sizeof text - 1;
    weisu_str copy = arena_copy(list->arena, (weisu_str){text, used});
    list->failed |= !copy.data;
    list->reason[list->count++] = copy;
}

enum { SPAN_BYTES = 32, NUMBER_BYTES = 32, SAID_YEARS = 4 };

/* "9 天", "5 小时". */
static const char *span_text(int64_t hours, char out[SPAN_BYTES])
{
    if (hours < 48)
        snprintf(out, SPAN_BYTES, "%lld 小时", (long long)(hours < 1 ? 1 : hours));
    else
        snprintf(out, SPAN_BYTES, "%lld 天", (long long)((hours + 12) / 24));
    return out;
}

/* One decimal, "12" where it is a whole number or large, "不到 0.1" where it is next to nothing. */
static const char *number_text(int64_t milli, char out[NUMBER_BYTES])
{
    int64_t tenths = (milli + 50) / 100;
    if (tenths == 0 && milli > 0)
        snprintf(out, NUMBER_BYTES, "不到 0.1");
    else if (tenths % 10 == 0 || tenths >= 1000)
        snprintf(out, NUMBER_BYTES, "%lld", (long long)(tenths / 10));
    else
        snprintf(out, NUMBER_BYTES, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
    return out;
}

static void say_count(struct reason_list *list, const struct alert_entry *entry, const weisu_alert *a)
{
    char span[SPAN_BYTES];
    char usual[NUMBER_BYTES];
    span_text(a->window_hours, span);
    number_text(a->expected_milli, usual);
    if (entry->signal.subject == DETECT_CELL) {
        say(list, "最近 %s内有 %u 位不同诉求人反映此类问题，平常约 %s 位。", span, entry->signal.reporters, usual);
        return;
    }
    say(list, "%s内有 %llu 位不同诉求人反映同一问题，共 %llu 件。", span, (unsigned long long)a->reporters,
        (unsigned long long)a->complaint_count);
    if (a->reporters > 1)
        say(list, "按以往规律，同样时间内一件诉求平均只会有 %s 位诉求人。", usual);
}

static void say_season(struct reason_list *list, const struct alert_entry *entry, const weisu_alert *a)
{
    char expected[NUMBER_BYTES];
    for (uint32_t i = 0; i < entry->season_hits && i < SAID_YEARS; i++) {
        struct civil_time first = civil_from_ms(entry->year[i].first_day * CIVIL_MS_PER_DAY);
        struct civil_time last = civil_from_ms(entry->year[i].last_day * CIVIL_MS_PER_DAY);
        say(list, "%d 年 %d 月 %d 日至 %d 月 %d 日，这里有 %u 位诉求人反映此类问题。", first.year, first.month,
            first.day, last.month, last.day, entry->year[i].reporters);
    }
    struct civil_time begin = civil_from_ms(entry->season_first_day * CIVIL_MS_PER_DAY);
    say(list, "过去 %u 年中有 %u 年在同一时期出现，预计今年 %d 月 %d 日前后再次出现。", entry->season_years,
        entry->season_hits, begin.month, begin.day);
    say(list, "同样长的时间里，平常约有 %s 位诉求人。", number_text(a->expected_milli, expected));
    if (entry->signal.reporters)
        say(list, "今年已有 %u 位诉求人反映。", entry->signal.reporters);
}

static void say_recurrence(struct reason_list *list, const weisu_alert *a)
{
    char days[NUMBER_BYTES];
    if (a->recurrence_days_milli < 0)
        say(list, "历史数据不足 30 天，暂不能说明这种情况平常多少天出现一次。");
    else if (a->recurrence_days_milli >= INT64_C(36500000))
        say(list, "如果没有异常，这样的情况一百年也难得出现一次。");
    else
        say(list, "如果没有异常，这样的情况平均约 %s 天才出现一次。", number_text(a->recurrence_days_milli, days));
}

static void say_forecast(struct reason_list *list, const weisu_alert *a)
{
    char more[NUMBER_BYTES];
    char low[NUMBER_BYTES];
    char high[NUMBER_BYTES];
    if (a->state != WEISU_CLEARED && a->forecast_milli >= 0)
        say(list, "预计之后还会有约 %s 件（八成可能在 %s 至 %s 件之间）。", number_text(a->forecast_milli, more),
            number_text(a->forecast_low_milli, low), number_text(a->forecast_high_milli, high));
}

static void say_handling(struct reason_list *list, const struct alert_entry *entry, const weisu_alert *a)
{
    static const char *const made[] = {[WEISU_HANDLING_ACCEPTED] = "已受理",
                                       [WEISU_HANDLING_DONE] = "标为办结",
                                       [WEISU_HANDLING_DISMISSED] = "标为误报"};
    const struct alert_handling *handled = alert_handled(entry);
    if (!handled)
        return;
    const char *effect = a->handling == WEISU_HANDLING_DISMISSED ? "，这里再次预警的门槛提高，90 天内逐渐恢复" : "";
    say(list, "%s %s%s。", handled->by, made[a->handling], effect);
    if (a->handling != WEISU_HANDLING_ACCEPTED && a->complaint_count > handled->complaints)
        say(list, "%s后又有 %llu 件诉求。", made[a->handling],
            (unsigned long long)(a->complaint_count - handled->complaints));
}

/* An earlier dismissal did not keep it from being raised. */
static void say_dismissed(struct reason_list *list, const struct alert_entry *entry)
{
    uint64_t tenths = fixed_exp2_q16(entry->signal.dismissed_q16 + fixed_log2_q16(10));
    if (entry->signal.dismissed_q16)
        say(list, "这里 90 天内有预警被标为误报，门槛现为平常的 %llu.%llu 倍，这次仍然超过。",
            (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
}

int alert_reasons(const struct alert_entry *entry, struct arena *arena, weisu_alert *out)
{
    struct reason_list list = {arena, arena_take_array(arena, ALERT_MAX_REASONS, sizeof(weisu_str)), 0, 0};
    if (!list.reason)
        return -1;
    if (out->state == WEISU_CLEARED)
        say(&list, "一段时间内没有新的同类诉求，预警解除。");
    say_handling(&list, entry, out);
    if (out->kind == WEISU_SEASONAL)
        say_season(&list, entry, out);
    else
        say_count(&list, entry, out);
    if (out->kind == WEISU_RISK)
        say(&list, "至少一半诉求人提到%s风险。", entry->signal.risk == 1 ? "最严重等级的" : "严重");
    if (out->kind == WEISU_COMMON)
        say(&list, "诉求分布在 %u 个不同地点，属于共性问题。", entry->places);
    if (out->kind != WEISU_SEASONAL)
        say_recurrence(&list, out);
    say_forecast(&list, out);
    if (out->recurrence_of.size)
        say(&list, "此前的预警 %.*s 解除后，问题再次出现（反弹）。", (int)out->recurrence_of.size,
            out->recurrence_of.data);
    if (out->handling != WEISU_HANDLING_DISMISSED)
        say_dismissed(&list, entry);
    if (!out->reporters_known)
        say(&list, "部分诉求没有诉求人标识，各按一位诉求人计算。");
    out->reasons = list.reason;
    out->reason_count = list.count;
    return list.failed ? -1 : 0;
}
