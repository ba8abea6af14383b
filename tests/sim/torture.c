// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One run of the torture: who takes part, and what happens to them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "torture.h"
#include "../../lib/dev.h"

/* Far more than a run takes */
#define POINTS_MAX 3000000u

struct torture tt;
uint64_t seen[SEEN_KINDS];

const char *const seen_names[SEEN_KINDS] = {
	[SEEN_ACCESS_PREEMPTED] = "others ran between entry and access",
	[SEEN_OWNER_KILLED] = "the owner of the lock was killed",
	[SEEN_OWNER_DEATH_FOUND] = "the next one was told so",
	[SEEN_MOVER_KILLED] = "a mover was killed behind its write",
	[SEEN_CLOSED_BUSY] = "a gate was closed with calls inside",
	[SEEN_SHARED_GATE] = "several calls were inside one gate",
	[SEEN_LEASE_TAKEN] = "a stopped process lost its lease",
	[SEEN_EARLY_WAKE] = "a wake came before its sleep",
	[SEEN_RESET_MOVING] = "a reset while the window was moved",
	[SEEN_RESET_CALLS] = "a reset was told with calls inside",
	[SEEN_REVOKED_CALLS] = "a handle was revoked with calls inside",
	[SEEN_CLOSED_CALLS] = "a handle was closed with calls inside",
	[SEEN_CANCELLED] = "a bulk call was cancelled",
	[SEEN_YIELDED] = "a view gave way to others",
	[SEEN_TIMED_OUT] = "a call timed out",
	[SEEN_LOCK_LATE] = "the lock was not had in time",
	[SEEN_FAULT] = "the backend failed",
	[SEEN_LOST] = "the GPU was lost",
	[SEEN_LEFT_MOVED] = "the next opener found the window moved",
};

struct tester *tester_self(void)
{
	const struct sim_client *self = sim_self();
	unsigned int i;

	for (i = 0; i < tt.slots; i++)
		if (tt.tester[i].client == self)
			return &tt.tester[i];
	return NULL;
}

enum sim_fault torture_fault(uint32_t off, bool write)
{
	struct tester *t = tester_self();
	const bool any = tt.profile.faults && tt.faults < 4;
	enum sim_fault f = SIM_FINE;

	(void)off;
	if (tt.auditing)
		return SIM_FINE;
	if (any && sim_below(200) == 0)
		f = (enum sim_fault)(SIM_REFUSED + sim_below(write ? 2 : 3));
	else if (tt.profile.lost && sim_below(1500) == 0)
		f = SIM_LOST;
	if (f == SIM_FINE)
		return f;
	tt.faults++;
	seen[f == SIM_LOST ? SEEN_LOST : SEEN_FAULT]++;
	if (f == SIM_ONES && t)
		t->ones = true;
	return f;
}

static const struct pramin_room_user *mover(void)
{
	const struct pramin_meeting *m = sim_place_meeting();

	return m ? pramin_room_at(&m->room, m->room.mover) : NULL;
}

static bool is_here(const struct team *team)
{
	return team->opened && !team->closed;
}

static uint32_t seat_of(const struct team *team)
{
	return team->dev->gpu.seat_no;
}

static void kill_team(struct team *team)
{
	const struct pramin_room_user *u = mover();
	uint64_t base = (uint64_t)(tt.gpu.latch & 0xffffff) * LINE;

	if (u && is_here(team) && u->party == seat_of(team) && u->place == base)
		seen[SEEN_MOVER_KILLED]++;
	tt.kills++;
	sim_kill(team->process);
}

/* The team that does what is most delicate at this moment, or any */
static struct team *victim(void)
{
	const struct sim_lock *lock = sim_place_lock();
	const struct pramin_room_user *u = mover();
	unsigned int i;

	for (i = 0; i < tt.teams && sim_below(4); i++) {
		struct team *team = &tt.team[i];

		if (lock && sim_lock_held(lock) &&
		    lock->owner->process == team->process)
			return team;
		if (u && is_here(team) && u->party == seat_of(team))
			return team;
	}
	return &tt.team[sim_below(tt.teams)];
}

static void stop_team(struct team *team)
{
	const struct pramin_meeting *m = sim_place_meeting();

	tt.stops++;
	team->leases = 0;
	if (m && is_here(team))
		team->leases = m->leases & 1ull << seat_of(team);
	sim_stop(team->process, 10000ull << sim_below(21));
}

static void look(const struct pramin_meeting *m)
{
	unsigned int i;

	for (i = 0; i < tt.teams; i++) {
		struct team *team = &tt.team[i];
		uint64_t gate;

		if (!is_here(team) || team->process->dead)
			continue;
		gate = m->seat[seat_of(team)].gate;
		seen[SEEN_SHARED_GATE] += (gate & GATE_COUNT) > 1;
		seen[SEEN_CLOSED_BUSY] += (gate & GATE_COUNT) &&
					  !pramin_gate_left(gate);
		if (team->leases & ~m->leases &&
		    team->process->stopped_until > sim_now()) {
			seen[SEEN_LEASE_TAKEN]++;
			team->leases = 0;
		}
	}
}

static void step(struct sim_client *self)
{
	const struct pramin_meeting *m = sim_place_meeting();
	const struct profile *p = &tt.profile;
	struct team *team;
	bool delicate;

	(void)self;
	if (sim_step() > POINTS_MAX)
		sim_fail("no end after %u points", POINTS_MAX);
	if (tt.auditing || !m)
		return;
	look(m);
	delicate = mover() || sim_lock_held(sim_place_lock());
	if (p->kills && tt.kills < 2 && !sim_below(delicate ? 100 : 2000)) {
		team = victim();
		if (!team->process->dead)
			kill_team(team);
	}
	if (p->stops && tt.stops < 3 && !sim_below(delicate ? 100 : 1000)) {
		team = victim();
		if (!team->process->dead)
			stop_team(team);
	}
}

static void unlocking(const struct sim_lock *lock)
{
	const struct pramin_meeting *m = sim_place_meeting();
	int broken;

	if (lock != sim_place_lock() || !m)
		return;
	broken = pramin_room_check(&m->room);
	if (broken)
		sim_fail("invariant %d of the room is broken", broken);
	if (!m->room.queue.first != !m->wanted)
		sim_fail("whether somebody waits is told wrongly");
}

static const struct sim_watch watch = { .step = step, .lock = unlocking };

/* Is nobody inside but idle gates and perhaps a mover? */
static bool may_reset(const struct pramin_meeting *m)
{
	const struct pramin_room *room = &m->room;
	const struct pramin_room_user *u;

	if (sim_lock_held(sim_place_lock()) || sim_place_lock()->owner)
		return false;
	/* Else it would be what the next opener finds, and keeps. */
	if (!m->spot.moved)
		return false;
	for (u = pramin_room_at(room, room->inside.first); u;
	     u = pramin_room_at(room, u->next))
		if (u != mover() &&
		    (!(u->owner >> 63) || m->seat[u->party].gate & GATE_COUNT))
			return false;
	return true;
}

/* The register loses its value and all are told, before anybody goes on. */
static void reset(struct tester *t)
{
	const struct pramin_meeting *m = sim_place_meeting();
	/* A handle that is revoked cannot tell. */
	const bool real = !t->team->revoked && may_reset(m);

	if (real) {
		seen[SEEN_RESET_MOVING] += mover() != NULL;
		tt.gpu.latch = (uint32_t)sim_below(SIM_VRAM / LINE);
	} else {
		seen[SEEN_RESET_CALLS] += m->room.inside.first != 0;
	}
	sim_alone(real);
	call_begin(t, "a reset");
	call_end(t, pramin_forget(t->team->dev));
	sim_alone(false);
}

/* Calls of others that the library knows of, and all of them */
static bool others_call(const struct team *team, bool *known)
{
	const struct pramin_seat *seat = team->dev->gpu.seat;
	uint64_t counted = 0, calls = 0;
	unsigned int i;

	for (i = 0; i < PRAMIN_STRIPES; i++)
		counted += seat->stripe[i].calls;
	for (i = 0; i < tt.slots; i++)
		calls += tt.tester[i].team == team && tt.tester[i].in_call;
	*known = counted == calls;
	return calls != 0;
}

static void close_team(struct tester *t)
{
	struct team *team = t->team;
	bool busy, known;
	int ret;

	busy = others_call(team, &known);
	/* One that has begun and is not known yet would find the handle gone. */
	if (team->closing || !known)
		return;
	team->closing = true;
	ret = pramin_close(team->dev, NULL);
	if (ret == -EBUSY) {
		if (!team->views && !busy)
			sim_fail("a handle without views is busy");
		team->closing = false;
		return;
	}
	team->closed = true;
	seen[SEEN_CLOSED_CALLS] += busy;
	if (ret && !tt.profile.faults && !tt.gpu.lost && !tt.profile.stops)
		sim_fail("close returned %d", ret);
}

static void revoke_team(struct tester *t)
{
	bool known;

	seen[SEEN_REVOKED_CALLS] += others_call(t->team, &known);
	t->team->revoked = true;
	call_begin(t, "a revocation");
	call_end(t, pramin_revoke(t->team->dev));
}

static void test(void *arg)
{
	struct tester *t = arg;
	struct team *team = t->team;

	sim_sleep(NULL, false, sim_now() + sim_below(20000));
	while (t->calls-- && !team->closing && !sim_failed()) {
		if (tt.profile.resets && !sim_below(8))
			reset(t);
		else if (tt.profile.revokes && !sim_below(40))
			revoke_team(t);
		else if (tt.profile.revokes && !sim_below(40))
			close_team(t);
		else
			call_random(t);
	}
	team->ended++;
	while (team->ended == team->testers && !team->closing && !sim_failed())
		close_team(t);
}

/* The first of a team opens the handle, and then there are the others. */
static void lead(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = SIM_VRAM,
		.verify = tt.profile.verify,
		.timeout_ms = tt.profile.timeout_ms,
	};
	struct tester *first = arg;
	struct team *team = first->team;
	struct pramin_why why = { .what = "" };
	unsigned int i;
	int ret;

	sim_sleep(NULL, false, sim_now() + sim_below(40000));
	ret = pramin_open_io(&sim_gpu_ops, &tt.gpu, &opts, &team->dev, &why);
	if (ret) {
		if (!tt.profile.faults && !tt.profile.lost && !tt.profile.stops)
			sim_fail("not opened: %d, %s", ret, why.what);
		return;
	}
	team->opened = true;
	for (i = 0; i < tt.slots; i++)
		if (tt.tester[i].team == team && &tt.tester[i] != first)
			tt.tester[i].client = sim_client_new(
				team->process, test, &tt.tester[i]);
	test(first);
}

/* Afterwards: the window has to be where the VBIOS put it. */
static void audit(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = SIM_VRAM,
	};
	struct pramin_why why = { .what = "" };
	struct pramin_dev *dev;
	int ret;

	(void)arg;
	ret = pramin_open_io(&sim_gpu_ops, &tt.gpu, &opts, &dev, &why);
	if (!ret)
		ret = pramin_close(dev, &why);
	if (ret)
		sim_fail("the next opener: %d, %s", ret, why.what);
}

static void make_profile(struct profile *p)
{
	static const unsigned int mibs[] = { 2, 2, 3, 8 };

	p->kills = sim_below(3) == 0;
	p->stops = sim_below(4) == 0;
	p->faults = sim_below(4) == 0;
	p->resets = sim_below(4) == 0;
	p->revokes = sim_below(4) == 0;
	p->lost = sim_below(16) == 0;
	p->verify = sim_below(8) == 0;
	p->mibs = mibs[sim_below(4)];
	/* Deaths are noticed ten times a second, one after the other. */
	p->timeout_ms = sim_below(2) || (p->kills && !p->stops) ? 1000 : 150;
}

static void make_teams(void)
{
	unsigned int i;

	make_profile(&tt.profile);
	tt.teams = 1 + (unsigned int)sim_below(TEAMS_MAX);
	for (i = 0; i < tt.teams; i++) {
		struct team *team = &tt.team[i];
		unsigned int n = 1 + (unsigned int)sim_below(3), k;

		team->process = sim_process_new();
		team->testers = n;
		for (k = 0; k < n; k++) {
			struct tester *t = &tt.tester[tt.slots];

			t->team = team;
			t->slot = tt.slots++;
			t->calls = 3 + (unsigned int)sim_below(12);
			if (!k)
				t->client =
					sim_client_new(team->process, lead, t);
		}
	}
}

/* What those who died were about to write may be there or not. */
static void settle_dead(void)
{
	unsigned int i;

	for (i = 0; i < tt.slots; i++)
		if (tt.tester[i].team->process->dead)
			mem_settle(&tt.tester[i], -1);
}

/* All have ended or are dead: what do they leave? */
static const char *finish(void)
{
	const bool left = tt.gpu.latch != SIM_LATCH;

	settle_dead();
	mem_check_all();
	if (left && !tt.kills && !tt.profile.faults && !tt.profile.stops &&
	    !tt.profile.lost)
		sim_fail("the window register was not restored");
	if (sim_failed() || tt.gpu.lost)
		return sim_run();
	tt.auditing = true;
	sim_client_new(sim_process_new(), audit, NULL);
	if (sim_run())
		return sim_run();
	seen[SEEN_LEFT_MOVED] += left;
	if (tt.gpu.latch != SIM_LATCH)
		sim_fail("the next opener did not restore the window register");
	return sim_run();
}

const char *torture_run(uint64_t seed)
{
	static char text[600];
	const struct sim_counts before = sim_counts;
	const char *failure;
	uint64_t steps;

	memset(&tt, 0, sizeof(tt));
	sim_begin(SIM_RANDOM, seed, NULL, &watch);
	sim_gpu_begin(&tt.gpu, &mem_watch);
	make_teams();
	mem_begin();
	failure = sim_run();
	if (!failure)
		failure = finish();
	steps = sim_step();
	snprintf(text, sizeof(text), "seed %" PRIu64 ", point %" PRIu64 ": %s",
		 seed, steps, failure ? failure : "");
	sim_end();
	seen[SEEN_ACCESS_PREEMPTED] += tt.gpu.preempted;
	seen[SEEN_OWNER_KILLED] += sim_counts.owner_kills - before.owner_kills;
	seen[SEEN_OWNER_DEATH_FOUND] +=
		sim_counts.owner_deaths_seen - before.owner_deaths_seen;
	seen[SEEN_EARLY_WAKE] += sim_counts.early_wakes - before.early_wakes;
	seen[SEEN_LOCK_LATE] += sim_counts.lock_timeouts - before.lock_timeouts;
	return failure ? text : NULL;
}
