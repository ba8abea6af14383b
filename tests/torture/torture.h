/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the parent of the torture and its workers share.
 *
 * VRAM is bytes of somebody or of nobody. Eight patches, spread so that no
 * position of the window shows two of them with ease, are cut into stripes of 64
 * bytes. The stripes go round the lanes; a lane is one thread of one slot, and a
 * slot is one worker, or the one that took its place. What lies outside the
 * patches is nobody's, and stays 0.
 *
 * Two arrays as large as VRAM say what each byte may be: what its owner last saw
 * confirmed, and what it is about to write. They are equal where nothing is in
 * flight. The lane's count of steps is odd while something is, so that the
 * parent can tell a wrong byte from one that changed while it looked.
 */
#ifndef PRAMIN_TESTS_TORTURE_H
#define PRAMIN_TESTS_TORTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <pramin/pramin.h>

#define KIB 1024ull
#define MIB (1024 * KIB)

#define SLOTS	10u
#define THREADS 3u
#define LANES	(SLOTS * THREADS)
#define STRIPE	64u
#define ROUND	(LANES * STRIPE) /* one stripe of each lane */
#define ROUNDS	8u
#define PATCHES 8u
#define PATCH_BYTES (ROUND * ROUNDS)
#define LANE_BYTES  (PATCHES * ROUNDS * STRIPE)

#define VRAM_BYTES (8 * MIB)

/* Some begin in the middle of 64 KiB, one lies across the end of a MiB. */
static inline uint64_t patch_at(unsigned int patch)
{
	return patch * (940 * KIB) + 100 * KIB;
}

/* The @i-th byte of a lane; up to the next multiple of STRIPE they adjoin. */
static inline uint64_t lane_at(unsigned int lane, unsigned int i)
{
	unsigned int stripe = i / STRIPE;

	return patch_at(stripe / ROUNDS) + (stripe % ROUNDS) * ROUND +
	       lane * STRIPE + i % STRIPE;
}

/* How long a call may wait. Stops are far shorter, or longer. */
#define TIMEOUT_MS 1500u

struct lane {
	uint64_t steps __attribute__((aligned(64))); /* odd: in flight */
	uint64_t done; /* calls that have succeeded */
};

/* One stop; @to 0: it goes on */
struct stop {
	uint32_t pid;
	uint64_t from;
	uint64_t to;
};

#define STOPS 4096u

struct board {
	char gpu[320]; /* the string that opens it */
	uint64_t seed;
	const uint8_t *image; /* VRAM, for the parent */
	uint32_t pids[SLOTS];
	uint32_t inside[SLOTS]; /* this one is in a view now */
	struct lane lane[LANES];
	struct stop stop[STOPS];
	uint32_t stops;
	uint64_t opens;
	uint64_t timeouts;   /* -ETIMEDOUT that named who was stopped */
	uint64_t late;	     /* or somebody else, right after a stop */
	uint64_t shut;	     /* opens that were -EBUSY meanwhile */
	uint32_t failed;     /* the first failure has the text */
	uint32_t has_text;
	char text[400];
	uint8_t sure[VRAM_BYTES];
	uint8_t next[VRAM_BYTES];
};

uint64_t torture_now(void);
uint64_t torture_random(uint64_t *state);
void torture_fail(struct board *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Is its last known value, or what is in flight, that of the byte? */
static inline bool may_be(const struct board *b, uint64_t at, uint8_t byte)
{
	return byte == __atomic_load_n(&b->sure[at], __ATOMIC_RELAXED) ||
	       byte == __atomic_load_n(&b->next[at], __ATOMIC_RELAXED);
}

/* One thread of a worker */
struct thread {
	struct board *b;
	struct pramin_dev *dev;
	unsigned int slot;
	unsigned int lane;
	uint64_t random;
	uint64_t began; /* the call that is under way */
	unsigned int calls;
	uint8_t buf[4096];
};

/* Below @below */
static inline unsigned int torture_pick(struct thread *t, unsigned int below)
{
	return (unsigned int)(torture_random(&t->random) % below);
}

static inline void torture_count(uint64_t *word, uint64_t n)
{
	__atomic_fetch_add(word, n, __ATOMIC_RELAXED);
}

/* A call failed: is a stop the reason, and does the sentence say whose? */
void torture_judge(struct thread *t, int ret, const struct pramin_why *why);

/* A random call */
void torture_call(struct thread *t);

/* All bytes of one lane; 0, or the run has failed */
int torture_look_at(struct board *b, unsigned int lane);

/* Of all lanes */
int torture_look(struct board *b);

/* The bytes of nobody, when nobody writes */
int torture_look_between(struct board *b);

/* A worker, until it is killed */
void torture_work(struct board *b, unsigned int slot, uint64_t seed)
	__attribute__((noreturn));

#endif /* PRAMIN_TESTS_TORTURE_H */
