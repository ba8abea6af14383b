// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The fault sweep over the backend of cards: of its system calls, number 1, 2, 3, ...
 * fails, once or from there on. Whatever fails, there is a reason, nothing stays open
 * or mapped, and the card is as it was before.
 */
#define _GNU_SOURCE
#include <pramin/pramin.h>

#include "lib_calls.h"
#include "lib_pci.h"

static int fresh(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	CHECK_EQ(pci_put("boot\n", "proc/sys/kernel/random/boot_id"), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_size(PCI_GPU, "resource1", 256 << 20), 0);
	/* So that there is something to put back */
	return pci_poke(PCI_GPU, "config", 4, 0x00100004);
}

/* What a run may have changed, as it was */
static int again(void)
{
	char path[1200];

	pci_at(path, sizeof(path), "run/pramin/" PCI_GPU);
	unlink(path);
	pci_at(path, sizeof(path), "run/pramin");
	rmdir(path);
	CHECK_EQ(pci_attr(PCI_GPU, "power/control", "auto\n"), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", 0x1700, 0x0002bff0), 0);
	return pci_poke(PCI_GPU, "config", 4, 0x00100004);
}

static int is_as_before(void)
{
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0x00100004);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x0002bff0);
	return 0;
}

static int open_card(struct pramin_dev **dev, struct pramin_why *why)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20,
	};

	*dev = NULL;
	return pramin_open(PCI_GPU, &opts, dev, why);
}

/* Open, use and close with a fault; then once more without one */
static int one(unsigned long nth, int err, bool sticky, bool *over)
{
	struct pramin_why why = { .err = 0 };
	struct pramin_dev *dev;
	uint32_t val;
	int ret;

	CHECK_EQ(again(), 0);
	calls_arm(nth, err, sticky);
	ret = open_card(&dev, &why);
	if (ret) {
		CHECK(!dev);
		CHECK_EQ(why.err, ret);
		CHECK(why.what[0]);
		CHECK(why.reason != PRAMIN_REASON_NONE);
	} else {
		CHECK_EQ(pramin_write32(dev, 0x100000, 5), 0);
		CHECK_EQ(pramin_read32(dev, 0x100000, &val), 0);
		CHECK_EQ(val, 5);
		pramin_close(dev, NULL);
	}
	*over = calls.count < nth;
	calls_relent();
	CHECK_EQ(calls.fds, 0);
	CHECK_EQ(calls.maps, 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x1700), 0x0002bff0);
	/* What could not be put back is, by the next one. */
	CHECK_EQ(open_card(&dev, &why), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(calls.fds, 0);
	return is_as_before();
}

static int whatever_fails_nothing_is_left(void)
{
	static const int errors[] = { EPERM, ENOENT };
	unsigned long nth;
	unsigned int sticky;
	bool over = false;
	size_t i;

	CHECK_EQ(fresh(), 0);
	for (i = 0; i < ARRAY_LEN(errors); i++)
		for (sticky = 0; sticky < 2 - i; sticky++) {
			for (nth = 1; nth < 400; nth++) {
				if (one(nth, errors[i], sticky, &over)) {
					printf("call %lu%s: %s\n", nth,
					       sticky ? " and on" : "",
					       strerror(errors[i]));
					return CHECK_FAILED;
				}
				if (over)
					break;
			}
			CHECK(nth > 60 && nth < 400);
		}
	return 0;
}

static int an_interrupted_call_is_made_again(void)
{
	struct pramin_why why;
	struct pramin_dev *dev;
	unsigned long nth;
	bool failed = false;

	/* Only reads and writes of files are interrupted. */
	for (nth = 1; nth < 20; nth++) {
		CHECK_EQ(fresh(), 0);
		calls_arm(nth, EINTR, false);
		if (open_card(&dev, &why))
			failed = true;
		else
			CHECK_EQ(pramin_close(dev, NULL), 0);
		calls_relent();
		CHECK_EQ(calls.fds, 0);
	}
	CHECK(failed);
	CHECK_EQ(fresh(), 0);
	calls_arm(2, EINTR, false);
	CHECK_EQ(open_card(&dev, &why), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return is_as_before();
}

static const struct check_test tests[] = {
	TEST(whatever_fails_nothing_is_left),
	TEST(an_interrupted_call_is_made_again),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
