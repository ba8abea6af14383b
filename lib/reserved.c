// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reserved VRAM, through a handle.
 */
#include <errno.h>
#include <string.h>

#include "dev.h"
#include "../core/reserved.h"

int pramin_reserved(struct pramin_dev *dev, struct pramin_reserved *list,
		    size_t room, size_t *count)
{
	struct pramin_reserved all[PRAMIN_RESERVED_MAX];
	unsigned int n = 0;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!count || (!list && room))
		return dev_refused(dev, "list or count is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	ret = pramin_gpu_check(&op);
	if (!ret)
		ret = pramin_reserved_list(&op, all, &n, NULL);
	if (!ret) {
		*count = n < room ? n : room;
		if (*count)
			memcpy(list, all, *count * sizeof(*list));
	}
	return dev_end(dev, ret, &op);
}

const char *pramin_reserved_name(enum pramin_reserved_kind kind)
{
	return pramin_reserved_text(kind);
}
