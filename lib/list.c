// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The GPUs of this machine, without opening any.
 *
 * What can be looked at is decided in order of what it costs the GPU: first what the
 * kernel has in memory, then configuration space, then registers. The first thing
 * found wrong ends it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <pramin/list.h>

#include "sys.h"
#include "why.h"
#include "../core/gpu.h"
#include "backend/calls.h"
#include "backend/card.h"
#include "backend/discover.h"
#include "backend/mmio.h"
#include "backend/sysfs.h"

/* A card that is looked at */
struct look {
	struct pci_device dev;
	int config_fd;
	int bar0_fd;
	struct unplug *unplug;
	void *bar0;
	struct pramin_gpu gpu;
};

static int look_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	const struct look *look = io;

	*val = mmio_load((const unsigned char *)look->bar0 + off, width);
	return 0;
}

static int look_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	(void)io;
	(void)off;
	(void)width;
	(void)val;
	return -EPERM;
}

static int look_config_read(void *io, uint32_t off, uint32_t *val)
{
	const struct look *look = io;

	return pci_config_read32(look->config_fd, off, val);
}

static const struct pramin_io_ops look_ops = {
	.name = "sysfs",
	.read = look_read,
	.write = look_write,
	.config_read = look_config_read,
};

static int unknown(struct pramin_listed *gpu)
{
	gpu->usable = PRAMIN_USABLE_UNKNOWN;
	return -EOPNOTSUPP;
}

/* What the registers say; the mapping can only be read. */
static int look_at_registers(struct look *look, struct pramin_listed *gpu)
{
	const struct pramin_gpu_config config = { .shared = true };
	struct pramin_op op;
	int err, ret;

	look->unplug = unplug_new();
	err = -ENOMEM;
	if (look->unplug)
		look->bar0 = sysfs_map(look->unplug, look->bar0_fd, 0,
				       CARD_BAR0, PROT_READ, &err);
	if (!look->bar0)
		return card_failed(&look->dev, CARD_MAP, "BAR0", err,
				   &gpu->why);
	pramin_op_init(&op, &look->gpu);
	ret = pramin_gpu_attach(&op, &look_ops, look, &config);
	if (look->gpu.boot_0 != UINT32_MAX)
		gpu->boot0 = look->gpu.boot_0;
	if (look->gpu.chip) {
		gpu->chip = look->gpu.chip->name;
		gpu->family = look->gpu.chip->family->name;
		gpu->chip_by_name = false;
	}
	if (!ret)
		gpu->vram_size = look->gpu.vram_size;
	return ret ? why_from_cause(&gpu->why, &op.cause) : 0;
}

/* Awake: does it answer, and does it decode memory? */
static int look_at_config(struct look *look, struct pramin_listed *gpu)
{
	uint32_t id, command;
	int ret;

	look->config_fd = pci_attr_open(look->dev.addr, "config", O_RDONLY);
	ret = look->config_fd < 0 ? look->config_fd : 0;
	if (!ret)
		ret = pci_config_read32(look->config_fd, 0, &id);
	if (!ret)
		ret = pci_config_read32(look->config_fd, PCI_CFG_COMMAND,
					&command);
	if (ret)
		return card_failed(&look->dev, CARD_OPEN, "config", ret,
				   &gpu->why);
	if (id == UINT32_MAX)
		return why_set(&gpu->why, -ENODEV, PRAMIN_REASON_ALL_ONES,
			       "rescan the PCI bus, or reset it",
			       "%s does not answer: its configuration space "
			       "reads all ones",
			       look->dev.addr);
	if (*look->dev.driver)
		return card_is_free(&look->dev, &gpu->why);
	if (command & PCI_CFG_COMMAND_MEMORY)
		return 0;
	why_set(&gpu->why, -EOPNOTSUPP, PRAMIN_REASON_NO_DECODING,
		"opening it enables it for the time being: pramin info",
		"memory decoding of %s is off, so its registers were not "
		"looked at",
		look->dev.addr);
	return unknown(gpu);
}

/* May this user open it? Nothing is mapped yet. */
static int look_at_file(struct look *look, struct pramin_listed *gpu)
{
	char name[] = "resource0";

	name[sizeof(name) - 2] = (char)('0' + pci_bar_index(&look->dev, 0));
	look->bar0_fd = pci_attr_open(look->dev.addr, name, O_RDWR | O_SYNC);
	if (look->bar0_fd < 0)
		return card_failed(&look->dev, CARD_OPEN, name, look->bar0_fd,
				   &gpu->why);
	return 0;
}

static int look_at_card(struct look *look, struct pramin_listed *gpu)
{
	int ret = card_is_gpu(&look->dev, &gpu->why);

	if (!ret)
		ret = card_has_bar0(&look->dev, &gpu->why);
	if (ret)
		return ret;
	if (!pci_is_awake(&look->dev)) {
		if (*look->dev.driver)
			return card_is_free(&look->dev, &gpu->why);
		card_asleep(&look->dev,
			    "opening it wakes it for the time being: pramin "
			    "info",
			    &gpu->why);
		return unknown(gpu);
	}
	ret = look_at_config(look, gpu);
	if (!ret)
		ret = look_at_file(look, gpu);
	return ret ? ret : look_at_registers(look, gpu);
}

/* "TU102GL [Quadro]": the name of a chip is in front. */
static void chip_of_name(struct pramin_listed *gpu)
{
	char word[16];
	size_t len = 0;

	while (len < sizeof(word) - 1 &&
	       isalnum((unsigned char)gpu->name[len])) {
		word[len] = (char)tolower((unsigned char)gpu->name[len]);
		len++;
	}
	for (; len > 2; len--) {
		const struct pramin_chip *chip;

		word[len] = '\0';
		chip = pramin_chip_by_name(word);
		/* Not a family */
		if (chip && !strcmp(chip->name, word)) {
			gpu->chip = chip->name;
			gpu->family = chip->family->name;
			gpu->chip_by_name = true;
			return;
		}
	}
}

/* What the kernel says, which is there whatever is wrong with the rest */
static void copy(const struct pci_device *dev, struct pramin_listed *gpu)
{
	unsigned int i;

	*gpu = (struct pramin_listed){
		.size = sizeof(*gpu),
		.vendor = dev->vendor,
		.device = dev->device,
		.sub_vendor = dev->sub_vendor,
		.sub_device = dev->sub_device,
		.class_code = dev->class_code,
		.awake = pci_is_awake(dev),
		.boot_vga = dev->boot_vga,
	};
	snprintf(gpu->address, sizeof(gpu->address), "%s", dev->addr);
	snprintf(gpu->driver, sizeof(gpu->driver), "%s", dev->driver);
	snprintf(gpu->power, sizeof(gpu->power), "%s",
		 *dev->power ? dev->power : dev->runtime);
	snprintf(gpu->iommu_group, sizeof(gpu->iommu_group), "%s", dev->group);
	for (i = 0; i < 3; i++) {
		const int at = pci_bar_index(dev, i);

		gpu->bar_bytes[i] = at < 0 ? 0 : dev->bar[at].bytes;
	}
	discover_name(dev->vendor, dev->device, gpu->name, sizeof(gpu->name));
	chip_of_name(gpu);
}

/* Is it one, or can one not tell? Without either, it is left out. */
static bool is_listed(const struct pci_device *dev)
{
	const bool vendor = dev->broken && !strcmp(dev->broken, "vendor");
	const bool class_code = dev->broken && !strcmp(dev->broken, "class");

	return (pci_is_nvidia(dev) && (pci_is_display(dev) || class_code)) ||
	       (vendor && pci_is_display(dev));
}

static int look_at(const char *addr, struct look *look,
		   int (*each)(void *ctx, const struct pramin_listed *gpu),
		   void *ctx)
{
	struct pramin_listed gpu;

	*look = (struct look){ .config_fd = -1, .bar0_fd = -1 };
	/* It may have been unplugged since. */
	if (pci_look(addr, &look->dev) || !is_listed(&look->dev))
		return 0;
	copy(&look->dev, &gpu);
	if (!look_at_card(look, &gpu)) {
		gpu.usable = PRAMIN_USABLE_YES;
		memset(&gpu.why, 0, sizeof(gpu.why));
	}
	if (look->bar0) {
		unplug_unwatch(look->unplug, look->bar0);
		backend_calls->munmap(look->bar0, CARD_BAR0);
	}
	unplug_free(look->unplug);
	if (look->bar0_fd >= 0)
		backend_calls->close(look->bar0_fd);
	if (look->config_fd >= 0)
		backend_calls->close(look->config_fd);
	return each(ctx, &gpu);
}

int pramin_list(int (*each)(void *ctx, const struct pramin_listed *gpu),
		void *ctx, struct pramin_why *why)
{
	struct pci_list list;
	struct look *look;
	size_t i;
	int ret;

	if (!each)
		return why_set(why, -EINVAL, PRAMIN_REASON_ARGUMENT, "",
			       "each is NULL");
	ret = discover_all(&list);
	if (ret == -ENOMEM)
		return why_set(why, ret, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	if (ret)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
			       "/sys/bus/pci/devices cannot be read: %s",
			       strerror(-ret));
	look = sys_alloc(sizeof(*look));
	if (!look)
		ret = why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			      "out of memory");
	for (i = 0; i < list.count && !ret; i++)
		ret = look_at(list.addr[i], look, each, ctx);
	sys_free(look);
	sys_free(list.addr);
	return ret;
}
