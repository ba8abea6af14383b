// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Making the accesses of a visit, in slices of at most 64.
 *
 * Between slices nothing is held: others may have the window meanwhile, and
 * writes that wait to be merged are made at the end of a slice. The last answer
 * counts for all, as in a bulk pass: reads are marked when a later read, or
 * PMC_BOOT_0 at the end of the stay, has shown that the GPU was there.
 */
#include "batch.h"
#include "access.h"
#include "share.h"
#include "window.h"

static struct pramin_access *entry(const struct batch_run *run, uint32_t place)
{
	return run->list + (run->seq ? run->seq[place] : place);
}

/* Mark the reads whose answers are known to be the GPU's. */
static void settle(struct batch_run *run)
{
	for (; run->settled < run->proved; run->settled++) {
		struct pramin_access *a = entry(run, run->settled);

		a->done |= a->kind == PRAMIN_ACCESS_READ;
	}
}

/* The widest aligned piece of @mask, a set of bytes of a word, at its start */
static unsigned int piece_width(unsigned int mask, unsigned int byte)
{
	unsigned int width = 8;

	while (byte % width ||
	       (mask >> byte & ((1u << width) - 1)) != (1u << width) - 1)
		width /= 2;
	return width;
}

/* Make the writes that wait, with as few accesses as they need. */
static int write_held(struct pramin_op *op, struct batch_run *run)
{
	unsigned int byte = 0;

	while (byte < 8) {
		unsigned int width;
		int ret;

		if (!(run->held_mask >> byte & 1)) {
			byte++;
			continue;
		}
		width = piece_width(run->held_mask, byte);
		ret = pramin_ap_write(op, run->held_pa + byte, width,
				      run->held_val >> 8 * byte);
		if (ret)
			return ret;
		byte += width;
	}
	run->held_mask = 0;
	for (; run->held_first < run->held_end; run->held_first++)
		entry(run, run->held_first)->done = true;
	return 0;
}

/* Let a write wait: with those that do already, or behind them. */
static int hold_write(struct pramin_op *op, struct batch_run *run,
		      uint32_t place)
{
	const struct pramin_access *a = entry(run, place);
	unsigned int byte = (unsigned int)(a->vram_pa % 8);
	unsigned int mask = ((1u << a->width) - 1) << byte;
	uint64_t val = (a->val & pramin_ones(a->width)) << 8 * byte;

	if (a->vram_pa - byte != run->held_pa || (run->held_mask & mask)) {
		int ret = write_held(op, run);

		if (ret)
			return ret;
		run->held_pa = a->vram_pa - byte;
	}
	if (!run->held_mask) {
		run->held_val = 0;
		run->held_first = place;
	}
	run->held_mask |= mask;
	run->held_val |= val;
	run->held_end = place + 1;
	return 0;
}

static int make(struct pramin_op *op, struct batch_run *run, uint32_t place)
{
	struct pramin_access *a = entry(run, place);
	int ret;

	if (a->kind == PRAMIN_ACCESS_WRITE && run->merge)
		return hold_write(op, run, place);
	ret = write_held(op, run);
	if (ret || a->kind == PRAMIN_ACCESS_BARRIER)
		return ret;
	if (a->kind == PRAMIN_ACCESS_WRITE) {
		ret = pramin_ap_write(op, a->vram_pa, a->width, a->val);
		a->done = !ret;
		return ret;
	}
	ret = pramin_ap_read(op, a->vram_pa, a->width, &a->val);
	if (ret)
		return ret;
	run->ones = a->val == pramin_ones(a->width);
	if (!run->ones)
		run->proved = place + 1;
	return 0;
}

/* At most PRAMIN_SLICE accesses where the window stands */
static int slice(struct pramin_op *op, struct batch_run *run, uint32_t first,
		 uint32_t end)
{
	uint32_t before = run->proved;
	uint32_t i;
	int ret = 0;

	for (i = first; i < end && !ret; i++)
		ret = make(op, run, i);
	if (!ret)
		ret = write_held(op, run);
	if (ret)
		return ret;
	ret = pramin_verify(op);
	/* Answers, but of which place? */
	if (ret)
		run->proved = before;
	return ret;
}

/* What a slice has done, if nobody knows where */
static void unmark(const struct batch_run *run, uint32_t first, uint32_t end)
{
	uint32_t i;

	for (i = first; i < end; i++)
		entry(run, i)->done = false;
}

int pramin_batch_visit(struct pramin_op *op, struct batch_run *run,
		       uint64_t base, uint32_t first, uint32_t end, bool leave)
{
	int ret = 0;

	while (!ret && first < end) {
		uint32_t left = end - first;
		uint32_t n = left < PRAMIN_SLICE ? left : PRAMIN_SLICE;
		uint32_t before = run->proved;

		/* The whole aperture: the plan's position, and no other */
		ret = pramin_enter(op, base, PRAMIN_APERTURE_SIZE,
				   PRAMIN_APERTURE_SIZE, PRAMIN_SLICE);
		if (ret)
			break;
		ret = pramin_leave(op, slice(op, run, first, first + n));
		if (ret && op->cause.reason == PRAMIN_REASON_LOST) {
			run->proved = before;
			unmark(run, first, first + n);
		}
		first += n;
	}
	if (!ret && leave)
		ret = pramin_gpu_there(op, run->ones);
	if (!ret && leave) {
		run->proved = end;
		run->ones = false;
	}
	settle(run);
	return ret;
}
