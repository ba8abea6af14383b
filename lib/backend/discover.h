/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which PCI devices there are, and what they are called.
 */
#ifndef PRAMIN_LIB_BACKEND_DISCOVER_H
#define PRAMIN_LIB_BACKEND_DISCOVER_H

#include "pci.h"

/* The addresses of all PCI devices, in order, for sys_free() */
struct pci_list {
	size_t count;
	char (*addr)[PCI_ADDR_TEXT];
};

/* 0, also if there is no PCI bus; or a negative errno value */
int discover_all(struct pci_list *list);

/**
 * discover_name() - what pci.ids calls a device
 * @name: "TU102 [GeForce RTX 2080 Ti]"; "" if it is not there
 */
void discover_name(uint16_t vendor, uint16_t device, char *name, size_t size);

#endif /* PRAMIN_LIB_BACKEND_DISCOVER_H */
