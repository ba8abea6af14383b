/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The system calls of the backends that reach hardware, as a table, so that a test
 * can make each of them fail in turn.
 */
#ifndef PRAMIN_LIB_BACKEND_CALLS_H
#define PRAMIN_LIB_BACKEND_CALLS_H

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* As the functions of these names, errno included */
struct backend_calls {
	int (*open)(const char *path, int flags, mode_t mode);
	int (*close)(int fd);
	int (*fstat)(int fd, struct stat *st);
	ssize_t (*pread)(int fd, void *buf, size_t len, off_t off);
	ssize_t (*pwrite)(int fd, const void *buf, size_t len, off_t off);
	ssize_t (*readlink)(const char *path, char *buf, size_t len);
	int (*mkdir)(const char *path, mode_t mode);
	int (*unlink)(const char *path);
	int (*ftruncate)(int fd, off_t len);
	/* An OFD lock: fcntl() with F_OFD_SETLK */
	int (*lock)(int fd, struct flock *lock);
	DIR *(*opendir)(const char *path);
	void *(*mmap)(void *addr, size_t len, int prot, int flags, int fd,
		      off_t off);
	int (*munmap)(void *addr, size_t len);
	int (*madvise)(void *addr, size_t len, int advice);
	int (*ioctl)(int fd, unsigned long request, void *arg);
	int (*eventfd)(unsigned int value, int flags);
};

/* The system's own; only a test, with one thread, puts others in their place. */
extern const struct backend_calls backend_system_calls;
extern const struct backend_calls *backend_calls;

#endif /* PRAMIN_LIB_BACKEND_CALLS_H */
