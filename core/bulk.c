// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One pass over a range of VRAM, upwards, in chunks.
 *
 *	vram_pa                                     vram_pa + len
 *	|--|--------|--------|--------|--------|----|
 *	   ^ chunks end on 64 KiB lines, and so never straddle the end of a
 *	     window, which stands on one
 *
 * Read, write, fill, compare and find differ only in what they do with a chunk
 * that the window shows: their step. A step that returns 0 has made sure that
 * the GPU was there to the end of the chunk.
 */
#include "bulk.h"
#include "access.h"
#include "guard.h"
#include "share.h"
#include "window.h"
#include "regs/pri.h"

/* Bytes on the stack between VRAM and what looks at them; a multiple of 8 */
#define PIECE	256u

/* A pass, and what its step needs */
struct pass {
	int (*step)(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		    uint64_t len);
	struct pramin_bulk *bulk;
	uint64_t vram_pa;
	uint64_t len;
	uint64_t done;		/* the callback may write to @bulk->done */
	bool stop;		/* the step has found what it looked for, */
	uint64_t looked;	/* after so many bytes of its chunk */

	unsigned char *to;		/* read */
	const unsigned char *from;	/* write, compare, find */
	uint64_t from_len;		/* fill, find: of the pattern */
	uint64_t result;		/* compare: equal bytes; find: address */
	uint16_t *border;		/* find */
	uint64_t matched;		/* find: bytes of the pattern so far */
};

int pramin_bulk_begin(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		      bool write, struct pramin_bulk *bulk)
{
	int ret = pramin_gpu_check(op);

	bulk->went = PRAMIN_WAY_WINDOW;
	bulk->done = 0;
	bulk->suspects = 0;
	bulk->first_suspect = 0;
	if (!ret)
		ret = write ? pramin_write_check(op, vram_pa, len) :
			      pramin_range_check(op, vram_pa, len);
	/* All of it, before any: what is not shown now will not be. */
	if (!ret && len && op->gpu->config.shared)
		ret = pramin_guard_look(op, vram_pa, len);
	return ret;
}

int pramin_bulk_progress(struct pramin_op *op, struct pramin_bulk *bulk,
			 uint64_t done, uint64_t len)
{
	bulk->done = done;
	if (!bulk->progress || done == len)
		return 0;
	if (!bulk->progress(bulk->ctx, done, len))
		return 0;
	return pramin_fail(op, -ECANCELED, PRAMIN_REASON_CANCELED, done, len,
			   0);
}

void pramin_bulk_suspects(struct pramin_bulk *bulk, uint64_t vram_pa,
			  const void *buf, uint64_t len)
{
	const unsigned char *bytes = buf;
	uint64_t i = (4 - vram_pa % 4) % 4;

	for (; i + 4 <= len; i += 4) {
		uint32_t word;

		memcpy(&word, bytes + i, sizeof(word));
		if ((word & GPU_READ_PRI_ERROR_MASK) != GPU_READ_PRI_ERROR_CODE)
			continue;
		if (!bulk->suspects++)
			bulk->first_suspect = vram_pa + i;
	}
}

/* What the window should show, if it has to move for the next chunk */
static uint64_t plan_run(uint64_t vram_pa, uint64_t left)
{
	uint64_t in_mib = vram_pa % PRAMIN_APERTURE_SIZE;

	if (left <= pramin_run_max(vram_pa))
		return left;
	return PRAMIN_APERTURE_SIZE - in_mib;
}

static int run_pass(struct pramin_op *op, struct pass *pass)
{
	struct pramin_bulk *bulk = pass->bulk;

	while (pass->done < pass->len) {
		uint64_t pa = pass->vram_pa + pass->done;
		uint64_t left = pass->len - pass->done;
		uint64_t n = PRAMIN_BULK_CHUNK - pa % PRAMIN_BULK_CHUNK;
		int ret;

		if (n > left)
			n = left;
		/* Another call of this handle, in the callback, may have failed. */
		ret = pramin_gpu_check(op);
		if (!ret)
			ret = pramin_enter(op, pa, n, plan_run(pa, left),
					   PRAMIN_SLICE);
		if (!ret)
			ret = pass->step(op, pass, pa, n);
		if (!ret)
			ret = pramin_verify(op);
		ret = pramin_leave(op, ret);
		if (ret)
			return ret;
		if (pass->stop) {
			bulk->done = pass->done + pass->looked;
			return 0;
		}
		pass->done += n;
		ret = pramin_bulk_progress(op, bulk, pass->done, pass->len);
		if (ret)
			return ret;
	}
	return 0;
}

static int step_read(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		     uint64_t len)
{
	unsigned char *to = pass->to + (vram_pa - pass->vram_pa);
	bool ones;
	int ret = pramin_ap_read_run(op, vram_pa, to, len, &ones);

	if (ret)
		return ret;
	pramin_bulk_suspects(pass->bulk, vram_pa, to, len);
	return pramin_gpu_there(op, ones);
}

int pramin_bulk_read(struct pramin_op *op, uint64_t vram_pa, void *buf,
		     uint64_t len, struct pramin_bulk *bulk)
{
	struct pass pass = {
		.step = step_read,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.len = len,
		.to = buf,
	};
	int ret = pramin_bulk_begin(op, vram_pa, len, false, bulk);

	return ret ? ret : run_pass(op, &pass);
}

static int step_write(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		      uint64_t len)
{
	const unsigned char *from = pass->from + (vram_pa - pass->vram_pa);
	int ret = pramin_ap_write_run(op, vram_pa, from, len);

	return ret ? ret : pramin_ap_flush(op);
}

int pramin_bulk_write(struct pramin_op *op, uint64_t vram_pa, const void *buf,
		      uint64_t len, struct pramin_bulk *bulk)
{
	struct pass pass = {
		.step = step_write,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.len = len,
		.from = buf,
	};
	int ret = pramin_bulk_begin(op, vram_pa, len, true, bulk);

	return ret ? ret : run_pass(op, &pass);
}

/* From @vram_pa to the next multiple of PIECE, so that pieces stay aligned */
static uint64_t piece_len(uint64_t vram_pa, uint64_t left)
{
	uint64_t n = PIECE - vram_pa % PIECE;

	return n < left ? n : left;
}

static int step_fill(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		     uint64_t len)
{
	/* The pattern over and over, and once more for a start inside it */
	unsigned char piece[PIECE + 8];
	unsigned int i;

	for (i = 0; i < sizeof(piece); i++)
		piece[i] = pass->from[i % pass->from_len];

	while (len) {
		uint64_t phase = (vram_pa - pass->vram_pa) % pass->from_len;
		uint64_t n = piece_len(vram_pa, len);
		int ret = pramin_ap_write_run(op, vram_pa, piece + phase, n);

		if (ret)
			return ret;
		vram_pa += n;
		len -= n;
	}
	return pramin_ap_flush(op);
}

int pramin_bulk_fill(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		     const void *pattern, unsigned int pattern_len,
		     struct pramin_bulk *bulk)
{
	struct pass pass = {
		.step = step_fill,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.len = len,
		.from = pattern,
		.from_len = pattern_len,
	};
	int ret;

	if (pattern_len != 1 && pattern_len != 2 && pattern_len != 4 &&
	    pattern_len != 8)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_WIDTH,
				   pattern_len, 0, 0);
	if (len % pattern_len)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_PATTERN, len,
				   pattern_len, 0);
	ret = pramin_bulk_begin(op, vram_pa, len, true, bulk);
	return ret ? ret : run_pass(op, &pass);
}

/*
 * Read a chunk piece by piece and show each to @look, until it says stop. The
 * last access decides whether the GPU was there for all of them.
 */
static int look_at(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		   uint64_t len,
		   void (*look)(struct pass *pass, uint64_t vram_pa,
				const unsigned char *piece, uint64_t len))
{
	unsigned char piece[PIECE];
	bool ones = false;

	pass->looked = 0;
	while (len && !pass->stop) {
		uint64_t n = piece_len(vram_pa, len);
		int ret = pramin_ap_read_run(op, vram_pa, piece, n, &ones);

		if (ret)
			return ret;
		pramin_bulk_suspects(pass->bulk, vram_pa, piece, n);
		look(pass, vram_pa, piece, n);
		pass->looked += n;
		vram_pa += n;
		len -= n;
	}
	return pramin_gpu_there(op, ones);
}

static void look_compare(struct pass *pass, uint64_t vram_pa,
			 const unsigned char *piece, uint64_t len)
{
	const unsigned char *want = pass->from + (vram_pa - pass->vram_pa);
	uint64_t i;

	for (i = 0; i < len; i++)
		if (piece[i] != want[i])
			break;
	pass->result += i;
	pass->stop = i < len;
}

static int step_compare(struct pramin_op *op, struct pass *pass,
			uint64_t vram_pa, uint64_t len)
{
	return look_at(op, pass, vram_pa, len, look_compare);
}

int pramin_bulk_compare(struct pramin_op *op, uint64_t vram_pa,
			const void *buf, uint64_t len, uint64_t *same,
			struct pramin_bulk *bulk)
{
	struct pass pass = {
		.step = step_compare,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.len = len,
		.from = buf,
	};
	int ret = pramin_bulk_begin(op, vram_pa, len, false, bulk);

	if (!ret)
		ret = run_pass(op, &pass);
	if (!ret)
		*same = pass.result;
	return ret;
}

/*
 * Knuth-Morris-Pratt: border[i] is the length of the longest proper prefix of
 * the pattern that is also a suffix of its first i + 1 bytes. No byte of VRAM
 * is looked at twice, however the pattern repeats itself.
 */
static void find_borders(const unsigned char *pattern, uint64_t len,
			 uint16_t *border)
{
	uint16_t k = 0;
	uint64_t i;

	border[0] = 0;
	for (i = 1; i < len; i++) {
		while (k && pattern[i] != pattern[k])
			k = border[k - 1];
		if (pattern[i] == pattern[k])
			k++;
		border[i] = k;
	}
}

static void look_find(struct pass *pass, uint64_t vram_pa,
		      const unsigned char *piece, uint64_t len)
{
	uint64_t k = pass->matched;
	uint64_t i;

	for (i = 0; i < len && k < pass->from_len; i++) {
		while (k && piece[i] != pass->from[k])
			k = pass->border[k - 1];
		if (piece[i] == pass->from[k])
			k++;
	}
	pass->matched = k;
	if (k == pass->from_len) {
		pass->stop = true;
		pass->result = vram_pa + i - k;
	}
}

static int step_find(struct pramin_op *op, struct pass *pass, uint64_t vram_pa,
		     uint64_t len)
{
	return look_at(op, pass, vram_pa, len, look_find);
}

int pramin_bulk_find(struct pramin_op *op, uint64_t vram_pa, uint64_t len,
		     const void *pattern, uint64_t pattern_len, bool *found,
		     uint64_t *at, struct pramin_bulk *bulk)
{
	struct pass pass = {
		.step = step_find,
		.bulk = bulk,
		.vram_pa = vram_pa,
		.len = len,
		.from = pattern,
		.from_len = pattern_len,
	};
	const struct pramin_gpu_config *config = &op->gpu->config;
	int ret;

	if (pattern_len == 0 || pattern_len > PRAMIN_FIND_MAX)
		return pramin_fail(op, -EINVAL, PRAMIN_REASON_FIND_LEN,
				   pattern_len, PRAMIN_FIND_MAX, 0);
	ret = pramin_bulk_begin(op, vram_pa, len, false, bulk);
	if (ret)
		return ret;
	pass.border = config->env_ops->alloc(
		config->env, pattern_len * sizeof(*pass.border));
	if (!pass.border)
		return pramin_fail(op, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
				   pattern_len * sizeof(*pass.border), 0, 0);
	find_borders(pass.from, pattern_len, pass.border);
	ret = run_pass(op, &pass);
	config->env_ops->free(config->env, pass.border);
	if (ret)
		return ret;
	*found = pass.stop;
	if (pass.stop)
		*at = pass.result;
	return 0;
}
