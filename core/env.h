/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Everything core/ takes from its environment. No other file in core/ may
 * include a system header, so this one is the whole porting surface.
 *
 * Needs: uint8_t..uint64_t, UINT64_MAX, size_t, bool, NULL, E* codes, memcpy(),
 * memmove(), memset(), memcmp().
 */
#ifndef PRAMIN_CORE_ENV_H
#define PRAMIN_CORE_ENV_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

/**
 * struct pramin_env_ops - host memory for the calls that need some
 *
 * @alloc: @size bytes, or NULL; never called with the window held
 * @free:  give them back
 */
struct pramin_env_ops {
	void *(*alloc)(void *env, size_t size);
	void (*free)(void *env, void *ptr);
};

#endif /* PRAMIN_CORE_ENV_H */
