// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Why a card cannot be used.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "why.h"
#include "card.h"

#define LIST "pramin list shows the GPUs"

int card_missing(const char *addr, struct pramin_why *why)
{
	return why_set(why, -ENODEV, PRAMIN_REASON_NO_DEVICE,
		       LIST "; one that was plugged in: "
			    "echo 1 > /sys/bus/pci/rescan",
		       "there is no PCI device %.12s", addr);
}

static int broken(const struct pci_device *dev, struct pramin_why *why)
{
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		       "look at that file; removing the device and a rescan of "
		       "the PCI bus make it anew",
		       "the system's file \"%s\" of %s cannot be used: %s",
		       dev->broken, dev->addr, strerror(-dev->err));
}

/* Without these, nothing is known of it. */
static bool is_unknown(const struct pci_device *dev)
{
	return dev->broken && (!strcmp(dev->broken, "vendor") ||
			       !strcmp(dev->broken, "device") ||
			       !strcmp(dev->broken, "class"));
}

int card_is_gpu(const struct pci_device *dev, struct pramin_why *why)
{
	if (is_unknown(dev))
		return broken(dev, why);
	if (!pci_is_nvidia(dev))
		return why_set(why, -EINVAL, PRAMIN_REASON_NOT_NVIDIA, LIST,
			       "%s is a device of vendor 0x%04x, not of NVIDIA "
			       "(0x10de)",
			       dev->addr, dev->vendor);
	if (!pci_is_display(dev))
		return why_set(why, -EINVAL, PRAMIN_REASON_NOT_DISPLAY,
			       "the GPU of a card is its function 0; " LIST,
			       "%s is not a display device: its class is "
			       "0x%06" PRIx32 "%s",
			       dev->addr, dev->class_code,
			       dev->class_code >> 16 == 4 ? " (audio)" : "");
	return dev->broken ? broken(dev, why) : 0;
}

int card_is_free(const struct pci_device *dev, struct pramin_why *why)
{
	char next[PRAMIN_WHY_TEXT];

	if (!*dev->driver)
		return 0;
	if (!strcmp(dev->driver, "vfio-pci"))
		snprintf(next, sizeof(next), "open it as vfio:%s", dev->addr);
	else
		snprintf(next, sizeof(next),
			 "echo %s > /sys/bus/pci/drivers/%s/unbind; to look "
			 "only, --force-shared; for VFIO see "
			 "docs/hardware-access.md",
			 dev->addr, dev->driver);
	return why_set(why, -EBUSY, PRAMIN_REASON_DRIVER, next,
		       "the driver %s is bound to %s, and the window is its",
		       dev->driver, dev->addr);
}

int card_has_bar0(const struct pci_device *dev, struct pramin_why *why)
{
	const int at = pci_bar_index(dev, 0);

	if (at >= 0 && dev->bar[at].bytes >= CARD_BAR0 &&
	    !(dev->bar[at].flags & PCI_RES_UNSET))
		return 0;
	if (at >= 0 && !(dev->bar[at].flags & PCI_RES_UNSET))
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_BAR0,
			       "this is no GPU, or a part of one",
			       "BAR0 of %s has %" PRIu64 " bytes, and a GPU's "
			       "has %u",
			       dev->addr, dev->bar[at].bytes, CARD_BAR0);
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_BAR0,
		       "the firmware or the kernel found no room: look for "
		       "\"BAR 0\" in the kernel's log, and rescan the PCI bus",
		       "%s has no BAR0: no address was assigned to it",
		       dev->addr);
}

int card_asleep(const struct pci_device *dev, const char *next,
		struct pramin_why *why)
{
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_ASLEEP, next,
		       "%s sleeps (%s)", dev->addr,
		       strncmp(dev->power, "D0", 2) && *dev->power ?
			       dev->power :
			       dev->runtime);
}

static int not_permitted(const struct pci_device *dev, const char *file,
			 struct pramin_why *why)
{
	return why_set(why, -EPERM, PRAMIN_REASON_NO_PERMISSION,
		       "run it as root; other users go through VFIO "
		       "(docs/hardware-access.md)",
		       "this user may not open %s of %s", file, dev->addr);
}

/* The kernel keeps a claimed BAR to itself. */
static int strict(const struct pci_device *dev, const char *file,
		  const char *claim, struct pramin_why *why)
{
	return why_set(
		why, -EPERM, PRAMIN_REASON_STRICT,
		"unbind who has claimed it, or boot with iomem=relaxed",
		"the kernel lets nobody map %s of %s: %s has claimed it, "
		"and IO_STRICT_DEVMEM is set",
		file, dev->addr, *claim ? claim : "somebody");
}

int card_failed(const struct pci_device *dev, enum card_step step,
		const char *file, int err, struct pramin_why *why)
{
	const int at = pci_bar_index(dev, 0);
	char lock[PCI_NAME_TEXT], claim[PCI_NAME_TEXT] = "";

	pci_lockdown(lock, sizeof(lock));
	if (at >= 0)
		pci_claimed_by(&dev->bar[at], dev->addr, claim, sizeof(claim));
	switch (err) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return card_missing(dev->addr, why);
	case -ENOMEM:
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	case -EPERM:
		if (*lock)
			return why_set(
				why, -EPERM, PRAMIN_REASON_LOCKDOWN,
				"use VFIO, which works all the same "
				"(docs/hardware-access.md), or boot without "
				"Secure Boot or lockdown=",
				"the kernel is locked down (%s) and lets "
				"nobody map %s of %s",
				lock, file, dev->addr);
		if (step == CARD_MAP && *claim)
			return strict(dev, file, claim, why);
		return not_permitted(dev, file, why);
	case -EINVAL:
		if (step == CARD_MAP)
			return strict(dev, file, claim, why);
		break;
	case -EACCES:
		return not_permitted(dev, file, why);
	default:
		break;
	}
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
		       "%s of %s cannot be %s: %s", file, dev->addr,
		       step == CARD_MAP ? "mapped" : "opened", strerror(-err));
}
