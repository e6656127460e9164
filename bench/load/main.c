/* load PLAN: carry the plan out; events as JSON lines on the way, the result as the last line. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

Plan plan = {
    .path = "/socket.io/?EIO=4&transport=websocket",
    .warmup = 1, .duration = 5, .drain = 15, .rate = 100,
    .outstanding = 1, .body = 48, .connecting = 64, .parallel = 1, .rounds = 1,
};
Books books;
uint32_t run_id;
int epoll;

static void print_latency(const char *name, const Histogram *histogram) {
    printf("\"%s\":{\"count\":%llu,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f},", name,
           (unsigned long long)histogram->count, percentile_ms(histogram, 0.5), percentile_ms(histogram, 0.9),
           percentile_ms(histogram, 0.99), percentile_ms(histogram, 1));
}

static void print_count(const char *name, uint64_t count) { printf("\"%s\":%llu,", name, (unsigned long long)count); }

int main(int count, char **arguments) {
    if (count != 2) {
        fputs("usage: load PLAN\n", stderr);
        return 2;
    }
    read_plan(arguments[1]);
    if (plan.body < 4 || plan.body > 8000) plan.body = 48;
    run_id = (uint32_t)getpid() * 2654435761u ^ (uint32_t)(now() * 1e6);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    run_scenario();
    double seconds = books.end - books.begin;
    judge();
    uint64_t answered = books.acknowledged;
    printf("{\"event\":\"result\",\"seconds\":%.3f,", seconds);
    printf("\"acknowledged_per_s\":%.1f,\"delivered_per_s\":%.1f,", (double)books.acknowledged_in_window / seconds,
           (double)books.delivered_in_window / seconds);
    print_latency("ack", &books.ack);
    print_latency("deliver", &books.deliver);
    print_latency("page", &books.page);
    print_latency("catchup", &books.catchup);
    print_count("sockets", plan.sockets);
    print_count("alive", books.alive);
    print_count("sent", books.messages);
    print_count("acknowledged", answered);
    print_count("unanswered", books.messages - answered);
    print_count("acknowledged_in_window", books.acknowledged_in_window);
    print_count("delivered", books.delivered);
    print_count("delivered_in_window", books.delivered_in_window);
    print_count("duplicates", books.duplicates);
    print_count("losses", books.losses);
    print_count("holes", books.holes);
    print_count("order_violations", books.disorder);
    print_count("contradictions", books.contradictions);
    print_count("doubled_numbers", books.doubled_numbers);
    print_count("late_sends", books.late_sends);
    print_count("caught_up", books.caught_up);
    print_count("pages", books.pages);
    print_count("frames", books.frames);
    print_count("bytes", books.bytes);
    printf("\"own_cpu_s\":%.3f,\"errors\":{", own_cpu());
    for (size_t i = 0; i < ERROR_KINDS && books.error[i].count > 0; i++)
        printf("%s\"%s\":%llu", i ? "," : "", books.error[i].code, (unsigned long long)books.error[i].count);
    puts("}}");
    return 0;
}
