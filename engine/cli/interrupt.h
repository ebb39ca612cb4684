/* Long work that ends early in good order: the first SIGINT or SIGTERM is remembered, the second ends the process as it
 * would without us. One thread; the state is the process's. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* Watches for them from now on; again, after another part of the program had watched. */
void interrupt_watch(void);
/* The signal that came since the first interrupt_watch, or 0. */
int interrupt_seen(void);
/* Ends the process by the signal that came, as those who started it expect. Returns only when there was none. */
void interrupt_end(void);

#endif
