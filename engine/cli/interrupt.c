#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void remember(int number)
{
    seen = number;
}

void interrupt_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = remember;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int interrupt_seen(void)
{
    return seen;
}

void interrupt_end(void)
{
    int number = seen;
    if (!number)
        return;
    signal(number, SIG_DFL);
    kill(getpid(), number);
}
