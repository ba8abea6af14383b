// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Memory that runs out while a card is opened, used and listed: allocation and mapping
 * number 1, 2, 3, ... fails, once or from there on.
 */
#define _GNU_SOURCE
#include <pramin/pramin.h>

#include "lib_alloc.h"
#include "lib_pci.h"

static int fresh(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	CHECK_EQ(pci_put("boot\n", "proc/sys/kernel/random/boot_id"), 0);
	return pci_gpu(PCI_GPU);
}

static int open_and_close(void)
{
	struct pramin_why why = { .err = 0 };
	struct pramin_dev *dev = NULL;
	uint32_t val;
	int ret = pramin_open(PCI_GPU, NULL, &dev, &why);

	if (ret) {
		CHECK(!dev);
		CHECK_EQ(ret, -ENOMEM);
		CHECK_EQ(why.reason, PRAMIN_REASON_NO_MEMORY);
		return 0;
	}
	CHECK_EQ(pramin_write32(dev, 0x100000, 7), 0);
	CHECK_EQ(pramin_read32(dev, 0x100000, &val), 0);
	CHECK_EQ(val, 7);
	return pramin_close(dev, NULL);
}

static int count(void *ctx, const struct pramin_listed *gpu)
{
	(void)gpu;
	++*(int *)ctx;
	return 0;
}

static int list(void)
{
	struct pramin_why why = { .err = 0 };
	int found = 0, ret = pramin_list(count, &found, &why);

	CHECK(ret == 0 || ret == -ENOMEM);
	CHECK(ret || found == 1);
	return 0;
}

/* Until a run needs no more than may be had */
static int sweep(int (*run)(void), unsigned long least)
{
	unsigned long nth;
	int sticky;

	CHECK_EQ(run(), 0);
	for (sticky = 0; sticky < 2; sticky++) {
		for (nth = 1; nth < 100; nth++) {
			int ret;

			alloc_arm(nth, sticky);
			ret = run();
			alloc_relent();
			alloc_disarm();
			if (ret || alloc_live)
				printf("allocation %lu: %ld live\n", nth,
				       alloc_live);
			CHECK_EQ(ret, 0);
			CHECK_EQ(alloc_live, 0);
			if (alloc_count < nth)
				break;
		}
		CHECK(nth > least && nth < 100);
	}
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x0002bff0);
	return 0;
}

static int a_card_opens_or_says_that_memory_is_full(void)
{
	CHECK_EQ(fresh(), 0);
	return sweep(open_and_close, 4);
}

static int a_list_ends_or_says_that_memory_is_full(void)
{
	CHECK_EQ(fresh(), 0);
	return sweep(list, 3);
}

static const struct check_test tests[] = {
	TEST(a_card_opens_or_says_that_memory_is_full),
	TEST(a_list_ends_or_says_that_memory_is_full),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
