// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Whose a BAR is, and why it cannot be had. All of that is found out before
 * anything is written: a BAR that shows somebody's picture, or a driver's tables, is
 * left as it is.
 */
#include "bar_block.h"
#include "../share_lock.h"

static int get_info(struct pramin_op *op, unsigned int bar,
		    struct pramin_bar_info *info)
{
	struct pramin_gpu *gpu = op->gpu;
	int ret;

	*info = (struct pramin_bar_info){ .bytes = 0 };
	if (!gpu->ops->bar_info)
		return 0;
	ret = gpu->ops->bar_info(gpu->io, bar, info);
	return ret ? pramin_gpu_failed(op, ret) : 0;
}

/* By what the system says: 0, or why not */
static int check_info(struct pramin_op *op, unsigned int bar,
		      const struct pramin_bar_info *info, uint64_t need)
{
	const char *by = info->claimed_by;
	int ret;

	if (!info->bytes) {
		ret = pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_BAR_ABSENT,
				  bar, 0, 0);
		op->cause.text = op->gpu->ops->name;
		return ret;
	}
	if (need > pramin_bar_limit(bar, info->bytes))
		return pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_BAR_SMALL,
				   bar, info->bytes, need);
	/* The console scans out by BAR1. */
	if (!by && info->boot_vga && bar == 1)
		by = "the firmware's console (boot_vga)";
	if (!by)
		return 0;
	ret = pramin_fail(op, -EBUSY, PRAMIN_REASON_BAR_CONSOLE, bar, 0, 0);
	op->cause.text = by;
	return ret;
}

/*
 * Its last owner has died, or could not put back what was there. If the register has
 * been written since, or the device was reset, that does not count any more.
 */
static int repair(struct pramin_op *op, unsigned int bar)
{
	struct pramin_bar_note *note = pramin_bar_note(op->gpu, bar);
	const struct pramin_block_desc *block =
		&op->gpu->chip->family->bar->block[bar - 1];
	struct pramin_bar_state state;
	uint32_t low;
	int ret;

	if (!__atomic_load_n(&note->bound, __ATOMIC_ACQUIRE))
		return 0;
	ret = pramin_bar_state(op, bar, &state);
	if (ret)
		return ret;
	low = state.low;
	if (block->status == block->off)
		low &= ~(block->pending | block->outstanding);
	if (low == note->now_low)
		return pramin_bar_put_back(op, bar);
	__atomic_store_n(&note->bound, 0, __ATOMIC_RELEASE);
	return 0;
}

/* Page tables of somebody, or a pointer to nowhere that is left from a test? */
static bool is_in_use(const struct pramin_gpu *gpu,
		      const struct pramin_bar_state *state)
{
	return state->is_virtual && (state->target != PRAMIN_TARGET_VRAM ||
				     state->inst < gpu->vram_size);
}

static int check_state(struct pramin_op *op, unsigned int bar)
{
	struct pramin_bar_state state;
	int ret = pramin_bar_state(op, bar, &state);

	if (ret || !is_in_use(op->gpu, &state))
		return ret;
	return pramin_fail(op, -EBUSY, PRAMIN_REASON_BAR_IN_USE, bar, state.low,
			   state.inst);
}

int pramin_bar_take(struct pramin_op *op, unsigned int bar, uint64_t need,
		    uint64_t *bytes)
{
	struct pramin_bar_info info;
	struct pramin_cause cause;
	int ret = pramin_bar_check(op);

	if (!ret)
		ret = get_info(op, bar, &info);
	if (!ret)
		ret = check_info(op, bar, &info, need);
	/* Before the registers: they may show what its owner has bound. */
	if (!ret)
		ret = pramin_claim(op, pramin_bar_kind(bar), 0, UINT64_MAX);
	if (ret)
		return ret;
	ret = repair(op, bar);
	if (!ret)
		ret = check_state(op, bar);
	if (!ret) {
		if (bytes)
			*bytes = pramin_bar_limit(bar, info.bytes);
		return 0;
	}
	cause = op->cause;
	pramin_claim_drop(op, pramin_bar_kind(bar), 0, UINT64_MAX);
	op->cause = cause;
	return ret;
}

int pramin_bar_give(struct pramin_op *op, unsigned int bar)
{
	struct pramin_cause cause;
	int ret = pramin_bar_unbind(op, bar);
	int err;

	cause = op->cause;
	err = pramin_claim_drop(op, pramin_bar_kind(bar), 0, UINT64_MAX);
	if (!ret)
		return err;
	op->cause = cause;
	return ret;
}

int pramin_bar_give_all(struct pramin_op *op)
{
	struct pramin_cause cause;
	unsigned int bar;
	int first = 0;

	for (bar = 1; bar <= 2; bar++) {
		int ret = pramin_claim_check(op, pramin_bar_kind(bar), 0);

		if (ret != -ENOENT)
			ret = pramin_bar_give(op, bar);
		else
			ret = 0;
		if (!ret || first)
			continue;
		first = ret;
		cause = op->cause;
	}
	if (first)
		op->cause = cause;
	return first;
}

/* Whose is it? 0: nobody's */
static int find_owner(struct pramin_op *op, unsigned int bar, uint32_t *pid)
{
	const struct pramin_gpu *gpu = op->gpu;
	uint32_t i;
	int ret = gpu->meeting ? pramin_share_lock(op) : 0;

	*pid = 0;
	if (ret)
		return ret;
	for (i = 0; i < PRAMIN_CLAIMS; i++)
		if (gpu->mmu->claim[i].kind == (uint32_t)pramin_bar_kind(bar))
			*pid = gpu->mmu->claim[i].pid;
	if (gpu->meeting)
		pramin_share_unlock(op->gpu);
	return 0;
}

int pramin_bar_status(struct pramin_op *op, unsigned int bar,
		      struct pramin_bar_status *status)
{
	struct pramin_bar_status s;
	int ret = pramin_bar_state(op, bar, &s.state);

	if (!ret)
		ret = get_info(op, bar, &s.info);
	if (!ret)
		ret = find_owner(op, bar, &s.pid);
	if (ret)
		return ret;
	s.bound = __atomic_load_n(&pramin_bar_note(op->gpu, bar)->bound,
				  __ATOMIC_ACQUIRE) != 0;
	*status = s;
	return 0;
}
