/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What BAR1 and BAR2 show, and making them show page tables of ours.
 *
 *	take -> bind or physical, any number of times -> give
 *
 * A BAR belongs to one handle of all processes at a time. What it showed before is
 * kept where the handles meet, and written back by give(), or by the next take()
 * if its owner has died.
 */
#ifndef PRAMIN_CORE_MMU_BAR_H
#define PRAMIN_CORE_MMU_BAR_H

#include "../gpu.h"

/**
 * struct pramin_bar_state - a BAR's block register, decoded
 * @low, @high: raw; @high is 0 where there is none
 * @is_virtual: by page tables; else VRAM from 0 on
 * @target:   where the instance block is
 * @inst:     its address
 * @pending, @outstanding: a bind is under way
 */
struct pramin_bar_state {
	uint32_t low;
	uint32_t high;
	bool is_virtual;
	enum pramin_target target;
	uint64_t inst;
	bool pending;
	bool outstanding;
};

/**
 * struct pramin_bar_status - all that can be said of a BAR without touching it
 * @state:  of its registers
 * @info:   the system's word
 * @pid:    of the handle that has taken it; 0: nobody
 * @bound:  it shows what a handle has bound, not what was found
 */
struct pramin_bar_status {
	struct pramin_bar_state state;
	struct pramin_bar_info info;
	uint32_t pid;
	bool bound;
};

/* @bar is 1 or 2 in all of these, and checked by the caller. */

/* Read the registers. 0, -EOPNOTSUPP before GF100, -EIO for an error value, -ENODEV */
int pramin_bar_state(struct pramin_op *op, unsigned int bar,
		     struct pramin_bar_state *state);

/* The same, and the rest; a BAR that is absent has no bytes. -ETIMEDOUT too */
int pramin_bar_status(struct pramin_op *op, unsigned int bar,
		      struct pramin_bar_status *status);

/*
 * Bytes of a BAR that may be mapped: the host reads ahead of an access to BAR1, so
 * its last page stays unmapped (regs/bar.h).
 */
static inline uint64_t pramin_bar_limit(unsigned int bar, uint64_t bytes)
{
	const uint64_t over = bar == 1 ? 4096 : 0;

	return bytes > over ? bytes - over : 0;
}

/**
 * pramin_bar_take() - have a BAR for this handle alone
 * @need:  bytes of it that have to be usable
 * @bytes: result, may be NULL: how many are, pramin_bar_limit()
 *
 * Nothing is written unless a dead owner left it bound: then what it showed before
 * is put back first.
 *
 * Return: 0; -EOPNOTSUPP before GF100, if there is no such BAR, or a smaller one;
 * -EBUSY if another handle has it, if the firmware's console or a driver uses it,
 * or if it shows page tables of somebody else; -EIO, -ENODEV, -ETIMEDOUT.
 */
int pramin_bar_take(struct pramin_op *op, unsigned int bar, uint64_t need,
		    uint64_t *bytes);

/**
 * pramin_bar_bind() - show the page tables of an instance block
 * @inst: VRAM address of it; it and the tables have been written
 *
 * Flushes, binds, waits. Meanwhile, and if it fails, nobody may touch the BAR.
 *
 * Return: 0; -ENOENT if the BAR was not taken, -EINVAL, -ERANGE before anything is
 * touched; -ETIMEDOUT if another process or the hardware does not get done, -EIO if
 * the register reads an error value, or not what was written; -ENODEV.
 */
int pramin_bar_bind(struct pramin_op *op, unsigned int bar, uint64_t inst);

/* Show VRAM from address 0 on. Returns as pramin_bar_bind() */
int pramin_bar_physical(struct pramin_op *op, unsigned int bar);

/* Show again what was found at first; it stays taken. Returns as above */
int pramin_bar_unbind(struct pramin_op *op, unsigned int bar);

/*
 * Unbind, and give it to others. If the unbind fails it is given all the same, and
 * the next one to take it tries again. Returns as above
 */
int pramin_bar_give(struct pramin_op *op, unsigned int bar);

/* Before a handle ends: give what it has taken. 0, or the first failure */
int pramin_bar_give_all(struct pramin_op *op);

#endif /* PRAMIN_CORE_MMU_BAR_H */
