// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Copy within VRAM, through host memory: read a chunk, write it elsewhere.
 *
 * The window shows one stretch at a time, so each chunk costs two moves, unless
 * source and destination are so near that one position shows both. A chunk is
 * as long as one position allows at either place. Where the destination begins
 * inside the source, work goes downwards, as memmove() does.
 */
#include "bulk.h"
#include "access.h"
#include "guard.h"
#include "share.h"
#include "window.h"

struct copy {
	struct pramin_bulk *bulk;
	uint64_t dst_pa;
	uint64_t src_pa;
	uint64_t len;
	uint64_t apart;		/* between the two */
	bool down;
	unsigned char *bounce;
	uint64_t bounce_len;
};

/* Longest run that ends before @end_pa and that one position can show */
static uint64_t run_max_below(uint64_t end_pa)
{
	uint64_t over = end_pa % PRAMIN_WINDOW_GRAIN;

	return PRAMIN_APERTURE_SIZE - (over ? PRAMIN_WINDOW_GRAIN - over : 0);
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Is it worth while to show both ends of the copy in one position? */
static bool is_near(const struct copy *copy)
{
	return copy->apart <= PRAMIN_APERTURE_SIZE / 2;
}

/* Most that the next chunk may have, of the @left bytes that remain */
static uint64_t chunk_room(const struct copy *copy, uint64_t left)
{
	uint64_t done = copy->len - left;
	uint64_t src, dst, room;

	if (copy->down) {
		src = copy->src_pa + left;
		dst = copy->dst_pa + left;
		room = is_near(copy) ?
			       run_max_below(max(src, dst)) - copy->apart :
			       min(run_max_below(src), run_max_below(dst));
	} else {
		src = copy->src_pa + done;
		dst = copy->dst_pa + done;
		room = is_near(copy) ?
			       pramin_run_max(min(src, dst)) - copy->apart :
			       min(pramin_run_max(src), pramin_run_max(dst));
	}
	return min(min(room, left), copy->bounce_len);
}

/*
 * Length of the next chunk. One that is not the last ends on a multiple of 8 in
 * the source, so that no word is split between two chunks.
 */
static uint64_t chunk_len(const struct copy *copy, uint64_t left)
{
	uint64_t n = chunk_room(copy, left);
	uint64_t src_end = copy->src_pa + left;

	if (n == left)
		return n;
	if (copy->down)
		return n - (8 - (src_end - n) % 8) % 8;
	return n - (copy->src_pa + copy->len - left + n) % 8;
}

static int enter(struct pramin_op *op, const struct copy *copy, uint64_t pa,
		 uint64_t low_pa, uint64_t len)
{
	if (is_near(copy))
		return pramin_enter(op, low_pa, copy->apart + len,
				    copy->apart + len, PRAMIN_SLICE);
	return pramin_enter(op, pa, len, len, PRAMIN_SLICE);
}

static int copy_chunk(struct pramin_op *op, const struct copy *copy,
		      uint64_t dst_pa, uint64_t src_pa, uint64_t len)
{
	uint64_t low_pa = min(src_pa, dst_pa);
	bool ones;
	int ret = enter(op, copy, src_pa, low_pa, len);

	if (!ret)
		ret = pramin_ap_read_run(op, src_pa, copy->bounce, len, &ones);
	/* Before anything is written: these may be the ones of a lost GPU. */
	if (!ret)
		ret = pramin_gpu_there(op, ones);
	if (!ret)
		ret = pramin_verify(op);
	ret = pramin_leave(op, ret);
	if (ret)
		return ret;
	pramin_bulk_suspects(copy->bulk, src_pa, copy->bounce, len);

	ret = enter(op, copy, dst_pa, low_pa, len);
	if (!ret)
		ret = pramin_ap_write_run(op, dst_pa, copy->bounce, len);
	if (!ret)
		ret = pramin_ap_flush(op);
	if (!ret)
		ret = pramin_verify(op);
	return pramin_leave(op, ret);
}

static int copy_all(struct pramin_op *op, const struct copy *copy)
{
	uint64_t done = 0;

	while (done < copy->len) {
		uint64_t left = copy->len - done;
		uint64_t n = chunk_len(copy, left);
		uint64_t at = copy->down ? left - n : done;
		int ret = pramin_gpu_check(op);

		if (!ret)
			ret = copy_chunk(op, copy, copy->dst_pa + at,
					 copy->src_pa + at, n);
		if (ret)
			return ret;
		done += n;
		ret = pramin_bulk_progress(op, copy->bulk, done, copy->len);
		if (ret)
			return ret;
	}
	return 0;
}

int pramin_bulk_copy(struct pramin_op *op, uint64_t dst_pa, uint64_t src_pa,
		     uint64_t len, struct pramin_bulk *bulk)
{
	const struct pramin_gpu_config *config = &op->gpu->config;
	struct copy copy = {
		.bulk = bulk,
		.dst_pa = dst_pa,
		.src_pa = src_pa,
		.len = len,
		.apart = max(dst_pa, src_pa) - min(dst_pa, src_pa),
		.down = dst_pa > src_pa && dst_pa - src_pa < len,
		.bounce_len = min(len, PRAMIN_APERTURE_SIZE),
	};
	int ret = pramin_bulk_begin(op, src_pa, len, false, bulk);

	if (!ret)
		ret = pramin_write_check(op, dst_pa, len);
	if (ret)
		return ret;
	/* Onto itself: nothing to do, and nothing to risk. */
	if (copy.apart == 0 || len == 0) {
		bulk->done = len;
		return 0;
	}
	copy.bounce = config->env_ops->alloc(config->env, copy.bounce_len);
	if (!copy.bounce)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
				   copy.bounce_len, 0, 0);
	ret = copy_all(op, &copy);
	config->env_ops->free(config->env, copy.bounce);
	return ret;
}
