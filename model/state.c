// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The format of PATH.state: one struct, as it lies in memory.
 *
 *	identity	magic .. identity_sum	never changes
 *	live part	phase, holder, live	changes with each access
 *	sum		of all above		true only while nobody writes
 *
 * The file stays mapped while the model is open, so the registers survive the
 * death of the process. The price: after such a death there is no sum, and only
 * the plausibility of the live part can be checked.
 *
 * While the GPU is in use, the number of accesses and the clock are not kept but
 * made from the counters: each atomic addition that an access can do without
 * counts. What the clock has beside the default costs stands in place of the
 * sum. One word says how the rest has to be read, and it changes in one step,
 * so a process may be killed between any two:
 *
 *	CLEAN or NEW -> OPENED	the clock is in its place, there is no sum
 *	OPENED -> IN_USE	the clock is made from the counters
 *	IN_USE -> OPENED -> CLEAN
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "shared.h"

#define STATE_VERSION 2u
/* Linux gives no pid above this. */
#define PID_LIMIT (1u << 22)

_Static_assert(sizeof(struct model_state) == MODEL_STATE_BYTES,
	       "the format is fixed");
_Static_assert(offsetof(struct model_state, identity_sum) == 48, "likewise");
_Static_assert(offsetof(struct model_state, live) == 64, "likewise");
_Static_assert(offsetof(struct model_state, sum) == MODEL_STATE_BYTES - 8,
	       "likewise");

/* Its phase and its holder */
typedef uint64_t __attribute__((may_alias)) phase_word;

_Static_assert(offsetof(struct model_state, phase) % 8 == 0, "one word");
_Static_assert(offsetof(struct model_state, holder) ==
		       offsetof(struct model_state, phase) + 4,
	       "likewise");

static const char magic[8] = { 'p', 'r', 'a', 'm', 'i', 'n', 'G', 'P' };

/* 64-bit FNV-1a: any one changed byte changes the result. */
static uint64_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	while (len--)
		sum = (sum ^ *p++) * UINT64_C(0x100000001b3);
	return sum;
}

static uint64_t made_of(const struct model_live *l, uint64_t reads,
			uint64_t writes)
{
	uint64_t sum = reads * model_get64(&l->register_reads) +
		       writes * model_get64(&l->register_writes);
	size_t i;

	for (i = 0; i < 4; i++)
		sum += reads * (model_get64(&l->reads[i]) +
				model_get64(&l->bar_reads[i])) +
		       writes * (model_get64(&l->writes[i]) +
				 model_get64(&l->bar_writes[i]));
	return sum;
}

uint64_t model_live_accesses(const struct model_live *l)
{
	return made_of(l, 1, 1);
}

/* What all of it has cost, were it not for the handles with other costs */
uint64_t model_live_ns(const struct model_live *l)
{
	return made_of(l, MODEL_READ_NS, MODEL_WRITE_NS) +
	       MODEL_READ_NS * model_get64(&l->config_reads);
}

/* Both in one step; what comes before and behind it in the code stays there. */
static void set_phase(struct model_state *st, uint32_t phase, uint32_t holder)
{
	uint32_t both[2] = { phase, holder };
	uint64_t word;

	memcpy(&word, both, sizeof(word));
	__atomic_store_n((phase_word *)(void *)&st->phase, word,
			 __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* A death between two increments must not count against the next one. */
static void mend(struct model_live *l)
{
	uint64_t all;

	if (l->window_writes < l->moves)
		l->window_writes = l->moves;
	if (l->register_writes < l->window_writes)
		l->register_writes = l->window_writes;
	all = model_live_accesses(l);
	if (l->outside > all)
		l->outside = all;
	if (l->unknown > all)
		l->unknown = all;
	if (l->bar_faults > all)
		l->bar_faults = all;
	l->accesses = all;
}

/* The state has been checked, and nobody else uses it. */
void model_state_start(struct model_state *st, uint32_t pid)
{
	if (st->phase != MODEL_STATE_IN_USE) {
		set_phase(st, MODEL_STATE_OPENED, pid);
		st->sum = st->live.clock_ns - model_live_ns(&st->live);
	}
	set_phase(st, MODEL_STATE_IN_USE, pid);
	mend(&st->live);
}

/* Others use it. */
void model_state_join(struct model_state *st, uint32_t pid)
{
	set_phase(st, MODEL_STATE_IN_USE, pid);
}

/* Nobody uses it any more. */
void model_state_seal(struct model_state *st)
{
	struct model_state closed;

	st->live.accesses = model_live_accesses(&st->live);
	st->live.clock_ns = st->sum + model_live_ns(&st->live);
	set_phase(st, MODEL_STATE_OPENED, st->holder);

	st->live.generation = 0;
	closed = *st;
	closed.phase = MODEL_STATE_CLEAN;
	closed.holder = 0;
	st->sum = checksum(&closed, offsetof(struct model_state, sum));
	set_phase(st, MODEL_STATE_CLEAN, 0);
}

/* The state of a GPU that has just been built, its image not yet created */
void model_state_fill(struct model_state *st, const struct pramin_model *m)
{
	memset(st, 0, sizeof(*st));
	memcpy(st->magic, magic, sizeof(magic));
	st->version = STATE_VERSION;
	st->bytes = sizeof(*st);
	snprintf(st->chip, sizeof(st->chip), "%s", m->chip->row.name);
	st->boot0 = m->boot0;
	st->vram_size = m->vram_size;
	st->identity_sum =
		checksum(st, offsetof(struct model_state, identity_sum));
	st->phase = MODEL_STATE_NEW;
	st->live = m->own_live;
	st->sum = checksum(st, offsetof(struct model_state, sum));
}

bool model_state_is_ours(const struct model_state *st)
{
	return !memcmp(st->magic, magic, sizeof(magic));
}

/* Of its first @len bytes: was it written by a version before this one? */
bool model_state_is_old(const struct model_state *st, size_t len)
{
	return len >= offsetof(struct model_state, bytes) &&
	       model_state_is_ours(st) && st->version &&
	       st->version < STATE_VERSION;
}

/* More than can be counted one by one */
#define TOO_MANY (UINT64_C(1) << 56)

/* The same of the MMU: what was begun is done some day, or never. */
static bool mmu_plausible(const struct model_live *l, uint64_t all)
{
	uint64_t limit = MODEL_NEVER_DONE;
	size_t i;

	for (i = 0; i < PRAMIN_HAZARDS; i++)
		if (l->hazards[i] >= TOO_MANY)
			return false;
	return l->bar_faults <= all + 1 && l->bind_done_ns[0] < limit &&
	       l->bind_done_ns[1] < limit && l->flush_done_ns < limit &&
	       l->invalidate_done_ns < limit && !l->reserved;
}

/*
 * Could the live part be what a process left behind when it was killed? The
 * number of accesses is that of the last closing, or where it was counted one
 * by one. It may have died between two increments, in any order.
 */
static bool plausible(const struct model_state *st)
{
	const struct model_live *l = &st->live;
	uint64_t all = model_live_accesses(l);

	return st->holder && st->holder <= PID_LIMIT && all < TOO_MANY &&
	       l->config_reads < TOO_MANY && l->accesses <= all + 1 &&
	       l->outside <= all + 1 && l->unknown <= all + 1 &&
	       l->window_writes <= l->register_writes + 1 &&
	       l->moves <= l->window_writes + 1 && mmu_plausible(l, all);
}

/* While others use it, it is not damaged: it changes. */
static const char *damage(const struct model_state *st, bool alone)
{
	static const char phase[] = "its phase makes no sense";

	if (!alone)
		return st->phase == MODEL_STATE_IN_USE ? NULL : phase;
	switch (st->phase) {
	case MODEL_STATE_CLEAN:
	case MODEL_STATE_NEW:
		if (st->sum != checksum(st, offsetof(struct model_state, sum)))
			return "its checksum is wrong";
		return NULL;
	case MODEL_STATE_OPENED:
	case MODEL_STATE_IN_USE:
		return plausible(st) ? NULL : "its counters make no sense";
	default:
		return phase;
	}
}

int model_state_check(const struct model_state *st,
		      const struct pramin_model *m, struct pramin_why *why)
{
	static const char keep[] =
		"nothing has been changed; restore the file, or name another";
	const char *path = m->file.state_path;
	const char *problem = NULL;
	char next[PRAMIN_WHY_TEXT];

	if (!model_state_is_ours(st))
		problem = "it was not written by this program";
	else if (st->version != STATE_VERSION || st->bytes != sizeof(*st))
		problem = "it is of another version, or corrupt";
	else if (st->identity_sum !=
		 checksum(st, offsetof(struct model_state, identity_sum)))
		problem = "its identity part is corrupt";
	else
		problem = damage(st, m->file.alone);
	if (problem)
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE, keep,
				  "cannot use %s: %s", model_quote(path).s,
				  problem);

	if (strcmp(st->chip, m->chip->row.name) || st->boot0 != m->boot0 ||
	    st->vram_size != m->vram_size) {
		snprintf(next, sizeof(next),
			 "open it as model:%.16s,vram=%s,boot0=0x%08" PRIx32
			 ", or name another file; nothing has been changed",
			 st->chip, model_size_text(st->vram_size).s, st->boot0);
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE, next,
				  "%s is a %.16s with %s (boot0 0x%08" PRIx32
				  "), not a %s with %s (boot0 0x%08" PRIx32 ")",
				  model_quote(m->file.path).s, st->chip,
				  model_size_text(st->vram_size).s, st->boot0,
				  m->chip->row.name,
				  model_size_text(m->vram_size).s, m->boot0);
	}
	return 0;
}
