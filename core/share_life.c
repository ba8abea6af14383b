// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Handles that come, go and die, and what they leave behind.
 */
#include "share_lock.h"
#include "mmu/claim.h"
#include "mmu/lock.h"
#include "regs/bus.h"

/* The mover's notes: what is known of the register */
void pramin_share_take_notes(struct pramin_gpu *gpu, uint64_t epoch)
{
	struct pramin_spot *spot = &gpu->meeting->spot;
	bool known = spot->epoch == epoch;

	gpu->saved_raw = spot->saved_raw;
	gpu->last_raw = spot->last_raw;
	gpu->raw_forgotten = !known;
	gpu->moved = spot->moved;
	gpu->proved = known && spot->proved;
	if (__atomic_exchange_n(&spot->suspect, 0, __ATOMIC_RELAXED))
		gpu->proved = false;
}

void pramin_share_leave_notes(struct pramin_gpu *gpu, uint64_t epoch)
{
	struct pramin_spot *spot = &gpu->meeting->spot;

	spot->epoch = gpu->raw_forgotten ? epoch - 1 : epoch;
	spot->last_raw = gpu->last_raw;
	spot->proved = gpu->proved;
	__atomic_store_n(&spot->base, gpu->base, __ATOMIC_RELAXED);
	__atomic_store_n(&spot->moved, gpu->moved, __ATOMIC_RELEASE);
}

struct pramin_request *pramin_request_get(struct pramin_meeting *m)
{
	uint32_t i;

	for (i = 0; i < PRAMIN_REQUESTS - PRAMIN_SEATS; i++) {
		uint32_t at = PRAMIN_SEATS +
			      (m->hint + i) % (PRAMIN_REQUESTS - PRAMIN_SEATS);
		struct pramin_request *r = &m->request[at];

		if (r->user.state != PRAMIN_ROOM_IDLE)
			continue;
		m->hint = at - PRAMIN_SEATS;
		r->abandoned = 0;
		return r;
	}
	return NULL;
}

void pramin_request_wake(struct pramin_gpu *gpu, struct pramin_request *r)
{
	__atomic_store_n(&r->wake, 1, __ATOMIC_RELEASE);
	gpu->config.env_ops->wake(gpu->config.env, &r->wake);
}

void pramin_request_abandon(struct pramin_meeting *m, struct pramin_request *r)
{
	__atomic_store_n(&r->abandoned, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&m->abandoned, 1, __ATOMIC_RELEASE);
}

/*
 * The owner of the lock died in the middle of something. Every request says of
 * itself what it is; a gate says it for its lease. Nobody can have been told
 * that something is true which is not yet.
 */
static void recover(struct pramin_gpu *gpu)
{
	struct pramin_meeting *m = gpu->meeting;
	uint32_t i;

	pramin_room_rebuild(&m->room, &m->request[0].user, PRAMIN_REQUESTS,
			    sizeof(m->request[0]));
	m->leases = 0;
	for (i = 0; i < PRAMIN_SEATS; i++) {
		if (m->request[i].user.state != PRAMIN_ROOM_INSIDE)
			continue;
		m->leases |= 1ull << i;
		if (!__atomic_load_n(&m->seat[i].gate, __ATOMIC_RELAXED))
			pramin_lease_end(gpu, i);
	}
	for (i = PRAMIN_SEATS; i < PRAMIN_REQUESTS; i++) {
		struct pramin_request *r = &m->request[i];

		/* Also one that was told, and perhaps not woken any more */
		if (r->user.state == PRAMIN_ROOM_INSIDE)
			pramin_request_wake(gpu, r);
	}
	m->abandoned = 1;
	m->spot.suspect = 1;
	pramin_share_settle(gpu);
}

int pramin_share_lock_by(struct pramin_op *op, uint64_t until)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_gpu_config *config = &gpu->config;
	int ret = config->env_ops->lock(config->env, until);

	if (ret < 0)
		return pramin_fail(op, ret, PRAMIN_REASON_STOPPED,
				   __atomic_load_n(&gpu->meeting->lock_pid,
						   __ATOMIC_RELAXED),
				   0, 0);
	__atomic_store_n(&gpu->meeting->lock_pid, gpu->seat->pid,
			 __ATOMIC_RELAXED);
	if (ret)
		recover(gpu);
	/* First those who are gone: one of them may be this very thread. */
	else if (__atomic_load_n(&gpu->meeting->abandoned, __ATOMIC_RELAXED))
		pramin_share_settle(gpu);
	return 0;
}

int pramin_share_lock(struct pramin_op *op)
{
	return pramin_share_lock_by(op, pramin_now(op->gpu) +
						op->gpu->config.timeout_ns);
}

void pramin_share_unlock(struct pramin_gpu *gpu)
{
	__atomic_store_n(&gpu->meeting->lock_pid, 0, __ATOMIC_RELAXED);
	gpu->config.env_ops->unlock(gpu->config.env);
}

void pramin_share_init(struct pramin_meeting *m)
{
	pramin_room_init(&m->room);
}

static void reap(struct pramin_gpu *gpu, uint32_t seat)
{
	struct pramin_meeting *m = gpu->meeting;

	__atomic_store_n(&m->seat[seat].gate, 0, __ATOMIC_RELAXED);
	m->leases &= ~(1ull << seat);
	m->spot.suspect = 1;
	pramin_room_reap(&m->room, seat);
	pramin_share_settle(gpu);
	pramin_mmu_reap(gpu, seat);
	pramin_claim_reap(gpu, seat);
	m->seat[seat].taken = 0;
}

uint32_t pramin_share_reap_dead(struct pramin_gpu *gpu)
{
	const struct pramin_gpu_config *config = &gpu->config;
	struct pramin_meeting *m = gpu->meeting;
	uint32_t seat, others = 0;

	for (seat = 0; seat < PRAMIN_SEATS; seat++) {
		if (!m->seat[seat].taken || seat == gpu->seat_no)
			continue;
		if (config->env_ops->dead &&
		    config->env_ops->dead(config->env, seat))
			reap(gpu, seat);
		else
			others++;
	}
	return others;
}

void pramin_share_reap_all(struct pramin_op *op, uint64_t until)
{
	if (pramin_share_lock_by(op, until))
		return;
	pramin_share_reap_dead(op->gpu);
	/* Also what somebody left who could not get the lock */
	pramin_share_settle(op->gpu);
	pramin_mmu_settle(op->gpu);
	pramin_share_unlock(op->gpu);
}

/* Those before left the window moved: put their value back, and keep it. */
static int repair(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;

	gpu->saved_raw = gpu->meeting->spot.saved_raw;
	gpu->moved = true;
	gpu->meeting = NULL;
	return pramin_gpu_detach(op);
}

/* The first one in: what the register held, and has to hold again in the end */
static int found(struct pramin_op *op, struct pramin_meeting *m)
{
	struct pramin_gpu *gpu = op->gpu;
	const bool left = m->spot.moved && !gpu->config.foreign;
	int ret = 0;

	if (left)
		ret = repair(op);
	/*
	 * Others were here, perhaps still when this one read the register: they
	 * may have put it back since.
	 */
	else if (m->room.epoch || gpu->config.foreign)
		ret = pramin_gpu_save_window(op);
	gpu->meeting = m;
	pramin_room_forget(&m->room);
	/* As long as it is moved, who comes after a death here needs the value. */
	if (!ret)
		__atomic_store_n(&m->spot.moved, 0, __ATOMIC_RELEASE);
	m->spot.base = 0;
	m->spot.epoch = m->room.epoch;
	m->spot.saved_raw = gpu->saved_raw;
	m->spot.last_raw = gpu->saved_raw;
	m->spot.proved = 0;
	m->spot.suspect = 0;
	return ret;
}

/* It meets nobody any more. */
static void apart(struct pramin_gpu *gpu)
{
	gpu->meeting = NULL;
	gpu->mmu = &gpu->own_mmu;
}

int pramin_share_join(struct pramin_op *op, struct pramin_meeting *m,
		      uint32_t seat, uint32_t pid)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_seat *place = &m->seat[seat];
	int ret;

	gpu->meeting = m;
	gpu->mmu = &m->mmu;
	gpu->seat = place;
	gpu->seat_no = seat;
	gpu->pid = pid;
	ret = pramin_share_lock(op);
	if (ret)
		goto out;
	/* Whoever had the seat is dead: its number is free. */
	if (place->taken)
		reap(gpu, seat);
	if (!pramin_share_reap_dead(gpu))
		ret = found(op, m);
	gpu->saved_raw = m->spot.saved_raw;
	if (!ret) {
		memset(place, 0, sizeof(*place));
		place->pid = pid;
		place->since = pramin_now(gpu);
		place->taken = 1;
	}
	pramin_share_unlock(gpu);
out:
	if (ret)
		apart(gpu);
	return ret;
}

/* Does this handle have a hold other than its lease? */
static bool holds(const struct pramin_gpu *gpu)
{
	const struct pramin_meeting *m = gpu->meeting;
	uint32_t i;

	for (i = PRAMIN_SEATS; i < PRAMIN_REQUESTS; i++)
		if (m->request[i].user.state != PRAMIN_ROOM_IDLE &&
		    m->request[i].user.party == gpu->seat_no)
			return true;
	return false;
}

/* The last one out. Nobody comes in meanwhile: joining waits for this. */
static int restore(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	int ret;

	pramin_share_take_notes(gpu, m->room.epoch);
	gpu->meeting = NULL;
	pramin_op_init(op, gpu);
	ret = pramin_gpu_detach(op);
	gpu->meeting = m;
	m->spot.moved = gpu->moved;
	m->spot.suspect = 1;
	pramin_room_forget(&m->room);
	return ret;
}

int pramin_share_quit(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	int ret = pramin_share_lock(op);

	if (ret)
		return ret;
	if (holds(gpu)) {
		ret = pramin_fail(op, -EBUSY, PRAMIN_REASON_VIEW_OPEN, 0, 0,
				  m->room.base);
		pramin_share_unlock(gpu);
		return ret;
	}
	if (m->leases >> gpu->seat_no & 1) {
		pramin_lease_end(gpu, gpu->seat_no);
		pramin_share_settle(gpu);
	}
	if (!pramin_share_reap_dead(gpu))
		ret = restore(op);
	pramin_claim_reap(gpu, gpu->seat_no);
	gpu->seat->taken = 0;
	pramin_share_unlock(gpu);
	apart(gpu);
	return ret;
}

int pramin_share_forget(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret = pramin_share_lock(op);

	if (ret)
		return ret;
	/* Before and after: what goes on meanwhile must not end as if nothing was. */
	pramin_reset_note(gpu);
	pramin_room_forget(&gpu->meeting->room);
	pramin_reset_note(gpu);
	pramin_share_settle(gpu);
	pramin_share_unlock(gpu);
	return 0;
}

/* Is there another handle, or another thread of this one inside? */
static bool others_use(const struct pramin_gpu *gpu)
{
	const struct pramin_env_ops *ops = gpu->config.env_ops;
	struct pramin_meeting *m = gpu->meeting;
	uint64_t self = ops->thread(gpu->config.env);
	uint32_t i;

	for (i = 0; i < PRAMIN_SEATS; i++)
		if (i != gpu->seat_no &&
		    __atomic_load_n(&m->seat[i].taken, __ATOMIC_RELAXED) &&
		    !(ops->dead && ops->dead(gpu->config.env, i)))
			return true;
	for (i = PRAMIN_SEATS; i < PRAMIN_REQUESTS; i++) {
		const struct pramin_room_user *user = &m->request[i].user;

		if (user->party == gpu->seat_no && user->owner != self &&
		    user->state != PRAMIN_ROOM_IDLE)
			return true;
	}
	return false;
}

int pramin_share_restore(struct pramin_gpu *gpu)
{
	struct pramin_meeting *m = gpu->meeting;

	__atomic_store_n(&gpu->revoked, true, __ATOMIC_SEQ_CST);
	if (others_use(gpu))
		return 0;
	if (!__atomic_load_n(&m->spot.moved, __ATOMIC_RELAXED) ||
	    __atomic_load_n(&gpu->gone, __ATOMIC_RELAXED))
		return 0;
	/* Dropped first: whoever goes on after a signal must place again. */
	__atomic_store_n(&m->room.base_known, false, __ATOMIC_RELAXED);
	__atomic_fetch_and(&gpu->seat->gate, ~GATE_LEFT, __ATOMIC_RELAXED);
	__atomic_store_n(&m->spot.last_raw, m->spot.saved_raw,
			 __ATOMIC_RELAXED);
	__atomic_fetch_add(&gpu->seat->stripe[0].stats.restores, 1,
			   __ATOMIC_RELAXED);
	return gpu->ops->write(gpu->io, gpu->chip->window->off, 4,
			       m->spot.saved_raw);
}

void pramin_share_revoke(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	uint32_t i;

	__atomic_store_n(&gpu->revoked, true, __ATOMIC_RELEASE);
	/* Those who wait look for themselves, too. */
	if (pramin_share_lock_by(op, pramin_now(gpu) + PRAMIN_LOOK_NS))
		return;
	gpu->seat->closed = 1;
	for (i = PRAMIN_SEATS; i < PRAMIN_REQUESTS; i++) {
		struct pramin_request *r = &m->request[i];

		if (r->user.state == PRAMIN_ROOM_WAITING &&
		    r->user.party == gpu->seat_no)
			pramin_request_wake(gpu, r);
	}
	pramin_share_settle(gpu);
	pramin_share_unlock(gpu);
}
