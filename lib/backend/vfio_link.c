// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From a PCI address to a descriptor of the device.
 *
 * Two ways (Documentation/driver-api/vfio.rst of Linux). The group: its descriptor is
 * put into a container, the container gets an IOMMU, and then the group hands out
 * its devices. The device's own node: it is bound to an iommufd. Nothing is mapped
 * for DMA either way; the second does not even attach the device to an address
 * space. It is used where there is no node of the group.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "vfio.h"
#include "vfio_abi.h"
#include "why.h"

#define CONTAINER "dev/vfio/vfio"
#define IOMMUFD	  "dev/iommu"

int vfio_call(int fd, unsigned long request, void *arg)
{
	int ret;

	do
		ret = backend_calls->ioctl(fd, request, arg);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : ret;
}

int vfio_failed(const struct vfio *v, struct pramin_why *why, int err,
		const char *what)
{
	if (err == -ENOMEM)
		return why_set(why, err, PRAMIN_REASON_NO_MEMORY,
			       "free some memory; if that is not it, raise the "
			       "limit of locked memory (ulimit -l)",
			       "%s: %s: out of memory", v->pci.addr, what);
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		       "the kernel's log may say more (dmesg)", "%s: %s: %s",
		       v->pci.addr, what, strerror(-err));
}

static int say_held(const struct vfio *v, struct pramin_why *why,
		    const char *node)
{
	char path[PCI_PATH_TEXT], name[PCI_NAME_TEXT];
	uint32_t pid = 0;

	if (!pci_path(path, sizeof(path), "%s", node))
		holder_of(path, &pid, name, sizeof(name));
	if (!pid)
		return why_set(
			why, -EBUSY, PRAMIN_REASON_HELD,
			"as root, fuser -v shows it; wait for it, or end "
			"it",
			"%s is in use: a process that this user cannot "
			"see has /%s open",
			v->pci.addr, node);
	return why_set(
		why, -EBUSY, PRAMIN_REASON_HELD,
		pid == sys_process() ?
			"through VFIO a GPU has one handle; threads "
			"share it" :
			"through VFIO one process has the GPU at a time; "
			"wait for it, or end it",
		"%s is in use: process %u (%s) has /%s open", v->pci.addr, pid,
		name, node);
}

/* Why a node below /dev did not open */
static int say_node(const struct vfio *v, struct pramin_why *why, int err,
		    const char *node)
{
	char next[PRAMIN_WHY_TEXT];

	switch (err) {
	case -EBUSY:
		return say_held(v, why, node);
	case -EACCES:
	case -EPERM:
		snprintf(
			next, sizeof(next),
			"as root: chown USER /%s, or a udev rule (docs/vfio.md)",
			node);
		return why_set(why, -EPERM, PRAMIN_REASON_NO_PERMISSION, next,
			       "this user may not open /%s, through which %s "
			       "is reached",
			       node, v->pci.addr);
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			       "as root: modprobe vfio-pci; modprobe "
			       "vfio_iommu_type1",
			       "/%s is not there: the kernel's VFIO is not "
			       "loaded, or not built",
			       node);
	default:
		return vfio_failed(v, why, err, node);
	}
}

/* 0 and *@fd, or why not */
static int open_node(const struct vfio *v, const char *node, int *fd,
		     struct pramin_why *why)
{
	int ret = pci_file_open(node, O_RDWR);

	if (ret < 0)
		return say_node(v, why, ret, node);
	*fd = ret;
	return 0;
}

/* One whose argument is a number */
static int call_number(int fd, unsigned long request, int number)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): it is no pointer */
	return vfio_call(fd, request, (void *)(uintptr_t)number);
}

/* Which kind of IOMMU the container can have; 0: none */
static int type_of(const struct vfio *v)
{
	static const int types[] = { VFIO_TYPE1v2_IOMMU, VFIO_TYPE1_IOMMU };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (call_number(v->container, VFIO_CHECK_EXTENSION, types[i]) >
		    0)
			return types[i];
	return 0;
}

static int open_container(struct vfio *v, int *type, struct pramin_why *why)
{
	int ret = open_node(v, CONTAINER, &v->container, why);

	if (ret)
		return ret;
	ret = vfio_call(v->container, VFIO_GET_API_VERSION, NULL);
	if (ret != VFIO_API_VERSION)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_VFIO, "",
			       "/" CONTAINER " speaks version %d of VFIO, not "
			       "%d",
			       ret, VFIO_API_VERSION);
	*type = type_of(v);
	if (*type)
		return 0;
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
		       "as root: modprobe vfio_iommu_type1",
		       "the kernel's VFIO has no type 1 IOMMU for user space");
}

static int check_viable(struct vfio *v, struct pramin_why *why)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int ret = vfio_call(v->group, VFIO_GROUP_GET_STATUS, &status);

	if (ret)
		return vfio_failed(v, why, ret, "VFIO_GROUP_GET_STATUS");
	if (status.flags & VFIO_GROUP_FLAGS_VIABLE)
		return 0;
	/* A driver may have come just now. */
	ret = vfio_check_group(v, why);
	return ret ? ret :
		     why_set(why, -EBUSY, PRAMIN_REASON_GROUP,
			     "bind all of its devices to vfio-pci, or to none; "
			     "docs/vfio.md has the commands",
			     "the kernel does not give IOMMU group %s away: not "
			     "all of its devices are free",
			     v->pci.group);
}

static int set_iommu(struct vfio *v, int type, struct pramin_why *why)
{
	int ret = vfio_call(v->group, VFIO_GROUP_SET_CONTAINER, &v->container);

	if (ret)
		return vfio_failed(v, why, ret, "VFIO_GROUP_SET_CONTAINER");
	ret = call_number(v->container, VFIO_SET_IOMMU, type);
	if (ret == -EPERM)
		return why_set(
			why, -EPERM, PRAMIN_REASON_NO_PERMISSION,
			"enable interrupt remapping in the firmware; or, "
			"trusting the card, as root: modprobe "
			"vfio_iommu_type1 allow_unsafe_interrupts=1",
			"%s: the kernel refuses an IOMMU that does not "
			"remap interrupts",
			v->pci.addr);
	return ret ? vfio_failed(v, why, ret, "VFIO_SET_IOMMU") : 0;
}

static int link_group(struct vfio *v, const char *node, struct pramin_why *why)
{
	int type = 0;
	int ret = open_node(v, node, &v->group, why);

	if (!ret)
		ret = check_viable(v, why);
	if (!ret)
		ret = open_container(v, &type, why);
	if (!ret)
		ret = set_iommu(v, type, why);
	if (ret)
		return ret;
	ret = vfio_call(v->group, VFIO_GROUP_GET_DEVICE_FD, v->pci.addr);
	if (ret == -EBUSY)
		return say_held(v, why, node);
	if (ret < 0)
		return vfio_failed(v, why, ret, "VFIO_GROUP_GET_DEVICE_FD");
	v->device = ret;
	return 0;
}

/* "dev/vfio/devices/vfio3"; -ENOENT: it has none */
static int node_of_device(const struct vfio *v, char *node, size_t size)
{
	char path[PCI_PATH_TEXT];
	const struct dirent *entry;
	int ret = pci_path(path, sizeof(path),
			   "sys/bus/pci/devices/%s/vfio-dev", v->pci.addr);
	DIR *dir = ret ? NULL : backend_calls->opendir(path);

	if (!dir)
		return -ENOENT;
	ret = -ENOENT;
	while (ret && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "vfio", 4) != 0 ||
		    strspn(entry->d_name + 4, "0123456789") !=
			    strlen(entry->d_name + 4))
			continue;
		snprintf(node, size, "dev/vfio/devices/%.30s", entry->d_name);
		ret = 0;
	}
	closedir(dir);
	return ret;
}

static int link_device(struct vfio *v, const char *node, struct pramin_why *why)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	int ret = open_node(v, node, &v->device, why);

	if (!ret)
		ret = open_node(v, IOMMUFD, &v->container, why);
	if (ret)
		return ret;
	bind.iommufd = v->container;
	ret = vfio_call(v->device, VFIO_DEVICE_BIND_IOMMUFD, &bind);
	if (ret == -EBUSY)
		return say_held(v, why, node);
	return ret < 0 ? vfio_failed(v, why, ret, "VFIO_DEVICE_BIND_IOMMUFD") :
			 0;
}

/* Is there something by that name? */
static bool is_there(const char *node)
{
	int fd = pci_file_open(node, O_PATH);

	if (fd >= 0)
		backend_calls->close(fd);
	return fd >= 0;
}

int vfio_link(struct vfio *v, struct pramin_why *why)
{
	char group[16 + PCI_NAME_TEXT], device[64];
	int ret;

	snprintf(group, sizeof(group), "dev/vfio/%s", v->pci.group);
	if (!is_there(group) && !node_of_device(v, device, sizeof(device)))
		ret = link_device(v, device, why);
	else
		ret = link_group(v, group, why);
	if (ret)
		vfio_unlink(v);
	return ret;
}

void vfio_unlink(struct vfio *v)
{
	int *const fds[] = { &v->device, &v->group, &v->container };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			backend_calls->close(*fds[i]);
		*fds[i] = -1;
	}
}
