// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * 0000:41:00.0, a card without a driver, through the system's files. Root's.
 *
 * The way in: what the device is, from attributes that wake nobody; its BAR0 opened,
 * which only those may who may use it; the place where its users meet; awake and
 * decoding; BAR0 mapped. The way out is the same backwards, and so is the way out of
 * each failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "../core/regs/bus.h"
#include "gpu_string.h"
#include "sys.h"
#include "why.h"
#include "backend.h"
#include "calls.h"
#include "mmio.h"
#include "sysfs.h"

#define DEFAULT_TIMEOUT_MS 5000u

static int sysfs_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	const struct sysfs *s = io;

	if (unplug_is_gone(s->unplug))
		return -ENODEV;
	*val = mmio_load(s->bar0 + off, width);
	return unplug_is_gone(s->unplug) ? -ENODEV : 0;
}

static int sysfs_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	struct sysfs *s = io;

	/* It is mapped to be read. */
	if (s->read_only)
		return -EPERM;
	if (unplug_is_gone(s->unplug))
		return -ENODEV;
	mmio_store(s->bar0 + off, width, val);
	return unplug_is_gone(s->unplug) ? -ENODEV : 0;
}

static volatile void *sysfs_aperture(void *io)
{
	const struct sysfs *s = io;

	return s->read_only ? NULL : s->bar0 + NV_PRAMIN;
}

static int sysfs_config_read(void *io, uint32_t off, uint32_t *val)
{
	const struct sysfs *s = io;

	return pci_config_read32(s->config_fd, off, val);
}

static const char *sysfs_meeting(void *io, uint64_t *offset)
{
	const struct sysfs *s = io;

	*offset = PLACE_MEETING;
	return s->place.path;
}

static const uint32_t *sysfs_noticed(void *io)
{
	const struct sysfs *s = io;

	return unplug_word(s->unplug);
}

static const char *sysfs_explain(void *io)
{
	const struct sysfs *s = io;

	return unplug_is_gone(s->unplug) ?
		       "the GPU was removed while it was open" :
		       NULL;
}

/*
 * Where a card is removed in order, kernels leave BAR0 mapped, and what answers then
 * is whatever the bus makes of it: on a PC all ones, in QEMU zeros. Attributes of a
 * device that is gone are -ENODEV, whoever has them open.
 */
int sysfs_present(void *io)
{
	const struct sysfs *s = io;
	ssize_t n;
	char c;

	do
		n = backend_calls->pread(s->vendor_fd, &c, 1, 0);
	while (n < 0 && errno == EINTR);
	/* Another failure says nothing of the card. */
	if (n == 1 || (n < 0 && errno != ENODEV))
		return 0;
	unplug_say(s->unplug);
	return -ENODEV;
}

static void sysfs_close(void *io)
{
	struct sysfs *s = io;
	const bool mine = s->process == sys_process();

	/* A child's copies: memory was never its own, nor are the locks. */
	sysfs_bars_close(s);
	if (s->bar0)
		sysfs_unmap(s, s->bar0, CARD_BAR0);
	if (mine)
		sysfs_let_go(s);
	place_close(&s->place);
	if (s->config_fd >= 0)
		backend_calls->close(s->config_fd);
	if (s->vendor_fd >= 0)
		backend_calls->close(s->vendor_fd);
	unplug_free(s->unplug);
	sys_free(s);
}

static const struct pramin_io_ops sysfs_ops = {
	.name = "sysfs",
	.read = sysfs_read,
	.write = sysfs_write,
	.aperture = sysfs_aperture,
	.config_read = sysfs_config_read,
	.explain = sysfs_explain,
	.meeting = sysfs_meeting,
	.noticed = sysfs_noticed,
	.present = sysfs_present,
	.close = sysfs_close,
	.bar_info = sysfs_bar_info,
	.bar_read = sysfs_bar_read,
	.bar_write = sysfs_bar_write,
	.bar_map = sysfs_bar_map,
	.real = true,
};

/* By what the system says of it: may it be opened at all? */
static int check(const struct pci_device *dev, unsigned int force,
		 struct pramin_why *why)
{
	int ret = card_is_gpu(dev, why);

	if (!ret && !(force & (PRAMIN_FORCE_SHARED | PRAMIN_FORCE_MOVE)))
		ret = card_is_free(dev, why);
	return ret ? ret : card_has_bar0(dev, why);
}

/* A descriptor of an attribute; @s->read_only: to be read */
static int open_attr(const struct sysfs *s, const char *name, int flags,
		     struct pramin_why *why)
{
	int fd = pci_attr_open(s->dev.addr, name,
			       (s->read_only ? O_RDONLY : O_RDWR) | flags);

	return fd < 0 ? card_failed(&s->dev, CARD_OPEN, name, fd, why) : fd;
}

static int map_bar0(struct sysfs *s, int fd, const char *name,
		    struct pramin_why *why)
{
	struct stat st;
	int err;

	if (backend_calls->fstat(fd, &st))
		return card_failed(&s->dev, CARD_OPEN, name, -errno, why);
	if (st.st_size < (off_t)CARD_BAR0)
		return why_set(
			why, -EOPNOTSUPP, PRAMIN_REASON_NO_BAR0,
			"this is no GPU, or a part of one",
			"%s of %s has %lld bytes, and a GPU's BAR0 has %u",
			name, s->dev.addr, (long long)st.st_size, CARD_BAR0);
	s->bar0 = sysfs_map(s->unplug, fd, 0, CARD_BAR0,
			    s->read_only ? PROT_READ : PROT_READ | PROT_WRITE,
			    &err);
	return s->bar0 ? 0 : card_failed(&s->dev, CARD_MAP, name, err, why);
}

/* Everything but the memory of @s itself; what it has got, sysfs_close() gives. */
static int bring_up(struct sysfs *s, struct pramin_why *why)
{
	char name[] = "resource0";
	int fd, ret;

	name[sizeof(name) - 2] = (char)('0' + pci_bar_index(&s->dev, 0));
	fd = open_attr(s, name, O_SYNC, why);
	if (fd < 0)
		return fd;
	ret = open_attr(s, "config", 0, why);
	if (ret < 0)
		goto out;
	s->config_fd = ret;
	ret = pci_attr_open(s->dev.addr, "vendor", O_RDONLY);
	if (ret < 0) {
		ret = card_failed(&s->dev, CARD_OPEN, "vendor", ret, why);
		goto out;
	}
	s->vendor_fd = ret;
	ret = place_open(&s->place, s->dev.addr, s->vendor_fd, s->timeout_ns,
			 why);
	if (ret)
		goto out;
	ret = sysfs_hold(s, why);
	place_ready(&s->place);
	if (!ret)
		ret = map_bar0(s, fd, name, why);
	if (!ret)
		sysfs_bars_open(s);
out:
	backend_calls->close(fd);
	return ret;
}

static int open_sysfs(const struct gpu_string *gpu,
		      const struct pramin_open_opts *opts,
		      const struct pramin_io_ops **ops, void **io,
		      struct pramin_why *why)
{
	const unsigned int ms = opts->timeout_ms ? opts->timeout_ms :
						   DEFAULT_TIMEOUT_MS;
	struct sysfs *s = sys_alloc(sizeof(*s));
	int ret;

	if (s)
		s->unplug = unplug_new();
	if (!s || !s->unplug) {
		sys_free(s);
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	}
	s->place.fd = -1;
	s->config_fd = -1;
	s->vendor_fd = -1;
	s->bar[0].fd = -1;
	s->bar[1].fd = -1;
	s->process = sys_process();
	s->timeout_ns = ms * 1000000ull;
	s->read_only = opts->force & PRAMIN_FORCE_SHARED;
	ret = pci_look(gpu->which, &s->dev);
	if (ret)
		card_missing(gpu->which, why);
	ret = ret ? -ENODEV : check(&s->dev, opts->force, why);
	if (!ret)
		ret = bring_up(s, why);
	if (ret) {
		sysfs_close(s);
		return ret;
	}
	*ops = &sysfs_ops;
	*io = s;
	return 0;
}

const struct backend backend_sysfs = {
	.prefix = "",
	.which = "a PCI address",
	.example = "as in 0000:41:00.0",
	.is_pci = true,
	.open = open_sysfs,
};
