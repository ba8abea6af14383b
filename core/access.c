// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Touching the aperture where it stands.
 *
 * Two ways lead there: a pointer, where the backend maps the aperture, and the
 * backend's read and write. Both use the same widths in the same order, so what
 * is counted on one holds for the other.
 */
#include "access.h"

/* The widest access that starts at @vram_pa and stays within @len */
static unsigned int widest(uint64_t vram_pa, uint64_t len)
{
	unsigned int width = 8;

	while (vram_pa & (width - 1) || width > len)
		width /= 2;
	return width;
}

int pramin_ap_read_run(struct pramin_op *op, uint64_t vram_pa, void *buf,
		       uint64_t len, bool *ones)
{
	unsigned char *to = buf;
	unsigned int width = 1;
	uint64_t val = 0;

	while (len) {
		int ret;

		width = widest(vram_pa, len);
		ret = pramin_ap_read(op, vram_pa, width, &val);
		if (ret)
			return ret;
		memcpy(to, &val, width);
		to += width;
		vram_pa += width;
		len -= width;
	}
	*ones = val == pramin_ones(width);
	return 0;
}

int pramin_ap_write_run(struct pramin_op *op, uint64_t vram_pa,
			const void *buf, uint64_t len)
{
	const unsigned char *from = buf;

	while (len) {
		unsigned int width = widest(vram_pa, len);
		uint64_t val = 0;
		int ret;

		memcpy(&val, from, width);
		ret = pramin_ap_write(op, vram_pa, width, val);
		if (ret)
			return ret;
		from += width;
		vram_pa += width;
		len -= width;
	}
	return 0;
}

int pramin_ap_flush(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint64_t val;
	int ret;

	gpu->stats.flushes++;
	if (gpu->aperture) {
		val = pramin_load(gpu->aperture, 4);
	} else {
		ret = gpu->ops->read(gpu->io, NV_PRAMIN, 4, &val);
		if (ret)
			return pramin_gpu_failed(op, ret);
	}
	return val == pramin_ones(4) ? pramin_gpu_alive(op) : 0;
}
