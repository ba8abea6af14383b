// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A PCI device whose every file and link holds the input: the attributes, the
 * resources, pci.ids, /proc/iomem, lockdown. Whatever they say, what is made of it is
 * plain text, and BARs that are no larger than addresses are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "../../lib/backend/calls.h"
#include "../../lib/backend/card.h"
#include "../../lib/backend/discover.h"
#include "../../lib/backend/pci.h"
#include "fuzz.h"

static const uint8_t *input;
static size_t input_size;

static int give_open(const char *path, int flags, mode_t mode)
{
	(void)path;
	(void)flags;
	(void)mode;
	return 1000;
}

static int give_close(int fd)
{
	MUST(fd == 1000);
	return 0;
}

static ssize_t give_pread(int fd, void *buf, size_t len, off_t off)
{
	size_t left = (size_t)off < input_size ? input_size - (size_t)off : 0;

	MUST(fd == 1000);
	if (len > left)
		len = left;
	if (len)
		memcpy(buf, input + off, len);
	return (ssize_t)len;
}

static ssize_t give_readlink(const char *path, char *buf, size_t len)
{
	(void)path;
	if (len > input_size)
		len = input_size;
	if (len)
		memcpy(buf, input, len);
	return (ssize_t)len;
}

static void must_be_plain(const char *text, size_t size)
{
	MUST(memchr(text, 0, size));
	MUST(pci_is_plain(text));
}

static void check_why(const struct pramin_why *why, int ret)
{
	if (ret)
		MUST(why->err == ret && why->what[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct backend_calls table = {
		.open = give_open,
		.close = give_close,
		.pread = give_pread,
		.readlink = give_readlink,
	};
	char text[PCI_NAME_TEXT];
	struct pramin_why why;
	struct pci_device dev;
	unsigned int i;

	input = data;
	input_size = size;
	backend_calls = &table;
	if (pci_look("0000:41:00.0", &dev))
		return 0;
	must_be_plain(dev.driver, sizeof(dev.driver));
	must_be_plain(dev.group, sizeof(dev.group));
	must_be_plain(dev.power, sizeof(dev.power));
	must_be_plain(dev.runtime, sizeof(dev.runtime));
	MUST(!dev.broken == !dev.err);
	for (i = 0; i < PCI_BARS; i++)
		MUST(!dev.bar[i].bytes ||
		     dev.bar[i].bytes - 1 <= UINT64_MAX - dev.bar[i].start);
	for (i = 0; i < 3; i++) {
		int at = pci_bar_index(&dev, i);

		MUST(at >= -1 && at < (int)PCI_BARS);
		if (at >= 0)
			pci_claimed_by(&dev.bar[at], dev.addr, text,
				       sizeof(text));
	}
	check_why(&why, card_is_gpu(&dev, &why));
	check_why(&why, card_is_free(&dev, &why));
	check_why(&why, card_has_bar0(&dev, &why));
	pci_lockdown(text, sizeof(text));
	must_be_plain(text, sizeof(text));
	discover_name(0x10de, 0x1e07, text, sizeof(text));
	must_be_plain(text, sizeof(text));
	return 0;
}
