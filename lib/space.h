/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Pools, address spaces and the BAR1 of a handle.
 *
 * One of them that was destroyed stays behind as a name: so its later use is
 * refused, and not a matter of luck. What it had is freed at once; the name goes
 * with the handle of the GPU.
 */
#ifndef PRAMIN_LIB_SPACE_H
#define PRAMIN_LIB_SPACE_H

#include <pramin/space.h>

#include "dev.h"
#include "../core/mmu/vas.h"

enum named_kind {
	NAMED_POOL,
	NAMED_SPACE,
	NAMED_BAR1,
};

/**
 * struct named - what they have in common
 * @next:  of the handle
 * @users: calls under way; atomic
 * @dead:  it was destroyed; atomic
 */
struct named {
	struct pramin_dev *dev;
	struct named *next;
	uint32_t users;
	uint32_t dead;
	enum named_kind kind;
	struct sys_lock lock;
};

/* A range that was given to a pool */
struct given {
	struct given *next;
	uint64_t vram_pa;
	uint64_t len;
};

struct pramin_pool {
	struct named named;
	struct pramin_heap heap;
	struct given *given;
	uint32_t spaces; /* under the named lock */
};

/*
 * @vas.changes are the changes of the public header; @of_bar: it ends with the BAR that
 * shows it.
 */
struct pramin_space {
	struct named named;
	struct pramin_pool *pool;
	bool of_bar;
	struct pramin_vas vas;
};

/* Into a call; ends with named_end(). 0, or refused */
int named_begin(struct named *named, struct pramin_op *op);
int named_end(struct named *named, int ret, struct pramin_op *op);
/* The same, for an argument that is no good: -EINVAL, and why */
int named_refuse(struct named *named, struct pramin_op *op, const char *what);

/* No call comes in any more, and none is under way. -EINVAL if it was dead. */
int named_kill(struct named *named, struct pramin_op *op);
/* Until no call is under way but @own of the caller's */
void named_drain(const struct named *named, uint32_t own);
void named_revive(struct named *named);

/* A new one of @size bytes, with its lock; or NULL and why not */
void *named_new(struct pramin_dev *dev, struct pramin_op *op, size_t size,
		enum named_kind kind);
/* It is of its handle from now on. */
void named_add(struct named *named);

/* A space, as pramin_space_create() makes it. 0, or refused */
int space_make(struct pramin_dev *dev, struct pramin_op *op,
	       const struct pramin_space_params *params,
	       struct pramin_space **space);

/* A batch, as pramin_space_map() makes it, in a call that is under way */
int space_change(struct pramin_op *op, struct pramin_space *space,
		 struct pramin_map_op *ops, size_t count,
		 struct pramin_map_result *result);

/* -EBUSY while changes are prepared; no call on @space is under way */
int space_settled(struct pramin_op *op, const struct pramin_space *space);

/*
 * The end of a space that was killed and is settled. With @stale the GPU may still know
 * its tables: they stay as they are, and their VRAM is lost to the pool.
 */
int space_over(struct pramin_op *op, struct pramin_space *space, bool stale);

/* Free host memory; the tables stay in VRAM as they are */
void space_forget(struct pramin_op *op, struct pramin_space *space);

/* Before a handle ends: what was stored through its BAR1 is in VRAM. */
void bar1_flush_all(struct pramin_dev *dev, struct pramin_op *op);

/* Of a handle that is closed: all goes, but what is in VRAM */
void space_forget_all(struct pramin_dev *dev);

extern const struct pramin_mutex_ops space_mutex_ops;

#endif /* PRAMIN_LIB_SPACE_H */
