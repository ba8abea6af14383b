// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The registers that a driver meets beside the model's.
 */
#include "../../server/board.h"
#include "../../server/vbios.h"
#include "check.h"

#define MIB (UINT64_C(1) << 20)

struct rig {
	struct pramin_model *model;
	struct board *board;
};

static uint8_t rom[VBIOS_MAX];
static size_t rom_bytes;

static const struct pramin_model_chip *find_chip(const char *name)
{
	const struct pramin_model_chip *row;
	size_t i;

	for (i = 0; (row = pramin_model_chips(i)); i++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static int set_up(struct rig *rig, const char *chip, uint64_t vram)
{
	struct pramin_model_params p = { .size = sizeof(p),
					 .chip = chip,
					 .vram = vram };
	struct board_params b = { .chip = find_chip(chip), .vram = vram };
	int ret;

	ret = pramin_model_create(&p, &rig->model, NULL);
	if (ret)
		return ret;
	server_vbios_make(b.chip, rom, &rom_bytes);
	b.model = rig->model;
	b.vbios = rom;
	b.vbios_bytes = rom_bytes;
	ret = board_create(&b, &rig->board);
	if (ret)
		pramin_model_destroy(rig->model);
	return ret;
}

static void tear_down(struct rig *rig)
{
	board_destroy(rig->board);
	pramin_model_destroy(rig->model);
}

static int registers_keep_what_was_written_until_a_reset(void)
{
	struct rig rig;

	CHECK_EQ(set_up(&rig, "g92", 256 * MIB), 0);
	CHECK_EQ(board_read(rig.board, 0x400500, 4), 0);
	board_write(rig.board, 0x400500, 4, 0x12345678);
	CHECK_EQ(board_read(rig.board, 0x400500, 4), 0x12345678);
	CHECK_EQ(board_read(rig.board, 0x400501, 1), 0x56);
	CHECK_EQ(board_read(rig.board, 0x400502, 2), 0x1234);
	board_write(rig.board, 0x400501, 1, 0xffffffab);
	CHECK_EQ(board_read(rig.board, 0x400500, 4), 0x1234ab78);
	board_write(rig.board, 0xfffffc, 4, 1);
	CHECK_EQ(board_read(rig.board, 0xfffffc, 4), 1);
	board_reset(rig.board);
	CHECK_EQ(board_read(rig.board, 0x400500, 4), 0);
	CHECK_EQ(board_read(rig.board, 0xfffffc, 4), 0);
	tear_down(&rig);
	return 0;
}

static int a_tesla_has_units_and_a_geometry(void)
{
	static const struct {
		const char *chip;
		uint64_t vram;
		uint32_t geometry;
	} cases[] = {
		{ "g92", 256 * MIB, 0x01039000 },
		{ "g92", 512 * MIB, 0x01049000 },
		{ "g84", 256 * MIB, 0x01039000 },
		{ "g84", 64 * MIB, 0x01019000 },
	};
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(set_up(&rig, cases[i].chip, cases[i].vram), 0);
		CHECK_EQ(board_read(rig.board, 0x1540, 4), 0x000f0001);
		CHECK_EQ(board_read(rig.board, 0x100204, 4), cases[i].geometry);
		tear_down(&rig);
	}
	CHECK_EQ(set_up(&rig, "tu102", 1024 * MIB), 0);
	CHECK_EQ(board_read(rig.board, 0x1540, 4), 0);
	CHECK_EQ(board_read(rig.board, 0x100204, 4), 0);
	tear_down(&rig);
	return 0;
}

static int a_flush_of_the_tlb_is_done_at_once(void)
{
	struct rig rig;

	CHECK_EQ(set_up(&rig, "g92", 256 * MIB), 0);
	board_write(rig.board, 0x100c80, 4, 0x60001);
	CHECK_EQ(board_read(rig.board, 0x100c80, 4), 0x60000);
	board_write(rig.board, 0x100c80, 1, 0xff);
	CHECK_EQ(board_read(rig.board, 0x100c80, 4), 0x600fe);
	tear_down(&rig);
	return 0;
}

static int the_display_says_where_vram_has_the_vbios(void)
{
	static const struct {
		const char *chip;
		uint64_t vram;
		uint32_t off, want;
	} cases[] = {
		{ "g92", 256 * MIB, 0x619f04, 0x000ff009 },
		{ "g84", 512 * MIB, 0x619f04, 0x001ff009 },
		{ "tu102", 8192 * MIB, 0x625f04, 0x01fff009 },
	};
	static uint8_t seen[32 << 10];
	struct rig rig;
	uint64_t pa;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(set_up(&rig, cases[i].chip, cases[i].vram), 0);
		CHECK_EQ(board_read(rig.board, cases[i].off, 4), cases[i].want);
		pa = (uint64_t)(cases[i].want & 0xffffff00) << 8;
		CHECK_EQ(pa, cases[i].vram - MIB);
		CHECK_EQ(rom_bytes, sizeof(seen));
		CHECK_EQ(pramin_model_peek(rig.model, pa, seen, sizeof(seen)),
			 0);
		CHECK(!memcmp(seen, rom, sizeof(seen)));
		tear_down(&rig);
	}
	return 0;
}

static int a_reset_leaves_vram_alone(void)
{
	static uint8_t seen[32 << 10];
	struct rig rig;

	CHECK_EQ(set_up(&rig, "g92", 256 * MIB), 0);
	CHECK_EQ(pramin_model_poke(rig.model, 255 * MIB, "changed", 7), 0);
	board_write(rig.board, 0x619f04, 4, 0);
	board_write(rig.board, 0x1540, 4, 0);
	board_reset(rig.board);
	CHECK_EQ(board_read(rig.board, 0x619f04, 4), 0xff009);
	CHECK_EQ(board_read(rig.board, 0x1540, 4), 0xf0001);
	CHECK_EQ(pramin_model_peek(rig.model, 255 * MIB, seen, 7), 0);
	CHECK(!memcmp(seen, "changed", 7));
	tear_down(&rig);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(registers_keep_what_was_written_until_a_reset),
		TEST(a_tesla_has_units_and_a_geometry),
		TEST(a_flush_of_the_tlb_is_done_at_once),
		TEST(the_display_says_where_vram_has_the_vbios),
		TEST(a_reset_leaves_vram_alone),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
