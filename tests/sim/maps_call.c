// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a client does with its address space: one random batch, and what it may
 * return. Pages belong to one client of the space, so that it knows what is there.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "maps.h"

#define STEPS	3u
#define SETTLES 400u
#define LOOKS	8u /* at most, for each step */

/* One operation of a batch, and what becomes of its pages */
struct step {
	unsigned int zone, first, count;
	enum page_state to;
	struct pramin_map_piece piece;
};

uint64_t maps_va(unsigned int zone, unsigned int page)
{
	static const uint64_t base[MAPS_SHARED] = { 0, 1ull << 38, 1ull << 47 };
	const uint64_t own = (5ull << 29) +
			     (uint64_t)(zone - MAPS_SHARED) * ZONE_PAGES * PAGE;

	return (zone < MAPS_SHARED ? base[zone] : own) + (uint64_t)page * PAGE;
}

uint64_t maps_pa(const struct maps_space *space, unsigned int zone,
		 unsigned int page)
{
	const uint64_t zones = (uint64_t)space->number * MAPS_ZONES + zone;

	return DATA_PA + (zones * ZONE_PAGES + page) * PAGE;
}

/* Pages of one kind, which this client owns */
static void pick(const struct maps_client *c, struct step *s)
{
	const uint8_t *page = c->space->page[s->zone];
	unsigned int end = ZONE_PAGES, most = 40, n;

	if (s->zone < MAPS_SHARED) {
		/* Two in a row would not be its own. */
		n = (unsigned int)sim_below(2);
		s->first = (n * MAPS_CLIENTS + c->number) * BLOCK;
		end = s->first + BLOCK;
		if (sim_below(2))
			s->first += (unsigned int)sim_below(BLOCK);
	} else {
		s->first = (unsigned int)sim_below(2) * 512;
		if (sim_below(2))
			most = 512;
		else
			s->first += (unsigned int)sim_below(512);
	}
	n = 1 + (unsigned int)sim_below(most);
	if (most == 512 || n > end - s->first)
		n = end - s->first < most ? end - s->first : most;
	for (s->count = 1; s->count < n; s->count++) {
		const uint8_t a = page[s->first], b = page[s->first + s->count];

		if (a != b && (a + b != MAPPED + READ_ONLY || a == b ||
			       a == NOTHING || b == NOTHING))
			break;
	}
}

static void make_map(const struct maps_client *c, struct step *s,
		     struct pramin_map_op *op)
{
	op->kind = sim_below(8) ? PRAMIN_MAP : PRAMIN_MAP_SPARSE;
	s->to = SPARSE;
	if (op->kind == PRAMIN_MAP_SPARSE)
		return;
	s->to = sim_below(4) ? MAPPED : READ_ONLY;
	s->piece.pa = maps_pa(c->space, s->zone, s->first);
	s->piece.len = op->len;
	op->pieces = &s->piece;
	op->count = 1;
	if (s->to == READ_ONLY)
		op->attrs = PRAMIN_MMU_READ_ONLY;
	if (s->count < 64 && !sim_below(3))
		op->page_size = PAGE;
}

/* Something that can be done with these pages, as they are now */
static void make_op(const struct maps_client *c, struct step *s,
		    struct pramin_map_op *op)
{
	const uint8_t was = c->space->page[s->zone][s->first];

	memset(op, 0, sizeof(*op));
	op->gpu_va = maps_va(s->zone, s->first);
	op->len = (uint64_t)s->count * PAGE;
	if (was == NOTHING) {
		make_map(c, s, op);
	} else if (!sim_below(4)) {
		make_map(c, s, op);
		op->flags = PRAMIN_MAP_REPLACE;
		/* Small pages may be in the way of larger ones. */
		op->page_size = 0;
	} else if (was == SPARSE || sim_below(3)) {
		op->kind = PRAMIN_UNMAP;
		s->to = NOTHING;
	} else {
		op->kind = PRAMIN_PROTECT;
		s->to = sim_below(2) ? READ_ONLY : MAPPED;
		op->attrs = s->to == READ_ONLY ? PRAMIN_MMU_READ_ONLY : 0;
	}
}

static unsigned int make_batch(const struct maps_client *c,
			       struct step step[STEPS],
			       struct pramin_map_op op[STEPS])
{
	const unsigned int own = MAPS_SHARED + c->number;
	unsigned int zone = (unsigned int)sim_below(MAPS_SHARED + 1);
	unsigned int n = 1 + (unsigned int)sim_below(STEPS), i;

	for (i = 0; i < n; i++) {
		step[i].zone = zone < MAPS_SHARED ? zone : own;
		pick(c, &step[i]);
		make_op(c, &step[i], &op[i]);
		zone = (zone + 1) % (MAPS_SHARED + 1);
	}
	return n;
}

static void look_at_page(const struct maps_space *space, unsigned int zone,
			 unsigned int n)
{
	const uint8_t want = space->page[zone][n];
	struct maps_found found;

	maps_walk(space, maps_va(zone, n), &found);
	if (maps.gpu.lost || sim_failed())
		return;
	if (found.state != want || ((want == MAPPED || want == READ_ONLY) &&
				    found.pa != maps_pa(space, zone, n)))
		sim_fail("space %u: 0x%" PRIx64 " is %u at 0x%" PRIx64
			 ", and should be %u at 0x%" PRIx64,
			 space->number, maps_va(zone, n), found.state, found.pa,
			 want, maps_pa(space, zone, n));
}

void maps_look_at(const struct maps_space *space, unsigned int zone,
		  unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count && !sim_failed(); i++)
		look_at_page(space, zone, first + i);
}

static void was_done(const struct maps_client *c, const struct step *step,
		     unsigned int n)
{
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		const struct step *s = &step[i];

		memset(&c->space->page[s->zone][s->first], (int)s->to, s->count);
		maps_look_at(c->space, s->zone, s->first, 1);
		for (k = 0; k < LOOKS; k++)
			maps_look_at(c->space, s->zone,
				     s->first +
					     (unsigned int)sim_below(s->count),
				     1);
		if (s->count < ZONE_PAGES - s->first)
			continue;
		maps_look_at(c->space, s->zone, s->first + s->count - 1, 1);
	}
}

bool maps_settle(struct maps_client *c)
{
	struct pramin_space_info info = { .size = sizeof(info) };
	unsigned int tries;
	int ret = 0;

	for (tries = 0; tries < SETTLES && !sim_failed(); tries++) {
		ret = pramin_space_info(c->space->space, &info);
		if (ret == -ENODEV)
			return false;
		if (!ret && !info.unfinished)
			return true;
		ret = pramin_space_retry(c->space->space, NULL);
		if (ret == -ENODEV)
			return false;
		/* Another thread may be at it. */
		sim_sleep(NULL, false, sim_now() + 100000);
	}
	sim_fail("client %u: a change stays half-way: %d (%s)",
		 c->client->number, ret, pramin_last_why(c->team->dev)->what);
	return false;
}

static bool may_return(int ret)
{
	switch (ret) {
	case -ENODEV:
		return maps.gpu.lost;
	case -EIO:
		return maps.faults || maps.moved || maps.kills || maps.lost;
	case -ETIMEDOUT:
		return maps.stuck || maps.stops || maps.kills;
	default:
		return false;
	}
}

static void unexpected(const struct maps_client *c, int ret)
{
	sim_fail("client %u: %s returned %d (%s)", c->client->number, c->what,
		 ret, pramin_last_why(c->team->dev)->what);
}

static bool is_changed(const struct maps_space *space, const struct step *s)
{
	struct maps_found found;
	unsigned int i;

	for (i = s->first; i < s->first + s->count; i++) {
		maps_walk(space, maps_va(s->zone, i), &found);
		if (found.state != space->page[s->zone][i])
			return true;
	}
	return false;
}

/*
 * A batch has returned @ret. If it failed with the device, whatever was half-way is
 * made now; was it this one? Is it made?
 */
static bool end_batch(struct maps_client *c, const struct step *step,
		      unsigned int n, int ret)
{
	const bool left = ret != 0;
	unsigned int i;

	if (ret && !may_return(ret)) {
		unexpected(c, ret);
		return false;
	}
	if (ret && !maps_settle(c)) {
		c->calls = 0;
		return false;
	}
	if (sim_failed())
		return false;
	/* It is all of it, or none. */
	for (i = 0; ret && i < n; i++)
		if (is_changed(c->space, &step[i]))
			ret = 0;
	maps_seen[MAPS_RETRIED] += left && !ret;
	if (!ret)
		was_done(c, step, n);
	return !ret;
}

static void count(const struct pramin_map_op *op, unsigned int n,
		  const struct pramin_map_result *cost)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		maps_seen[MAPS_MAPPED] += op[i].kind <= PRAMIN_MAP_SPARSE;
		maps_seen[MAPS_UNMAPPED] += op[i].kind == PRAMIN_UNMAP;
		maps_seen[MAPS_PROTECTED] += op[i].kind == PRAMIN_PROTECT;
		maps_seen[MAPS_REPLACED] += op[i].flags != 0;
	}
	maps_seen[MAPS_SPLIT] += cost->invalidates > 1;
}

/* Its own change was refused because another one was left half-way. */
static bool was_in_the_way(struct maps_client *c, int ret)
{
	if (ret != -EBUSY || pramin_last_why(c->team->dev)->reason !=
				     PRAMIN_REASON_SPACE_UNFINISHED)
		return false;
	maps_seen[MAPS_UNFINISHED]++;
	if (!maps_settle(c))
		c->calls = 0;
	return true;
}

/* In two phases, with time for others in between. Was it made? */
static bool in_two_phases(struct maps_client *c, struct step *step,
			  struct pramin_map_op *op, unsigned int n,
			  struct pramin_map_result *cost)
{
	struct pramin_space *space = c->space->space;
	struct pramin_change *change;
	int ret;

	c->what = "a prepare";
	ret = pramin_space_prepare(space, op, n, &change);
	if (was_in_the_way(c, ret))
		return false;
	if (ret) {
		if (!may_return(ret))
			unexpected(c, ret);
		return false;
	}
	sim_sleep(NULL, false, sim_now() + sim_below(20000));
	c->what = "an execute";
	do {
		if (!sim_below(4)) {
			c->what = "a drop";
			ret = pramin_space_drop(space, change);
			maps_seen[MAPS_DROPPED]++;
			if (ret && !may_return(ret))
				unexpected(c, ret);
			return false;
		}
		ret = pramin_space_execute(space, change, cost);
	} while (was_in_the_way(c, ret) && c->calls && !sim_failed());
	return ret != -EBUSY && end_batch(c, step, n, ret);
}

static void call_batch(struct maps_client *c)
{
	struct pramin_map_result cost = { .size = sizeof(cost) };
	struct pramin_map_op op[STEPS];
	struct step step[STEPS];
	unsigned int n = make_batch(c, step, op);
	bool made;
	int ret;

	if (!sim_below(4)) {
		made = in_two_phases(c, step, op, n, &cost);
	} else {
		c->what = "a batch";
		ret = pramin_space_map(c->space->space, op, n, &cost);
		made = !was_in_the_way(c, ret) && end_batch(c, step, n, ret);
	}
	if (made)
		count(op, n, &cost);
}

/* What cannot be: by name, and nothing changes */
static void call_wrongly(struct maps_client *c)
{
	struct step s = { .zone = MAPS_SHARED + c->number };
	struct pramin_map_op op[2];
	int ret, want = -EEXIST;

	pick(c, &s);
	make_op(c, &s, &op[0]);
	op[0].flags = 0;
	op[1] = op[0];
	if (!sim_below(3)) {
		want = -EINVAL;
	} else if (c->space->page[s.zone][s.first] == NOTHING) {
		op[0].kind = sim_below(2) ? PRAMIN_UNMAP : PRAMIN_PROTECT;
		op[0].page_size = 0;
		op[0].attrs = 0;
		want = -ENOENT;
	} else {
		op[0].attrs = 0;
		make_map(c, &s, &op[0]);
	}
	c->what = "a call that is wrong";
	ret = pramin_space_map(c->space->space, op, want == -EINVAL ? 2 : 1,
			       NULL);
	if (was_in_the_way(c, ret))
		return;
	if (ret != want && !(ret && may_return(ret)))
		unexpected(c, ret);
	maps_seen[MAPS_REFUSED] += ret == want;
	maps_look_at(c->space, s.zone, s.first, 1);
}

/* Another client, of whatever team, that has some of what @c wants */
static const struct maps_client *rival(const struct maps_client *c, bool had)
{
	unsigned int t, i;

	for (t = 0; t < maps.teams; t++)
		for (i = 0; i < maps.team[t].clients; i++) {
			const struct maps_client *o = &maps.team[t].client[i];

			if (o != c && o->claim_len && (!had || o->claim_had) &&
			    o->claim_pa < c->claim_pa + c->claim_len &&
			    c->claim_pa < o->claim_pa + o->claim_len &&
			    !(had && o->team->process->dead))
				return o;
		}
	return NULL;
}

static void call_claim(struct maps_client *c)
{
	struct pramin_dev *dev = c->team->dev;
	const uint64_t before = maps.releases;
	const struct maps_client *other;
	int ret;

	if (c->claim_had) {
		c->what = "a release of VRAM";
		c->claim_had = false;
		ret = pramin_release_vram(dev, c->claim_pa, c->claim_len);
		if (ret && !may_return(ret))
			unexpected(c, ret);
		c->claim_had = ret != 0;
		c->claim_len = ret ? c->claim_len : 0;
		maps.releases++;
		return;
	}
	c->what = "a claim of VRAM";
	c->claim_pa = CLAIM_PA + sim_below(CLAIM_LEN / 2);
	c->claim_len = 1 + sim_below(CLAIM_LEN / 2);
	ret = pramin_claim_vram(dev, c->claim_pa, c->claim_len);
	other = rival(c, !ret);
	if (!ret && other)
		sim_fail("clients %u and %u have the same VRAM",
			 c->client->number, other->client->number);
	else if (ret == -EBUSY && (other || maps.releases != before))
		maps_seen[MAPS_CLAIM_TAKEN]++;
	else if (ret && !may_return(ret))
		unexpected(c, ret);
	c->claim_had = !ret;
	maps_seen[MAPS_CLAIMED] += !ret;
	other = rival(c, false);
	maps_seen[MAPS_CLAIM_LEFT] += !ret && other && other->claim_had &&
				      other->team->process->dead;
	if (ret)
		c->claim_len = 0;
}

void maps_call(struct maps_client *c)
{
	if (!sim_below(8))
		call_claim(c);
	else if (!sim_below(8))
		call_wrongly(c);
	else
		call_batch(c);
}
