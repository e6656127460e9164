/* The plan: a text file, one thing a line.
 *
 *   mode closed | open | catchup | idle
 *   outstanding N     closed: posts each sender has without an answer
 *   rate N            open: posts per second, all senders together, in turn
 *   parallel N        catchup: readers at the same time;  rounds N: how often each reader catches up
 *   warmup S, duration S, drain S, body BYTES, connecting N (handshakes at the same time), path HTTP_PATH
 *   conversation ID
 *   socket HOST PORT CONVERSATION_INDEX sends|listens TOKEN
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *line) {
    fprintf(stderr, "load: cannot read this line of the plan: %s\n", line);
    exit(2);
}

static void add_conversation(const char *id) {
    plan.conversation = must(realloc(plan.conversation, (plan.conversations + 1) * sizeof(Conversation)));
    Conversation *conversation = &plan.conversation[plan.conversations++];
    memset(conversation, 0, sizeof *conversation);
    snprintf(conversation->id, NAME_LIMIT, "%s", id);
}

static void add_socket(const char *rest) {
    char host[NAME_LIMIT], role[16], token[4096];
    unsigned port, conversation;
    if (sscanf(rest, "%63s %u %u %15s %4095s", host, &port, &conversation, role, token) != 5) fail(rest);
    if (conversation >= plan.conversations) fail(rest);
    plan.socket = must(realloc(plan.socket, (plan.sockets + 1) * sizeof(Socket)));
    Socket *socket = &plan.socket[plan.sockets++];
    memset(socket, 0, sizeof *socket);
    socket->fd = -1;
    socket->port = (uint16_t)port;
    socket->conversation = conversation;
    socket->sends = strcmp(role, "sends") == 0;
    socket->token = must(strdup(token));
    snprintf(socket->host, NAME_LIMIT, "%s", host);
}

static void set(const char *name, const char *rest) {
    double number = atof(rest);
    if (strcmp(name, "mode") == 0) {
        const char *modes[] = {"closed", "open", "catchup", "idle"};
        for (int i = 0; i < 4; i++)
            if (strcmp(rest, modes[i]) == 0) plan.mode = (Mode)i;
    } else if (strcmp(name, "path") == 0)
        snprintf(plan.path, sizeof plan.path, "%s", rest);
    else if (strcmp(name, "outstanding") == 0) plan.outstanding = (uint32_t)number;
    else if (strcmp(name, "rate") == 0) plan.rate = number;
    else if (strcmp(name, "parallel") == 0) plan.parallel = (uint32_t)number;
    else if (strcmp(name, "rounds") == 0) plan.rounds = (uint32_t)number;
    else if (strcmp(name, "warmup") == 0) plan.warmup = number;
    else if (strcmp(name, "duration") == 0) plan.duration = number;
    else if (strcmp(name, "drain") == 0) plan.drain = number;
    else if (strcmp(name, "body") == 0) plan.body = (uint32_t)number;
    else if (strcmp(name, "connecting") == 0) plan.connecting = (uint32_t)number;
    else fail(name);
}

static void assign(void) {
    plan.sender = must(calloc(plan.sockets + 1, sizeof *plan.sender));
    for (uint32_t i = 0; i < plan.sockets; i++) {
        Conversation *conversation = &plan.conversation[plan.socket[i].conversation];
        conversation->sockets = must(realloc(conversation->sockets, (conversation->members + 1) * sizeof(uint32_t)));
        conversation->sockets[conversation->members++] = i;
        if (plan.socket[i].sends) plan.sender[plan.senders++] = i;
    }
}

void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) fail(path);
    static char line[8192];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 0 || line[0] == '#') continue;
        char *rest = strchr(line, ' ');
        if (rest == NULL) fail(line);
        *rest++ = 0;
        if (strcmp(line, "conversation") == 0) add_conversation(rest);
        else if (strcmp(line, "socket") == 0) add_socket(rest);
        else set(line, rest);
    }
    fclose(file);
    assign();
}
