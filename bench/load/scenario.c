/* When to say what: connecting, joining, posting (closed or open loop), catching up, holding still. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define CONNECT_WITHIN_S 120.0
#define TICK_S 0.02

typedef struct {
    uint32_t message;
    double at;
} Retry;

static bool posting; /* new messages may begin */
static uint32_t connected, joined, next_to_open, next_to_join, dead, reading, next_reader, finished, unanswered;
static Retry *retries;
static uint32_t retry_count, retry_capacity;
static int timer;

static void post(uint32_t index) {
    Socket *socket = &plan.socket[books.message[index].socket];
    char text[12 * 1024];
    int size = snprintf(text, sizeof text,
                        "42%u[\"post\",{\"conversation\":\"%s\",\"client_id\":\"%08x-0000-4000-8000-%012x\",\"body\":\"",
                        index, plan.conversation[socket->conversation].id, run_id, index);
    for (uint32_t i = 0; i < plan.body; i++) text[size++] = "the quick brown fox "[(index + i) % 20 % 19];
    text[size - 1] = '.';
    text[size - (int)plan.body] = 'A'; /* white space around a body is not kept */
    memcpy(text + size, "\"}]", 3);
    say(socket, text, (size_t)size + 3);
}

static void begin_message(uint32_t socket, double due) {
    if (books.messages == books.capacity) {
        books.capacity = books.capacity ? books.capacity * 2 : 65536;
        books.message = must(realloc(books.message, books.capacity * sizeof(Message)));
    }
    uint32_t index = books.messages++;
    books.message[index] = (Message){.due = due, .socket = socket};
    plan.socket[socket].outstanding++;
    unanswered++;
    post(index);
}

static void ask_page(Socket *socket, uint32_t after) {
    char text[256];
    int size = snprintf(text, sizeof text, "42%u[\"sync\",{\"conversation\":\"%s\",\"after\":%u}]", SYNC_ID,
                        plan.conversation[socket->conversation].id, after);
    socket->asked = now();
    say(socket, text, (size_t)size);
}

static void open_more(void) {
    while (next_to_open < plan.sockets && next_to_open < connected + dead + plan.connecting)
        open_socket(&plan.socket[next_to_open++]);
}

static void join_more(void) {
    while (next_to_join < plan.sockets && next_to_join < joined + dead + plan.connecting)
        ask_page(&plan.socket[next_to_join++], plan.mode == MODE_CATCHUP ? 2000000000 : 0);
}

static void read_more(void) {
    while (reading < plan.parallel && next_reader < plan.sockets) {
        Socket *socket = &plan.socket[next_reader++];
        if (socket->state == SOCKET_DEAD) continue;
        reading++;
        socket->last = 0;
        socket->began = now();
        ask_page(socket, 0);
    }
}

void on_connected(Socket *socket) {
    socket->state = SOCKET_CONNECTED;
    connected++;
    open_more();
}

void on_joined(Socket *socket) {
    if (socket->state == SOCKET_JOINED) return;
    socket->state = SOCKET_JOINED;
    joined++;
    join_more();
}

void on_answered(Socket *socket, uint32_t index, double at) {
    (void)index;
    socket->outstanding--;
    unanswered--;
    if (posting && plan.mode == MODE_CLOSED) begin_message((uint32_t)(socket - plan.socket), at);
}

void on_refused(Socket *socket, uint32_t index, double retry_after, double at) {
    (void)socket;
    if (retry_count == retry_capacity) {
        retry_capacity = retry_capacity ? retry_capacity * 2 : 1024;
        retries = must(realloc(retries, retry_capacity * sizeof(Retry)));
    }
    retries[retry_count++] = (Retry){index, at + retry_after};
}

void on_page(Socket *socket, bool complete, double at) {
    if (socket->state != SOCKET_JOINED) return;
    books.pages++;
    note(&books.page, at - socket->asked);
    if (!complete) {
        ask_page(socket, socket->last);
        return;
    }
    note(&books.catchup, at - socket->began);
    books.caught_up++;
    if (++socket->rounds < plan.rounds) {
        socket->last = 0;
        socket->began = at;
        ask_page(socket, 0);
        return;
    }
    reading--;
    finished++;
    read_more();
}

void on_dead(Socket *socket, const char *why) {
    count_error(why, strlen(why));
    /* Nothing counts it twice: it was either still to be connected, or connected, or joined. */
    if (socket->state == SOCKET_JOINED) joined--;
    if (socket->state == SOCKET_CONNECTED || socket->state == SOCKET_JOINED) connected--;
    if (socket->began > 0 && socket->rounds < plan.rounds) reading--;
    unanswered -= socket->outstanding;
    socket->outstanding = 0;
    socket->state = SOCKET_DEAD;
    dead++;
}

static void retry_due(double at) {
    for (uint32_t i = 0; i < retry_count;) {
        if (retries[i].at > at) {
            i++;
            continue;
        }
        uint32_t index = retries[i].message;
        retries[i] = retries[--retry_count];
        if (plan.socket[books.message[index].socket].state == SOCKET_JOINED) post(index);
    }
}

/* Handle what happens until `until`; wake up early for `due` (0: nothing). */
static void turn(double until, double due) {
    static struct epoll_event events[512];
    double wake = due > 0 && due < until ? due : until;
    struct itimerspec spec = {.it_value = {(time_t)wake, (long)((wake - (double)(time_t)wake) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
    int count = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr != NULL) on_ready(events[i].data.ptr, events[i].events);
        else {
            uint64_t expirations;
            if (read(timer, &expirations, sizeof expirations) < 0) continue;
        }
    }
    if (retry_count > 0) retry_due(now());
}

static void all(uint32_t *count, void (*more)(void)) {
    double limit = now() + CONNECT_WITHIN_S;
    while (*count + dead < plan.sockets && now() < limit) {
        more();
        turn(now() + TICK_S, 0);
    }
}

static void post_until(double until) {
    static uint32_t turn_of;
    static double due;
    if (due == 0) due = now();
    for (double at = now(); at < until; at = now()) {
        double next = until;
        if (plan.mode == MODE_OPEN) {
            while (due <= at) {
                Socket *socket = &plan.socket[plan.sender[turn_of++ % plan.senders]];
                if (at - due > 0.005) books.late_sends++;
                if (socket->state == SOCKET_JOINED) begin_message((uint32_t)(socket - plan.socket), due);
                due += 1 / plan.rate;
            }
            next = due;
        }
        turn(at + TICK_S < until ? at + TICK_S : until, next);
    }
}

static void event(const char *name) {
    printf("{\"event\":\"%s\",\"at\":%.6f}\n", name, now());
    fflush(stdout);
}

static void converse(void) {
    posting = true;
    if (plan.mode == MODE_CLOSED)
        for (uint32_t round = 0; round < plan.outstanding; round++)
            for (uint32_t i = 0; i < plan.senders; i++)
                if (plan.socket[plan.sender[i]].state == SOCKET_JOINED) begin_message(plan.sender[i], now());
    post_until(now() + plan.warmup);
    event("begin");
    books.begin = now();
    post_until(books.begin + plan.duration);
    books.end = now();
    event("end");
    posting = false;
    double quiet = now(), limit = quiet + plan.drain;
    for (uint64_t before = books.delivered; now() < limit && (unanswered > 0 || now() < quiet + 1.0);) {
        turn(now() + TICK_S, 0);
        if (books.delivered != before) quiet = now();
        before = books.delivered;
    }
}

static void catch_up(void) {
    event("begin");
    books.begin = now();
    for (read_more(); reading > 0;) turn(now() + TICK_S, 0);
    books.end = now();
    event("end");
}

static void hold(void) {
    event("begin");
    books.begin = now();
    while (now() < books.begin + plan.duration) turn(books.begin + plan.duration, 0);
    books.end = now();
    event("end");
}

void run_scenario(void) {
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event tick = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &tick);
    double start = now();
    all(&connected, open_more);
    double seconds = now() - start;
    printf("{\"event\":\"connected\",\"sockets\":%u,\"failed\":%u,\"seconds\":%.3f}\n", connected, dead, seconds);
    fflush(stdout);
    all(&joined, join_more);
    if (joined < plan.sockets) fprintf(stderr, "load: only %u of %u sockets joined\n", joined, plan.sockets);
    if (plan.mode == MODE_CATCHUP) catch_up();
    else if (plan.mode == MODE_IDLE) hold();
    else converse();
}
