// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which PCI devices there are, and what they are called.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "calls.h"
#include "discover.h"
#include "sys.h"

/* A machine with more has a broken directory. */
#define DEVICES_MAX 65536u

/* One more; its old place is given back. */
static int add(struct pci_list *list, size_t *room, const char *addr)
{
	if (list->count == *room) {
		size_t more = *room ? 2 * *room : 64;
		char(*copy)[PCI_ADDR_TEXT] = sys_alloc(more * sizeof(*copy));

		if (!copy)
			return -ENOMEM;
		if (list->count)
			memcpy(copy, list->addr, list->count * sizeof(*copy));
		sys_free(list->addr);
		list->addr = copy;
		*room = more;
	}
	snprintf(list->addr[list->count++], PCI_ADDR_TEXT, "%.15s", addr);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int discover_all(struct pci_list *list)
{
	char path[PCI_PATH_TEXT];
	const struct dirent *entry;
	size_t room = 0;
	int ret = pci_path(path, sizeof(path), "sys/bus/pci/devices");
	DIR *dir;

	*list = (struct pci_list){ .count = 0 };
	if (ret)
		return ret;
	dir = backend_calls->opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (entry = readdir(dir)))
		if (backend_is_pci_address(entry->d_name) &&
		    !strchr(entry->d_name, ',') && list->count < DEVICES_MAX)
			ret = add(list, &room, entry->d_name);
	closedir(dir);
	if (ret) {
		sys_free(list->addr);
		*list = (struct pci_list){ .count = 0 };
	} else if (list->count) {
		qsort(list->addr, list->count, sizeof(*list->addr), compare);
	}
	return ret;
}

/* Where the search in pci.ids has come to */
struct ids {
	char vendor[8];
	char device[8];
	bool inside; /* among the devices of the vendor */
	char *name;
	size_t size;
};

/*
 * "10de  NVIDIA Corporation", below it "<tab>1e07  TU102 [...]", below that lines of
 * two tabs for subsystems.
 */
static bool look_at(void *ctx, const char *line)
{
	struct ids *ids = ctx;

	if (*line == '#' || !*line)
		return false;
	if (*line != '\t') {
		/* Behind the vendor's devices there are others'. */
		if (ids->inside)
			return true;
		ids->inside = !strncmp(line, ids->vendor, 6);
		return false;
	}
	if (!ids->inside || strncmp(line + 1, ids->device, 6))
		return false;
	if (pci_is_plain(line + 7))
		snprintf(ids->name, ids->size, "%s", line + 7);
	return true;
}

void discover_name(uint16_t vendor, uint16_t device, char *name, size_t size)
{
	static const char *const files[] = { "usr/share/misc/pci.ids",
					     "usr/share/hwdata/pci.ids" };
	size_t i;

	name[0] = '\0';
	for (i = 0; i < sizeof(files) / sizeof(files[0]) && !*name; i++) {
		struct ids ids = { .name = name, .size = size };

		snprintf(ids.vendor, sizeof(ids.vendor), "%04x  ", vendor);
		snprintf(ids.device, sizeof(ids.device), "%04x  ", device);
		pci_each_line(files[i], look_at, &ids);
	}
}
