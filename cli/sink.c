// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where dump puts bytes: a file, or a stream.
 *
 * A file appears under its name only when it is complete. Until then the bytes
 * are in FILE.part, which is locked, so that two dumps to one FILE do not mix.
 * Runs of zeros are left out of the file as holes. What is not a regular file
 * (a pipe, /dev/null) is written directly; a terminal gets a hexdump.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define PIECE (64u << 10)

static int refuse_images(const struct cli *cli, const struct sink *sink)
{
	if (cli_is_image(cli, sink->real))
		return cli_refuse_image(cli, sink->path);
	if (cli_is_image(cli, sink->part))
		return cli_refuse_image(cli, sink->part);
	return CLI_OK;
}

static int check_file(const struct cli *cli, struct sink *sink)
{
	int ret;

	/* A link keeps pointing where it points: its target is replaced. */
	sink->real = sink->exists ? realpath(sink->path, NULL) :
				    strdup(sink->path);
	if (!sink->real)
		return cli_fail_errno(cli, sink->path, errno);
	if (sink->exists && faccessat(AT_FDCWD, sink->real, W_OK, AT_EACCESS))
		return cli_fail_errno(cli, sink->path, errno);
	ret = asprintf(&sink->part, "%s.part", sink->real);
	if (ret < 0) {
		sink->part = NULL;
		return cli_fail_errno(cli, sink->path, ENOMEM);
	}
	ret = refuse_images(cli, sink);
	if (ret)
		return ret;
	/* Could it be made? For dry runs, and before the GPU opens. */
	ret = cli_dir_usable(sink->part);
	return ret ? cli_fail_errno(cli, sink->path, ret) : CLI_OK;
}

/* Without side effects; sink_drop() is due even if this fails. */
int sink_check(const struct cli *cli, struct sink *sink, const char *path)
{
	struct stat st;

	memset(sink, 0, sizeof(*sink));
	sink->fd = -1;
	if (!path || !strcmp(path, "-")) {
		sink->fd = STDOUT_FILENO;
		sink->hex = isatty(STDOUT_FILENO);
		return CLI_OK;
	}
	sink->path = path;
	if (!*path)
		return cli_fail_errno(cli, path, ENOENT);
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return cli_fail_errno(cli, path, EISDIR);
		if (!S_ISREG(st.st_mode))
			return CLI_OK;
		sink->exists = true;
		sink->mode = st.st_mode & 0777;
	} else if (errno != ENOENT) {
		return cli_fail_errno(cli, path, errno);
	} else if (lstat(path, &st) == 0) {
		return cli_usage(cli,
				 "FILE '%s' is a link to a file that does not "
				 "exist; name that file, or remove the link",
				 path);
	}
	return check_file(cli, sink);
}

static int open_part(const struct cli *cli, struct sink *sink)
{
	struct stat st;
	int fd, code;

	/* Opening the GPU may have created it. */
	code = refuse_images(cli, sink);
	if (code)
		return code;
	fd = open(sink->part,
		  O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
			  O_CLOEXEC,
		  0666);
	if (fd < 0)
		return cli_fail_errno(cli, sink->part, errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return cli_usage(cli,
				 "FILE '%s' is in the way: it is not a "
				 "regular file",
				 sink->part);
	}
	/* Whoever held the lock before may have renamed the file meanwhile. */
	if (flock(fd, LOCK_EX | LOCK_NB) || !cli_same_file(&st, sink->part)) {
		close(fd);
		cli_error(cli, "FILE '%s' is being written by another dump",
			  sink->part);
		return CLI_FAIL;
	}
	if (ftruncate(fd, 0) || (sink->exists && fchmod(fd, sink->mode))) {
		close(fd);
		return cli_fail_errno(cli, sink->part, errno);
	}
	sink->fd = fd;
	return CLI_OK;
}

int sink_create(const struct cli *cli, struct sink *sink)
{
	if (!sink->path)
		return CLI_OK;
	if (sink->part)
		return open_part(cli, sink);
	sink->fd = open(sink->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (sink->fd < 0)
		return cli_fail_errno(cli, sink->path, errno);
	if (isatty(sink->fd))
		return cli_usage(cli,
				 "FILE '%s' is a terminal; without FILE "
				 "it gets a hexdump",
				 sink->path);
	return CLI_OK;
}

static bool all_zero(const uint8_t *buf, size_t len)
{
	return buf[0] == 0 && !memcmp(buf, buf + 1, len - 1);
}

/*
 * The file is empty at first, so zeros that are left out are zeros too. Looking
 * at 64 KiB at a time keeps the holes few and large.
 */
static int write_sparse(struct sink *sink, const uint8_t *buf, size_t len)
{
	while (len) {
		size_t n = PIECE - sink->done % PIECE;
		ssize_t ret;

		if (n > len)
			n = len;
		if (all_zero(buf, n)) {
			ret = (ssize_t)n;
		} else {
			ret = pwrite(sink->fd, buf, n, (off_t)sink->done);
			if (ret < 0 && errno != EINTR)
				return -errno;
			if (ret < 0)
				continue;
		}
		buf += ret;
		len -= (size_t)ret;
		sink->done += (uint64_t)ret;
	}
	return 0;
}

/* @vram_pa is only shown. Return: 0 or negative, for standard output too. */
int sink_write(struct sink *sink, uint64_t vram_pa, const uint8_t *buf,
	       size_t len)
{
	int ret;

	if (sink->part)
		return write_sparse(sink, buf, len);
	if (sink->hex) {
		out_hexdump(vram_pa, buf, len);
		ret = out_error();
	} else if (!sink->path) {
		ret = out_bytes(buf, len);
	} else {
		ret = cli_write_fd(sink->fd, buf, len);
	}
	if (!ret)
		sink->done += len;
	return ret;
}

/* The name, not only the bytes, survives a power cut. Best effort. */
static void sync_dir(const char *path)
{
	char *dir = cli_dir_of(path);
	int fd;

	if (!dir)
		return;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int sink_finish(const struct cli *cli, struct sink *sink)
{
	if (!sink->part)
		return CLI_OK;
	if (ftruncate(sink->fd, (off_t)sink->done) || fsync(sink->fd) ||
	    rename(sink->part, sink->real)) {
		cli_error(cli, "FILE '%s': %s", sink->path, strerror(errno));
		return CLI_FAIL;
	}
	sync_dir(sink->real);
	close(sink->fd);
	sink->fd = -1;
	return CLI_OK;
}

/* Let go; if sink_finish() has not succeeded, say what is left behind. */
void sink_drop(const struct cli *cli, struct sink *sink)
{
	if (sink->part && sink->fd >= 0) {
		if (!sink->done)
			unlink(sink->part);
		else if (ftruncate(sink->fd, (off_t)sink->done) == 0)
			cli_error(cli, "'%s' holds the first %" PRIu64 " bytes",
				  sink->part, sink->done);
		else
			cli_error(cli, "'%s' is incomplete", sink->part);
	}
	if (sink->path && sink->fd >= 0)
		close(sink->fd);
	free(sink->part);
	free(sink->real);
	memset(sink, 0, sizeof(*sink));
	sink->fd = -1;
}
