// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files and their directories, and write() to anything: pipes, terminals, files.
 *
 * A signal may arrive just before a call that blocks. So nothing here blocks:
 * pipes are waited for with a limit, and the stop flag is looked at in
 * between.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define WAIT_MS 500
/* What a pipe that polls as writable takes without blocking: PIPE_BUF */
#define PIPE_PIECE 4096

/* The directory of @path, for the caller to free, or NULL */
char *cli_dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, (size_t)(slash - path) + 1);
}

/* Could a file be made beside @path? Return: 0 or an errno value */
int cli_dir_usable(const char *path)
{
	char *dir = cli_dir_of(path);
	int ret = 0;

	if (!dir || faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS))
		ret = errno;
	free(dir);
	return ret;
}

static bool never_blocks(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int cli_write_fd(int fd, const void *buf, size_t len)
{
	bool at_once = never_blocks(fd);
	const char *p = buf;

	while (len) {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };
		size_t n = len;
		ssize_t ret;

		if (cli_stopped())
			return -EINTR;
		if (!at_once) {
			int ready = poll(&pfd, 1, WAIT_MS);

			if (ready < 0 && errno != EINTR && errno != EAGAIN)
				return -errno;
			if (ready <= 0)
				continue;
			if (n > PIPE_PIECE)
				n = PIPE_PIECE;
		}
		ret = write(fd, p, n);
		if (ret < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return -errno;
		}
		p += ret;
		len -= (size_t)ret;
	}
	return 0;
}
