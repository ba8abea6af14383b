// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * vfio:ADDR, a GPU that the kernel gives to this process through VFIO.
 *
 * One process has it, and one handle, which the threads of the process share. The
 * kernel resets the device when it is opened and when it is closed.
 */
#include <errno.h>
#include <unistd.h>

#include "backend.h"
#include "calls.h"
#include "card.h"
#include "gpu_string.h"
#include "vfio.h"
#include "why.h"

/* All of this process, for its children; under the global lock */
static SYS_PER_PROCESS struct vfio *all;

static void remember(struct vfio *v)
{
	sys_global_take();
	v->next = all;
	all = v;
	sys_global_drop();
}

static void forget(const struct vfio *v)
{
	struct vfio **at;

	sys_global_take();
	for (at = &all; *at && *at != v;)
		at = &(*at)->next;
	if (*at)
		*at = v->next;
	sys_global_drop();
}

/* A child's copies of descriptors would keep the device from others. */
static void in_child(void)
{
	struct vfio *v;

	for (v = all; v; v = v->next) {
		int *const fds[] = { &v->device, &v->group, &v->container,
				     &v->request, &v->stop };
		size_t i;

		for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
			if (*fds[i] >= 0)
				close(*fds[i]);
			*fds[i] = -1;
		}
	}
}

void vfio_close(struct vfio *v)
{
	vfio_serve_no_more(v);
	vfio_unmap_all(v);
	vfio_unlink(v);
	forget(v);
	unplug_free(v->unplug);
	sys_free(v);
}

static struct vfio *make(void)
{
	struct vfio *v = sys_alloc(sizeof(*v));

	if (!v)
		return NULL;
	v->process = sys_process();
	v->container = -1;
	v->group = -1;
	v->device = -1;
	v->request = -1;
	v->stop = -1;
	v->unplug = unplug_new();
	if (v->unplug)
		return v;
	sys_free(v);
	return NULL;
}

/* Memory is decoded, and nothing is mastered: of all of COMMAND, that is ours. */
static int enable(const struct vfio *v, struct pramin_why *why)
{
	uint16_t was = 0, is = 0, want;
	int ret = vfio_config_read16(v, PCI_CFG_COMMAND, &was);

	want = (was | PCI_CFG_COMMAND_MEMORY) &
	       (uint16_t)~PCI_CFG_COMMAND_MASTER;
	if (!ret && was != want)
		ret = vfio_config_write16(v, PCI_CFG_COMMAND, want);
	if (!ret)
		ret = vfio_config_read16(v, PCI_CFG_COMMAND, &is);
	if (ret)
		return vfio_failed(v, why, ret, "PCI configuration space");
	if (is & PCI_CFG_COMMAND_MASTER)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
			       "%s: bus mastering does not go off",
			       v->pci.addr);
	if (is & PCI_CFG_COMMAND_MEMORY)
		return 0;
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_DECODING,
		       "it may be asleep or off the bus: look at dmesg, and "
		       "remove and rescan it",
		       "%s does not decode memory accesses, and VFIO does not "
		       "change that",
		       v->pci.addr);
}

/* BAR0 as far as it may be mapped: the rest goes through the kernel. */
static void map_bar0(struct vfio *v)
{
	unsigned int i;

	for (i = 0; i < v->bar[0].areas; i++)
		vfio_map(v, 0, v->bar[0].area[i].off, v->bar[0].area[i].len);
}

static int bring_up(struct vfio *v, struct pramin_why *why)
{
	int ret = vfio_link(v, why);

	if (!ret)
		ret = vfio_learn(v, why);
	if (!ret)
		ret = enable(v, why);
	if (!ret)
		ret = vfio_serve(v, why);
	if (!ret)
		map_bar0(v);
	return ret;
}

static int open_vfio(const struct gpu_string *gpu,
		     const struct pramin_open_opts *opts,
		     const struct pramin_io_ops **ops, void **io,
		     struct pramin_why *why)
{
	struct vfio *v = make();
	int ret;

	(void)opts;
	if (!v)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	remember(v);
	if (pci_look(gpu->which, &v->pci))
		ret = card_missing(gpu->which, why);
	else
		ret = card_is_gpu(&v->pci, why);
	if (!ret)
		ret = vfio_check(v, why);
	if (!ret)
		ret = bring_up(v, why);
	if (ret) {
		vfio_close(v);
		return ret;
	}
	*ops = &vfio_ops;
	*io = v;
	return 0;
}

const struct backend backend_vfio = {
	.prefix = "vfio:",
	.which = "a PCI address",
	.example = "as in vfio:0000:41:00.0",
	.is_pci = true,
	.open = open_vfio,
	.in_child = in_child,
};
