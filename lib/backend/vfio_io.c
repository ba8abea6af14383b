// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Accesses: loads and stores where the device is mapped, else reads and writes of its
 * descriptor, which the kernel turns into the same.
 */
#include <errno.h>
#include <string.h>

#include "calls.h"
#include "mmio.h"
#include "vfio.h"
#include "../core/regs/bus.h"

/* What cannot be reached any more is gone, and stays so. */
static int gone(const struct vfio *v)
{
	unplug_say(v->unplug);
	return -ENODEV;
}

static int transfer_in(const struct vfio *v, const struct vfio_region *region,
		       uint64_t off, unsigned int width, uint64_t *val)
{
	uint64_t bytes = 0;
	ssize_t n;

	do
		n = backend_calls->pread(v->device, &bytes, width,
					 (off_t)(region->offset + off));
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)width)
		return -EIO;
	*val = bytes;
	return 0;
}

static int transfer_out(const struct vfio *v, const struct vfio_region *region,
			uint64_t off, unsigned int width, uint64_t val)
{
	ssize_t n;

	do
		n = backend_calls->pwrite(v->device, &val, width,
					  (off_t)(region->offset + off));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)width ? 0 : -EIO;
}

static int bar_read(void *io, unsigned int bar, uint64_t off,
		    unsigned int width, uint64_t *val)
{
	const struct vfio *v = io;
	const unsigned char *at = vfio_at(v, bar, off, width);

	if (unplug_is_gone(v->unplug))
		return -ENODEV;
	if (at)
		*val = mmio_load(at, width);
	else if (transfer_in(v, &v->bar[bar], off, width, val))
		return gone(v);
	return unplug_is_gone(v->unplug) ? -ENODEV : 0;
}

static int bar_write(void *io, unsigned int bar, uint64_t off,
		     unsigned int width, uint64_t val)
{
	const struct vfio *v = io;
	unsigned char *at = vfio_at(v, bar, off, width);

	if (unplug_is_gone(v->unplug))
		return -ENODEV;
	if (at)
		mmio_store(at, width, val);
	else if (transfer_out(v, &v->bar[bar], off, width, val))
		return gone(v);
	return unplug_is_gone(v->unplug) ? -ENODEV : 0;
}

static int io_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	return bar_read(io, 0, off, width, val);
}

static int io_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	return bar_write(io, 0, off, width, val);
}

static volatile void *io_aperture(void *io)
{
	return vfio_at(io, 0, NV_PRAMIN, PRAMIN_APERTURE_SIZE);
}

/* What a device without extended configuration space answers there: all ones */
static int io_config_read(void *io, uint32_t off, uint32_t *val)
{
	const struct vfio *v = io;
	uint64_t got = UINT32_MAX;

	if (unplug_is_gone(v->unplug))
		return -ENODEV;
	if (off + sizeof(*val) <= v->config.bytes &&
	    transfer_in(v, &v->config, off, sizeof(*val), &got))
		return gone(v);
	*val = (uint32_t)got;
	return 0;
}

int vfio_config_read16(const struct vfio *v, uint32_t off, uint16_t *val)
{
	uint64_t got = 0;
	int ret = transfer_in(v, &v->config, off, sizeof(*val), &got);

	*val = (uint16_t)got;
	return ret;
}

int vfio_config_write16(const struct vfio *v, uint32_t off, uint16_t val)
{
	return transfer_out(v, &v->config, off, sizeof(val), val);
}

static const char *io_explain(void *io)
{
	const struct vfio *v = io;

	if (__atomic_load_n(&v->was_asked, __ATOMIC_ACQUIRE))
		return "the kernel has asked for the GPU back (it is being "
		       "unbound or removed), and has got it";
	return "the GPU was removed, or reset, and VFIO does not reach it any "
	       "more";
}

static const uint32_t *io_noticed(void *io)
{
	const struct vfio *v = io;

	return unplug_word(v->unplug);
}

static int io_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info)
{
	const struct vfio *v = io;

	/* vfio-pci is bound: nobody else has claimed anything. */
	*info = (struct pramin_bar_info){
		.bytes = v->bar[bar].bytes,
		.boot_vga = v->pci.boot_vga,
	};
	return 0;
}

static volatile void *io_bar_map(void *io, unsigned int bar, uint64_t off,
				 uint64_t len)
{
	return vfio_map(io, bar, off, len);
}

static void io_close(void *io)
{
	vfio_close(io);
}

const struct pramin_io_ops vfio_ops = {
	.name = "vfio",
	.read = io_read,
	.write = io_write,
	.aperture = io_aperture,
	.config_read = io_config_read,
	.explain = io_explain,
	.noticed = io_noticed,
	.close = io_close,
	.bar_info = io_bar_info,
	.bar_read = bar_read,
	.bar_write = bar_write,
	.bar_map = io_bar_map,
	.real = true,
};
