// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a handle is and does, and why its calls failed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "sys.h"
#include "why.h"
#include "../core/scalar.h"
#include "../core/window.h"

/* The calling thread's last failures, one for each handle, oldest out */
#define KEPT 8u

static SYS_PER_THREAD struct kept {
	uint64_t serial; /* of the handle; 0: none */
	uint64_t age;
	struct pramin_why why;
} kept[KEPT];

/* The place for a failure on @dev: its own, or that of the oldest */
static struct pramin_why *keep(const struct pramin_dev *dev)
{
	static SYS_PER_THREAD uint64_t failures;
	struct kept *place = &kept[0];
	unsigned int i;

	for (i = 1; i < KEPT; i++)
		if (kept[i].age < place->age)
			place = &kept[i];
	for (i = 0; i < KEPT; i++)
		if (kept[i].serial == dev->serial)
			place = &kept[i];
	place->serial = dev->serial;
	place->age = ++failures;
	return &place->why;
}

void dev_say(const struct pramin_dev *dev, enum pramin_log_level level,
	     const char *format, ...)
{
	char line[PRAMIN_WHY_TEXT * 2];
	va_list args;

	if (!dev->log)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dev->log(dev->log_ctx, level, line);
}

/* What the backend has to add replaces the general sentence. */
static void explain(const struct pramin_dev *dev, struct pramin_why *why)
{
	const struct pramin_io_ops *ops = dev->gpu.ops;
	const char *text = NULL;

	switch (why->reason) {
	case PRAMIN_REASON_BACKEND:
	case PRAMIN_REASON_BACKEND_GONE:
	case PRAMIN_REASON_NOT_ALLOWED:
	case PRAMIN_REASON_NO_MEMORY:
		if (ops->explain)
			text = ops->explain(dev->gpu.io);
		break;
	default:
		break;
	}
	if (text)
		snprintf(why->what, sizeof(why->what), "%s", text);
}

int dev_failed(struct pramin_dev *dev, const struct pramin_cause *cause)
{
	struct pramin_why *why = keep(dev);

	why_from_cause(why, cause);
	explain(dev, why);
	if (cause->reason != PRAMIN_REASON_WAS_GONE)
		dev_say(dev, PRAMIN_LOG_ERROR, "%s: %s",
			pramin_reason_name(why->reason), why->what);
	return cause->err;
}

int dev_failed_why(struct pramin_dev *dev, const struct pramin_cause *cause,
		   struct pramin_why *why)
{
	dev_failed(dev, cause);
	if (why)
		*why = *pramin_last_why(dev);
	return cause->err;
}

int dev_over(struct pramin_dev *dev, int ret, struct pramin_why *why)
{
	const struct pramin_io_ops *ops = dev->gpu.ops;
	struct pramin_cause cause = { .reason = PRAMIN_REASON_BACKEND };

	if (ops->finish)
		cause.err = ops->finish(dev->gpu.io);
	if (ret || !cause.err)
		return ret;
	dev_failed(dev, &cause);
	if (why)
		*why = *pramin_last_why(dev);
	return cause.err;
}

int dev_barred(struct pramin_dev *dev)
{
	static const struct pramin_cause forked = {
		.err = -EPERM,
		.reason = PRAMIN_REASON_FORKED,
	};
	static const struct pramin_cause revoked = {
		.err = -ENODEV,
		.reason = PRAMIN_REASON_REVOKED,
	};

	return dev_failed(dev, dev_is(dev, DEV_FORKED) ? &forked : &revoked);
}

int dev_refused(struct pramin_dev *dev, const char *what)
{
	return why_set(keep(dev), -EINVAL, PRAMIN_REASON_ARGUMENT, "", "%s",
		       what);
}

const struct pramin_why *pramin_last_why(const struct pramin_dev *dev)
{
	static const struct pramin_why none = { .what = "no call has failed" };
	unsigned int i;

	for (i = 0; dev && i < KEPT; i++)
		if (kept[i].serial == dev->serial)
			return &kept[i].why;
	return &none;
}

/*
 * Does another thread have a call under way? Each counts in its place, and this
 * one may be in the middle of a call: with more threads than places one cannot
 * tell whose it is.
 */
static bool others_call(const struct pramin_dev *dev)
{
	const struct pramin_seat *seat = dev->gpu.seat;
	uint32_t own = sys_thread() % PRAMIN_STRIPES, i;

	for (i = 0; i < PRAMIN_STRIPES; i++)
		if (__atomic_load_n(&seat->stripe[i].calls, __ATOMIC_SEQ_CST) &&
		    (i != own || sys_threads() > PRAMIN_STRIPES))
			return true;
	return false;
}

int pramin_restore(struct pramin_dev *dev)
{
	if (!dev)
		return -EINVAL;
	if (dev_is(dev, DEV_FORKED))
		return -EPERM;
	if (!dev->gpu.meeting)
		return pramin_window_restore(&dev->gpu);
	__atomic_fetch_or(&dev->barred, DEV_REVOKED, __ATOMIC_SEQ_CST);
	if (others_call(dev) || !meet_shut(&dev->meet))
		return 0;
	return pramin_share_restore(&dev->gpu);
}

int pramin_info(struct pramin_dev *dev, struct pramin_info *info)
{
	const struct pramin_gpu *gpu;
	struct pramin_info full;

	if (!dev)
		return -EINVAL;
	if (!info || !info->size || info->size > sizeof(full))
		return dev_refused(dev, "pramin_info.size is not set");
	if (dev_is(dev, DEV_FORKED))
		return dev_barred(dev);
	gpu = &dev->gpu;
	full = (struct pramin_info){
		.size = info->size,
		.backend = gpu->ops->name,
		.chip = gpu->chip->name,
		.family = gpu->chip->family->name,
		.chip_by_hand = gpu->config.chip != NULL,
		.boot0 = gpu->boot_0,
		.boot42 = gpu->boot_42,
		.vram_size = gpu->vram_size,
		.vram_by_hand = gpu->config.vram || !gpu->chip->vram,
		.vram_register = gpu->chip->vram ? gpu->chip->vram->off : 0,
		.reach = gpu->reach,
		.window_register = gpu->chip->window->off,
		.window_name = gpu->chip->window->name,
		.has_target = gpu->chip->window->target != 0,
		.mapped = !gpu->config.shared && gpu->ops->aperture &&
			  gpu->ops->aperture(gpu->io) != NULL,
		.not_verified = dev->not_verified,
	};
	memcpy(info, &full, info->size);
	return 0;
}

int pramin_position(struct pramin_dev *dev, struct pramin_position *pos)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!pos)
		return dev_refused(dev, "pos is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_window_read(&op, pos), &op);
}

int pramin_check_window(struct pramin_dev *dev)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	return dev_end(dev, pramin_scalar_check(&op), &op);
}

int pramin_forget(struct pramin_dev *dev)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	if (dev->gpu.meeting)
		ret = pramin_share_forget(&op);
	else
		pramin_window_forget(&dev->gpu);
	return dev_end(dev, ret, &op);
}

void dev_add_up(const struct pramin_seat *seat, struct pramin_stats *sum)
{
	unsigned int i, w;

	*sum = (struct pramin_stats){ .size = 0 };
#define ADD(member) sum->member += __atomic_load_n(&s->member, __ATOMIC_RELAXED)
	for (i = 0; i < PRAMIN_STRIPES; i++) {
		const struct pramin_stats *s = &seat->stripe[i].stats;

		ADD(moves);
		ADD(proofs);
		ADD(restores);
		ADD(flushes);
		ADD(liveness);
		for (w = 0; w < 4; w++) {
			ADD(reads[w]);
			ADD(writes[w]);
		}
	}
#undef ADD
}

int pramin_stats(struct pramin_dev *dev, struct pramin_stats *stats)
{
	struct pramin_stats full;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!stats || !stats->size || stats->size > sizeof(full))
		return dev_refused(dev, "pramin_stats.size is not set");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	if (dev->gpu.meeting)
		dev_add_up(dev->gpu.seat, &full);
	else
		full = dev->gpu.stats;
	full.size = stats->size;
	if (dev->gpu.ops->clock_ns)
		full.simulated_ns = dev->gpu.ops->clock_ns(dev->gpu.io) -
				    dev->clock_at_open;
	memcpy(stats, &full, stats->size);
	return dev_end(dev, 0, &op);
}

const char *pramin_version(void)
{
	return PRAMIN_VERSION;
}
