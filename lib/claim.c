// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Claims through a handle.
 */
#include <errno.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "sys.h"
#include "../core/mmu/claim.h"

_Static_assert(PRAMIN_CLAIMS_MAX == PRAMIN_CLAIMS, "one row for each claim");

int pramin_claim_vram(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_vram_claim(&op, vram_pa, len), &op);
}

int pramin_release_vram(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_vram_unclaim(&op, vram_pa, len), &op);
}

static int list_claims(struct pramin_op *op, struct pramin_claim *claims,
		       size_t room, size_t *count)
{
	const struct pramin_gpu *gpu = op->gpu;
	struct pramin_claim_row *rows;
	uint32_t n = 0, i;
	int ret;

	/* Nothing is copied to the caller under the lock. */
	rows = sys_alloc(PRAMIN_CLAIMS * sizeof(*rows));
	if (!rows)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, 0, 0,
				   0);
	ret = pramin_claim_list(op, rows, &n);
	for (i = 0; !ret && i < n && i < room; i++)
		claims[i] = (struct pramin_claim){
			.kind = (enum pramin_claim_kind)rows[i].kind,
			.first = rows[i].first,
			.last = rows[i].last,
			.pid = rows[i].pid,
			.self = rows[i].seat == gpu->seat_no,
		};
	sys_free(rows);
	*count = ret ? 0 : i;
	return ret;
}

int pramin_claims(struct pramin_dev *dev, struct pramin_claim *claims,
		  size_t room, size_t *count)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!count || (!claims && room))
		return dev_refused(dev, "claims or count is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, list_claims(&op, claims, room, count), &op);
}
