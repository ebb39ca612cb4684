#include "cli/backtest_report.h"

#include "base/out_file.h"
#include "cli/options.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

/* ---- text ---- */

static void print_alert(FILE *out, const struct backtest_alert *alert, int zh)
{
    uint64_t later = alert->all - alert->known;
    fprintf(out, "%s  %s%s  %s\n", alert->time, alert->kind, alert->is_recurrence ? (zh ? "（反弹）" : " (again)") : "",
            alert->title);
    fprintf(out,
            zh ? "    届时已知 %" PRIu64 " 件（共 %" PRIu64 " 件），此后还有 %" PRIu64 " 件\n"
               : "    would have been raised with %" PRIu64 " of %" PRIu64 " complaints known, %" PRIu64
                 " still to come\n",
            alert->known, alert->all, later);
}

static void print_sums(FILE *out, const struct backtest_result *result, int zh)
{
    fprintf(out,
            zh ? "\n预警 %zu 个，平均每周 %.2f 个；其中 %" PRIu64 " 个之后没有新的同类诉求（按误报看）\n"
               : "\n%zu alerts, %.2f a week; after %" PRIu64 " of them nothing more came (take them for false)\n",
            result->alerts, (double)result->alerts / result->weeks, result->quiet);
    fprintf(out,
            zh ? "热点 %" PRIu64 " 个，预警了 %" PRIu64 " 个；平均 %.0f%% 的诉求在首次预警之后才来\n"
               : "%" PRIu64 " hotspots, %" PRIu64
                 " of them alerted; on average %.0f %% of their complaints came after the "
                 "first alert\n",
            result->hotspots, result->found, 100 * result->to_come);
}

void backtest_report_text(FILE *out, const struct backtest_result *result, const struct backtest_point *curve,
                          size_t points)
{
    int zh = speak_chinese();
    for (size_t i = 0; i < result->alerts; i++)
        print_alert(out, &result->alert[i], zh);
    print_sums(out, result, zh);
    fputs(zh ? "\n预算/周  预警/周  发现热点  预警后才来\n" : "\nbudget  alerts a week  hotspots found  came after\n",
          out);
    for (size_t i = 0; i < points; i++)
        fprintf(out, "%6.3g  %9.2f  %9.0f%%  %9.0f%%\n", curve[i].budget, curve[i].alerts_a_week, 100 * curve[i].found,
                100 * curve[i].to_come);
}

/* ---- files ---- */

static void append(struct byte_buffer *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct byte_buffer *to, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    byte_buffer_append_text(to, text);
}

/* A field as RFC 4180 wants it. A cell that a spreadsheet would take for a formula gets a quote before it: titles are a
 * stranger's text. */
static void append_field(struct byte_buffer *to, const char *text)
{
    byte_buffer_append_text(to, "\"");
    if (*text && strchr("=+-@\t\r", *text))
        byte_buffer_append_text(to, "'");
    for (; *text; text++)
        append(to, *text == '"' ? "\"\"" : "%c", *text);
    byte_buffer_append_text(to, "\"");
}

static void write_alerts(struct byte_buffer *to, const struct backtest_result *result)
{
    byte_buffer_append_text(to, "alert,kind,time,cluster,title,known,all,still_to_come,recurrence,recurrence_days\n");
    for (size_t i = 0; i < result->alerts; i++) {
        const struct backtest_alert *at = &result->alert[i];
        append(to, "%s,%s,%s,%s,", at->id, at->kind, at->time, at->cluster);
        append_field(to, at->title);
        append(to, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%d,", at->known, at->all, at->all - at->known,
               at->is_recurrence);
        if (at->recurrence_days >= 0)
            append(to, "%.3f", at->recurrence_days);
        byte_buffer_append_text(to, "\n");
    }
}

static void write_curve(struct byte_buffer *to, const struct backtest_point *curve, size_t points)
{
    byte_buffer_append_text(to, "budget,alerts_a_week,hotspots_found,came_after\n");
    for (size_t i = 0; i < points; i++)
        append(to, "%.3f,%.3f,%.4f,%.4f\n", curve[i].budget, curve[i].alerts_a_week, curve[i].found, curve[i].to_come);
}

enum { PLOT_LEFT = 60, PLOT_TOP = 20, PLOT_WIDTH = 480, PLOT_HEIGHT = 300 };

static double plot_y(double share)
{
    return PLOT_TOP + PLOT_HEIGHT * (1 - share);
}

static void draw_line(struct byte_buffer *to, const struct backtest_point *curve, size_t points, double most, int found)
{
    append(to, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", found ? "#1f6feb" : "#d1242f");
    for (size_t i = 0; i < points; i++)
        append(to, "%.1f,%.1f ", PLOT_LEFT + PLOT_WIDTH * curve[i].alerts_a_week / most,
               plot_y(found ? curve[i].found : curve[i].to_come));
    byte_buffer_append_text(to, "\"/>\n");
}

static void draw_axes(struct byte_buffer *to, double most)
{
    for (int tenth = 0; tenth <= 10; tenth += 2)
        append(to,
               "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" "
               "text-anchor=\"end\">%d%%</text>\n",
               PLOT_LEFT, PLOT_LEFT + PLOT_WIDTH, plot_y(tenth / 10.), plot_y(tenth / 10.), PLOT_LEFT - 6,
               plot_y(tenth / 10.) + 4, tenth * 10);
    for (int quarter = 0; quarter <= 4; quarter++)
        append(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.2f</text>\n", PLOT_LEFT + PLOT_WIDTH * quarter / 4,
               PLOT_TOP + PLOT_HEIGHT + 18, most * quarter / 4);
}

static void write_plot(struct byte_buffer *to, const struct backtest_point *curve, size_t points)
{
    double most = .001;
    for (size_t i = 0; i < points; i++)
        most = curve[i].alerts_a_week > most ? curve[i].alerts_a_week : most;
    append(to,
           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
           "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
           PLOT_LEFT + PLOT_WIDTH + 20, PLOT_TOP + PLOT_HEIGHT + 70);
    draw_axes(to, most);
    draw_line(to, curve, points, most, 1);
    draw_line(to, curve, points, most, 0);
    append(to,
           "<text x=\"%d\" y=\"%d\">每周预警数 alerts a week</text>\n"
           "<text x=\"%d\" y=\"%d\" fill=\"#1f6feb\">发现的热点 hotspots found</text>\n"
           "<text x=\"%d\" y=\"%d\" fill=\"#d1242f\">首次预警之后才来的诉求 complaints after the first "
           "alert</text>\n</svg>\n",
           PLOT_LEFT, PLOT_TOP + PLOT_HEIGHT + 38, PLOT_LEFT, PLOT_TOP + PLOT_HEIGHT + 58, PLOT_LEFT + 190,
           PLOT_TOP + PLOT_HEIGHT + 58);
}

weisu_code backtest_report_files(const char *folder, const struct backtest_result *result,
                                 const struct backtest_point *curve, size_t points, weisu_err *err)
{
    static const char *const names[] = {"backtest.csv", "curve.csv", "curve.svg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        struct out_file *file;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        weisu_code code = out_file_open(&file, path, OUT_FILE_REPLACE, NULL, err);
        if (code)
            return code;
        if (i == 0)
            write_alerts(out_file_buffer(file), result);
        else if (i == 1)
            write_curve(out_file_buffer(file), curve, points);
        else
            write_plot(out_file_buffer(file), curve, points);
        if ((code = out_file_commit(file, err)))
            return code;
    }
    return WEISU_OK;
}
