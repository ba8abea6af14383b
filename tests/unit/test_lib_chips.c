// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The main job on every chip of the model's table: bytes written at an odd
 * address come back identical, in exactly as many moves as MiBs.
 */
#include "lib_rig.h"

#define ODD	12345u
#define LEN	(3 * MIB + 54321) /* over four MiBs, from ODD or to it */

static struct rig rig;
static uint8_t sent[LEN], back[LEN];

/* 5 GiB + 12345 where the board has it, else as far up as the bytes fit */
static uint64_t place(uint64_t vram)
{
	uint64_t pa = 5 * GIB + ODD;

	return vram > pa + LEN ? pa : vram - LEN - ODD;
}

static int moves_so_far(uint64_t *moves)
{
	struct pramin_stats stats = { .size = sizeof(stats) };

	CHECK_EQ(pramin_stats(rig.dev, &stats), 0);
	*moves = stats.moves;
	return 0;
}

/* Where a linear pass has to stop and move: the MiBs that it touches */
static uint64_t mibs(uint64_t pa)
{
	return (pa + LEN - 1) / MIB - pa / MIB + 1;
}

static int round_trip(uint64_t pa)
{
	uint64_t before, after, same;

	CHECK_EQ(moves_so_far(&before), 0);
	CHECK_EQ(pramin_write(rig.dev, pa, sent, LEN, NULL), 0);
	CHECK_EQ(moves_so_far(&after), 0);
	CHECK_EQ(after - before, mibs(pa));

	memset(back, 0, LEN);
	before = after;
	CHECK_EQ(pramin_read(rig.dev, pa, back, LEN, NULL), 0);
	CHECK_EQ(moves_so_far(&after), 0);
	CHECK_EQ(after - before, mibs(pa));
	CHECK(!memcmp(sent, back, LEN));

	memset(back, 0, LEN);
	CHECK_EQ(pramin_model_peek(rig.model, pa, back, LEN), 0);
	CHECK(!memcmp(sent, back, LEN));
	CHECK_EQ(pramin_compare(rig.dev, pa, sent, LEN, &same, NULL), 0);
	CHECK_EQ(same, LEN);
	return 0;
}

static int ends_are_where_they_should_be(uint64_t vram, uint64_t reach)
{
	uint64_t end = vram < reach ? vram : reach;
	uint8_t val = 0;

	CHECK_EQ(pramin_write8(rig.dev, end - 1, 0x77), 0);
	CHECK_EQ(pramin_model_peek(rig.model, end - 1, &val, 1), 0);
	CHECK_EQ(val, 0x77);
	CHECK_EQ(pramin_write8(rig.dev, end, 0x77), -ERANGE);
	CHECK_EQ(pramin_read8(rig.dev, end, &val), -ERANGE);
	return 0;
}

static int one_chip(const struct pramin_model_chip *chip)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = chip->vram_register ? 0 : chip->vram,
	};
	struct pramin_info info = { .size = sizeof(info) };

	CHECK_EQ(rig_model(&rig, chip->name, 0, false), 0);
	CHECK_EQ(rig_attach(&rig, &opts), 0);
	CHECK_EQ(pramin_info(rig.dev, &info), 0);
	CHECK(!strcmp(info.chip, chip->name));
	CHECK(!strcmp(info.family, chip->family));
	CHECK_EQ(info.boot0, chip->boot0);
	CHECK_EQ(info.vram_size, chip->vram);
	CHECK_EQ(info.vram_register, chip->vram_register);
	CHECK_EQ(info.window_register, chip->window_register);
	CHECK_EQ(round_trip(place(chip->vram)), 0);
	CHECK_EQ(ends_are_where_they_should_be(chip->vram, info.reach), 0);
	CHECK_EQ(pramin_close(rig.dev, NULL), 0);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	pramin_model_destroy(rig.model);
	return 0;
}

static int every_chip_gives_back_what_was_written(void)
{
	const struct pramin_model_chip *chip;
	size_t i;

	for (i = 0; (chip = pramin_model_chips(i)); i++)
		if (one_chip(chip)) {
			printf("on %s\n", chip->name);
			return CHECK_FAILED;
		}
	CHECK(i > 60);
	return 0;
}

/* The last byte that each width of BASE can address, and one past it */
static int the_reach_of_each_base_width_is_exact(void)
{
	static const struct {
		const char *chip;
		uint64_t vram, reach;
	} cases[] = {
		{ "gh100", 257 * GIB, 256 * GIB },
		{ "gb100", 513 * GIB, 512 * GIB },
		{ "gb10b", 257 * GIB, 256 * GIB },
		{ "ad102", 1025 * GIB, 1024 * GIB },
		{ "ad102", 2048 * GIB, 1024 * GIB },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t end = cases[i].reach;
		uint8_t two[2];

		CHECK_EQ(rig_open(&rig, cases[i].chip, cases[i].vram, false),
			 0);
		CHECK_EQ(ends_are_where_they_should_be(cases[i].vram, end), 0);
		CHECK_EQ(pramin_read(rig.dev, end - 1, two, 2, NULL), -ERANGE);
		CHECK_EQ(pramin_last_why(rig.dev)->reason,
			 PRAMIN_REASON_REACH);
		CHECK_EQ(pramin_read(rig.dev, end - 2, two, 2, NULL), 0);
		CHECK_EQ(pramin_read(rig.dev, end, two, 0, NULL), 0);
		CHECK_EQ(rig_close(&rig), 0);
	}
	return 0;
}

/* From the last MiB down: as many moves as up */
static int a_scan_downwards_moves_once_per_mib(void)
{
	uint64_t pa, before, after;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "gh100", 0, false), 0);
	CHECK_EQ(moves_so_far(&before), 0);
	for (pa = 8 * MIB; pa >= 16; pa -= 16)
		CHECK_EQ(pramin_read32(rig.dev, pa - 16, &val), 0);
	CHECK_EQ(moves_so_far(&after), 0);
	CHECK_EQ(after - before, 8);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(every_chip_gives_back_what_was_written),
		TEST(the_reach_of_each_base_width_is_exact),
		TEST(a_scan_downwards_moves_once_per_mib),
	};

	rig_pattern(sent, sizeof(sent), 9);
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
