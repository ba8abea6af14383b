// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault sweep: access 1, 2, 3 ... of each operation fails, until none
 * does. Once or from then on, reported by the backend or silently, as a lost
 * GPU does it: reads of all ones, writes that vanish.
 *
 * Whatever happens: the right code, what is said to be done is done, no memory
 * lost, no access after the GPU was found gone, and the window back in place
 * as soon as the GPU takes it.
 */
#include "core_rig.h"

#define SAVED 0x8000003du

enum op {
	READ8,
	READ64,
	READ_ONES,
	WRITE8,
	WRITE64,
	FLUSH,
	POSITION,
	VIEW_READ,
	VIEW_WRITE,
	BULK_READ,
	BULK_WRITE,
	BULK_FILL,
	BULK_COMPARE,
	BULK_FIND,
	COPY_NEAR,
	COPY_FAR,
	COPY_DOWN,
	OPS
};

/* Over a MiB line and two 64 KiB lines away from where the window stands */
#define PA   (MIB - 44)
#define LEN  88u
#define FAR  (3 * MIB + 5)
#define ONES (2 * MIB + 512) /* erased VRAM */

static uint8_t src[LEN], dst[LEN];

static int run_bulk(struct pramin_op *op, struct pramin_bulk *bulk,
		    unsigned int which)
{
	uint64_t n = 0;
	bool found = false;
	int ret;

	switch (which) {
	case BULK_READ:
		return pramin_bulk_read(op, PA, dst, LEN, bulk);
	case BULK_WRITE:
		return pramin_bulk_write(op, PA, src, LEN, bulk);
	case BULK_FILL:
		return pramin_bulk_fill(op, PA, LEN, "fill", 4, bulk);
	case BULK_COMPARE:
		ret = pramin_bulk_compare(op, PA, src, LEN, &n, bulk);
		return !ret && n != LEN ? -EILSEQ : ret;
	case BULK_FIND:
		ret = pramin_bulk_find(op, PA, LEN, src + LEN - 9, 9, &found,
				       &n, bulk);
		return !ret && !(found && n == PA + LEN - 9) ? -EILSEQ : ret;
	case COPY_NEAR:
		return pramin_bulk_copy(op, PA - 200, PA, LEN, bulk);
	case COPY_FAR:
		return pramin_bulk_copy(op, FAR, PA, LEN, bulk);
	default:
		return pramin_bulk_copy(op, PA + 13, PA, LEN, bulk);
	}
}

static int run_view(struct pramin_op *op, unsigned int which)
{
	struct pramin_hold hold;
	int ret = pramin_hold_begin(op, &hold, PA, LEN, false);

	if (ret)
		return ret;
	if (which == VIEW_READ) {
		pramin_hold_read(&hold, 4, 8);
		pramin_hold_read(&hold, 12, 4);
	} else {
		pramin_hold_write(&hold, 4, 8, 5);
		pramin_hold_write(&hold, 12, 4, 6);
	}
	pramin_hold_end(&hold);
	return hold.cause.err;
}

static int run(struct rig *r, unsigned int which)
{
	struct pramin_op *op = rig_op(r);
	struct pramin_position pos;
	uint64_t val = 77;
	int ret;

	switch (which) {
	case READ8:
	case READ64:
		ret = pramin_scalar_read(op, which == READ8 ? PA : PA + 4,
					 which == READ8 ? 1 : 8, &val);
		/* Untouched on failure */
		return ret && val != 77 ? -EILSEQ : ret;
	case READ_ONES:
		ret = pramin_scalar_read(op, ONES, 4, &val);
		return ret && val != 77 ? -EILSEQ : ret;
	case WRITE8:
		return pramin_scalar_write(op, PA, 1, 3);
	case WRITE64:
		return pramin_scalar_write(op, PA + 4, 8, 3);
	case FLUSH:
		return pramin_scalar_flush(op);
	case POSITION:
		return pramin_window_read(op, &pos);
	case VIEW_READ:
	case VIEW_WRITE:
		return run_view(op, which);
	default:
		return run_bulk(op, &r->bulk, which);
	}
}

static bool is_posted(unsigned int which)
{
	return which == WRITE8 || which == WRITE64 || which == VIEW_WRITE;
}

/* The bytes that a bulk call counted as done */
static int check_done(struct rig *r, unsigned int which)
{
	uint64_t i, n = r->bulk.done;

	CHECK(n <= LEN);
	for (i = 0; i < n; i++) {
		if (which == BULK_READ)
			CHECK_EQ(dst[i], fake_byte(PA + i));
		else if (which == BULK_WRITE)
			CHECK_EQ(r->fake.vram[PA + i], src[i]);
		else if (which == BULK_FILL)
			CHECK_EQ(r->fake.vram[PA + i], "fill"[i % 4]);
		else if (which == COPY_NEAR)
			CHECK_EQ(r->fake.vram[PA - 200 + i], fake_byte(PA + i));
		else if (which == COPY_FAR)
			CHECK_EQ(r->fake.vram[FAR + i], fake_byte(PA + i));
		else if (which == COPY_DOWN)
			CHECK_EQ(r->fake.vram[PA + 13 + LEN - 1 - i],
				 fake_byte(PA + LEN - 1 - i));
	}
	return 0;
}

/* @placed: the window has been moved before, so that no move is the first */
static void start(struct rig *r, unsigned int which, bool placed, bool verify)
{
	uint64_t i;

	rig_init(r, "tu102");
	r->config.verify = verify;
	if (rig_attach(r))
		exit(1);
	for (i = 0; i < LEN; i++)
		src[i] = which == BULK_WRITE ? (uint8_t)~i : fake_byte(PA + i);
	memset(dst, 0, LEN);
	memset(r->fake.vram + ONES, 0xff, 8);
	if (placed && rig_touch(r, 2 * MIB))
		exit(1);
	fake_forget(&r->fake);
}

/* Accesses that the operation made */
static uint64_t spent;

static int run_counted(struct rig *r, unsigned int which)
{
	int ret = run(r, which);

	spent = r->fake.accesses;
	fake_forget(&r->fake);
	/* A fault that stays meets every access from here on. */
	if (r->fake.fault.at)
		r->fake.fault.at = r->fake.fault.sticky && spent;
	return ret;
}

/* Each call now says that the GPU is gone, and does not look. */
static int check_untouched_when_gone(struct rig *r)
{
	unsigned int which;

	for (which = 0; which < OPS; which++)
		CHECK_EQ(run(r, which), -ENODEV);
	CHECK_EQ(r->fake.accesses, 0);
	return 0;
}

/* The GPU is back, if it was away: then the window goes back, if it moved. */
static int check_restored(struct rig *r)
{
	r->fake.fault.at = 0;
	CHECK_EQ(rig_detach(r), 0);
	CHECK_EQ(r->fake.window, SAVED);
	CHECK_EQ(r->env.allocs, r->env.frees);
	return 0;
}

static int check_error(struct rig *r, unsigned int which,
		       const struct fake_fault *fault)
{
	int ret = run_counted(r, which);

	if (spent < fault->at) {
		CHECK_EQ(ret, 0);
		return check_restored(r);
	}
	CHECK_EQ(ret, fault->err);
	CHECK_EQ(check_done(r, which), 0);
	/* It stops at once. */
	CHECK_EQ(spent, fault->at);
	if (fault->err == -ENODEV)
		CHECK_EQ(check_untouched_when_gone(r), 0);
	if (fault->sticky && r->gpu.moved) {
		CHECK_EQ(rig_detach(r), fault->err);
		CHECK_EQ(r->fake.accesses, 3);
	}
	CHECK_EQ(r->fake.stray, 0);
	return check_restored(r);
}

/* A silent loss for good: found, or found by the flush that a post needs */
static int check_loss(struct rig *r, unsigned int which,
		      const struct fake_fault *fault)
{
	int ret = run_counted(r, which);

	if (spent < fault->at) {
		CHECK_EQ(ret, 0);
		return check_restored(r);
	}
	CHECK_EQ(check_done(r, which), 0);
	if (is_posted(which) && ret == 0) {
		ret = pramin_scalar_flush(rig_op(r));
		fake_forget(&r->fake);
	}
	CHECK_EQ(ret, -ENODEV);
	CHECK_EQ(check_untouched_when_gone(r), 0);
	if (r->gpu.moved) {
		CHECK_EQ(rig_detach(r), -ENODEV);
		CHECK_EQ(r->fake.accesses, 7);
	}
	CHECK_EQ(r->fake.stray, 0);
	return check_restored(r);
}

/*
 * One access that gets lost and no more: nothing a GPU does, and what is lost
 * with it cannot be known. The window still goes back.
 */
static int check_blip(struct rig *r, unsigned int which)
{
	int ret = run_counted(r, which);

	CHECK(ret == 0 || ret == -EIO || ret == -EILSEQ || ret == -ENODEV);
	return check_restored(r);
}

/* Fail each access of one operation in turn, until it needs no more. */
static int sweep_one(unsigned int which, bool placed, bool verify,
		     struct fake_fault fault)
{
	struct rig r;
	int ret;

	fault.at = 0;
	do {
		start(&r, which, placed, verify);
		fault.at++;
		r.fake.fault = fault;
		if (fault.err)
			ret = check_error(&r, which, &fault);
		else if (fault.sticky)
			ret = check_loss(&r, which, &fault);
		else
			ret = check_blip(&r, which);
		if (ret)
			printf("operation %u, access %" PRIu64 ", placed %d\n",
			       which, fault.at, placed);
		CHECK_EQ(ret, 0);
	} while (spent >= fault.at);
	/* Something was swept: at least the access itself. */
	CHECK(fault.at > 1 || (which == FLUSH && !placed));
	return 0;
}

static int sweep(const struct fake_fault *fault, bool verify)
{
	unsigned int which;

	for (which = 0; which < OPS; which++) {
		CHECK_EQ(sweep_one(which, false, verify, *fault), 0);
		CHECK_EQ(sweep_one(which, true, verify, *fault), 0);
	}
	return 0;
}

static int an_error_once_ends_the_call_and_the_window_goes_back(void)
{
	static const struct fake_fault kinds[] = {
		{ .err = -ENODEV },
		{ .err = -ENOMEM },
		{ .err = -EPERM },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_EQ(sweep(&kinds[i], false), 0);
	return 0;
}

static int an_error_that_stays_ends_the_call_and_is_met_again_at_close(void)
{
	static const struct fake_fault kinds[] = {
		{ .err = -ENODEV, .sticky = true },
		{ .err = -ETIMEDOUT, .sticky = true },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_EQ(sweep(&kinds[i], false), 0);
	return 0;
}

static int a_gpu_that_is_lost_silently_is_found_gone(void)
{
	static const struct fake_fault kind = { .sticky = true };

	return sweep(&kind, false);
}

static int one_lost_access_never_leaves_the_window_away(void)
{
	static const struct fake_fault kind = { .at = 0 };

	return sweep(&kind, false);
}

static int the_same_holds_in_verify_mode(void)
{
	static const struct fake_fault kinds[] = {
		{ .err = -ENODEV },
		{ .err = -ENODEV, .sticky = true },
		{ .sticky = true },
		{ .at = 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_EQ(sweep(&kinds[i], true), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(an_error_once_ends_the_call_and_the_window_goes_back),
	TEST(an_error_that_stays_ends_the_call_and_is_met_again_at_close),
	TEST(a_gpu_that_is_lost_silently_is_found_gone),
	TEST(one_lost_access_never_leaves_the_window_away),
	TEST(the_same_holds_in_verify_mode),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
