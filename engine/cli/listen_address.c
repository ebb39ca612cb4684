#include "cli/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* 0 to 65535, or -1. */
static long parse_port(const char *text)
{
    char *end;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits])
        return -1;
    long port = strtol(text, &end, 10);
    return port > 65535 ? -1 : port;
}

static enum listen_verdict parse_ipv4(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (strcmp(host, "localhost") == 0)
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return LISTEN_MALFORMED;
    memcpy(out, &address, sizeof address);
    return ntohl(address.sin_addr.s_addr) >> 24 == 127 ? LISTEN_OK : LISTEN_NOT_LOOPBACK;
}

static enum listen_verdict parse_ipv6(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET6, host, &address.sin6_addr) != 1)
        return LISTEN_MALFORMED;
    memcpy(out, &address, sizeof address);
    return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) ? LISTEN_OK : LISTEN_NOT_LOOPBACK;
}

enum listen_verdict listen_address_parse(const char *text, struct sockaddr_storage *out)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    long port = colon ? parse_port(colon + 1) : -1;
    memset(out, 0, sizeof *out);
    if (port < 0 || (size_t)(colon - text) >= sizeof host)
        return LISTEN_MALFORMED;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    size_t size = strlen(host);
    if (size > 2 && host[0] == '[' && host[size - 1] == ']') {
        host[size - 1] = 0;
        return parse_ipv6(host + 1, (uint16_t)port, out);
    }
    return parse_ipv4(host, (uint16_t)port, out);
}
