/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What is this GPU, may its window be used now, and how much VRAM has it?
 */
#ifndef PRAMIN_CORE_PROBE_H
#define PRAMIN_CORE_PROBE_H

#include "gpu.h"

/**
 * pramin_probe() - fill in chip, base_mask, reach, vram_size of @op->gpu
 *
 * Reads registers only. Return: 0, -ENODEV, -EOPNOTSUPP with its reason, -EINVAL
 * for a BASE width that the chip cannot have, or a code of the backend.
 */
int pramin_probe(struct pramin_op *op);

#endif /* PRAMIN_CORE_PROBE_H */
