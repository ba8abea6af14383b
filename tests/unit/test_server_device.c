// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The card behind the bus: configuration space, BARs, reset, and what faults of the
 * model do to all that is not the model's.
 */
#define _GNU_SOURCE
#include "../../server/vbios.h"
#include "server_card.h"

static int every_chip_is_a_card(void)
{
	const struct pramin_model_chip *chip;
	size_t i;

	for (i = 0; (chip = pramin_model_chips(i)); i++) {
		const struct device_params params = { .chip = chip->name };

		CHECK_EQ(begin_params(&params), 0);
		CHECK_EQ(CONFIG(PCI_VENDOR_ID, 2), 0x10de);
		CHECK_EQ(CONFIG(PCI_DEVICE_ID, 2), chip->device_id);
		CHECK_EQ(CONFIG(PCI_CLASS_DEVICE, 2), 0x0300);
		CHECK_EQ(CONFIG(PCI_CLASS_REVISION, 1), chip->boot0 & 0xff);
		CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2, PCI_COMMAND_MEMORY),
			 0);
		CHECK_EQ(BAR0(0), chip->boot0);
		CHECK_EQ(get(VFU_ROM, 0, 2), 0xaa55);
		CHECK_EQ(get(VFU_BAR0, 0x300000, 2), 0xaa55);
		CHECK(!server_vbios_check(dev->rom, dev->rom_bytes));
		END();
	}
	CHECK(i > 60);
	return 0;
}

static int bars_can_be_sized(void)
{
	static const struct {
		uint32_t off, sized;
	} cases[] = {
		{ 0x10, 0xff000000 }, { 0x14, 0xf000000c },
		{ 0x18, UINT32_MAX }, { 0x1c, 0xfe00000c },
		{ 0x20, UINT32_MAX }, { 0x24, 0xffffff81 },
		{ 0x30, 0xffff0001 }, { 0x28, 0 },
	};
	size_t i;

	BEGIN("tu102");
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(put(VFU_CONFIG, cases[i].off, 4, UINT32_MAX), 0);
		CHECK_EQ(CONFIG(cases[i].off, 4), cases[i].sized);
	}
	END();
	/* The BAR for instance memory of older chips may not be read ahead. */
	BEGIN("g92");
	CHECK_EQ(CONFIG(0x1c, 4), 0x4);
	END();
	return 0;
}

static int capabilities_are_where_drivers_look_for_them(void)
{
	static const uint8_t at[] = { 0x60, 0x68, 0x78 };
	static const uint8_t id[] = { PCI_CAP_ID_PM, PCI_CAP_ID_MSI,
				      PCI_CAP_ID_EXP };
	uint64_t next;
	size_t i;

	BEGIN("g92");
	CHECK(CONFIG(PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
	next = CONFIG(PCI_CAPABILITY_LIST, 1);
	for (i = 0; i < ARRAY_LEN(at); i++) {
		CHECK_EQ(next, at[i]);
		CHECK_EQ(CONFIG(next, 1), id[i]);
		next = CONFIG(next + 1, 1);
	}
	CHECK_EQ(next, 0);
	CHECK_EQ(CONFIG(0x100, 4), 0);
	END();
	return 0;
}

static int read_only_bits_of_configuration_space_stay(void)
{
	uint8_t before[64], after[64];

	BEGIN("tu102");
	CHECK_EQ(device_read(dev, VFU_CONFIG, 0, before, 4), 0);
	CHECK_EQ(put(VFU_CONFIG, 0, 4, 0), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_CLASS_REVISION, 4, 0), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_CAPABILITY_LIST, 1, 0), 0);
	CHECK_EQ(put(VFU_CONFIG, 0x60, 2, 0), 0);
	CHECK_EQ(device_read(dev, VFU_CONFIG, 0, after, 4), 0);
	CHECK(!memcmp(before, after, 4));
	CHECK_EQ(CONFIG(PCI_CLASS_DEVICE, 2), 0x0300);
	CHECK_EQ(CONFIG(PCI_CAPABILITY_LIST, 1), 0x60);
	CHECK_EQ(CONFIG(0x60, 2), 0x6801);
	/* Ids of the subsystem are written at one place and read at two. */
	CHECK_EQ(put(VFU_CONFIG, 0x40, 4, 0x12345678), 0);
	CHECK_EQ(CONFIG(PCI_SUBSYSTEM_VENDOR_ID, 4), 0x12345678);
	END();
	return 0;
}

static int bar0_shows_configuration_space(void)
{
	BEGIN("g92");
	CHECK_EQ(BAR0(0x88000), CONFIG(0, 4));
	CHECK_EQ(get(VFU_BAR0, 0x8800e, 1), CONFIG(0xe, 1));
	CHECK_EQ(put(VFU_BAR0, 0x88050, 4, 1), 0);
	CHECK_EQ(CONFIG(0x50, 4), 1);
	CHECK_EQ(get(VFU_BAR0, 0x88000, 8), get(VFU_CONFIG, 0, 8));
	END();
	return 0;
}

static int nobody_answers_while_decoding_is_off(void)
{
	BEGIN("tu102");
	CHECK_EQ(put(VFU_BAR0, 0x700000, 4, 0x1234), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2, PCI_COMMAND_IO), 0);
	CHECK_EQ(BAR0(0), UINT32_MAX);
	CHECK_EQ(get(VFU_BAR1, 0, 8), UINT64_MAX);
	CHECK_EQ(get(VFU_BAR5, 0, 4), 0x2469fdb9);
	CHECK_EQ(put(VFU_BAR0, 0x700000, 4, 0x5678), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 0);
	CHECK_EQ(get(VFU_BAR5, 0, 4), UINT32_MAX);
	CHECK_EQ(BAR0(0x700000), 0x1234);
	/* Asleep, in D3hot: the same, and it keeps what it had. */
	CHECK_EQ(put(VFU_CONFIG, 0x64, 2, 3), 0);
	CHECK_EQ(BAR0(0x700000), UINT32_MAX);
	CHECK_EQ(CONFIG(0, 2), 0x10de);
	CHECK_EQ(put(VFU_CONFIG, 0x64, 2, 0), 0);
	CHECK_EQ(BAR0(0x700000), 0x1234);
	END();
	return 0;
}

static int all_widths_and_odd_addresses_reach_vram(void)
{
	uint8_t out[64], in[64];
	size_t i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i + 1);
	BEGIN("g92");
	CHECK_EQ(device_write(dev, VFU_BAR0, 0x700103, out, 61), 0);
	CHECK_EQ(device_read(dev, VFU_BAR0, 0x700103, in, 61), 0);
	CHECK(!memcmp(out, in, 61));
	CHECK_EQ(get(VFU_BAR0, 0x700104, 4), 0x05040302);
	CHECK_EQ(get(VFU_BAR0, 0x700104, 2), 0x0302);
	CHECK_EQ(get(VFU_BAR0, 0x700105, 1), 0x03);
	/* The window is on the last MiB; BAR1 and BAR3 of a Tesla are linear. */
	CHECK_EQ(get(VFU_BAR1, 63 * MIB + 0x104, 4), 0x05040302);
	CHECK_EQ(put(VFU_BAR3, 8 * MIB, 8, 0x1122334455667788), 0);
	CHECK_EQ(get(VFU_BAR1, 8 * MIB, 8), 0x1122334455667788);
	CHECK_EQ(get(VFU_BAR1, 64 * MIB, 4), UINT32_MAX);
	CHECK_EQ(put(VFU_BAR1, 64 * MIB, 4, 0), 0);
	END();
	return 0;
}

static int registers_that_the_model_has_not_remember(void)
{
	BEGIN("tu102");
	CHECK_EQ(BAR0(0x121234), 0);
	CHECK_EQ(put(VFU_BAR0, 0x121234, 4, 0xa5a5a5a5), 0);
	CHECK_EQ(put(VFU_BAR0, 0x121235, 1, 0), 0);
	CHECK_EQ(BAR0(0x121234), 0xa5a500a5);
	CHECK_EQ(get(VFU_BAR0, 0x121236, 2), 0xa5a5);
	CHECK_EQ(put(VFU_BAR0, 0x121230, 8, 0x1111222233334444), 0);
	CHECK_EQ(get(VFU_BAR0, 0x121230, 8), 0x1111222233334444);
	/* The model's own are the model's: read only, or latches. */
	CHECK_EQ(put(VFU_BAR0, 0, 4, 0), 0);
	CHECK_EQ(BAR0(0), 0x162000a1);
	CHECK_EQ(put(VFU_BAR0, 0x1700, 4, 0x2a), 0);
	CHECK_EQ(BAR0(0x1700), 0x2a);
	END();
	return 0;
}

static int ports_reach_the_other_bars(void)
{
	BEGIN("tu102");
	CHECK_EQ(get(VFU_BAR5, 8, 4), UINT32_MAX);
	CHECK_EQ(put(VFU_BAR5, 0, 4, 1), 0);
	CHECK_EQ(put(VFU_BAR5, 8, 4, 0), 0);
	CHECK_EQ(put(VFU_BAR5, 0xc, 4, 0x77), 0);
	CHECK_EQ(get(VFU_BAR5, 0xc, 4), 0x77);
	CHECK_EQ(put(VFU_BAR5, 4, 4, 1), 0);
	CHECK_EQ(get(VFU_BAR5, 4, 4), 1);
	CHECK_EQ(get(VFU_BAR5, 0xc, 4), 0x162000a1);
	CHECK_EQ(put(VFU_BAR5, 0x10, 4, 0x1003), 0);
	CHECK_EQ(put(VFU_BAR5, 0x14, 4, 0xabcd), 0);
	CHECK_EQ(get(VFU_BAR1, 0x1000, 4), 0xabcd);
	CHECK_EQ(put(VFU_BAR5, 0x18, 4, 0x1000), 0);
	CHECK_EQ(get(VFU_BAR5, 0x1c, 4), 0xabcd);
	/* Behind the end of the BAR, other widths, what is no port */
	CHECK_EQ(put(VFU_BAR5, 0x10, 4, 0xf0000000), 0);
	CHECK_EQ(get(VFU_BAR5, 0x14, 4), UINT32_MAX);
	CHECK_EQ(put(VFU_BAR5, 0x14, 4, 1), 0);
	CHECK_EQ(get(VFU_BAR5, 0xc, 2), 0xffff);
	CHECK_EQ(get(VFU_BAR5, 0x40, 4), UINT32_MAX);
	CHECK_EQ(put(VFU_BAR5, 0x40, 4, 1), 0);
	END();
	return 0;
}

static int a_reset_leaves_vram_and_nothing_else(void)
{
	const uint64_t window = 63 * MIB >> 16;

	BEGIN("tu102");
	CHECK_EQ(put(VFU_BAR0, 0x1700, 4, 0x10), 0);
	CHECK_EQ(put(VFU_BAR0, 0x700000, 4, 0x1234), 0);
	CHECK_EQ(put(VFU_BAR0, 0x121234, 4, 5), 0);
	/* BAR1 by page tables that are not there */
	CHECK_EQ(put(VFU_BAR0, 0xb80f40, 4, 0x80000001), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_BASE_ADDRESS_0, 4, 0xfc000000), 0);
	device_reset(dev);
	CHECK_EQ(CONFIG(PCI_COMMAND, 2), 0);
	CHECK_EQ(CONFIG(PCI_BASE_ADDRESS_0, 4), 0);
	CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 0);
	CHECK_EQ(BAR0(0x1700), window);
	CHECK_EQ(BAR0(0x121234), 0);
	CHECK_EQ(BAR0(0xb80f40), 0);
	CHECK_EQ(get(VFU_BAR1, MIB, 4), 0x1234);
	END();
	return 0;
}

/* A card that is gone is gone as a whole. */
static int a_card_that_is_gone_answers_nowhere(void)
{
	static const struct {
		uint32_t region;
		uint64_t off;
	} places[] = {
		{ VFU_BAR0, 0 },       { VFU_BAR0, 0x121234 },
		{ VFU_BAR0, 0x9400 },  { VFU_BAR0, 0x300000 },
		{ VFU_BAR0, 0x88000 }, { VFU_BAR0, 0x700000 },
		{ VFU_BAR1, 0 },       { VFU_BAR3, 0 },
		{ VFU_ROM, 0 },	       { VFU_CONFIG, 0 },
		{ VFU_CONFIG, 0x10 },
	};
	static const char *const chips[] = { "g92", "tu102" };
	size_t i, c;

	for (c = 0; c < ARRAY_LEN(chips); c++) {
		BROKEN(chips[c], "gone@3");
		CHECK_EQ(put(VFU_BAR0, 0x121234, 4, 7), 0);
		CHECK_EQ(BAR0(0x121234), 7);
		for (i = 0; i < ARRAY_LEN(places); i++) {
			CHECK_EQ(get(places[i].region, places[i].off, 4),
				 UINT32_MAX);
			CHECK_EQ(put(places[i].region, places[i].off, 4, 0), 0);
		}
		pramin_model_mend(dev->model);
		/* What was written meanwhile has not arrived. */
		CHECK_EQ(BAR0(0x121234), 7);
		END();
	}
	return 0;
}

static int faults_meet_registers_that_are_not_the_models(void)
{
	uint32_t val;

	BROKEN("tu102", "read=0xbadf1100@1:read=0x5555@3:dead@4");
	CHECK_EQ(BAR0(0), 0xbadf1100);
	CHECK_EQ(BAR0(0), 0x162000a1);
	CHECK_EQ(BAR0(0x121234), 0x5555);
	CHECK_EQ(device_read(dev, VFU_BAR0, 0x121234, &val, 4), -ENODEV);
	CHECK_EQ(device_write(dev, VFU_BAR0, 0x121234, &val, 4), -ENODEV);
	CHECK_EQ(device_read(dev, VFU_CONFIG, 0, &val, 4), -ENODEV);
	END();
	BROKEN("gb202", "firewall");
	CHECK_EQ(BAR0(0x121234), UINT32_MAX);
	CHECK_EQ(CONFIG(0xaf8, 4) >> 20 & 1, 1);
	END();
	return 0;
}

static int cards_that_cannot_be_are_refused(void)
{
	static const struct device_params cases[] = {
		{ .chip = "tu999" },
		{ .chip = "" },
		{ .chip = "tu102", .vram = 12345 },
		{ .chip = "tu102", .faults = "gone@" },
		{ .chip = "tu102", .faults = "no" },
		{ .chip = "tu102", .file = "/" },
	};
	struct pramin_why why;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		why.what[0] = '\0';
		CHECK_EQ(device_create(&cases[i], &dev, &why), -EINVAL);
		CHECK(why.what[0]);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_chip_is_a_card),
	TEST(bars_can_be_sized),
	TEST(capabilities_are_where_drivers_look_for_them),
	TEST(read_only_bits_of_configuration_space_stay),
	TEST(bar0_shows_configuration_space),
	TEST(nobody_answers_while_decoding_is_off),
	TEST(all_widths_and_odd_addresses_reach_vram),
	TEST(registers_that_the_model_has_not_remember),
	TEST(ports_reach_the_other_bars),
	TEST(a_reset_leaves_vram_and_nothing_else),
	TEST(a_card_that_is_gone_answers_nowhere),
	TEST(faults_meet_registers_that_are_not_the_models),
	TEST(cards_that_cannot_be_are_refused),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
