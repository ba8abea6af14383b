// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Waiting for a register, with a limit.
 *
 * An invalidate takes microseconds, so the first reads follow each other: each is
 * a round trip of its own. Hardware that does not answer by then is asked less and
 * less often.
 */
#include "poll.h"
#include "../regs/pri.h"

#define READS_AT_ONCE 32u
#define PAUSE_MIN_NS  10000ull
#define PAUSE_MAX_NS  1000000ull

static bool is_error(uint32_t val)
{
	return val == PRAMIN_ALL_ONES ||
	       (val & GPU_READ_PRI_ERROR_MASK) == GPU_READ_PRI_ERROR_CODE;
}

static int failed(struct pramin_op *op, int err, enum pramin_reason reason,
		  const char *name, uint32_t off, uint32_t val)
{
	pramin_fail(op, err, reason, off, val, 0);
	op->cause.text = name;
	return err;
}

int pramin_mmu_reg(struct pramin_op *op, const char *name, uint32_t off,
		   uint32_t *val)
{
	int ret = pramin_reg_read_live(op, off, val);

	if (!ret && is_error(*val))
		ret = failed(op, -EIO, PRAMIN_REASON_REGISTER_ERROR, name, off,
			     *val);
	return ret;
}

/* Nobody else knows the word, so it wakes nobody before the time. */
static void pause_for(const struct pramin_gpu *gpu, uint64_t ns)
{
	const struct pramin_env_ops *ops = gpu->config.env_ops;
	uint32_t word = 0;

	ops->wait(gpu->config.env, &word, ops->now(gpu->config.env) + ns);
}

int pramin_mmu_poll(struct pramin_op *op, const struct pramin_poll *poll)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_env_ops *ops = gpu->config.env_ops;
	const uint64_t until = ops->now(gpu->config.env) + PRAMIN_MMU_LIMIT_NS;
	uint64_t ns = PAUSE_MIN_NS;
	unsigned int reads = 0;
	uint32_t val;

	for (;;) {
		/* Before the read: whoever was stopped in between looks again. */
		const bool late = ops->now(gpu->config.env) >= until;
		int ret = pramin_reg_read_live(op, poll->off, &val);

		if (ret)
			return ret;
		if (!(poll->known && (val & ~poll->mask) == poll->ours) &&
		    is_error(val))
			return failed(op, -EIO, PRAMIN_REASON_REGISTER_ERROR,
				      poll->name, poll->off, val);
		if (((val & poll->mask) != 0) == poll->any)
			return 0;
		if (late)
			return failed(op, -ETIMEDOUT, poll->reason, poll->name,
				      poll->off, val);
		if (++reads < READS_AT_ONCE)
			continue;
		pause_for(gpu, ns);
		if (ns < PAUSE_MAX_NS)
			ns *= 2;
	}
}
