// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is refused on a card: VRAM that firmware keeps for itself, and whatever
 * changes something while a driver is bound and the user insists on looking.
 */
#include "lib_rig.h"

#define VRAM   (64 * MIB)
#define WINDOW 0x02000000ull /* where the driver has it: 32 MiB */
#define WPR1   0x1fa81cu

/* A card of which the WPR registers are what the test says */
static struct rig rig;
static uint32_t wpr[4];
static struct pramin_io_ops card_ops;
static unsigned int writes;
static uint64_t move_at; /* the access before which the driver moves it */

static int card_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	struct rig *r = io;

	if (off >= WPR1 && off < WPR1 + 16 && width == 4) {
		*val = wpr[(off - WPR1) / 4];
		return 0;
	}
	if (move_at && ++r->accesses == move_at)
		pramin_model_set_window(r->model, 0x100);
	return pramin_model_ops()->read(r->model, off, width, val);
}

static int card_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	writes++;
	return rig_io_write(io, off, width, val);
}

static int card(const char *chip, unsigned int force, bool flat)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = force,
	};

	card_ops = rig_ops;
	card_ops.real = true;
	card_ops.read = card_read;
	card_ops.write = card_write;
	writes = 0;
	move_at = 0;
	CHECK_EQ(rig_model(&rig, chip, VRAM, flat), 0);
	pramin_model_set_window(rig.model, (uint32_t)(WINDOW >> 16));
	return pramin_open_io(&card_ops, &rig, &opts, &rig.dev, &rig.why);
}

/* No region: what the registers hold after a reset */
static void no_wpr(void)
{
	wpr[0] = wpr[2] = 0xfffffff0;
	wpr[1] = wpr[3] = 0;
}

/* Region 2 from 16 MiB to 17 MiB */
static void one_wpr(void)
{
	no_wpr();
	wpr[2] = 0x01000000 >> 12 << 4;
	wpr[3] = 0x01100000 >> 12 << 4;
}

static int the_last_mib_is_reserved(void)
{
	struct pramin_reserved range[PRAMIN_RESERVED_MAX];
	size_t count = 0;

	no_wpr();
	CHECK_EQ(card("tu102", 0, false), 0);
	CHECK_EQ(pramin_reserved(rig.dev, range, ARRAY_LEN(range), &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(range[0].kind, PRAMIN_RESERVED_VBIOS);
	CHECK_EQ(range[0].first, VRAM - MIB);
	CHECK_EQ(range[0].last, VRAM - 1);
	CHECK_EQ(pramin_reserved(rig.dev, NULL, 0, &count), 0);
	CHECK_EQ(pramin_reserved(rig.dev, NULL, 1, &count), -EINVAL);
	CHECK_EQ(pramin_reserved(rig.dev, range, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_reserved(NULL, range, 1, &count), -EINVAL);
	return rig_close(&rig);
}

static const struct {
	const char *chip;
	uint32_t lo[2], hi[2];
	size_t count;
	uint64_t first, last;
	bool unknown;
} regions[] = {
	{ "tu102",
	  { 0xfffffff0, 0x10000 },
	  { 0, 0x11000 },
	  2,
	  0x1000000,
	  0x10fffff,
	  false },
	{ "gh100",
	  { 0x10000, 0xfffffff0 },
	  { 0x11000, 0 },
	  2,
	  0x1000000,
	  0x10fffff,
	  false },
	/* Bits 3:0 are not of the address. */
	{ "ad102",
	  { 0xfffffff0, 0x1000f },
	  { 0, 0x1100f },
	  2,
	  0x1000000,
	  0x10fffff,
	  false },
	{ "ga100",
	  { 0x10000, 0x10000 },
	  { 0x11000, 0x11000 },
	  3,
	  0x1000000,
	  0x10fffff,
	  false },
	/* Nothing between them, or the wrong way round */
	{ "tu102", { 0x10000, 0 }, { 0x10000, 0 }, 1, 0, 0, false },
	{ "tu102", { 0x11000, 0x11000 }, { 0x10000, 0x10000 }, 1, 0, 0, false },
	/* They may not be read */
	{ "tu102",
	  { 0xbadf5040, 0x10000 },
	  { 0xbadf5040, 0x11000 },
	  2,
	  0x1000000,
	  0x10fffff,
	  true },
	{ "tu102", { 0xfffffff0, 0xfffffff0 }, { 0, 0xffffffff }, 1, 0, 0, true },
	/* No such registers are published. */
	{ "gp102", { 0x10000, 0x10000 }, { 0x11000, 0x11000 }, 1, 0, 0, false },
};

static int protected_regions_are_read_at_open(void)
{
	struct pramin_reserved range[PRAMIN_RESERVED_MAX];
	struct pramin_info info = { .size = sizeof(info) };
	size_t count = 0, i;

	for (i = 0; i < ARRAY_LEN(regions); i++) {
		wpr[0] = regions[i].lo[0];
		wpr[1] = regions[i].hi[0];
		wpr[2] = regions[i].lo[1];
		wpr[3] = regions[i].hi[1];
		CHECK_EQ(card(regions[i].chip, 0, false), 0);
		CHECK_EQ(pramin_reserved(rig.dev, range, ARRAY_LEN(range),
					 &count),
			 0);
		CHECK_EQ(count, regions[i].count);
		if (regions[i].first) {
			CHECK(range[0].kind != PRAMIN_RESERVED_VBIOS);
			CHECK_EQ(range[0].first, regions[i].first);
			CHECK_EQ(range[0].last, regions[i].last);
		}
		CHECK_EQ(pramin_info(rig.dev, &info), 0);
		CHECK_EQ(strstr(info.not_verified, "WPR") != NULL,
			 regions[i].unknown);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

/* Each way to write @len bytes at @pa, and whether it was refused */
static int refused_everywhere(uint64_t pa, uint64_t len, bool wanted)
{
	struct pramin_access list = {
		.kind = PRAMIN_ACCESS_WRITE,
		.width = 1,
		.vram_pa = pa,
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	const int want = wanted ? -EPERM : 0;
	static uint8_t buf[4096];
	struct pramin_view *view;
	struct pramin_span span;

	CHECK_EQ(pramin_write8(rig.dev, pa + len - 1, 1), want);
	if (wanted) {
		CHECK_EQ(pramin_last_why(rig.dev)->reason,
			 PRAMIN_REASON_RESERVED);
		CHECK_HAS(pramin_last_why(rig.dev)->next, "--force-reserved");
	}
	CHECK_EQ(pramin_write(rig.dev, pa, buf, len, NULL), want);
	CHECK_EQ(pramin_fill(rig.dev, pa, len, "\0", 1, NULL), want);
	CHECK_EQ(pramin_copy(rig.dev, pa, 0, len, NULL), want);
	list.vram_pa = pa + len - 1;
	CHECK_EQ(pramin_batch(rig.dev, &list, 1, &batch), want);
	/* What is read is not guarded. */
	CHECK_EQ(pramin_copy(rig.dev, 0, pa, len, NULL), 0);
	CHECK_EQ(pramin_read(rig.dev, pa, buf, len, NULL), 0);
	CHECK_EQ(pramin_view_begin(rig.dev, pa, len, &view), 0);
	span = pramin_view_span(view);
	CHECK_EQ(span.ptr == NULL, wanted);
	pramin_view_write(view, len - 1, 1, 7);
	CHECK_EQ(pramin_view_end(view), want);
	return 0;
}

static int writes_to_reserved_vram_are_refused(void)
{
	one_wpr();
	CHECK_EQ(card("tu102", 0, true), 0);
	CHECK_EQ(refused_everywhere(VRAM - MIB, 4, true), 0);
	CHECK_EQ(refused_everywhere(VRAM - MIB - 4, 5, true), 0);
	CHECK_EQ(refused_everywhere(VRAM - 1, 1, true), 0);
	CHECK_EQ(refused_everywhere(0x1000000 - 4095, 4096, true), 0);
	CHECK_EQ(pramin_write(rig.dev, 0x1100000 - 1, "0123", 4, NULL), -EPERM);
	CHECK_EQ(pramin_write(rig.dev, 0x1000000 - 4, "0123", 4, NULL), 0);
	CHECK_EQ(pramin_write8(rig.dev, 0x1100000, 1), 0);
	return rig_close(&rig);
}

static int writes_beside_reserved_vram_are_made(void)
{
	one_wpr();
	CHECK_EQ(card("tu102", 0, true), 0);
	CHECK_EQ(refused_everywhere(VRAM - MIB - 4, 4, false), 0);
	CHECK_EQ(refused_everywhere(0x1000000 - 4096, 4096, false), 0);
	CHECK_EQ(refused_everywhere(0x1100000, 4096, false), 0);
	CHECK_EQ(pramin_write(rig.dev, VRAM - 1, "", 0, NULL), 0);
	return rig_close(&rig);
}

static int force_writes_to_reserved_vram(void)
{
	one_wpr();
	CHECK_EQ(card("tu102", PRAMIN_FORCE_RESERVED, true), 0);
	CHECK_EQ(refused_everywhere(VRAM - MIB, 4096, false), 0);
	CHECK_EQ(refused_everywhere(0x1000000, 4096, false), 0);
	return rig_close(&rig);
}

static int a_model_has_no_reserved_vram_unless_it_is_told_to(void)
{
	const struct pramin_open_opts force = {
		.size = sizeof(force),
		.force = PRAMIN_FORCE_RESERVED,
	};
	struct pramin_dev *dev;
	size_t count = 9;

	CHECK_EQ(pramin_open("model:tu102,vram=64M", NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_reserved(dev, NULL, 0, &count), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(pramin_write8(dev, VRAM - 1, 1), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);

	CHECK_EQ(pramin_open("model:tu102,vram=64M,real", NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_reserved(dev, NULL, 0, &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(pramin_write8(dev, VRAM - 1, 1), -EPERM);
	CHECK_EQ(pramin_close(dev, NULL), 0);

	CHECK_EQ(pramin_open("model:tu102,vram=64M,real", &force, &dev, NULL),
		 0);
	CHECK_EQ(pramin_write8(dev, VRAM - 1, 1), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int vram_that_is_all_reserved_can_be_read(void)
{
	struct pramin_dev *dev;
	uint8_t val;

	CHECK_EQ(pramin_open("model:tu102,vram=1M,real", NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_read8(dev, 0, &val), 0);
	CHECK_EQ(pramin_write8(dev, 0, 1), -EPERM);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int no_pool_takes_what_firmware_protects(void)
{
	struct pramin_pool *pool;
	unsigned int force;

	one_wpr();
	for (force = 0; force <= PRAMIN_FORCE_RESERVED;
	     force += PRAMIN_FORCE_RESERVED) {
		CHECK_EQ(card("tu102", force, false), 0);
		CHECK_EQ(pramin_pool_create(rig.dev, &pool), 0);
		CHECK_EQ(pramin_pool_add(pool, 0, VRAM), -EPERM);
		CHECK_EQ(pramin_last_why(rig.dev)->reason,
			 PRAMIN_REASON_RESERVED);
		CHECK_HAS(pramin_last_why(rig.dev)->what, "WPR2");
		CHECK_EQ(pramin_pool_add(pool, 0x1000000, MIB), -EPERM);
		CHECK_EQ(pramin_pool_add(pool, 0, 0x1000000), 0);
		CHECK_EQ(pramin_pool_add(pool, 0x1100000, MIB), 0);
		CHECK_EQ(pramin_pool_destroy(pool), 0);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

static int force_takes_no_other_bits(void)
{
	struct pramin_open_opts opts = { .size = sizeof(opts) };
	struct pramin_dev *dev = NULL;
	struct pramin_why why;

	opts.force = 8;
	CHECK_EQ(pramin_open("model:tu102", &opts, &dev, &why), -EINVAL);
	CHECK_EQ(why.reason, PRAMIN_REASON_ARGUMENT);
	opts.force = PRAMIN_FORCE_SHARED | PRAMIN_FORCE_MOVE;
	CHECK_EQ(pramin_open("model:tu102", &opts, &dev, &why), -EINVAL);
	CHECK(!dev);
	return 0;
}

static int shared(void)
{
	no_wpr();
	CHECK_EQ(card("tu102", PRAMIN_FORCE_SHARED, true), 0);
	CHECK_EQ(pramin_model_poke(rig.model, WINDOW, "0123456789abcdef", 16),
		 0);
	return 0;
}

static int who_shares_reads_what_the_window_shows(void)
{
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_access list[] = {
		{ .kind = PRAMIN_ACCESS_READ, .width = 4, .vram_pa = WINDOW },
		{ .kind = PRAMIN_ACCESS_READ,
		  .width = 8,
		  .vram_pa = WINDOW + MIB - 8 },
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	struct pramin_view *view;
	static uint8_t buf[MIB];
	uint64_t at, same;
	bool found;
	uint32_t val;

	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK(!info.mapped);
	CHECK_EQ(pramin_read32(rig.dev, WINDOW, &val), 0);
	CHECK_EQ(val, 0x33323130);
	CHECK_EQ(pramin_read(rig.dev, WINDOW, buf, MIB, NULL), 0);
	CHECK(!memcmp(buf, "0123456789abcdef", 16));
	CHECK_EQ(pramin_compare(rig.dev, WINDOW, buf, MIB, &same, NULL), 0);
	CHECK_EQ(same, MIB);
	CHECK_EQ(pramin_find(rig.dev, WINDOW, MIB, "cdef", 4, &found, &at,
			     NULL),
		 0);
	CHECK(found && at == WINDOW + 12);
	CHECK_EQ(pramin_batch(rig.dev, list, 2, &batch), 0);
	CHECK_EQ(list[0].val, 0x33323130);
	CHECK_EQ(pramin_view_begin(rig.dev, WINDOW + 8, 16, &view), 0);
	CHECK(!pramin_view_span(view).ptr);
	CHECK_EQ(pramin_view_read(view, 0, 2), 0x3938);
	/* Beside an open view, too */
	CHECK_EQ(pramin_read32(rig.dev, WINDOW + 4, &val), 0);
	CHECK_EQ(pramin_batch(rig.dev, list, 2, &batch), 0);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_flush(rig.dev), 0);
	CHECK_EQ(pramin_check_window(rig.dev), 0);
	CHECK_EQ(pramin_restore(rig.dev), 0);
	CHECK_EQ(writes, 0);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK_EQ(writes, 0);
	return 0;
}

static int who_shares_follows_the_driver(void)
{
	uint32_t val;

	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_read32(rig.dev, WINDOW, &val), 0);
	pramin_model_set_window(rig.model, (uint32_t)(WINDOW >> 16) - 15);
	CHECK_EQ(pramin_read32(rig.dev, WINDOW + 60 * KIB, &val), 0);
	CHECK_EQ(pramin_read32(rig.dev, WINDOW + 64 * KIB, &val), -EPERM);
	CHECK_EQ(pramin_read32(rig.dev, WINDOW - MIB, &val), -EPERM);
	CHECK_EQ(writes, 0);
	return rig_close(&rig);
}

static int who_shares_moves_nothing(void)
{
	struct pramin_access list[] = {
		{ .kind = PRAMIN_ACCESS_READ, .width = 4, .vram_pa = WINDOW },
		{ .kind = PRAMIN_ACCESS_READ, .width = 4, .vram_pa = 0 },
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	struct pramin_view *view;
	static uint8_t buf[2 * MIB];
	uint8_t val;

	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_read8(rig.dev, WINDOW - 1, &val), -EPERM);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_FORCED_MOVE);
	CHECK_HAS(pramin_last_why(rig.dev)->what, "0x2000000");
	CHECK_EQ(pramin_read8(rig.dev, WINDOW + MIB, &val), -EPERM);
	/* All or nothing */
	CHECK_EQ(pramin_read(rig.dev, WINDOW, buf, MIB + 1, &bulk), -EPERM);
	CHECK_EQ(bulk.done, 0);
	CHECK_EQ(pramin_read(rig.dev, WINDOW - 1, buf, 2, &bulk), -EPERM);
	CHECK_EQ(pramin_view_begin(rig.dev, WINDOW + MIB - 4, 8, &view),
		 -EPERM);
	CHECK_EQ(pramin_batch(rig.dev, list, 2, &batch), -EPERM);
	CHECK_EQ(batch.done, 0);
	/* System memory is not VRAM. */
	pramin_model_set_window(rig.model, (uint32_t)(WINDOW >> 16) | 2u << 24);
	CHECK_EQ(pramin_read8(rig.dev, WINDOW, &val), -EPERM);
	CHECK_HAS(pramin_last_why(rig.dev)->what, "system memory");
	CHECK_EQ(writes, 0);
	return rig_close(&rig);
}

static int who_shares_writes_nothing(void)
{
	struct pramin_access list = {
		.kind = PRAMIN_ACCESS_WRITE,
		.width = 1,
		.vram_pa = WINDOW,
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	struct pramin_view *view;

	CHECK_EQ(shared(), 0);
	CHECK_EQ(pramin_write8(rig.dev, WINDOW, 1), -EPERM);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_FORCED_WRITE);
	CHECK_EQ(pramin_write(rig.dev, WINDOW, "x", 1, NULL), -EPERM);
	CHECK_EQ(pramin_fill(rig.dev, WINDOW, 1, "x", 1, NULL), -EPERM);
	CHECK_EQ(pramin_copy(rig.dev, WINDOW + 8, WINDOW, 8, NULL), -EPERM);
	CHECK_EQ(pramin_batch(rig.dev, &list, 1, &batch), -EPERM);
	CHECK_EQ(pramin_view_begin(rig.dev, WINDOW, 8, &view), 0);
	pramin_view_write(view, 0, 1, 1);
	CHECK_EQ(pramin_view_end(view), -EPERM);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_FORCED_WRITE);
	CHECK_EQ(writes, 0);
	return rig_close(&rig);
}

/* The accesses of a read of 4 bytes: the register, the bytes, the register. */
static int a_driver_that_moves_the_window_meanwhile_is_noticed(void)
{
	struct pramin_view *view;
	uint32_t val = 0x5a5a5a5a;
	uint64_t i;

	for (i = 1; i <= 4; i++) {
		CHECK_EQ(shared(), 0);
		rig.accesses = 0;
		move_at = i;
		CHECK_EQ(pramin_read32(rig.dev, WINDOW, &val), i == 1 ? -EPERM :
							       i == 4 ? 0 :
									-EIO);
		if (i == 2 || i == 3) {
			CHECK_EQ(pramin_last_why(rig.dev)->reason,
				 PRAMIN_REASON_FORCED_MOVED);
			CHECK_EQ(val, 0x5a5a5a5a);
		}
		CHECK_EQ(rig.accesses, i == 1 ? 1 : 3);
		CHECK_EQ(rig_close(&rig), 0);

		CHECK_EQ(shared(), 0);
		CHECK_EQ(pramin_view_begin(rig.dev, WINDOW, 8, &view), 0);
		rig.accesses = 0;
		move_at = i;
		CHECK_EQ(pramin_view_read(view, 0, 4) == 0x33323130, i == 4);
		CHECK_EQ(pramin_view_end(view), i == 4 ? 0 : -EIO);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_last_mib_is_reserved),
	TEST(protected_regions_are_read_at_open),
	TEST(writes_to_reserved_vram_are_refused),
	TEST(writes_beside_reserved_vram_are_made),
	TEST(force_writes_to_reserved_vram),
	TEST(a_model_has_no_reserved_vram_unless_it_is_told_to),
	TEST(vram_that_is_all_reserved_can_be_read),
	TEST(no_pool_takes_what_firmware_protects),
	TEST(force_takes_no_other_bits),
	TEST(who_shares_reads_what_the_window_shows),
	TEST(who_shares_follows_the_driver),
	TEST(who_shares_moves_nothing),
	TEST(who_shares_writes_nothing),
	TEST(a_driver_that_moves_the_window_meanwhile_is_noticed),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
