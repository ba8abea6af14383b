// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM through a handle: what core does, with the reason kept when it fails.
 */
#include <errno.h>

#include <pramin/pramin.h>

#include "bar1.h"
#include "dev.h"
#include "sys.h"
#include "why.h"
#include "../core/bulk.h"
#include "../core/scalar.h"

#define SCALAR(bits)                                                           \
	int pramin_read##bits(struct pramin_dev *dev, uint64_t vram_pa,        \
			      uint##bits##_t *val)                             \
	{                                                                      \
		struct pramin_op op;                                           \
		uint64_t wide;                                                 \
		int ret;                                                       \
                                                                               \
		if (!dev)                                                      \
			return -EINVAL;                                        \
		if (!val)                                                      \
			return dev_refused(dev, "val is NULL");                \
		ret = dev_begin(dev, &op);                                     \
		if (ret)                                                       \
			return ret;                                            \
		ret = pramin_scalar_read(&op, vram_pa, bits / 8, &wide);       \
		if (!ret)                                                      \
			*val = (uint##bits##_t)wide;                           \
		return dev_end(dev, ret, &op);                                 \
	}                                                                      \
	int pramin_write##bits(struct pramin_dev *dev, uint64_t vram_pa,       \
			       uint##bits##_t val)                             \
	{                                                                      \
		struct pramin_op op;                                           \
		int ret;                                                       \
                                                                               \
		if (!dev)                                                      \
			return -EINVAL;                                        \
		ret = dev_begin(dev, &op);                                     \
		if (ret)                                                       \
			return ret;                                            \
		ret = pramin_scalar_write(&op, vram_pa, bits / 8, val);        \
		return dev_end(dev, ret, &op);                                 \
	}

SCALAR(8)
SCALAR(16)
SCALAR(32)
SCALAR(64)

int pramin_flush(struct pramin_dev *dev)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_scalar_flush(&op), &op);
}

/*
 * How every bulk call begins. Without a struct of the caller's, @own takes its
 * place. NULL if something is wrong, which *@ret then says.
 */
static struct pramin_bulk *begin(struct pramin_dev *dev,
				 struct pramin_bulk *bulk,
				 struct pramin_bulk *own, bool buffers,
				 struct pramin_op *op, int *ret)
{
	*ret = -EINVAL;
	if (!dev)
		return NULL;
	if (!buffers) {
		dev_refused(dev, "a buffer or a result pointer is NULL");
		return NULL;
	}
	if (bulk && bulk->size != sizeof(*bulk)) {
		dev_refused(dev, "pramin_bulk.size is not "
				 "sizeof(struct pramin_bulk)");
		return NULL;
	}
	if (bulk && bar1_refuse(dev, bulk)) {
		dev_refused(dev, bar1_refuse(dev, bulk));
		return NULL;
	}
	*ret = dev_begin(dev, op);
	if (*ret)
		return NULL;
	if (bulk)
		return bulk;
	*own = (struct pramin_bulk){ .size = sizeof(*own) };
	return own;
}

int pramin_read(struct pramin_dev *dev, uint64_t vram_pa, void *buf,
		uint64_t len, struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	bool went;
	int ret;

	bulk = begin(dev, bulk, &own, buf || !len, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = bar1_bulk(&op, vram_pa, buf, NULL, len, bulk, &went);
	if (!went)
		ret = pramin_bulk_read(&op, vram_pa, buf, len, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}

int pramin_write(struct pramin_dev *dev, uint64_t vram_pa, const void *buf,
		 uint64_t len, struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	bool went;
	int ret;

	bulk = begin(dev, bulk, &own, buf || !len, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = bar1_bulk(&op, vram_pa, NULL, buf, len, bulk, &went);
	if (!went)
		ret = pramin_bulk_write(&op, vram_pa, buf, len, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}

int pramin_fill(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		const void *pattern, unsigned int pattern_len,
		struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	int ret;

	bulk = begin(dev, bulk, &own, pattern, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = pramin_bulk_fill(&op, vram_pa, len, pattern, pattern_len, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}

int pramin_compare(struct pramin_dev *dev, uint64_t vram_pa, const void *buf,
		   uint64_t len, uint64_t *same, struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	int ret;

	bulk = begin(dev, bulk, &own, (buf || !len) && same, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = pramin_bulk_compare(&op, vram_pa, buf, len, same, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}

int pramin_copy(struct pramin_dev *dev, uint64_t dst_pa, uint64_t src_pa,
		uint64_t len, struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	int ret;

	bulk = begin(dev, bulk, &own, true, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = pramin_bulk_copy(&op, dst_pa, src_pa, len, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}

int pramin_find(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		const void *pattern, uint64_t pattern_len, bool *found,
		uint64_t *at, struct pramin_bulk *bulk)
{
	const struct pramin_dev *outer;
	struct pramin_bulk own;
	struct pramin_op op;
	int ret;

	bulk = begin(dev, bulk, &own, pattern && found && at, &op, &ret);
	if (!bulk)
		return ret;
	outer = dev_callback_begin(dev);
	ret = pramin_bulk_find(&op, vram_pa, len, pattern, pattern_len, found,
			       at, bulk);
	dev_callback_end(outer);
	return dev_end(dev, ret, &op);
}
