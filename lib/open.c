// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Opening a GPU: the options; where its users meet, and the right to change who is
 * there; what the GPU is; a seat among them. close.c has the same backwards.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "env.h"
#include "gpu_string.h"
#include "record.h"
#include "why.h"

#define DEFAULT_GPU	   "model:tu102,vram=8G"
#define DEFAULT_TIMEOUT_MS 5000u

#define FORCE_DRIVER ((unsigned int)(PRAMIN_FORCE_SHARED | PRAMIN_FORCE_MOVE))
#define FORCE_ALL    (FORCE_DRIVER | (unsigned int)PRAMIN_FORCE_RESERVED)

/* All handles of this process, for its children; under the global lock */
static SYS_PER_PROCESS struct pramin_dev *handles;

/* In a forked child: the parent goes on with them, and this process must not. */
static void in_child(void)
{
	struct pramin_dev *dev;

	for (dev = handles; dev; dev = dev->next) {
		dev->barred |= DEV_FORKED;
		/* What a call under way does next is to look at this. */
		dev->gpu.gone = true;
		meet_forked(&dev->meet);
	}
	backends_in_child();
}

static void remember(struct pramin_dev *dev)
{
	sys_at_fork(in_child);
	sys_global_take();
	dev->next = handles;
	handles = dev;
	sys_global_drop();
}

void dev_forget(struct pramin_dev *dev)
{
	struct pramin_dev **at;

	sys_global_take();
	for (at = &handles; *at && *at != dev;)
		at = &(*at)->next;
	if (*at)
		*at = dev->next;
	sys_global_drop();
}

/* The options as core wants them; those of the GPU string win. */
static int make_config(const struct pramin_open_opts *opts,
		       const struct gpu_string *gpu,
		       struct pramin_gpu_config *config, struct pramin_why *why)
{
	const char *chip = opts->chip;

	*config = (struct pramin_gpu_config){
		.vram = opts->vram,
		.base_bits = opts->base_bits,
		.verify = opts->verify || opts->force & PRAMIN_FORCE_SHARED,
		.shared = opts->force & PRAMIN_FORCE_SHARED,
		.foreign = opts->force & PRAMIN_FORCE_MOVE,
		.write_reserved = opts->force & PRAMIN_FORCE_RESERVED,
		.timeout_ns = (opts->timeout_ms ? opts->timeout_ms :
						  DEFAULT_TIMEOUT_MS) *
			      1000000ull,
	};
	if (gpu && gpu->chip)
		chip = gpu->chip;
	if (gpu && gpu->base_bits)
		config->base_bits = gpu->base_bits;
	/* To a model, vram= is the size of the board, which it then reports. */
	if (gpu)
		config->vram_fallback = gpu->vram;

	if (opts->force & ~FORCE_ALL)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
			       "its bits are those of enum pramin_force",
			       "pramin_open_opts.force is 0x%x", opts->force);
	if ((opts->force & FORCE_DRIVER) == FORCE_DRIVER)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
			       "to share is to move nothing: choose one",
			       "force asks to share the window and to move it");
	if (config->base_bits > 32)
		return why_set(why, -EINVAL, PRAMIN_REASON_BASE_BITS, "",
			       "a BASE field has at most 32 bits, not %u",
			       config->base_bits);
	if (config->vram && (config->vram < 1ull << 20 ||
			     config->vram > 2ull << 40 || config->vram % 4096))
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

	snprintf(dev->not_verified, sizeof(dev->not_verified), "%s%s%s%s",
		 chip->family->ready ? "" :
				       "that firmware has initialised VRAM; ",
		 dev->gpu.reserved_unknown ?
			 "which VRAM firmware protects (WPR); " :
			 "",
		 "that this is not a coherent platform",
		 ids ? " (judged by the PCI id)" :
		       " (no configuration space to judge by)");
}

static void say_what_it_is(const struct pramin_dev *dev)
{
	const struct pramin_gpu *gpu = &dev->gpu;
	char size[32];

	why_size(size, sizeof(size), gpu->vram_size);
	dev_say(dev, PRAMIN_LOG_DEBUG,
		"%s: %s, PMC_BOOT_0 0x%08x, VRAM %s, %s at 0x%x reads 0x%08x",
		gpu->ops->name, gpu->chip->name, gpu->boot_0, size,
		gpu->chip->window->name, gpu->chip->window->off,
		gpu->saved_raw);
	if (gpu->chip_is_kin)
		dev_say(dev, PRAMIN_LOG_NOTICE,
			"PMC_BOOT_0 0x%08x is not listed; all listed chips of its "
			"architecture agree with %s, so it is treated as one",
			gpu->boot_0, gpu->chip->name);
	if (gpu->vram_size > gpu->reach)
		dev_say(dev, PRAMIN_LOG_NOTICE,
			"the window reaches only the first 0x%llx bytes of VRAM",
			(unsigned long long)gpu->reach);
}

/* Meet the others, or make sure that there are none. Ends with meet_ready(). */
static int join(struct pramin_dev *dev, struct pramin_op *op,
		struct pramin_why *why)
{
	struct pramin_gpu *gpu = &dev->gpu;
	struct meet *meet = &dev->meet;
	int ret = meet_check(meet, gpu->boot_0, gpu->vram_size, why);

	gpu->pid = sys_process();
	if (ret || !meet->mem)
		return ret;
	if (meet->sole) {
		gpu->mmu = &meet->mem->meeting.mmu;
		struct pramin_spot *spot = &meet->mem->meeting.spot;

		/*
		 * Others died and left it moved: theirs is what close restores,
		 * unless a driver has it now.
		 */
		if (spot->moved && !gpu->config.foreign) {
			gpu->saved_raw = spot->saved_raw;
			gpu->moved = true;
		}
		spot->saved_raw = gpu->saved_raw;
		__atomic_store_n(&spot->moved, 1, __ATOMIC_RELEASE);
		return 0;
	}
	ret = pramin_share_join(op, &meet->mem->meeting, meet->seat,
				sys_process());
	return ret ? dev_failed_why(dev, &op->cause, why) : 0;
}

/* Identify the GPU and take a seat; nothing is left to undo if it fails. */
static int bring_up(struct pramin_dev *dev, const struct pramin_io_ops *ops,
		    void *io, struct pramin_gpu_config *config,
		    const struct pramin_open_opts *opts, struct pramin_why *why)
{
	/* Who changes nothing has nobody to agree with. */
	static const struct pramin_io_ops nobody = { .meeting = NULL };
	struct pramin_op op;
	int ret = meet_begin(&dev->meet, config->shared ? &nobody : ops, io,
			     config->shared || opts->exclusive,
			     config->timeout_ns, why);

	if (ret)
		return ret;
	config->env_ops = env_ops_of(&dev->meet);
	config->env = &dev->meet;
	pramin_op_init(&op, &dev->gpu);
	ret = pramin_gpu_attach(&op, ops, io, config);
	ret = ret ? dev_failed_why(dev, &op.cause, why) : join(dev, &op, why);
	if (ret) {
		meet_end(&dev->meet);
		return ret;
	}
	meet_ready(&dev->meet);
	return 0;
}

static int open_io(const struct pramin_io_ops *ops, void *io,
		   const struct pramin_open_opts *opts,
		   const struct gpu_string *gpu, struct pramin_dev **result,
		   struct pramin_why *why)
{
	struct pramin_gpu_config config;
	struct record *record;
	struct pramin_dev *dev;
	int ret = make_config(opts, gpu, &config, why);

	if (ret)
		return ret;
	config.real = ops->real || (gpu && gpu->real);
	if (gpu && gpu->backend->set)
		gpu->backend->set(io, &config);
	ret = record_begin(opts->record, &config, &ops, &io, &record, why);
	if (ret)
		return ret;
	dev = sys_alloc(sizeof(*dev));
	if (!dev) {
		record_drop(record);
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	}
	dev->serial = sys_serial();
	dev->log = opts->log;
	dev->log_ctx = opts->log_ctx;
	if (ops->clock_ns)
		dev->clock_at_open = ops->clock_ns(io);
	/* Before there is anything that a forked child would have to give back */
	dev->meet.fd = -1;
	remember(dev);
	ret = bring_up(dev, ops, io, &config, opts, why);
	if (ret) {
		dev_forget(dev);
		sys_free(dev);
		record_drop(record);
		return ret;
	}
	note_not_verified(dev);
	record_identified(record, &dev->gpu);
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
		   const struct pramin_open_opts *opts, struct pramin_dev **dev,
		   struct pramin_why *why)
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
	const struct pramin_io_ops *ops;
	struct pramin_open_opts copy;
	struct gpu_string parsed;
	void *io;
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
	/* Before there is anything that a child would have to close */
	sys_at_fork(in_child);
	ret = parsed.backend->open(&parsed, &copy, &ops, &io, why);
	if (ret)
		goto err_free_string;
	ret = open_io(ops, io, &copy, &parsed, dev, why);
	/* A GPU that could not be opened leaves no new files behind. */
	if (ret && parsed.backend->discard)
		parsed.backend->discard(io);
	else if (ret && ops->close)
		ops->close(io);
err_free_string:
	gpu_string_free(&parsed);
	return ret;
}
