// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is this GPU, may its window be used now, and how much VRAM has it?
 *
 * The order matters. Configuration space comes first, because it answers while
 * BAR0 does not; then PMC_BOOT_0, which every GPU has; then what depends on the
 * chip. The first thing found wrong ends the probe with its reason: a window
 * that looks usable and is not would put bytes in the wrong place.
 */
#include "probe.h"
#include "regs/bus.h"
#include "regs/master.h"
#include "regs/pri.h"
#include "regs/ready.h"

/* No board is larger: what the widest published BASE field reaches */
#define VRAM_MAX	(2 * PRAMIN_TIB)
#define VRAM_MIN	PRAMIN_MIB

static bool is_poison(uint32_t val)
{
	return val == PRAMIN_ALL_ONES ||
	       (val & GPU_READ_PRI_ERROR_MASK) == GPU_READ_PRI_ERROR_CODE;
}

static int unusable(struct pramin_op *op, enum pramin_reason reason,
		    uint64_t arg0, uint64_t arg1)
{
	return pramin_fail(op, -EOPNOTSUPP, reason, arg0, arg1, 0);
}

/*
 * Coherent platforms, on which NVIDIA's driver leaves PRAMIN alone: GH200,
 * GB200, GB10 and GB300. Told by PCI device id, and by subsystem id where one
 * device id is on both kinds of board; from the table of supported GPUs in the
 * README of github.com/NVIDIA/open-gpu-kernel-modules and from
 * github.com/NVIDIA/gpu-admin-tools, gpu/devid_properties.py. No register that
 * says so is published: not verified.
 */
static int check_coherent(struct pramin_op *op, uint32_t device)
{
	static const struct {
		uint16_t device;
		uint16_t subsystem;	/* 0: any */
	} ids[] = {
		{ 0x2342, 0 }, { 0x2343, 0 }, { 0x2345, 0 }, { 0x2348, 0 },
		{ 0x2941, 0 }, { 0x297e, 0 }, { 0x29bc, 0 }, { 0x2e12, 0 },
		{ 0x31c2, 0x21f1 }, { 0x31c3, 0 },
	};
	struct pramin_gpu *gpu = op->gpu;
	uint32_t raw;
	size_t i;
	int ret;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i].device == device)
			break;
	if (i == sizeof(ids) / sizeof(ids[0]))
		return 0;
	if (ids[i].subsystem) {
		ret = gpu->ops->config_read(gpu->io, PRAMIN_PCI_SUBSYSTEM,
					    &raw);
		if (ret)
			return pramin_gpu_failed(op, ret);
		if (FLD_GET(PRAMIN_PCI_ID_DEVICE, raw) != ids[i].subsystem)
			return 0;
	}
	return unusable(op, PRAMIN_REASON_COHERENT, device, 0);
}

/* The device ids whose BAR0 may be behind a firewall after a reset */
static bool may_have_firewall(uint32_t device)
{
	return (device >= 0x2900 && device <= 0x29ff) ||
	       (device >= 0x3180 && device <= 0x327f);
}

static int check_config_space(struct pramin_op *op)
{
	const uint32_t off =
		NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL;
	const uint32_t up =
		NV_PF0_DESIGNATED_VENDOR_SPECIFIC_0_HEADER_2_AND_GENERAL_BAR_FIREWALL_STATUS;
	struct pramin_gpu *gpu = op->gpu;
	uint32_t id, device, general;
	int ret;

	if (!gpu->ops->config_read)
		return 0;
	ret = gpu->ops->config_read(gpu->io, PRAMIN_PCI_ID, &id);
	if (ret)
		return pramin_gpu_failed(op, ret);
	if (id == PRAMIN_ALL_ONES)
		return pramin_fail(op, -ENODEV, PRAMIN_REASON_ALL_ONES, 0, id,
				   0);
	device = FLD_GET(PRAMIN_PCI_ID_DEVICE, id);
	ret = check_coherent(op, device);
	if (ret)
		return ret;
	if (!may_have_firewall(device))
		return 0;
	ret = gpu->ops->config_read(gpu->io, off, &general);
	if (ret)
		return pramin_gpu_failed(op, ret);
	if (general & up)
		return unusable(op, PRAMIN_REASON_FIREWALL, device, general);
	return 0;
}

/* The row that PMC_BOOT_0 and, where it exists, PMC_BOOT_42 agree on */
static int find_chip(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	unsigned int id = pramin_chip_id_boot_0(gpu->boot_0);
	int ret;

	if (id >> 4 >= PRAMIN_ARCH_GM100) {
		ret = pramin_reg_read_live(op, NV_PMC_BOOT_42, &gpu->boot_42);
		if (ret)
			return ret;
	}
	gpu->chip = gpu->config.chip;
	if (gpu->chip)
		return 0;

	if (id >> 4 < PRAMIN_ARCH_G80)
		return unusable(op, PRAMIN_REASON_TOO_OLD, gpu->boot_0, id);
	gpu->chip = pramin_chip_by_id(id);
	if (!gpu->chip)
		return unusable(op, PRAMIN_REASON_UNKNOWN_CHIP, gpu->boot_0,
				gpu->boot_42);
	/* A chip that does not serve BOOT_42 now answers 0 or a PRI error. */
	if (gpu->boot_42 && !is_poison(gpu->boot_42) &&
	    pramin_chip_id_boot_42(gpu->boot_42) != id)
		return unusable(op, PRAMIN_REASON_ID_CONFLICT, gpu->boot_0,
				gpu->boot_42);
	gpu->chip_is_kin = gpu->chip->id != id;
	return 0;
}

static int identify(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	uint32_t boot_1;
	int ret = pramin_reg_read(op, NV_PMC_BOOT_0, &gpu->boot_0);

	if (ret)
		return ret;
	if (gpu->boot_0 == PRAMIN_ALL_ONES)
		return pramin_fail(op, -ENODEV, PRAMIN_REASON_ALL_ONES, 0,
				   gpu->boot_0, 0);
	ret = pramin_reg_read_live(op, NV_PMC_BOOT_1, &boot_1);
	if (ret)
		return ret;
	if (FLD_GET(NV_PMC_BOOT_1_VGPU, boot_1) == NV_PMC_BOOT_1_VGPU_VF)
		return unusable(op, PRAMIN_REASON_VF, boot_1, 0);
	ret = find_chip(op);
	if (ret)
		return ret;
	if (gpu->chip->integrated) {
		unusable(op, PRAMIN_REASON_INTEGRATED, gpu->boot_0, 0);
		op->cause.text = gpu->chip->name;
		return -EOPNOTSUPP;
	}
	return 0;
}

static int check_confidential(struct pramin_op *op)
{
	const uint32_t off = op->gpu->chip->family->cc_mode;
	uint32_t mode;
	int ret;

	if (!off)
		return 0;
	ret = pramin_reg_read_live(op, off, &mode);
	if (ret)
		return ret;
	if (is_poison(mode) || FLD_GET(PRAMIN_CC_MODE_STATE, mode) !=
				       PRAMIN_CC_MODE_STATE_OFF)
		return unusable(op, PRAMIN_REASON_CONFIDENTIAL, off, mode);
	return 0;
}

/*
 * A chip that was named by hand is looked at through its own registers. Where
 * PMC_BOOT_0 names one of another generation, that is the likelier reason for
 * what was found.
 */
static int not_ready(struct pramin_op *op, uint32_t off, uint32_t val)
{
	const struct pramin_gpu *gpu = op->gpu;
	const struct pramin_chip *real =
		pramin_chip_by_id(pramin_chip_id_boot_0(gpu->boot_0));

	if (!gpu->config.chip || !real || real->family == gpu->chip->family)
		return unusable(op, PRAMIN_REASON_FIRMWARE, off, val);
	pramin_fail(op, -EOPNOTSUPP, PRAMIN_REASON_WRONG_CHIP, off, val,
		    gpu->boot_0);
	op->cause.text = gpu->chip->name;
	return -EOPNOTSUPP;
}

static int check_firmware(struct pramin_op *op)
{
	const struct pramin_ready_desc *ready = op->gpu->chip->family->ready;
	uint32_t val;
	int ret;

	if (!ready)
		return 0;
	if (ready->gate) {
		ret = pramin_reg_read_live(op, ready->gate, &val);
		if (ret)
			return ret;
		if ((val & ready->gate_mask) != ready->gate_mask)
			return not_ready(op, ready->gate, val);
	}
	ret = pramin_reg_read_live(op, ready->off, &val);
	if (ret)
		return ret;
	if (is_poison(val) || (val & ready->mask) != ready->done)
		return not_ready(op, ready->off, val);
	return 0;
}

static int size_vram(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_vram_desc *vram = gpu->chip->vram;
	uint32_t raw;
	int ret;

	gpu->vram_size = gpu->config.vram;
	if (!gpu->vram_size && !vram)
		gpu->vram_size = gpu->config.vram_fallback;
	if (!gpu->vram_size && !vram) {
		unusable(op, PRAMIN_REASON_VRAM_NO_REGISTER, 0, 0);
		op->cause.text = gpu->chip->name;
		return -EOPNOTSUPP;
	}
	if (!gpu->vram_size) {
		ret = pramin_reg_read_live(op, vram->off, &raw);
		if (ret)
			return ret;
		if (raw == 0)
			return unusable(op, PRAMIN_REASON_VRAM_ZERO, vram->off,
					raw);
		if (is_poison(raw))
			return unusable(op, PRAMIN_REASON_VRAM_POISON,
					vram->off, raw);
		gpu->vram_size = vram->decode(raw);
		if (gpu->vram_size < VRAM_MIN || gpu->vram_size > VRAM_MAX)
			return pramin_fail(op, -EOPNOTSUPP,
					   PRAMIN_REASON_VRAM_ABSURD, vram->off,
					   raw, gpu->vram_size);
	}
	return 0;
}

/* The BASE field, in the width that the user insists on */
static int choose_base_width(struct pramin_op *op)
{
	struct pramin_gpu *gpu = op->gpu;
	const struct pramin_window_desc *window = gpu->chip->window;
	const unsigned int bits = gpu->config.base_bits;

	gpu->base_mask = window->base;
	if (bits) {
		uint32_t mask = BITS32(bits - 1, 0);

		if (mask < window->base || mask > window->base_widest)
			return pramin_fail(op, -EINVAL,
					   PRAMIN_REASON_BASE_BITS, bits,
					   window->base, window->base_widest);
		gpu->base_mask = mask;
	}
	gpu->reach = pramin_base_reach(gpu->base_mask);
	return 0;
}

int pramin_probe(struct pramin_op *op)
{
	int ret;

	ret = check_config_space(op);
	if (!ret)
		ret = identify(op);
	if (!ret)
		ret = choose_base_width(op);
	/* Firmware first: until it is done, other registers may be locked. */
	if (!ret)
		ret = check_firmware(op);
	if (!ret)
		ret = check_confidential(op);
	if (!ret)
		ret = size_vram(op);
	return ret;
}
