// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A stream of messages. The buffer holds the longest message and some; what has
 * come in part is moved to its beginning when the rest would not fit.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"

#define PIECE (64u << 10) /* the most that one system call brings */

int conn_init(struct conn *c, int fd)
{
	memset(c, 0, sizeof(*c));
	c->room = VFU_BYTES_MAX + PIECE;
	c->buf = malloc(c->room);
	if (!c->buf)
		return -ENOMEM;
	c->fd = fd;
	return 0;
}

void conn_fini(struct conn *c)
{
	while (c->nfds)
		close(c->fds[--c->nfds]);
	close(c->fd);
	free(c->buf);
}

static size_t waiting(const struct conn *c)
{
	return c->tail - c->head;
}

/* The header at byte @from of what waits; false: not all of it has come */
static bool header_at(const struct conn *c, size_t from, struct vfu_header *h)
{
	if (waiting(c) - from < sizeof(*h))
		return false;
	memcpy(h, c->buf + c->head + from, sizeof(*h));
	return true;
}

static bool size_ok(const struct vfu_header *h)
{
	return h->size >= sizeof(*h) && h->size <= VFU_BYTES_MAX;
}

/*
 * Where the last message that has begun to come begins, of those after the first
 * @known bytes that wait; false: none does.
 */
static bool last_start(const struct conn *c, size_t known, size_t *start)
{
	struct vfu_header h;
	size_t from = 0;
	bool found = false;

	while (from < waiting(c)) {
		if (from >= known) {
			*start = from;
			found = true;
		}
		if (!header_at(c, from, &h) || !size_ok(&h))
			break;
		from += h.size;
	}
	return found;
}

static void take_fds(struct msghdr *m, int *fds, unsigned int *nfds)
{
	struct cmsghdr *cmsg;

	*nfds = 0;
	for (cmsg = CMSG_FIRSTHDR(m); cmsg; cmsg = CMSG_NXTHDR(m, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		*nfds = (unsigned int)((cmsg->cmsg_len - CMSG_LEN(0)) /
				       sizeof(int));
		memcpy(fds, CMSG_DATA(cmsg), *nfds * sizeof(int));
	}
}

/* Descriptors have come with what is behind the first @known bytes. */
static int keep_fds(struct conn *c, const int *fds, unsigned int nfds,
		    size_t known)
{
	size_t start;

	if (c->nfds || !last_start(c, known, &start)) {
		while (nfds)
			close(fds[--nfds]);
		return -EPROTO;
	}
	memcpy(c->fds, fds, nfds * sizeof(*fds));
	c->nfds = nfds;
	c->fds_at = c->at + start;
	return 0;
}

/* One system call; 1, 0 at the end of the stream, or an error */
static int fill(struct conn *c)
{
	union {
		char bytes[CMSG_SPACE(VFU_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	size_t known = waiting(c);
	struct iovec iov = { .iov_base = c->buf + c->tail, .iov_len = PIECE };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	int fds[VFU_FDS_MAX], ret;
	unsigned int nfds;
	ssize_t n;

	do
		n = recvmsg(c->fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	c->tail += (size_t)n;
	take_fds(&m, fds, &nfds);
	if (nfds) {
		ret = keep_fds(c, fds, nfds, known);
		if (ret)
			return ret;
	}
	if (m.msg_flags & MSG_CTRUNC)
		return -EPROTO;
	return n > 0;
}

/* Wait until @bytes are there. */
static int want(struct conn *c, size_t bytes)
{
	int ret;

	while (waiting(c) < bytes) {
		if (c->head && c->room - c->tail < PIECE) {
			memmove(c->buf, c->buf + c->head, waiting(c));
			c->tail -= c->head;
			c->head = 0;
		}
		ret = fill(c);
		if (ret < 0)
			return ret;
		if (!ret)
			return waiting(c) ? -EPROTO : 0;
	}
	return 1;
}

static void hand_fds(struct conn *c, struct message *msg)
{
	msg->nfds = 0;
	if (!c->nfds || c->fds_at != c->at)
		return;
	memcpy(msg->fds, c->fds, c->nfds * sizeof(*c->fds));
	msg->nfds = c->nfds;
	c->nfds = 0;
}

int conn_next(struct conn *c, struct message *msg)
{
	int ret;

	if (c->head == c->tail) {
		c->head = 0;
		c->tail = 0;
	}
	ret = want(c, sizeof(msg->head));
	if (ret <= 0)
		return ret;
	header_at(c, 0, &msg->head);
	if (!size_ok(&msg->head))
		return -EPROTO;
	ret = want(c, msg->head.size);
	if (ret <= 0)
		return ret ? ret : -EPROTO;
	msg->body = c->buf + c->head + sizeof(msg->head);
	msg->bytes = msg->head.size - sizeof(msg->head);
	hand_fds(c, msg);
	c->head += msg->head.size;
	c->at += msg->head.size;
	return 1;
}

void conn_done(struct message *msg)
{
	while (msg->nfds--)
		if (msg->fds[msg->nfds] >= 0)
			close(msg->fds[msg->nfds]);
	msg->nfds = 0;
}

int conn_send(struct conn *c, const void *buf, size_t bytes)
{
	const uint8_t *from = buf;

	while (bytes) {
		ssize_t n = send(c->fd, from, bytes, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		bytes -= (size_t)n;
	}
	return 0;
}
