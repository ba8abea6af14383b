/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * PCI devices, as the system's files show them.
 *
 * Everything is read below a root, which is "/" unless $PRAMIN_SYSROOT names another
 * directory: for tests, with a tree of files in the place of sysfs. A process that
 * has more rights than its user does not look at it.
 *
 *	sys/bus/pci/devices/ADDR/	one device
 *	sys/kernel/security/lockdown
 *	proc/iomem			who has claimed which addresses
 *	proc/sys/kernel/random/boot_id
 *	run/pramin/			where users of a GPU meet
 *	usr/share/misc/pci.ids, usr/share/hwdata/pci.ids
 *
 * Attributes are text that a kernel wrote, and are not trusted to be: each has a
 * largest size, what does not parse is an error, and one that is missing does not
 * hide the others.
 *
 * Functions return 0 or a negative errno value.
 */
#ifndef PRAMIN_LIB_BACKEND_PCI_H
#define PRAMIN_LIB_BACKEND_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_ADDR_TEXT 16u  /* "0000:41:00.0", with its NUL and room */
#define PCI_NAME_TEXT 48u  /* of a driver, a group, a power state */
#define PCI_PATH_TEXT 1024u
#define PCI_BARS      6u

#define PCI_VENDOR_NVIDIA 0x10deu

/* Flags of a resource (linux/ioport.h) */
#define PCI_RES_IO	 0x00000100ull
#define PCI_RES_MEM	 0x00000200ull
#define PCI_RES_PREFETCH 0x00002000ull
#define PCI_RES_MEM_64	 0x00100000ull
#define PCI_RES_UNSET	 0x20000000ull

/* Configuration space (PCI Local Bus Specification 3.0, 6.2) */
#define PCI_CFG_COMMAND	       0x04u /* 16 bits */
#define PCI_CFG_COMMAND_MEMORY 0x0002u
#define PCI_CFG_COMMAND_MASTER 0x0004u

struct pci_bar {
	uint64_t start;
	uint64_t bytes;	/* 0: there is none */
	uint64_t flags;
};

/**
 * struct pci_device - what sysfs says of one, without touching or waking it
 * @addr:    in lower case
 * @class_code: base class, sub-class, interface: 0x030000
 * @driver:  that is bound; "": none
 * @group:   number of its IOMMU group; "": none
 * @power:   "D0", "D3hot", ...; "": the kernel does not say
 * @runtime: "active", "suspended", ...; "": likewise
 * @boot_vga: the firmware has put its console on it
 * @enables: how often the kernel has enabled it; 0: BARs may not be decoded
 * @bar:     by index in configuration space; the upper half of a 64-bit one is
 *           empty
 * @broken:  the first attribute that could not be read or understood though it has
 *           to be there; NULL: none
 * @err:     how that one failed
 */
struct pci_device {
	char addr[PCI_ADDR_TEXT];
	uint16_t vendor;
	uint16_t device;
	uint16_t sub_vendor;
	uint16_t sub_device;
	uint32_t class_code;
	char driver[PCI_NAME_TEXT];
	char group[PCI_NAME_TEXT];
	char power[PCI_NAME_TEXT];
	char runtime[PCI_NAME_TEXT];
	bool boot_vga;
	uint64_t enables;
	struct pci_bar bar[PCI_BARS];
	const char *broken;
	int err;
};

/* A path below the root. -ENAMETOOLONG */
int pci_path(char *path, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Each line of a file below the root, cut to 160 characters, until @look is true.
 * 0 also if it never was.
 */
int pci_each_line(const char *file, bool (*look)(void *ctx, const char *line),
		  void *ctx);

/* The text of a file below the root, without white space at its end. -E2BIG */
int pci_file_text(const char *file, char *text, size_t size);

/* The same of an attribute, which may lie in a directory: "power/control" */
int pci_attr_text(const char *addr, const char *name, char *text, size_t size);

/* A number as in C. -EINVAL */
int pci_attr_number(const char *addr, const char *name, uint64_t *val);

int pci_attr_write(const char *addr, const char *name, const char *text);

/* The last part of what a link points to: "driver", "iommu_group" */
int pci_attr_link(const char *addr, const char *name, char *text, size_t size);

/* A descriptor, with O_CLOEXEC, or a negative errno value */
int pci_file_open(const char *file, int flags);
int pci_attr_open(const char *addr, const char *name, int flags);

/* @fd is of "config"; @off a multiple of 4, or of 2. -EIO if it is too short */
int pci_config_read32(int fd, uint32_t off, uint32_t *val);
int pci_config_read16(int fd, uint32_t off, uint16_t *val);
int pci_config_write16(int fd, uint32_t off, uint16_t val);

/**
 * pci_look() - what the system knows of a device
 * @addr: as in 0000:41:00.0, with anything or nothing from a comma on
 *
 * Reads attributes that the kernel answers from memory, so that a sleeping device
 * sleeps on; never configuration space. Return: 0, also if an attribute is broken;
 * -ENOENT: there is no such device.
 */
int pci_look(const char *addr, struct pci_device *dev);

/* NVIDIA's, and of the display class */
bool pci_is_nvidia(const struct pci_device *dev);
bool pci_is_display(const struct pci_device *dev);

/* As far as the kernel tells, it answers; false: do not touch it */
bool pci_is_awake(const struct pci_device *dev);

/**
 * pci_bar_index() - where a BAR as NVIDIA counts them is in configuration space
 * @bar: 0: registers; 1: the large one; 2: for instance memory
 *
 * A 64-bit BAR takes two places, so that indices differ from chip to chip. Return:
 * an index into @dev->bar, or -1: it has none.
 */
int pci_bar_index(const struct pci_device *dev, unsigned int bar);

/**
 * pci_claimed_by() - who has claimed a range inside a BAR
 * @name: the claim's, as "efifb" or "nvidia"; "" if there is none, or it cannot be
 *        told
 *
 * What is claimed in the name of the whole device does not count.
 */
void pci_claimed_by(const struct pci_bar *bar, const char *addr, char *name,
		    size_t size);

/* Names end up in messages: printable ASCII, nothing else */
bool pci_is_plain(const char *text);

/* "integrity", "confidentiality": the kernel is locked down; "": it is not */
void pci_lockdown(char *text, size_t size);

#endif /* PRAMIN_LIB_BACKEND_PCI_H */
