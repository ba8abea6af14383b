/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * System calls of a backend that fail: the n-th of all, or those of one kind on one
 * file. What is open and mapped is counted, so that nothing can be left behind.
 */
#ifndef PRAMIN_TESTS_LIB_CALLS_H
#define PRAMIN_TESTS_LIB_CALLS_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "../../lib/backend/calls.h"

static struct {
	unsigned long count;   /* calls that can fail, since armed */
	unsigned long fail_at; /* from 1; 0: none */
	bool sticky;	       /* and all that follow */
	int err;
	const char *open;      /* those of a path that ends like this */
	bool map;	       /* every mmap() */
	long fds, maps;	       /* open, mapped */
} calls;

static bool calls_refuse(void)
{
	calls.count++;
	if (!calls.fail_at || calls.count < calls.fail_at ||
	    (calls.count > calls.fail_at && !calls.sticky))
		return false;
	errno = calls.err;
	return true;
}

static bool calls_ends(const char *path)
{
	size_t len = strlen(path), end = calls.open ? strlen(calls.open) : 0;

	return end && len >= end && !strcmp(path + len - end, calls.open);
}

static int calls_open(const char *path, int flags, mode_t mode)
{
	int fd;

	if (calls_ends(path)) {
		errno = calls.err;
		return -1;
	}
	if (calls_refuse())
		return -1;
	fd = backend_system_calls.open(path, flags, mode);
	calls.fds += fd >= 0;
	return fd;
}

static int calls_close(int fd)
{
	calls.fds--;
	return backend_system_calls.close(fd);
}

static int calls_fstat(int fd, struct stat *st)
{
	return calls_refuse() ? -1 : backend_system_calls.fstat(fd, st);
}

static ssize_t calls_pread(int fd, void *buf, size_t len, off_t off)
{
	if (calls_refuse())
		return -1;
	return backend_system_calls.pread(fd, buf, len, off);
}

static ssize_t calls_pwrite(int fd, const void *buf, size_t len, off_t off)
{
	if (calls_refuse())
		return -1;
	return backend_system_calls.pwrite(fd, buf, len, off);
}

static ssize_t calls_readlink(const char *path, char *buf, size_t len)
{
	if (calls_refuse())
		return -1;
	return backend_system_calls.readlink(path, buf, len);
}

static int calls_mkdir(const char *path, mode_t mode)
{
	return calls_refuse() ? -1 : backend_system_calls.mkdir(path, mode);
}

static int calls_unlink(const char *path)
{
	return calls_refuse() ? -1 : backend_system_calls.unlink(path);
}

static int calls_ftruncate(int fd, off_t len)
{
	return calls_refuse() ? -1 : backend_system_calls.ftruncate(fd, len);
}

static int calls_lock(int fd, struct flock *lock)
{
	return calls_refuse() ? -1 : backend_system_calls.lock(fd, lock);
}

static DIR *calls_opendir(const char *path)
{
	return calls_refuse() ? NULL : backend_system_calls.opendir(path);
}

static void *calls_mmap(void *addr, size_t len, int prot, int flags, int fd,
			off_t off)
{
	void *ptr;

	if (calls.map) {
		errno = calls.err;
		return MAP_FAILED;
	}
	if (calls_refuse())
		return MAP_FAILED;
	ptr = backend_system_calls.mmap(addr, len, prot, flags, fd, off);
	calls.maps += ptr != MAP_FAILED;
	return ptr;
}

static int calls_munmap(void *addr, size_t len)
{
	calls.maps--;
	return backend_system_calls.munmap(addr, len);
}

static int calls_madvise(void *addr, size_t len, int advice)
{
	if (calls_refuse())
		return -1;
	return backend_system_calls.madvise(addr, len, advice);
}

static const struct backend_calls calls_table = {
	.open = calls_open,
	.close = calls_close,
	.fstat = calls_fstat,
	.pread = calls_pread,
	.pwrite = calls_pwrite,
	.readlink = calls_readlink,
	.mkdir = calls_mkdir,
	.unlink = calls_unlink,
	.ftruncate = calls_ftruncate,
	.lock = calls_lock,
	.opendir = calls_opendir,
	.mmap = calls_mmap,
	.munmap = calls_munmap,
	.madvise = calls_madvise,
};

/* From here on, call number @fail_at fails with @err; 0: none */
static void calls_arm(unsigned long fail_at, int err, bool sticky)
{
	calls.count = 0;
	calls.fail_at = fail_at;
	calls.err = err;
	calls.sticky = sticky;
	calls.open = NULL;
	calls.map = false;
	backend_calls = &calls_table;
}

/* None fails any more; what is open is still counted. */
static void calls_relent(void)
{
	calls.fail_at = 0;
	calls.open = NULL;
	calls.map = false;
}

#endif /* PRAMIN_TESTS_LIB_CALLS_H */
