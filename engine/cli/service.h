/* The service: wires loop, store and engine together and runs until it is told to stop. docs/threading.md draws it. */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include "base/message_log.h"
#include "cli/engine_setup.h"

#include <sys/socket.h>

struct service_settings {
    const char *command; /* for messages: "serve" */
    const char *data;    /* the data folder */
    struct sockaddr_storage feed;
    struct sockaddr_storage http;
    int wall_clock;         /* 1: ticks without records, no time far ahead; 0: the clock is that of the records */
    const char *ports_file; /* NULL, or where the two ports are written, feed first */
    uint64_t checkpoint_entries;
    int64_t retention_days;            /* of texts and reporters in the log; 0: for ever */
    const struct engine_setup *engine; /* image, zone, options; outlives the service */
    const struct message_log *log;
};

/* Recovers the state of the folder, listens, and runs until SIGINT or SIGTERM. Then everything received whole is
 * committed and answered, and a checkpoint is made. Returns the exit status, after a message where it is not 0. */
int service_run(const struct service_settings *settings);

#endif
