// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reserved VRAM and a window that is not moved, by the numbers of the core: what it
 * reads, and what happens if the GPU fails just then.
 */
#include "core_rig.h"

#include "../../core/batch.h"
#include "../../core/guard.h"

#define BASE 0x20000u /* where somebody else has put the window, in bytes */

static struct rig rig;

/* A card with one region, of which the other's registers do not answer */
static void card(const char *chip, uint32_t first)
{
	rig_init(&rig, chip);
	rig.config.real = true;
	rig.fake.regs[6] = (struct fake_reg){ first, 0x100 << 4 };
	rig.fake.regs[7] = (struct fake_reg){ first + 4, 0x180 << 4 };
}

static int the_registers_of_protected_regions_are_read_at_open(void)
{
	static const struct {
		const char *chip;
		uint32_t first;
		unsigned int reads;
		enum pramin_reserved_kind kind;
	} cases[] = { { "tu102", 0x1fa81c, 4, PRAMIN_RESERVED_WPR1 },
		      { "ga102", 0x1fa824, 4, PRAMIN_RESERVED_WPR2 },
		      { "gh100", 0x1fa81c, 4, PRAMIN_RESERVED_WPR1 },
		      { "gb100", 0x88a824, 2, PRAMIN_RESERVED_WPR2 } };
	/* Of the first there are none, of the others none is published. */
	static const char *const without[] = { "gp102", "gb202" };
	uint64_t plain;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&rig, cases[i].chip);
		CHECK_EQ(rig_attach(&rig), 0);
		CHECK_EQ(rig.gpu.reserved_count, 0);
		plain = rig.fake.accesses;
		card(cases[i].chip, cases[i].first);
		CHECK_EQ(rig_attach(&rig), 0);
		CHECK_EQ(rig.fake.accesses, plain + cases[i].reads);
		CHECK_EQ(rig.fake.reg_writes, 0);
		CHECK_EQ(rig.gpu.reserved_count, 2);
		CHECK_EQ(rig.gpu.reserved[1].kind, cases[i].kind);
		CHECK_EQ(rig.gpu.reserved[1].first, 0x100000);
		CHECK_EQ(rig.gpu.reserved[1].last, 0x17ffff);
		CHECK_EQ(rig.gpu.reserved_unknown, cases[i].reads == 4);
	}
	for (i = 0; i < ARRAY_LEN(without); i++) {
		rig_init(&rig, without[i]);
		CHECK_EQ(rig_attach(&rig), 0);
		plain = rig.fake.accesses;
		card(without[i], 0x1fa81c);
		CHECK_EQ(rig_attach(&rig), 0);
		CHECK_EQ(rig.fake.accesses, plain);
		CHECK_EQ(rig.gpu.reserved_count, 1);
	}
	return 0;
}

static int a_gpu_that_fails_while_they_are_read_is_gone(void)
{
	uint64_t nth, failed = 0;
	int sticky, err;

	for (err = -ENODEV; err <= 0; err += ENODEV)
		for (sticky = 0; sticky < 2; sticky++)
			for (nth = 1; nth < 20; nth++) {
				int ret;

				card("tu102", 0x1fa81c);
				rig.fake.fault = (struct fake_fault){
					.at = nth,
					.err = err,
					.sticky = sticky,
				};
				ret = rig_attach(&rig);
				failed += ret == -ENODEV;
				if (err || sticky)
					CHECK_EQ(ret, rig.fake.accesses < nth ?
							      0 :
							      -ENODEV);
			}
	CHECK(failed > 30);
	return 0;
}

static int vram_of_less_than_a_mib_is_all_reserved(void)
{
	card("tu102", 0x1fa81c);
	rig.config.vram = 64 * KIB;
	CHECK_EQ(rig_attach(&rig), 0);
	/* The region lies behind its end. */
	CHECK_EQ(rig.gpu.reserved_count, 1);
	CHECK_EQ(rig.gpu.reserved[0].first, 0);
	CHECK_EQ(rig.gpu.reserved[0].last, 64 * KIB - 1);
	CHECK_EQ(rig_write(&rig, 0, 4, 1), -EPERM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_RESERVED);
	CHECK_EQ(rig.fake.reg_writes, 0);
	return 0;
}

static int shared(void)
{
	rig_init(&rig, "tu102");
	rig.config.shared = true;
	rig.config.verify = true;
	rig.fake.window = BASE >> 16;
	CHECK_EQ(rig_attach(&rig), 0);
	fake_forget(&rig.fake);
	return 0;
}

static int a_look_that_fails_is_reported(void)
{
	struct pramin_access list[2] = {
		{ .kind = PRAMIN_ACCESS_READ, .width = 1, .vram_pa = BASE },
		{ .kind = PRAMIN_ACCESS_READ, .width = 1, .vram_pa = BASE + 8 },
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	unsigned int nth;
	uint64_t val;
	uint8_t buf[8];

	for (nth = 1; nth <= 3; nth++) {
		CHECK_EQ(shared(), 0);
		rig.fake.fault = (struct fake_fault){ nth, -ENODEV, false };
		CHECK_EQ(rig_read(&rig, BASE, 4, &val), -ENODEV);
	}
	for (nth = 1; nth <= 2; nth++) {
		CHECK_EQ(shared(), 0);
		rig.fake.fault = (struct fake_fault){ nth, -ENODEV, false };
		CHECK_EQ(pramin_batch_run(rig_op(&rig), list, 2, &batch),
			 -ENODEV);
		CHECK_EQ(batch.done, 0);
	}
	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_batch_run(rig_op(&rig), list, 2, &batch), 0);
	CHECK_EQ(batch.done, 2);
	CHECK_EQ(shared(), 0);
	rig.fake.fault = (struct fake_fault){ 1, -ENODEV, false };
	CHECK_EQ(pramin_bulk_read(rig_op(&rig), BASE, buf, 8, &rig.bulk),
		 -ENODEV);
	/* Nothing to read, nothing to look at */
	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_bulk_read(rig_op(&rig), 0, buf, 0, &rig.bulk), 0);
	CHECK_EQ(rig.fake.accesses, 0);
	CHECK_EQ(pramin_bulk_read(rig_op(&rig), UINT64_MAX, buf, 1, &rig.bulk),
		 -ERANGE);
	return 0;
}

static int a_view_that_is_checked_keeps_its_bounds(void)
{
	struct pramin_hold hold;

	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_hold_begin(rig_op(&rig), &hold, BASE, 16, false), 0);
	CHECK(!hold.ptr);
	pramin_hold_write(&hold, 16, 4, 1);
	pramin_hold_end(&hold);
	CHECK_EQ(hold.cause.err, -ERANGE);
	CHECK_EQ(pramin_hold_begin(rig_op(&rig), &hold, BASE, 16, false), 0);
	pramin_hold_write(&hold, 12, 4, 1);
	pramin_hold_end(&hold);
	CHECK_EQ(hold.cause.err, -EPERM);
	CHECK_EQ(rig.fake.writes[2], 0);
	CHECK_EQ(rig.fake.reg_writes, 0);
	return 0;
}

static int a_register_is_not_written_either(void)
{
	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_reg_write(rig_op(&rig), 0x1700, 0), -EPERM);
	CHECK_EQ(rig.op.cause.reason, PRAMIN_REASON_FORCED_WRITE);
	CHECK_EQ(rig.fake.accesses, 0);
	CHECK_EQ(rig_detach(&rig), 0);
	CHECK_EQ(rig.fake.accesses, 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_registers_of_protected_regions_are_read_at_open),
	TEST(a_gpu_that_fails_while_they_are_read_is_gone),
	TEST(vram_of_less_than_a_mib_is_all_reserved),
	TEST(a_look_that_fails_is_reported),
	TEST(a_view_that_is_checked_keeps_its_bounds),
	TEST(a_register_is_not_written_either),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
