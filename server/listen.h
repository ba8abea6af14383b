/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The socket: where it may be, and who may come.
 */
#ifndef PRAMIN_SERVER_LISTEN_H
#define PRAMIN_SERVER_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include <pramin/error.h>

/**
 * struct listener - a listening socket
 * @fd:   non-blocking
 * @path: of it, as given
 * @dev, @ino: which file it is, so that no other is removed
 * @made: its directory was made for it
 */
struct listener {
	int fd;
	const char *path;
	dev_t dev;
	ino_t ino;
	bool made;
};

/**
 * listen_open() - make the socket, mode 0600
 * @path: lives as long as @l
 * @l:    the result
 * @why:  filled on failure
 *
 * Its directory has to be the user's own, and nobody else may write there. If it
 * is absent it is made, mode 0700; its parent has to exist. A socket that is left
 * over from a server that was killed is replaced.
 *
 * Return: 0, -EINVAL: the path cannot be used, -EBUSY: another server listens
 * there, or another code of the system.
 */
int listen_open(const char *path, struct listener *l, struct pramin_why *why);

/**
 * listen_close() - remove the socket, if it is still this one, and its directory,
 * if that was made for it and is empty
 */
void listen_close(struct listener *l);

/** listen_accept() - a client's socket and process, or -EAGAIN, -EPERM, ... */
int listen_accept(const struct listener *l, pid_t *pid, uid_t *uid);

#endif /* PRAMIN_SERVER_LISTEN_H */
