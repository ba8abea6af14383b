/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a handle is made of, for the files of lib/.
 */
#ifndef PRAMIN_LIB_DEV_H
#define PRAMIN_LIB_DEV_H

#include <pramin/dev.h>

#include "../core/gpu.h"

struct pramin_dev {
	struct pramin_gpu gpu;
	uint64_t serial;	/* tells handles apart that had one address */
	uint64_t clock_at_open;	/* of the backend's simulated clock, in ns */
	void (*log)(void *ctx, enum pramin_log_level level, const char *line);
	void *log_ctx;
	char not_verified[160];
};

/*
 * The end of a call: keep the reason if it failed, and return @ret. Kept out of
 * line so that the way without failure stays short.
 */
int dev_failed(struct pramin_dev *dev, const struct pramin_cause *cause);

static inline int dev_return(struct pramin_dev *dev, int ret,
			     const struct pramin_op *op)
{
	return ret ? dev_failed(dev, &op->cause) : 0;
}

/* A refusal by lib itself, of an argument: -EINVAL, and why */
int dev_refused(struct pramin_dev *dev, const char *what);

#endif /* PRAMIN_LIB_DEV_H */
