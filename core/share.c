// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A call's way through the room: in, if need be after a wait and a move of the
 * window, and out.
 */
#include "share_lock.h"

/* For how long it has been in the way of @r, in ms */
static uint64_t kept_ms(const struct pramin_gpu *gpu,
			const struct pramin_room_user *holder,
			const struct pramin_room_user *waiter)
{
	uint64_t since = holder->since;

	/*
	 * A lease may be older than the calls that it lets in. Those that are in
	 * its gate have been there since it closed, which was for the waiter.
	 */
	if (holder->owner & PRAMIN_OWNER_LEASE && since < waiter->since)
		since = waiter->since;
	return (pramin_now(gpu) - since) / 1000000;
}

/* Free the request by which a call waited for something that does not come. */
static int give_up(struct pramin_op *op, struct pramin_request *r)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	const struct pramin_room_user *holder;
	int says = pramin_share_lock_by(op, pramin_now(gpu) + PRAMIN_LOOK_NS);

	if (says) {
		pramin_request_abandon(m, r);
		return says;
	}
	pramin_share_reap_dead(gpu);
	holder = pramin_room_oldest(&m->room);
	says = pramin_room_cancel(&m->room, &r->user);
	if (says == PRAMIN_ROOM_OUT && pramin_share_revoked(gpu))
		says = pramin_fail(op, -ENODEV, PRAMIN_REASON_REVOKED, 0, 0, 0);
	else if (says == PRAMIN_ROOM_OUT)
		says = pramin_fail(op, -ETIMEDOUT, PRAMIN_REASON_TIMED_OUT,
				   holder ? m->seat[holder->party].pid : 0,
				   holder ? kept_ms(gpu, holder, &r->user) : 0,
				   m->room.base);
	pramin_share_settle(gpu);
	pramin_share_unlock(gpu);
	return says;
}

/* Sleep until the room lets it in: IN or PLACE, or why not, and it is free. */
static int wait_for(struct pramin_op *op, struct pramin_request *r,
		    uint64_t until)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_env_ops *ops = gpu->config.env_ops;

	while (!__atomic_load_n(&r->wake, __ATOMIC_ACQUIRE)) {
		uint64_t now = pramin_now(gpu);
		uint64_t look = now + PRAMIN_LOOK_NS;

		if (now >= until || pramin_share_revoked(gpu))
			return give_up(op, r);
		if (look > until)
			look = until;
		ops->wait(gpu->config.env, &r->wake, look);
		if (ops->dead && pramin_now(gpu) >= look)
			pramin_share_reap_all(op, until);
	}
	/*
	 * Perhaps woken to hear just that, and the room may be letting it in at
	 * this moment: only under the lock can one tell.
	 */
	if (pramin_share_revoked(gpu))
		return give_up(op, r);
	return pramin_room_result(&gpu->meeting->room, &r->user);
}

/*
 * Put the window at @r->user.place. IN, or why not; *@locked tells whether the
 * lock is held on return.
 */
static int place(struct pramin_op *op, struct pramin_request *r, bool *locked)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	int err, says;

	do {
		uint64_t epoch = r->user.epoch;

		if (*locked)
			pramin_share_unlock(gpu);
		*locked = false;
		pramin_share_take_notes(gpu, epoch);
		/* Before the write: whoever dies here may have moved it. */
		__atomic_store_n(&m->spot.moved, 1, __ATOMIC_RELEASE);
		err = pramin_move_to(op, r->user.place);
		if (err)
			gpu->raw_forgotten = true;
		pramin_share_leave_notes(gpu, epoch);
		says = pramin_share_lock(op);
		if (says) {
			pramin_request_abandon(m, r);
			return says;
		}
		*locked = true;
		says = pramin_room_placed(&m->room, &r->user, err);
		pramin_share_settle(gpu);
	} while (says == -EAGAIN);
	/* Nobody else was inside who would have to be told. */
	op->lost = false;
	op->doubt = false;
	return err ? err : says;
}

static int refused(struct pramin_op *op, const struct pramin_want *want,
		   int err)
{
	const struct pramin_meeting *m = op->gpu->meeting;

	switch (err) {
	case -EIO:
		return pramin_fail(op, err, PRAMIN_REASON_VIEW_LOST,
				   want->vram_pa, want->len, 0);
	case -EBUSY:
		return pramin_fail(op, err, PRAMIN_REASON_VIEW_OPEN,
				   want->vram_pa, want->len, m->room.base);
	default:
		return pramin_fail(op, err, PRAMIN_REASON_REVOKED, 0, 0, 0);
	}
}

/* Ask the room, under the lock. */
static int ask(struct pramin_op *op, const struct pramin_want *want,
	       struct pramin_request **request)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_gpu_config *config = &gpu->config;
	struct pramin_request *r;
	int says;

	if (pramin_share_revoked(gpu))
		return refused(op, want, -ENODEV);
	r = pramin_request_get(gpu->meeting);
	if (!r)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_TOO_MANY,
				   PRAMIN_REQUESTS - PRAMIN_SEATS, 0, 0);
	r->user = (struct pramin_room_user){
		.vram_pa = want->vram_pa,
		.len = want->len,
		.run = want->run,
		.owner = config->env_ops->thread(config->env),
		.party = gpu->seat_no,
		.since = pramin_now(gpu),
		.cost = want->cost,
		.alone = want->alone,
		.lasting = want->lasting,
	};
	__atomic_store_n(&r->wake, 0, __ATOMIC_RELAXED);
	says = pramin_room_enter(&gpu->meeting->room, &r->user);
	pramin_share_settle(gpu);
	if (says < 0)
		return refused(op, want, says);
	*request = r;
	/* An idle lease may just have made room. */
	return pramin_room_result(&gpu->meeting->room, &r->user);
}

/* Inside, and the window stands where it has to */
static void arrive(struct pramin_op *op, struct pramin_request *r)
{
	struct pramin_gpu *gpu = op->gpu;

	op->request = r;
	op->base = gpu->meeting->room.base;
	op->aperture = gpu->ops->aperture ? gpu->ops->aperture(gpu->io) : NULL;
	op->made = 0;
	op->inside = true;
}

int pramin_share_ask(struct pramin_op *op, const struct pramin_want *want)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_request *r = NULL;
	/* One end for all waits on the way in */
	uint64_t until = pramin_now(gpu) + gpu->config.timeout_ns;
	int says = pramin_share_lock_by(op, until);
	bool locked = true;

	if (says)
		return says;
	says = ask(op, want, &r);
	if (!r) {
		pramin_share_unlock(gpu);
		return says;
	}
	if (says == PRAMIN_ROOM_WAIT) {
		pramin_share_unlock(gpu);
		locked = false;
		says = wait_for(op, r, until);
	}
	if (says == PRAMIN_ROOM_PLACE)
		says = place(op, r, &locked);
	if (says == PRAMIN_ROOM_IN) {
		arrive(op, r);
		if (locked)
			pramin_lease_begin(op, r);
		says = 0;
	}
	if (locked)
		pramin_share_unlock(gpu);
	return says;
}

int pramin_share_enter(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		       uint64_t run, uint32_t cost)
{
	const struct pramin_want want = {
		.vram_pa = vram_pa,
		.len = len,
		.run = run,
		.cost = cost,
	};

	if (pramin_gate_enter(op, vram_pa, len, cost))
		return 0;
	return pramin_share_ask(op, &want);
}

bool pramin_share_lost(const struct pramin_op *op)
{
	const struct pramin_meeting *m = op->gpu->meeting;

	if (op->request)
		return op->request->user.epoch !=
		       __atomic_load_n(&m->room.epoch, __ATOMIC_RELAXED);
	return __atomic_load_n(&op->gpu->seat->gate, __ATOMIC_RELAXED) &
	       GATE_LOST;
}

/* Pass on what a call has found out about the position; under the lock */
static void tell_room(const struct pramin_op *op)
{
	struct pramin_meeting *m = op->gpu->meeting;

	if (op->lost)
		pramin_room_forget(&m->room);
	else if (op->doubt)
		pramin_room_doubt(&m->room);
	if (op->doubt || op->lost)
		__atomic_store_n(&m->spot.suspect, 1, __ATOMIC_RELAXED);
}

void pramin_share_tell(struct pramin_op *op)
{
	struct pramin_cause cause = op->cause;

	if (!pramin_share_lock(op)) {
		tell_room(op);
		pramin_share_settle(op->gpu);
		pramin_share_unlock(op->gpu);
	}
	op->cause = cause;
}

/* Out under the lock */
static int leave_room(struct pramin_op *op, int ret)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_meeting *m = gpu->meeting;
	struct pramin_cause cause = op->cause;
	bool lost;
	int err = pramin_share_lock(op);

	op->inside = false;
	if (!err)
		tell_room(op);
	lost = pramin_share_lost(op);
	if (!op->request) {
		pramin_sim_point(&gpu->seat->gate);
		pramin_sim_between(&gpu->seat->gate);
		__atomic_fetch_sub(&gpu->seat->gate, 1, __ATOMIC_RELEASE);
	} else if (!err) {
		pramin_room_leave(&m->room, &op->request->user);
	} else {
		pramin_request_abandon(m, op->request);
	}
	if (!err) {
		pramin_share_settle(gpu);
		pramin_share_unlock(gpu);
	}
	if (ret) {
		op->cause = cause;
		return ret;
	}
	if (err)
		return err;
	return lost ? pramin_fail(op, -EIO, PRAMIN_REASON_LOST, op->base, 0,
				  0) :
		      0;
}

int pramin_share_leave(struct pramin_op *op, int ret)
{
	uint64_t *gate, old;

	if (op->request || op->doubt || op->lost)
		return leave_room(op, ret);
	gate = &op->gpu->seat->gate;
	pramin_sim_point(gate);
	pramin_sim_between(gate);
	old = __atomic_fetch_sub(gate, 1, __ATOMIC_RELEASE);
	op->inside = false;
	/* The last one of a gate that closes lets in who waits. */
	if ((old & GATE_COUNT) == 1 && pramin_gate_left(old) != GATE_OPEN)
		pramin_share_tell(op);
	if (!ret && (old & GATE_LOST))
		return pramin_fail(op, -EIO, PRAMIN_REASON_LOST, op->base, 0,
				   0);
	return ret;
}

bool pramin_wanted(const struct pramin_op *op)
{
	return op->inside &&
	       __atomic_load_n(&op->gpu->meeting->wanted, __ATOMIC_RELAXED);
}

int pramin_give_way(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	int ret;

	op->made = 0;
	if (!pramin_wanted(op))
		return 0;
	ret = pramin_share_leave(op, pramin_verify(op));
	if (ret)
		return ret;
	return pramin_share_enter(op, vram_pa, len, len, PRAMIN_SLICE);
}
