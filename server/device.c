// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The card: it is put together here, and here is the door through which all
 * accesses come. An access is cut into what a bus has, aligned words of up to 8
 * bytes; each is made, then recorded, and then interrupts are looked at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../core/bits.h"
#include "../core/regs/bus.h"
#include "../core/regs/master.h"
#include "../core/regs/pri.h"
#include "../core/regs/ready.h"
#include "device.h"
#include "vbios.h"

#define BAR1_BYTES (256 * PRAMIN_MIB)
#define BAR3_BYTES (32 * PRAMIN_MIB)
#define BAR5_BYTES 128u
/* The first chip whose BAR3 may be read ahead, of those that have VRAM */
#define CHIP_GT215 0x0a3u

static unsigned int chip_id(const struct pramin_model_chip *chip)
{
	return FLD_GET(NV_PMC_BOOT_0_ARCHITECTURE_0, chip->boot0) << 4 |
	       FLD_GET(NV_PMC_BOOT_0_IMPLEMENTATION, chip->boot0);
}

static const struct pramin_model_chip *find_chip(const char *name)
{
	const struct pramin_model_chip *row;
	size_t i;

	for (i = 0; (row = pramin_model_chips(i)); i++)
		if (!strcasecmp(row->name, name))
			return row;
	return NULL;
}

/* As large as the next power of two, which is what a BAR can say */
static uint64_t rom_size(size_t bytes)
{
	uint64_t size = 64 * PRAMIN_KIB;

	while (size < bytes)
		size *= 2;
	return size;
}

static int plug(struct device *d, const struct device_params *p)
{
	struct pramin_bar_info info = { .bytes = 0 };
	struct board_params board = { .chip = d->chip,
				      .model = d->model,
				      .vram = d->vram };
	int ret;

	d->rom = malloc(VBIOS_MAX);
	if (!d->rom)
		return -ENOMEM;
	memset(d->rom, 0xff, VBIOS_MAX);
	if (p->vbios) {
		memcpy(d->rom, p->vbios, p->vbios_bytes);
		d->rom_bytes = p->vbios_bytes;
	} else {
		ret = server_vbios_make(d->chip, d->rom, &d->rom_bytes);
		if (ret)
			return ret;
	}

	d->bars.bar[0] = PRAMIN_BAR0_SIZE;
	d->bars.bar[1] = BAR1_BYTES;
	d->bars.bar[3] = BAR3_BYTES;
	d->bars.bar[5] = BAR5_BYTES;
	d->bars.rom = rom_size(d->rom_bytes);
	d->bars.bar3_prefetchable = chip_id(d->chip) >= CHIP_GT215;
	d->ops->bar_info(d->model, 1, &info);
	d->has_bars = info.bytes == BAR1_BYTES;
	config_init(&d->config, d->chip, &d->bars);
	ret = intr_init(&d->intr, d->chip);
	if (ret)
		return ret;
	board.vbios = d->rom;
	board.vbios_bytes = d->rom_bytes;
	return board_create(&board, &d->board);
}

int device_create(const struct device_params *p, struct device **device,
		  struct pramin_why *why)
{
	struct pramin_model_params params = { .size = sizeof(params),
					      .chip = p->chip,
					      .vram = p->vram,
					      .faults = p->faults,
					      .file = p->file,
					      .bar1 = BAR1_BYTES,
					      .posted = PRAMIN_MODEL_IN_ORDER };
	struct device *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return -ENOMEM;
	pthread_mutex_init(&d->lock, NULL);
	d->intr = INTR_NONE;
	ret = pramin_model_create(&params, &d->model, why);
	if (ret)
		goto err_free;
	d->ops = pramin_model_ops();
	d->chip = find_chip(p->chip);
	if (!d->chip) {
		ret = -EINVAL;
		goto err_destroy;
	}
	d->vram = p->vram ? p->vram : d->chip->vram;
	ret = plug(d, p);
	if (ret)
		goto err_destroy;
	*device = d;
	return 0;

err_destroy:
	intr_fini(&d->intr);
	free(d->rom);
	pramin_model_discard(d->model);
err_free:
	pthread_mutex_destroy(&d->lock);
	free(d);
	return ret;
}

int device_record(struct device *d, const char *path)
{
	struct trace_header h = { .chip = d->chip->name,
				  .boot0 = d->chip->boot0,
				  .vram = d->vram,
				  .bar0 = d->bars.bar[0],
				  .bar1 = d->bars.bar[1],
				  .bar2 = d->bars.bar[3],
				  .config = CONFIG_BYTES,
				  .rom = (uint32_t)d->bars.rom };

	return trace_open(path, &h, &d->trace);
}

static int end(struct device *d, void (*end_model)(struct pramin_model *m))
{
	int ret;

	if (!d)
		return 0;
	ret = trace_close(d->trace);
	intr_fini(&d->intr);
	board_destroy(d->board);
	end_model(d->model);
	pthread_mutex_destroy(&d->lock);
	free(d->rom);
	free(d);
	return ret;
}

int device_destroy(struct device *d)
{
	return end(d, pramin_model_destroy);
}

void device_discard(struct device *d)
{
	end(d, pramin_model_discard);
}

void device_lock(struct device *d)
{
	pthread_mutex_lock(&d->lock);
}

void device_unlock(struct device *d)
{
	pthread_mutex_unlock(&d->lock);
}

void device_update(struct device *d)
{
	int kind = intr_update(&d->intr, &d->config);

	if (kind >= 0)
		trace_event(d->trace, kind == VFU_MSI ?
					      "irq vector=0 kind=msi" :
					      "irq vector=0 kind=intx");
}

void device_reset(struct device *d)
{
	pramin_model_reset(d->model);
	config_reset(&d->config);
	intr_reset(&d->intr);
	board_reset(d->board);
	memset(&d->ports, 0, sizeof(d->ports));
	device_update(d);
	trace_event(d->trace, "reset");
}

bool device_gone(struct device *d)
{
	uint32_t id;

	return d->ops->config_read(d->model, 0, &id) || id == PRAMIN_ALL_ONES;
}

uint64_t device_region_bytes(const struct device *d, uint32_t region)
{
	if (region <= VFU_BAR5)
		return d->bars.bar[region];
	if (region == VFU_ROM)
		return d->bars.rom;
	return region == VFU_CONFIG ? CONFIG_BYTES : 0;
}

/* The model has the ids, which faults change, and the state of the firewall. */
static bool is_model_space(uint32_t off)
{
	return off < 4 ||
	       off / 4 * 4 ==
		       NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL;
}

int space_read(struct device *d, uint32_t off, unsigned int width,
	       uint32_t *val)
{
	uint32_t word = off & ~3u, mask = UINT32_MAX >> (32 - 8 * width), got;
	int ret = d->ops->config_read(d->model, word, &got);

	if (ret)
		return ret;
	if (got == PRAMIN_ALL_ONES || is_model_space(off))
		*val = got >> (8 * (off & 3)) & mask;
	else
		*val = config_read(&d->config, off, width);
	return 0;
}

void space_write(struct device *d, uint32_t off, unsigned int width,
		 uint32_t val)
{
	if (!device_gone(d))
		config_write(&d->config, off, width, val);
}

/* What the bus sees where nobody answers */
static void nobody(uint64_t *val, unsigned int width)
{
	*val = UINT64_MAX >> (64 - 8 * width);
}

static int region_read(struct device *d, uint32_t region, uint64_t off,
		       unsigned int width, uint64_t *val, uint64_t *vram_pa)
{
	bool memory = config_memory(&d->config);
	uint32_t word = 0;
	int ret;

	nobody(val, width);
	switch (region) {
	case VFU_BAR0:
		return memory ? bar0_read(d, (uint32_t)off, width, val,
					  vram_pa) :
				0;
	case VFU_BAR1:
	case VFU_BAR3:
		return memory ? vram_bar_read(d, region == VFU_BAR1 ? 1 : 2,
					      off, width, val, vram_pa) :
				0;
	case VFU_BAR5:
		return config_io(&d->config) ?
			       ports_read(d, (uint32_t)off, width, val) :
			       0;
	case VFU_ROM:
		if (!device_gone(d))
			*val = rom_read(d, (uint32_t)off, width);
		return 0;
	default:
		ret = space_read(d, (uint32_t)off, width, &word);
		*val = word;
		return ret;
	}
}

static int region_write(struct device *d, uint32_t region, uint64_t off,
			unsigned int width, uint64_t val, uint64_t *vram_pa)
{
	bool memory = config_memory(&d->config);

	switch (region) {
	case VFU_BAR0:
		return memory ? bar0_write(d, (uint32_t)off, width, val,
					   vram_pa) :
				0;
	case VFU_BAR1:
	case VFU_BAR3:
		return memory ? vram_bar_write(d, region == VFU_BAR1 ? 1 : 2,
					       off, width, val, vram_pa) :
				0;
	case VFU_BAR5:
		return config_io(&d->config) ?
			       ports_write(d, (uint32_t)off, width, val) :
			       0;
	case VFU_CONFIG:
		space_write(d, (uint32_t)off, width, (uint32_t)val);
		return 0;
	default:
		return 0; /* a ROM */
	}
}

/* NULL: what is done there is recorded where it is done */
static const char *region_name(uint32_t region)
{
	static const char *const names[VFU_REGIONS] = {
		[VFU_BAR0] = "bar0",	 [VFU_BAR1] = "bar1",
		[VFU_BAR3] = "bar2",	 [VFU_ROM] = "rom",
		[VFU_CONFIG] = "config",
	};

	return names[region];
}

/* The widest access that @off and @count allow */
static unsigned int part(uint32_t region, uint64_t off, uint32_t count)
{
	unsigned int width = region == VFU_CONFIG || region == VFU_BAR5 ? 4 : 8;

	while (width > count || off & (width - 1))
		width /= 2;
	return width;
}

static bool range_ok(const struct device *d, uint32_t region, uint64_t off,
		     uint32_t count)
{
	uint64_t bytes = device_region_bytes(d, region);

	return count && count <= bytes && off <= bytes - count;
}

int device_read(struct device *d, uint32_t region, uint64_t off, void *buf,
		uint32_t count)
{
	uint8_t *to = buf;

	if (!range_ok(d, region, off, count))
		return -EINVAL;
	while (count) {
		struct trace_access a = { .region = region_name(region),
					  .off = off,
					  .width = part(region, off, count),
					  .vram_pa = TRACE_NO_VRAM };
		int ret = region_read(d, region, off, a.width, &a.val,
				      &a.vram_pa);

		a.err = -ret;
		trace_access(d->trace, &a);
		if (ret)
			return ret;
		memcpy(to, &a.val, a.width);
		to += a.width;
		off += a.width;
		count -= a.width;
	}
	device_update(d);
	return 0;
}

int device_write(struct device *d, uint32_t region, uint64_t off,
		 const void *buf, uint32_t count)
{
	const uint8_t *from = buf;

	if (!range_ok(d, region, off, count))
		return -EINVAL;
	while (count) {
		struct trace_access a = { .write = true,
					  .region = region_name(region),
					  .off = off,
					  .width = part(region, off, count),
					  .vram_pa = TRACE_NO_VRAM };
		int ret;

		memcpy(&a.val, from, a.width);
		ret = region_write(d, region, off, a.width, a.val, &a.vram_pa);
		a.err = -ret;
		trace_access(d->trace, &a);
		if (ret)
			return ret;
		from += a.width;
		off += a.width;
		count -= a.width;
	}
	device_update(d);
	return 0;
}
