// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 and BAR2 of a card, through resourceN, or resourceN_wc where the system has
 * one: stores are combined on their way then.
 *
 * What is mapped is what was asked for: a BAR of 64 GiB would cost page tables for
 * all of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys.h"
#include "calls.h"
#include "mmio.h"
#include "sysfs.h"

void *sysfs_map(struct unplug *unplug, int fd, uint64_t off, size_t len,
		int prot, int *err)
{
	void *ptr = backend_calls->mmap(NULL, len, prot, MAP_SHARED, fd,
					(off_t)off);

	if (ptr == MAP_FAILED) {
		*err = -errno;
		return NULL;
	}
	/* A child has no use for it, and would keep the device busy. */
	*err = backend_calls->madvise(ptr, len, MADV_DONTFORK) ? -errno : 0;
	if (!*err)
		*err = unplug_watch(unplug, ptr, len);
	if (!*err)
		return ptr;
	backend_calls->munmap(ptr, len);
	return NULL;
}

void sysfs_unmap(struct sysfs *s, void *ptr, size_t len)
{
	unplug_unwatch(s->unplug, ptr);
	/* In a child there is nothing of it, or something else. */
	if (s->process == sys_process())
		backend_calls->munmap(ptr, len);
}

static void open_bar(const struct sysfs *s, unsigned int number,
		     struct sysfs_bar *bar)
{
	const int at = pci_bar_index(&s->dev, number);
	const struct pci_bar *res;
	char name[32];

	bar->fd = -1;
	if (at < 0 || s->read_only)
		return;
	res = &s->dev.bar[at];
	if (res->flags & PCI_RES_UNSET)
		return;
	if (res->flags & PCI_RES_PREFETCH) {
		snprintf(name, sizeof(name), "resource%d_wc", at);
		bar->fd = pci_attr_open(s->dev.addr, name, O_RDWR);
		bar->write_combined = bar->fd >= 0;
	}
	if (bar->fd < 0) {
		snprintf(name, sizeof(name), "resource%d", at);
		bar->fd = pci_attr_open(s->dev.addr, name, O_RDWR | O_SYNC);
	}
	if (bar->fd < 0)
		return;
	bar->bytes = res->bytes;
	pci_claimed_by(res, s->dev.addr, bar->claim, sizeof(bar->claim));
}

/* One that cannot be opened is one that the card has not. */
void sysfs_bars_open(struct sysfs *s)
{
	open_bar(s, 1, &s->bar[0]);
	open_bar(s, 2, &s->bar[1]);
}

void sysfs_bars_close(struct sysfs *s)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct sysfs_bar *bar = &s->bar[i];

		while (bar->maps) {
			struct sysfs_map *map = bar->maps;

			bar->maps = map->next;
			sysfs_unmap(s, map->ptr, map->len);
			sys_free(map);
		}
		if (bar->fd >= 0)
			backend_calls->close(bar->fd);
		bar->fd = -1;
	}
}

int sysfs_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info)
{
	const struct sysfs *s = io;
	const struct sysfs_bar *b = &s->bar[bar - 1];

	*info = (struct pramin_bar_info){
		.bytes = b->bytes,
		.claimed_by = *b->claim ? b->claim : NULL,
		.boot_vga = s->dev.boot_vga,
		.write_combined = b->write_combined,
	};
	return 0;
}

/* One access: for who could not map it, or needs no more */
static int touch(struct sysfs *s, unsigned int bar, uint64_t off,
		 unsigned int width, uint64_t *val, bool write)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const uint64_t in_page = off % page;
	unsigned char *ptr;
	int err;

	if (unplug_is_gone(s->unplug))
		return -ENODEV;
	ptr = sysfs_map(s->unplug, s->bar[bar - 1].fd, off - in_page, page,
			PROT_READ | PROT_WRITE, &err);
	if (!ptr)
		return err;
	if (write)
		mmio_store(ptr + in_page, width, *val);
	else
		*val = mmio_load(ptr + in_page, width);
	sysfs_unmap(s, ptr, page);
	return unplug_is_gone(s->unplug) ? -ENODEV : 0;
}

int sysfs_bar_read(void *io, unsigned int bar, uint64_t off, unsigned int width,
		   uint64_t *val)
{
	return touch(io, bar, off, width, val, false);
}

int sysfs_bar_write(void *io, unsigned int bar, uint64_t off,
		    unsigned int width, uint64_t val)
{
	return touch(io, bar, off, width, &val, true);
}

volatile void *sysfs_bar_map(void *io, unsigned int bar, uint64_t off,
			     uint64_t len)
{
	struct sysfs *s = io;
	struct sysfs_bar *b = &s->bar[bar - 1];
	struct sysfs_map *map = sys_alloc(sizeof(*map));
	int err;

	if (!map)
		return NULL;
	map->len = (size_t)len;
	map->ptr = sysfs_map(s->unplug, b->fd, off, map->len,
			     PROT_READ | PROT_WRITE, &err);
	if (!map->ptr) {
		sys_free(map);
		return NULL;
	}
	sys_global_take();
	map->next = b->maps;
	b->maps = map;
	sys_global_drop();
	return map->ptr;
}
