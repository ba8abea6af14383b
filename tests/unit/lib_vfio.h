/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A kernel's VFIO that is not one: the system calls of the backend, answered by this
 * program. Nodes are files in a tree; what they and the device are open as are real
 * descriptors, and the device is a file in memory whose offsets are those of its
 * regions, so that reading, writing and mapping it are the system's own.
 *
 * Where BAR0 may not be mapped, its accesses go to a model, and the GPU is a whole one.
 */
#ifndef PRAMIN_TESTS_LIB_VFIO_H
#define PRAMIN_TESTS_LIB_VFIO_H

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <pramin/pramin.h>

#include "lib_pci.h"
#include "lib_vfio_look.h"

#include "../../lib/backend/calls.h"
#include "../../lib/backend/vfio_abi.h"

#define MIB	    (1024u * 1024u)
#define FAKE_GPU    "vfio:" PCI_GPU
#define FAKE_GROUP  "dev/vfio/7"
#define FAKE_BAR(n) ((uint64_t)(n) << 28) /* offsets of regions */
#define FAKE_CONFIG FAKE_BAR(7)
#define APERTURE    0x700000u

enum fake_kind { NOTHING, CONTAINER, GROUP, DEVICE, CDEV, IOMMUFD };

struct fake {
	/* What a test may set */
	unsigned long fail_request; /* this ioctl ... */
	int fail_errno;		    /* ... fails so, */
	bool fail_once;		    /* perhaps only once; */
	unsigned int fail_at;	    /* so does call number @fail_at; 0: none */
	unsigned int interrupt_at;  /* is interrupted once */
	uint32_t bar0_flags;
	bool nowhere, sparse; /* no call is answered; only the aperture is mapped */
	uint64_t bar0_bytes, config_bytes;
	int version, type; /* type: what CHECK_EXTENSION knows */
	uint32_t group_flags, device_flags, regions, req_count;
	void (*twist)(struct vfio_region_info *info);
	struct pramin_model *model;

	/* What a test may look at */
	unsigned int calls;
	char log[4096];
	int request, device; /* the eventfd, the file */
	enum fake_kind kind[FAKE_FDS];
};

static struct fake fake;

/* Count a call; true if it fails, with errno set */
static inline bool fake_fails(unsigned long request)
{
	fake.calls++;
	if (fake.calls == fake.interrupt_at) {
		errno = EINTR;
		return true;
	}
	if (fake.calls != fake.fail_at &&
	    (!request || request != fake.fail_request))
		return false;
	if (request == fake.fail_request && fake.fail_once)
		fake.fail_request = 0;
	errno = fake.fail_errno;
	return true;
}

static inline void fake_note(const char *what)
{
	size_t used = strlen(fake.log);

	snprintf(fake.log + used, sizeof(fake.log) - used, "%s ", what);
}

static inline enum fake_kind fake_kind_of(const char *path)
{
	if (strstr(path, "/" FAKE_GROUP))
		return GROUP;
	if (strstr(path, "/dev/vfio/vfio"))
		return CONTAINER;
	if (strstr(path, "/dev/vfio/devices/vfio"))
		return CDEV;
	return strstr(path, "/dev/iommu") ? IOMMUFD : NOTHING;
}

/* A group or a device node is open once. */
static inline bool fake_is_open(enum fake_kind kind)
{
	int fd;

	for (fd = 0; fd < FAKE_FDS; fd++)
		if (fake.kind[fd] == kind)
			return true;
	return false;
}

static inline int fake_open(const char *path, int flags, mode_t mode)
{
	static const char *const names[] = { "", "container", "group", "",
					     "node", "iommufd" };
	enum fake_kind kind = fake_kind_of(path);
	int fd;

	if (fake_fails(0))
		return -1;
	if (!(flags & O_PATH) && (kind == GROUP || kind == CDEV) &&
	    fake_is_open(kind)) {
		errno = EBUSY;
		return -1;
	}
	fd = open(path, flags, mode);
	if (fd < 0 || fd >= FAKE_FDS || kind == NOTHING || flags & O_PATH)
		return fd;
	if (!(flags & O_CLOEXEC))
		fake_note("INHERITED");
	fake_note(names[kind]);
	fake.kind[fd] = kind;
	return fd;
}

static inline int fake_close(int fd)
{
	bool fails = fake_fails(0);

	if (fd >= 0 && fd < FAKE_FDS)
		fake.kind[fd] = NOTHING;
	/* Whatever it says, the descriptor is gone. */
	return close(fd) || fails ? -1 : 0;
}

static inline bool fake_is_device(int fd)
{
	return fd >= 0 && fd < FAKE_FDS &&
	       (fake.kind[fd] == DEVICE || fake.kind[fd] == CDEV);
}

/* The file behind the device, for the cdev too */
static inline int fake_file(int fd)
{
	return fake_is_device(fd) ? fake.device : fd;
}

static inline bool fake_is_trapped(int fd, off_t off)
{
	return fake.model && fake_is_device(fd) && off < (off_t)FAKE_BAR(1);
}

static inline ssize_t fake_pread(int fd, void *buf, size_t len, off_t off)
{
	uint64_t val = 0;

	if (fake_fails(0))
		return -1;
	if (fake.nowhere && fake_is_device(fd)) {
		errno = EIO;
		return -1;
	}
	if (!fake_is_trapped(fd, off))
		return pread(fake_file(fd), buf, len, off);
	if (pramin_model_ops()->read(fake.model, (uint32_t)off,
				     (unsigned int)len, &val)) {
		errno = EIO;
		return -1;
	}
	memcpy(buf, &val, len);
	return (ssize_t)len;
}

static inline ssize_t fake_pwrite(int fd, const void *buf, size_t len,
				  off_t off)
{
	uint64_t val = 0;

	if (fake_fails(0))
		return -1;
	if (!fake_is_trapped(fd, off))
		return pwrite(fake_file(fd), buf, len, off);
	memcpy(&val, buf, len);
	if (pramin_model_ops()->write(fake.model, (uint32_t)off,
				      (unsigned int)len, val)) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)len;
}

static inline void *fake_mmap(void *addr, size_t len, int prot, int flags,
			      int fd, off_t off)
{
	if (fake_fails(0))
		return MAP_FAILED;
	return mmap(addr, len, prot, flags, fake_file(fd), off);
}

static inline int fake_madvise(void *addr, size_t len, int advice)
{
	return fake_fails(0) ? -1 : madvise(addr, len, advice);
}

static inline DIR *fake_opendir(const char *path)
{
	return fake_fails(0) ? NULL : opendir(path);
}

static inline int fake_eventfd(unsigned int value, int flags)
{
	return fake_fails(0) ? -1 : eventfd(value, flags);
}

/* A capability of no interest, and a list of one area */
struct fake_sparse {
	struct vfio_region_info info;
	struct vfio_region_info_cap_type other;
	struct vfio_info_cap_header cap;
	uint32_t count, reserved;
	struct vfio_region_sparse_mmap_area areas[1];
};

static inline void fake_make_sparse(struct vfio_region_info *info)
{
	struct fake_sparse *s = (void *)info;
	uint32_t room = info->argsz;

	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	info->argsz = sizeof(*s);
	if (room < sizeof(*s))
		return;
	info->cap_offset = offsetof(struct fake_sparse, other);
	s->other.header.id = VFIO_REGION_INFO_CAP_TYPE;
	s->other.header.next = offsetof(struct fake_sparse, cap);
	s->cap.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	s->count = 1;
	s->areas[0].offset = APERTURE;
	s->areas[0].size = MIB;
}

static inline int fake_region(struct vfio_region_info *info)
{
	const uint32_t rw = VFIO_REGION_INFO_FLAG_READ |
			    VFIO_REGION_INFO_FLAG_WRITE;

	if (info->argsz < sizeof(*info) || info->index > 8) {
		errno = EINVAL;
		return -1;
	}
	info->flags = rw;
	info->offset = FAKE_BAR(info->index);
	info->size = 0;
	if (info->index == VFIO_PCI_CONFIG_REGION_INDEX) {
		info->size = fake.config_bytes;
	} else if (info->index == 0) {
		info->size = fake.bar0_bytes;
		info->flags |= fake.bar0_flags;
	} else if (info->index == 1 || info->index == 3) {
		info->size = info->index == 1 ? 256 * MIB : 32 * MIB;
		info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	}
	if (fake.sparse && info->index == 0)
		fake_make_sparse(info);
	if (fake.twist)
		fake.twist(info);
	return 0;
}

static inline int fake_give_device(const char *addr)
{
	int fd = fcntl(fake.device, F_DUPFD_CLOEXEC, 3);

	fake_note("device");
	if (strcmp(addr, PCI_GPU) != 0) {
		close(fd);
		errno = ENODEV;
		return -1;
	}
	fake.kind[fd] = DEVICE;
	return fd;
}

static inline int fake_set_irqs(const struct vfio_irq_set *set)
{
	if (set->argsz != sizeof(*set) + 4 || set->count != 1 ||
	    set->index != VFIO_PCI_REQ_IRQ_INDEX ||
	    set->flags != (VFIO_IRQ_SET_DATA_EVENTFD |
			   VFIO_IRQ_SET_ACTION_TRIGGER)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(&fake.request, set->data, sizeof(fake.request));
	return 0;
}

static inline int fake_device_ioctl(unsigned long request, void *arg)
{
	struct vfio_device_info *info = arg;
	struct vfio_irq_info *irq = arg;

	switch (request) {
	case VFIO_DEVICE_GET_INFO:
		info->flags = fake.device_flags;
		info->num_regions = fake.regions;
		info->num_irqs = 5;
		return 0;
	case VFIO_DEVICE_GET_REGION_INFO:
		return fake_region(arg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		irq->count = fake.req_count;
		irq->flags = VFIO_IRQ_INFO_EVENTFD;
		return 0;
	case VFIO_DEVICE_SET_IRQS:
		return fake_set_irqs(arg);
	default:
		errno = ENOTTY;
		return -1;
	}
}

static inline int fake_group_ioctl(unsigned long request, void *arg)
{
	struct vfio_group_status *status = arg;

	switch (request) {
	case VFIO_GROUP_GET_STATUS:
		status->flags = fake.group_flags;
		return 0;
	case VFIO_GROUP_SET_CONTAINER:
		fake_note("set_container");
		return 0;
	case VFIO_GROUP_GET_DEVICE_FD:
		return fake_give_device(arg);
	default:
		errno = ENOTTY;
		return -1;
	}
}

static inline int fake_container_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case VFIO_GET_API_VERSION:
		return fake.version;
	case VFIO_CHECK_EXTENSION:
		return (int)(uintptr_t)arg == fake.type;
	case VFIO_SET_IOMMU:
		fake_note((uintptr_t)arg == VFIO_TYPE1v2_IOMMU ? "type1v2" :
								 "type1");
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static inline int fake_bind(const struct vfio_device_bind_iommufd *bind)
{
	fake_note("bind");
	if (bind->argsz != sizeof(*bind) || bind->flags ||
	    fake.kind[bind->iommufd] != IOMMUFD) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static inline int fake_ioctl(int fd, unsigned long request, void *arg)
{
	if (fake_fails(request))
		return -1;
	switch (fd >= 0 && fd < FAKE_FDS ? fake.kind[fd] : NOTHING) {
	case CONTAINER:
		return fake_container_ioctl(request, arg);
	case GROUP:
		return fake_group_ioctl(request, arg);
	case CDEV:
		if (request == VFIO_DEVICE_BIND_IOMMUFD)
			return fake_bind(arg);
		return fake_device_ioctl(request, arg);
	case DEVICE:
		return fake_device_ioctl(request, arg);
	default:
		errno = EBADF;
		return -1;
	}
}

static inline int fake_poke(uint64_t off, uint32_t val)
{
	return pwrite(fake.device, &val, sizeof(val), (off_t)off) ==
			       sizeof(val) ?
		       0 :
		       -1;
}

static inline uint32_t fake_peek(uint64_t off)
{
	uint32_t val = 0;

	return pread(fake.device, &val, sizeof(val), (off_t)off) ==
			       sizeof(val) ?
		       val :
		       0x0bad0bad;
}

/* A second function of the card: its sound */
static inline int fake_sound(const char *driver)
{
	CHECK_EQ(pci_attr("0000:41:00.1", "class", "0x040300\n"), 0);
	CHECK_EQ(pci_put("", "sys/kernel/iommu_groups/7/devices/0000:41:00.1"),
		 0);
	return driver ? pci_link("0000:41:00.1", "driver", driver) : 0;
}

static inline int fake_tree(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	CHECK_EQ(pci_link(PCI_GPU, "driver", "../../drivers/vfio-pci"), 0);
	CHECK_EQ(pci_link(PCI_GPU, "iommu_group",
			  "../../../../kernel/iommu_groups/7"), 0);
	CHECK_EQ(pci_put("", "sys/kernel/iommu_groups/7/devices/" PCI_GPU), 0);
	CHECK_EQ(fake_sound(NULL), 0);
	CHECK_EQ(pci_put("", "dev/vfio/vfio"), 0);
	return pci_put("", FAKE_GROUP);
}

static const struct backend_calls fake_calls = {
	.open = fake_open,
	.close = fake_close,
	.fstat = fstat,
	.pread = fake_pread,
	.pwrite = fake_pwrite,
	.readlink = readlink,
	.mkdir = mkdir,
	.opendir = fake_opendir,
	.mmap = fake_mmap,
	.munmap = munmap,
	.madvise = fake_madvise,
	.ioctl = fake_ioctl,
	.eventfd = fake_eventfd,
};

/* A TU102 that is free and may be mapped, in the tree that is there */
static inline int fake_reset(void)
{
	static const uint32_t regs[][2] = {
		{ 0x0, 0x162000a1 },	      { 0xa00, 0x162a1000 },
		{ 0x118128, 0xffffffff },     { 0x118234, 0xff },
		{ 0x100ce0, 11 << 4 | 10 },   { 0x1700, 0x2bff0 },
	};
	size_t i;

	if (fake.device)
		close(fake.device);
	memset(&fake, 0, sizeof(fake));
	fake.bar0_flags = VFIO_REGION_INFO_FLAG_MMAP;
	fake.bar0_bytes = 16 * MIB;
	fake.config_bytes = 4096;
	fake.version = VFIO_API_VERSION;
	fake.type = VFIO_TYPE1v2_IOMMU;
	fake.group_flags = VFIO_GROUP_FLAGS_VIABLE;
	fake.device_flags = VFIO_DEVICE_FLAGS_PCI;
	fake.regions = 9;
	fake.req_count = 1;
	fake.request = -1;
	fake.device = memfd_create("fake-vfio", MFD_CLOEXEC);
	CHECK(fake.device >= 0);
	CHECK_EQ(ftruncate(fake.device, (off_t)FAKE_BAR(9)), 0);
	for (i = 0; i < ARRAY_LEN(regs); i++)
		CHECK_EQ(fake_poke(regs[i][0], regs[i][1]), 0);
	CHECK_EQ(fake_poke(FAKE_CONFIG, 0x1e0710de), 0);
	/* COMMAND: I/O and bus mastering */
	CHECK_EQ(fake_poke(FAKE_CONFIG + 4, 0x00100005), 0);
	backend_calls = &fake_calls;
	return 0;
}

static inline int fake_make(void)
{
	return fake_tree() ? CHECK_FAILED : fake_reset();
}

static inline int fake_open_gpu(struct pramin_dev **dev, struct pramin_why *why)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = PRAMIN_FORCE_RESERVED,
	};

	*dev = NULL;
	return pramin_open(FAKE_GPU, &opts, dev, why);
}

#endif /* PRAMIN_TESTS_LIB_VFIO_H */
