#include "pipeline/store_board.h"

#include "base/failure.h"

weisu_code store_board_init(struct store_board *board, weisu_err *err)
{
    board->report = (struct store_report){0};
    return pthread_mutex_init(&board->guard, NULL) ? failure(err, WEISU_ENOMEM, "no memory for a lock") : WEISU_OK;
}

void store_board_dispose(struct store_board *board)
{
    pthread_mutex_destroy(&board->guard);
}

void store_board_write(struct store_board *board, const struct store_report *report)
{
    pthread_mutex_lock(&board->guard);
    board->report = *report;
    pthread_mutex_unlock(&board->guard);
}

struct store_report store_board_read(struct store_board *board)
{
    pthread_mutex_lock(&board->guard);
    struct store_report report = board->report;
    pthread_mutex_unlock(&board->guard);
    return report;
}
