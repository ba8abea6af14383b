/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The card as a PCI device: what a bus may ask of it.
 *
 *	device.c	create, reset, and the one door through which accesses come
 *	bar0.c		who answers which register
 *	bars.c		BAR1, BAR3, the ROM
 *	ports.c		BAR5
 *	config.c	configuration space
 *	intr.c		time and interrupts
 *	board.c		registers that the model has not
 *	vbios.c		the VBIOS
 *	trace.c		a recording
 *
 * Nothing here knows of sockets. Not thread safe, except for device_lock().
 */
#ifndef PRAMIN_SERVER_DEVICE_H
#define PRAMIN_SERVER_DEVICE_H

#include <pthread.h>

#include <pramin/model.h>

#include "board.h"
#include "config.h"
#include "intr.h"
#include "trace.h"
#include "vfu.h"

/**
 * struct device_params - which card
 * @chip:   name of a modelled chip
 * @vram:   bytes; 0: the chip's default
 * @file:   image that keeps VRAM; NULL: none
 * @faults: fault specs, separated by ':'; NULL: none
 * @vbios:  of @vbios_bytes; NULL: one is made
 */
struct device_params {
	const char *chip;
	uint64_t vram;
	const char *file;
	const char *faults;
	const uint8_t *vbios;
	size_t vbios_bytes;
};

/** struct ports - the indirect access of BAR5, as a 16-bit BIOS uses it */
struct ports {
	bool unlocked, active;
	uint32_t address[3]; /* of BAR0, BAR1, BAR3 */
	uint32_t data[3];    /* last written while not @active */
};

struct device {
	pthread_mutex_t lock;
	struct pramin_model *model;
	const struct pramin_io_ops *ops;
	const struct pramin_model_chip *chip;
	uint64_t vram;
	bool has_bars; /* BAR1 and BAR2 are the model's; else they are linear */
	struct config_bars bars;
	struct config config;
	struct intr intr;
	struct ports ports;
	struct board *board;
	struct trace *trace;
	uint8_t *rom; /* VBIOS_MAX bytes */
	size_t rom_bytes;
};

/** device_create() - 0, or a negative errno value and @why */
int device_create(const struct device_params *params, struct device **device,
		  struct pramin_why *why);

/** device_record() - record into @path from now on; 0, or a negative errno */
int device_record(struct device *d, const char *path);

/** device_destroy() - 0, or what went wrong with the recording */
int device_destroy(struct device *d);

/** device_discard() - likewise, and files that were made for it are removed */
void device_discard(struct device *d);

/** device_lock(), device_unlock() - around each of the calls below */
void device_lock(struct device *d);
void device_unlock(struct device *d);

/** device_reset() - as a reset of the function: all but VRAM */
void device_reset(struct device *d);

/** device_update() - interrupts may have changed: by an alarm, or by the client */
void device_update(struct device *d);

/** device_region_bytes() - 0: there is no such region */
uint64_t device_region_bytes(const struct device *d, uint32_t region);

/**
 * device_read(), device_write() - the door
 * @d:      a device
 * @region: enum vfu_region
 * @off:    first byte
 * @buf:    @count bytes
 * @count:  from 1; what is not 1, 2, 4 or 8 aligned bytes is done in such parts
 *
 * Return: 0, -EINVAL if the bytes are not all in the region, or what the model
 * says: -ENODEV, -ENOMEM.
 */
int device_read(struct device *d, uint32_t region, uint64_t off, void *buf,
		uint32_t count);
int device_write(struct device *d, uint32_t region, uint64_t off,
		 const void *buf, uint32_t count);

/*
 * Between the files of the device: one access of an aligned 1, 2, 4 or 8 bytes,
 * inside the region. @vram_pa is TRACE_NO_VRAM before, and set if it met VRAM.
 */
int bar0_read(struct device *d, uint32_t off, unsigned int width,
	      uint64_t *val, uint64_t *vram_pa);
int bar0_write(struct device *d, uint32_t off, unsigned int width,
	       uint64_t val, uint64_t *vram_pa);
/* @bar is 1 or 2, as NVIDIA counts: BAR2 is behind register 3 */
int vram_bar_read(struct device *d, unsigned int bar, uint64_t off,
		  unsigned int width, uint64_t *val, uint64_t *vram_pa);
int vram_bar_write(struct device *d, unsigned int bar, uint64_t off,
		   unsigned int width, uint64_t val, uint64_t *vram_pa);
/* @val holds all ones before */
int ports_read(struct device *d, uint32_t off, unsigned int width,
	       uint64_t *val);
int ports_write(struct device *d, uint32_t off, unsigned int width,
		uint64_t val);
uint64_t rom_read(const struct device *d, uint32_t off, unsigned int width);
/* Configuration space as the bus and its mirror in BAR0 see it; width up to 4 */
int space_read(struct device *d, uint32_t off, unsigned int width,
	       uint32_t *val);
void space_write(struct device *d, uint32_t off, unsigned int width,
		 uint32_t val);
/* Does the GPU not answer? Asks by configuration space: not counted */
bool device_gone(struct device *d);

#endif /* PRAMIN_SERVER_DEVICE_H */
