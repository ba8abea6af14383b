// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib/meet.c in memory: one place, where all simulated processes meet. A lock of
 * a file's byte is a pointer to who has it, and free if that process is dead. What
 * is believed of what is found there is lib/meet_mem.c's to say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "../../lib/meet.h"
#include "../../lib/why.h"

#define TRY_NS 1000000ull

struct holder {
	const struct sim_process *process;
	const struct meet *meet;
};

static struct {
	struct meet_mem *mem;
	bool locks; /* mem is a meeting, and mem->lock a lock */
	struct holder change;
	struct holder seat[PRAMIN_SEATS];
} place;

static bool is_held(const struct holder *holder)
{
	return holder->process && !holder->process->dead;
}

static struct holder by(const struct meet *meet)
{
	return (struct holder){ sim_self()->process, meet };
}

void sim_place_reset(void)
{
	struct meet_mem *mem = place.mem;

	if (!mem)
		mem = aligned_alloc(128, (sizeof(*mem) + 127) / 128 * 128);
	if (!mem)
		abort();
	memset(mem, 0, sizeof(*mem));
	memset(&place, 0, sizeof(place));
	place.mem = mem;
}

struct pramin_meeting *sim_place_meeting(void)
{
	return place.locks ? &place.mem->meeting : NULL;
}

const struct sim_lock *sim_place_lock(void)
{
	return place.locks ? (const struct sim_lock *)(void *)&place.mem->lock :
			     NULL;
}

bool meet_is_dead(const struct meet *meet, uint32_t seat)
{
	(void)meet;
	return !is_held(&place.seat[seat]);
}

static bool nobody_lives(void)
{
	unsigned int i;

	for (i = 0; i < PRAMIN_SEATS; i++)
		if (is_held(&place.seat[i]))
			return false;
	return true;
}

int meet_hold(struct meet *meet, uint64_t timeout_ns)
{
	uint64_t until = sys_now() + timeout_ns;

	if (meet->fd < 0)
		return 0;
	for (;;) {
		sim_point_after(0);
		if (!is_held(&place.change)) {
			place.change = by(meet);
			return 0;
		}
		if (sys_now() >= until)
			return -EBUSY;
		sys_pause(TRY_NS);
	}
}

void meet_ready(struct meet *meet)
{
	sim_point_after(0);
	if (place.change.meet == meet)
		place.change.process = NULL;
}

static int open_place(struct meet *meet, uint64_t timeout_ns,
		      struct pramin_why *why)
{
	if (meet_hold(meet, timeout_ns))
		return why_set(why, -EBUSY, PRAMIN_REASON_HELD, "",
			       "another process does not get done");
	meet->mem = place.mem;
	if (nobody_lives() && meet_clean(meet))
		abort();
	place.locks = true;
	for (meet->seat = 0; meet->seat < PRAMIN_SEATS; meet->seat++)
		if (!is_held(&place.seat[meet->seat])) {
			place.seat[meet->seat] = by(meet);
			return 0;
		}
	return why_set(why, -EBUSY, PRAMIN_REASON_TOO_MANY, "", "no seat");
}

int meet_begin(struct meet *meet, const struct pramin_io_ops *ops, void *io,
	       bool sole, uint64_t timeout_ns, struct pramin_why *why)
{
	int ret;

	*meet = (struct meet){
		.fd = -1,
		.sole = sole,
		.process = sys_process_mark(),
	};
	if (sole)
		return 0;
	if (ops->meeting && ops->meeting(io, &meet->offset)) {
		meet->fd = 0;
		ret = open_place(meet, timeout_ns, why);
		if (ret)
			meet_end(meet);
		return ret;
	}
	meet->fresh = true;
	meet->mem = sys_pages(sizeof(*meet->mem));
	return meet->mem ? meet_make_anew(meet->mem, false) : -ENOMEM;
}

bool meet_shut(const struct meet *meet)
{
	(void)meet;
	return true;
}

void meet_end(struct meet *meet)
{
	unsigned int i;

	if (meet->fd >= 0) {
		meet_ready(meet);
		for (i = 0; i < PRAMIN_SEATS; i++)
			if (place.seat[i].meet == meet)
				place.seat[i].process = NULL;
	} else if (meet->mem) {
		sys_pages_free(meet->mem, sizeof(*meet->mem));
	}
	meet->mem = NULL;
	meet->fd = -1;
}

void meet_forked(struct meet *meet)
{
	meet->mem = NULL;
}
