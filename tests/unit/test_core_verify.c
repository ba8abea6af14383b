// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * When the window is not where it was put: verify mode, which looks after every
 * access, and what any error does to the cached position.
 */
#include "core_rig.h"

/* Where another agent puts the window: base 3 MiB, or onto host memory */
#define AWAY 0x30u
#define HOST 0x03000000u

static void open_verify(struct rig *r, const char *chip)
{
	rig_init(r, chip);
	r->config.verify = true;
	if (rig_attach(r))
		exit(1);
	fake_forget(&r->fake);
}

static int verify_mode_reads_the_register_after_each_move_and_access(void)
{
	struct rig r;

	open_verify(&r, "tu102");
	/* Move, proof, access, proof; then access, proof */
	CHECK_EQ(rig_touch(&r, MIB), 0);
	CHECK_EQ(r.fake.accesses, 4);
	CHECK_EQ(r.fake.window_reads, 2);
	CHECK_EQ(rig_write(&r, MIB, 8, 0), 0);
	CHECK_EQ(r.fake.accesses, 6);
	CHECK_EQ(r.fake.window_reads, 3);
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(r.fake.accesses, 10);
	CHECK_EQ(r.gpu.stats.proofs, 5);
	CHECK_EQ(r.fake.window_writes, 2);
	return 0;
}

static int without_verify_mode_a_foreign_move_goes_unseen(void)
{
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	r.fake.window = AWAY;
	CHECK_EQ(rig_read(&r, 5, 1, &val), 0);
	CHECK_EQ(val, fake_byte(3 * MIB + 5));
	CHECK_EQ(r.fake.window_reads, 1);
	return 0;
}

/* @before the access itself, or between it and the proof behind it */
static int see_a_foreign_move(const char *chip, uint32_t raw, bool before)
{
	struct rig r;
	uint64_t val = 77;

	open_verify(&r, chip);
	CHECK_EQ(rig_touch(&r, 5), 0);
	fake_forget(&r.fake);
	r.fake.meddle_at = before ? 1 : 2;
	r.fake.meddle_raw = raw;
	CHECK_EQ(rig_read(&r, 5, 1, &val), -EIO);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(r.op.cause.arg[0], 0);
	CHECK_EQ(r.op.cause.arg[1], raw);
	CHECK_EQ(r.op.cause.arg[2], r.fake.kind->window_off);
	CHECK_EQ(val, 77);

	/* The next one moves it back, which is a move. */
	CHECK_EQ(r.gpu.stats.moves, 1);
	CHECK_EQ(rig_read(&r, 5, 1, &val), 0);
	CHECK_EQ(val, fake_byte(5));
	CHECK_EQ(r.gpu.stats.moves, 2);

	fake_forget(&r.fake);
	CHECK_EQ(rig_write(&r, 5, 1, 0), -EIO);
	CHECK_EQ(rig_write(&r, 5, 1, 0), 0);
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.window, 0x8000003d);
	return 0;
}

static int verify_mode_finds_a_foreign_move_before_and_after_an_access(void)
{
	CHECK_EQ(see_a_foreign_move("tu102", AWAY, true), 0);
	CHECK_EQ(see_a_foreign_move("tu102", AWAY, false), 0);
	CHECK_EQ(see_a_foreign_move("gh100", AWAY, true), 0);
	CHECK_EQ(see_a_foreign_move("gb100", AWAY, false), 0);
	/* Same base, other TARGET */
	CHECK_EQ(see_a_foreign_move("tu102", HOST, true), 0);
	CHECK_EQ(see_a_foreign_move("g84", HOST, false), 0);
	return 0;
}

static int reserved_bits_are_no_position(void)
{
	struct rig r;

	open_verify(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	r.fake.window = 0xfc000000;
	CHECK_EQ(rig_touch(&r, 0), 0);

	/* Where there is no TARGET, its bits are reserved too. */
	open_verify(&r, "gh100");
	CHECK_EQ(rig_touch(&r, 0), 0);
	r.fake.window = HOST;
	CHECK_EQ(rig_touch(&r, 0), 0);
	return 0;
}

static int verify_mode_finds_a_move_in_every_chunk_of_a_bulk_read(void)
{
	static uint8_t buf[3 * GRAIN];
	uint64_t chunk, i;
	struct rig r;

	/* 2 for the move and its proof, then a chunk and a proof each */
	for (chunk = 0; chunk < 3; chunk++) {
		open_verify(&r, "tu102");
		r.fake.meddle_at = 2 + chunk * (GRAIN / 8 + 1) + 100;
		r.fake.meddle_raw = AWAY;
		memset(buf, 0xee, sizeof(buf));
		CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, buf, sizeof(buf),
					  &r.bulk),
			 -EIO);
		CHECK_EQ(r.bulk.done, chunk * GRAIN);
		for (i = 0; i < r.bulk.done; i++)
			CHECK_EQ(buf[i], fake_byte(i));
	}
	return 0;
}

static int verify_mode_finds_a_move_under_each_bulk_call(void)
{
	static uint8_t buf[GRAIN];
	struct rig r;
	uint64_t val;
	bool found;
	int call, ret;

	for (call = 0; call < 5; call++) {
		open_verify(&r, "gb100");
		r.fake.meddle_at = 5;
		r.fake.meddle_raw = AWAY;
		memcpy(buf, r.fake.vram, sizeof(buf));
		switch (call) {
		case 0:
			ret = pramin_bulk_write(rig_op(&r), 0, buf, GRAIN,
						&r.bulk);
			break;
		case 1:
			ret = pramin_bulk_fill(rig_op(&r), 0, GRAIN, "x", 1,
					       &r.bulk);
			break;
		case 2:
			ret = pramin_bulk_compare(rig_op(&r), 0, buf, GRAIN,
						  &val, &r.bulk);
			break;
		case 3:
			ret = pramin_bulk_find(rig_op(&r), 0, GRAIN,
					       buf + GRAIN - 64, 64, &found,
					       &val, &r.bulk);
			break;
		default:
			ret = pramin_bulk_copy(rig_op(&r), 2 * MIB, 0, GRAIN,
					       &r.bulk);
			break;
		}
		CHECK_EQ(ret, -EIO);
		CHECK_EQ(r.bulk.done, 0);
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(r.fake.window, 0x8000003d);
	}
	return 0;
}

static int a_copy_in_verify_mode_writes_nothing_that_came_from_elsewhere(void)
{
	struct rig r;
	uint64_t i;

	open_verify(&r, "tu102");
	r.fake.meddle_at = 3;
	r.fake.meddle_raw = AWAY;
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 2 * MIB, 0, 256, &r.bulk), -EIO);
	for (i = 0; i < FAKE_VRAM; i++)
		CHECK_EQ(r.fake.vram[i], fake_byte(i));
	return 0;
}

static int a_copy_in_verify_mode_proves_what_it_wrote(void)
{
	struct rig r;

	open_verify(&r, "tu102");
	/* Move, proof, 32 reads, proof; move, proof, then among the writes */
	r.fake.meddle_at = 35 + 2 + 5;
	r.fake.meddle_raw = AWAY;
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 2 * MIB, 0, 256, &r.bulk), -EIO);
	CHECK_EQ(r.bulk.done, 0);
	return 0;
}

static int a_view_in_verify_mode_notes_a_foreign_move_and_is_lost(void)
{
	struct pramin_hold hold;
	struct rig r;
	unsigned int write;

	for (write = 0; write < 2; write++) {
		open_verify(&r, "tu102");
		CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 4096, false), 0);
		r.fake.window = AWAY;
		if (write)
			pramin_hold_write(&hold, 0, 4, 0);
		else
			CHECK(pramin_hold_read(&hold, 0, 4) == UINT64_MAX);
		CHECK_EQ(hold.cause.err, -EIO);
		CHECK_EQ(hold.cause.reason, PRAMIN_REASON_MISPLACED);

		/* From here on no access of the view reaches the GPU. */
		fake_forget(&r.fake);
		CHECK(pramin_hold_read(&hold, 8, 8) == UINT64_MAX);
		pramin_hold_write(&hold, 8, 8, 0);
		CHECK_EQ(r.fake.accesses, 0);
		CHECK_EQ(hold.cause.reason, PRAMIN_REASON_MISPLACED);
		pramin_hold_end(&hold);

		CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 4096, false), 0);
		/* What was written went to the other place. */
		CHECK_EQ(pramin_hold_read(&hold, 0, 1), fake_byte(0));
		CHECK_EQ(hold.cause.err, 0);
		pramin_hold_end(&hold);
	}
	return 0;
}

/* Each way in which an access, a move or a proof can fail */
static int every_error_drops_the_cached_position(void)
{
	static const int errs[] = { -EPERM, -ENOMEM, -ETIMEDOUT, -EIO };
	static const enum pramin_reason reasons[] = { PRAMIN_REASON_NOT_ALLOWED,
						      PRAMIN_REASON_NO_MEMORY,
						      PRAMIN_REASON_BACKEND,
						      PRAMIN_REASON_BACKEND };
	/* An access in place; a move, and the access behind it */
	static const struct {
		uint64_t pa, at;
	} cases[] = { { 0, 1 }, { MIB, 1 }, { MIB, 2 } };
	struct rig r;
	uint64_t val;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(errs); i++) {
		for (k = 0; k < ARRAY_LEN(cases); k++) {
			uint64_t pa = cases[k].pa;

			rig_open(&r, "tu102");
			CHECK_EQ(rig_touch(&r, 0), 0);
			fake_forget(&r.fake);
			r.fake.fault.at = cases[k].at;
			r.fake.fault.err = errs[i];
			CHECK_EQ(rig_read(&r, pa, 1, &val), errs[i]);
			CHECK_EQ(r.op.cause.reason, reasons[i]);
			CHECK_EQ(r.op.cause.arg[0], -errs[i]);
			CHECK(!r.gpu.gone && !r.gpu.base_known);

			fake_forget(&r.fake);
			r.fake.fault.at = 0;
			CHECK_EQ(rig_read(&r, pa + 1, 1, &val), 0);
			CHECK_EQ(val, fake_byte(pa + 1));
			CHECK_EQ(r.fake.window_writes, 1);
		}
	}
	return 0;
}

static int a_gpu_found_gone_is_not_touched_again_until_close(void)
{
	struct pramin_position pos;
	struct pramin_hold hold, other;
	struct rig r;
	uint64_t val;
	bool found;
	uint8_t b[8];

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &hold, 0, 64, false), 0);
	fake_forget(&r.fake);
	r.fake.fault = (struct fake_fault){ .at = 1, .err = -ENODEV };
	CHECK_EQ(rig_read(&r, 0, 4, &val), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_BACKEND_GONE);

	fake_forget(&r.fake);
	r.fake.fault.at = 0;
	CHECK_EQ(rig_read(&r, 0, 4, &val), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_WAS_GONE);
	CHECK_EQ(rig_write(&r, 0, 4, 0), -ENODEV);
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), -ENODEV);
	CHECK_EQ(pramin_window_read(rig_op(&r), &pos), -ENODEV);
	CHECK_EQ(pramin_hold_begin(rig_op(&r), &other, 0, 64, false), -ENODEV);
	CHECK(pramin_hold_read(&hold, 0, 1) == UINT64_MAX);
	pramin_hold_write(&hold, 0, 1, 0);
	CHECK_EQ(hold.cause.err, -ENODEV);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 0, b, 8, &r.bulk), -ENODEV);
	CHECK_EQ(pramin_bulk_write(rig_op(&r), 0, b, 8, &r.bulk), -ENODEV);
	CHECK_EQ(pramin_bulk_fill(rig_op(&r), 0, 8, b, 8, &r.bulk), -ENODEV);
	CHECK_EQ(pramin_bulk_compare(rig_op(&r), 0, b, 8, &val, &r.bulk),
		 -ENODEV);
	CHECK_EQ(pramin_bulk_find(rig_op(&r), 0, 8, b, 8, &found, &val,
				  &r.bulk),
		 -ENODEV);
	CHECK_EQ(pramin_bulk_copy(rig_op(&r), 0, 64, 8, &r.bulk), -ENODEV);
	CHECK_EQ(pramin_window_restore(&r.gpu), 0);
	CHECK_EQ(r.fake.accesses, 0);

	pramin_hold_end(&hold);
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.window, 0x8000003d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(verify_mode_reads_the_register_after_each_move_and_access),
	TEST(without_verify_mode_a_foreign_move_goes_unseen),
	TEST(verify_mode_finds_a_foreign_move_before_and_after_an_access),
	TEST(reserved_bits_are_no_position),
	TEST(verify_mode_finds_a_move_in_every_chunk_of_a_bulk_read),
	TEST(verify_mode_finds_a_move_under_each_bulk_call),
	TEST(a_copy_in_verify_mode_writes_nothing_that_came_from_elsewhere),
	TEST(a_copy_in_verify_mode_proves_what_it_wrote),
	TEST(a_view_in_verify_mode_notes_a_foreign_move_and_is_lost),
	TEST(every_error_drops_the_cached_position),
	TEST(a_gpu_found_gone_is_not_touched_again_until_close),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
