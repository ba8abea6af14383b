/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A stream of messages over a socket, with descriptors beside them.
 *
 * Many messages come with one system call, since writes come without waiting for
 * replies. Descriptors come with the byte that they were sent with, and the kernel
 * ends what it hands over behind the piece that had them: so they belong to the
 * last message that begins in there.
 */
#ifndef PRAMIN_SERVER_CONN_H
#define PRAMIN_SERVER_CONN_H

#include "vfu.h"

/**
 * struct conn - one end of a connection
 * @fd:     a stream socket
 * @buf:    of @room bytes; @head to @tail have come and wait
 * @at:     how many bytes of the stream are before @head
 * @fds:    @nfds descriptors that wait, for the message that begins at @fds_at
 */
struct conn {
	int fd;
	uint8_t *buf;
	size_t room, head, tail;
	uint64_t at;
	int fds[VFU_FDS_MAX];
	unsigned int nfds;
	uint64_t fds_at;
};

/**
 * struct message - one that has come
 * @head: its header
 * @body: what follows, valid until the next call
 * @bytes: of @body
 * @fds:  descriptors that came with it; who takes one sets it to -1
 * @nfds: how many
 */
struct message {
	struct vfu_header head;
	const uint8_t *body;
	size_t bytes;
	int fds[VFU_FDS_MAX];
	unsigned int nfds;
};

/** conn_init() - takes over @fd; 0, or -ENOMEM, and then it does not */
int conn_init(struct conn *c, int fd);

/** conn_fini() - closes all that is open */
void conn_fini(struct conn *c);

/**
 * conn_next() - wait for the next message
 * @c:   a connection
 * @msg: the result; end with conn_done()
 *
 * Return: 1, 0 if the other end has closed it between two messages, or
 *   -EPROTO  in the midst of one; its size is impossible; more descriptors than
 *            %VFU_FDS_MAX, or some that belong to no message
 *   another code of recvmsg()
 */
int conn_next(struct conn *c, struct message *msg);

/** conn_done() - closes the descriptors that nobody took */
void conn_done(struct message *msg);

/** conn_send() - all @bytes of @buf; 0 or a negative errno value */
int conn_send(struct conn *c, const void *buf, size_t bytes);

#endif /* PRAMIN_SERVER_CONN_H */
