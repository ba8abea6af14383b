/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The vfio-user protocol, version 0.0, as far as a PCI device needs it.
 *
 * A message is a header and what its command adds; numbers are in the byte order
 * of the host. The specification is docs/interop/vfio-user.rst of QEMU's source.
 */
#ifndef PRAMIN_SERVER_VFU_H
#define PRAMIN_SERVER_VFU_H

#include <pramin/types.h>

enum vfu_command {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_GET_REGION_INFO = 5,
	VFU_GET_IRQ_INFO = 7,
	VFU_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DEVICE_RESET = 13
};

/* @flags */
#define VFU_TYPE     0xfu
#define VFU_REQUEST  0u
#define VFU_REPLY    1u
#define VFU_NO_REPLY 0x10u
#define VFU_ERROR    0x20u

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size; /* with the header */
	uint32_t flags;
	uint32_t error; /* an errno value */
};

struct vfu_version {
	uint16_t major, minor; /* then text, which ends in a 0 byte */
};

struct vfu_dma_map {
	uint32_t argsz, flags;
	uint64_t offset, address, size;
};

struct vfu_dma_unmap {
	uint32_t argsz, flags;
	uint64_t address, size;
};

/* @flags of struct vfu_dma_unmap: all of them; @address, @size are 0 */
#define VFU_UNMAP_ALL 2u

struct vfu_device_info {
	uint32_t argsz, flags, regions, irqs;
};

#define VFU_DEVICE_RESETS 1u
#define VFU_DEVICE_PCI	  2u

struct vfu_region_info {
	uint32_t argsz, flags, index, cap_offset;
	uint64_t size, offset;
};

#define VFU_REGION_CAN_READ  1u
#define VFU_REGION_CAN_WRITE 2u

struct vfu_irq_info {
	uint32_t argsz, flags, index, count;
};

#define VFU_IRQ_EVENTFD	   1u
#define VFU_IRQ_MASKABLE   2u
#define VFU_IRQ_AUTOMASKED 4u
#define VFU_IRQ_NORESIZE   8u

struct vfu_irq_set {
	uint32_t argsz, flags, index, start, count; /* then bytes, if BOOL */
};

#define VFU_SET_NONE	0x01u
#define VFU_SET_BOOL	0x02u
#define VFU_SET_EVENTFD 0x04u
#define VFU_SET_DATA	0x07u
#define VFU_SET_MASK	0x08u
#define VFU_SET_UNMASK	0x10u
#define VFU_SET_TRIGGER 0x20u
#define VFU_SET_ACTION	0x38u

struct vfu_region_access {
	uint64_t offset;
	uint32_t region, count; /* then the data */
};

/* Regions and interrupts of a PCI device */
enum vfu_region {
	VFU_BAR0,
	VFU_BAR1,
	VFU_BAR2,
	VFU_BAR3,
	VFU_BAR4,
	VFU_BAR5,
	VFU_ROM,
	VFU_CONFIG,
	VFU_VGA,
	VFU_REGIONS
};

enum vfu_irq {
	VFU_INTX,
	VFU_MSI,
	VFU_MSIX,
	VFU_ERR,
	VFU_REQ,
	VFU_IRQS
};

/* The limits that the version message tells */
#define VFU_DATA_MAX  (1u << 20) /* bytes in one access */
#define VFU_FDS_MAX   8u	 /* descriptors with one message */
#define VFU_DMA_MAX   4096u	 /* ranges at a time */
#define VFU_BYTES_MAX						\
	(sizeof(struct vfu_header) + sizeof(struct vfu_region_access) +	\
	 VFU_DATA_MAX)

#endif /* PRAMIN_SERVER_VFU_H */
