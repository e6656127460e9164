/* Engine.IO 4 over WebSocket: handshake, frames, pings. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define FRAME_LIMIT (16 * 1024 * 1024)
enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

static uint8_t *arena; /* where the socket in turn reads to; an unfinished frame is kept in its own buffer */
static size_t arena_capacity;

static void die(Socket *socket, const char *why) {
    if (socket->state == SOCKET_DEAD) return;
    if (socket->fd >= 0) close(socket->fd);
    socket->fd = -1;
    on_dead(socket, why);
}

static void watch(Socket *socket, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = socket};
    epoll_ctl(epoll, operation, socket->fd, &event);
}

static void transmit(Socket *socket, const uint8_t *data, size_t size) {
    if (socket->fd < 0) return;
    ssize_t done = 0;
    if (socket->out.size == 0) {
        done = send(socket->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done < 0 && errno != EAGAIN) return; /* the reading side will see why */
        if (done < 0) done = 0;
        if ((size_t)done == size) return;
        watch(socket, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    append(&socket->out, data + done, size - (size_t)done);
}

static void flush(Socket *socket) {
    ssize_t done = send(socket->fd, socket->out.data, socket->out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done <= 0) return;
    socket->out.size -= (size_t)done;
    memmove(socket->out.data, socket->out.data + done, socket->out.size);
    if (socket->out.size == 0) watch(socket, EPOLL_CTL_MOD, EPOLLIN);
}

static void send_frame(Socket *socket, int opcode, const char *payload, size_t size) {
    static uint32_t state = 0x9e3779b9;
    uint8_t frame[16 * 1024];
    size_t head = 2;
    if (size > sizeof frame - 16) abort();
    frame[0] = (uint8_t)(0x80 | opcode);
    if (size < 126) frame[1] = (uint8_t)(0x80 | size);
    else {
        frame[1] = 0x80 | 126;
        frame[2] = (uint8_t)(size >> 8);
        frame[3] = (uint8_t)size;
        head = 4;
    }
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    uint8_t key[4];
    memcpy(key, &state, 4);
    memcpy(frame + head, key, 4);
    head += 4;
    for (size_t i = 0; i < size; i++) frame[head + i] = (uint8_t)payload[i] ^ key[i % 4];
    transmit(socket, frame, head + size);
}

void say(Socket *socket, const char *text, size_t size) { send_frame(socket, TEXT, text, size); }

void open_socket(Socket *self) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(self->port)};
    inet_pton(AF_INET, self->host, &address.sin_addr);
    self->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    self->state = SOCKET_UPGRADING;
    if (connect(self->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        die(self, "unreachable");
        return;
    }
    char request[768];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: localhost:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        plan.path, self->port);
    append(&self->out, request, (size_t)size);
    watch(self, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void hear_text(Socket *socket, const char *text, size_t size, double at) {
    if (size == 0) return;
    if (text[0] == '0') {
        char answer[4200];
        int length = snprintf(answer, sizeof answer, "40{\"token\":\"%s\"}", socket->token);
        say(socket, answer, (size_t)length);
    } else if (text[0] == '2')
        say(socket, "3", 1);
    else if (text[0] == '4' && size > 1) {
        if (text[1] == '2') hear_entries(socket, text, size, at, true);
        else if (text[1] == '3') hear_acknowledgement(socket, text, size, at);
        else if (text[1] == '0') on_connected(socket);
        else {
            fprintf(stderr, "load: refused: %.*s\n", (int)(size < 200 ? size : 200), text);
            die(socket, text[1] == '4' ? "connect_refused" : "disconnected");
        }
    }
}

/* Handle one frame at `data`; the bytes it took, or 0 where more are needed. */
static size_t hear_frame(Socket *socket, uint8_t *data, size_t size, double at) {
    if (size < 2) return 0;
    size_t head = 2, length = data[1] & 127;
    if (length == 126) {
        if (size < 4) return 0;
        length = (size_t)data[2] << 8 | data[3];
        head = 4;
    } else if (length == 127) {
        if (size < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | data[i];
        head = 10;
    }
    if (length > FRAME_LIMIT) {
        die(socket, "frame_too_large");
        return 0;
    }
    if (size < head + length) return 0;
    books.frames++;
    char *payload = (char *)data + head;
    int opcode = data[0] & 15;
    if ((data[0] & 0x80) == 0) die(socket, "fragmented");
    else if (opcode == TEXT) hear_text(socket, payload, length, at);
    else if (opcode == PING) send_frame(socket, PONG, payload, length < 125 ? length : 125);
    else if (opcode == CLOSE) die(socket, "closed");
    return head + length;
}

static size_t hear_upgrade(Socket *socket, uint8_t *data, size_t size) {
    uint8_t *end = memmem(data, size, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    if (memmem(data, 16 < size ? 16 : size, " 101 ", 5) == NULL) {
        die(socket, "upgrade_refused");
        return 0;
    }
    socket->state = SOCKET_OPENING;
    return (size_t)(end - data) + 4;
}

static void receive(Socket *socket) {
    size_t held = socket->in.size, used = 0;
    if (arena_capacity < held + READ_BYTES) {
        arena_capacity = held + READ_BYTES;
        arena = must(realloc(arena, arena_capacity));
    }
    memcpy(arena, socket->in.data, held);
    ssize_t got = recv(socket->fd, arena + held, READ_BYTES, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        die(socket, got == 0 ? "closed" : "reset");
        return;
    }
    double at = now();
    books.bytes += (uint64_t)got;
    size_t size = held + (size_t)got;
    while (used < size && socket->state != SOCKET_DEAD) {
        size_t took = socket->state == SOCKET_UPGRADING ? hear_upgrade(socket, arena + used, size - used)
                                                        : hear_frame(socket, arena + used, size - used, at);
        if (took == 0) break;
        used += took;
    }
    socket->in.size = 0;
    append(&socket->in, arena + used, size - used);
}

void on_ready(Socket *socket, uint32_t events) {
    if (socket->fd >= 0 && (events & EPOLLOUT) != 0 && socket->out.size > 0) flush(socket);
    if (socket->fd >= 0 && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive(socket);
}
