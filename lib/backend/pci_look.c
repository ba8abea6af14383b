// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the system knows of a PCI device, without touching it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pci.h"

#define CLASS_DISPLAY 0x03u

/* What a kernel writes into "resource": 3 numbers in each of 7 to 17 lines */
#define RESOURCE_TEXT 1536u

/* Note the first attribute that is not as it has to be. */
static void broke(struct pci_device *dev, const char *name, int err)
{
	if (dev->broken)
		return;
	dev->broken = name;
	dev->err = err;
}

static void look_number(struct pci_device *dev, const char *name, uint64_t max,
			bool needed, uint64_t *val)
{
	uint64_t number = 0;
	int ret = pci_attr_number(dev->addr, name, &number);

	*val = 0;
	if (!ret && number <= max)
		*val = number;
	else if (ret != -ENOENT || needed)
		broke(dev, name, ret ? ret : -ERANGE);
}

bool pci_is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void look_text(struct pci_device *dev, const char *name, char *text)
{
	int ret = pci_attr_text(dev->addr, name, text, PCI_NAME_TEXT);

	if (!ret && !pci_is_plain(text))
		ret = -EINVAL;
	if (ret)
		text[0] = '\0';
	if (ret && ret != -ENOENT)
		broke(dev, name, ret);
}

static void look_link(struct pci_device *dev, const char *name, char *text)
{
	int ret = pci_attr_link(dev->addr, name, text, PCI_NAME_TEXT);

	if (!ret && !pci_is_plain(text))
		ret = -EINVAL;
	if (ret)
		text[0] = '\0';
	if (ret && ret != -ENOENT)
		broke(dev, name, ret);
}

/* "START END FLAGS" in hex; both zero: there is none */
static bool parse_bar(const char *line, struct pci_bar *bar, const char **next)
{
	unsigned long long number[3];
	char *end;
	int i;

	for (i = 0; i < 3; i++) {
		if (line[0] != '0' || line[1] != 'x' ||
		    !isxdigit((unsigned char)line[2]))
			return false;
		errno = 0;
		number[i] = strtoull(line, &end, 16);
		if (errno || (i < 2 && *end != ' '))
			return false;
		line = end + (i < 2);
	}
	if (*line && *line != '\n')
		return false;
	*next = *line ? line + 1 : line;
	*bar = (struct pci_bar){ .start = number[0], .flags = number[2] };
	if (!number[0] && !number[1])
		return true;
	if (number[1] < number[0] || number[1] - number[0] == UINT64_MAX)
		return false;
	bar->bytes = number[1] - number[0] + 1;
	return true;
}

static void look_bars(struct pci_device *dev)
{
	char text[RESOURCE_TEXT];
	const char *line = text;
	unsigned int i;
	int ret = pci_attr_text(dev->addr, "resource", text, sizeof(text));

	for (i = 0; i < PCI_BARS && !ret; i++)
		if (!parse_bar(line, &dev->bar[i], &line))
			ret = -EINVAL;
	if (!ret)
		return;
	memset(dev->bar, 0, sizeof(dev->bar));
	broke(dev, "resource", ret);
}

int pci_look(const char *addr, struct pci_device *dev)
{
	uint64_t val;
	size_t i;

	*dev = (struct pci_device){ .err = 0 };
	for (i = 0; addr[i] && addr[i] != ',' && i < PCI_ADDR_TEXT - 1; i++)
		dev->addr[i] = (char)tolower((unsigned char)addr[i]);

	look_number(dev, "vendor", UINT16_MAX, true, &val);
	if (dev->err == -ENOENT || dev->err == -ENOTDIR)
		return -ENOENT;
	dev->vendor = (uint16_t)val;
	look_number(dev, "device", UINT16_MAX, true, &val);
	dev->device = (uint16_t)val;
	look_number(dev, "class", 0xffffff, true, &val);
	dev->class_code = (uint32_t)val;
	look_number(dev, "subsystem_vendor", UINT16_MAX, false, &val);
	dev->sub_vendor = (uint16_t)val;
	look_number(dev, "subsystem_device", UINT16_MAX, false, &val);
	dev->sub_device = (uint16_t)val;
	look_number(dev, "boot_vga", 1, false, &val);
	dev->boot_vga = val != 0;
	look_number(dev, "enable", UINT32_MAX, false, &dev->enables);
	look_link(dev, "driver", dev->driver);
	look_link(dev, "iommu_group", dev->group);
	look_text(dev, "power_state", dev->power);
	look_text(dev, "power/runtime_status", dev->runtime);
	look_bars(dev);
	return 0;
}

bool pci_is_nvidia(const struct pci_device *dev)
{
	return dev->vendor == PCI_VENDOR_NVIDIA;
}

bool pci_is_display(const struct pci_device *dev)
{
	return dev->class_code >> 16 == CLASS_DISPLAY;
}

bool pci_is_awake(const struct pci_device *dev)
{
	/* A kernel that is not sure says "unknown": it has not put it to sleep. */
	if (!strncmp(dev->power, "D1", 2) || !strncmp(dev->power, "D2", 2) ||
	    !strncmp(dev->power, "D3", 2))
		return false;
	return strncmp(dev->runtime, "suspend", 7) != 0;
}

static bool is_memory(const struct pci_bar *bar)
{
	return bar->flags & PCI_RES_MEM && bar->bytes;
}

/* The next place that may hold a BAR */
static unsigned int behind(const struct pci_device *dev, unsigned int i)
{
	return i +
	       (is_memory(&dev->bar[i]) && dev->bar[i].flags & PCI_RES_MEM_64 ?
			2 :
			1);
}

int pci_bar_index(const struct pci_device *dev, unsigned int bar)
{
	unsigned int i = 0, at;

	/* BAR0 and BAR1 are where they have to be, or there is none. */
	for (at = 0; at < bar && i < PCI_BARS; at++)
		i = behind(dev, i);
	/* Without a BAR1, the upper half of where it would be comes first. */
	while (bar == 2 && i < PCI_BARS && !is_memory(&dev->bar[i]))
		i++;
	return i < PCI_BARS && is_memory(&dev->bar[i]) ? (int)i : -1;
}
