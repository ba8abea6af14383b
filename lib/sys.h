/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The only way from lib/ to threads, locks, waits, clocks and memory.
 *
 * No other file of lib/ calls pthread_*, clock_*, malloc() or their like, so
 * that a simulator can stand in for all of it by replacing sys.c. A handle
 * belongs to one thread for now, so there is no lock here yet; the first one
 * is added here and nowhere else.
 */
#ifndef PRAMIN_LIB_SYS_H
#define PRAMIN_LIB_SYS_H

#include <stddef.h>
#include <stdint.h>

/* Storage that each thread has for itself */
#define SYS_PER_THREAD	_Thread_local

/* Zeroed memory, or NULL */
void *sys_alloc(size_t size);
void sys_free(void *ptr);

/* A number that no other call in this process has returned; from 1 */
uint64_t sys_serial(void);

#endif /* PRAMIN_LIB_SYS_H */
