// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kernel asks for the device back: somebody unbinds it, or removes it.
 *
 * Whoever does that waits in the kernel until nobody has the device open any more,
 * and this process may be doing something else for hours. So a thread of its own
 * waits for the request. It replaces what is mapped by memory of all ones, and the
 * descriptors by one that leads nowhere, each in one step: calls under way in other
 * threads end with -ENODEV, pointers stay valid, and no number of a descriptor is
 * free for somebody else's file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "calls.h"
#include "vfio.h"
#include "vfio_abi.h"
#include "why.h"

/* dup3() is EBUSY while another thread is opening a file of that number. */
static void lead_nowhere(int fd, int nowhere)
{
	int ret = -1;

	do
		ret = fd < 0 ? 0 : dup3(nowhere, fd, O_CLOEXEC);
	while (ret < 0 && (errno == EBUSY || errno == EINTR));
}

static void let_go(struct vfio *v)
{
	__atomic_store_n(&v->was_asked, 1, __ATOMIC_RELEASE);
	unplug_let_go(v->unplug);
	lead_nowhere(v->device, v->stop);
	lead_nowhere(v->group, v->stop);
	lead_nowhere(v->container, v->stop);
}

static void wait_for_it(void *arg)
{
	struct vfio *v = arg;
	struct pollfd fds[] = {
		{ .fd = v->stop, .events = POLLIN },
		{ .fd = v->request, .events = POLLIN },
	};
	int ret;

	do
		ret = poll(fds, 2, -1);
	while (ret < 0 && (errno == EINTR || errno == ENOMEM));
	if (ret > 0 && !fds[0].revents)
		let_go(v);
}

/* Does this kernel ask at all? */
static bool can_ask(const struct vfio *v)
{
	struct vfio_irq_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_REQ_IRQ_INDEX,
	};

	return !vfio_call(v->device, VFIO_DEVICE_GET_IRQ_INFO, &info) &&
	       info.count && info.flags & VFIO_IRQ_INFO_EVENTFD;
}

static int set_eventfd(const struct vfio *v)
{
	_Alignas(struct vfio_irq_set) char
		bytes[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
	struct vfio_irq_set *set = (void *)bytes;
	int32_t fd = v->request;

	memset(bytes, 0, sizeof(bytes));
	set->argsz = sizeof(bytes);
	set->flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
	set->index = VFIO_PCI_REQ_IRQ_INDEX;
	set->count = 1;
	memcpy(bytes + sizeof(*set), &fd, sizeof(fd));
	return vfio_call(v->device, VFIO_DEVICE_SET_IRQS, set);
}

int vfio_serve(struct vfio *v, struct pramin_why *why)
{
	int ret;

	if (!can_ask(v))
		return 0;
	v->request = backend_calls->eventfd(0, EFD_CLOEXEC);
	if (v->request < 0)
		return vfio_failed(v, why, -errno, "eventfd");
	v->stop = backend_calls->eventfd(0, EFD_CLOEXEC);
	if (v->stop < 0)
		return vfio_failed(v, why, -errno, "eventfd");
	ret = set_eventfd(v);
	if (ret)
		return vfio_failed(v, why, ret, "VFIO_DEVICE_SET_IRQS");
	ret = sys_worker_start(&v->worker, wait_for_it, v);
	if (ret)
		return vfio_failed(v, why, ret, "starting a thread");
	v->has_worker = true;
	return 0;
}

void vfio_serve_no_more(struct vfio *v)
{
	const uint64_t one = 1;

	/* A forked child has no such thread; its descriptors are closed. */
	if (v->has_worker && v->process == sys_process()) {
		while (write(v->stop, &one, sizeof(one)) < 0 && errno == EINTR)
			;
		sys_worker_join(&v->worker);
	}
	v->has_worker = false;
	if (v->request >= 0)
		backend_calls->close(v->request);
	if (v->stop >= 0)
		backend_calls->close(v->stop);
	v->request = -1;
	v->stop = -1;
}
