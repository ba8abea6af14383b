/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * linux/vfio.h, and what of linux/vfio.h and linux/iommufd.h came with Linux 6.6:
 * the headers of a system may be older than the kernels that it runs.
 */
#ifndef PRAMIN_LIB_BACKEND_VFIO_ABI_H
#define PRAMIN_LIB_BACKEND_VFIO_ABI_H

#include <linux/vfio.h>

#ifndef VFIO_DEVICE_BIND_IOMMUFD
struct vfio_device_bind_iommufd {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};
#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)
#endif

#endif /* PRAMIN_LIB_BACKEND_VFIO_ABI_H */
