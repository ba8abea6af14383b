// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Ranges of VRAM that are not for us: the workspace of the VBIOS at its end
 * (open-gpu-kernel-modules, kern_bus_gm107.c, kernel_gsp_tu102.c), and what firmware
 * has locked (regs/wpr.h).
 */
#include "reserved.h"
#include "regs/pri.h"
#include "regs/wpr.h"

#define WORKSPACE 0x00100000u

static bool is_error(uint32_t raw)
{
	return raw == PRAMIN_ALL_ONES ||
	       (raw & GPU_READ_PRI_ERROR_MASK) == GPU_READ_PRI_ERROR_CODE;
}

static uint64_t address(uint32_t raw)
{
	return (uint64_t)FLD_GET(NV_PFB_PRI_MMU_WPR_ADDR_VAL, raw)
	       << PRAMIN_WPR_SHIFT;
}

/* One region, if there is one; *@count grows. */
static int look(struct pramin_op *op, const struct pramin_wpr_desc *desc,
		enum pramin_reserved_kind kind, struct pramin_reserved *list,
		unsigned int *count, bool *unknown)
{
	const uint64_t size = op->gpu->vram_size;
	uint64_t first, end;
	uint32_t lo = 0, hi = 0;
	int ret = pramin_reg_read_live(op, desc->lo, &lo);

	if (!ret)
		ret = pramin_reg_read_live(op, desc->hi, &hi);
	if (ret)
		return ret;
	if (is_error(lo) || is_error(hi)) {
		if (unknown)
			*unknown = true;
		return 0;
	}
	first = address(lo);
	end = address(hi);
	if (end > size)
		end = size;
	if (first < end)
		list[(*count)++] =
			(struct pramin_reserved){ kind, first, end - 1 };
	return 0;
}

int pramin_reserved_list(struct pramin_op *op, struct pramin_reserved *list,
			 unsigned int *count, bool *unknown)
{
	const struct pramin_wpr_desc *wpr = op->gpu->chip->family->wpr;
	const uint64_t size = op->gpu->vram_size;
	unsigned int i;
	int ret = 0;

	*count = 1;
	list[0] = (struct pramin_reserved){
		.kind = PRAMIN_RESERVED_WORKSPACE,
		.first = size > WORKSPACE ? size - WORKSPACE : 0,
		.last = size - 1,
	};
	for (i = 0; wpr && i < 2 && !ret; i++)
		if (wpr[i].lo)
			ret = look(op, &wpr[i],
				   i ? PRAMIN_RESERVED_WPR2 :
				       PRAMIN_RESERVED_WPR1,
				   list, count, unknown);
	return ret;
}

const struct pramin_reserved *
pramin_reserved_hit(const struct pramin_reserved *list, unsigned int count,
		    uint64_t vram_pa, uint64_t len)
{
	unsigned int i;

	for (i = 0; len && i < count; i++)
		if (vram_pa <= list[i].last &&
		    (vram_pa >= list[i].first || list[i].first - vram_pa < len))
			return &list[i];
	return NULL;
}

const char *pramin_reserved_text(enum pramin_reserved_kind kind)
{
	switch (kind) {
	case PRAMIN_RESERVED_WORKSPACE:
		return "the last MiB, which the VBIOS uses";
	case PRAMIN_RESERVED_WPR1:
		return "region 1 that firmware has locked (WPR1)";
	case PRAMIN_RESERVED_WPR2:
		return "region 2 that firmware has locked (WPR2)";
	default:
		return "reserved";
	}
}
