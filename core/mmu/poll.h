/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Waiting for a register, with a limit.
 */
#ifndef PRAMIN_CORE_MMU_POLL_H
#define PRAMIN_CORE_MMU_POLL_H

#include "../gpu.h"

/* How long hardware may take; NVIDIA's driver and nouveau give up later or then. */
#define PRAMIN_MMU_LIMIT_NS 2000000000ull

/**
 * struct pramin_poll - what is waited for
 * @name:   of the register
 * @off:    BAR0
 * @mask:   what is looked at
 * @any:    done when one of these bits is set; else when none is
 * @ours:   bits besides @mask that were written, if @known
 * @known:  a value that holds just @ours is never an error value
 * @reason: if it does not get done
 */
struct pramin_poll {
	const char *name;
	uint32_t off;
	uint32_t mask;
	bool any;
	bool known;
	uint32_t ours;
	enum pramin_reason reason;
};

/**
 * pramin_mmu_poll() - read until it is done
 *
 * A read that the GPU answers with all ones or a PRI error is no state. Sleeps
 * between reads, but for the first ones.
 *
 * Return: 0, -ETIMEDOUT after %PRAMIN_MMU_LIMIT_NS, -EIO for an error value,
 * -ENODEV.
 */
int pramin_mmu_poll(struct pramin_op *op, const struct pramin_poll *poll);

/* A register that must not read an error value; 0, -EIO, -ENODEV */
int pramin_mmu_reg(struct pramin_op *op, const char *name, uint32_t off,
		   uint32_t *val);

#endif /* PRAMIN_CORE_MMU_POLL_H */
