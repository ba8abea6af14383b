// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Gates and leases: one seat's short way into the room.
 *
 * The holders of the gate change its count without the lock. All else of it is
 * changed under the lock, by whoever has it: also of other seats, because a
 * process that sleeps with an idle lease must not keep others out.
 */
#include "share_lock.h"

/* Accesses of a turn that a gate beside others has at a time */
#define PART 8u

/* Is it open for that, or open for so many accesses more? */
static bool admits(uint64_t gate, uint64_t vram_pa, uint64_t len, uint32_t cost)
{
	return pramin_gate_left(gate) >= cost &&
	       (gate & GATE_COUNT) < GATE_FULL &&
	       pramin_shown(pramin_gate_base(gate), vram_pa) >= len;
}

/* Out again, without having been in: whoever asks the room next settles that. */
static bool turn_back(uint64_t *gate)
{
	pramin_sim_point(gate);
	pramin_sim_between(gate);
	__atomic_fetch_sub(gate, 1, __ATOMIC_RELEASE);
	return false;
}

/*
 * Take @cost from what is left, having been counted already: while a gate counts
 * somebody, its base does not change.
 */
static bool spend(uint64_t *gate, uint32_t cost)
{
	uint64_t old = __atomic_load_n(gate, __ATOMIC_RELAXED);
	uint32_t left;

	do {
		left = pramin_gate_left(old);
		if (left < cost)
			return turn_back(gate);
		/* Nobody waits any more. */
		if (left == GATE_OPEN)
			return true;
		pramin_sim_between(gate);
	} while (!__atomic_compare_exchange_n(
		gate, &old, old - ((uint64_t)cost << GATE_LEFT_SHIFT), true,
		__ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return true;
}

bool pramin_gate_enter(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		       uint32_t cost)
{
	uint64_t *gate = &op->gpu->seat->gate;
	uint64_t old;

	/* A look costs little, and keeps those away who have to ask anyway. */
	if (!admits(__atomic_load_n(gate, __ATOMIC_RELAXED), vram_pa, len,
		    cost))
		return false;
	pramin_sim_point(gate);
	pramin_sim_between(gate);
	/* An addition, which never fails: exchanges do, and starve the slower. */
	old = __atomic_fetch_add(gate, 1, __ATOMIC_ACQUIRE);
	if (!admits(old, vram_pa, len, cost))
		return turn_back(gate);
	if (pramin_gate_left(old) != GATE_OPEN && !spend(gate, cost))
		return false;
	op->base = pramin_gate_base(old);
	op->aperture = op->gpu->gate_aperture;
	op->request = NULL;
	op->made = 0;
	op->inside = true;
	return true;
}

/* Wake whom the last call of the room lists. */
static void tell(struct pramin_gpu *gpu)
{
	struct pramin_room *room = &gpu->meeting->room;
	struct pramin_room_user *u, *next;

	for (u = pramin_room_at(room, room->woken); u; u = next) {
		next = pramin_room_at(room, u->next_woken);
		pramin_request_wake(gpu, (struct pramin_request *)u);
	}
	room->woken = 0;
	room->woken_last = 0;
}

/* What the gate should be, as things stand in the room */
static uint64_t gate_target(const struct pramin_meeting *m,
			    const struct pramin_room_user *lease, uint64_t gate,
			    uint32_t allowance)
{
	const struct pramin_room *room = &m->room;
	uint64_t left = pramin_gate_left(gate);
	bool closed = m->seat[lease->party].closed;

	if (pramin_room_lost(room, lease)) {
		left = 0;
		gate |= GATE_LOST;
	} else if (!room->base_known || closed) {
		left = 0;
	} else if (!room->queue.first) {
		left = GATE_OPEN;
	} else if (left == GATE_OPEN) {
		left = allowance;
	}
	return (gate & ~GATE_LEFT) | left << GATE_LEFT_SHIFT;
}

void pramin_lease_end(struct pramin_gpu *gpu, uint32_t seat)
{
	struct pramin_meeting *m = gpu->meeting;

	/* But for those who are about to turn back */
	__atomic_fetch_and(&m->seat[seat].gate, GATE_COUNT, __ATOMIC_RELEASE);
	m->leases &= ~(1ull << seat);
	pramin_room_leave(&m->room, &m->request[seat].user);
	tell(gpu);
}

/* Is a call inside, by itself or through a gate? */
static bool is_busy(const struct pramin_meeting *m)
{
	const struct pramin_room *room = &m->room;
	const struct pramin_room_user *u;

	for (u = pramin_room_at(room, room->inside.first); u;
	     u = pramin_room_at(room, u->next))
		if (!(u->owner & PRAMIN_OWNER_LEASE) ||
		    __atomic_load_n(&m->seat[u->party].gate, __ATOMIC_RELAXED) &
			    GATE_COUNT)
			return true;
	return false;
}

/*
 * Bring one gate in line. Returns whether its lease has left the room.
 *
 * While somebody waits, a gate that nobody is in stays for those who may still
 * come, but no longer than the turn goes on without them: what is left of the
 * quantum is for clients who share a position, and nobody waits for the sake of
 * accesses that may never be made.
 */
static bool align(struct pramin_gpu *gpu, uint32_t seat, uint32_t allowance,
		  bool busy)
{
	struct pramin_meeting *m = gpu->meeting;
	uint64_t *gate = &m->seat[seat].gate;
	uint64_t old = __atomic_load_n(gate, __ATOMIC_ACQUIRE);
	uint32_t left;
	uint64_t val;

	do {
		val = gate_target(m, &m->request[seat].user, old, allowance);
		left = pramin_gate_left(val);
		if (!(val & GATE_COUNT) && left != GATE_OPEN && !(left && busy))
			val = 0;
		if (val == old && val)
			return false;
		pramin_sim_point(gate);
		pramin_sim_between(gate);
	} while (!__atomic_compare_exchange_n(
		gate, &old, val, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	if (val)
		return false;
	pramin_lease_end(gpu, seat);
	return true;
}

/* What fits into a gate that is not open */
static uint32_t limited(uint32_t left)
{
	return left < GATE_OPEN ? left : GATE_OPEN - 1;
}

/* One gate's part of what newcomers may still take */
static uint32_t share_out(struct pramin_meeting *m)
{
	uint32_t seat, open = 0;

	if (!m->room.queue.first)
		return 0;
	for (seat = 0; seat < PRAMIN_SEATS; seat++)
		if (m->leases >> seat & 1 &&
		    pramin_gate_left(__atomic_load_n(&m->seat[seat].gate,
						     __ATOMIC_RELAXED)) ==
			    GATE_OPEN)
			open++;
	return open ? limited(pramin_room_spend(&m->room) / open) : 0;
}

/* Leave for those that could not get the lock. */
static void sweep(struct pramin_gpu *gpu)
{
	struct pramin_meeting *m = gpu->meeting;
	uint32_t i;

	if (!__atomic_exchange_n(&m->abandoned, 0, __ATOMIC_ACQUIRE))
		return;
	for (i = 0; i < PRAMIN_REQUESTS; i++) {
		struct pramin_request *r = &m->request[i];

		if (!__atomic_exchange_n(&r->abandoned, 0, __ATOMIC_ACQUIRE))
			continue;
		if (r->user.state == PRAMIN_ROOM_WAITING)
			pramin_room_cancel(&m->room, &r->user);
		else
			pramin_room_leave(&m->room, &r->user);
		tell(gpu);
	}
}

/* Bring all in line. Returns whether a lease has left the room. */
static bool align_all(struct pramin_gpu *gpu, uint32_t allowance, bool busy)
{
	const struct pramin_meeting *m = gpu->meeting;
	bool ended = false;
	uint32_t seat;

	for (seat = 0; seat < PRAMIN_SEATS && m->leases >> seat; seat++)
		if (m->leases >> seat & 1)
			ended |= align(gpu, seat, allowance, busy);
	return ended;
}

void pramin_share_settle(struct pramin_gpu *gpu)
{
	struct pramin_meeting *m = gpu->meeting;
	bool again = true;

	tell(gpu);
	sweep(gpu);
	while (again && m->leases) {
		again = align_all(gpu, share_out(m), true);
		/*
		 * Only now, when no gate is open without a limit: whoever is
		 * the last to leave one that has a limit comes here afterwards.
		 */
		if (!is_busy(m))
			again |= align_all(gpu, 0, false);
	}
	__atomic_store_n(&m->wanted, m->room.queue.first != 0,
			 __ATOMIC_RELAXED);
}

/*
 * What newcomers may still take of this turn, through the gate of one handle. The
 * first gate has as large a part as its handle has of the calls inside. Later
 * ones cannot tell who else will come: a little at a time.
 */
static uint32_t part_of(const struct pramin_meeting *m, uint32_t party)
{
	const struct pramin_room *room = &m->room;
	const struct pramin_room_user *u;
	uint32_t own = 0, all = 0;

	for (u = pramin_room_at(room, room->inside.first); u;
	     u = pramin_room_at(room, u->next)) {
		/* A view lets nobody pass those who wait. */
		if (u->lasting)
			return 0;
		own += u->party == party;
		all++;
	}
	if (!room->base_known)
		return 0;
	if (m->leases)
		return room->left < PART ? room->left : PART;
	/* Never 0: the caller is inside. (An analyzer cannot know.) */
	all += !all;
	return (room->left * own + all - 1) / all;
}

/*
 * The handle has a gate, which has let in as many as it may: let in more. Others
 * only take from what is left, so it is added without a look at what they do.
 */
static void grow(struct pramin_op *op, struct pramin_request *r, uint32_t part)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	uint64_t *gate = &gpu->seat->gate;
	uint64_t old = __atomic_load_n(gate, __ATOMIC_RELAXED);

	if ((old & GATE_COUNT) >= GATE_FULL)
		return;
	part = limited(pramin_gate_left(old) + part) - pramin_gate_left(old);
	pramin_sim_point(gate);
	pramin_sim_between(gate);
	__atomic_fetch_add(gate, 1 + ((uint64_t)part << GATE_LEFT_SHIFT),
			   __ATOMIC_ACQ_REL);
	m->room.left -= part;
	pramin_room_leave(&m->room, &r->user);
	tell(gpu);
	op->request = NULL;
}

void pramin_lease_begin(struct pramin_op *op, struct pramin_request *r)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	struct pramin_room_user *lease = &m->request[gpu->seat_no].user;
	uint32_t left = m->room.queue.first ? part_of(m, gpu->seat_no) : 1;
	uint64_t gate;

	if (r->user.alone || r->user.lasting || !left ||
	    pramin_share_revoked(gpu))
		return;
	if (lease->state != PRAMIN_ROOM_IDLE) {
		if (m->room.queue.first)
			grow(op, r, left);
		return;
	}
	*lease = (struct pramin_room_user){
		.vram_pa = op->base,
		.len = PRAMIN_APERTURE_SIZE,
		.owner = PRAMIN_OWNER_LEASE | gpu->seat_no,
		.party = gpu->seat_no,
		.since = r->user.since,
		.cost = left,
	};
	if (pramin_room_enter(&m->room, lease) != PRAMIN_ROOM_IN) {
		pramin_room_cancel(&m->room, lease);
		tell(gpu);
		return;
	}
	m->leases |= 1ull << gpu->seat_no;
	left = m->room.queue.first ? limited(left) : GATE_OPEN;
	gate = (op->base / PRAMIN_WINDOW_GRAIN) << GATE_BASE_SHIFT |
	       (uint64_t)left << GATE_LEFT_SHIFT | 1;
	gpu->gate_aperture = op->aperture;
	pramin_sim_point(&gpu->seat->gate);
	pramin_sim_between(&gpu->seat->gate);
	/* Closed, it is 0 but for those who are about to turn back. */
	__atomic_fetch_add(&gpu->seat->gate, gate, __ATOMIC_RELEASE);
	pramin_room_leave(&m->room, &r->user);
	tell(gpu);
	op->request = NULL;
}
