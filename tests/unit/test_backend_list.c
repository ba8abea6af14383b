// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The list of GPUs: what is told of each, and what is not done to find it out.
 */
#define _GNU_SOURCE
#include <pramin/pramin.h>

#include "lib_calls.h"
#include "lib_pci.h"

#define OTHER "0000:01:00.0"
#define NONE  "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

/* The GPUs of the last list */
static struct pramin_listed got[16];
static unsigned int count;

static int take(void *ctx, const struct pramin_listed *gpu)
{
	(void)ctx;
	if (count < ARRAY_LEN(got))
		got[count++] = *gpu;
	return 0;
}

static int list(void)
{
	struct pramin_why why;

	count = 0;
	return pramin_list(take, NULL, &why);
}

/* One card alone */
static int fresh(void)
{
	CHECK_EQ(pci_tree(), 0);
	return pci_gpu(PCI_GPU);
}

static int a_card_is_described(void)
{
	const struct pramin_listed *g = &got[0];

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_ids(), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "boot_vga", "1\n"), 0);
	CHECK_EQ(pci_link(PCI_GPU, "iommu_group", "../../iommu_groups/17"), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(g->size, sizeof(*g));
	CHECK(!strcmp(g->address, PCI_GPU));
	CHECK_EQ(g->vendor, 0x10de);
	CHECK_EQ(g->device, 0x1e07);
	CHECK_EQ(g->sub_vendor, 0x10de);
	CHECK_EQ(g->sub_device, 0x12a4);
	CHECK_EQ(g->class_code, 0x030000);
	CHECK(!strcmp(g->name, "TU102 [GeForce RTX 2080 Ti Rev. A]"));
	CHECK(g->chip && !strcmp(g->chip, "tu102"));
	CHECK(g->family && !strcmp(g->family, "turing"));
	CHECK(!g->chip_by_name);
	CHECK_EQ(g->boot0, 0x162000a1);
	CHECK_EQ(g->vram_size, 11ull << 30);
	CHECK(!*g->driver);
	CHECK(!strcmp(g->power, "D0"));
	CHECK(g->awake && g->boot_vga);
	CHECK_EQ(g->bar_bytes[0], 16 << 20);
	CHECK_EQ(g->bar_bytes[1], 256 << 20);
	CHECK_EQ(g->bar_bytes[2], 32 << 20);
	CHECK(!strcmp(g->iommu_group, "17"));
	CHECK_EQ(g->usable, PRAMIN_USABLE_YES);
	CHECK(!g->why.what[0]);
	return 0;
}

static int only_gpus_of_nvidia_are_listed_in_order(void)
{
	CHECK_EQ(fresh(), 0);
	/* Its audio function, another vendor's GPU, a 3D controller, a bridge */
	CHECK_EQ(pci_gpu("0000:41:00.1"), 0);
	CHECK_EQ(pci_attr("0000:41:00.1", "class", "0x040300\n"), 0);
	CHECK_EQ(pci_gpu("0000:00:02.0"), 0);
	CHECK_EQ(pci_attr("0000:00:02.0", "vendor", "0x8086\n"), 0);
	CHECK_EQ(pci_gpu("0001:01:00.0"), 0);
	CHECK_EQ(pci_attr("0001:01:00.0", "class", "0x030200\n"), 0);
	CHECK_EQ(pci_gpu(OTHER), 0);
	CHECK_EQ(pci_put("", "sys/bus/pci/devices/README"), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(count, 3);
	CHECK(!strcmp(got[0].address, OTHER));
	CHECK(!strcmp(got[1].address, PCI_GPU));
	CHECK(!strcmp(got[2].address, "0001:01:00.0"));
	CHECK_EQ(got[2].class_code, 0x030200);
	return 0;
}

/* What is wrong with one card, and how it is listed */
static const struct {
	const char *attr, *text;
	enum pramin_usable usable;
	enum pramin_reason reason;
	const char *what;
	bool listed;
} broken[] = {
	{ "vendor", "", PRAMIN_USABLE_NO, PRAMIN_REASON_SYSTEM, "vendor",
	  true },
	{ "device", "many", PRAMIN_USABLE_NO, PRAMIN_REASON_SYSTEM, "device",
	  true },
	{ "class", "", PRAMIN_USABLE_NO, PRAMIN_REASON_SYSTEM, "class", true },
	{ "resource", "x", PRAMIN_USABLE_NO, PRAMIN_REASON_SYSTEM, "resource",
	  true },
	{ "resource", NONE NONE NONE NONE NONE NONE, PRAMIN_USABLE_NO,
	  PRAMIN_REASON_NO_BAR0, "BAR0", true },
	{ "power_state", "D3cold\n", PRAMIN_USABLE_UNKNOWN,
	  PRAMIN_REASON_ASLEEP, "D3cold", true },
	{ "config", "", PRAMIN_USABLE_NO, PRAMIN_REASON_SYSTEM, "config",
	  true },
	{ "class", "0x040300", PRAMIN_USABLE_NO, PRAMIN_REASON_NONE, "",
	  false },
};

static int one_broken_card_does_not_hide_the_others(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(broken); i++) {
		CHECK_EQ(fresh(), 0);
		CHECK_EQ(pci_gpu(OTHER), 0);
		CHECK_EQ(pci_attr(OTHER, broken[i].attr, broken[i].text), 0);
		CHECK_EQ(list(), 0);
		CHECK_EQ(count, 1 + broken[i].listed);
		CHECK(!strcmp(got[count - 1].address, PCI_GPU));
		CHECK_EQ(got[count - 1].usable, PRAMIN_USABLE_YES);
		if (!broken[i].listed)
			continue;
		CHECK_EQ(got[0].usable, broken[i].usable);
		CHECK_EQ(got[0].why.reason, broken[i].reason);
		CHECK_HAS(got[0].why.what, broken[i].what);
	}
	return 0;
}

/* Nothing of the device is opened or mapped but what the case allows. */
static int untouched(bool config)
{
	calls_arm(0, EIO, false);
	calls.open = config ? "/resource0" : "/config";
	calls.map = true;
	CHECK_EQ(list(), 0);
	calls_relent();
	CHECK_EQ(calls.fds, 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(got[0].boot0, 0);
	CHECK_EQ(got[0].vram_size, 0);
	return 0;
}

static int a_sleeping_card_is_not_touched(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_ids(), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "power_state", "D3hot\n"), 0);
	CHECK_EQ(untouched(false), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_UNKNOWN);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_ASLEEP);
	CHECK(!got[0].awake);
	/* Its name tells the chip all the same. */
	CHECK(got[0].chip && !strcmp(got[0].chip, "tu102"));
	CHECK(got[0].chip_by_name);
	CHECK(!strcmp(pci_now(PCI_GPU, "power/control"), "auto\n"));
	return 0;
}

static int under_a_driver_only_configuration_space_is_read(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_link(PCI_GPU, "driver", "../drivers/nouveau"), 0);
	CHECK_EQ(untouched(true), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_NO);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_DRIVER);
	CHECK(!strcmp(got[0].driver, "nouveau"));
	CHECK(!got[0].chip);
	/* One that sleeps under its driver: not even that */
	CHECK_EQ(pci_attr(PCI_GPU, "power_state", "D3cold\n"), 0);
	CHECK_EQ(untouched(false), 0);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_DRIVER);
	return 0;
}

static int without_decoding_no_register_is_read(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0x00100000), 0);
	CHECK_EQ(untouched(true), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_UNKNOWN);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_NO_DECODING);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0x00100000);
	return 0;
}

static int a_card_that_fell_off_the_bus_is_told_by_configuration_space(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 0, 0xffffffff), 0);
	CHECK_EQ(untouched(true), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_NO);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_ALL_ONES);
	return 0;
}

static int nothing_is_written(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", 0x1700, 0x1234), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_YES);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x1234);
	CHECK(!strcmp(pci_now(PCI_GPU, "power/control"), "auto\n"));
	CHECK_EQ(access(pci_root, F_OK), 0);
	return 0;
}

static int what_forbids_the_window_is_told_by_the_registers(void)
{
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", 0x118234, 0x20), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_NO);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_FIRMWARE);
	CHECK(!strcmp(got[0].chip, "tu102"));
	CHECK_EQ(got[0].vram_size, 0);
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", 0, 0xffffffff), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_ALL_ONES);
	CHECK_EQ(got[0].boot0, 0);
	return 0;
}

static int what_the_system_forbids_is_told(void)
{
	CHECK_EQ(fresh(), 0);
	calls_arm(0, EACCES, false);
	calls.open = "/resource0";
	CHECK_EQ(list(), 0);
	CHECK_EQ(got[0].usable, PRAMIN_USABLE_NO);
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_NO_PERMISSION);
	calls_arm(0, EPERM, false);
	calls.map = true;
	CHECK_EQ(pci_put("none [integrity]", "sys/kernel/security/lockdown"),
		 0);
	CHECK_EQ(list(), 0);
	calls_relent();
	CHECK_EQ(got[0].why.reason, PRAMIN_REASON_LOCKDOWN);
	return 0;
}

static int chips_are_found_in_names(void)
{
	static const struct {
		const char *device, *chip;
	} cases[] = {
		{ "0x1e07", "tu102" },	{ "0x2330", "gh100" },
		{ "0x1287", "gk208b" }, { "0x1eb6", "tu104" },
		{ "0x2331", NULL },	{ "0x9999", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(fresh(), 0);
		CHECK_EQ(pci_ids(), 0);
		CHECK_EQ(pci_attr(PCI_GPU, "device", cases[i].device), 0);
		CHECK_EQ(pci_link(PCI_GPU, "driver", "../drivers/nvidia"), 0);
		CHECK_EQ(list(), 0);
		CHECK_EQ(!got[0].chip, !cases[i].chip);
		if (got[0].chip)
			CHECK(!strcmp(got[0].chip, cases[i].chip));
	}
	return 0;
}

static int a_machine_without_pci_has_no_gpus(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(list(), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(pramin_list(NULL, NULL, NULL), -EINVAL);
	return 0;
}

static int stop(void *ctx, const struct pramin_listed *gpu)
{
	(void)gpu;
	++*(int *)ctx;
	return 42;
}

static int the_callback_can_end_the_list(void)
{
	int calls_made = 0;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_gpu(OTHER), 0);
	CHECK_EQ(pramin_list(stop, &calls_made, NULL), 42);
	CHECK_EQ(calls_made, 1);
	return 0;
}

static int whatever_fails_the_list_ends_and_nothing_is_left(void)
{
	struct pramin_why why;
	unsigned long nth;
	int ret, lists = 0;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_gpu(OTHER), 0);
	CHECK_EQ(pci_ids(), 0);
	for (nth = 1; nth < 400; nth++) {
		calls_arm(nth, EIO, false);
		count = 0;
		ret = pramin_list(take, NULL, &why);
		if (ret) {
			CHECK_EQ(ret, -EOPNOTSUPP);
			CHECK_HAS(why.what, "/sys/bus/pci/devices");
			lists++;
		}
		CHECK_EQ(calls.fds, 0);
		CHECK_EQ(calls.maps, 0);
		/* At least the other one is as it should be. */
		CHECK(ret || got[0].usable == PRAMIN_USABLE_YES ||
		      got[1].usable == PRAMIN_USABLE_YES);
		if (calls.count < nth)
			break;
	}
	calls_relent();
	CHECK(nth > 60 && nth < 400);
	CHECK_EQ(lists, 1);
	CHECK_EQ(count, 2);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_card_is_described),
	TEST(only_gpus_of_nvidia_are_listed_in_order),
	TEST(one_broken_card_does_not_hide_the_others),
	TEST(a_sleeping_card_is_not_touched),
	TEST(under_a_driver_only_configuration_space_is_read),
	TEST(without_decoding_no_register_is_read),
	TEST(a_card_that_fell_off_the_bus_is_told_by_configuration_space),
	TEST(nothing_is_written),
	TEST(what_forbids_the_window_is_told_by_the_registers),
	TEST(what_the_system_forbids_is_told),
	TEST(chips_are_found_in_names),
	TEST(a_machine_without_pci_has_no_gpus),
	TEST(the_callback_can_end_the_list),
	TEST(whatever_fails_the_list_ends_and_nothing_is_left),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
