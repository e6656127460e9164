/* Clocks, histograms, bit sets, buffers. */
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SMALLEST_S 1e-6
#define STEP 1.01 /* a bucket is 1% wide, so a percentile is at most that wrong */

void *must(void *memory) {
    if (memory == NULL) {
        fputs("load: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double own_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void note(Histogram *histogram, double seconds) {
    double place = seconds <= SMALLEST_S ? 0 : log(seconds / SMALLEST_S) / log(STEP);
    histogram->buckets[place >= BUCKETS ? BUCKETS - 1 : (size_t)place]++;
    histogram->count++;
}

double percentile_ms(const Histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)ceil((double)histogram->count * share), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= wanted && seen > 0) return SMALLEST_S * pow(STEP, (double)i + 0.5) * 1e3;
    }
    return 0;
}

void count_error(const char *code, size_t length) {
    if (length >= NAME_LIMIT) length = NAME_LIMIT - 1;
    for (size_t i = 0; i < ERROR_KINDS; i++) {
        if (books.error[i].count == 0) {
            memcpy(books.error[i].code, code, length);
            books.error[i].code[length] = 0;
        }
        if (strlen(books.error[i].code) == length && memcmp(books.error[i].code, code, length) == 0) {
            books.error[i].count++;
            return;
        }
    }
}

bool take_bit(Bits *bits, uint32_t bit) {
    if (bit >= bits->limit) {
        uint32_t limit = bits->limit ? bits->limit : 256;
        while (limit <= bit) limit *= 2;
        bits->words = must(realloc(bits->words, limit / 8));
        memset((char *)bits->words + bits->limit / 8, 0, (limit - bits->limit) / 8);
        bits->limit = limit;
    }
    uint64_t mask = 1ull << (bit % 64), *word = &bits->words[bit / 64];
    bool fresh = (*word & mask) == 0;
    *word |= mask;
    return fresh;
}

bool has_bit(const Bits *bits, uint32_t bit) {
    return bit < bits->limit && (bits->words[bit / 64] & (1ull << (bit % 64))) != 0;
}

void append(Buffer *buffer, const void *data, size_t size) {
    if (buffer->size + size > buffer->capacity) {
        buffer->capacity = (buffer->size + size) * 2;
        buffer->data = must(realloc(buffer->data, buffer->capacity));
    }
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}
