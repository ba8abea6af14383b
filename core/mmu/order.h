/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The order of locks, checked where PRAMIN_DEBUG is defined (the builds with
 * sanitizers): a call that takes one out of order stops the program there.
 *
 *	device -> address-space tree -> leaf table -> window
 *						   -> or: invalidate and bind
 *
 * A lock is taken while only locks to the left of it are held, and of one kind only
 * one at a time. The last two are never held together. The environment's lock of a
 * meeting is inside all of them, and held for no wait.
 */
#ifndef PRAMIN_CORE_MMU_ORDER_H
#define PRAMIN_CORE_MMU_ORDER_H

#include "../gpu.h"

enum pramin_rank {
	PRAMIN_RANK_DEVICE = 0, /* open, reset, revoke */
	PRAMIN_RANK_TREE,
	PRAMIN_RANK_LEAF,
	PRAMIN_RANK_WINDOW,
	PRAMIN_RANK_MMU, /* invalidate and bind */
};

#ifdef PRAMIN_DEBUG
/* May a call that holds @held, a bit for each rank, take that one? */
static inline bool pramin_rank_allowed(uint32_t held, enum pramin_rank rank)
{
	const uint32_t from = rank == PRAMIN_RANK_MMU ? PRAMIN_RANK_WINDOW :
							(uint32_t)rank;

	return !(held >> from);
}

static inline void pramin_rank_take(struct pramin_op *op, enum pramin_rank rank)
{
	if (!pramin_rank_allowed(op->ranks, rank))
		__builtin_trap();
	op->ranks |= 1u << rank;
}

static inline void pramin_rank_drop(struct pramin_op *op, enum pramin_rank rank)
{
	op->ranks &= ~(1u << rank);
}
#else
static inline void pramin_rank_take(struct pramin_op *op, enum pramin_rank rank)
{
	(void)op;
	(void)rank;
}
static inline void pramin_rank_drop(struct pramin_op *op, enum pramin_rank rank)
{
	(void)op;
	(void)rank;
}
#endif

#endif /* PRAMIN_CORE_MMU_ORDER_H */
