/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU through VFIO (linux/vfio.h): the parts of the backend.
 *
 *	vfio.c		open, close, the backend's row
 *	vfio_check.c	what sysfs tells beforehand, and the commands that mend it
 *	vfio_link.c	from a PCI address to a descriptor of the device
 *	vfio_region.c	where its BARs are behind that descriptor, and mapping them
 *	vfio_io.c	accesses
 *	vfio_request.c	the kernel asks for the device back
 *	holder.c	who has a file open
 */
#ifndef PRAMIN_LIB_BACKEND_VFIO_H
#define PRAMIN_LIB_BACKEND_VFIO_H

#include <pramin/error.h>
#include <pramin/io.h>

#include "pci.h"
#include "sys.h"
#include "unplug.h"

#define VFIO_BARS  3u /* as NVIDIA counts them */
#define VFIO_AREAS 8u

/* A stretch of a BAR, in bytes from its beginning */
struct vfio_area {
	uint64_t off;
	uint64_t len;
};

/** struct vfio_region - one of the device's, behind its descriptor */
struct vfio_region {
	uint64_t bytes;	/* 0: there is none */
	uint64_t offset;
	struct vfio_area area[VFIO_AREAS]; /* that may be mapped */
	unsigned int areas;
};

/** struct vfio_map - a mapping; never removed before the end */
struct vfio_map {
	unsigned int bar;
	struct vfio_area area;
	unsigned char *at;
	struct vfio_map *next;
};

/** struct vfio - one open GPU; descriptors are -1 if there is none */
struct vfio {
	struct pci_device pci;
	uint32_t process;	/* a forked child's copy is not the child's */
	struct unplug *unplug;

	int container;		/* or that of iommufd */
	int group;
	int device;
	struct vfio_region config;
	struct vfio_region bar[VFIO_BARS];
	struct vfio_map *maps;	/* atomic; written under the global lock */

	int request;		/* eventfd: the kernel wants it back */
	int stop;		/* eventfd: no need to wait for that any more */
	bool has_worker;
	struct sys_worker worker;
	uint32_t was_asked;	/* atomic */

	struct vfio *next;	/* of those that fork() has to know */
};

/* 0, or why the device cannot be had through VFIO, with @why */
int vfio_check(const struct vfio *v, struct pramin_why *why);

/* -EBUSY if others of its group keep the kernel from giving it away, by name */
int vfio_check_group(const struct vfio *v, struct pramin_why *why);

/* Descriptors of the device and of what it needs; @v keeps what is open. */
int vfio_link(struct vfio *v, struct pramin_why *why);

/* Close them, the device first. */
void vfio_unlink(struct vfio *v);

/* Learn where its regions are. */
int vfio_learn(struct vfio *v, struct pramin_why *why);

/* Map what may be mapped of [@off, @off + @len). NULL: it may not, or fails */
unsigned char *vfio_map(struct vfio *v, unsigned int bar, uint64_t off,
			uint64_t len);
void vfio_unmap_all(struct vfio *v);

/* Where the CPU reaches @len bytes of a BAR; NULL: nowhere */
unsigned char *vfio_at(const struct vfio *v, unsigned int bar, uint64_t off,
		       uint64_t len);

/* Let the kernel say when it wants the device back; the end of that. */
int vfio_serve(struct vfio *v, struct pramin_why *why);
void vfio_serve_no_more(struct vfio *v);

/* 16 bits of configuration space. 0, or a negative errno value */
int vfio_config_read16(const struct vfio *v, uint32_t off, uint16_t *val);
int vfio_config_write16(const struct vfio *v, uint32_t off, uint16_t val);

extern const struct pramin_io_ops vfio_ops;

/* All of it, also of what is half made */
void vfio_close(struct vfio *v);

/* ioctl(), as often as it is interrupted; its result, or a negative errno value */
int vfio_call(int fd, unsigned long request, void *arg);

/* A call that the kernel refused in a way that nothing explains */
int vfio_failed(const struct vfio *v, struct pramin_why *why, int err,
		const char *what);

/**
 * holder_of() - which process has a file open
 * @path: of the file
 * @pid:  its number; 0: none that this user can see
 * @name: what it calls itself
 *
 * For messages: whoever it was may have closed it meanwhile.
 */
void holder_of(const char *path, uint32_t *pid, char *name, size_t size);

#endif /* PRAMIN_LIB_BACKEND_VFIO_H */
