// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One run of the torture of page tables: who takes part, and what happens to them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maps.h"
#include "../../lib/dev.h"

/* Far more than a run takes */
#define POINTS_MAX 6000000u

struct maps maps;
uint64_t maps_seen[MAPS_KINDS];

const char *const maps_seen_names[MAPS_KINDS] = {
	[MAPS_MAPPED] = "something was mapped",
	[MAPS_UNMAPPED] = "something was unmapped",
	[MAPS_PROTECTED] = "permissions were changed",
	[MAPS_REPLACED] = "something was replaced",
	[MAPS_SPLIT] = "a page was split",
	[MAPS_DROPPED] = "a prepared change was dropped",
	[MAPS_REFUSED] = "a call that is wrong was refused",
	[MAPS_UNFINISHED] = "another change was left half-way",
	[MAPS_RETRIED] = "a change was left half-way, and made in the end",
	[MAPS_STUCK] = "an invalidate was stuck",
	[MAPS_STALE] = "the TLB held what was not in VRAM any more",
	[MAPS_FORGOTTEN] = "an entry was forgotten by an invalidate",
	[MAPS_REUSED] = "a table lay where another space had had one",
	[MAPS_KILLED] = "a process was killed that had address spaces",
	[MAPS_KILLED_TLB] = "one that had the lock of the invalidates",
	[MAPS_MOVED] = "somebody else moved the window",
	[MAPS_FAULT] = "the backend failed",
	[MAPS_LOST] = "the GPU was lost",
	[MAPS_CLAIMED] = "VRAM was claimed",
	[MAPS_CLAIM_TAKEN] = "a claim was refused, as it was another's",
	[MAPS_CLAIM_LEFT] = "a claim of a process that was killed was taken",
};

struct maps_client *maps_self(void)
{
	const struct sim_client *self = sim_self();
	unsigned int t, i;

	for (t = 0; t < maps.teams; t++)
		for (i = 0; i < maps.team[t].clients; i++)
			if (maps.team[t].client[i].client == self)
				return &maps.team[t].client[i];
	return NULL;
}

static enum sim_fault fault(uint32_t off, bool write)
{
	enum sim_fault f = SIM_FINE;

	(void)off;
	if (maps.quiet)
		return SIM_FINE;
	if (maps.faults && maps.errors < 3 && sim_below(2000) == 0)
		f = (enum sim_fault)(SIM_REFUSED + sim_below(write ? 2 : 3));
	else if (maps.lost && sim_below(20000) == 0)
		f = SIM_LOST;
	if (f == SIM_FINE)
		return f;
	maps.errors++;
	maps_seen[f == SIM_LOST ? MAPS_LOST : MAPS_FAULT]++;
	return f;
}

/* Tables of its own team are all that a client may write. */
static void wrote(uint64_t pa, unsigned int width, uint64_t val)
{
	const struct maps_client *c = maps_self();

	(void)val;
	if (maps.moved && pa >= TRASH_PA && pa < TRASH_PA + TRASH_LEN)
		return;
	if (!c || pa == SIM_NEVER || width != 8 ||
	    pa < POOL_PA(c->team->number) || pa >= POOL_PA(c->team->number + 1))
		sim_fail("client %u wrote to 0x%" PRIx64
			 ", where no table of its own can be",
			 sim_self()->number, pa);
	if (!sim_below(4))
		maps_walk_any();
}

/* The team that invalidates, if one does, or any */
static struct maps_team *victim(const struct pramin_meeting *m)
{
	unsigned int t;

	for (t = 0; t < maps.teams; t++)
		if (m->mmu.lock.word & 0xffff &&
		    m->mmu.lock.pid == maps.team[t].process->number &&
		    sim_below(4))
			return &maps.team[t];
	return &maps.team[sim_below(maps.teams)];
}

static void kill_one(const struct pramin_meeting *m)
{
	struct maps_team *team = victim(m);

	if (team->process->dead || !team->opened)
		return;
	maps.deaths++;
	maps_seen[MAPS_KILLED]++;
	maps_seen[MAPS_KILLED_TLB] += m->mmu.lock.word & 0xffff &&
				      m->mmu.lock.pid == team->process->number;
	sim_kill(team->process);
}

static void step(struct sim_client *self)
{
	const struct pramin_meeting *m = sim_place_meeting();
	const bool invalidates = m && m->mmu.lock.word & 0xffff;

	(void)self;
	if (sim_step() > POINTS_MAX)
		sim_fail("no end after %u points", POINTS_MAX);
	if (maps.quiet || !m)
		return;
	if (!sim_below(8))
		maps_walk_any();
	if (maps.kills && maps.deaths < 2 &&
	    !sim_below(invalidates ? 300 : 8000))
		kill_one(m);
	if (maps.stops && maps.halts < 3 &&
	    !sim_below(invalidates ? 300 : 4000)) {
		maps.halts++;
		sim_stop(victim(m)->process, 10000ull << sim_below(17));
	}
	if (maps.moved && maps.moves < 4 && !sim_below(3000)) {
		maps.moves++;
		maps_seen[MAPS_MOVED]++;
		maps.gpu.latch = (uint32_t)(TRASH_PA >> 16);
	}
}

static const struct sim_watch watch = { .step = step };
static const struct sim_gpu_watch gpu_watch = {
	.fault = fault,
	.write = wrote,
	.invalidate = maps_invalidate,
};

/* Has everything gone as it should, as far as this team can tell? */
static bool is_calm(void)
{
	return !maps.faults && !maps.lost && !maps.stops && !maps.stuck &&
	       !maps.moved && !maps.kills;
}

static void check(const struct maps_team *team, const char *what, int ret)
{
	if (ret && is_calm())
		sim_fail("%s returned %d (%s)", what, ret,
			 pramin_last_why(team->dev)->what);
}

static int read_vram(void *ctx, uint64_t pa, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, maps.gpu.vram + pa, len);
	return 0;
}

static void *tree_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return malloc(size);
}

static void tree_free(void *ctx, void *ptr)
{
	(void)ctx;
	free(ptr);
}

static int on_finding(void *ctx, const struct pramin_mmu_finding *finding)
{
	const struct maps_space *space = ctx;

	sim_fail("the tables of space %u: %s, for 0x%" PRIx64, space->number,
		 pramin_mmu_fault_text(finding->fault), finding->ref.va);
	return 1;
}

/* Whatever has happened, what lies in VRAM are sound tables. */
static void check_tables(struct maps_space *space)
{
	const struct pramin_mmu_tree tree = {
		.size = sizeof(tree),
		.format = pramin_mmu_format_by_name("v2-gv100"),
		.root_pa = space->root_pa,
		.vram_size = MAPS_VRAM,
		.read = read_vram,
		.alloc = tree_alloc,
		.free = tree_free,
	};
	int ret;

	if (!space->live || sim_failed())
		return;
	ret = pramin_mmu_check(&tree, on_finding, space, NULL);
	if (ret && !sim_failed())
		sim_fail("the check of space %u returned %d", space->number,
			 ret);
}

static void end_space(struct maps_team *team, struct maps_space *space)
{
	unsigned int zone;

	if (!space->space)
		return;
	for (zone = 0; zone < MAPS_ZONES && space->live; zone++)
		maps_look_at(space, zone, 0, ZONE_PAGES);
	check_tables(space);
	space->live = false;
	maps_forget_space(space);
	check(team, "the end of a space", pramin_space_destroy(space->space));
}

static void end_team(struct maps_team *team)
{
	struct pramin_pool *pool = team->pool;
	unsigned int i;

	for (i = 0; i < MAPS_SPACES && !sim_failed(); i++)
		end_space(team, &team->space[i]);
	team->pool = NULL;
	check(team, "the end of a pool", pramin_pool_destroy(pool));
	check(team, "close", pramin_close(team->dev, NULL));
}

static void test(void *arg)
{
	struct maps_client *c = arg;
	int ret;

	sim_sleep(NULL, false, sim_now() + sim_below(20000));
	while (c->calls && !sim_failed()) {
		c->calls--;
		maps_call(c);
		if (maps.gpu.lost)
			c->calls = 0;
	}
	if (c->claim_had && !maps.gpu.lost) {
		c->claim_had = false;
		ret = pramin_release_vram(c->team->dev, c->claim_pa,
					  c->claim_len);
		check(c->team, "a release", ret);
		maps.releases++;
		/* Else it has it to the end. */
		if (!ret)
			c->claim_len = 0;
	}
	if (++c->team->ended == c->team->clients && !sim_failed() &&
	    !maps.gpu.lost)
		end_team(c->team);
}

static int make_spaces(struct maps_team *team)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_space_params params = { .size = sizeof(params) };
	unsigned int i;
	int ret = pramin_pool_create(team->dev, &team->pool);

	if (!ret)
		ret = pramin_pool_add(team->pool, POOL_PA(team->number),
				      POOL_MIBS * SIM_MIB);
	params.pool = team->pool;
	for (i = 0; i < MAPS_SPACES && !ret; i++) {
		struct maps_space *s = &team->space[i];

		ret = pramin_space_create(team->dev, &params, &s->space);
		if (!ret)
			ret = pramin_space_info(s->space, &info);
		s->root_pa = info.root_pa;
		s->live = !ret;
	}
	return ret;
}

/* The first of a team opens the handle, and then there are the others. */
static void lead(void *arg)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = MAPS_VRAM,
		.verify = maps.moved,
		.timeout_ms = 1000,
	};
	struct maps_client *first = arg;
	struct maps_team *team = first->team;
	struct pramin_why why = { .what = "" };
	unsigned int i;
	int ret;

	sim_sleep(NULL, false, sim_now() + sim_below(40000));
	ret = pramin_open_io(&sim_gpu_ops, &maps.gpu, &opts, &team->dev, &why);
	if (ret) {
		if (is_calm())
			sim_fail("not opened: %d, %s", ret, why.what);
		return;
	}
	ret = make_spaces(team);
	if (ret) {
		check(team, "the beginning", ret);
		return;
	}
	team->opened = true;
	for (i = 1; i < team->clients; i++)
		team->client[i].client =
			sim_client_new(team->process, test, &team->client[i]);
	test(first);
}

static void make_team(unsigned int number)
{
	struct maps_team *team = &maps.team[number];
	unsigned int i;

	team->number = number;
	team->process = sim_process_new();
	team->clients = 1 + (unsigned int)sim_below(MAPS_CLIENTS);
	for (i = 0; i < MAPS_SPACES; i++) {
		team->space[i].team = team;
		team->space[i].number = number * MAPS_SPACES + i;
	}
	for (i = 0; i < team->clients; i++) {
		struct maps_client *c = &team->client[i];

		c->team = team;
		c->number = i;
		c->space = &team->space[sim_below(3) ? 0 : 1];
		c->calls = 6 + (unsigned int)sim_below(24);
		if (!i)
			c->client = sim_client_new(team->process, lead, c);
	}
}

static void make_run(void)
{
	unsigned int i;

	maps.kills = sim_below(3) == 0;
	maps.stops = sim_below(5) == 0;
	maps.faults = sim_below(3) == 0;
	maps.stuck = sim_below(4) == 0;
	maps.lost = sim_below(12) == 0;
	maps.moved = sim_below(6) == 0;
	maps.teams = 1 + (unsigned int)sim_below(MAPS_TEAMS);
	for (i = 0; i < maps.teams; i++)
		make_team(i);
}

/* Spaces of those who died, or whose GPU was lost, are still there. */
static void check_all_tables(void)
{
	unsigned int t, i;

	maps.quiet = true;
	for (t = 0; t < maps.teams; t++)
		for (i = 0; i < MAPS_SPACES; i++)
			check_tables(&maps.team[t].space[i]);
	if (maps.gpu.too_early && is_calm())
		sim_fail("an invalidate was asked for before the last was "
			 "done");
	if (maps.gpu.outside)
		sim_fail("an access met no VRAM");
}

const char *maps_run(uint64_t seed)
{
	static char text[600];
	const char *failure;
	uint64_t steps;

	memset(&maps, 0, sizeof(maps));
	sim_begin(SIM_RANDOM, seed, NULL, &watch);
	sim_gpu_begin(&maps.gpu, &gpu_watch);
	maps.gpu.size = MAPS_VRAM;
	maps_gpu_begin();
	make_run();
	failure = sim_run();
	if (!failure) {
		check_all_tables();
		failure = sim_run();
	}
	steps = sim_step();
	snprintf(text, sizeof(text), "seed %" PRIu64 ", point %" PRIu64 ": %s",
		 seed, steps, failure ? failure : "");
	sim_end();
	return failure ? text : NULL;
}
