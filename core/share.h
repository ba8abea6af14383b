/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Several users of one window: what they share, and how a call comes in and out.
 *
 *	  a meeting, in memory that all of them see
 *	+-----------------------------------------------+
 *	| room: who is inside, who waits (room.h)       |
 *	| seat 0: gate | seat 1: gate | ...             |	one for each handle
 *	| request 0 ... one for each hold and each wait |
 *	+-----------------------------------------------+
 *
 * The room decides, under the environment's lock. A call that finds the window
 * where it needs it does not get that far: while nobody waits, each seat keeps a
 * hold of its own in the room, the lease, and its calls come in and out under
 * that hold by one atomic addition each, on the seat's gate:
 *
 *	 63            32 31     25   24   23   16 15          0
 *	+----------------+---------+------+-------+-------------+
 *	| base / 64 KiB  |    0    | lost | left  | calls inside|
 *	+----------------+---------+------+-------+-------------+
 *
 * "left" is how many accesses may still begin: GATE_OPEN while nobody waits; at
 * most a quantum from the moment on that somebody does; 0: closed. The last call
 * to leave a gate that is not open takes the lock, and gives the lease back to the
 * room if nothing is left, or nobody else is inside who keeps the turn going. So
 * the gate is a hold like any other to the room, bounded like any other.
 *
 * Whoever dies leaves its seat behind: its gate, its lease and its requests go
 * with it (pramin_share_reap_all()), whatever it was doing.
 */
#ifndef PRAMIN_CORE_SHARE_H
#define PRAMIN_CORE_SHARE_H

#include "gpu.h"
#include "mmu/order.h"
#include "room.h"
#include "window.h"

/* Handles that one GPU may have, and holds and waits of all of them together */
#define PRAMIN_SEATS	64u
#define PRAMIN_REQUESTS 1024u

/* Threads count in different places, so that they do not wait for each other. */
#define PRAMIN_STRIPES 8u

/* Accesses between two looks at whether somebody waits: about 60 us of reads */
#define PRAMIN_SLICE 64u

#define GATE_COUNT	0xffffull
#define GATE_FULL	0x8000ull	/* so that those who turn back fit, too */
#define GATE_LEFT_SHIFT 16u
#define GATE_LEFT	(0xffull << GATE_LEFT_SHIFT)
#define GATE_LOST	(1ull << 24)
#define GATE_BASE_SHIFT 32u
#define GATE_OPEN	0xffu

/**
 * struct pramin_request - one hold, or the wait for one
 * @user: for the room; idle: the request is free
 * @wake: 0 until the room has let it in; what the environment sleeps on
 * @abandoned: its call could not get the lock to leave: whoever has it next
 *        leaves in its place
 */
struct pramin_request {
	struct pramin_room_user user;
	uint32_t wake;
	uint32_t abandoned;
};

/* What some of the threads of a handle count */
struct pramin_stripe {
	struct pramin_stats stats;
	uint64_t calls; /* that have begun and not ended */
} __attribute__((aligned(128)));

/**
 * struct pramin_seat - the place of one handle
 * @gate:  see above
 * @taken: not 0: the seat is in use
 * @closed: not 0: its calls may not come in any more
 * @pid:   of its process, for messages
 */
struct pramin_seat {
	uint64_t gate __attribute__((aligned(64)));
	uint32_t taken;
	uint32_t closed;
	uint32_t pid;
	uint64_t since;
	struct pramin_stripe stripe[PRAMIN_STRIPES];
};

/* Where the window stands, for whoever moves it next */
struct pramin_spot {
	uint64_t base;
	uint64_t epoch; /* of the room when the register was last touched */
	uint32_t saved_raw;
	uint32_t last_raw;
	uint32_t moved; /* saved_raw has to be written back */
	uint32_t proved;
	uint32_t suspect; /* a death or an error: prove the next move */
};

/**
 * struct pramin_meeting - what the handles of one GPU share
 * @wanted: not 0: somebody waits
 * @abandoned: not 0: some request is
 * @leases: one bit for each seat whose lease is in the room
 */
struct pramin_meeting {
	uint32_t wanted __attribute__((aligned(64)));
	uint32_t abandoned;
	uint32_t hint;	   /* where to look for a free request */
	uint32_t lock_pid; /* who has the lock, for messages; 0: nobody */
	uint64_t leases;
	/* What outlives its users is together: the spot and, behind it, the BARs. */
	struct pramin_spot spot;
	struct pramin_mmu_state mmu;
	struct pramin_room room;
	struct pramin_seat seat[PRAMIN_SEATS];
	/* The first ones are the leases, each of its seat. */
	struct pramin_request request[PRAMIN_REQUESTS];
};

/**
 * struct pramin_want - what a call needs the window for
 * @vram_pa: first byte
 * @len:     bytes that the window has to show
 * @run:     bytes to plan for if it has to move
 * @cost:    accesses before the call looks whether somebody waits
 * @alone:   with nobody else inside
 * @lasting: a view
 */
struct pramin_want {
	uint64_t vram_pa;
	uint64_t len;
	uint64_t run;
	uint32_t cost;
	bool alone;
	bool lasting;
};

/* Zeroed memory becomes a meeting of nobody. */
void pramin_share_init(struct pramin_meeting *meeting);

/**
 * pramin_share_join() - take a seat that the environment keeps for this handle
 * @seat: its number; free
 * @pid:  for messages
 *
 * After pramin_gpu_attach(), and with no other join or leave under way. The first
 * one in keeps the register's value for the last one out. If those before died
 * and left the window moved, their value is kept, and written back at once.
 *
 * Return: 0, -ENODEV, -EIO.
 */
int pramin_share_join(struct pramin_op *op, struct pramin_meeting *meeting,
		      uint32_t seat, uint32_t pid);

/**
 * pramin_share_quit() - give the seat back; no call is under way
 *
 * The last one out restores the window register, as pramin_gpu_detach().
 *
 * Return: 0, -EBUSY while a view is open (nothing is done), -ENODEV, -EIO.
 */
int pramin_share_quit(struct pramin_op *op);

/* Free all that those have held who are dead, by the environment's word. Takes
 * the lock, if it can be had by then.
 */
void pramin_share_reap_all(struct pramin_op *op, uint64_t until);

/**
 * struct pramin_survey - what a seat does at this moment
 * @pid:    0: nobody has it
 * @holds:  inside, through the gate or by requests of their own
 * @waits:  waiting
 * @held_since: when the oldest came in
 * @waits_since: when the longest waiting came
 */
struct pramin_survey {
	uint32_t pid;
	uint32_t holds;
	uint32_t waits;
	uint64_t held_since;
	uint64_t waits_since;
	uint64_t since;
};

/* All seats at one moment; @now is the environment's. 0, or -ETIMEDOUT */
int pramin_share_survey(struct pramin_op *op, struct pramin_survey *seats,
			uint64_t *now);

/* The position is lost for everybody: the device was reset. 0, or -ETIMEDOUT */
int pramin_share_forget(struct pramin_op *op);

/*
 * From a signal handler, and the end of the handle: write the saved value back,
 * unless others have the GPU open, or other threads hold it. The environment
 * sees to it that nobody joins, and no other thread has a call under way. Takes
 * no lock. 0, or the backend's code.
 */
int pramin_share_restore(struct pramin_gpu *gpu);

/* No call of this handle comes in any more; those that wait fail. */
void pramin_share_revoke(struct pramin_op *op);

/* In and out, in a meeting: as pramin_enter() and pramin_leave() */
int pramin_share_enter(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		       uint64_t run, uint32_t cost);
int pramin_share_leave(struct pramin_op *op, int ret);

/* In by the room, whatever the gate says */
int pramin_share_ask(struct pramin_op *op, const struct pramin_want *want);

/*
 * Without leaving: pass on what the call has found out about the position, and
 * let in who may come in now. If the lock cannot be had, whoever has it next lets
 * them in.
 */
void pramin_share_tell(struct pramin_op *op);

/* Does its handle let nobody in any more? Any thread may have said so. */
static inline bool pramin_share_revoked(const struct pramin_gpu *gpu)
{
	return __atomic_load_n(&gpu->revoked, __ATOMIC_RELAXED);
}

/* Was the position lost since this hold began? */
bool pramin_share_lost(const struct pramin_op *op);

/* After pramin_op_init(): where its thread counts */
static inline void pramin_share_begin(struct pramin_op *op, uint32_t thread)
{
	op->stats = &op->gpu->seat->stripe[thread % PRAMIN_STRIPES].stats;
}

/* How many calls its stripe has under way; the environment's to count */
static inline uint64_t *pramin_share_calls(const struct pramin_op *op)
{
	return &((struct pramin_stripe *)op->stats)->calls;
}

static inline uint64_t pramin_gate_base(uint64_t gate)
{
	return (gate >> GATE_BASE_SHIFT) * PRAMIN_WINDOW_GRAIN;
}

static inline uint32_t pramin_gate_left(uint64_t gate)
{
	return (uint32_t)((gate & GATE_LEFT) >> GATE_LEFT_SHIFT);
}

/* In by the gate, if it is open and shows that; false: ask the room */
bool pramin_gate_enter(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		       uint32_t cost);

/* Where the window was put last; false: nowhere yet */
static inline bool pramin_last_base(const struct pramin_gpu *gpu,
				    uint64_t *base)
{
	const struct pramin_spot *spot;

	if (!gpu->meeting) {
		*base = gpu->base;
		return gpu->moved || gpu->config.shared;
	}
	spot = &gpu->meeting->spot;
	*base = __atomic_load_n(&spot->base, __ATOMIC_RELAXED);
	return __atomic_load_n(&spot->moved, __ATOMIC_RELAXED);
}

/* The same for the only user, who has nobody to wait for and does not leave */
static inline int pramin_enter_alone(struct pramin_op *op, uint64_t vram_pa,
				     uint64_t len, uint64_t run)
{
	int ret = pramin_place(op, vram_pa, len, run);

	op->base = op->gpu->base;
	op->aperture = op->gpu->aperture;
	return ret;
}

/**
 * pramin_enter() - make the window show @len bytes, and keep it there
 * @run:  @len or more: what to plan for if the window has to move
 * @cost: accesses before the next pramin_give_way(), at most PRAMIN_SLICE
 *
 * Range and GPU are checked by the caller. Ends with pramin_leave().
 *
 * Return: 0, -EBUSY (nested), -ETIMEDOUT, -ENODEV, -EIO.
 */
static inline int pramin_enter(struct pramin_op *op, uint64_t vram_pa,
			       uint64_t len, uint64_t run, uint32_t cost)
{
	int ret;

	pramin_rank_take(op, PRAMIN_RANK_WINDOW);
	if (op->gpu->meeting)
		ret = pramin_share_enter(op, vram_pa, len, run, cost);
	else
		ret = pramin_enter_alone(op, vram_pa, len, run);
	if (ret)
		pramin_rank_drop(op, PRAMIN_RANK_WINDOW);
	return ret;
}

/**
 * pramin_leave() - the end of what pramin_enter() began
 * @ret: how it went
 *
 * Return: @ret, or if that is 0: -ENODEV if the backend has noticed meanwhile that
 * the GPU is gone, -EIO if the position was lost
 */
static inline int pramin_leave(struct pramin_op *op, int ret)
{
	if (!ret)
		ret = pramin_gpu_noticed(op);
	pramin_rank_drop(op, PRAMIN_RANK_WINDOW);
	return op->inside ? pramin_share_leave(op, ret) : ret;
}

/* Does somebody wait? Then a call that has made a slice of accesses leaves. */
bool pramin_wanted(const struct pramin_op *op);

/**
 * pramin_give_way() - between two slices: let those in who wait
 * @vram_pa: what is still to be done here,
 * @len:     as in pramin_enter()
 *
 * Return: 0 and inside, or why not, and outside
 */
int pramin_give_way(struct pramin_op *op, uint64_t vram_pa, uint64_t len);

#endif /* PRAMIN_CORE_SHARE_H */
