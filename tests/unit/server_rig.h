/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A modelled card, a thread that serves it, and a client at the other end of a
 * socket pair.
 */
#ifndef PRAMIN_TESTS_SERVER_RIG_H
#define PRAMIN_TESTS_SERVER_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../server/device.h"
#include "../../server/session.h"
#include "../server/client.h"
#include "check.h"

#define MIB (1024ull * 1024)

struct server_rig {
	struct device *device;
	struct client client;
	struct pramin_why why;
	pthread_t thread;
	int fd;		   /* the server's end */
	bool serving;
	const char *ended; /* what session_serve() said */
};

static inline void *server_rig_main(void *arg)
{
	struct server_rig *r = arg;

	r->ended = session_serve(r->device, r->fd);
	return NULL;
}

/* One more client of the card, which has said nothing yet */
static inline int server_rig_connect(struct server_rig *r)
{
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	client_init(&r->client, fds[0]);
	r->fd = fds[1];
	r->ended = "not ended";
	CHECK_EQ(pthread_create(&r->thread, NULL, server_rig_main, r), 0);
	r->serving = true;
	return 0;
}

/* The client goes, or has been sent away; what the server says of it */
static inline const char *server_rig_leave(struct server_rig *r)
{
	client_fini(&r->client);
	pthread_join(r->thread, NULL);
	r->serving = false;
	return r->ended;
}

static inline int server_rig_device(struct server_rig *r,
				    const struct device_params *params)
{
	memset(r, 0, sizeof(*r));
	if (device_create(params, &r->device, &r->why)) {
		printf("%s: %s\n", params->chip, r->why.what);
		return CHECK_FAILED;
	}
	return 0;
}

/* A card of @chip, and a client that has said nothing yet */
static inline int server_rig_begin(struct server_rig *r, const char *chip,
				   uint64_t vram)
{
	const struct device_params params = { .chip = chip, .vram = vram };

	CHECK_EQ(server_rig_device(r, &params), 0);
	return server_rig_connect(r);
}

/* And one that may access it */
static inline int server_rig_open(struct server_rig *r, const char *chip,
				  uint64_t vram)
{
	CHECK_EQ(server_rig_begin(r, chip, vram), 0);
	CHECK_EQ(client_greet(&r->client), 0);
	CHECK_EQ(client_decode(&r->client), 0);
	return 0;
}

static inline int server_rig_close(struct server_rig *r)
{
	if (r->serving)
		server_rig_leave(r);
	return device_destroy(r->device);
}

/* Descriptors that are open in this process */
static inline unsigned int server_rig_fds(void)
{
	unsigned int count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif /* PRAMIN_TESTS_SERVER_RIG_H */
