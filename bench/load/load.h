/* A load generator for Socket.IO over WebSocket: one thread, one epoll, nothing but libc.
 *
 * plan.c reads what to do, wire.c speaks Engine.IO 4, facts.c keeps the books of what was said, acknowledged and
 * delivered, scenario.c decides when to say something, stats.c measures, main.c runs the phases and prints JSON.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNC_ID 2000000000u /* acknowledgement ids from here on are syncs, below they are message indexes */
#define NAME_LIMIT 64
#define ERROR_KINDS 32
#define BUCKETS 2400

typedef enum { MODE_CLOSED, MODE_OPEN, MODE_CATCHUP, MODE_IDLE } Mode;
typedef enum { SOCKET_NEW, SOCKET_UPGRADING, SOCKET_OPENING, SOCKET_CONNECTED, SOCKET_JOINED, SOCKET_DEAD } State;

typedef struct {
    uint64_t count;
    uint64_t buckets[BUCKETS];
} Histogram;

typedef struct {
    uint8_t *data;
    size_t size, capacity;
} Buffer;

typedef struct {
    uint64_t *words;
    uint32_t limit; /* bits that fit */
} Bits;

typedef struct {
    char id[NAME_LIMIT];
    uint32_t members, *sockets; /* the sockets that must hear it */
    Bits given;                 /* numbers that were acknowledged */
} Conversation;

typedef struct {
    int fd;
    State state;
    bool sends;
    uint32_t conversation;
    uint16_t port;
    char host[NAME_LIMIT];
    char *token;
    Buffer in, out;
    uint32_t last, outstanding; /* the highest number heard; posts without an answer */
    Bits heard;
    uint32_t rounds; /* catch-ups done */
    double asked, began;
} Socket;

typedef struct {
    double due; /* when it was to be sent: latencies count from here, also where the sending was late */
    uint32_t socket, number, heard_as;
} Message;

typedef struct {
    Mode mode;
    char path[256];
    double warmup, duration, drain, rate;
    uint32_t outstanding, body, connecting, parallel, rounds;
    uint32_t conversations, sockets, senders;
    Conversation *conversation;
    Socket *socket;
    uint32_t *sender;
} Plan;

typedef struct {
    Message *message;
    uint32_t messages, capacity;
    double begin, end; /* the measured window */
    uint64_t acknowledged, acknowledged_in_window, delivered, delivered_in_window;
    uint64_t duplicates, losses, holes, disorder, contradictions, doubled_numbers, late_sends, alive;
    uint64_t caught_up, pages, frames, bytes;
    Histogram ack, deliver, page, catchup;
    struct {
        char code[NAME_LIMIT];
        uint64_t count;
    } error[ERROR_KINDS];
} Books;

extern Plan plan;
extern Books books;
extern uint32_t run_id;
extern int epoll;

/* stats.c */
double now(void);
double own_cpu(void);
void note(Histogram *histogram, double seconds);
double percentile_ms(const Histogram *histogram, double share);
void count_error(const char *code, size_t length);
bool take_bit(Bits *bits, uint32_t bit); /* sets it; true where it was not set before */
bool has_bit(const Bits *bits, uint32_t bit);
void append(Buffer *buffer, const void *data, size_t size);
void *must(void *memory);

/* plan.c */
void read_plan(const char *path);

/* wire.c */
void open_socket(Socket *socket);
void on_ready(Socket *socket, uint32_t events);
void say(Socket *socket, const char *text, size_t size);

/* facts.c */
uint32_t hear_entries(Socket *socket, const char *text, size_t size, double at, bool pushed);
void hear_acknowledgement(Socket *socket, const char *text, size_t size, double at);
void judge(void); /* after the end: who did not get what was acknowledged? */

/* scenario.c */
void on_connected(Socket *socket);
void on_joined(Socket *socket);
void on_answered(Socket *socket, uint32_t message, double at);
void on_refused(Socket *socket, uint32_t message, double retry_after, double at);
void on_page(Socket *socket, bool complete, double at);
void on_dead(Socket *socket, const char *why);
void run_scenario(void);

#endif
