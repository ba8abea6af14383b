// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The sentences of what goes wrong with cards and with the system around them.
 *
 * Backends have more to say than numbers, and say it themselves; what is here for
 * their reasons is for those who look up a reason by its name.
 */
#include "why.h"

#define AT(reason) [PRAMIN_REASON_##reason - WHY_CARD_FIRST]

/* clang-format off */
const struct why_row why_card_rows[PRAMIN_REASON_COUNT - WHY_CARD_FIRST] = {
	AT(NO_DEVICE) = {
		"no_device", "there is no such PCI device",
		"pramin list shows the GPUs" },
	AT(NOT_NVIDIA) = {
		"not_nvidia", "the device is not NVIDIA's",
		"pramin list shows the GPUs" },
	AT(NOT_DISPLAY) = {
		"not_display", "the device is not a GPU",
		"pramin list shows the GPUs" },
	AT(DRIVER) = {
		"driver", "a driver is bound to the GPU", "unbind it" },
	AT(NO_PERMISSION) = {
		"no_permission", "this user may not open the GPU",
		"run it as root, or use VFIO" },
	AT(LOCKDOWN) = {
		"lockdown", "the kernel is locked down", "use VFIO" },
	AT(STRICT) = {
		"strict_devmem", "the kernel keeps claimed BARs to itself",
		"unbind who has claimed it" },
	AT(ASLEEP) = {
		"asleep", "the GPU sleeps", "wake it" },
	AT(NO_DECODING) = {
		"no_decoding", "the GPU does not decode memory accesses",
		"enable it" },
	AT(NO_BAR0) = {
		"no_bar0", "the GPU has no BAR0 of 16 MiB", "rescan the PCI bus" },
	AT(SYSTEM) = {
		"system", "the system says nothing useful about the GPU", "" },
	AT(MEETING) = {
		"meeting", "there is no safe place where users of the GPU meet",
		"" },
	AT(FORCED_WRITE) = {
		"forced_write",
		"this handle shares the window with a driver, and writes nothing",
		"unbind the driver" },
	AT(FORCED_MOVE) = {
		"forced_move",
		"the window shows {t} from {x2} on, not the {x1} bytes at {x0}, and "
		"a handle that shares it with a driver does not move it",
		"unbind the driver, or ask for what the window shows" },
	AT(FORCED_MOVED) = {
		"forced_moved",
		"the driver has moved the window meanwhile: its register ({x2}) "
		"reads {r1}, not {r0}",
		"nothing is known of what was read; try again" },
	AT(RESERVED) = {
		"reserved", "{x0} to {x1} is {t}: it is not written",
		"use other VRAM; --force-reserved writes there all the same" },

	AT(NO_IOMMU) = {
		"no_iommu", "the GPU is in no IOMMU group",
		"enable the IOMMU in the firmware and the kernel" },
	AT(NOT_VFIO) = {
		"not_vfio", "the GPU is not bound to vfio-pci",
		"docs/vfio.md has the commands" },
	AT(NO_VFIO) = {
		"no_vfio", "the kernel's VFIO is not there", "modprobe vfio-pci" },
	AT(GROUP) = {
		"group", "other devices of the GPU's IOMMU group are in use",
		"docs/vfio.md has the commands" },
};
/* clang-format on */
