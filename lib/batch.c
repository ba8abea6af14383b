// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Batches, through a handle.
 */
#include <errno.h>

#include <pramin/batch.h>

#include "dev.h"
#include "../core/batch.h"

int pramin_batch(struct pramin_dev *dev, struct pramin_access *list,
		 size_t count, struct pramin_batch *batch)
{
	struct pramin_batch own = { .size = sizeof(own) };
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!list && count)
		return dev_refused(dev, "list is NULL");
	if (!batch)
		batch = &own;
	if (batch->size != sizeof(*batch))
		return dev_refused(dev, "pramin_batch.size is not "
					"sizeof(struct pramin_batch)");
	if (batch->flags & ~(PRAMIN_BATCH_MERGE | PRAMIN_BATCH_FLUSH))
		return dev_refused(dev, "pramin_batch.flags has unknown bits");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_batch_run(&op, list, count, batch), &op);
}
