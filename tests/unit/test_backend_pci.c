// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is made of the system's files about a PCI device, whatever they hold.
 */
#define _GNU_SOURCE
#include "lib_pci.h"

#include "../../lib/backend/pci.h"

#define MEM32  "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
#define NONE   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define MEM64  "0x0000006000000000 0x0000006fffffffff 0x000000000014220c\n"
#define IO     "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"
#define PREF32 "0x00000000e0000000 0x00000000e7ffffff 0x0000000000042208\n"

static int a_device_is_what_its_attributes_say(void)
{
	struct pci_device dev;

	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "boot_vga", "1\n"), 0);
	CHECK_EQ(pci_link(PCI_GPU, "driver", "../../bus/pci/drivers/nouveau"),
		 0);
	CHECK_EQ(pci_link(PCI_GPU, "iommu_group", "../../iommu_groups/17"), 0);
	CHECK_EQ(pci_look(PCI_GPU ",chip=tu102", &dev), 0);
	CHECK(!dev.broken);
	CHECK(!strcmp(dev.addr, PCI_GPU));
	CHECK_EQ(dev.vendor, 0x10de);
	CHECK_EQ(dev.device, 0x1e07);
	CHECK_EQ(dev.sub_vendor, 0x10de);
	CHECK_EQ(dev.sub_device, 0x12a4);
	CHECK_EQ(dev.class_code, 0x030000);
	CHECK(!strcmp(dev.driver, "nouveau"));
	CHECK(!strcmp(dev.group, "17"));
	CHECK(!strcmp(dev.power, "D0"));
	CHECK(!strcmp(dev.runtime, "active"));
	CHECK(dev.boot_vga);
	CHECK_EQ(dev.enables, 1);
	CHECK(pci_is_nvidia(&dev) && pci_is_display(&dev));
	CHECK(pci_is_awake(&dev));
	CHECK_EQ(pci_look("0000:42:00.0", &dev), -ENOENT);
	return 0;
}

static int the_address_is_taken_in_any_case(void)
{
	struct pci_device dev;

	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu("00ab:cd:1f.7"), 0);
	CHECK_EQ(pci_look("00AB:CD:1F.7", &dev), 0);
	CHECK(!strcmp(dev.addr, "00ab:cd:1f.7"));
	return 0;
}

static const struct {
	const char *text;
	int bar[3];
	uint64_t bytes[3];
} layouts[] = {
	{ PCI_RESOURCE_TU102, { 0, 1, 3 }, { 16 << 20, 256 << 20, 32 << 20 } },
	/* BAR0 of 64 bits, as from Hopper on */
	{ MEM64 NONE MEM64 NONE MEM64 NONE NONE,
	  { 0, 2, 4 },
	  { 64ull << 30, 64ull << 30, 64ull << 30 } },
	/* 32 bits all over */
	{ MEM32 PREF32 PREF32 IO NONE NONE NONE,
	  { 0, 1, 2 },
	  { 16 << 20, 128 << 20, 128 << 20 } },
	/* No BAR1: what comes behind is not taken for it */
	{ MEM32 NONE NONE PREF32 NONE IO NONE,
	  { 0, -1, 3 },
	  { 16 << 20, 0, 128 << 20 } },
	{ MEM32 NONE NONE NONE NONE NONE NONE, { 0, -1, -1 }, { 16 << 20 } },
	{ NONE NONE NONE NONE NONE NONE NONE, { -1, -1, -1 }, { 0 } },
	/* No more lines than there are BARs, and no newline at the end */
	{ MEM32 MEM64 NONE IO NONE
	  "0x00000000e0000000 0x00000000e7ffffff 0x0000000000042208",
	  { 0, 1, 5 },
	  { 16 << 20, 64ull << 30, 128 << 20 } },
};

static int bars_are_found_by_their_flags(void)
{
	struct pci_device dev;
	unsigned int bar;
	size_t i;

	for (i = 0; i < ARRAY_LEN(layouts); i++) {
		CHECK_EQ(pci_tree(), 0);
		CHECK_EQ(pci_gpu(PCI_GPU), 0);
		CHECK_EQ(pci_attr(PCI_GPU, "resource", layouts[i].text), 0);
		CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
		CHECK(!dev.broken);
		for (bar = 0; bar < 3; bar++) {
			int at = pci_bar_index(&dev, bar);

			if (at != layouts[i].bar[bar])
				printf("layout %zu, BAR%u\n", i, bar);
			CHECK_EQ(at, layouts[i].bar[bar]);
			if (at >= 0)
				CHECK_EQ(dev.bar[at].bytes,
					 layouts[i].bytes[bar]);
		}
	}
	return 0;
}

/* Attributes that no kernel writes, and which of them spoil what */
static const struct {
	const char *name, *text;
	bool broken;
} odd[] = {
	{ "vendor", "", true },
	{ "vendor", "NVIDIA", true },
	{ "vendor", "0x10de0", true },
	{ "vendor", "-1", true },
	{ "vendor", " 0x10de", true },
	{ "vendor", "0x10de 0x10de", true },
	{ "vendor", "99999999999999999999999999", true },
	{ "device", "0x\n", true },
	{ "class", "0x1000000", true },
	{ "boot_vga", "2", true },
	{ "boot_vga", "yes", true },
	{ "subsystem_vendor", "0x10000", true },
	{ "enable", "many", true },
	{ "resource", "", true },
	{ "resource", MEM32 MEM64, true },
	{ "resource", "0xf6000000 0xf5ffffff 0x200\n" NONE NONE NONE NONE NONE,
	  true },
	{ "resource", "f6000000 f6ffffff 200\n" NONE NONE NONE NONE NONE,
	  true },
	{ "resource", "0x0 0xffffffffffffffff 0x200\n" NONE NONE NONE NONE NONE,
	  true },
	{ "resource", "0x1 0x2 0x200 0x3\n" NONE NONE NONE NONE NONE, true },
	{ "power_state", "D0\033[2J", true },
	{ "power_state",
	  "a power state that is longer than any name of one can be", true },
	{ "power_state", "unknown\n", false },
	{ "vendor", "4318", false },
};

static int an_odd_attribute_is_named_and_does_not_hide_the_others(void)
{
	struct pci_device dev;
	size_t i;

	for (i = 0; i < ARRAY_LEN(odd); i++) {
		CHECK_EQ(pci_tree(), 0);
		CHECK_EQ(pci_gpu(PCI_GPU), 0);
		CHECK_EQ(pci_attr(PCI_GPU, odd[i].name, odd[i].text), 0);
		CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
		if (!!dev.broken != odd[i].broken)
			printf("%s: \"%s\"\n", odd[i].name, odd[i].text);
		CHECK_EQ(!!dev.broken, odd[i].broken);
		if (!dev.broken)
			continue;
		CHECK(!strcmp(dev.broken, odd[i].name));
		CHECK(dev.err < 0);
		CHECK(!strcmp(dev.runtime, "active"));
		CHECK_EQ(dev.sub_device, 0x12a4);
	}
	return 0;
}

static int an_attribute_has_a_largest_size(void)
{
	static char huge[3u << 20];
	struct pci_device dev;

	memset(huge, '1', sizeof(huge) - 1);
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "device", huge), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	CHECK(!strcmp(dev.broken, "device"));
	CHECK_EQ(dev.err, -E2BIG);
	CHECK_EQ(dev.vendor, 0x10de);
	memset(huge, '0', sizeof(huge) - 1);
	CHECK_EQ(pci_attr(PCI_GPU, "resource", huge), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "device", "0x1e07\n"), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	CHECK(!strcmp(dev.broken, "resource"));
	return 0;
}

static int what_is_missing_is_empty(void)
{
	static const char *const names[] = {
		"boot_vga",	    "enable",
		"power_state",	    "power/runtime_status",
		"subsystem_vendor", "subsystem_device",
	};
	struct pci_device dev;
	size_t i;

	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	for (i = 0; i < ARRAY_LEN(names); i++)
		CHECK_EQ(pci_no_attr(PCI_GPU, names[i]), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	CHECK(!dev.broken);
	CHECK(!*dev.driver && !*dev.group && !*dev.power && !*dev.runtime);
	CHECK(pci_is_awake(&dev));
	CHECK_EQ(pci_no_attr(PCI_GPU, "class"), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	CHECK(!strcmp(dev.broken, "class"));
	CHECK_EQ(dev.err, -ENOENT);
	return 0;
}

static int a_sleeping_device_is_told(void)
{
	static const struct {
		const char *power, *runtime;
		bool awake;
	} cases[] = {
		{ "D0", "active", true },
		{ "D3hot", "active", false },
		{ "D3cold", "suspended", false },
		{ "D1", "active", false },
		{ "unknown", "suspended", false },
		{ "unknown", "suspending", false },
		{ "unknown", "active", true },
		{ "unknown", "unsupported", true },
		{ "error", "active", true },
		{ "", "resuming", true },
	};
	struct pci_device dev;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(pci_tree(), 0);
		CHECK_EQ(pci_gpu(PCI_GPU), 0);
		CHECK_EQ(pci_attr(PCI_GPU, "power_state", cases[i].power), 0);
		CHECK_EQ(pci_attr(PCI_GPU, "power/runtime_status",
				  cases[i].runtime),
			 0);
		CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
		CHECK_EQ(pci_is_awake(&dev), cases[i].awake);
	}
	return 0;
}

static int a_claim_inside_a_bar_is_named(void)
{
	static const char iomem[] = "00000000-00000fff : Reserved\n"
				    "e0000000-f7ffffff : PCI Bus 0000:41\n"
				    "  e0000000-efffffff : 0000:41:00.0\n"
				    "    e0000000-e07fffff : efifb\n"
				    "  f0000000-f1ffffff : 0000:41:00.0\n"
				    "  f6000000-f6ffffff : 0000:41:00.0\n"
				    "    f6000000-f6ffffff : nvidia\n";
	struct pci_device dev;
	char name[PCI_NAME_TEXT], small[6];

	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	strcpy(name, "x");
	pci_claimed_by(&dev.bar[1], dev.addr, name, sizeof(name));
	CHECK(!strcmp(name, ""));
	CHECK_EQ(pci_put(iomem, "proc/iomem"), 0);
	pci_claimed_by(&dev.bar[1], dev.addr, name, sizeof(name));
	CHECK(!strcmp(name, "efifb"));
	pci_claimed_by(&dev.bar[3], dev.addr, name, sizeof(name));
	CHECK(!strcmp(name, ""));
	pci_claimed_by(&dev.bar[0], dev.addr, name, sizeof(name));
	CHECK(!strcmp(name, "nvidia"));
	pci_claimed_by(&dev.bar[0], dev.addr, small, sizeof(small));
	CHECK(!strcmp(small, "nvidi"));
	/* What a user without rights sees */
	CHECK_EQ(pci_put("00000000-00000000 : efifb\n:\n\n-:\n", "proc/iomem"),
		 0);
	pci_claimed_by(&dev.bar[1], dev.addr, name, sizeof(name));
	CHECK(!strcmp(name, ""));
	return 0;
}

static int lockdown_is_what_stands_in_brackets(void)
{
	static const char *const cases[][2] = {
		{ "[none] integrity confidentiality\n", "" },
		{ "none [integrity] confidentiality\n", "integrity" },
		{ "none integrity [confidentiality]\n", "confidentiality" },
		{ "none integrity\n", "" },
		{ "[", "" },
		{ "", "" },
	};
	char text[PCI_NAME_TEXT];
	size_t i;

	CHECK_EQ(pci_tree(), 0);
	pci_lockdown(text, sizeof(text));
	CHECK(!strcmp(text, ""));
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(pci_put(cases[i][0], "sys/kernel/security/lockdown"),
			 0);
		pci_lockdown(text, sizeof(text));
		CHECK(!strcmp(text, cases[i][1]));
	}
	return 0;
}

static int a_path_that_is_too_long_is_refused(void)
{
	static char root[PCI_PATH_TEXT + 1];
	struct pci_device dev;
	char path[8];

	memset(root, '/', sizeof(root) - 1);
	CHECK_EQ(setenv("PRAMIN_SYSROOT", root, 1), 0);
	CHECK_EQ(pci_look(PCI_GPU, &dev), 0);
	CHECK_EQ(dev.err, -ENAMETOOLONG);
	CHECK_EQ(unsetenv("PRAMIN_SYSROOT"), 0);
	CHECK_EQ(pci_path(path, sizeof(path), "sys/x"), 0);
	CHECK(!strcmp(path, "/sys/x"));
	CHECK_EQ(pci_path(path, sizeof(path), "sys/xyz"), -ENAMETOOLONG);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_device_is_what_its_attributes_say),
	TEST(the_address_is_taken_in_any_case),
	TEST(bars_are_found_by_their_flags),
	TEST(an_odd_attribute_is_named_and_does_not_hide_the_others),
	TEST(an_attribute_has_a_largest_size),
	TEST(what_is_missing_is_empty),
	TEST(a_sleeping_device_is_told),
	TEST(a_claim_inside_a_bar_is_named),
	TEST(lockdown_is_what_stands_in_brackets),
	TEST(a_path_that_is_too_long_is_refused),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
