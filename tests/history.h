/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What clients of a memory did and saw, and in which order: a history, for
 * history_check.h to judge.
 *
 * A client calls history_begin() before it asks for something and history_end()
 * when it has the answer. Both take a number from one counter, so that an op
 * which ended before another began has the smaller numbers, and nothing is
 * assumed about those that overlap. Each client writes to its own list only; no
 * lock, no thread, no clock: real threads use it, and a simulator.
 */
#ifndef PRAMIN_TESTS_HISTORY_H
#define PRAMIN_TESTS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_CLIENTS 16u
#define HISTORY_NEVER	UINT64_MAX

/* One counter for all. Under ThreadSanitizer it must not order anything else,
 * or it would hide races of what is tested.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HISTORY_ORDER __ATOMIC_RELAXED
#endif
#elif defined(__SANITIZE_THREAD__)
#define HISTORY_ORDER __ATOMIC_RELAXED
#endif
#ifndef HISTORY_ORDER
#define HISTORY_ORDER __ATOMIC_SEQ_CST
#endif

enum history_kind {
	HISTORY_READ,
	HISTORY_WRITE,
};

/**
 * struct history_op - one read or write
 * @pa:    first byte
 * @len:   bytes
 * @grain: the largest aligned piece that is one access: 8, or 1 if nothing is
 *         said but that each byte is read or written once
 * @client: who
 * @began: its number when it was asked for,
 * @ended: and when it was done. HISTORY_NEVER: a write that failed, and may
 *         take effect at any time or never, or a read without an answer
 * @bytes: what was written, or read
 */
struct history_op {
	enum history_kind kind;
	uint64_t pa;
	uint64_t len;
	unsigned int grain;
	unsigned int client;
	uint64_t began, ended;
	uint8_t *bytes;
};

struct history_list {
	struct history_op *op;
	size_t count, room;
	uint8_t *store; /* behind all @bytes */
	size_t used, store_room;
	bool full;
	uint8_t apart[64]; /* clients do not share cache lines */
};

struct history {
	uint64_t counter;
	struct history_list list[HISTORY_CLIENTS];
};

static inline void history_free(struct history *h)
{
	unsigned int i;

	for (i = 0; i < HISTORY_CLIENTS; i++) {
		free(h->list[i].op);
		free(h->list[i].store);
	}
	memset(h, 0, sizeof(*h));
}

/* Room for @ops of each of the first @clients, of @bytes in all; false: none */
static inline bool history_init(struct history *h, unsigned int clients,
				size_t ops, size_t bytes)
{
	bool ok = clients <= HISTORY_CLIENTS;
	unsigned int i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < clients && ok; i++) {
		struct history_list *list = &h->list[i];

		list->op = calloc(ops, sizeof(*list->op));
		list->store = calloc(bytes, 1);
		list->room = ops;
		list->store_room = bytes;
		ok = list->op && list->store;
	}
	if (!ok)
		history_free(h);
	return ok;
}

static inline uint64_t history_number(struct history *h)
{
	return __atomic_add_fetch(&h->counter, 1, HISTORY_ORDER);
}

/**
 * history_begin() - @client is about to read or to write
 * @bytes: what will be written; ignored for a read
 *
 * Return: what history_end() takes; NULL without room, and the check fails.
 */
static inline struct history_op *history_begin(struct history *h,
					       unsigned int client,
					       enum history_kind kind,
					       uint64_t pa, uint64_t len,
					       unsigned int grain,
					       const void *bytes)
{
	struct history_list *list = &h->list[client];
	struct history_op *op = &list->op[list->count];

	if (list->count == list->room || len > list->store_room - list->used) {
		list->full = true;
		return NULL;
	}
	*op = (struct history_op){
		.kind = kind,
		.pa = pa,
		.len = len,
		.grain = grain,
		.client = client,
		.ended = HISTORY_NEVER,
		.bytes = list->store + list->used,
	};
	if (kind == HISTORY_WRITE)
		memcpy(op->bytes, bytes, len);
	list->used += len;
	list->count++;
	op->began = history_number(h);
	return op;
}

/* It is done. @bytes: what was read. Not called if it failed. */
static inline void history_end(struct history *h, struct history_op *op,
			       const void *bytes)
{
	if (!op)
		return;
	op->ended = history_number(h);
	if (op->kind == HISTORY_READ && bytes)
		memcpy(op->bytes, bytes, op->len);
}

#endif /* PRAMIN_TESTS_HISTORY_H */
