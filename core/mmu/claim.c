// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Claims: a table of ranges. Its kind is what makes a row a claim; it is written
 * last, and dropped first.
 */
#include "claim.h"
#include "../share_lock.h"
#include "../window.h"

static const char *const kind_names[] = { "", "VRAM", "BAR1", "BAR2" };

/* The only user has no lock, and nobody to keep out. */
static int lock(struct pramin_op *op)
{
	return op->gpu->meeting ? pramin_share_lock(op) : 0;
}

static void unlock(struct pramin_op *op)
{
	if (op->gpu->meeting)
		pramin_share_unlock(op->gpu);
}

static uint32_t kind_of(const struct pramin_claim_row *row)
{
	return __atomic_load_n(&row->kind, __ATOMIC_ACQUIRE);
}

static void end(struct pramin_claim_row *row)
{
	__atomic_store_n(&row->kind, PRAMIN_CLAIM_NONE, __ATOMIC_RELEASE);
}

/* A claim that is in the way, or NULL; and a free row, or NULL */
static struct pramin_claim_row *in_the_way(struct pramin_gpu *gpu,
					   enum pramin_claim_kind kind,
					   uint64_t first, uint64_t last,
					   struct pramin_claim_row **free_row)
{
	uint32_t i;

	*free_row = NULL;
	for (i = 0; i < PRAMIN_CLAIMS; i++) {
		struct pramin_claim_row *row = &gpu->mmu->claim[i];
		uint32_t is = kind_of(row);

		if (is == kind && row->first <= last && first <= row->last)
			return row;
		if (is == PRAMIN_CLAIM_NONE)
			*free_row = row;
	}
	return NULL;
}

static int try_claim(struct pramin_op *op, enum pramin_claim_kind kind,
		     uint64_t first, uint64_t last)
{
	struct pramin_gpu *gpu = op->gpu;
	struct pramin_claim_row *row;
	const struct pramin_claim_row *other =
		in_the_way(gpu, kind, first, last, &row);
	int ret;

	if (other) {
		ret = pramin_fail(op, -EBUSY, PRAMIN_REASON_CLAIMED,
				  other->first, other->last, other->pid);
		op->cause.text = kind_names[kind];
		return ret;
	}
	if (!row)
		return pramin_fail(op, -EBUSY, PRAMIN_REASON_CLAIMS_FULL,
				   PRAMIN_CLAIMS, 0, 0);
	row->first = first;
	row->last = last;
	row->seat = gpu->seat_no;
	row->pid = gpu->pid;
	__atomic_store_n(&row->kind, (uint32_t)kind, __ATOMIC_RELEASE);
	return 0;
}

static int claim_once(struct pramin_op *op, enum pramin_claim_kind kind,
		      uint64_t first, uint64_t last)
{
	int ret = lock(op);

	if (ret)
		return ret;
	ret = try_claim(op, kind, first, last);
	unlock(op);
	return ret;
}

int pramin_claim(struct pramin_op *op, enum pramin_claim_kind kind,
		 uint64_t first, uint64_t last)
{
	int ret = claim_once(op, kind, first, last);

	/* What is in the way may belong to somebody who has died since. */
	if (ret != -EBUSY || !op->gpu->meeting)
		return ret;
	pramin_share_reap_all(op, pramin_now(op->gpu) + PRAMIN_LOOK_NS);
	return claim_once(op, kind, first, last);
}

static struct pramin_claim_row *find_mine(const struct pramin_gpu *gpu,
					  enum pramin_claim_kind kind,
					  uint64_t first)
{
	uint32_t i;

	for (i = 0; i < PRAMIN_CLAIMS; i++) {
		struct pramin_claim_row *row = &gpu->mmu->claim[i];

		if (kind_of(row) == (uint32_t)kind && row->first == first &&
		    row->seat == gpu->seat_no)
			return row;
	}
	return NULL;
}

static int not_claimed(struct pramin_op *op, enum pramin_claim_kind kind,
		       uint64_t first, uint64_t last)
{
	pramin_fail(op, -ENOENT, PRAMIN_REASON_NOT_CLAIMED, first, last, 0);
	op->cause.text = kind_names[kind];
	return -ENOENT;
}

int pramin_claim_check(struct pramin_op *op, enum pramin_claim_kind kind,
		       uint64_t first)
{
	int ret = lock(op);

	if (ret)
		return ret;
	if (!find_mine(op->gpu, kind, first))
		ret = not_claimed(op, kind, first, first);
	unlock(op);
	return ret;
}

int pramin_claim_drop(struct pramin_op *op, enum pramin_claim_kind kind,
		      uint64_t first, uint64_t last)
{
	struct pramin_claim_row *row;
	int ret = lock(op);

	if (ret)
		return ret;
	row = find_mine(op->gpu, kind, first);
	if (row && row->last == last)
		end(row);
	else
		ret = not_claimed(op, kind, first, last);
	unlock(op);
	return ret;
}

/* All of VRAM can be claimed, also what the window does not reach. */
static int check_vram(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	const uint64_t size = op->gpu->vram_size;

	if (!len)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_CLAIM_EMPTY,
				   vram_pa, 0, 0);
	if (len - 1 > UINT64_MAX - vram_pa)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_OVERFLOW, vram_pa,
				   len, size);
	if (vram_pa >= size || len > size - vram_pa)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_VRAM_END, vram_pa,
				   len, size);
	return 0;
}

int pramin_vram_claim(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	int ret = check_vram(op, vram_pa, len);

	return ret ? ret :
		     pramin_claim(op, PRAMIN_CLAIM_VRAM, vram_pa,
				  vram_pa + len - 1);
}

int pramin_vram_unclaim(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	int ret = check_vram(op, vram_pa, len);

	return ret ? ret :
		     pramin_claim_drop(op, PRAMIN_CLAIM_VRAM, vram_pa,
				       vram_pa + len - 1);
}

int pramin_claim_list(struct pramin_op *op, struct pramin_claim_row *rows,
		      uint32_t *count)
{
	uint32_t i, n = 0;
	int ret = lock(op);

	if (ret)
		return ret;
	for (i = 0; i < PRAMIN_CLAIMS; i++)
		if (kind_of(&op->gpu->mmu->claim[i]))
			rows[n++] = op->gpu->mmu->claim[i];
	unlock(op);
	*count = n;
	return 0;
}

void pramin_claim_reap(struct pramin_gpu *gpu, uint32_t seat)
{
	uint32_t i;

	for (i = 0; i < PRAMIN_CLAIMS; i++) {
		struct pramin_claim_row *row = &gpu->mmu->claim[i];

		if (kind_of(row) && row->seat == seat)
			end(row);
	}
}
