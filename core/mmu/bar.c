// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Binding a BAR, as open-gpu-kernel-modules does it (kernel/gpu/bus/arch:
 * maxwell/kern_bus_gm107.c, turing/kern_bus_tu102.c, hopper/kern_bus_gh100.c):
 *
 *	write instance block and tables, flush
 *	wait until no bind is under way
 *	write the block: the low half first, the high half begins it
 *	wait until none is under way; only then touch the BAR
 */
#include "bar_block.h"
#include "flush.h"
#include "lock.h"
#include "poll.h"
#include "../regs/bar.h"
#include "../window.h"

/* A value of the block register, in its two halves */
struct block_value {
	uint32_t low;
	uint32_t high;
};

static const struct pramin_block_desc *block_of(const struct pramin_gpu *gpu,
						unsigned int bar)
{
	return &gpu->chip->family->bar->block[bar - 1];
}

int pramin_bar_check(struct pramin_op *op)
{
	const struct pramin_chip *chip = op->gpu->chip;
	int ret = pramin_gpu_check(op);

	if (ret || chip->family->bar)
		return ret;
	pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_NO_MMU, 0, 0, 0);
	op->cause.text = chip->name;
	return -EOPNOTSUPP;
}

/* The address in a value, whatever half its bits are in */
static uint64_t inst_of(const struct pramin_bar_desc *desc,
			const struct pramin_block_desc *block,
			const struct block_value *val)
{
	uint64_t inst = (uint64_t)FLD_GET(desc->ptr, val->low)
			<< desc->ptr_shift;

	return inst | (uint64_t)(val->high & block->high_ptr) << 32;
}

static struct block_value value_of(const struct pramin_bar_desc *desc,
				   const struct pramin_block_desc *block,
				   bool is_virtual, uint64_t inst)
{
	const uint32_t mode = is_virtual ? NV_PBUS_BAR1_BLOCK_MODE_VIRTUAL :
					   NV_PBUS_BAR1_BLOCK_MODE_PHYSICAL;

	/* TARGET_VID_MEM is 0. */
	return (struct block_value){
		.low = FLD_PREP(desc->ptr,
				(uint32_t)(inst >> desc->ptr_shift)) |
		       FLD_PREP(desc->mode, mode) | block->always,
		.high = (uint32_t)(inst >> 32) & block->high_ptr,
	};
}

/* The bits of the low half that a bind under way changes */
static uint32_t busy_bits(const struct pramin_block_desc *block)
{
	return block->status == block->off ?
		       block->pending | block->outstanding :
		       0;
}

/* The address of an instance block may look like an error value: ours does not. */
static int read_block(struct pramin_op *op, unsigned int bar,
		      struct block_value *val)
{
	const struct pramin_block_desc *b = block_of(op->gpu, bar);
	const struct pramin_bar_note *note = pramin_bar_note(op->gpu, bar);
	int ret = pramin_mmu_reg(op, b->name, b->off, &val->low);

	if (ret == -EIO && __atomic_load_n(&note->bound, __ATOMIC_ACQUIRE) &&
	    (val->low & ~busy_bits(b)) == note->now_low)
		ret = 0;
	val->high = 0;
	/* Any value of it may be an address. */
	if (!ret && b->high)
		ret = pramin_reg_read_live(op, b->high, &val->high);
	return ret;
}

int pramin_bar_state(struct pramin_op *op, unsigned int bar,
		     struct pramin_bar_state *state)
{
	const struct pramin_block_desc *block;
	const struct pramin_bar_desc *desc;
	struct block_value val;
	uint32_t status;
	int ret = pramin_bar_check(op);

	if (ret)
		return ret;
	desc = op->gpu->chip->family->bar;
	block = block_of(op->gpu, bar);
	ret = read_block(op, bar, &val);
	status = val.low;
	if (!ret && block->status != block->off)
		ret = pramin_mmu_reg(op, "NV_PBUS_BIND_STATUS", block->status,
				     &status);
	if (ret)
		return ret;
	*state = (struct pramin_bar_state){
		.low = val.low,
		.high = val.high,
		.is_virtual = FLD_GET(desc->mode, val.low) != 0,
		.target = (enum pramin_target)FLD_GET(desc->target, val.low),
		.inst = inst_of(desc, block, &val),
		.pending = (status & block->pending) != 0,
		.outstanding = (status & block->outstanding) != 0,
	};
	return 0;
}

static int wait_until_bound(struct pramin_op *op,
			    const struct pramin_block_desc *block,
			    uint32_t written)
{
	const bool same = block->status == block->off;
	const struct pramin_poll poll = {
		.name = same ? block->name : "NV_PBUS_BIND_STATUS",
		.off = block->status,
		.mask = block->pending | block->outstanding,
		/* The low bits of an address may look like an error. */
		.known = same,
		.ours = written,
		.reason = PRAMIN_REASON_BIND_STUCK,
	};

	return pramin_mmu_poll(op, &poll);
}

/* Does the register hold what was written? Its busy bits aside */
static int prove(struct pramin_op *op, const struct pramin_block_desc *block,
		 const struct block_value *want)
{
	uint32_t got;
	int ret = pramin_reg_read_live(op, block->off, &got);

	if (ret)
		return ret;
	got &= ~busy_bits(block);
	if (got == want->low)
		return 0;
	pramin_fail(op, -EIO, PRAMIN_REASON_NOT_BOUND, block->off, got,
		    want->low);
	op->cause.text = block->name;
	return -EIO;
}

/* Keep what was found, the first time, and say what it is now. */
static void note_down(struct pramin_bar_note *note,
		      const struct block_value *found,
		      const struct block_value *val)
{
	note->now_low = val->low;
	note->now_high = val->high;
	if (note->bound)
		return;
	note->low = found->low;
	note->high = found->high;
	/* Last, and before the register is written */
	__atomic_store_n(&note->bound, 1, __ATOMIC_RELEASE);
}

/* With the lock held: wait, write, wait. */
static int write_block(struct pramin_op *op, unsigned int bar,
		       const struct block_value *val, bool restore)
{
	const struct pramin_block_desc *block = block_of(op->gpu, bar);
	struct pramin_bar_note *note = pramin_bar_note(op->gpu, bar);
	struct block_value found;
	int ret = read_block(op, bar, &found);

	if (ret)
		return ret;
	found.low &= ~busy_bits(block);
	ret = wait_until_bound(op, block, found.low);
	if (ret)
		return ret;
	if (!restore)
		note_down(note, &found, val);
	ret = pramin_reg_write(op, block->off, val->low);
	if (!ret && block->high)
		ret = pramin_reg_write(op, block->high, val->high);
	if (ret)
		return ret;
	pramin_store_barrier();
	__atomic_fetch_add(&op->gpu->mmu->binds, 1, __ATOMIC_RELAXED);
	ret = wait_until_bound(op, block, val->low);
	if (!ret)
		ret = prove(op, block, val);
	if (!ret && restore)
		__atomic_store_n(&note->bound, 0, __ATOMIC_RELEASE);
	return ret;
}

static int change(struct pramin_op *op, unsigned int bar,
		  const struct block_value *val, bool restore)
{
	struct pramin_mmu_hold hold;
	int ret = pramin_mmu_take(op, &hold);

	if (ret)
		return ret;
	ret = write_block(op, bar, val, restore);
	pramin_mmu_drop(op, &hold);
	return ret;
}

int pramin_bar_put_back(struct pramin_op *op, unsigned int bar)
{
	const struct pramin_bar_note *note = pramin_bar_note(op->gpu, bar);
	const struct block_value found = {
		.low = note->low,
		.high = note->high,
	};

	if (!__atomic_load_n(&note->bound, __ATOMIC_ACQUIRE))
		return 0;
	return change(op, bar, &found, true);
}

/* Show that, if the BAR is this handle's. */
static int show(struct pramin_op *op, unsigned int bar, bool is_virtual,
		uint64_t inst)
{
	const struct pramin_bar_desc *desc = op->gpu->chip->family->bar;
	const struct block_value val =
		value_of(desc, block_of(op->gpu, bar), is_virtual, inst);
	int ret = pramin_claim_check(op, pramin_bar_kind(bar), 0);

	if (!ret && is_virtual)
		ret = pramin_mmu_flush(op);
	return ret ? ret : change(op, bar, &val, false);
}

int pramin_bar_bind(struct pramin_op *op, unsigned int bar, uint64_t inst)
{
	int ret = pramin_bar_check(op);

	if (ret)
		return ret;
	if (inst % PRAMIN_INST_SIZE) {
		pramin_fail(op, -EINVAL, PRAMIN_REASON_TABLE_MISALIGNED, inst,
			    PRAMIN_INST_SIZE, 0);
		op->cause.text = "an instance block";
		return -EINVAL;
	}
	ret = pramin_range_check(op, inst, PRAMIN_INST_SIZE);
	return ret ? ret : show(op, bar, true, inst);
}

int pramin_bar_physical(struct pramin_op *op, unsigned int bar)
{
	int ret = pramin_bar_check(op);

	return ret ? ret : show(op, bar, false, 0);
}

int pramin_bar_unbind(struct pramin_op *op, unsigned int bar)
{
	int ret = pramin_bar_check(op);

	if (!ret)
		ret = pramin_claim_check(op, pramin_bar_kind(bar), 0);
	return ret ? ret : pramin_bar_put_back(op, bar);
}
