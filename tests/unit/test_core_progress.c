// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The progress callback: when it is called, that it can stop a call, and that
 * it may use the GPU meanwhile, whatever it does to the window.
 */
#include "core_rig.h"

#define CHUNK GRAIN

static uint8_t buf[FAKE_VRAM], want[FAKE_VRAM];

/* What a callback saw, and when it stops or what it does */
struct watch {
	struct rig *rig;
	unsigned int calls, stop_at;
	uint64_t done[64];
	uint64_t total;
	void (*meanwhile)(struct rig *r, unsigned int call);
};

static int watch_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct watch *w = ctx;

	if (w->calls < ARRAY_LEN(w->done))
		w->done[w->calls] = done;
	w->total = total;
	w->calls++;
	if (w->meanwhile)
		w->meanwhile(w->rig, w->calls);
	return w->calls == w->stop_at ? -7 : 0;
}

static void watch(struct rig *r, struct watch *w)
{
	memset(w, 0, sizeof(*w));
	w->rig = r;
	r->bulk.progress = watch_progress;
	r->bulk.ctx = w;
}

/* Each call on a range that begins off a line and holds no surprises */
#define PA  (MIB - CHUNK - 100)
#define LEN (4 * CHUNK)

enum call {
	READ,
	WRITE,
	FILL,
	COMPARE,
	FIND,
	COPY_UP,
	COPY_DOWN,
	CALLS
};

static int call(struct rig *r, unsigned int which)
{
	/* Not on the stack: the callback makes calls with ops of its own. */
	struct pramin_op op = { .gpu = &r->gpu };
	uint64_t n;
	bool found;
	int ret;

	switch (which) {
	case READ:
		return pramin_bulk_read(&op, PA, buf, LEN, &r->bulk);
	case WRITE:
		return pramin_bulk_write(&op, PA, want, LEN, &r->bulk);
	case FILL:
		return pramin_bulk_fill(&op, PA, LEN, "abcdefgh", 8, &r->bulk);
	case COMPARE:
		memcpy(want, r->fake.vram + PA, LEN);
		ret = pramin_bulk_compare(&op, PA, want, LEN, &n, &r->bulk);
		return !ret && n != LEN ? -EILSEQ : ret;
	case FIND:
		memcpy(want, r->fake.vram + PA + LEN - 64, 64);
		want[63] ^= 1;
		return pramin_bulk_find(&op, PA, LEN, want, 64, &found, &n,
					&r->bulk);
	case COPY_UP:
		return pramin_bulk_copy(&op, 100, MIB + CHUNK, 2 * MIB + CHUNK,
					&r->bulk);
	default:
		return pramin_bulk_copy(&op, MIB + CHUNK, 100, 2 * MIB + CHUNK,
					&r->bulk);
	}
}

static uint64_t length(unsigned int which)
{
	return which < COPY_UP ? LEN : 2 * MIB + CHUNK;
}

static int progress_is_called_between_chunks_and_not_after_the_last(void)
{
	struct watch w;
	struct rig r;
	unsigned int c, i;

	for (c = 0; c < CALLS; c++) {
		rig_open(&r, "tu102");
		watch(&r, &w);
		CHECK_EQ(call(&r, c), 0);
		CHECK_EQ(r.bulk.done, length(c));
		CHECK_EQ(w.total, length(c));
		/* 100 bytes, three chunks, and the rest of a fifth */
		CHECK_EQ(w.calls, c < COPY_UP ? 4 : 2);
		for (i = 0; i < w.calls; i++) {
			uint64_t last = i ? w.done[i - 1] : 0;

			CHECK(w.done[i] > last && w.done[i] < w.total);
			CHECK(w.done[i] - last <= (c < COPY_UP ? CHUNK : MIB));
		}
	}
	return 0;
}

/* The bytes that a cancelled or broken call says it has done are right. */
static int check_done(struct rig *r, unsigned int which)
{
	uint64_t i, n = r->bulk.done, from = 0;

	if (which == COPY_DOWN)
		from = length(which) - n;
	for (i = from; i < from + n; i++) {
		if (which == READ)
			CHECK_EQ(buf[i], fake_byte(PA + i));
		else if (which == WRITE)
			CHECK_EQ(r->fake.vram[PA + i], want[i]);
		else if (which == FILL)
			CHECK_EQ(r->fake.vram[PA + i], "abcdefgh"[i % 8]);
		else if (which == COPY_UP)
			CHECK_EQ(r->fake.vram[100 + i],
				 fake_byte(MIB + CHUNK + i));
		else if (which == COPY_DOWN)
			CHECK_EQ(r->fake.vram[MIB + CHUNK + i],
				 fake_byte(100 + i));
	}
	return 0;
}

static int a_call_can_be_cancelled_at_each_chunk(void)
{
	struct watch w;
	struct rig r;
	unsigned int c, stop, calls;

	for (c = 0; c < CALLS; c++) {
		calls = c < COPY_UP ? 4 : 2;
		for (stop = 1; stop <= calls; stop++) {
			rig_open(&r, "gh100");
			memset(want, 0x42, sizeof(want));
			watch(&r, &w);
			w.stop_at = stop;
			CHECK_EQ(call(&r, c), -ECANCELED);
			CHECK_EQ(w.calls, stop);
			CHECK_EQ(r.bulk.done, w.done[stop - 1]);
			CHECK_EQ(check_done(&r, c), 0);
			CHECK_EQ(r.env.allocs, r.env.frees);
			CHECK_EQ(rig_detach(&r), 0);
			CHECK_EQ(r.fake.window, 0x8000003d);
		}
	}
	return 0;
}

static int a_cancelled_call_says_how_far_it_came(void)
{
	struct pramin_op op;
	struct watch w;
	struct rig r;

	rig_open(&r, "tu102");
	watch(&r, &w);
	w.stop_at = 2;
	pramin_op_init(&op, &r.gpu);
	CHECK_EQ(pramin_bulk_read(&op, PA, buf, LEN, &r.bulk), -ECANCELED);
	CHECK_EQ(op.cause.reason, PRAMIN_REASON_CANCELED);
	CHECK_EQ(op.cause.arg[0], r.bulk.done);
	CHECK_EQ(op.cause.arg[1], LEN);
	return 0;
}

/* Somewhere else each time; reads only, so that results stay comparable */
static void roam(struct rig *r, unsigned int n)
{
	rig_touch(r, (n * 7 % 4) * MIB + 12345);
}

static int a_callback_may_move_the_window(void)
{
	struct watch w;
	struct rig r;
	unsigned int c, mapped;

	for (c = 0; c < CALLS; c++) {
		for (mapped = 0; mapped < 2; mapped++) {
			rig_open(&r, "tu102");
			r.fake.mapped = mapped;
			memset(want, 0x42, sizeof(want));
			watch(&r, &w);
			w.meanwhile = roam;
			CHECK_EQ(call(&r, c), 0);
			CHECK_EQ(r.bulk.done, length(c));
			CHECK_EQ(check_done(&r, c), 0);
			CHECK_EQ(r.fake.stray, 0);
		}
	}
	return 0;
}

static void kill_gpu(struct rig *r, unsigned int n)
{
	if (n != 2)
		return;
	fake_forget(&r->fake);
	r->fake.fault = (struct fake_fault){ .at = 1, .err = -ENODEV };
	rig_touch(r, 5);
	r->fake.fault.at = 0;
	fake_forget(&r->fake);
}

static int a_gpu_found_gone_by_the_callback_is_not_touched_again(void)
{
	struct watch w;
	struct rig r;
	unsigned int c;

	for (c = 0; c < CALLS; c++) {
		rig_open(&r, "tu102");
		memset(want, 0x42, sizeof(want));
		watch(&r, &w);
		w.meanwhile = kill_gpu;
		CHECK_EQ(call(&r, c), -ENODEV);
		CHECK_EQ(w.calls, 2);
		CHECK_EQ(r.bulk.done, w.done[1]);
		CHECK_EQ(check_done(&r, c), 0);
		CHECK_EQ(r.fake.accesses, 0);
	}
	return 0;
}

static struct pramin_hold left_open;

static void open_view(struct rig *r, unsigned int n)
{
	if (n == 1)
		pramin_hold_begin(rig_op(r), &left_open, 3 * MIB, 64, false);
}

static int a_view_opened_by_the_callback_stops_the_call_where_it_must_move(void)
{
	struct watch w;
	struct rig r;
	unsigned int c;

	for (c = 0; c < CALLS; c++) {
		rig_open(&r, "tu102");
		memset(want, 0x42, sizeof(want));
		watch(&r, &w);
		w.meanwhile = open_view;
		CHECK_EQ(call(&r, c), -EBUSY);
		CHECK_EQ(r.bulk.done, w.done[0]);
		CHECK_EQ(check_done(&r, c), 0);
		pramin_hold_end(&left_open);
		CHECK_EQ(r.gpu.holds, 0);
	}
	return 0;
}

static int under_a_view_that_shows_the_run_no_call_moves_the_window(void)
{
	struct pramin_hold hold;
	uint64_t same;
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, MIB + 100, 64, false), 0);
	fake_forget(&r.fake);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), MIB, buf, MIB, &r.bulk), 0);
	CHECK_EQ(pramin_bulk_compare(rig_op(&r), MIB, buf, MIB, &same, &r.bulk),
		 0);
	CHECK_EQ(same, MIB);
	/* Far apart, near, and overlapping, but all of it shown */
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 2 * MIB - 77, MIB, 77, &r.bulk),
		 0);
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), MIB + 3, MIB, MIB - 3, &r.bulk),
		 0);
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), MIB, MIB + 5000, MIB - 5000,
				  &r.bulk),
		 0);
	CHECK_EQ(r.fake.window_writes, 0);
	pramin_hold_end(&hold);
	return 0;
}

static const struct check_test tests[] = {
	TEST(progress_is_called_between_chunks_and_not_after_the_last),
	TEST(a_call_can_be_cancelled_at_each_chunk),
	TEST(a_cancelled_call_says_how_far_it_came),
	TEST(a_callback_may_move_the_window),
	TEST(a_gpu_found_gone_by_the_callback_is_not_touched_again),
	TEST(a_view_opened_by_the_callback_stops_the_call_where_it_must_move),
	TEST(under_a_view_that_shows_the_run_no_call_moves_the_window),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
