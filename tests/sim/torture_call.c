// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a client does: one random call, and what it may return.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "torture.h"
#include "scalars.h"

/*
 * A call waits once for the window on each way in, and behind who is stopped for
 * the lock on the way out; one that gives way comes in several times.
 */
#define WAITS_MAX 8u

/* The others get done in this time, and a death is noticed in that, in ns. */
#define CALL_NS 50000000u
#define LOOK_NS 101000000ull

void call_begin(struct tester *t, const char *what)
{
	t->what = what;
	t->in_call = true;
	t->ones = false;
	t->begun_asleep = t->client->asleep_ns;
}

static bool may_return(const struct tester *t, int ret)
{
	const struct profile *p = &tt.profile;

	switch (ret) {
	case 0:
	case -ECANCELED:
		return true;
	case -ENODEV:
		return tt.gpu.lost || t->team->revoked || t->team->closing;
	case -ETIMEDOUT:
		return p->stops;
	case -EIO:
		return p->faults || p->resets || p->lost || p->kills;
	default:
		return false;
	}
}

int call_end(struct tester *t, int ret)
{
	const uint64_t asleep = t->client->asleep_ns - t->begun_asleep;
	uint64_t limit = CALL_NS + tt.kills * LOOK_NS;

	if (tt.profile.stops)
		limit += WAITS_MAX * tt.profile.timeout_ms * 1000000ull;

	t->in_call = false;
	if (!may_return(t, ret))
		sim_fail("client %u: %s returned %d (%s)", t->client->number,
			 t->what, ret, pramin_last_why(t->team->dev)->what);
	if (asleep > limit)
		sim_fail("client %u slept %" PRIu64
			 " ns in %s, which returned %d",
			 t->client->number, asleep, t->what, ret);
	seen[SEEN_TIMED_OUT] += ret == -ETIMEDOUT;
	mem_settle(t, ret);
	t->read_len = 0;
	return ret;
}

static void may_read(struct tester *t, uint64_t pa, uint64_t len)
{
	t->read_pa = pa;
	t->read_len = len;
}

static unsigned int pick_scalar(const struct tester *t, uint64_t *pa)
{
	unsigned int width = 1u << sim_below(4), len;

	mem_pick(t->slot, 1, pa, &len);
	*pa -= *pa % width;
	return width;
}

static void call_scalar(struct tester *t)
{
	uint64_t pa, val = 0;
	unsigned int width = pick_scalar(t, &pa);

	if (sim_below(2)) {
		mem_intend(t, pa, width);
		memcpy(&val, t->intent[0].bytes, width);
		call_begin(t, "a scalar write");
		call_end(t, scalar_write(t->team->dev, pa, width, val));
		return;
	}
	may_read(t, pa, width);
	call_begin(t, "a scalar read");
	if (!call_end(t, scalar_read(t->team->dev, pa, width, &val)))
		mem_check_read(t, pa, &val, width);
}

/* Between two chunks: now and then a call of its own, now and then stop */
static int on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct tester *t = ctx;
	const uint64_t pa = t->read_pa, len = t->read_len;
	uint8_t val;

	(void)done;
	(void)total;
	if (sim_below(4) == 0 && len) {
		(void)pramin_read8(t->team->dev, pa, &val);
		may_read(t, pa, len);
	}
	return sim_below(4) == 0;
}

static void call_bulk(struct tester *t)
{
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = on_progress,
		.ctx = t,
	};
	unsigned char buf[REGION];
	unsigned int len;
	uint64_t pa;
	int ret;

	mem_pick(t->slot, REGION, &pa, &len);
	if (sim_below(2)) {
		mem_intend(t, pa, len);
		memcpy(buf, t->intent[0].bytes, len);
		call_begin(t, "a write");
		ret = pramin_write(t->team->dev, pa, buf, len, &bulk);
		call_end(t, ret);
	} else {
		may_read(t, pa, len);
		call_begin(t, "a read");
		ret = pramin_read(t->team->dev, pa, buf, len, &bulk);
		if (!call_end(t, ret))
			mem_check_read(t, pa, buf, len);
	}
	seen[SEEN_CANCELLED] += ret == -ECANCELED;
}

/* One word of 8 bytes for each entry, so that no two share a byte */
static unsigned int make_batch(struct tester *t, struct pramin_access *list)
{
	unsigned int n = 1 + (unsigned int)sim_below(INTENTS), count = 0, i;

	for (i = 0; i < n; i++) {
		struct pramin_access *a = &list[count];
		unsigned int width = pick_scalar(t, &a->vram_pa), k;

		for (k = 0; k < count; k++)
			if (list[k].vram_pa / 8 == a->vram_pa / 8)
				break;
		if (k < count)
			continue;
		a->kind = (uint8_t)sim_below(3);
		a->width = (uint8_t)width;
		a->val = 0;
		a->done = false;
		if (a->kind == PRAMIN_ACCESS_WRITE) {
			mem_intend(t, a->vram_pa, width);
			memcpy(&a->val, t->intent[t->intents - 1].bytes, width);
		}
		count++;
	}
	return count;
}

static void call_batch(struct tester *t)
{
	struct pramin_access list[INTENTS];
	struct pramin_batch batch = {
		.size = sizeof(batch),
		.flags = (uint32_t)sim_below(4),
	};
	unsigned int count = make_batch(t, list), i;
	int ret;

	/* Its values say what it has read. */
	may_read(t, 0, SIM_VRAM);
	call_begin(t, "a batch");
	ret = call_end(t, pramin_batch(t->team->dev, list, count, &batch));
	for (i = 0; i < count; i++)
		if (list[i].kind == PRAMIN_ACCESS_READ && list[i].done)
			mem_check_read(t, list[i].vram_pa, &list[i].val,
				       list[i].width);
	if (!ret && batch.done > count)
		sim_fail("a batch of %u has done more", count);
}

/* One access of a view, of its own range; a view tells at its end. */
static void touch_view(struct tester *t, struct pramin_view *view, uint64_t pa,
		       unsigned int len)
{
	unsigned int width = 1u << sim_below(4);
	uint64_t off = sim_below(len), val = 0;

	off -= (pa + off) % width < off + 1 ? (pa + off) % width : 0;
	if ((pa + off) % width || off + width > len)
		return;
	if (sim_below(2)) {
		may_read(t, pa, len);
		pramin_view_read(view, off, width);
	} else {
		mem_intend(t, pa + off, width);
		memcpy(&val, t->intent[0].bytes, width);
		pramin_view_write(view, off, width, val);
		/* Whether it arrived is known at the end only. */
		mem_settle(t, -1);
	}
}

static void call_view(struct tester *t)
{
	struct pramin_view *view;
	unsigned int len, n;
	uint64_t pa, moves;
	int ret;

	mem_pick(t->slot, REGION, &pa, &len);
	call_begin(t, "a view's begin");
	ret = sim_below(4) ?
		      pramin_view_begin(t->team->dev, pa, len, &view) :
		      pramin_view_begin_alone(t->team->dev, pa, len, &view);
	if (call_end(t, ret))
		return;
	t->team->views++;
	for (n = (unsigned int)sim_below(12); n && !sim_failed(); n--) {
		if (sim_below(4)) {
			touch_view(t, view, pa, len);
			continue;
		}
		moves = tt.gpu.moves;
		call_begin(t, "a view's yield");
		/* After it the view fails, and says why once more. */
		if (call_end(t, pramin_view_yield(view)))
			break;
		seen[SEEN_YIELDED] += tt.gpu.moves > moves + 1;
	}
	t->team->views--;
	call_begin(t, "a view's end");
	call_end(t, pramin_view_end(view));
}

static void call_other(struct tester *t)
{
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_dev *dev = t->team->dev;
	struct pramin_position pos;

	call_begin(t, "a small call");
	switch (sim_below(4)) {
	case 0:
		call_end(t, pramin_flush(dev));
		break;
	case 1:
		call_end(t, pramin_check_window(dev));
		break;
	case 2:
		call_end(t, pramin_position(dev, &pos));
		break;
	default:
		call_end(t, pramin_stats(dev, &stats));
		break;
	}
}

void call_random(struct tester *t)
{
	switch (sim_below(8)) {
	case 0:
	case 1:
	case 2:
		call_scalar(t);
		break;
	case 3:
	case 4:
		call_bulk(t);
		break;
	case 5:
		call_batch(t);
		break;
	case 6:
		call_view(t);
		break;
	default:
		call_other(t);
		break;
	}
}
