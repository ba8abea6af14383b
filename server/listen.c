// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The socket. Who may open it decides its directory, its mode, and, whatever
 * those two say, the kernel's word on who is at the other end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"

static int fail(struct pramin_why *why, int err, const char *next,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static int fail(struct pramin_why *why, int err, const char *next,
		const char *fmt, ...)
{
	va_list ap;

	why->reason = PRAMIN_REASON_ARGUMENT;
	va_start(ap, fmt);
	vsnprintf(why->what, sizeof(why->what), fmt, ap);
	va_end(ap);
	snprintf(why->next, sizeof(why->next), "%s", next);
	return err;
}

/* The directory of @path, in @dir, which is as large as a path */
static void directory(const char *path, char *dir, size_t size)
{
	const char *slash = strrchr(path, '/');
	int len = (int)(slash ? slash - path : 0);

	if (!slash)
		snprintf(dir, size, ".");
	else
		snprintf(dir, size, "%.*s", len ? len : 1, path);
}

static int check_directory(const char *path, bool *made, struct pramin_why *why)
{
	char dir[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct stat st;

	directory(path, dir, sizeof(dir));
	*made = !mkdir(dir, 0700);
	if (!*made && errno != EEXIST)
		return fail(why, -EINVAL, "make its parent first",
			    "cannot make the directory %.60s: %s", dir,
			    strerror(errno));
	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return fail(why, -EINVAL, "name another place",
			    "%.60s is not a directory", dir);
	if (st.st_uid != geteuid())
		return fail(why, -EINVAL,
			    "put the socket into a directory of your own",
			    "the directory %.60s belongs to another user", dir);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return fail(why, -EINVAL,
			    "put the socket into a directory that only you may "
			    "write to",
			    "others may write to the directory %.60s", dir);
	return 0;
}

static int check_path(const char *path, struct sockaddr_un *addr, bool *made,
		      struct pramin_why *why)
{
	const char *slash = strrchr(path, '/');

	if (!*path || (slash && !slash[1]))
		return fail(why, -EINVAL, "name a file",
			    "the path of the socket names no file");
	if (strlen(path) >= sizeof(addr->sun_path))
		return fail(why, -EINVAL, "choose a shorter one",
			    "the path of the socket has %zu bytes; it may have "
			    "%zu",
			    strlen(path), sizeof(addr->sun_path) - 1);
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, path, strlen(path));
	return check_directory(path, made, why);
}

/* What is at @addr already? 0 if nothing is, or nothing any more. */
static int make_room(const struct sockaddr_un *addr, struct pramin_why *why)
{
	const char *path = addr->sun_path;
	struct stat st;
	int fd, ret;

	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return fail(why, -EINVAL, "name another path, or remove it",
			    "%.80s exists and is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(why, -errno, "", "no socket: %s", strerror(errno));
	ret = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ?
		      -errno :
		      0;
	close(fd);
	if (ret != -ECONNREFUSED)
		return fail(why, -EBUSY,
			    "name another path, or end that server",
			    "another server listens on %.80s", path);
	if (unlink(path))
		return fail(why, -errno, "remove it",
			    "cannot replace the socket %.80s: %s", path,
			    strerror(errno));
	return 0;
}

int listen_open(const char *path, struct listener *l, struct pramin_why *why)
{
	struct sockaddr_un addr;
	struct stat st;
	mode_t mask;
	int ret;

	ret = check_path(path, &addr, &l->made, why);
	if (ret)
		return ret;
	ret = make_room(&addr, why);
	if (ret)
		return ret;
	l->path = path;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fail(why, -errno, "", "no socket: %s", strerror(errno));
	/* Nobody may connect between bind() and a chmod(). */
	mask = umask(0177);
	ret = bind(l->fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(mask);
	if (ret) {
		fail(why, ret, "name another path",
		     "cannot make the socket %.80s: %s", path, strerror(-ret));
		goto err_close;
	}
	if (lstat(path, &st) || listen(l->fd, 8)) {
		ret = fail(why, -errno, "", "cannot listen on %.80s: %s", path,
			   strerror(errno));
		goto err_unlink;
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;

err_unlink:
	unlink(path);
err_close:
	close(l->fd);
	return ret;
}

void listen_close(struct listener *l)
{
	char dir[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct stat st;

	if (!lstat(l->path, &st) && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	directory(l->path, dir, sizeof(dir));
	if (l->made)
		rmdir(dir);
	close(l->fd);
}

int listen_accept(const struct listener *l, pid_t *pid, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd;

	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	*pid = 0;
	*uid = (uid_t)-1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len)) {
		close(fd);
		return -EPERM;
	}
	*pid = cred.pid;
	*uid = cred.uid;
	if (cred.uid != geteuid() && cred.uid) {
		close(fd);
		return -EPERM;
	}
	return fd;
}
