/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Why a card cannot be used: each cause recognised by looking, in one sentence, with
 * the next step. The table of them is in docs/hardware-access.md.
 */
#ifndef PRAMIN_LIB_BACKEND_CARD_H
#define PRAMIN_LIB_BACKEND_CARD_H

#include <pramin/error.h>

#include "pci.h"

/* BAR0 of every GPU from G80 on; all registers that the library reads are in it. */
#define CARD_BAR0 (16u << 20)

/* There is no device of that address. -ENODEV */
int card_missing(const char *addr, struct pramin_why *why);

/**
 * card_is_gpu() - is it one, as far as its attributes tell?
 *
 * Return: 0, -EINVAL: somebody else's, or no display device; -EOPNOTSUPP: what the
 * system says of it makes no sense
 */
int card_is_gpu(const struct pci_device *dev, struct pramin_why *why);

/* Nobody else drives it. 0, or -EBUSY */
int card_is_free(const struct pci_device *dev, struct pramin_why *why);

/* BAR0 is there, and as large as it has to be. 0, or -EOPNOTSUPP */
int card_has_bar0(const struct pci_device *dev, struct pramin_why *why);

/* It sleeps. -EOPNOTSUPP */
int card_asleep(const struct pci_device *dev, const char *next,
		struct pramin_why *why);

/* enum card_step - what failed on the way to BAR0 */
enum card_step { CARD_OPEN, CARD_MAP };

/**
 * card_failed() - why the system did not let us
 * @file: the attribute, as "resource0"
 * @err:  its negative errno value
 *
 * Return: -EPERM: no permission, lockdown, IO_STRICT_DEVMEM; -ENOMEM; else
 * -EOPNOTSUPP, with what the system says
 */
int card_failed(const struct pci_device *dev, enum card_step step,
		const char *file, int err, struct pramin_why *why);

#endif /* PRAMIN_LIB_BACKEND_CARD_H */
