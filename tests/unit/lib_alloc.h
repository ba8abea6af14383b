/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Memory that runs out. Included by one file of a program, this takes the
 * place of malloc(), calloc(), realloc(), free(), mmap() and munmap() in it,
 * counts what is live, and makes allocation number @alloc_fail_at fail.
 *
 * Everything is passed on to a sanitizer's functions where there are some, so
 * that it sees leaks and overruns as ever; else to those of glibc.
 */
#ifndef PRAMIN_TESTS_LIB_ALLOC_H
#define PRAMIN_TESTS_LIB_ALLOC_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BELOW(ret, name, symbol, args) \
	extern ret name args __asm__(symbol)
#define BELOW_WEAK(ret, name, symbol, args) \
	extern ret name args __asm__(symbol) __attribute__((weak))

BELOW_WEAK(void *, san_malloc, "__interceptor_malloc", (size_t));
BELOW_WEAK(void *, san_calloc, "__interceptor_calloc", (size_t, size_t));
BELOW_WEAK(void *, san_realloc, "__interceptor_realloc", (void *, size_t));
BELOW_WEAK(void, san_free, "__interceptor_free", (void *));
BELOW_WEAK(void *, san_mmap, "__interceptor_mmap",
	   (void *, size_t, int, int, int, off_t));
BELOW_WEAK(int, san_munmap, "__interceptor_munmap", (void *, size_t));
BELOW(void *, libc_malloc, "__libc_malloc", (size_t));
BELOW(void *, libc_calloc, "__libc_calloc", (size_t, size_t));
BELOW(void *, libc_realloc, "__libc_realloc", (void *, size_t));
BELOW(void, libc_free, "__libc_free", (void *));

static bool alloc_armed;	/* count, and perhaps fail */
static unsigned long alloc_count;	/* since armed */
static unsigned long alloc_fail_at;	/* from 1; 0: never */
static bool alloc_sticky;	/* that one and all that follow */
static long alloc_live;		/* blocks and mappings taken minus given back */

static bool alloc_refuses(void)
{
	if (!alloc_armed)
		return false;
	alloc_count++;
	if (!alloc_fail_at || alloc_count < alloc_fail_at ||
	    (alloc_count > alloc_fail_at && !alloc_sticky))
		return false;
	errno = ENOMEM;
	return true;
}

static void *alloc_took(void *ptr)
{
	if (alloc_armed && ptr)
		alloc_live++;
	return ptr;
}

void *malloc(size_t size)
{
	if (alloc_refuses())
		return NULL;
	return alloc_took(san_malloc ? san_malloc(size) : libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	if (alloc_refuses())
		return NULL;
	return alloc_took(san_calloc ? san_calloc(count, size) :
				       libc_calloc(count, size));
}

void *realloc(void *ptr, size_t size)
{
	void *to;

	if (alloc_refuses())
		return NULL;
	to = san_realloc ? san_realloc(ptr, size) : libc_realloc(ptr, size);
	return ptr ? to : alloc_took(to);
}

void free(void *ptr)
{
	if (alloc_armed && ptr)
		alloc_live--;
	if (san_free)
		san_free(ptr);
	else
		libc_free(ptr);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	void *ptr;

	if (alloc_refuses())
		return MAP_FAILED;
	if (san_mmap)
		ptr = san_mmap(addr, len, prot, flags, fd, off);
	else
		ptr = (void *)syscall(SYS_mmap, addr, len, prot, flags, fd,
				      off);
	/* In place of another mapping: still one to give back */
	if (alloc_armed && ptr != MAP_FAILED && !(flags & MAP_FIXED))
		alloc_live++;
	return ptr;
}

int munmap(void *addr, size_t len)
{
	if (alloc_armed)
		alloc_live--;
	return san_munmap ? san_munmap(addr, len) :
			    (int)syscall(SYS_munmap, addr, len);
}

/* Allocations from here on are counted; @fail_at 0: none fails */
static void alloc_arm(unsigned long fail_at, bool sticky)
{
	alloc_count = 0;
	alloc_fail_at = fail_at;
	alloc_sticky = sticky;
	alloc_live = 0;
	alloc_armed = true;
}

/* No more failures; live ones are still counted */
static void alloc_relent(void)
{
	alloc_fail_at = 0;
}

static void alloc_disarm(void)
{
	alloc_armed = false;
}

#endif /* PRAMIN_TESTS_LIB_ALLOC_H */
