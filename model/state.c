// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The format of PATH.state: one struct, as it lies in memory.
 *
 *	identity	magic .. identity_sum	never changes
 *	live part	phase, holder, live	changes with each access
 *	sum		of all above		true only while nobody writes
 *
 * The file stays mapped while the model is open, so the registers survive the
 * death of the process. The price: after such a death the last sum is stale,
 * and only the plausibility of the live part can be checked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define STATE_VERSION 1u
/* Linux gives no pid above this. */
#define PID_LIMIT (1u << 22)

_Static_assert(sizeof(struct model_state) == 216, "the format is fixed");
_Static_assert(offsetof(struct model_state, identity_sum) == 48, "likewise");
_Static_assert(offsetof(struct model_state, live) == 64, "likewise");
_Static_assert(offsetof(struct model_state, sum) == 208, "likewise");

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

void model_state_seal(struct model_state *st)
{
	st->sum = checksum(st, offsetof(struct model_state, sum));
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
	st->live = *m->live;
	model_state_seal(st);
}

bool model_state_is_ours(const struct model_state *st)
{
	return !memcmp(st->magic, magic, sizeof(magic));
}

/* Two counts that go up together, of which one may be ahead by one */
static bool in_step(uint64_t a, uint64_t b)
{
	return a + 1 - b <= 2;
}

/* Could the live part be what a process left behind when it was killed? */
static bool plausible(const struct model_state *st)
{
	const struct model_live *l = &st->live;
	uint64_t all = l->register_reads + l->register_writes, i;

	for (i = 0; i < 4; i++)
		all += l->reads[i] + l->writes[i];
	/* It may have died between two increments, in any order. */
	return st->holder && st->holder <= PID_LIMIT && !l->reserved &&
	       in_step(l->accesses, all) && l->outside <= l->accesses + 1 &&
	       l->unknown <= l->accesses + 1 &&
	       l->window_writes <= l->register_writes + 1 &&
	       l->moves <= l->window_writes + 1;
}

/* A death between two increments must not count against the next one. */
void model_state_mend(struct model_state *st)
{
	struct model_live *l = &st->live;
	uint64_t all, i;

	if (l->window_writes < l->moves)
		l->window_writes = l->moves;
	if (l->register_writes < l->window_writes)
		l->register_writes = l->window_writes;
	all = l->register_reads + l->register_writes;
	for (i = 0; i < 4; i++)
		all += l->reads[i] + l->writes[i];
	l->accesses = all;
	if (l->outside > all)
		l->outside = all;
	if (l->unknown > all)
		l->unknown = all;
}

static const char *damage(const struct model_state *st)
{
	switch (st->phase) {
	case MODEL_STATE_CLEAN:
	case MODEL_STATE_NEW:
		if (st->sum != checksum(st, offsetof(struct model_state, sum)))
			return "its checksum is wrong";
		return NULL;
	case MODEL_STATE_IN_USE:
		return plausible(st) ? NULL : "its counters make no sense";
	default:
		return "its phase makes no sense";
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
		problem = damage(st);
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
