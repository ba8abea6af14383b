/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU that is pulled out while it is open.
 *
 * Where the CPU has a GPU's registers mapped, a GPU that is gone shows itself in one
 * of two ways. Off the bus, its reads are all ones, and the library asks PMC_BOOT_0
 * (docs/design.md, section 4). Removed by the kernel, orderly or not, its mapping
 * has nothing behind it any more, and the next load or store is a SIGBUS, which ends
 * a process that does not handle it.
 */
#ifndef PRAMIN_UNPLUG_H
#define PRAMIN_UNPLUG_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * pramin_catch_sigbus() - let no removed GPU end this process
 *
 * Installs a handler for SIGBUS, for the whole process and for good; the library
 * does so only if asked. A fault in a mapping of a GPU that this process has open
 * puts memory of all ones in the place of the pages around it, and the access is
 * made there. From then on every call on the GPU is -ENODEV, the one that was
 * under way included; what is stored vanishes, what is loaded is all ones, or what
 * was stored there since. Everything can be closed, and the GPU opened again.
 *
 * Every other SIGBUS goes to the handler that was installed before, or has the
 * effect that it had. In a forked child, faults in the parent's GPUs count as such.
 * Whoever installs a handler of their own later keeps the old one and passes on what
 * is not theirs, as usual.
 *
 * The handler takes no locks and allocates nothing but those pages: 64 KiB for each
 * stretch of 64 KiB that is touched.
 *
 * Any thread may call it; calls after the first do nothing. Call it early, before
 * threads install handlers for SIGBUS.
 *
 * Return: 0, or the negative errno value of sigaction().
 */
int pramin_catch_sigbus(void);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_UNPLUG_H */
