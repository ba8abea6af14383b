// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The system's files: paths below the root, attributes, configuration space.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "pci.h"

#define DEVICES "sys/bus/pci/devices"

/* Attributes have one page at most; none that is read here is that long. */
#define FILE_MAX 4096u

/* What matters of longer lines stands in front. */
#define LINE_MAX 161u

static int path_of(char *path, size_t size, const char *format, va_list args)
{
	const char *root = secure_getenv("PRAMIN_SYSROOT");
	int head, tail;

	head = snprintf(path, size, "%s/", root ? root : "");
	if (head < 0 || (size_t)head >= size)
		return -ENAMETOOLONG;
	tail = vsnprintf(path + head, size - (size_t)head, format, args);
	return tail < 0 || (size_t)tail >= size - (size_t)head ? -ENAMETOOLONG :
								 0;
}

int pci_path(char *path, size_t size, const char *format, ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = path_of(path, size, format, args);
	va_end(args);
	return ret;
}

static int attr_path(char *path, size_t size, const char *addr,
		     const char *name)
{
	return pci_path(path, size, DEVICES "/%.*s/%s", (int)strcspn(addr, ","),
			addr, name);
}

static int open_path(const char *path, int flags)
{
	int fd = backend_calls->open(path, flags | O_CLOEXEC | O_NOCTTY, 0);

	return fd < 0 ? -errno : fd;
}

/* All of a file, from its beginning: an attribute is formed by each first read. */
static int read_all(int fd, char *text, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = backend_calls->pread(fd, text + used, size - used,
						 (off_t)used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) {
			text[used] = '\0';
			return (int)used;
		}
		used += (size_t)n;
	}
	return -E2BIG;
}

static int text_of(const char *path, char *text, size_t size)
{
	char buf[FILE_MAX];
	int fd = open_path(path, O_RDONLY | O_NONBLOCK), len;

	if (fd < 0)
		return fd;
	len = read_all(fd, buf, sizeof(buf));
	backend_calls->close(fd);
	if (len < 0)
		return len;
	while (len && strchr(" \t\n", buf[len - 1]))
		len--;
	if ((size_t)len >= size)
		return -E2BIG;
	if (memchr(buf, 0, (size_t)len))
		return -EINVAL;
	memcpy(text, buf, (size_t)len);
	text[len] = '\0';
	return 0;
}

int pci_file_text(const char *file, char *text, size_t size)
{
	char path[PCI_PATH_TEXT];
	int ret = pci_path(path, sizeof(path), "%s", file);

	return ret ? ret : text_of(path, text, size);
}

int pci_attr_text(const char *addr, const char *name, char *text, size_t size)
{
	char path[PCI_PATH_TEXT];
	int ret = attr_path(path, sizeof(path), addr, name);

	return ret ? ret : text_of(path, text, size);
}

int pci_attr_number(const char *addr, const char *name, uint64_t *val)
{
	char text[PCI_NAME_TEXT], *end;
	unsigned long long number;
	int ret = pci_attr_text(addr, name, text, sizeof(text));

	if (ret)
		return ret;
	errno = 0;
	number = strtoull(text, &end, 0);
	/* strtoull() takes signs and white space, which a kernel does not write. */
	if (errno || *end || text[0] < '0' || text[0] > '9')
		return -EINVAL;
	*val = number;
	return 0;
}

int pci_file_open(const char *file, int flags)
{
	char path[PCI_PATH_TEXT];
	int ret = pci_path(path, sizeof(path), "%s", file);

	return ret ? ret : open_path(path, flags);
}

int pci_each_line(const char *file, bool (*look)(void *ctx, const char *line),
		  void *ctx)
{
	int fd = pci_file_open(file, O_RDONLY | O_NONBLOCK);
	char chunk[FILE_MAX], line[LINE_MAX];
	bool over = false;
	size_t used = 0;
	off_t off = 0;
	ssize_t n, i;

	if (fd < 0)
		return fd;
	while (!over &&
	       (n = backend_calls->pread(fd, chunk, sizeof(chunk), off)) > 0) {
		off += n;
		for (i = 0; i < n && !over; i++) {
			if (chunk[i] != '\n') {
				if (used < sizeof(line) - 1)
					line[used++] = chunk[i];
				continue;
			}
			line[used] = '\0';
			used = 0;
			over = look(ctx, line);
		}
	}
	backend_calls->close(fd);
	return 0;
}

int pci_attr_open(const char *addr, const char *name, int flags)
{
	char path[PCI_PATH_TEXT];
	int ret = attr_path(path, sizeof(path), addr, name);

	return ret ? ret : open_path(path, flags);
}

int pci_attr_write(const char *addr, const char *name, const char *text)
{
	const size_t len = strlen(text);
	int fd = pci_attr_open(addr, name, O_WRONLY);
	ssize_t n;
	int ret = 0;

	if (fd < 0)
		return fd;
	do
		n = backend_calls->pwrite(fd, text, len, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		ret = -errno;
	else if ((size_t)n != len)
		ret = -EIO;
	backend_calls->close(fd);
	return ret;
}

int pci_attr_link(const char *addr, const char *name, char *text, size_t size)
{
	char path[PCI_PATH_TEXT], target[PCI_PATH_TEXT];
	const char *last;
	ssize_t len;
	int ret = attr_path(path, sizeof(path), addr, name);

	if (ret)
		return ret;
	len = backend_calls->readlink(path, target, sizeof(target));
	if (len < 0)
		return -errno;
	if ((size_t)len >= sizeof(target))
		return -E2BIG;
	target[len] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (!*last)
		return -EINVAL;
	if (strlen(last) >= size)
		return -E2BIG;
	memcpy(text, last, strlen(last) + 1);
	return 0;
}

/* Little-endian like the host, which types.h sees to */
static int config_read(int fd, uint32_t off, void *val, size_t len)
{
	ssize_t n;

	do
		n = backend_calls->pread(fd, val, len, (off_t)off);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int pci_config_read32(int fd, uint32_t off, uint32_t *val)
{
	return config_read(fd, off, val, sizeof(*val));
}

int pci_config_read16(int fd, uint32_t off, uint16_t *val)
{
	return config_read(fd, off, val, sizeof(*val));
}

int pci_config_write16(int fd, uint32_t off, uint16_t val)
{
	ssize_t n;

	do
		n = backend_calls->pwrite(fd, &val, sizeof(val), (off_t)off);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(val) ? 0 : -EIO;
}
