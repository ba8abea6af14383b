// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What sysfs tells before anything is opened: no IOMMU, another driver, others in the
 * group. Each comes with the commands that mend it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "vfio.h"
#include "why.h"

#define DEVICES "/sys/bus/pci/devices"
#define PROBE	"/sys/bus/pci/drivers_probe"

/* vfio-pci, and those that vendors derive from it (nvgrace_gpu_vfio_pci) */
static bool is_vfio(const char *driver)
{
	return strstr(driver, "vfio") != NULL;
}

/* The kernel gives a group away if each device in it has one of these, or none. */
static bool lets_go(const char *driver)
{
	return !*driver || is_vfio(driver) || !strcmp(driver, "pci-stub") ||
	       !strcmp(driver, "pcieport");
}

/* One more entry for a list; false: there is no room */
static bool add(char *list, size_t size, const char *between, const char *entry)
{
	size_t used = strlen(list);
	int n = snprintf(list + used, size - used, "%s%s", used ? between : "",
			 entry);

	if (n >= 0 && (size_t)n < size - used)
		return true;
	list[used] = '\0';
	return false;
}

/* Does this device keep the kernel from giving the group away? */
static bool is_in_the_way(const struct vfio *v, const char *other, char *driver,
			  size_t size)
{
	return other[0] != '.' && strcmp(other, v->pci.addr) != 0 &&
	       pci_is_plain(other) &&
	       !pci_attr_link(other, "driver", driver, size) &&
	       !lets_go(driver) && pci_is_plain(driver);
}

struct others {
	char named[160]; /* "0000:41:00.1 (snd_hda_intel), ..." */
	char addr[80];
};

static void look_at_group(const struct vfio *v, struct others *others)
{
	char path[PCI_PATH_TEXT], driver[PCI_NAME_TEXT], named[64];
	const struct dirent *entry;
	bool room = true;
	DIR *dir;

	*others = (struct others){ .named = "" };
	if (pci_path(path, sizeof(path),
		     "sys/bus/pci/devices/%s/iommu_group/devices", v->pci.addr))
		return;
	dir = backend_calls->opendir(path);
	while (dir && room && (entry = readdir(dir))) {
		if (!is_in_the_way(v, entry->d_name, driver, sizeof(driver)))
			continue;
		snprintf(named, sizeof(named), "%.16s (%.30s)", entry->d_name,
			 driver);
		room = add(others->addr, sizeof(others->addr), " ",
			   entry->d_name) &&
		       add(others->named, sizeof(others->named), ", ", named);
	}
	if (dir)
		closedir(dir);
}

int vfio_check_group(const struct vfio *v, struct pramin_why *why)
{
	struct others others;
	char next[PRAMIN_WHY_TEXT];

	look_at_group(v, &others);
	if (!*others.named)
		return 0;
	snprintf(next, sizeof(next),
		 "it is given away as a whole; as root: cd " DEVICES
		 "; for d in "
		 "%s; do echo vfio-pci >$d/driver_override; "
		 "echo $d >$d/driver/unbind; echo $d >" PROBE "; done",
		 others.addr);
	return why_set(why, -EBUSY, PRAMIN_REASON_GROUP, next,
		       "others in IOMMU group %s are in use: %s", v->pci.group,
		       others.named);
}

static int check_driver(const struct pci_device *pci, struct pramin_why *why)
{
	const bool bound = *pci->driver;
	char next[PRAMIN_WHY_TEXT], unbind[64] = "";

	if (is_vfio(pci->driver))
		return 0;
	if (bound)
		snprintf(unbind, sizeof(unbind), "echo %s >driver/unbind; ",
			 pci->addr);
	snprintf(next, sizeof(next),
		 "as root: modprobe vfio-pci; cd " DEVICES "/%s; "
		 "echo vfio-pci >driver_override; %secho %s >" PROBE
		 " (docs/vfio.md)",
		 pci->addr, unbind, pci->addr);
	if (bound)
		return why_set(why, -EBUSY, PRAMIN_REASON_DRIVER, next,
			       "%s is bound to the driver %s, not to vfio-pci",
			       pci->addr, pci->driver);
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NOT_VFIO, next,
		       "%s is not bound to vfio-pci", pci->addr);
}

int vfio_check(const struct vfio *v, struct pramin_why *why)
{
	const struct pci_device *pci = &v->pci;
	int ret;

	if (!*pci->group)
		return why_set(
			why, -EOPNOTSUPP, PRAMIN_REASON_NO_IOMMU,
			"enable VT-d or AMD-Vi in the firmware, and boot with "
			"intel_iommu=on (Intel); without an IOMMU root opens it "
			"by its PCI address alone",
			"%s is in no IOMMU group: there is no IOMMU, or it is "
			"off",
			pci->addr);
	ret = check_driver(pci, why);
	return ret ? ret : vfio_check_group(v, why);
}
