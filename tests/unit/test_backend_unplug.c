// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A card that is removed while it is open through sysfs: its files become shorter,
 * which is the same to whoever has mapped them.
 */
#define _GNU_SOURCE
#include <signal.h>

#include <pramin/pramin.h>

#include "lib_pci.h"

#include "../../lib/backend/place.h"

#define MIB (1u << 20)

static struct pramin_dev *dev;
static struct pramin_why why;

static int tree(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	CHECK_EQ(pci_put("boot one\n", "proc/sys/kernel/random/boot_id"), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_size(PCI_GPU, "resource1", 256 * MIB), 0);
	return 0;
}

static int open_it(bool exclusive)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 100,
		.exclusive = exclusive,
	};

	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), 0);
	return pramin_write32(dev, 0x100, 5);
}

static int opened(bool exclusive)
{
	CHECK_EQ(tree(), 0);
	return open_it(exclusive);
}

static int pull(const char *file)
{
	char path[1200];

	return truncate(pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s",
			       PCI_GPU, file),
			0);
}

static int every_call_is_enodev_then_and_it_can_be_closed_and_reopened(void)
{
	unsigned int exclusive;
	struct pramin_view *view;
	uint32_t val = 0;
	char bytes[256];

	for (exclusive = 0; exclusive < 2; exclusive++) {
		CHECK_EQ(opened(exclusive), 0);
		CHECK_EQ(pramin_view_begin(dev, 0x1000, 64, &view), 0);
		CHECK(pramin_view_span(view).ptr != NULL);
		CHECK_EQ(pull("resource0"), 0);
		CHECK_EQ(pramin_span_read32(pramin_view_span(view), 0),
			 UINT32_MAX);
		CHECK_EQ(pramin_view_end(view), -ENODEV);
		CHECK_EQ(pramin_read(dev, 0, bytes, sizeof(bytes), NULL),
			 -ENODEV);
		CHECK_EQ(pramin_close(dev, &why), -ENODEV);
		CHECK_EQ(opened(exclusive), 0);
		CHECK_EQ(pramin_read32(dev, 0x100, &val), 0);
		CHECK_EQ(val, 5);
		CHECK_EQ(pramin_close(dev, &why), 0);
	}
	return 0;
}

static int the_sentence_says_that_it_was_removed(void)
{
	struct pramin_position pos;

	CHECK_EQ(opened(false), 0);
	CHECK_EQ(pull("resource0"), 0);
	CHECK_EQ(pramin_position(dev, &pos), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_BACKEND_GONE);
	CHECK_HAS(pramin_last_why(dev)->what, "removed while it was open");
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	return 0;
}

/* The mapping stays and answers, as after an orderly removal. */
static int a_card_that_is_removed_and_still_answers_is_enodev(void)
{
	static char bytes[192 * 1024];
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	uint32_t val = 1;

	CHECK_EQ(opened(false), 0);
	CHECK_EQ(pull("vendor"), 0);
	/* A single access asks nobody. */
	CHECK_EQ(pramin_read32(dev, 0x1000, &val), 0);
	CHECK_EQ(pramin_read(dev, 0, bytes, sizeof(bytes), &bulk), -ENODEV);
	CHECK_EQ(bulk.done, 0);
	CHECK_HAS(pramin_last_why(dev)->what, "removed while it was open");
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);

	CHECK_EQ(opened(true), 0);
	CHECK_EQ(pull("vendor"), 0);
	CHECK_EQ(pramin_flush(dev), -ENODEV);
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	return 0;
}

/* The window, power/control and decoding stay as the next card may have them. */
static int nothing_is_put_back_to_a_card_that_was_removed(void)
{
	unsigned int exclusive, i;

	for (i = 0; i < 4; i++) {
		const bool removed = i & 2;

		exclusive = i & 1;
		CHECK_EQ(tree(), 0);
		CHECK_EQ(pci_poke(PCI_GPU, "config", 0x04, 0x00100000), 0);
		CHECK_EQ(open_it(exclusive), 0);
		CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
		CHECK_EQ(pci_peek(PCI_GPU, "config", 0x04) & 2, 2);
		CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0);
		if (removed)
			CHECK_EQ(pull("vendor"), 0);
		CHECK_EQ(pramin_close(dev, NULL), removed ? -ENODEV : 0);
		CHECK(!strncmp(pci_now(PCI_GPU, "power/control"),
			       removed ? "on" : "auto", 2));
		CHECK_EQ(pci_peek(PCI_GPU, "config", 0x04) & 2,
			 removed ? 2 : 0);
		CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700),
			 removed ? 0 : 0x0002bff0);
	}
	return 0;
}

/* Another card at the address of the one that is open */
static int replug(void)
{
	static const char *const files[] = { "config", "resource0",
					     "resource1" };
	size_t i;

	CHECK_EQ(pull("vendor"), 0);
	for (i = 0; i < ARRAY_LEN(files); i++)
		CHECK_EQ(pci_no_attr(PCI_GPU, files[i]), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	return pci_size(PCI_GPU, "resource1", 256 * MIB);
}

/*
 * Who has the former card open still keeps to themselves, and leaves nothing: what
 * they know of their window says nothing of the new one.
 */
static int a_card_that_was_replugged_is_another_card(void)
{
	struct pramin_dev *former, *second;
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 100,
	};

	CHECK_EQ(opened(false), 0);
	former = dev;
	CHECK_EQ(replug(), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x0002bff0);
	/* At 0x100, where the window of the former stands */
	CHECK_EQ(open_it(false), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0);
	/* A single access asks nobody: it reaches the former, or nothing. */
	CHECK_EQ(pramin_write32(former, 5 * MIB, 7), 0);
	CHECK_EQ(pramin_write32(dev, 0x104, 8), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0);
	/* Later ones meet in the new place. */
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &second, &why), 0);
	CHECK_EQ(pramin_write32(second, 5 * MIB, 9), 0);
	CHECK_EQ(pramin_close(former, NULL), -ENODEV);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
	CHECK_EQ(pramin_close(second, NULL), 0);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x0002bff0);
	return 0;
}

static int who_comes_too_late_does_not_part_the_others(void)
{
	struct place late = { .fd = -1 };
	struct stat before, after;
	char path[1200];
	int fd;

	CHECK_EQ(tree(), 0);
	fd = open(pci_at(path, sizeof(path),
			 "sys/bus/pci/devices/" PCI_GPU "/vendor"),
		  O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_EQ(replug(), 0);
	CHECK_EQ(open_it(false), 0);
	pci_at(path, sizeof(path), "run/pramin/" PCI_GPU);
	CHECK_EQ(stat(path, &before), 0);
	CHECK_EQ(place_open(&late, PCI_GPU, fd, 100000000, &why), -ENODEV);
	CHECK_EQ(late.fd, -1);
	CHECK_EQ(stat(path, &after), 0);
	CHECK_EQ(after.st_ino, before.st_ino);
	close(fd);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_call_is_enodev_then_and_it_can_be_closed_and_reopened),
	TEST(the_sentence_says_that_it_was_removed),
	TEST(a_card_that_is_removed_and_still_answers_is_enodev),
	TEST(nothing_is_put_back_to_a_card_that_was_removed),
	TEST(a_card_that_was_replugged_is_another_card),
	TEST(who_comes_too_late_does_not_part_the_others),
};

int main(int argc, char **argv)
{
	if (pramin_catch_sigbus())
		return 1;
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
