// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A backend that notices that the GPU is gone, in the middle of accesses that cannot
 * fail by themselves.
 */
#include "core_rig.h"

static uint32_t word;

static const uint32_t *noticed(void *io)
{
	(void)io;
	return &word;
}

/* From the moment on at which the word is set, the backend says so. */
static int read_or_gone(void *io, uint32_t off, unsigned int width,
			uint64_t *val)
{
	return word ? -ENODEV : fake_read(io, off, width, val);
}

static const struct pramin_io_ops noticing = {
	.name = "noticing",
	.read = read_or_gone,
	.write = fake_write,
	.aperture = fake_aperture,
	.config_read = fake_config_read,
	.noticed = noticed,
};

static void open_it(struct rig *r)
{
	word = 0;
	rig_init(r, "gb100");
	r->fake.mapped = true;
	if (pramin_gpu_attach(rig_op(r), &noticing, &r->fake, &r->config)) {
		printf("it does not attach\n");
		exit(1);
	}
}

static int a_word_of_zero_is_no_news(void)
{
	struct rig r;

	open_it(&r);
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(pramin_scalar_write(rig_op(&r), 8, 4, 1), 0);
	CHECK_EQ(rig_detach(&r), 0);
	return 0;
}

static int a_call_looks_at_the_word_first(void)
{
	struct rig r;

	open_it(&r);
	CHECK_EQ(rig_touch(&r, 0), 0);
	fake_forget(&r.fake);
	word = 1;
	CHECK_EQ(pramin_scalar_write(rig_op(&r), 8, 4, 1), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BACKEND_GONE);
	CHECK_EQ(r.fake.accesses, 0);
	/* Found gone by one call, it is gone to all. */
	CHECK_EQ(pramin_scalar_write(rig_op(&r), 8, 4, 1), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_WAS_GONE);
	return 0;
}

static int set_the_word(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	word = 1;
	return 0;
}

static int a_pass_ends_at_the_chunk_in_which_it_is_set(void)
{
	static uint8_t buf[256 * KIB];
	struct rig r;

	open_it(&r);
	r.bulk.progress = set_the_word;
	CHECK_EQ(pramin_bulk_write(rig_op(&r), 0, buf, sizeof(buf), &r.bulk),
		 -ENODEV);
	CHECK_EQ(r.bulk.done, 64 * KIB);
	return 0;
}

/* In the place of a mapping that is gone there is memory: what a flush reads. */
static int what_answers_to_a_flush_is_no_proof(void)
{
	struct pramin_hold hold;
	struct rig r;

	open_it(&r);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 64, false), 0);
	*(volatile unsigned char *)hold.ptr = 1;
	word = 1;
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), -ENODEV);
	pramin_hold_end(&hold);
	CHECK_EQ(hold.cause.err, -ENODEV);
	return 0;
}

static int the_end_of_a_view_looks_at_it(void)
{
	struct pramin_hold hold;
	struct rig r;

	open_it(&r);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 64, false), 0);
	pramin_hold_end(&hold);
	CHECK_EQ(hold.cause.err, 0);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 64, false), 0);
	word = 1;
	pramin_hold_end(&hold);
	CHECK_EQ(hold.cause.err, -ENODEV);
	CHECK_EQ(hold.cause.reason, PRAMIN_REASON_BACKEND_GONE);
	return 0;
}

/* It is set while the access is made: nothing but the word can tell. */
static volatile void *aperture_and_word(void *io)
{
	word = 1;
	return fake_aperture(io);
}

static int an_access_that_answers_is_gone_if_the_word_is_set_meanwhile(void)
{
	struct pramin_io_ops ops = noticing;
	struct rig r;

	ops.aperture = aperture_and_word;
	word = 0;
	rig_init(&r, "gb100");
	r.fake.mapped = true;
	CHECK_EQ(pramin_gpu_attach(rig_op(&r), &ops, &r.fake, &r.config), 0);
	CHECK_EQ(rig_touch(&r, 0), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BACKEND_GONE);
	return 0;
}

static bool removed;

static int present(void *io)
{
	(void)io;
	return removed ? -ENODEV : 0;
}

/* The system says that it was removed, and something answers all the same. */
static int a_removed_gpu_that_answers_is_found_by_chunks_and_proofs(void)
{
	static uint8_t buf[64 * KIB];
	struct pramin_io_ops ops = fake_ops;
	struct rig r;

	ops.present = present;
	removed = false;
	rig_init(&r, "gb100");
	CHECK_EQ(pramin_gpu_attach(rig_op(&r), &ops, &r.fake, &r.config), 0);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, sizeof(buf), &r.bulk), 0);
	r.fake.window++;
	CHECK_EQ(pramin_scalar_check(rig_op(&r)), -EIO);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, sizeof(buf), &r.bulk), 0);
	removed = true;
	r.fake.window++;
	CHECK_EQ(pramin_scalar_check(rig_op(&r)), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BACKEND_GONE);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_word_of_zero_is_no_news),
	TEST(a_call_looks_at_the_word_first),
	TEST(a_pass_ends_at_the_chunk_in_which_it_is_set),
	TEST(what_answers_to_a_flush_is_no_proof),
	TEST(the_end_of_a_view_looks_at_it),
	TEST(an_access_that_answers_is_gone_if_the_word_is_set_meanwhile),
	TEST(a_removed_gpu_that_answers_is_found_by_chunks_and_proofs),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
