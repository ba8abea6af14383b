// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A handle's life: open, what it is, close.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "gpu_string.h"
#include "sys.h"
#include "why.h"
#include "../core/window.h"

#define DEFAULT_GPU	"model:tu102,vram=8G"

/* The calling thread's last failures, one for each handle, oldest out */
#define KEPT	8u

static SYS_PER_THREAD struct kept {
	uint64_t serial;	/* of the handle; 0: none */
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

static void *env_alloc(void *env, size_t size)
{
	(void)env;
	return sys_alloc(size);
}

static void env_free(void *env, void *ptr)
{
	(void)env;
	sys_free(ptr);
}

static const struct pramin_env_ops env_ops = {
	.alloc = env_alloc,
	.free = env_free,
};

__attribute__((format(printf, 3, 4))) static void
say(const struct pramin_dev *dev, enum pramin_log_level level,
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
		say(dev, PRAMIN_LOG_ERROR, "%s: %s",
		    pramin_reason_name(why->reason), why->what);
	return cause->err;
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

/* The options as core wants them; those of the GPU string win. */
static int make_config(const struct pramin_open_opts *opts,
		       const struct gpu_string *gpu,
		       struct pramin_gpu_config *config,
		       struct pramin_why *why)
{
	const char *chip = opts->chip;

	*config = (struct pramin_gpu_config){
		.vram = opts->vram,
		.base_bits = opts->base_bits,
		.verify = opts->verify,
		.env_ops = &env_ops,
	};
	if (gpu && gpu->chip)
		chip = gpu->chip;
	if (gpu && gpu->base_bits)
		config->base_bits = gpu->base_bits;
	/* To a model, vram= is the size of the board, which it then reports. */
	if (gpu)
		config->vram_fallback = gpu->vram;

	if (config->base_bits > 32)
		return why_set(why, -EINVAL, PRAMIN_REASON_BASE_BITS, "",
			       "a BASE field has at most 32 bits, not %u",
			       config->base_bits);
	if (config->vram &&
	    (config->vram < 1ull << 20 || config->vram > 2ull << 40 ||
	     config->vram % 4096))
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
			       "1 MiB to 2 TiB, a multiple of 4096",
			       "vram is %llu bytes",
			       (unsigned long long)config->vram);
	if (!chip)
		return 0;
	config->chip = pramin_chip_by_name(chip);
	if (!config->chip)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
			       "pramin list shows the chips",
			       "\"%.40s\" is not a chip or a family", chip);
	return 0;
}

/* Which of the checks rest on nothing published, in one sentence */
static void note_not_verified(struct pramin_dev *dev)
{
	const struct pramin_chip *chip = dev->gpu.chip;
	const bool ids = dev->gpu.ops->config_read != NULL;

	snprintf(dev->not_verified, sizeof(dev->not_verified), "%s%s%s",
		 chip->family->ready ? "" :
				       "that firmware has initialised VRAM; ",
		 "that this is not a coherent platform",
		 ids ? " (judged by the PCI id)" :
		       " (no configuration space to judge by)");
}

static void say_what_it_is(const struct pramin_dev *dev)
{
	const struct pramin_gpu *gpu = &dev->gpu;
	char size[32];

	why_size(size, sizeof(size), gpu->vram_size);
	say(dev, PRAMIN_LOG_DEBUG,
	    "%s: %s, PMC_BOOT_0 0x%08x, VRAM %s, %s at 0x%x reads 0x%08x",
	    gpu->ops->name, gpu->chip->name, gpu->boot_0, size,
	    gpu->chip->window->name, gpu->chip->window->off, gpu->saved_raw);
	if (gpu->chip_is_kin)
		say(dev, PRAMIN_LOG_NOTICE,
		    "PMC_BOOT_0 0x%08x is not listed; all listed chips of its "
		    "architecture agree with %s, so it is treated as one",
		    gpu->boot_0, gpu->chip->name);
	if (gpu->vram_size > gpu->reach)
		say(dev, PRAMIN_LOG_NOTICE,
		    "the window reaches only the first 0x%llx bytes of VRAM",
		    (unsigned long long)gpu->reach);
}

static int open_io(const struct pramin_io_ops *ops, void *io,
		   const struct pramin_open_opts *opts,
		   const struct gpu_string *gpu, struct pramin_dev **result,
		   struct pramin_why *why)
{
	struct pramin_gpu_config config;
	struct pramin_dev *dev;
	struct pramin_op op;
	int ret = make_config(opts, gpu, &config, why);

	if (ret)
		return ret;
	dev = sys_alloc(sizeof(*dev));
	if (!dev)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	dev->serial = sys_serial();
	dev->log = opts->log;
	dev->log_ctx = opts->log_ctx;
	if (ops->clock_ns)
		dev->clock_at_open = ops->clock_ns(io);

	op = (struct pramin_op){ .gpu = &dev->gpu };
	ret = pramin_gpu_attach(&op, ops, io, &config);
	if (ret) {
		dev_failed(dev, &op.cause);
		if (why)
			*why = *pramin_last_why(dev);
		sys_free(dev);
		return ret;
	}
	note_not_verified(dev);
	say_what_it_is(dev);
	*result = dev;
	return 0;
}

/* A copy of the caller's options, of which later versions may have more */
static int take_opts(const struct pramin_open_opts *opts,
		     struct pramin_open_opts *copy, struct pramin_why *why)
{
	*copy = (struct pramin_open_opts){ .size = sizeof(*copy) };
	if (!opts)
		return 0;
	if (opts->size != sizeof(*copy))
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
			       "set it to sizeof(struct pramin_open_opts)",
			       "pramin_open_opts.size is %zu, not %zu",
			       opts->size, sizeof(*copy));
	*copy = *opts;
	return 0;
}

int pramin_open_io(const struct pramin_io_ops *ops, void *io,
		   const struct pramin_open_opts *opts,
		   struct pramin_dev **dev, struct pramin_why *why)
{
	struct pramin_open_opts copy;
	int ret;

	if (!ops || !ops->name || !ops->read || !ops->write || !dev)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT, "",
			       "ops needs a name, read and write, and dev a "
			       "place for the handle");
	ret = take_opts(opts, &copy, why);
	if (ret)
		return ret;
	return open_io(ops, io, &copy, NULL, dev, why);
}

int pramin_open(const char *gpu, const struct pramin_open_opts *opts,
		struct pramin_dev **dev, struct pramin_why *why)
{
	const struct pramin_io_ops *ops = pramin_model_ops();
	struct pramin_open_opts copy;
	struct pramin_model *model;
	struct gpu_string parsed;
	int ret;

	if (!dev)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT, "",
			       "dev needs a place for the handle");
	ret = take_opts(opts, &copy, why);
	if (ret)
		return ret;
	if (!gpu)
		gpu = getenv("PRAMIN_GPU");
	if (!gpu || !*gpu)
		gpu = DEFAULT_GPU;
	ret = gpu_string_parse(gpu, &parsed, why);
	if (ret)
		return ret;
	ret = pramin_model_create(&parsed.model, &model, why);
	if (ret)
		goto err_free_string;
	ret = open_io(ops, model, &copy, &parsed, dev, why);
	/* A GPU that could not be opened leaves no new files behind. */
	if (ret)
		pramin_model_discard(model);
err_free_string:
	gpu_string_free(&parsed);
	return ret;
}

int pramin_close(struct pramin_dev *dev, struct pramin_why *why)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return 0;
	op = (struct pramin_op){ .gpu = &dev->gpu };
	ret = pramin_gpu_detach(&op);
	if (ret) {
		dev_failed(dev, &op.cause);
		if (why)
			*why = *pramin_last_why(dev);
	}
	if (ret == -EBUSY)
		return ret;
	say(dev, PRAMIN_LOG_DEBUG, "%s: closed", dev->gpu.ops->name);
	if (dev->gpu.ops->close)
		dev->gpu.ops->close(dev->gpu.io);
	sys_free(dev);
	return ret;
}

int pramin_restore(struct pramin_dev *dev)
{
	return dev ? pramin_window_restore(&dev->gpu) : -EINVAL;
}

int pramin_info(struct pramin_dev *dev, struct pramin_info *info)
{
	const struct pramin_gpu *gpu;
	struct pramin_info full;

	if (!dev)
		return -EINVAL;
	if (!info || !info->size || info->size > sizeof(full))
		return dev_refused(dev, "pramin_info.size is not set");
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
		.mapped = gpu->ops->aperture &&
			  gpu->ops->aperture(gpu->io) != NULL,
		.not_verified = dev->not_verified,
	};
	memcpy(info, &full, info->size);
	return 0;
}

int pramin_position(struct pramin_dev *dev, struct pramin_position *pos)
{
	struct pramin_op op;

	if (!dev)
		return -EINVAL;
	if (!pos)
		return dev_refused(dev, "pos is NULL");
	op.gpu = &dev->gpu;
	return dev_return(dev, pramin_window_read(&op, pos), &op);
}

int pramin_check_window(struct pramin_dev *dev)
{
	struct pramin_op op;

	if (!dev)
		return -EINVAL;
	op.gpu = &dev->gpu;
	return dev_return(dev, pramin_window_check(&op), &op);
}

int pramin_forget(struct pramin_dev *dev)
{
	if (!dev)
		return -EINVAL;
	pramin_window_forget(&dev->gpu);
	return 0;
}

int pramin_stats(struct pramin_dev *dev, struct pramin_stats *stats)
{
	struct pramin_stats full;

	if (!dev)
		return -EINVAL;
	if (!stats || !stats->size || stats->size > sizeof(full))
		return dev_refused(dev, "pramin_stats.size is not set");
	full = dev->gpu.stats;
	full.size = stats->size;
	if (dev->gpu.ops->clock_ns)
		full.simulated_ns = dev->gpu.ops->clock_ns(dev->gpu.io) -
				    dev->clock_at_open;
	memcpy(stats, &full, stats->size);
	return 0;
}

const char *pramin_version(void)
{
	return PRAMIN_VERSION;
}
