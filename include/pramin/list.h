/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The GPUs of this machine, without opening any.
 *
 * Looking wakes no GPU that sleeps and moves no window. Where a driver is bound, only
 * what the kernel and configuration space say is looked at. Registers are read, and
 * only read, where no driver is bound, the GPU is awake, and it decodes memory.
 */
#ifndef PRAMIN_LIST_H
#define PRAMIN_LIST_H

#include <pramin/error.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum pramin_usable - can this process use its window? */
enum pramin_usable {
	PRAMIN_USABLE_NO = 0,
	PRAMIN_USABLE_YES = 1,
	PRAMIN_USABLE_UNKNOWN = 2,	/* only opening it would tell */
};

/** PRAMIN_LIST_TEXT - bytes of each text below, with its NUL */
#define PRAMIN_LIST_TEXT 96

/**
 * struct pramin_listed - one GPU
 * @size:      of this struct, as the library knows it
 * @address:   what pramin_open() takes: "0000:41:00.0"
 * @vendor, @device, @sub_vendor, @sub_device: PCI ids
 * @class_code: base class, sub-class, interface: 0x030000
 * @name:      from pci.ids; "" if it is not there
 * @chip:      "tu102"; NULL: not known without touching the GPU
 * @family:    "turing", or NULL
 * @chip_by_name: not PMC_BOOT_0 but pci.ids told the chip
 * @boot0:     NV_PMC_BOOT_0; 0: it was not read
 * @vram_size: bytes; 0: not known
 * @driver:    that is bound; "": none
 * @power:     "D0", "D3cold", ...; "": the kernel does not say
 * @awake:     it does not sleep, as far as the kernel says
 * @boot_vga:  the firmware has put its console on it
 * @bar_bytes: of BAR0, BAR1 and BAR2 as NVIDIA counts them; 0: there is none
 * @iommu_group: its number; "": none
 * @usable:    can this process use its window?
 * @why:       if that is not YES: why, and what to do next
 */
struct pramin_listed {
	size_t size;
	char address[16];
	uint16_t vendor;
	uint16_t device;
	uint16_t sub_vendor;
	uint16_t sub_device;
	uint32_t class_code;
	char name[PRAMIN_LIST_TEXT];
	const char *chip;
	const char *family;
	bool chip_by_name;
	uint32_t boot0;
	uint64_t vram_size;
	char driver[PRAMIN_LIST_TEXT];
	char power[PRAMIN_LIST_TEXT];
	bool awake;
	bool boot_vga;
	uint64_t bar_bytes[3];
	char iommu_group[PRAMIN_LIST_TEXT];
	enum pramin_usable usable;
	struct pramin_why why;
};

/**
 * pramin_list() - call a function for each NVIDIA GPU, in order of address
 * @each: returns 0 to go on; anything else ends the list, and is returned
 * @ctx:  its first argument
 * @why:  filled on failure of the list itself; may be NULL
 *
 * A card that cannot be understood is listed with its reason and does not hide the
 * others. At most twelve BAR0 reads for each GPU that may be looked at.
 *
 * Thread safe. Return: 0, also if there is none; what @each returned; -EINVAL without
 * @each; -EOPNOTSUPP if the system does not list its PCI devices; -ENOMEM.
 */
int pramin_list(int (*each)(void *ctx, const struct pramin_listed *gpu),
		void *ctx, struct pramin_why *why);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_LIST_H */
