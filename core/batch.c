// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A batch from its list to its results.
 *
 * Everything that can be refused is refused, and all memory is had, before the
 * device is touched. Where one position shows all accesses there is nothing to
 * plan: the list is made in its own order.
 */
#include "batch.h"
#include "guard.h"
#include "scalar.h"
#include "share.h"
#include "window.h"

/* What a pass over the list has found */
struct extent {
	uint32_t accesses; /* no barriers */
	uint64_t low_pa;   /* of the lowest access */
	uint64_t high_pa;  /* of the highest */
};

static int check_entry(struct pramin_op *op, const struct pramin_access *a,
		       uint64_t index, uint64_t end_pa)
{
	if (a->kind > PRAMIN_ACCESS_BARRIER)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_BATCH_KIND, index,
				   a->kind, 0);
	if (a->kind == PRAMIN_ACCESS_BARRIER)
		return 0;
	if (a->width != 1 && a->width != 2 && a->width != 4 && a->width != 8)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_BATCH_WIDTH,
				   index, a->width, 0);
	if (a->vram_pa % a->width)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_BATCH_MISALIGNED,
				   index, a->vram_pa, a->width);
	if (a->vram_pa >= end_pa || end_pa - a->vram_pa < a->width)
		return pramin_fail(op, -ERANGE, PRAMIN_REASON_BATCH_RANGE,
				   index, a->vram_pa, end_pa);
	if (a->kind == PRAMIN_ACCESS_WRITE)
		return pramin_guard_check(op, a->vram_pa, a->width);
	return 0;
}

static uint64_t end_of_reach(const struct pramin_gpu *gpu)
{
	return gpu->reach < gpu->vram_size ? gpu->reach : gpu->vram_size;
}

static int check_list(struct pramin_op *op, const struct pramin_access *list,
		      uint32_t count, struct pramin_batch *batch,
		      struct extent *extent)
{
	const uint64_t end_pa = end_of_reach(op->gpu);
	uint32_t i;

	*extent = (struct extent){ .low_pa = UINT64_MAX };
	for (i = 0; i < count; i++) {
		int ret = check_entry(op, &list[i], i, end_pa);

		if (ret) {
			batch->bad = i;
			return ret;
		}
		if (list[i].kind == PRAMIN_ACCESS_BARRIER)
			continue;
		extent->accesses++;
		if (list[i].vram_pa < extent->low_pa)
			extent->low_pa = list[i].vram_pa;
		if (list[i].vram_pa > extent->high_pa)
			extent->high_pa = list[i].vram_pa;
	}
	return 0;
}

/* Does a window at @base show every access? They are aligned: none straddles. */
static bool shows_all(uint64_t base, const struct extent *extent)
{
	return pramin_shown(base, extent->low_pa) &&
	       pramin_shown(base, extent->high_pa);
}

/* The highest base that hangs over no end; 0 if VRAM is smaller than that */
static uint64_t last_base(const struct pramin_gpu *gpu)
{
	uint64_t end = end_of_reach(gpu) + PRAMIN_WINDOW_GRAIN - 1;

	end -= end % PRAMIN_WINDOW_GRAIN;
	return end < PRAMIN_APERTURE_SIZE ? 0 : end - PRAMIN_APERTURE_SIZE;
}

/* Where the window stands; in a meeting, where it stood a moment ago */
static bool stands_at(const struct pramin_gpu *gpu, uint64_t *base)
{
	return pramin_last_base(gpu, base) &&
	       (gpu->meeting || gpu->base_known || gpu->config.shared);
}

/* One position for all: where the window stands, or a MiB, or what shows it */
static bool one_base(const struct pramin_gpu *gpu, const struct extent *extent,
		     uint64_t *base)
{
	const uint64_t last = last_base(gpu);
	const uint64_t low = extent->low_pa;

	if (stands_at(gpu, base) && shows_all(*base, extent))
		return true;
	*base = low - low % PRAMIN_APERTURE_SIZE;
	if (!shows_all(*base, extent))
		*base = low - low % PRAMIN_WINDOW_GRAIN;
	if (*base > last)
		*base = last;
	return shows_all(*base, extent);
}

/* A window that is not ours: does it show all accesses as it stands? */
static int look(struct pramin_op *op, const struct extent *extent)
{
	int ret = pramin_guard_look(op, extent->low_pa, 1);

	return ret ? ret : pramin_guard_look(op, extent->high_pa, 1);
}

/* A view is open: are all accesses shown where it keeps the window? */
static int check_hold(struct pramin_op *op, const struct extent *extent)
{
	const struct pramin_gpu *gpu = op->gpu;
	uint64_t pa = extent->low_pa;

	if (gpu->config.shared)
		return look(op, extent);

	/* In a meeting each slice asks for itself. */
	if (gpu->meeting)
		return 0;
	if (gpu->base_known && shows_all(gpu->base, extent))
		return 0;
	if (pramin_shown(gpu->base, pa))
		pa = extent->high_pa;
	return pramin_holds_check(op, pa, 1);
}

static int run_plan(struct pramin_op *op, struct batch_run *run,
		    const struct batch_plan *plan)
{
	uint32_t first = 0;
	uint32_t i;

	run->seq = plan->seq;
	for (i = 0; i < plan->visit_count; i++) {
		const struct batch_visit *visit = &plan->visits[i];
		bool leave = i + 1 == plan->visit_count ||
			     visit[1].base != visit->base;
		int ret = pramin_batch_visit(
			op, run, (uint64_t)visit->base * PRAMIN_WINDOW_GRAIN,
			first, visit->end, leave);

		if (ret)
			return ret;
		first = visit->end;
	}
	return 0;
}

static int plan_and_run(struct pramin_op *op, struct batch_run *run,
			uint32_t count, uint32_t accesses,
			struct pramin_batch *batch)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_gpu_config *config = &gpu->config;
	const uint64_t bytes = pramin_batch_words(accesses) * sizeof(uint32_t);
	struct batch_plan plan = {
		.list = run->list,
		.accesses = accesses,
		.start = BATCH_NOWHERE,
		.last_base = (uint32_t)(last_base(gpu) / PRAMIN_WINDOW_GRAIN),
	};
	void *memory = config->env_ops->alloc(config->env, bytes);
	uint64_t base;
	int ret;

	if (!memory)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY, bytes,
				   0, 0);
	if (stands_at(gpu, &base))
		plan.start = (uint32_t)(base / PRAMIN_WINDOW_GRAIN);
	pramin_batch_carve(&plan, memory);
	pramin_batch_sort(&plan, count);
	pramin_batch_plan(&plan);
	batch->moves = plan.moves;
	batch->least = plan.least;
	ret = run_plan(op, run, &plan);
	config->env_ops->free(config->env, memory);
	return ret;
}

static int run_all(struct pramin_op *op, struct batch_run *run, uint32_t count,
		   const struct extent *extent, struct pramin_batch *batch)
{
	const struct pramin_gpu *gpu = op->gpu;
	uint64_t base, now;
	int ret;

	if (run->merge || !one_base(gpu, extent, &base)) {
		ret = plan_and_run(op, run, count, extent->accesses, batch);
	} else {
		batch->moves = !stands_at(gpu, &now) || now != base;
		batch->least = batch->moves;
		ret = pramin_batch_visit(op, run, base, 0, count, true);
	}
	if (ret || !(batch->flags & PRAMIN_BATCH_FLUSH))
		return ret;
	return pramin_scalar_flush(op);
}

int pramin_batch_run(struct pramin_op *op, struct pramin_access *list,
		     size_t count, struct pramin_batch *batch)
{
	struct batch_run run = {
		.list = list,
		.merge = batch->flags & PRAMIN_BATCH_MERGE,
	};
	struct extent extent = { .accesses = 0 };
	uint32_t i;
	int ret;

	batch->done = 0;
	batch->bad = count;
	batch->moves = 0;
	batch->least = 0;
	if (count > PRAMIN_BATCH_MAX)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_BATCH_LENGTH,
				   count, PRAMIN_BATCH_MAX, 0);
	for (i = 0; i < count; i++)
		list[i].done = false;
	ret = pramin_gpu_check(op);
	if (!ret)
		ret = check_list(op, list, (uint32_t)count, batch, &extent);
	if (ret || !extent.accesses)
		return ret;
	ret = check_hold(op, &extent);
	if (!ret)
		ret = run_all(op, &run, (uint32_t)count, &extent, batch);
	for (i = 0; i < count; i++)
		batch->done += list[i].done;
	return ret;
}
