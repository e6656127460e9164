/* What was said, acknowledged and delivered; and whether that is what was promised.
 *
 * It parses only what it must. The bodies are the generator's own letters, so a key's name cannot stand in one, and
 * every contender writes an entry's `seq` before its `client_id`.
 */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIND(from, end, key) ((char *)memmem(from, (size_t)((end) - (from)), key, sizeof(key) - 1))

static uint32_t number_at(const char *text) {
    uint32_t number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (uint32_t)(*text++ - '0');
    return number;
}

static uint64_t hex_at(const char *text, int digits) {
    uint64_t value = 0;
    for (int i = 0; i < digits; i++) {
        int c = text[i];
        value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

/* The index of the message that a client id of this run stands for, or -1. */
static int64_t message_of(const char *client_id) {
    if (hex_at(client_id, 8) != run_id) return -1;
    uint64_t index = hex_at(client_id + 24, 12);
    return index < books.messages ? (int64_t)index : -1;
}

static void deliver(Socket *socket, uint32_t number, const char *client_id, double at) {
    if (!take_bit(&socket->heard, number)) {
        books.duplicates++;
        return;
    }
    if (number != socket->last + 1) books.disorder++;
    if (number > socket->last) socket->last = number;
    books.delivered++;
    bool counted = books.begin > 0 && at >= books.begin && (books.end == 0 || at < books.end);
    books.delivered_in_window += counted;
    int64_t index = message_of(client_id);
    if (index < 0) return;
    Message *message = &books.message[index];
    if (message->heard_as == 0) message->heard_as = number;
    else if (message->heard_as != number) books.contradictions++;
    if (books.begin > 0 && message->due >= books.begin && (books.end == 0 || message->due < books.end))
        note(&books.deliver, at - message->due);
}

/* Entries in a push, or in the answer to a sync: how many there were. */
uint32_t hear_entries(Socket *socket, const char *text, size_t size, double at, bool pushed) {
    const char *end = text + size, *from = text;
    if (pushed && (size < 13 || memcmp(text, "42[\"entries\",", 13) != 0)) return 0;
    uint32_t count = 0;
    while ((from = FIND(from, end, "\"seq\":")) != NULL) {
        uint32_t number = number_at(from + 6);
        from = FIND(from, end, "\"client_id\":\"");
        if (from == NULL) break;
        from += 13;
        if (pushed) deliver(socket, number, from, at);
        else {
            if (number != socket->last + 1) books.disorder++;
            socket->last = number;
        }
        from += 36;
        count++;
    }
    return count;
}

static void hear_page(Socket *socket, const char *text, size_t size, double at) {
    if (FIND(text, text + size, "\"ok\":true") == NULL) {
        fprintf(stderr, "load: sync was refused: %.*s\n", (int)(size < 200 ? size : 200), text);
        if (socket->state != SOCKET_JOINED) {
            on_dead(socket, "sync_refused");
            return;
        }
        count_error("sync_refused", 12);
        on_page(socket, true, at);
    } else if (plan.mode != MODE_CATCHUP || socket->state != SOCKET_JOINED)
        on_joined(socket);
    else {
        uint32_t count = hear_entries(socket, text, size, at, false);
        books.delivered += count;
        books.delivered_in_window += count;
        on_page(socket, FIND(text, text + size, "\"complete\":true") != NULL || count == 0, at);
    }
}

static void refuse(Socket *socket, uint32_t index, const char *text, const char *end, double at) {
    const char *code = FIND(text, end, "\"code\":\""), *after = FIND(text, end, "\"retry_after\":");
    if (code == NULL) count_error("unknown", 7);
    else count_error(code + 8, strcspn(code + 8, "\""));
    on_refused(socket, index, after != NULL ? atof(after + 14) : 0.1, at);
}

void hear_acknowledgement(Socket *socket, const char *text, size_t size, double at) {
    const char *end = text + size;
    uint32_t index = number_at(text + 2);
    if (index >= SYNC_ID) {
        hear_page(socket, text, size, at);
        return;
    }
    if (index >= books.messages) return;
    const char *seq = FIND(text, end, "\"seq\":");
    if (seq == NULL || FIND(text, end, "\"ok\":true") == NULL) {
        refuse(socket, index, text, end, at);
        return;
    }
    Message *message = &books.message[index];
    if (message->number != 0) return; /* a retry that was answered as well */
    message->number = number_at(seq + 6);
    if (!take_bit(&plan.conversation[socket->conversation].given, message->number)) books.doubled_numbers++;
    books.acknowledged++;
    if (books.begin > 0 && at >= books.begin && (books.end == 0 || at < books.end)) books.acknowledged_in_window++;
    if (books.begin > 0 && message->due >= books.begin && (books.end == 0 || message->due < books.end))
        note(&books.ack, at - message->due);
    on_answered(socket, index, at);
}

void judge(void) {
    for (uint32_t i = 0; i < books.messages; i++) {
        const Message *message = &books.message[i];
        if (message->number == 0) continue;
        if (message->heard_as != 0 && message->heard_as != message->number) books.contradictions++;
        const Conversation *conversation = &plan.conversation[plan.socket[message->socket].conversation];
        for (uint32_t m = 0; m < conversation->members; m++) {
            const Socket *member = &plan.socket[conversation->sockets[m]];
            if (!has_bit(&member->heard, message->number)) books.losses++;
        }
    }
    for (uint32_t i = 0; i < plan.sockets; i++) {
        const Socket *socket = &plan.socket[i];
        books.alive += socket->state != SOCKET_DEAD;
        if (plan.mode == MODE_CATCHUP) continue;
        for (uint32_t number = 1; number <= socket->last; number++) books.holes += !has_bit(&socket->heard, number);
    }
}
