/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a handle is made of, for the files of lib/.
 */
#ifndef PRAMIN_LIB_DEV_H
#define PRAMIN_LIB_DEV_H

#include <pramin/dev.h>

#include "meet.h"
#include "sys.h"
#include "../core/share.h"

/* Why a handle lets nobody in */
#define DEV_FORKED  1u /* this is a child's copy of it */
#define DEV_REVOKED 2u
#define DEV_CLOSED  4u /* to be freed by the last one out */

struct named;

struct pramin_dev {
	struct pramin_gpu gpu;
	struct meet meet;
	uint32_t barred;	 /* DEV_*, atomic */
	uint32_t views;		 /* open, atomic */
	struct pramin_dev *next; /* of those that fork() has to know */
	struct named *named;	 /* its pools and spaces, also former ones */
	uint64_t serial;	 /* tells handles apart that had one address */
	uint64_t clock_at_open;	 /* of the backend's simulated clock, in ns */
	void (*log)(void *ctx, enum pramin_log_level level, const char *line);
	void *log_ctx;
	char not_verified[200];
};

/* Is it barred for this reason? Any thread may have said so. */
static inline bool dev_is(const struct pramin_dev *dev, uint32_t flag)
{
	return __atomic_load_n(&dev->barred, __ATOMIC_RELAXED) & flag;
}

/* Keep the reason of a failure, and return its code. */
int dev_failed(struct pramin_dev *dev, const struct pramin_cause *cause);

/*
 * After the last access: @ret, or if that is 0 what the backend has to say of the
 * session as a whole.
 */
int dev_over(struct pramin_dev *dev, int ret, struct pramin_why *why);

/* The same, and tell the caller; @why may be NULL. */
int dev_failed_why(struct pramin_dev *dev, const struct pramin_cause *cause,
		   struct pramin_why *why);

/* It is no longer among those that fork() has to know. */
void dev_forget(struct pramin_dev *dev);

/* The handle lets nobody in: why not */
int dev_barred(struct pramin_dev *dev);

/* What the threads of a handle have counted, each in its place */
void dev_add_up(const struct pramin_seat *seat, struct pramin_stats *sum);

/* One view fewer; the last one of a closed handle frees it. */
void dev_view_over(struct pramin_dev *dev);

/*
 * Every call on a handle lies between dev_begin() and dev_end(). The calls under
 * way are counted, each thread in its own place, so that whoever closes the
 * handle knows when the last is out.
 */
static inline int dev_begin(struct pramin_dev *dev, struct pramin_op *op)
{
	int ret;

	pramin_op_init(op, &dev->gpu);
	if (__atomic_load_n(&dev->barred, __ATOMIC_RELAXED))
		return dev_barred(dev);
	if (!dev->gpu.meeting)
		return 0;
	pramin_share_begin(op, sys_thread());
	pramin_sim_point(NULL);
	__atomic_fetch_add(pramin_share_calls(op), 1, __ATOMIC_SEQ_CST);
	pramin_sim_point(NULL);
	/* Whoever bars it looks at the count afterwards. */
	if (!__atomic_load_n(&dev->barred, __ATOMIC_SEQ_CST))
		return 0;
	ret = dev_barred(dev);
	__atomic_fetch_sub(pramin_share_calls(op), 1, __ATOMIC_RELEASE);
	return ret;
}

/* Keep the reason if it failed, and return @ret. @dev may be gone afterwards. */
static inline int dev_end(struct pramin_dev *dev, int ret, struct pramin_op *op)
{
	/* In a child, forked in the call's callback, that is the reason. */
	if (ret && dev_is(dev, DEV_FORKED))
		ret = dev_barred(dev);
	else if (ret)
		dev_failed(dev, &op->cause);
	if (dev->gpu.meeting) {
		pramin_sim_point(NULL);
		__atomic_fetch_sub(pramin_share_calls(op), 1, __ATOMIC_RELEASE);
	}
	return ret;
}

/*
 * Around calls with a callback: pramin_close() in it would wait for itself.
 * Returns what dev_callback_end() takes.
 */
const struct pramin_dev *dev_callback_begin(const struct pramin_dev *dev);
void dev_callback_end(const struct pramin_dev *outer);

/* A line for the log, if the user wants one */
void dev_say(const struct pramin_dev *dev, enum pramin_log_level level,
	     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A refusal by lib itself, of an argument: -EINVAL, and why */
int dev_refused(struct pramin_dev *dev, const char *what);

#endif /* PRAMIN_LIB_DEV_H */
