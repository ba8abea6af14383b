// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a client asks, and what it is answered.
 *
 * A message whose form is wrong (its length, descriptors that do not belong there,
 * the order) ends the connection: who sends it speaks another language, and where
 * the next one begins is not certain. What has the right form and asks for something
 * impossible is answered with an errno value.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "session.h"

/* A range that the client lets the device access; the device never does. */
struct dma {
	uint64_t address, size;
};

struct session {
	struct device *device;
	struct conn conn;
	bool greeted;
	struct dma *dma; /* VFU_DMA_MAX of them */
	unsigned int ndma;
	uint8_t *reply; /* header, then body, of VFU_BYTES_MAX */
};

/*
 * Answers one message: the length of the reply's body, which stands behind its
 * header in @s->reply, or a negative errno value for the client, or MALFORMED.
 */
typedef int (*handler)(struct session *s, struct message *msg);

#define MALFORMED INT32_MIN

static uint8_t *body(struct session *s)
{
	return s->reply + sizeof(struct vfu_header);
}

static int put(struct session *s, const void *data, size_t bytes)
{
	memcpy(body(s), data, bytes);
	return (int)bytes;
}

static int on_version(struct session *s, struct message *msg)
{
	struct vfu_version v;
	int n;

	if (msg->bytes < sizeof(v) || s->greeted)
		return MALFORMED;
	memcpy(&v, msg->body, sizeof(v));
	if (msg->bytes > sizeof(v) && msg->body[msg->bytes - 1])
		return MALFORMED;
	if (v.major)
		return -EPROTONOSUPPORT;
	v.minor = 0;
	memcpy(body(s), &v, sizeof(v));
	n = snprintf((char *)body(s) + sizeof(v), 256,
		     "{\"capabilities\":{\"max_msg_fds\":%u,"
		     "\"max_data_xfer_size\":%u,\"max_dma_maps\":%u,"
		     "\"pgsizes\":4096}}",
		     VFU_FDS_MAX, VFU_DATA_MAX, VFU_DMA_MAX);
	s->greeted = true;
	return (int)sizeof(v) + n + 1;
}

static bool overlaps(const struct dma *a, uint64_t address, uint64_t size)
{
	return address < a->address + a->size && a->address < address + size;
}

static int on_dma_map(struct session *s, struct message *msg)
{
	struct vfu_dma_map map;
	unsigned int i;

	if (msg->bytes != sizeof(map) || msg->nfds > 1)
		return MALFORMED;
	memcpy(&map, msg->body, sizeof(map));
	if (!map.size || map.address > UINT64_MAX - map.size ||
	    map.offset > UINT64_MAX - map.size)
		return -EINVAL;
	for (i = 0; i < s->ndma; i++)
		if (overlaps(&s->dma[i], map.address, map.size))
			return -EEXIST;
	if (s->ndma == VFU_DMA_MAX)
		return -ENOSPC;
	s->dma[s->ndma++] = (struct dma){ map.address, map.size };
	/* The descriptor is closed: no access will need it. */
	return 0;
}

static int on_dma_unmap(struct session *s, struct message *msg)
{
	struct vfu_dma_unmap map;
	unsigned int i;

	if (msg->bytes != sizeof(map) || msg->nfds)
		return MALFORMED;
	memcpy(&map, msg->body, sizeof(map));
	if (map.flags & ~VFU_UNMAP_ALL)
		return -EINVAL;
	if (map.flags & VFU_UNMAP_ALL) {
		if (map.address || map.size)
			return -EINVAL;
		s->ndma = 0;
		return put(s, &map, sizeof(map));
	}
	for (i = 0; i < s->ndma; i++) {
		if (s->dma[i].address != map.address ||
		    s->dma[i].size != map.size)
			continue;
		s->dma[i] = s->dma[--s->ndma];
		return put(s, &map, sizeof(map));
	}
	return -ENOENT;
}

static int on_device_info(struct session *s, struct message *msg)
{
	struct vfu_device_info info;

	if (msg->bytes != sizeof(info) || msg->nfds)
		return MALFORMED;
	memcpy(&info, msg->body, sizeof(info));
	if (info.argsz < sizeof(info))
		return -EINVAL;
	info = (struct vfu_device_info){ .argsz = sizeof(info),
					 .flags = VFU_DEVICE_RESETS |
						  VFU_DEVICE_PCI,
					 .regions = VFU_REGIONS,
					 .irqs = VFU_IRQS };
	return put(s, &info, sizeof(info));
}

static int on_region_info(struct session *s, struct message *msg)
{
	struct vfu_region_info info;
	uint32_t index;

	if (msg->bytes != sizeof(info) || msg->nfds)
		return MALFORMED;
	memcpy(&info, msg->body, sizeof(info));
	index = info.index;
	if (info.argsz < sizeof(info) || index >= VFU_REGIONS)
		return -EINVAL;
	info = (struct vfu_region_info){ .argsz = sizeof(info),
					 .index = index };
	info.size = device_region_bytes(s->device, index);
	if (info.size)
		info.flags = VFU_REGION_CAN_READ;
	if (info.size && index != VFU_ROM)
		info.flags |= VFU_REGION_CAN_WRITE;
	return put(s, &info, sizeof(info));
}

static uint32_t irq_count(uint32_t index)
{
	return index == VFU_INTX || index == VFU_MSI;
}

static int on_irq_info(struct session *s, struct message *msg)
{
	struct vfu_irq_info info;
	uint32_t index;

	if (msg->bytes != sizeof(info) || msg->nfds)
		return MALFORMED;
	memcpy(&info, msg->body, sizeof(info));
	index = info.index;
	if (info.argsz < sizeof(info) || index >= VFU_IRQS)
		return -EINVAL;
	info = (struct vfu_irq_info){ .argsz = sizeof(info), .index = index };
	info.count = irq_count(index);
	if (index == VFU_INTX)
		info.flags = VFU_IRQ_EVENTFD | VFU_IRQ_MASKABLE |
			     VFU_IRQ_AUTOMASKED;
	else if (index == VFU_MSI)
		info.flags = VFU_IRQ_EVENTFD | VFU_IRQ_NORESIZE;
	return put(s, &info, sizeof(info));
}

/* The action, for the one interrupt that each kind has */
static int irq_act(struct session *s, const struct vfu_irq_set *set,
		   struct message *msg)
{
	struct intr *intr = &s->device->intr;
	uint32_t action = set->flags & VFU_SET_ACTION;

	if (set->flags & VFU_SET_EVENTFD) {
		if (action != VFU_SET_TRIGGER)
			return -EOPNOTSUPP;
		intr_set_fd(intr, set->index, msg->nfds ? msg->fds[0] : -1);
		if (msg->nfds)
			msg->fds[0] = -1;
	} else if (action == VFU_SET_TRIGGER) {
		intr_trigger(intr, set->index);
	} else if (set->index != VFU_INTX) {
		return -EOPNOTSUPP;
	} else {
		intr->masked = action == VFU_SET_MASK;
	}
	device_update(s->device);
	return 0;
}

static bool one_bit(uint32_t bits)
{
	return bits && !(bits & (bits - 1));
}

static int on_set_irqs(struct session *s, struct message *msg)
{
	struct vfu_irq_set set;
	size_t more = msg->bytes - sizeof(set);

	if (msg->bytes < sizeof(set))
		return MALFORMED;
	memcpy(&set, msg->body, sizeof(set));
	if (msg->nfds && !(set.flags & VFU_SET_EVENTFD))
		return MALFORMED;
	if (more != (set.flags & VFU_SET_BOOL ? set.count : 0))
		return MALFORMED;
	if (!one_bit(set.flags & VFU_SET_DATA) ||
	    !one_bit(set.flags & VFU_SET_ACTION) ||
	    set.flags & ~(VFU_SET_DATA | VFU_SET_ACTION) ||
	    set.index >= VFU_IRQS)
		return -EINVAL;
	/* None of nothing: the kind is switched off. */
	if (!set.count && !set.start && set.flags & VFU_SET_NONE &&
	    set.flags & VFU_SET_TRIGGER) {
		if (irq_count(set.index))
			intr_set_fd(&s->device->intr, set.index, -1);
		return 0;
	}
	if (set.start || set.count != 1 || !irq_count(set.index) ||
	    msg->nfds > set.count)
		return -EINVAL;
	if (set.flags & VFU_SET_BOOL && !msg->body[sizeof(set)])
		return 0;
	return irq_act(s, &set, msg);
}

static int on_read(struct session *s, struct message *msg)
{
	struct vfu_region_access a;
	int ret;

	if (msg->bytes != sizeof(a) || msg->nfds)
		return MALFORMED;
	memcpy(&a, msg->body, sizeof(a));
	if (a.count > VFU_DATA_MAX)
		return -EINVAL;
	ret = device_read(s->device, a.region, a.offset, body(s) + sizeof(a),
			  a.count);
	if (ret)
		return ret;
	put(s, &a, sizeof(a));
	return (int)(sizeof(a) + a.count);
}

static int on_write(struct session *s, struct message *msg)
{
	struct vfu_region_access a;
	int ret;

	if (msg->bytes < sizeof(a) || msg->nfds)
		return MALFORMED;
	memcpy(&a, msg->body, sizeof(a));
	if (msg->bytes - sizeof(a) != a.count)
		return MALFORMED;
	ret = device_write(s->device, a.region, a.offset, msg->body + sizeof(a),
			   a.count);
	return ret ? ret : put(s, &a, sizeof(a));
}

static int on_reset(struct session *s, struct message *msg)
{
	if (msg->bytes || msg->nfds)
		return MALFORMED;
	device_reset(s->device);
	return 0;
}

static handler handler_of(uint16_t command)
{
	static const handler handlers[] = {
		[VFU_VERSION] = on_version,
		[VFU_DMA_MAP] = on_dma_map,
		[VFU_DMA_UNMAP] = on_dma_unmap,
		[VFU_DEVICE_GET_INFO] = on_device_info,
		[VFU_GET_REGION_INFO] = on_region_info,
		[VFU_GET_IRQ_INFO] = on_irq_info,
		[VFU_SET_IRQS] = on_set_irqs,
		[VFU_REGION_READ] = on_read,
		[VFU_REGION_WRITE] = on_write,
		[VFU_DEVICE_RESET] = on_reset,
	};

	return command < sizeof(handlers) / sizeof(handlers[0]) ?
		       handlers[command] :
		       NULL;
}

static int answer(struct session *s, const struct message *msg, int ret)
{
	struct vfu_header h = { .id = msg->head.id,
				.command = msg->head.command,
				.flags = VFU_REPLY };

	if (msg->head.flags & VFU_NO_REPLY)
		return 0;
	h.size = sizeof(h);
	if (ret < 0) {
		h.flags |= VFU_ERROR;
		h.error = (uint32_t)-ret;
	} else {
		h.size += (uint32_t)ret;
	}
	memcpy(s->reply, &h, sizeof(h));
	return conn_send(&s->conn, s->reply, h.size);
}

/* One message; NULL, or why the connection is to be ended */
static const char *handle(struct session *s, struct message *msg)
{
	handler h = handler_of(msg->head.command);
	int ret = -EOPNOTSUPP;

	if ((msg->head.flags & VFU_TYPE) != VFU_REQUEST)
		return "a message that is no request";
	if (!s->greeted && msg->head.command != VFU_VERSION)
		return "a request before the version was agreed on";
	if (h) {
		device_lock(s->device);
		ret = h(s, msg);
		device_unlock(s->device);
	}
	/* Who has the reply may count on them being closed. */
	conn_done(msg);
	if (ret == MALFORMED)
		return "a malformed message";
	if (answer(s, msg, ret))
		return "it takes no replies";
	/* Whoever speaks another version goes on by himself. */
	return s->greeted ? NULL : "another version of the protocol";
}

static const char *serve(struct session *s)
{
	const char *why = NULL;
	struct message msg;
	int ret;

	while (!why) {
		ret = conn_next(&s->conn, &msg);
		if (ret == -EPROTO)
			return "a message that is cut short or too long";
		if (ret < 0)
			return "the connection broke";
		if (!ret)
			return NULL;
		why = handle(s, &msg);
		conn_done(&msg);
	}
	return why;
}

/* What belonged to the client; the state of the device is kept. */
static void leave(struct session *s)
{
	unsigned int kind;

	device_lock(s->device);
	for (kind = 0; kind < INTR_KINDS; kind++)
		intr_set_fd(&s->device->intr, kind, -1);
	trace_event(s->device->trace, "disconnect");
	trace_flush(s->device->trace);
	device_unlock(s->device);
}

const char *session_serve(struct device *device, int fd)
{
	const char *why = "no memory for a client";
	struct session s = { .device = device };

	s.dma = malloc(VFU_DMA_MAX * sizeof(*s.dma));
	s.reply = malloc(VFU_BYTES_MAX);
	if (!s.dma || !s.reply || conn_init(&s.conn, fd)) {
		close(fd);
		goto out;
	}
	device_lock(device);
	trace_event(device->trace, "connect");
	device_unlock(device);
	why = serve(&s);
	leave(&s);
	conn_fini(&s.conn);
out:
	free(s.reply);
	free(s.dma);
	return why;
}
