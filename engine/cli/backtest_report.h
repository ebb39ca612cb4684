/* A back-test for people: text, CSV and the curve of delay against false alerts as SVG. One thread. */
#ifndef CLI_BACKTEST_REPORT_H
#define CLI_BACKTEST_REPORT_H

#include "cli/backtest_result.h"

#include <stdio.h>

enum { BACKTEST_BUDGETS = 5 };

/* One point of the curve: the same archive at another budget. */
struct backtest_point {
    double budget; /* false alerts a week that were asked for */
    double alerts_a_week;
    double found;   /* share of the hotspots */
    double to_come; /* mean share of their complaints that came after the first alert */
};

/* Each alert with what was known and what came later, and the sums; in the user's language. */
void backtest_report_text(FILE *out, const struct backtest_result *result, const struct backtest_point *curve,
                          size_t points);
/* backtest.csv (one alert a row), curve.csv and curve.svg into the folder. WEISU_EIO, WEISU_ENOMEM. */
weisu_code backtest_report_files(const char *folder, const struct backtest_result *result,
                                 const struct backtest_point *curve, size_t points, weisu_err *err);

#endif
