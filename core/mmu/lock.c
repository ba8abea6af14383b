// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The lock around invalidates and binds.
 *
 * The word alone says who has it; a row of lock->wait only asks. So there is no
 * moment at which two believe that they have it, or a living owner does not know:
 *
 *	 31      30          16 15                0
 *	+-------+--------------+-------------------+
 *	| WAITS |      0       | owner: 0, nobody; |
 *	+-------+--------------+ 1 + seat; BY_ROW + row
 *
 * While WAITS is set nobody takes or drops it but under the environment's lock.
 */
#include "lock.h"
#include "order.h"
#include "../share_lock.h"

#define WAITS  (1u << 31)
#define OWNER  0xffffu
#define BY_ROW 0x100u

_Static_assert(PRAMIN_SEATS < BY_ROW, "seats and rows are told apart");

/* States of a row. DONE: its call is over and could not say so under the lock. */
enum {
	FREE = 0,
	WAITING,
	DONE
};

static struct pramin_mmu_lock *lock_of(const struct pramin_gpu *gpu)
{
	return &gpu->mmu->lock;
}

static uint32_t look(uint32_t *word)
{
	pramin_sim_point(word);
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static bool swap(uint32_t *word, uint32_t old, uint32_t val)
{
	pramin_sim_point(word);
	return __atomic_compare_exchange_n(word, &old, val, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Who has waited longest, or NULL */
static struct pramin_mmu_wait *oldest(struct pramin_mmu_lock *l)
{
	struct pramin_mmu_wait *first = NULL;
	uint32_t i;

	for (i = 0; i < PRAMIN_MMU_WAITS; i++) {
		struct pramin_mmu_wait *w = &l->wait[i];

		if (__atomic_load_n(&w->state, __ATOMIC_ACQUIRE) == WAITING &&
		    (!first || w->ticket < first->ticket))
			first = w;
	}
	return first;
}

static uint32_t owner_of(const struct pramin_mmu_lock *l,
			 const struct pramin_mmu_wait *w)
{
	return BY_ROW + (uint32_t)(w - l->wait);
}

static void name_owner(struct pramin_gpu *gpu, uint32_t pid)
{
	struct pramin_mmu_lock *l = lock_of(gpu);

	__atomic_store_n(&l->pid, pid, __ATOMIC_RELAXED);
	__atomic_store_n(&l->since, pramin_now(gpu), __ATOMIC_RELAXED);
}

/* Nobody has it. First this, then its row, if it has one: see take_row(). */
static void disown(struct pramin_mmu_lock *l)
{
	pramin_sim_point(&l->word);
	__atomic_fetch_and(&l->word, WAITS, __ATOMIC_RELEASE);
}

/* A row becomes free, and nobody if it had the lock. */
static void end_row(struct pramin_mmu_lock *l, struct pramin_mmu_wait *w)
{
	if ((look(&l->word) & OWNER) == owner_of(l, w))
		disown(l);
	__atomic_store_n(&w->state, FREE, __ATOMIC_RELEASE);
}

void pramin_mmu_settle(struct pramin_gpu *gpu)
{
	struct pramin_mmu_lock *l = lock_of(gpu);
	struct pramin_mmu_wait *w;
	uint32_t i;

	/* Nobody waits, and nobody has left anything behind. */
	if (!(look(&l->word) & WAITS))
		return;
	for (i = 0; i < PRAMIN_MMU_WAITS; i++)
		if (__atomic_load_n(&l->wait[i].state, __ATOMIC_ACQUIRE) ==
		    DONE)
			end_row(l, &l->wait[i]);
	if (look(&l->word) & OWNER)
		return;
	w = oldest(l);
	/* WAITS stays for a row: it has to be dropped under the lock. */
	pramin_sim_point(&l->word);
	__atomic_store_n(&l->word, w ? WAITS | owner_of(l, w) : 0,
			 __ATOMIC_RELEASE);
	if (!w)
		return;
	name_owner(gpu, gpu->meeting->seat[w->seat].pid);
	__atomic_store_n(&w->wake, 1, __ATOMIC_RELEASE);
	gpu->config.env_ops->wake(gpu->config.env, &w->wake);
}

void pramin_mmu_reap(struct pramin_gpu *gpu, uint32_t seat)
{
	struct pramin_mmu_lock *l = lock_of(gpu);
	uint32_t i;

	for (i = 0; i < PRAMIN_MMU_WAITS; i++)
		if (l->wait[i].seat == seat &&
		    __atomic_load_n(&l->wait[i].state, __ATOMIC_ACQUIRE))
			end_row(l, &l->wait[i]);
	if ((look(&l->word) & OWNER) == 1 + seat)
		disown(l);
	pramin_mmu_settle(gpu);
}

/*
 * A row of its own, under the environment's lock. It says last that it waits: a
 * word that names it from before could only be its former owner's, who has cleared
 * the word before the row.
 */
static struct pramin_mmu_wait *take_row(struct pramin_gpu *gpu)
{
	struct pramin_mmu_lock *l = lock_of(gpu);
	uint32_t i;

	for (i = 0; i < PRAMIN_MMU_WAITS; i++) {
		struct pramin_mmu_wait *w = &l->wait[i];

		if (__atomic_load_n(&w->state, __ATOMIC_ACQUIRE) != FREE)
			continue;
		w->ticket = ++l->ticket;
		w->seat = gpu->seat_no;
		__atomic_store_n(&w->wake, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&w->state, WAITING, __ATOMIC_RELEASE);
		pramin_sim_point(&l->word);
		__atomic_fetch_or(&l->word, WAITS, __ATOMIC_ACQ_REL);
		/* It may have been dropped before that. */
		pramin_mmu_settle(gpu);
		return w;
	}
	return NULL;
}

/* Its wait is over, and was in vain: why */
static int in_vain(struct pramin_op *op)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_mmu_lock *l = lock_of(gpu);

	if (pramin_share_revoked(gpu))
		return pramin_fail(op, -ENODEV, PRAMIN_REASON_REVOKED, 0, 0, 0);
	return pramin_fail(op, -ETIMEDOUT, PRAMIN_REASON_MMU_BUSY,
			   __atomic_load_n(&l->pid, __ATOMIC_RELAXED),
			   (pramin_now(gpu) -
			    __atomic_load_n(&l->since, __ATOMIC_RELAXED)) /
				   1000000,
			   0);
}

/* It does not want to wait any more. 0: it has it now */
static int give_up(struct pramin_op *op, struct pramin_mmu_wait *w)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_mmu_lock *l = lock_of(gpu);
	int ret = pramin_share_lock_by(op, pramin_now(gpu) + PRAMIN_LOOK_NS);

	if (ret) {
		__atomic_store_n(&w->state, DONE, __ATOMIC_RELEASE);
		return ret;
	}
	pramin_share_reap_dead(gpu);
	if ((look(&l->word) & OWNER) != owner_of(l, w)) {
		ret = in_vain(op);
		end_row(l, w);
		pramin_mmu_settle(gpu);
	}
	pramin_share_unlock(gpu);
	return ret;
}

static int wait_for(struct pramin_op *op, struct pramin_mmu_wait *w,
		    uint64_t until)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_env_ops *ops = gpu->config.env_ops;
	struct pramin_mmu_lock *l = lock_of(gpu);

	while ((look(&l->word) & OWNER) != owner_of(l, w)) {
		uint64_t now = pramin_now(gpu);
		uint64_t next = now + PRAMIN_LOOK_NS;

		if (now >= until || pramin_share_revoked(gpu))
			return give_up(op, w);
		if (next > until)
			next = until;
		ops->wait(gpu->config.env, &w->wake, next);
		/* Its owner may be dead, or could not hand it on. */
		if (pramin_now(gpu) >= next)
			pramin_share_reap_all(op, until);
	}
	return 0;
}

static int wait_in_line(struct pramin_op *op, struct pramin_mmu_hold *hold)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_mmu_lock *l = lock_of(gpu);
	/* One end for both waits */
	const uint64_t until = pramin_now(gpu) + gpu->config.timeout_ns;
	struct pramin_mmu_wait *w;
	int ret = pramin_share_lock_by(op, until);

	if (ret)
		return ret;
	w = take_row(gpu);
	pramin_share_unlock(gpu);
	if (!w)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_TOO_MANY,
				   PRAMIN_MMU_WAITS, 0, 0);
	hold->owner = owner_of(l, w);
	return wait_for(op, w, until);
}

int pramin_mmu_take(struct pramin_op *op, struct pramin_mmu_hold *hold)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_mmu_lock *l = lock_of(gpu);
	int ret;

	pramin_rank_take(op, PRAMIN_RANK_MMU);
	hold->owner = 1 + gpu->seat_no;
	if (!gpu->meeting)
		return 0;
	if (swap(&l->word, 0, hold->owner)) {
		name_owner(gpu, gpu->pid);
		return 0;
	}
	ret = wait_in_line(op, hold);
	if (ret)
		pramin_rank_drop(op, PRAMIN_RANK_MMU);
	return ret;
}

/* Whatever the call has found out stays its cause. */
void pramin_mmu_drop(struct pramin_op *op, const struct pramin_mmu_hold *hold)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_mmu_lock *l = lock_of(gpu);
	const struct pramin_cause cause = op->cause;

	pramin_rank_drop(op, PRAMIN_RANK_MMU);
	if (!gpu->meeting || swap(&l->word, hold->owner, 0))
		return;
	if (pramin_share_lock_by(op, pramin_now(gpu) + PRAMIN_LOOK_NS)) {
		/* Whoever has the environment's lock next hands it on. */
		if (hold->owner >= BY_ROW)
			__atomic_store_n(&l->wait[hold->owner - BY_ROW].state,
					 DONE, __ATOMIC_RELEASE);
		else
			disown(l);
		op->cause = cause;
		return;
	}
	if (hold->owner >= BY_ROW)
		end_row(l, &l->wait[hold->owner - BY_ROW]);
	else
		disown(l);
	pramin_mmu_settle(gpu);
	pramin_share_unlock(gpu);
}
