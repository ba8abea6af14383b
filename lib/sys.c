// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib/sys.h on a hosted system.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "sys.h"

void *sys_alloc(size_t size)
{
	return calloc(1, size);
}

void sys_free(void *ptr)
{
	free(ptr);
}

uint64_t sys_serial(void)
{
	static atomic_uint_least64_t last;

	return atomic_fetch_add(&last, 1) + 1;
}
