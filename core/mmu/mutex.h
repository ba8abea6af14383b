/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A lock that may sleep, from the environment. One lies in each address space
 * (its tree) and one in each heap of tables; the order is tree, then heap, and a
 * heap's is never held across an access to the GPU.
 */
#ifndef PRAMIN_CORE_MMU_MUTEX_H
#define PRAMIN_CORE_MMU_MUTEX_H

#include "../env.h"

struct pramin_mutex_ops {
	void (*take)(void *ctx);
	void (*drop)(void *ctx);
};

/** struct pramin_mutex - @ops NULL: one thread, no lock */
struct pramin_mutex {
	const struct pramin_mutex_ops *ops;
	void *ctx;
};

void pramin_mutex_take(const struct pramin_mutex *mutex);
void pramin_mutex_drop(const struct pramin_mutex *mutex);

#endif /* PRAMIN_CORE_MMU_MUTEX_H */
