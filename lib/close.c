// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Closing a GPU, and keeping everybody out of a handle: the way of open.c backwards.
 */
#include <errno.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "space.h"
#include "../core/mmu/bar.h"

/* Between two looks at whether the last call is out, in ns */
#define CLOSE_LOOK_NS 200000ull

/* The calls that have begun and not ended */
static uint64_t calls_under_way(const struct pramin_dev *dev)
{
	const struct pramin_seat *seat = dev->gpu.seat;
	uint64_t calls = 0;
	unsigned int i;

	for (i = 0; i < PRAMIN_STRIPES; i++)
		calls += __atomic_load_n(&seat->stripe[i].calls,
					 __ATOMIC_SEQ_CST);
	return calls;
}

/* What its BARs showed before. No call is under way, and none comes in. */
static int give_bars(struct pramin_dev *dev, struct pramin_op *op)
{
	struct pramin_gpu *gpu = &dev->gpu;
	bool revoked;
	int ret;

	/* An open view of the only user: it is not closed yet. */
	if (gpu->holds)
		return 0;
	pramin_op_init(op, gpu);
	if (gpu->meeting)
		pramin_share_begin(op, sys_thread());
	/* It may have to wait like any other. */
	revoked = __atomic_exchange_n(&gpu->revoked, false, __ATOMIC_ACQ_REL);
	bar1_flush_all(dev, op);
	ret = pramin_bar_give_all(op);
	__atomic_store_n(&gpu->revoked, revoked, __ATOMIC_RELEASE);
	return ret;
}

/* Nobody is inside: leave the others, restore, free. */
static int finish(struct pramin_dev *dev, struct pramin_why *why)
{
	struct pramin_gpu *gpu = &dev->gpu;
	struct pramin_op op;
	int ret, bars;

	/* A backend that finds it gone lets no access through any more. */
	if (gpu->ops->present)
		gpu->ops->present(gpu->io);
	bars = give_bars(dev, &op);
	if (bars)
		dev_failed_why(dev, &op.cause, why);
	pramin_op_init(&op, gpu);
	if (meet_hold(&dev->meet, gpu->config.timeout_ns))
		dev_say(dev, PRAMIN_LOG_ERROR,
			"somebody else is opening or closing the GPU and does "
			"not get done; closing all the same");
	ret = gpu->meeting ? pramin_share_quit(&op) : pramin_gpu_detach(&op);
	if (ret)
		dev_failed_why(dev, &op.cause, why);
	if (ret == -EBUSY) {
		meet_ready(&dev->meet);
		return ret;
	}
	if (dev->meet.sole && dev->meet.mem)
		dev->meet.mem->meeting.spot.moved = gpu->moved;
	ret = dev_over(dev, ret ? ret : bars, why);
	dev_say(dev, PRAMIN_LOG_DEBUG, "%s: closed", gpu->ops->name);
	meet_end(&dev->meet);
	dev_forget(dev);
	space_forget_all(dev);
	if (gpu->ops->close)
		gpu->ops->close(gpu->io);
	sys_free(dev);
	return ret;
}

void dev_view_over(struct pramin_dev *dev)
{
	bool last;

	sys_global_take();
	last = __atomic_sub_fetch(&dev->views, 1, __ATOMIC_SEQ_CST) == 0 &&
	       dev_is(dev, DEV_CLOSED);
	sys_global_drop();
	if (last)
		finish(dev, NULL);
}

static void bar(struct pramin_dev *dev, uint32_t flag)
{
	struct pramin_op op;

	__atomic_fetch_or(&dev->barred, flag, __ATOMIC_SEQ_CST);
	pramin_op_init(&op, &dev->gpu);
	if (dev->gpu.meeting)
		pramin_share_revoke(&op);
}

int pramin_revoke(struct pramin_dev *dev)
{
	struct pramin_op op;

	if (!dev)
		return -EINVAL;
	if (dev_is(dev, DEV_FORKED))
		return dev_barred(dev);
	/* A call like any other: who closes the handle waits for it. */
	if (dev_is(dev, DEV_REVOKED) || dev_begin(dev, &op))
		return 0;
	bar(dev, DEV_REVOKED);
	return dev_end(dev, 0, &op);
}

/* A child's copy: nothing of it is the child's to give back but memory. */
static int close_copy(struct pramin_dev *dev)
{
	meet_end(&dev->meet);
	dev_forget(dev);
	space_forget_all(dev);
	if (dev->gpu.ops->close)
		dev->gpu.ops->close(dev->gpu.io);
	sys_free(dev);
	return 0;
}

/* The handle whose callback this thread is in */
static SYS_PER_THREAD const struct pramin_dev *calling;

const struct pramin_dev *dev_callback_begin(const struct pramin_dev *dev)
{
	const struct pramin_dev *outer = calling;

	calling = dev;
	return outer;
}

void dev_callback_end(const struct pramin_dev *outer)
{
	calling = outer;
}

/* Others may be inside: wait for their calls; the last view ends it. */
static int close_shared(struct pramin_dev *dev, struct pramin_why *why)
{
	const struct pramin_cause busy = {
		.err = -EBUSY,
		.reason = PRAMIN_REASON_VIEW_OPEN,
	};
	bool over;

	if (calling == dev || (!dev_is(dev, DEV_REVOKED) &&
			       __atomic_load_n(&dev->views, __ATOMIC_SEQ_CST)))
		return dev_failed_why(dev, &busy, why);
	bar(dev, DEV_REVOKED);
	while (calls_under_way(dev))
		sys_pause(CLOSE_LOOK_NS);
	sys_global_take();
	over = !__atomic_load_n(&dev->views, __ATOMIC_SEQ_CST);
	if (!over)
		__atomic_fetch_or(&dev->barred, DEV_CLOSED, __ATOMIC_SEQ_CST);
	sys_global_drop();
	return over ? finish(dev, why) : 0;
}

int pramin_close(struct pramin_dev *dev, struct pramin_why *why)
{
	if (!dev)
		return 0;
	if (dev_is(dev, DEV_FORKED))
		return close_copy(dev);
	return dev->gpu.meeting ? close_shared(dev, why) : finish(dev, why);
}
