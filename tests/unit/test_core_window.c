// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The window register: saved, moved as seldom as possible, proved once, put
 * back. The fake counts every access of it.
 */
#include "core_rig.h"

/* One chip for each layout of the register */
static const char *const chips[] = { "g84", "tu102", "gh100", "gb100",
				     "gb10b" };

static int the_window_is_put_back_bit_for_bit_at_close(void)
{
	/* Reserved bits; TARGET 1, 2, 3; base 0; the end of BASE */
	static const uint32_t raws[] = { 0,	     1,		 0x0100003f,
					 0x02000000, 0x03ffffff, 0xfc000123,
					 0x8000003d };
	struct rig r;
	uint32_t raw;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		for (k = 0; k < ARRAY_LEN(raws); k++) {
			rig_init(&r, chips[i]);
			r.fake.window = raws[k];
			CHECK_EQ(rig_attach(&r), 0);
			CHECK_EQ(rig_touch(&r, 2 * MIB), 0);
			CHECK_EQ(rig_window(&r), 2 * MIB);
			raw = r.fake.window;
			CHECK_EQ(raw, 0x20);
			CHECK_EQ(rig_detach(&r), 0);
			CHECK_EQ(r.fake.window, raws[k]);
			CHECK_EQ(r.gpu.stats.restores, 1);
			CHECK_EQ(r.fake.stray, 0);
		}
	}
	return 0;
}

static int a_window_that_was_never_moved_is_never_written(void)
{
	struct pramin_position pos;
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_window_read(rig_op(&r), &pos), 0);
	CHECK_EQ(rig_read(&r, FAKE_VRAM, 4, &val), -ERANGE);
	CHECK_EQ(rig_read(&r, 1, 4, &val), -EINVAL);
	CHECK_EQ(pramin_scalar_flush(rig_op(&r)), 0);
	CHECK_EQ(pramin_window_restore(&r.gpu), 0);
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.window_writes, 0);
	CHECK_EQ(r.fake.accesses, 1);
	CHECK_EQ(r.gpu.stats.restores, 0);
	return 0;
}

static int a_move_is_one_write_and_only_the_first_is_read_back(void)
{
	struct rig r;
	uint64_t i;

	for (i = 0; i < 4; i++) {
		rig_open(&r, chips[i]);
		CHECK_EQ(rig_touch(&r, 3 * MIB + 5), 0);
		CHECK_EQ(r.fake.window_writes, 1);
		CHECK_EQ(r.fake.window_reads, 1);
		CHECK_EQ(r.fake.accesses, 3);
		fake_forget(&r.fake);

		CHECK_EQ(rig_touch(&r, 5), 0);
		CHECK_EQ(rig_write(&r, MIB, 4, 1), 0);
		CHECK_EQ(rig_touch(&r, 2 * MIB), 0);
		CHECK_EQ(r.fake.window_writes, 3);
		CHECK_EQ(r.fake.reg_writes, 3);
		CHECK_EQ(r.fake.reg_reads, 0);
		CHECK_EQ(r.fake.accesses, 6);
		CHECK_EQ(r.gpu.stats.proofs, 1);
		CHECK_EQ(r.gpu.stats.moves, 4);
	}
	return 0;
}

/* The register may already be there, and a base of 0 is a place like others. */
static int a_write_that_changes_nothing_is_not_a_move(void)
{
	struct rig r;

	rig_init(&r, "tu102");
	r.fake.window = 0;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(r.fake.window_writes, 1);
	CHECK_EQ(r.gpu.stats.moves, 0);
	CHECK_EQ(rig_touch(&r, MIB), 0);
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(r.gpu.stats.moves, 2);
	CHECK_EQ(r.fake.window_changes, 2);
	return 0;
}

static int a_reserved_bit_that_a_move_clears_makes_it_a_move(void)
{
	struct rig r;

	rig_init(&r, "gh100");
	r.fake.window = 0x80000010;
	CHECK_EQ(rig_attach(&r), 0);
	CHECK_EQ(rig_touch(&r, MIB), 0);
	CHECK_EQ(r.gpu.stats.moves, 1);
	CHECK_EQ(r.fake.window, 0x10);
	return 0;
}

/* Or the access would reach host memory at the same base. */
static int a_window_on_host_memory_is_moved_even_if_its_base_is_right(void)
{
	static const uint32_t raws[] = { 0x02000010, 0x03000010, 0x01000010 };
	struct rig r;
	uint64_t val;
	size_t i;

	for (i = 0; i < ARRAY_LEN(raws); i++) {
		rig_init(&r, "tu102");
		r.fake.window = raws[i];
		CHECK_EQ(rig_attach(&r), 0);
		CHECK_EQ(rig_read(&r, MIB + 7, 1, &val), 0);
		CHECK_EQ(val, fake_byte(MIB + 7));
		CHECK_EQ(r.fake.window, 0x10);
		CHECK_EQ(r.fake.window_writes, 1);
		CHECK_EQ(r.gpu.stats.moves, 1);
		CHECK_EQ(r.fake.stray, 0);
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(r.fake.window, raws[i]);
	}
	return 0;
}

static int one_move_per_mib_is_enough_up_and_down_at_every_width(void)
{
	unsigned int width, down;
	struct rig r;
	uint64_t i, n, pa, val;
	size_t k;

	for (k = 0; k < ARRAY_LEN(chips); k++) {
		for (width = 1; width <= 8; width *= 2) {
			for (down = 0; down < 2; down++) {
				rig_open(&r, chips[k]);
				/* Both ends of each KiB */
				n = FAKE_VRAM / 512;
				for (i = 0; i < n; i++) {
					pa = i / 2 * 1024 +
					     i % 2 * (1024 - width);
					if (down)
						pa = FAKE_VRAM - width - pa;
					CHECK_EQ(rig_read(&r, pa, width, &val),
						 0);
					CHECK_EQ(val & 0xff, fake_byte(pa));
				}
				CHECK_EQ(r.fake.window_writes, 4);
				CHECK_EQ(r.gpu.stats.moves, 4);
				CHECK_EQ(r.fake.stray, 0);
			}
		}
	}
	return 0;
}

static int ping_pong_over_a_64_kib_line_does_not_move_the_window(void)
{
	struct rig r;
	uint64_t i;

	rig_open(&r, "tu102");
	for (i = 0; i < 100; i++)
		CHECK_EQ(rig_touch(&r, 5 * GRAIN - i % 2), 0);
	CHECK_EQ(r.gpu.stats.moves, 1);
	CHECK_EQ(r.fake.window_writes, 1);
	return 0;
}

static int ping_pong_over_a_mib_line_inside_a_run_takes_one_move(void)
{
	uint8_t buf[16];
	struct rig r;
	uint64_t i;

	rig_open(&r, "tu102");
	CHECK_EQ(pramin_bulk_read(rig_op(&r), 2 * MIB - 8, buf, 16, &r.bulk),
		 0);
	for (i = 0; i < 100; i++)
		CHECK_EQ(rig_touch(&r, 2 * MIB - i % 2), 0);
	CHECK_EQ(r.gpu.stats.moves, 1);
	CHECK_EQ(rig_window(&r), 2 * MIB - GRAIN);
	return 0;
}

static int a_run_that_fits_exactly_needs_no_move(void)
{
	static uint8_t buf[WINDOW];
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	fake_forget(&r.fake);
	CHECK_EQ(pramin_bulk_read(rig_op(&r), MIB, buf, WINDOW, &r.bulk), 0);
	CHECK_EQ(pramin_bulk_write(rig_op(&r), 2 * MIB - 1, buf, 1, &r.bulk),
		 0);
	CHECK_EQ(r.fake.window_writes, 0);
	return 0;
}

static int an_address_below_the_base_moves_the_window(void)
{
	static const unsigned int below[] = { 1, 2, 4, 8 };
	struct rig r;
	uint64_t val, want, pa;
	size_t i;

	for (i = 0; i < ARRAY_LEN(below); i++) {
		rig_open(&r, "tu102");
		CHECK_EQ(rig_touch(&r, 2 * MIB), 0);
		pa = 2 * MIB - below[i];
		CHECK_EQ(rig_read(&r, pa, below[i], &val), 0);
		want = 0;
		memcpy(&want, r.fake.vram + pa, below[i]);
		CHECK(val == want);
		CHECK_EQ(rig_window(&r), MIB);

		CHECK_EQ(rig_touch(&r, 2 * MIB), 0);
		CHECK_EQ(rig_write(&r, pa, below[i], 0), 0);
		CHECK_EQ(r.fake.vram[pa], 0);
		/* Nothing landed below the aperture. */
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int a_stuck_register_is_found_at_the_first_move(void)
{
	struct rig r;
	uint64_t val = 77;
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		rig_open(&r, chips[i]);
		r.fake.stuck = true;
		CHECK_EQ(rig_read(&r, 2 * MIB, 4, &val), -EIO);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_MISPLACED);
		CHECK_EQ(r.op.cause.arg[0], 0x20);
		CHECK_EQ(r.op.cause.arg[1], 0x8000003d);
		CHECK_EQ(r.op.cause.arg[2], r.fake.kind->window_off);
		CHECK_EQ(val, 77);
		/* VRAM was not touched, and every later try proves again. */
		CHECK_EQ(r.fake.accesses, 2);
		CHECK_EQ(rig_write(&r, 2 * MIB, 4, 0), -EIO);
		CHECK_EQ(r.fake.writes[2], 0);
		r.fake.stuck = false;
		CHECK_EQ(rig_touch(&r, 2 * MIB), 0);
		CHECK_EQ(r.gpu.stats.proofs, 3);
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(r.fake.window, 0x8000003d);
	}
	return 0;
}

/* BOOT_0 still answers: it is the register that is lost, not the GPU. */
static int a_register_that_reads_all_ones_is_stuck_while_the_gpu_answers(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	r.fake.window = FAKE_GONE;
	r.fake.stuck = true;
	CHECK_EQ(rig_touch(&r, 0), -EIO);
	CHECK_EQ(r.op.cause.arg[1], FAKE_GONE);
	CHECK_EQ(r.fake.boot_0_reads, 1);
	CHECK(!r.gpu.gone);
	return 0;
}

static int the_position_is_read_and_decoded_without_a_move(void)
{
	static const struct {
		const char *chip;
		uint32_t raw;
		uint64_t base;
		enum pramin_target target;
	} cases[] = {
		{ "tu102", 0x00000000, 0, PRAMIN_TARGET_VRAM },
		{ "tu102", 0xfcffffff, (1ull << 40) - GRAIN,
		  PRAMIN_TARGET_VRAM },
		{ "tu102", 0x01000001, GRAIN, PRAMIN_TARGET_UNDEFINED },
		{ "tu102", 0x02000001, GRAIN, PRAMIN_TARGET_SYS_COHERENT },
		{ "tu102", 0x03000001, GRAIN, PRAMIN_TARGET_SYS_NONCOHERENT },
		{ "gh100", 0x033fffff, (1ull << 38) - GRAIN,
		  PRAMIN_TARGET_VRAM },
		{ "gb100", 0x037fffff, (1ull << 39) - GRAIN,
		  PRAMIN_TARGET_VRAM },
	};
	struct pramin_position pos;
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_open(&r, cases[i].chip);
		r.fake.window = cases[i].raw;
		CHECK_EQ(pramin_window_read(rig_op(&r), &pos), 0);
		CHECK_EQ(pos.raw, cases[i].raw);
		CHECK_EQ(pos.base, cases[i].base);
		CHECK_EQ(pos.target, cases[i].target);
		CHECK_EQ(r.fake.accesses, 1);
	}
	/* All ones is a value too, while the GPU is there. */
	r.fake.window = FAKE_GONE;
	CHECK_EQ(pramin_window_read(rig_op(&r), &pos), 0);
	CHECK_EQ(pos.raw, FAKE_GONE);
	CHECK_EQ(r.fake.accesses, 3);
	return 0;
}

static int a_restore_that_vanishes_is_tried_again(void)
{
	unsigned int lose;
	struct rig r;

	for (lose = 0; lose <= 3; lose++) {
		rig_open(&r, "tu102");
		CHECK_EQ(rig_touch(&r, 0), 0);
		fake_forget(&r.fake);
		r.fake.lose = lose;
		if (lose < 3) {
			CHECK_EQ(rig_detach(&r), 0);
			CHECK_EQ(r.fake.window, 0x8000003d);
			CHECK_EQ(r.fake.accesses, 2 * (lose + 1));
			CHECK_EQ(r.gpu.stats.restores, lose + 1);
			continue;
		}
		CHECK_EQ(rig_detach(&r), -EIO);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_NOT_RESTORED);
		CHECK_EQ(r.op.cause.arg[0], 0x8000003d);
		CHECK_EQ(r.op.cause.arg[1], 0);
		CHECK_EQ(r.op.cause.arg[2], 0x1700);
		/* It can be asked for once more. */
		CHECK_EQ(rig_detach(&r), 0);
		CHECK_EQ(r.fake.window, 0x8000003d);
	}
	return 0;
}

static int a_register_that_ends_as_all_ones_is_not_restored(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	r.fake.window = FAKE_GONE;
	r.fake.stuck = true;
	CHECK_EQ(rig_detach(&r), -EIO);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_NOT_RESTORED);
	CHECK_EQ(r.op.cause.arg[1], FAKE_GONE);
	return 0;
}

static int a_second_detach_touches_nothing(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, 0), 0);
	CHECK_EQ(rig_detach(&r), 0);
	fake_forget(&r.fake);
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.accesses, 0);
	return 0;
}

static int the_signal_restore_is_one_write_and_drops_the_position(void)
{
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	fake_forget(&r.fake);
	CHECK_EQ(pramin_window_restore(&r.gpu), 0);
	CHECK_EQ(r.fake.window, 0x8000003d);
	CHECK_EQ(r.fake.accesses, 1);
	/* Whoever goes on all the same does not reach the wrong place. */
	CHECK_EQ(rig_read(&r, MIB + 1, 1, &val), 0);
	CHECK_EQ(val, fake_byte(MIB + 1));
	CHECK_EQ(rig_detach(&r), 0);
	CHECK_EQ(r.fake.window, 0x8000003d);
	return 0;
}

static int moves_after_the_signal_restore_are_counted(void)
{
	struct rig r;

	rig_open(&r, "tu102");
	CHECK_EQ(rig_touch(&r, MIB), 0);
	CHECK_EQ(pramin_window_restore(&r.gpu), 0);
	CHECK_EQ(rig_touch(&r, MIB), 0);
	/* Out, back by the restore (not a move), and out again */
	CHECK_EQ(r.fake.window_changes, 3);
	CHECK_EQ(r.gpu.stats.moves, 2);
	return 0;
}

static int a_mapped_aperture_is_asked_for_after_each_move(void)
{
	struct rig r;
	uint64_t val;

	rig_open(&r, "tu102");
	r.fake.mapped = true;
	CHECK_EQ(rig_read(&r, MIB + 3, 1, &val), 0);
	CHECK_EQ(val, fake_byte(MIB + 3));
	CHECK_EQ(rig_read(&r, 3 * MIB + 3, 1, &val), 0);
	CHECK_EQ(val, fake_byte(3 * MIB + 3));
	/* A mapping that ends sends the accesses back to the backend. */
	r.fake.mapped = false;
	CHECK_EQ(r.fake.reads[0], 0);
	CHECK_EQ(rig_read(&r, 5, 1, &val), 0);
	CHECK_EQ(val, fake_byte(5));
	CHECK_EQ(r.fake.reads[0], 1);
	CHECK_EQ(r.gpu.stats.reads[0], 3);
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_window_is_put_back_bit_for_bit_at_close),
	TEST(a_window_that_was_never_moved_is_never_written),
	TEST(a_move_is_one_write_and_only_the_first_is_read_back),
	TEST(a_write_that_changes_nothing_is_not_a_move),
	TEST(a_reserved_bit_that_a_move_clears_makes_it_a_move),
	TEST(a_window_on_host_memory_is_moved_even_if_its_base_is_right),
	TEST(one_move_per_mib_is_enough_up_and_down_at_every_width),
	TEST(ping_pong_over_a_64_kib_line_does_not_move_the_window),
	TEST(ping_pong_over_a_mib_line_inside_a_run_takes_one_move),
	TEST(a_run_that_fits_exactly_needs_no_move),
	TEST(an_address_below_the_base_moves_the_window),
	TEST(a_stuck_register_is_found_at_the_first_move),
	TEST(a_register_that_reads_all_ones_is_stuck_while_the_gpu_answers),
	TEST(the_position_is_read_and_decoded_without_a_move),
	TEST(a_restore_that_vanishes_is_tried_again),
	TEST(a_register_that_ends_as_all_ones_is_not_restored),
	TEST(a_second_detach_touches_nothing),
	TEST(the_signal_restore_is_one_write_and_drops_the_position),
	TEST(moves_after_the_signal_restore_are_counted),
	TEST(a_mapped_aperture_is_asked_for_after_each_move),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
