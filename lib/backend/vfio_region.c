// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the device's regions are behind its descriptor, and mapping them.
 *
 * What the kernel says is checked like anything else: offsets that overflow and lists
 * that hang over their end would become pointers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"
#include "card.h"
#include "vfio.h"
#include "vfio_abi.h"
#include "why.h"

/* A region's description with its capabilities; a sparse one has a few areas. */
#define INFO_MAX 4096u

static int info_of(const struct vfio *v, unsigned int index,
		   struct vfio_region_info *info, size_t size)
{
	memset(info, 0, size);
	info->argsz = (uint32_t)size;
	info->index = index;
	return vfio_call(v->device, VFIO_DEVICE_GET_REGION_INFO, info);
}

/* An area that lies inside the region, in whole pages */
static void add_area(struct vfio_region *region, uint64_t off, uint64_t len)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (region->areas == VFIO_AREAS || !len || off > region->bytes ||
	    len > region->bytes - off || off % page || len % page ||
	    (region->offset + off) % page)
		return;
	region->area[region->areas++] = (struct vfio_area){
		.off = off,
		.len = len,
	};
}

static void add_sparse(struct vfio_region *region, const char *bytes,
		       size_t size, size_t at)
{
	struct vfio_region_info_cap_sparse_mmap cap;
	struct vfio_region_sparse_mmap_area area;
	uint32_t i;

	if (size - at < sizeof(cap))
		return;
	memcpy(&cap, bytes + at, sizeof(cap));
	at += sizeof(cap);
	for (i = 0; i < cap.nr_areas && size - at >= sizeof(area); i++) {
		memcpy(&area, bytes + at, sizeof(area));
		add_area(region, area.offset, area.size);
		at += sizeof(area);
	}
}

/* Where the list of areas is among the capabilities; 0: all may be mapped */
static size_t find_sparse(const char *bytes, size_t size, size_t at)
{
	struct vfio_info_cap_header cap;
	size_t seen;

	/* Each has at least a header, so that a ring ends, too. */
	for (seen = 0; seen < size / sizeof(cap); seen++) {
		if (at < sizeof(struct vfio_region_info) || at > size ||
		    size - at < sizeof(cap))
			return 0;
		memcpy(&cap, bytes + at, sizeof(cap));
		if (cap.id == VFIO_REGION_INFO_CAP_SPARSE_MMAP)
			return at;
		at = cap.next;
	}
	return 0;
}

static int look_at_caps(const struct vfio *v, unsigned int index, size_t size,
			struct vfio_region *region)
{
	_Alignas(struct vfio_region_info) char bytes[INFO_MAX];
	struct vfio_region_info *info = (void *)bytes;
	size_t at;
	int ret;

	if (size > sizeof(bytes))
		return -EINVAL;
	ret = info_of(v, index, info, size);
	if (ret)
		return ret;
	at = find_sparse(bytes, size, info->cap_offset);
	if (at)
		add_sparse(region, bytes, size, at);
	else
		add_area(region, 0, region->bytes);
	return 0;
}

/* Its bytes are 0 if the device has no such region. */
static int learn_region(const struct vfio *v, unsigned int index,
			struct vfio_region *region)
{
	const uint32_t both = VFIO_REGION_INFO_FLAG_READ |
			      VFIO_REGION_INFO_FLAG_WRITE;
	struct vfio_region_info info;
	int ret = info_of(v, index, &info, sizeof(info));

	*region = (struct vfio_region){ .bytes = 0 };
	/* The kernel says so of those that it does not know. */
	if (ret == -EINVAL)
		return 0;
	if (ret || (info.flags & both) != both || !info.size)
		return ret;
	if (info.size > INT64_MAX || info.offset > INT64_MAX - info.size)
		return -EOVERFLOW;
	region->bytes = info.size;
	region->offset = info.offset;
	if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return 0;
	if (info.flags & VFIO_REGION_INFO_FLAG_CAPS &&
	    info.argsz > sizeof(info))
		return look_at_caps(v, index, info.argsz, region);
	add_area(region, 0, region->bytes);
	return 0;
}

static int check_device(const struct vfio *v, struct pramin_why *why)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	int ret = vfio_call(v->device, VFIO_DEVICE_GET_INFO, &info);

	if (ret)
		return vfio_failed(v, why, ret, "VFIO_DEVICE_GET_INFO");
	if (info.flags & VFIO_DEVICE_FLAGS_PCI &&
	    info.num_regions > VFIO_PCI_CONFIG_REGION_INDEX)
		return 0;
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
		       "%s: VFIO describes it as no PCI device", v->pci.addr);
}

int vfio_learn(struct vfio *v, struct pramin_why *why)
{
	unsigned int bar;
	int ret = check_device(v, why);

	if (ret)
		return ret;
	ret = learn_region(v, VFIO_PCI_CONFIG_REGION_INDEX, &v->config);
	for (bar = 0; bar < VFIO_BARS && !ret; bar++) {
		int index = pci_bar_index(&v->pci, bar);

		if (index >= 0)
			ret = learn_region(v, (unsigned int)index,
					   &v->bar[bar]);
	}
	if (ret)
		return vfio_failed(v, why, ret, "VFIO_DEVICE_GET_REGION_INFO");
	if (!v->config.bytes)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
			       "%s: VFIO shows no configuration space",
			       v->pci.addr);
	if (v->bar[0].bytes >= CARD_BAR0)
		return 0;
	return why_set(
		why, -EOPNOTSUPP, PRAMIN_REASON_NO_BAR0,
		"the firmware gave it no room: look at dmesg, and rescan "
		"the bus",
		"%s has no BAR0 of 16 MiB: VFIO shows %llu bytes", v->pci.addr,
		(unsigned long long)v->bar[0].bytes);
}

unsigned char *vfio_at(const struct vfio *v, unsigned int bar, uint64_t off,
		       uint64_t len)
{
	const struct vfio_map *map;

	for (map = __atomic_load_n(&v->maps, __ATOMIC_ACQUIRE); map;
	     map = map->next)
		if (map->bar == bar && off >= map->area.off &&
		    off - map->area.off < map->area.len &&
		    len <= map->area.len - (off - map->area.off))
			return map->at + (off - map->area.off);
	return NULL;
}

static const struct vfio_area *area_around(const struct vfio_region *region,
					   uint64_t off, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < region->areas; i++) {
		const struct vfio_area *area = &region->area[i];

		if (off >= area->off && off - area->off < area->len &&
		    len <= area->len - (off - area->off))
			return area;
	}
	return NULL;
}

/* A mapping that is watched, and that a forked child does not have */
static bool map_it(struct vfio *v, struct vfio_map *map)
{
	const struct vfio_region *region = &v->bar[map->bar];
	void *at = backend_calls->mmap(NULL, map->area.len,
				       PROT_READ | PROT_WRITE, MAP_SHARED,
				       v->device,
				       (off_t)(region->offset + map->area.off));

	if (at == MAP_FAILED)
		return false;
	map->at = at;
	if (!backend_calls->madvise(at, map->area.len, MADV_DONTFORK) &&
	    !unplug_watch(v->unplug, at, map->area.len))
		return true;
	backend_calls->munmap(at, map->area.len);
	return false;
}

unsigned char *vfio_map(struct vfio *v, unsigned int bar, uint64_t off,
			uint64_t len)
{
	unsigned char *at = vfio_at(v, bar, off, len);
	struct vfio_map *map;

	if (at || !area_around(&v->bar[bar], off, len))
		return at;
	map = sys_alloc(sizeof(*map));
	if (!map)
		return NULL;
	map->bar = bar;
	map->area = (struct vfio_area){ .off = off, .len = len };
	if (!map_it(v, map)) {
		sys_free(map);
		return NULL;
	}
	/* Two threads may both have mapped it; either serves. */
	sys_global_take();
	map->next = v->maps;
	__atomic_store_n(&v->maps, map, __ATOMIC_RELEASE);
	sys_global_drop();
	return map->at;
}

void vfio_unmap_all(struct vfio *v)
{
	struct vfio_map *map = v->maps;

	v->maps = NULL;
	while (map) {
		struct vfio_map *next = map->next;

		unplug_unwatch(v->unplug, map->at);
		/* In a child there is nothing of it, or something else. */
		if (v->process == sys_process())
			backend_calls->munmap(map->at, map->area.len);
		sys_free(map);
		map = next;
	}
}
