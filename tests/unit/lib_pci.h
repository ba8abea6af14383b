/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A tree of files in the place of sysfs, with GPUs whose BAR0 is a sparse file.
 *
 * Registers are what the test writes into that file. It is memory: the window
 * register keeps its value, and the aperture shows the same bytes wherever it
 * stands. What is looked at is which registers are written, and what is refused.
 */
#ifndef PRAMIN_TESTS_LIB_PCI_H
#define PRAMIN_TESTS_LIB_PCI_H

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>

#include "check.h"
#include "lib_scratch.h"

#define PCI_GPU	 "0000:41:00.0"
#define PCI_BAR0 (16u << 20)

static char pci_root[300];
static pid_t pci_owner;

static inline int pci_remove_one(const char *path, const struct stat *st,
				 int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void pci_remove(void)
{
	if (pci_root[0] && pci_owner == getpid())
		nftw(pci_root, pci_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* An empty tree in the place of the last one */
static inline int pci_tree(void)
{
	if (!scratch())
		return CHECK_FAILED;
	if (!pci_root[0]) {
		snprintf(pci_root, sizeof(pci_root), "%s/root", scratch());
		pci_owner = getpid();
		/* Before scratch_remove(), which was registered first */
		atexit(pci_remove);
	}
	pci_remove();
	CHECK_EQ(setenv("PRAMIN_SYSROOT", pci_root, 1), 0);
	CHECK_EQ(mkdir(pci_root, 0700), 0);
	return 0;
}

static inline const char *pci_full(char *path, size_t size, const char *format,
				   va_list args)
{
	int n = snprintf(path, size, "%s/", pci_root);

	vsnprintf(path + n, size - (size_t)n, format, args);
	return path;
}

__attribute__((format(printf, 3, 4))) static inline const char *
pci_at(char *path, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pci_full(path, size, format, args);
	va_end(args);
	return path;
}

static inline void pci_parents(const char *path)
{
	char part[1200];
	size_t i;

	for (i = strlen(pci_root); path[i]; i++) {
		if (path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		mkdir(part, 0755);
	}
}

/* A file below the root */
static inline int pci_put(const char *text, const char *format, ...)
{
	char path[1200];
	va_list args;

	va_start(args, format);
	pci_full(path, sizeof(path), format, args);
	va_end(args);
	pci_parents(path);
	unlink(path);
	return scratch_store(path, text, strlen(text));
}

/* An attribute of a device */
static inline int pci_attr(const char *addr, const char *name, const char *text)
{
	return pci_put(text, "sys/bus/pci/devices/%s/%s", addr, name);
}

static inline int pci_no_attr(const char *addr, const char *name)
{
	char path[1200];

	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	return unlink(path);
}

static inline int pci_link(const char *addr, const char *name,
			   const char *target)
{
	char path[1200];

	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	pci_parents(path);
	unlink(path);
	return symlink(target, path);
}

/* The text that an attribute has now */
static inline const char *pci_now(const char *addr, const char *name)
{
	static char text[256];
	char path[1200];
	long n;

	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	n = scratch_load(path, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* 32 bits of a file of a device: "resource0", "config" */
static inline int pci_poke(const char *addr, const char *name, uint32_t off,
			   uint32_t val)
{
	char path[1200];
	ssize_t n;
	int fd;

	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	n = pwrite(fd, &val, sizeof(val), off);
	close(fd);
	return n == sizeof(val) ? 0 : -1;
}

static inline uint32_t pci_peek(const char *addr, const char *name,
				uint32_t off)
{
	char path[1200];
	uint32_t val = 0x0bad0bad;
	int fd;

	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return val;
	if (pread(fd, &val, sizeof(val), off) != sizeof(val))
		val = 0x0bad0bad;
	close(fd);
	return val;
}

/* A file of so many bytes, none of which is there */
static inline int pci_size(const char *addr, const char *name, off_t bytes)
{
	char path[1200];

	if (pci_poke(addr, name, 0, 0))
		return -1;
	pci_at(path, sizeof(path), "sys/bus/pci/devices/%s/%s", addr, name);
	return truncate(path, bytes);
}

/* TU102 as Linux shows one: BAR0 32-bit, BAR1 and BAR2 64-bit, an I/O range */
#define PCI_RESOURCE_TU102                                          \
	"0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n" \
	"0x00000000e0000000 0x00000000efffffff 0x000000000014220c\n" \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
	"0x00000000f0000000 0x00000000f1ffffff 0x000000000014220c\n" \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
	"0x000000000000e000 0x000000000000e07f 0x0000000000040101\n" \
	"0x00000000f7000000 0x00000000f707ffff 0x0000000000046200\n"

/* An RTX 2080 Ti (TU102) of 11 GiB that answers, with no driver bound */
static inline int pci_gpu(const char *addr)
{
	CHECK_EQ(pci_attr(addr, "vendor", "0x10de\n"), 0);
	CHECK_EQ(pci_attr(addr, "device", "0x1e07\n"), 0);
	CHECK_EQ(pci_attr(addr, "class", "0x030000\n"), 0);
	CHECK_EQ(pci_attr(addr, "subsystem_vendor", "0x10de\n"), 0);
	CHECK_EQ(pci_attr(addr, "subsystem_device", "0x12a4\n"), 0);
	CHECK_EQ(pci_attr(addr, "boot_vga", "0\n"), 0);
	CHECK_EQ(pci_attr(addr, "enable", "1\n"), 0);
	CHECK_EQ(pci_attr(addr, "power_state", "D0\n"), 0);
	CHECK_EQ(pci_attr(addr, "power/runtime_status", "active\n"), 0);
	CHECK_EQ(pci_attr(addr, "power/control", "auto\n"), 0);
	CHECK_EQ(pci_attr(addr, "resource", PCI_RESOURCE_TU102), 0);
	CHECK_EQ(pci_size(addr, "config", 4096), 0);
	CHECK_EQ(pci_poke(addr, "config", 0x00, 0x1e0710de), 0);
	CHECK_EQ(pci_poke(addr, "config", 0x04, 0x00100002), 0);
	CHECK_EQ(pci_poke(addr, "config", 0x2c, 0x12a410de), 0);
	CHECK_EQ(pci_size(addr, "resource0", PCI_BAR0), 0);
	CHECK_EQ(pci_poke(addr, "resource0", 0x0, 0x162000a1), 0);
	CHECK_EQ(pci_poke(addr, "resource0", 0xa00, 0x162a1000), 0);
	CHECK_EQ(pci_poke(addr, "resource0", 0x118128, 0xffffffff), 0);
	CHECK_EQ(pci_poke(addr, "resource0", 0x118234, 0xff), 0);
	/* 11 << (10 + 20): 11 GiB; the window on the last MiB */
	CHECK_EQ(pci_poke(addr, "resource0", 0x100ce0, 11 << 4 | 10), 0);
	CHECK_EQ(pci_poke(addr, "resource0", 0x1700, 0x0002bff0), 0);
	return 0;
}

/* As pci.ids has it, with neighbours */
static inline int pci_ids(void)
{
	return pci_put("# a comment\n"
		       "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
		       "\t1e07  Another vendor's\n"
		       "10de  NVIDIA Corporation\n"
		       "\t1e06  TU102\n"
		       "\t1e07  TU102 [GeForce RTX 2080 Ti Rev. A]\n"
		       "\t\t10de 12a4  A subsystem\n"
		       "\t2330  GH100 [H100 SXM5 80GB]\n"
		       "\t1287  GK208B [GeForce GT 730]\n"
		       "\t1eb6  TU104GLM [Quadro RTX 4000 Mobile]\n"
		       "10df  Emulex Corporation\n"
		       "\t2331  After the vendor\n",
		       "usr/share/misc/pci.ids");
}

#endif /* PRAMIN_TESTS_LIB_PCI_H */
