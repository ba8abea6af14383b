/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A client of the server, for tests: raw messages, and on top of them a backend
 * for pramin_open_io(), so that the library meets the modelled card without QEMU.
 *
 * Written against the protocol's specification: it shares the numbers of
 * server/vfu.h with the server and no code.
 */
#ifndef PRAMIN_TESTS_SERVER_CLIENT_H
#define PRAMIN_TESTS_SERVER_CLIENT_H

#include <pthread.h>

#include <pramin/pramin.h>

#include "../../server/vfu.h"

/* One end of a connection; calls of the backend may come from any thread. */
struct client {
	int fd;
	uint16_t id; /* of the last message */
	pthread_mutex_t lock;
	bool posted; /* writes ask for no reply, as QEMU's do */
};

/* What came back */
struct reply {
	struct vfu_header head;
	uint8_t body[4096];
	size_t bytes;
};

void client_init(struct client *c, int fd);

/** client_fini() - closes the connection */
void client_fini(struct client *c);

/** client_bytes() - send whatever it is; 0 or a negative errno value */
int client_bytes(struct client *c, const void *bytes, size_t count);

/** client_send() - a message, with descriptors if @nfds is not 0 */
int client_send(struct client *c, uint16_t command, uint32_t flags,
		const void *body, size_t bytes, const int *fds,
		unsigned int nfds);

/**
 * client_receive() - the next reply
 *
 * Return: 1, 0 if the server has closed the connection, or a negative errno value;
 * -EPROTO if what came is no reply.
 */
int client_receive(struct client *c, struct reply *reply);

/** client_ask() - both: 0, the error of the reply, or -EPIPE: it is closed */
int client_ask(struct client *c, uint16_t command, const void *body,
	       size_t bytes, struct reply *reply);

/** client_greet() - agree on the version */
int client_greet(struct client *c);

/** client_read(), client_write() - @count bytes, up to 4000; with a reply */
int client_read(struct client *c, uint32_t region, uint64_t off, void *buf,
		uint32_t count);
int client_write(struct client *c, uint32_t region, uint64_t off,
		 const void *buf, uint32_t count);

/** client_decode() - switch memory and port decoding on */
int client_decode(struct client *c);

/** client_ops() - the backend; its io argument is a client that was greeted */
const struct pramin_io_ops *client_ops(void);

#endif /* PRAMIN_TESTS_SERVER_CLIENT_H */
