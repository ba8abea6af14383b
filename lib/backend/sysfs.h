/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A card through its files below /sys/bus/pci/devices.
 */
#ifndef PRAMIN_LIB_BACKEND_SYSFS_H
#define PRAMIN_LIB_BACKEND_SYSFS_H

#include <pramin/io.h>

#include "card.h"
#include "place.h"
#include "unplug.h"

/* A range of a BAR that was mapped; they live until close. */
struct sysfs_map {
	struct sysfs_map *next;
	void *ptr;
	size_t len;
};

/**
 * struct sysfs_bar - BAR1 or BAR2
 * @fd:    of resourceN, or of resourceN_wc; -1: not to be used
 * @claim: who has claimed a range inside it; "": nobody
 */
struct sysfs_bar {
	uint64_t bytes;
	int fd;
	bool write_combined;
	char claim[PCI_NAME_TEXT];
	struct sysfs_map *maps;
};

struct sysfs {
	struct pci_device dev;
	struct place place;
	uint32_t process; /* that opened it; a forked child undoes nothing */
	uint64_t timeout_ns;
	int config_fd;
	int vendor_fd;	/* an attribute, which fails once the card is removed */
	bool read_only;
	struct unplug *unplug;
	unsigned char *bar0;
	struct sysfs_bar bar[2];
};

/* 0, or -ENODEV once the card was removed; touches nothing of it */
int sysfs_present(void *io);

/* sysfs_hold.c: keep the card awake, and its memory decoded. 0, or why not */
int sysfs_hold(struct sysfs *s, struct pramin_why *why);

/* What is to be put back, if nobody else needs it any more */
void sysfs_let_go(struct sysfs *s);

/* sysfs_bar.c */
void sysfs_bars_open(struct sysfs *s);
void sysfs_bars_close(struct sysfs *s);
int sysfs_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info);
int sysfs_bar_read(void *io, unsigned int bar, uint64_t off, unsigned int width,
		   uint64_t *val);
int sysfs_bar_write(void *io, unsigned int bar, uint64_t off,
		    unsigned int width, uint64_t val);
volatile void *sysfs_bar_map(void *io, unsigned int bar, uint64_t off,
			     uint64_t len);

/*
 * Device memory of @fd, not for children, and watched: the card may be pulled out.
 * NULL and *@err
 */
void *sysfs_map(struct unplug *unplug, int fd, uint64_t off, size_t len,
		int prot, int *err);
void sysfs_unmap(struct sysfs *s, void *ptr, size_t len);

#endif /* PRAMIN_LIB_BACKEND_SYSFS_H */
