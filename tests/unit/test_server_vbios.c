// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The VBIOS that is made for a card, read as a driver reads it: from the
 * signatures on, by offsets that it contains.
 */
#include "../../server/vbios.h"
#include "check.h"

static uint8_t rom[VBIOS_MAX];
static size_t rom_bytes;

static const struct pramin_model_chip *chip(const char *name)
{
	const struct pramin_model_chip *row;
	size_t i;

	for (i = 0; (row = pramin_model_chips(i)); i++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static unsigned int le16(size_t at)
{
	return rom[at] | (unsigned int)rom[at + 1] << 8;
}

static uint8_t sum(size_t at, size_t bytes)
{
	uint8_t all = 0;

	while (bytes--)
		all = (uint8_t)(all + rom[at++]);
	return all;
}

/* Where @what is, or 0 */
static size_t find(const char *what, size_t bytes)
{
	size_t i;

	for (i = 0; i + bytes <= rom_bytes; i++)
		if (!memcmp(rom + i, what, bytes))
			return i;
	return 0;
}

static int make(const char *name)
{
	memset(rom, 0xff, sizeof(rom));
	return server_vbios_make(chip(name), rom, &rom_bytes);
}

static int every_chip_gets_one_that_is_accepted(void)
{
	const struct pramin_model_chip *row;
	size_t i, pcir;

	for (i = 0; (row = pramin_model_chips(i)); i++) {
		CHECK_EQ(make(row->name), 0);
		CHECK_EQ(rom_bytes, 32 << 10);
		CHECK(!server_vbios_check(rom, rom_bytes));
		pcir = le16(0x18);
		CHECK(!memcmp(rom + pcir, "PCIR", 4));
		CHECK_EQ(le16(pcir + 4), 0x10de);
		CHECK_EQ(le16(pcir + 6), row->device_id);
		CHECK_EQ(le16(pcir + 0x10) * 512, rom_bytes);
		CHECK_EQ(rom[pcir + 0x15], 0x80);
		CHECK_EQ(sum(0, rom_bytes), 0);
	}
	return 0;
}

static int one_is_like_another_of_its_chip(void)
{
	static uint8_t first[32 << 10];

	CHECK_EQ(make("g92"), 0);
	memcpy(first, rom, sizeof(first));
	CHECK_EQ(make("g92"), 0);
	CHECK(!memcmp(first, rom, sizeof(first)));
	return 0;
}

static int its_tables_are_found_by_their_letters(void)
{
	static const char letters[] = "iICLDMTAUPd";
	/* What nouveau's parsers ask for at least */
	static const unsigned int least[] = {
		6, 14, 10, 2, 4, 5, 2, 3, 3, 1, 2
	};
	size_t bit, entry, i, j;

	CHECK_EQ(make("g92"), 0);
	bit = find("\xff\xb8"
		   "BIT",
		   5);
	CHECK(bit);
	CHECK_EQ(rom[bit + 8], 12);
	CHECK_EQ(sum(bit, 12), 0);
	CHECK_EQ(rom[bit + 10], sizeof(letters) - 1);
	for (i = 0; i < sizeof(letters) - 1; i++) {
		for (j = 0; j < rom[bit + 10]; j++) {
			entry = bit + 12 + j * rom[bit + 9];
			if (rom[entry] == (unsigned char)letters[i])
				break;
		}
		CHECK(j < rom[bit + 10]);
		CHECK(le16(entry + 2) >= least[i]);
		CHECK(le16(entry + 4) + le16(entry + 2) <= rom_bytes);
	}
	return 0;
}

static int it_says_that_there_is_no_connector(void)
{
	size_t dcb;

	CHECK_EQ(make("g84"), 0);
	dcb = le16(0x36);
	CHECK(dcb && dcb < rom_bytes);
	CHECK_EQ(rom[dcb], 0x40);
	CHECK(rom[dcb + 1] >= 10);
	CHECK_EQ(rom[dcb + 2], 0);
	CHECK_EQ(rom[dcb + 6], 0xcb);
	CHECK_EQ(rom[dcb + 7], 0xbd);
	CHECK_EQ(rom[dcb + 8], 0xdc);
	CHECK_EQ(rom[dcb + 9], 0x4e);
	return 0;
}

static int a_host_that_runs_it_comes_back_at_once(void)
{
	CHECK_EQ(make("g92"), 0);
	CHECK_EQ(rom[3], 0xcb); /* a far return */
	return 0;
}

static int a_byte_that_changed_is_noticed(void)
{
	size_t i;

	CHECK_EQ(make("tu102"), 0);
	for (i = 0; i < rom_bytes; i += 37) {
		rom[i] ^= 0x10;
		CHECK(server_vbios_check(rom, rom_bytes));
		rom[i] ^= 0x10;
	}
	CHECK(!server_vbios_check(rom, rom_bytes));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(every_chip_gets_one_that_is_accepted),
		TEST(one_is_like_another_of_its_chip),
		TEST(its_tables_are_found_by_their_letters),
		TEST(it_says_that_there_is_no_connector),
		TEST(a_host_that_runs_it_comes_back_at_once),
		TEST(a_byte_that_changed_is_noticed),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
