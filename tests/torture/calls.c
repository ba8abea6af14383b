// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The calls that a worker makes.
 *
 * Each reads and writes bytes of the thread's own lane only, though what it holds
 * or reads over may be full of others'. It fails the run if a byte is not what
 * its owner left there, or the call fails for another reason than that somebody
 * was stopped.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"
#include "scalars.h"

#define LIST 12u /* most entries of a batch */

/* What a call says that was made */
static bool good(struct thread *t, int ret)
{
	if (!ret)
		return true;
	if (ret == -EBUSY)
		torture_fail(t->b, "a call returned -EBUSY: %s",
			     pramin_last_why(t->dev)->what);
	else
		torture_judge(t, ret, pramin_last_why(t->dev));
	return false;
}

static void check_read(struct thread *t, uint64_t at, const uint8_t *got,
		       unsigned int len, const char *how)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (!may_be(t->b, at + i, got[i])) {
			torture_fail(t->b,
				     "%s by process %d: 0x%llx holds 0x%02x, "
				     "not 0x%02x or 0x%02x",
				     how, (int)getpid(),
				     (unsigned long long)at + i, got[i],
				     t->b->sure[at + i], t->b->next[at + i]);
			return;
		}
}

/* From now on these bytes may be @bytes too. */
static void intend(struct thread *t, uint64_t at, const void *bytes,
		   unsigned int len)
{
	uint64_t *steps = &t->b->lane[t->lane].steps;

	__atomic_store_n(steps, *steps + 1 + (*steps & 1), __ATOMIC_SEQ_CST);
	memcpy(&t->b->next[at], bytes, len);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void confirm(struct thread *t, uint64_t at, const void *bytes,
		    unsigned int len)
{
	uint64_t *steps = &t->b->lane[t->lane].steps;

	/* Who has read the byte before the write has to look again. */
	__atomic_store_n(steps, *steps + 2, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy(&t->b->sure[at], bytes, len);
	memcpy(&t->b->next[at], bytes, len);
}

static void settled(struct thread *t)
{
	uint64_t *steps = &t->b->lane[t->lane].steps;

	if (*steps & 1)
		__atomic_store_n(steps, *steps + 1, __ATOMIC_SEQ_CST);
}

/* A write has failed, and any part of it may be there: look, till it works. */
static void look_again(struct thread *t, uint64_t at, unsigned int len)
{
	uint8_t now[STRIPE];

	while (!t->b->failed) {
		t->began = torture_now();
		if (!good(t, pramin_read(t->dev, at, now, len, NULL)))
			continue;
		check_read(t, at, now, len, "a read after a failure");
		confirm(t, at, now, len);
		return;
	}
}

/* The end of a write of one stretch */
static void wrote(struct thread *t, int ret, uint64_t at, const void *bytes,
		  unsigned int len)
{
	if (good(t, ret))
		confirm(t, at, bytes, len);
	else
		look_again(t, at, len);
	settled(t);
}

/* A stretch of the lane inside of one stripe */
static uint64_t stretch(struct thread *t, unsigned int *len,
			unsigned int multiple)
{
	unsigned int stripe = torture_pick(t, LANE_BYTES / STRIPE);
	unsigned int n = STRIPE / multiple;
	unsigned int first = torture_pick(t, n);

	*len = (1 + torture_pick(t, n - first)) * multiple;
	return lane_at(t->lane, stripe * STRIPE + first * multiple);
}

static void fresh(struct thread *t, uint8_t *bytes, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)torture_random(&t->random);
}

static void read_word(struct thread *t)
{
	unsigned int width = 1u << torture_pick(t, 4), len;
	uint64_t at = stretch(t, &len, width), val = 0;

	if (good(t, scalar_read(t->dev, at, width, &val)))
		check_read(t, at, (const uint8_t *)&val, width, "a read");
}

static void write_word(struct thread *t)
{
	unsigned int width = 1u << torture_pick(t, 4), len;
	uint64_t at = stretch(t, &len, width);
	uint64_t val = torture_random(&t->random);

	intend(t, at, &val, width);
	wrote(t, scalar_write(t->dev, at, width, val), at, &val, width);
}

static void bulk_read(struct thread *t)
{
	unsigned int len;
	uint64_t at = stretch(t, &len, 1);

	if (good(t, pramin_read(t->dev, at, t->buf, len, NULL)))
		check_read(t, at, t->buf, len, "a bulk read");
}

/* Over bytes of everybody; only the lane's own are known. */
static void wide_read(struct thread *t)
{
	uint64_t at = patch_at(torture_pick(t, PATCHES)) +
		      torture_pick(t, PATCH_BYTES - sizeof(t->buf));
	unsigned int i = 0, n;

	if (!good(t, pramin_read(t->dev, at, t->buf, sizeof(t->buf), NULL)))
		return;
	for (; i < LANE_BYTES; i += STRIPE) {
		uint64_t own = lane_at(t->lane, i);

		if (own < at || own + STRIPE > at + sizeof(t->buf))
			continue;
		n = (unsigned int)(own - at);
		check_read(t, own, t->buf + n, STRIPE, "a wide read");
	}
}

static void bulk_write(struct thread *t)
{
	unsigned int len;
	uint64_t at = stretch(t, &len, 1);

	fresh(t, t->buf, len);
	intend(t, at, t->buf, len);
	wrote(t, pramin_write(t->dev, at, t->buf, len, NULL), at, t->buf, len);
}

static void fill(struct thread *t)
{
	unsigned int len, i;
	uint64_t at = stretch(t, &len, 4);

	fresh(t, t->buf, 4);
	for (i = 4; i < len; i++)
		t->buf[i] = t->buf[i - 4];
	intend(t, at, t->buf, len);
	wrote(t, pramin_fill(t->dev, at, len, t->buf, 4, NULL), at, t->buf,
	      len);
}

/* From one stripe of the lane to another, or within it */
static void copy(struct thread *t)
{
	unsigned int len, src_len;
	uint64_t dst = stretch(t, &len, 1), src = stretch(t, &src_len, 1);

	if (len > src_len)
		len = src_len;
	memcpy(t->buf, &t->b->sure[src], len);
	intend(t, dst, t->buf, len);
	wrote(t, pramin_copy(t->dev, dst, src, len, NULL), dst, t->buf, len);
}

/* An entry of a batch; writes go to stripes that the others do not. */
static void make_entry(struct thread *t, struct pramin_access *a,
		       unsigned int i)
{
	unsigned int width = 1u << torture_pick(t, 4);
	unsigned int stripe =
		torture_pick(t, LANE_BYTES / STRIPE / LIST) * LIST + i;
	unsigned int off = torture_pick(t, STRIPE / width) * width;

	*a = (struct pramin_access){
		.vram_pa = lane_at(t->lane, stripe * STRIPE + off),
		.val = torture_random(&t->random),
		.width = (uint8_t)width,
		.kind = torture_pick(t, 2) ? PRAMIN_ACCESS_WRITE :
					     PRAMIN_ACCESS_READ,
	};
	if (a->kind == PRAMIN_ACCESS_WRITE)
		intend(t, a->vram_pa, &a->val, width);
}

static void batch(struct thread *t)
{
	struct pramin_batch options = { .size = sizeof(options) };
	struct pramin_access list[LIST];
	unsigned int n = 1 + torture_pick(t, LIST), i;
	bool ok;

	options.flags = torture_pick(t, 2) ? PRAMIN_BATCH_MERGE : 0;
	options.flags |= torture_pick(t, 2) ? PRAMIN_BATCH_FLUSH : 0;
	for (i = 0; i < n; i++)
		make_entry(t, &list[i], i);
	ok = good(t, pramin_batch(t->dev, list, n, &options));
	for (i = 0; i < n; i++) {
		const struct pramin_access *a = &list[i];

		if (a->kind == PRAMIN_ACCESS_READ && ok)
			check_read(t, a->vram_pa, (const uint8_t *)&a->val,
				   a->width, "a batch");
		else if (a->kind == PRAMIN_ACCESS_WRITE && ok)
			confirm(t, a->vram_pa, &a->val, a->width);
		else if (a->kind == PRAMIN_ACCESS_WRITE)
			look_again(t, a->vram_pa, a->width);
	}
	settled(t);
}

/* One stripe inside a view: read it, and write it anew */
static void view_access(struct thread *t, struct pramin_view *view,
			uint64_t from, uint64_t at)
{
	struct pramin_span span = pramin_view_span(view);
	uint64_t vals[STRIPE / 8];
	unsigned int i;

	for (i = 0; i < STRIPE / 8; i++)
		vals[i] = pramin_span_read64(span, at - from + 8 * i);
	check_read(t, at, (const uint8_t *)vals, STRIPE, "a view");
	fresh(t, t->buf, STRIPE);
	memcpy(vals, t->buf, STRIPE);
	intend(t, at, vals, STRIPE);
	for (i = 0; i < STRIPE / 8; i++)
		pramin_span_write64(span, at - from + 8 * i, vals[i]);
}

/*
 * A view over a round of stripes, of which one is the lane's; twice if it can
 * be had again after those who waited.
 */
static void view(struct thread *t, bool alone)
{
	unsigned int stripe = torture_pick(t, LANE_BYTES / STRIPE), turns = 1,
		     i;
	uint64_t at = lane_at(t->lane, stripe * STRIPE);
	uint64_t from = at - t->lane * STRIPE;
	struct pramin_view *view;
	bool ok = true;
	uint8_t v;

	if (!good(t,
		  alone ? pramin_view_begin_alone(t->dev, from, ROUND, &view) :
			  pramin_view_begin(t->dev, from, ROUND, &view)))
		return;
	turns += torture_pick(t, 3) == 0;
	__atomic_fetch_add(&t->b->inside[t->slot], 1, __ATOMIC_RELAXED);
	for (i = 0; i < turns && ok; i++) {
		view_access(t, view, from, at);
		/* Another call in it */
		if (torture_pick(t, 3) == 0)
			good(t, pramin_read8(t->dev, at, &v));
		if (i + 1 < turns)
			ok = good(t, pramin_view_yield(view));
		if (ok)
			confirm(t, at, t->buf, STRIPE);
	}
	__atomic_fetch_sub(&t->b->inside[t->slot], 1, __ATOMIC_RELAXED);
	t->began = torture_now() - TIMEOUT_MS * 1000000ull;
	ok = good(t, pramin_view_end(view)) && ok;
	if (!ok)
		look_again(t, at, STRIPE);
	settled(t);
}

void torture_call(struct thread *t)
{
	struct lane *lane = &t->b->lane[t->lane];
	unsigned int what = torture_pick(t, 100);

	t->began = torture_now();
	if (what < 25)
		write_word(t);
	else if (what < 45)
		read_word(t);
	else if (what < 52)
		bulk_write(t);
	else if (what < 59)
		bulk_read(t);
	else if (what < 62)
		wide_read(t);
	else if (what < 66)
		fill(t);
	else if (what < 72)
		copy(t);
	else if (what < 82)
		batch(t);
	else if (what < 92)
		view(t, false);
	else if (what < 97)
		view(t, true);
	else
		good(t, pramin_flush(t->dev));
	torture_count(&lane->done, 1);
}
