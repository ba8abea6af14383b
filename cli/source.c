// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where load and compare get bytes: a file, or a stream of a given length.
 *
 * The length is known before the GPU is opened, so that what does not fit is
 * refused as a whole.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define WAIT_MS 500

static int need_length(const struct cli *cli, const struct source *src)
{
	return cli_usage(cli,
			 "FILE '%s' is not a regular file, or does not tell "
			 "its length, so it has to be given: %s %s",
			 src->path, cli->cmd->name, cli->cmd->args);
}

/* Files of /proc and the like say 0 bytes and have some all the same. */
static bool has_size(int fd, const struct stat *st)
{
	char byte;

	return st->st_size || pread(fd, &byte, 1, 0) <= 0;
}

static int open_file(const struct cli *cli, struct source *src, bool has_len)
{
	struct stat st;

	/* Before open(): a FIFO without a writer blocks there. */
	if (stat(src->path, &st))
		return cli_fail_errno(cli, src->path, errno);
	if (S_ISDIR(st.st_mode))
		return cli_fail_errno(cli, src->path, EISDIR);
	if (!S_ISREG(st.st_mode) && !has_len)
		return need_length(cli, src);
	src->fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (src->fd < 0 || fstat(src->fd, &st))
		return cli_fail_errno(cli, src->path, errno);
	if (!S_ISREG(st.st_mode))
		return CLI_OK;
	if (!has_size(src->fd, &st))
		return has_len ? CLI_OK : need_length(cli, src);
	if (!has_len)
		src->len = (uint64_t)st.st_size;
	if (src->len > (uint64_t)st.st_size)
		return cli_usage(cli,
				 "LEN %" PRIu64 " is more than the %" PRIu64
				 " bytes of FILE '%s'",
				 src->len, (uint64_t)st.st_size, src->path);
	return CLI_OK;
}

/* @args: FILE [LEN]; source_close() is due even if this fails. */
int source_open(const struct cli *cli, struct source *src, int count,
		char **args)
{
	int code;

	memset(src, 0, sizeof(*src));
	src->path = args[0];
	src->fd = -1;
	if (count > 1) {
		code = cli_arg_number(cli, "LEN", args[1], &src->len);
		if (code)
			return code;
	}
	if (strcmp(src->path, "-") != 0)
		return open_file(cli, src, count > 1);
	if (count < 2)
		return cli_usage(cli,
				 "FILE '-' is standard input, whose "
				 "length has to be given: %s %s",
				 cli->cmd->name, cli->cmd->args);
	src->fd = STDIN_FILENO;
	return CLI_OK;
}

/* Return: 0 with *@got below @len at the end of the file, or negative. */
int source_read(const struct source *src, void *buf, size_t len, size_t *got)
{
	*got = 0;
	while (*got < len) {
		struct pollfd pfd = { .fd = src->fd, .events = POLLIN };
		ssize_t ret;

		/* A signal just before read() blocks would be missed. */
		if (cli_stopped())
			return -EINTR;
		ret = poll(&pfd, 1, WAIT_MS);
		if (ret < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (ret <= 0)
			continue;
		ret = read(src->fd, (char *)buf + *got, len - *got);
		if (ret == 0)
			return 0;
		if (ret < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (ret < 0)
			return -errno;
		*got += (size_t)ret;
	}
	return 0;
}

void source_close(struct source *src)
{
	if (src->fd > STDIN_FILENO)
		close(src->fd);
	src->fd = -1;
}
