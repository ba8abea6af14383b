// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Touching the aperture where it stands.
 *
 * Two ways lead there: a pointer, where the backend maps the aperture, and the
 * backend's read and write. Both use the same widths in the same order, so what
 * is counted on one holds for the other.
 */
#include "access.h"
#include "share.h"

/* The widest access that starts at @vram_pa and stays within @len */
static unsigned int widest(uint64_t vram_pa, uint64_t len)
{
	unsigned int width = 8;

	while (vram_pa & (width - 1) || width > len)
		width /= 2;
	return width;
}

/* Accesses of one run, by width, to be counted at its end */
struct tally {
	uint64_t n[4];
};

/* Count what a run has made, and pass on how it went. */
static int counted(struct pramin_op *op, const struct tally *tally, bool write,
		   int ret)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (!tally->n[i])
			continue;
		if (write)
			pramin_count(op, writes[i], tally->n[i]);
		else
			pramin_count(op, reads[i], tally->n[i]);
	}
	return ret;
}

/* Before each access of a run */
static inline int slice(struct pramin_op *op, uint64_t vram_pa, uint64_t len)
{
	int ret = 0;

	if (op->made == PRAMIN_SLICE)
		ret = pramin_give_way(op, vram_pa, len);
	op->made++;
	return ret;
}

int pramin_ap_read_run(struct pramin_op *op, uint64_t vram_pa, void *buf,
		       uint64_t len, bool *ones)
{
	struct tally tally = { { 0 } };
	unsigned char *to = buf;
	unsigned int width = 1;
	uint64_t val = 0;

	while (len) {
		int ret = slice(op, vram_pa, len);

		if (ret)
			return counted(op, &tally, false, ret);
		width = widest(vram_pa, len);
		tally.n[pramin_width_index(width)]++;
		ret = pramin_touch_read(op, vram_pa, width, &val);
		if (ret)
			return counted(op, &tally, false, ret);
		memcpy(to, &val, width);
		to += width;
		vram_pa += width;
		len -= width;
	}
	*ones = val == pramin_ones(width);
	return counted(op, &tally, false, 0);
}

int pramin_ap_write_run(struct pramin_op *op, uint64_t vram_pa, const void *buf,
			uint64_t len)
{
	struct tally tally = { { 0 } };
	const unsigned char *from = buf;

	while (len) {
		unsigned int width = widest(vram_pa, len);
		uint64_t val = 0;
		int ret = slice(op, vram_pa, len);

		if (ret)
			return counted(op, &tally, true, ret);
		memcpy(&val, from, width);
		tally.n[pramin_width_index(width)]++;
		ret = pramin_touch_write(op, vram_pa, width, val);
		if (ret)
			return counted(op, &tally, true, ret);
		from += width;
		vram_pa += width;
		len -= width;
	}
	return counted(op, &tally, true, 0);
}

int pramin_ap_flush(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint64_t val;
	int ret;

	pramin_count(op, flushes, 1);
	if (op->aperture) {
		val = pramin_load(op->aperture, 4);
	} else {
		ret = gpu->ops->read(gpu->io, NV_PRAMIN, 4, &val);
		if (ret)
			return pramin_gpu_failed(op, ret);
	}
	return pramin_gpu_there(op, val == pramin_ones(4));
}
