/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Mappings of devices that may be taken away under them.
 *
 * A backend makes one struct unplug for each device that it opens, and says what it
 * has mapped. When the device is gone, memory of all ones takes the place of what is
 * mapped, and the word says so: to the backend, and through pramin_io_ops.noticed to
 * the core. Pointers stay valid until the backend unmaps.
 *
 * What is kept here is never freed, only used again: a signal handler may look at it
 * at any time. It takes no lock and writes nothing but the word.
 */
#ifndef PRAMIN_LIB_UNPLUG_H
#define PRAMIN_LIB_UNPLUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unplug;

/* For a device that is being opened; NULL: out of memory */
struct unplug *unplug_new(void);

/* It is closed: nothing of it is mapped any more. @unplug may be NULL. */
void unplug_free(struct unplug *unplug);

/* Not 0 once the device is gone */
const uint32_t *unplug_word(const struct unplug *unplug);

static inline bool unplug_is_gone(const struct unplug *unplug)
{
	return __atomic_load_n(unplug_word(unplug), __ATOMIC_ACQUIRE) != 0;
}

/*
 * @at is mapped, and not told to anybody yet; @len is a multiple of the page size.
 * 0; -ENODEV: the device has gone meanwhile, -ENOMEM; then it is not watched.
 */
int unplug_watch(struct unplug *unplug, void *at, size_t len);

/* It will be unmapped, and nobody uses it. */
void unplug_unwatch(struct unplug *unplug, const void *at);

/* The device is gone; what is mapped stays mapped. */
void unplug_say(struct unplug *unplug);

/*
 * The same, and nothing stays mapped: all of it is replaced, so that the kernel can
 * have the device back. From a thread, not from a signal handler.
 */
void unplug_let_go(struct unplug *unplug);

/*
 * For the handler of SIGBUS: is it a fault of ours, and is there something now at
 * @at? Async-signal-safe.
 */
bool unplug_fault(const void *at);

#endif /* PRAMIN_LIB_UNPLUG_H */
