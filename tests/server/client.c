// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A client of the server, for tests.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

void client_init(struct client *c, int fd)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->posted = true;
	pthread_mutex_init(&c->lock, NULL);
}

void client_fini(struct client *c)
{
	close(c->fd);
	pthread_mutex_destroy(&c->lock);
}

int client_bytes(struct client *c, const void *bytes, size_t count)
{
	const char *from = bytes;

	while (count) {
		ssize_t n = send(c->fd, from, count, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		count -= (size_t)n;
	}
	return 0;
}

int client_send(struct client *c, uint16_t command, uint32_t flags,
		const void *body, size_t bytes, const int *fds,
		unsigned int nfds)
{
	struct vfu_header h = { .id = ++c->id,
				.command = command,
				.size = (uint32_t)(sizeof(h) + bytes),
				.flags = flags };
	struct iovec iov[] = { { .iov_base = &h, .iov_len = sizeof(h) },
			       { .iov_len = bytes } };
	union {
		char bytes[CMSG_SPACE(64 * sizeof(int))];
		struct cmsghdr head;
	} control = { .bytes = { 0 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	memcpy(&iov[1].iov_base, &body, sizeof(body));
	if (nfds) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, nfds * sizeof(int));
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	}
	n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(h))
		return -EIO;
	/* A long one is taken in pieces. */
	n -= (ssize_t)sizeof(h);
	if ((size_t)n == bytes)
		return 0;
	return client_bytes(c, (const char *)body + n, bytes - (size_t)n);
}

static int receive(int fd, void *buf, size_t bytes)
{
	char *to = buf;

	while (bytes) {
		ssize_t n = recv(fd, to, bytes, MSG_WAITALL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && errno != ECONNRESET ? -errno : 0;
		to += n;
		bytes -= (size_t)n;
	}
	return 1;
}

int client_receive(struct client *c, struct reply *r)
{
	int ret = receive(c->fd, &r->head, sizeof(r->head));

	if (ret <= 0)
		return ret;
	if (r->head.size < sizeof(r->head) ||
	    r->head.size - sizeof(r->head) > sizeof(r->body) ||
	    (r->head.flags & VFU_TYPE) != VFU_REPLY)
		return -EPROTO;
	r->bytes = r->head.size - sizeof(r->head);
	return r->bytes ? receive(c->fd, r->body, r->bytes) : 1;
}

static int ask(struct client *c, uint16_t command, const void *body,
	       size_t bytes, struct reply *r)
{
	int ret = client_send(c, command, VFU_REQUEST, body, bytes, NULL, 0);

	if (ret)
		return ret;
	ret = client_receive(c, r);
	if (ret <= 0)
		return ret ? ret : -EPIPE;
	if (r->head.id != c->id || r->head.command != command)
		return -EPROTO;
	if (r->head.flags & VFU_ERROR)
		return r->bytes ? -EPROTO : -(int)r->head.error;
	return 0;
}

int client_ask(struct client *c, uint16_t command, const void *body,
	       size_t bytes, struct reply *r)
{
	int ret;

	pthread_mutex_lock(&c->lock);
	ret = ask(c, command, body, bytes, r);
	pthread_mutex_unlock(&c->lock);
	return ret;
}

int client_greet(struct client *c)
{
	static const char text[] = "\0\0\0\0{\"capabilities\":{}}";
	struct reply r;

	return client_ask(c, VFU_VERSION, text, sizeof(text), &r);
}

int client_read(struct client *c, uint32_t region, uint64_t off, void *buf,
		uint32_t count)
{
	struct vfu_region_access a = { off, region, count };
	struct reply r;
	int ret = client_ask(c, VFU_REGION_READ, &a, sizeof(a), &r);

	if (ret)
		return ret;
	if (r.bytes != sizeof(a) + count || memcmp(r.body, &a, sizeof(a)))
		return -EPROTO;
	memcpy(buf, r.body + sizeof(a), count);
	return 0;
}

static size_t pack_write(uint8_t *body, uint32_t region, uint64_t off,
			 const void *buf, uint32_t count)
{
	struct vfu_region_access a = { off, region, count };

	memcpy(body, &a, sizeof(a));
	memcpy(body + sizeof(a), buf, count);
	return sizeof(a) + count;
}

int client_write(struct client *c, uint32_t region, uint64_t off,
		 const void *buf, uint32_t count)
{
	struct vfu_region_access a = { off, region, count };
	uint8_t body[4096];
	struct reply r;
	int ret = client_ask(c, VFU_REGION_WRITE, body,
			     pack_write(body, region, off, buf, count), &r);

	if (ret)
		return ret;
	return r.bytes == sizeof(a) && !memcmp(r.body, &a, sizeof(a)) ? 0 :
									-EPROTO;
}

int client_decode(struct client *c)
{
	uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_IO;

	return client_write(c, VFU_CONFIG, PCI_COMMAND, &command, 2);
}

static int bar_in(void *io, uint32_t region, uint64_t off, unsigned int width,
		  uint64_t *val)
{
	uint64_t got = 0;
	int ret = client_read(io, region, off, &got, width);

	if (!ret)
		*val = got;
	return ret;
}

static int bar_out(void *io, uint32_t region, uint64_t off, unsigned int width,
		   uint64_t val)
{
	struct client *c = io;
	uint8_t body[32];
	int ret;

	if (!c->posted)
		return client_write(c, region, off, &val, width);
	pthread_mutex_lock(&c->lock);
	ret = client_send(c, VFU_REGION_WRITE, VFU_NO_REPLY, body,
			  pack_write(body, region, off, &val, width), NULL, 0);
	pthread_mutex_unlock(&c->lock);
	return ret;
}

static int io_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	return bar_in(io, VFU_BAR0, off, width, val);
}

static int io_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	return bar_out(io, VFU_BAR0, off, width, val);
}

static int io_config_read(void *io, uint32_t off, uint32_t *val)
{
	uint64_t got = 0;
	int ret = bar_in(io, VFU_CONFIG, off, 4, &got);

	*val = (uint32_t)got;
	return ret;
}

static uint32_t region_of(unsigned int bar)
{
	return bar == 1 ? VFU_BAR1 : VFU_BAR3;
}

static int io_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info)
{
	struct vfu_region_info i = { .argsz = sizeof(i),
				     .index = region_of(bar) };
	struct reply r;
	int ret = client_ask(io, VFU_GET_REGION_INFO, &i, sizeof(i), &r);

	if (ret)
		return ret;
	memcpy(&i, r.body, sizeof(i));
	memset(info, 0, sizeof(*info));
	info->bytes = i.size;
	info->write_combined = true;
	return 0;
}

static int io_bar_read(void *io, unsigned int bar, uint64_t off,
		       unsigned int width, uint64_t *val)
{
	return bar_in(io, region_of(bar), off, width, val);
}

static int io_bar_write(void *io, unsigned int bar, uint64_t off,
			unsigned int width, uint64_t val)
{
	return bar_out(io, region_of(bar), off, width, val);
}

const struct pramin_io_ops *client_ops(void)
{
	static const struct pramin_io_ops ops = {
		.name = "loopback",
		.read = io_read,
		.write = io_write,
		.config_read = io_config_read,
		.bar_info = io_bar_info,
		.bar_read = io_bar_read,
		.bar_write = io_bar_write,
	};

	return &ops;
}
