// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The system calls themselves. Names that a C library makes macros of, or that take
 * a variable list, need a function.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"

static int call_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags, mode);
}

static int call_fstat(int fd, struct stat *st)
{
	return fstat(fd, st);
}

static int call_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

static int call_lock(int fd, struct flock *lock)
{
	return fcntl(fd, F_OFD_SETLK, lock);
}

const struct backend_calls backend_system_calls = {
	.open = call_open,
	.close = close,
	.fstat = call_fstat,
	.pread = pread,
	.pwrite = pwrite,
	.readlink = readlink,
	.mkdir = mkdir,
	.unlink = unlink,
	.ftruncate = ftruncate,
	.lock = call_lock,
	.opendir = opendir,
	.mmap = mmap,
	.munmap = munmap,
	.madvise = madvise,
	.ioctl = call_ioctl,
	.eventfd = eventfd,
};

const struct backend_calls *backend_calls = &backend_system_calls;
