/* Addresses that a service listens on: HOST:PORT, loopback only. */
#ifndef CLI_LISTEN_ADDRESS_H
#define CLI_LISTEN_ADDRESS_H

#include <stdint.h>
#include <sys/socket.h>

enum listen_verdict { LISTEN_OK, LISTEN_MALFORMED, LISTEN_NOT_LOOPBACK };

/* "127.0.0.1:7411", "[::1]:7411", "localhost:7411"; port 0: any free one. Names other than localhost are not looked
 * up. */
enum listen_verdict listen_address_parse(const char *text, struct sockaddr_storage *out);

#endif
