// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What VFIO refuses, and what is said then.
 */
#define _GNU_SOURCE
#include <signal.h>

#include "lib_vfio.h"

static struct pramin_dev *dev;
static struct pramin_why why;

/* Refused with this, and nothing is left open */
static int refused(int err, enum pramin_reason reason, const char *what,
		   const char *next)
{
	unsigned int fds = fake_fds();

	memset(&why, 0, sizeof(why));
	CHECK_EQ(fake_open_gpu(&dev, &why), err);
	CHECK(dev == NULL);
	CHECK_EQ(why.err, err);
	CHECK_EQ(why.reason, reason);
	CHECK_HAS(why.what, what);
	CHECK_HAS(why.next, next);
	CHECK_EQ(fake_fds(), fds);
	CHECK_EQ(fake_maps(), 0);
	return 0;
}

static int a_device_that_is_not_there(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_tree(), 0);
	return refused(-ENODEV, PRAMIN_REASON_NO_DEVICE,
		       "no PCI device " PCI_GPU, "pramin list");
}

static int a_device_that_is_not_nvidias_or_no_gpu(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "vendor", "0x1002\n"), 0);
	CHECK_EQ(refused(-EINVAL, PRAMIN_REASON_NOT_NVIDIA, "0x1002", "list"),
		 0);
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "class", "0x040300\n"), 0);
	return refused(-EINVAL, PRAMIN_REASON_NOT_DISPLAY, "0x040300", "list");
}

static int no_iommu(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_no_attr(PCI_GPU, "iommu_group"), 0);
	return refused(-EOPNOTSUPP, PRAMIN_REASON_NO_IOMMU, "no IOMMU group",
		       "intel_iommu=on");
}

static int no_driver_and_the_commands_that_bind_one(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_no_attr(PCI_GPU, "driver"), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NOT_VFIO,
			 PCI_GPU " is not bound to vfio-pci",
			 "modprobe vfio-pci; cd /sys/bus/pci/devices/" PCI_GPU
			 "; echo vfio-pci >driver_override; echo " PCI_GPU
			 " >/sys/bus/pci/drivers_probe"),
		 0);
	CHECK(!strstr(why.next, "unbind"));
	return 0;
}

static int another_driver_and_the_commands_that_unbind_it(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_link(PCI_GPU, "driver", "../../drivers/nouveau"), 0);
	return refused(-EBUSY, PRAMIN_REASON_DRIVER,
		       "bound to the driver nouveau",
		       "echo " PCI_GPU " >driver/unbind; echo");
}

static int drivers_that_vendors_derive_from_vfio_pci_serve(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pci_link(PCI_GPU, "driver",
			  "../../drivers/nvgrace_gpu_vfio_pci"),
		 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	return pramin_close(dev, NULL);
}

static int others_of_the_group_that_are_in_use_by_name(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_sound("../../drivers/snd_hda_intel"), 0);
	return refused(-EBUSY, PRAMIN_REASON_GROUP,
		       "IOMMU group 7 are in use: 0000:41:00.1 "
		       "(snd_hda_intel)",
		       "for d in 0000:41:00.1; do echo vfio-pci "
		       ">$d/driver_override; echo $d >$d/driver/unbind");
}

static int others_of_the_group_that_are_free_do_not_matter(void)
{
	static const char *const drivers[] = { "vfio-pci", "pci-stub",
					       "pcieport" };
	char target[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(drivers); i++) {
		CHECK_EQ(fake_make(), 0);
		snprintf(target, sizeof(target), "../../drivers/%s",
			 drivers[i]);
		CHECK_EQ(fake_sound(target), 0);
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		CHECK_EQ(pramin_close(dev, NULL), 0);
	}
	return 0;
}

/* So many that not all of their names fit */
static int a_group_of_many_is_named_as_far_as_there_is_room(void)
{
	char addr[32], path[96];
	unsigned int i;

	CHECK_EQ(fake_make(), 0);
	for (i = 0; i < 32; i++) {
		snprintf(addr, sizeof(addr), "0000:42:%02x.0", i);
		snprintf(path, sizeof(path),
			 "sys/kernel/iommu_groups/7/devices/%s", addr);
		CHECK_EQ(pci_put("", "%s", path), 0);
		CHECK_EQ(pci_link(addr, "driver",
				  "../../drivers/a_driver_with_a_long_name"),
			 0);
	}
	CHECK_EQ(refused(-EBUSY, PRAMIN_REASON_GROUP, "a_driver_with_a_long",
			 "drivers_probe; done"),
		 0);
	CHECK(why.what[strlen(why.what) - 1] == ')');
	return 0;
}

static int a_group_that_the_kernel_does_not_give_away(void)
{
	CHECK_EQ(fake_make(), 0);
	fake.group_flags = 0;
	return refused(-EBUSY, PRAMIN_REASON_GROUP,
		       "does not give IOMMU group 7 away", "docs/vfio.md");
}

static int vfio_that_is_not_loaded(void)
{
	char path[1200];

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(unlink(pci_at(path, sizeof(path), "dev/vfio/vfio")), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			 "/dev/vfio/vfio is not there", "modprobe vfio-pci"),
		 0);
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(unlink(pci_at(path, sizeof(path), FAKE_GROUP)), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			 "/dev/vfio/7 is not there", "modprobe"),
		 0);
	fake.version = 1;
	CHECK_EQ(pci_put("", FAKE_GROUP), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			 "version 1 of VFIO, not 0", ""),
		 0);
	fake.version = 0;
	fake.type = 3000;
	return refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO, "no type 1 IOMMU",
		       "modprobe vfio_iommu_type1");
}

static int a_gpu_that_this_process_has_open_already(void)
{
	struct pramin_dev *first = NULL;
	char text[64];

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&first, &why), 0);
	snprintf(text, sizeof(text), "process %d (test_backend_vf", getpid());
	fake.fail_errno = 0;
	memset(&why, 0, sizeof(why));
	CHECK_EQ(fake_open_gpu(&dev, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	CHECK_HAS(why.what, text);
	CHECK_HAS(why.next, "threads share it");
	CHECK_EQ(pramin_close(first, NULL), 0);
	return 0;
}

/* A process that has the node open, as far as /proc tells */
static int a_gpu_that_another_process_has_open_with_its_pid(void)
{
	char path[1200], text[32];
	int ready[2], ret;
	pid_t pid;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pipe(ready), 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (open(pci_at(path, sizeof(path), FAKE_GROUP), O_RDWR) < 0)
			_exit(1);
		if (write(ready[1], "!", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	CHECK_EQ(read(ready[0], text, 1), 1);
	snprintf(text, sizeof(text), "process %d (", pid);
	fake.kind[FAKE_FDS - 1] = GROUP;
	ret = refused(-EBUSY, PRAMIN_REASON_HELD, text, "one process");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	return ret;
}

static int a_holder_that_cannot_be_seen(void)
{
	CHECK_EQ(fake_make(), 0);
	fake.kind[FAKE_FDS - 1] = GROUP;
	return refused(-EBUSY, PRAMIN_REASON_HELD,
		       "a process that this user cannot see has /dev/vfio/7 "
		       "open",
		       "as root");
}

static int a_node_that_this_user_may_not_open(void)
{
	unsigned int at;
	bool met = false;

	/* Which call that is, is not this test's business. */
	for (at = 1; at < 100 && !met; at++) {
		CHECK_EQ(fake_make(), 0);
		fake.fail_at = at;
		fake.fail_errno = EACCES;
		if (!fake_open_gpu(&dev, &why))
			CHECK_EQ(pramin_close(dev, NULL), 0);
		else
			met = why.reason == PRAMIN_REASON_NO_PERMISSION;
	}
	CHECK(met);
	CHECK_EQ(why.err, -EPERM);
	CHECK_HAS(why.what, "may not open /dev/vfio/7");
	CHECK_HAS(why.next, "chown USER /dev/vfio/7");
	return 0;
}

/* Every request of the kernel's interface, and how its failure is told */
static int each_request_that_fails(void)
{
	static const struct {
		unsigned long request;
		int error, ret;
		enum pramin_reason reason;
		const char *what, *next;
	} cases[] = {
		{ VFIO_GROUP_GET_STATUS, EIO, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		  "VFIO_GROUP_GET_STATUS: ", "dmesg" },
		{ VFIO_GET_API_VERSION, EIO, -EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
		  "version", "" },
		{ VFIO_CHECK_EXTENSION, EIO, -EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
		  "type 1", "modprobe" },
		{ VFIO_GROUP_SET_CONTAINER, EINVAL, -EOPNOTSUPP,
		  PRAMIN_REASON_SYSTEM, "VFIO_GROUP_SET_CONTAINER", "dmesg" },
		{ VFIO_SET_IOMMU, EPERM, -EPERM, PRAMIN_REASON_NO_PERMISSION,
		  "remap interrupts", "allow_unsafe_interrupts" },
		{ VFIO_SET_IOMMU, ENOMEM, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
		  "VFIO_SET_IOMMU: out of memory", "ulimit -l" },
		{ VFIO_SET_IOMMU, ENODEV, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		  "VFIO_SET_IOMMU", "dmesg" },
		{ VFIO_GROUP_GET_DEVICE_FD, EBUSY, -EBUSY, PRAMIN_REASON_HELD,
		  "is in use", "" },
		{ VFIO_GROUP_GET_DEVICE_FD, ENODEV, -EOPNOTSUPP,
		  PRAMIN_REASON_SYSTEM, "VFIO_GROUP_GET_DEVICE_FD", "dmesg" },
		{ VFIO_DEVICE_GET_INFO, EIO, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		  "VFIO_DEVICE_GET_INFO", "dmesg" },
		{ VFIO_DEVICE_GET_REGION_INFO, EIO, -EOPNOTSUPP,
		  PRAMIN_REASON_SYSTEM, "VFIO_DEVICE_GET_REGION_INFO",
		  "dmesg" },
		{ VFIO_DEVICE_GET_REGION_INFO, EINVAL, -EOPNOTSUPP,
		  PRAMIN_REASON_SYSTEM, "no configuration space", "" },
		{ VFIO_DEVICE_SET_IRQS, EIO, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		  "VFIO_DEVICE_SET_IRQS", "dmesg" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(fake_make(), 0);
		fake.fail_request = cases[i].request;
		fake.fail_errno = cases[i].error;
		if (!refused(cases[i].ret, cases[i].reason, cases[i].what,
			     cases[i].next))
			continue;
		printf("case %zu\n", i);
		return CHECK_FAILED;
	}
	return 0;
}

static int the_nodes_of_the_newer_interface_likewise(void)
{
	char path[1200];

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(unlink(pci_at(path, sizeof(path), FAKE_GROUP)), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "vfio-dev/vfio3/dev", "511:3\n"), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			 "/dev/vfio/devices/vfio3 is not there", ""),
		 0);
	CHECK_EQ(pci_put("", "dev/vfio/devices/vfio3"), 0);
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_VFIO,
			 "/dev/iommu is not there", ""),
		 0);
	CHECK_EQ(pci_put("", "dev/iommu"), 0);
	fake.fail_request = VFIO_DEVICE_BIND_IOMMUFD;
	fake.fail_errno = EBUSY;
	CHECK_EQ(refused(-EBUSY, PRAMIN_REASON_HELD, "is in use", ""), 0);
	fake.fail_errno = EINVAL;
	return refused(-EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		       "VFIO_DEVICE_BIND_IOMMUFD", "dmesg");
}

static int what_is_no_pci_device_or_has_no_bar0(void)
{
	CHECK_EQ(fake_make(), 0);
	fake.device_flags = VFIO_DEVICE_FLAGS_PLATFORM;
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "no PCI device",
			 ""),
		 0);
	CHECK_EQ(fake_make(), 0);
	fake.regions = VFIO_PCI_CONFIG_REGION_INDEX;
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "no PCI device",
			 ""),
		 0);
	CHECK_EQ(fake_make(), 0);
	fake.bar0_bytes = 8 * MIB;
	CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_NO_BAR0, "8388608 bytes",
			 "dmesg"),
		 0);
	CHECK_EQ(fake_make(), 0);
	fake.config_bytes = 0;
	return refused(-EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
		       "no configuration space", "");
}

static void end_beyond_64_bits(struct vfio_region_info *info)
{
	info->offset = UINT64_MAX - 4096;
}

static void size_beyond_63_bits(struct vfio_region_info *info)
{
	info->size = UINT64_MAX;
}

static void huge_description(struct vfio_region_info *info)
{
	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	info->argsz = 1u << 30;
}

static void no_writing(struct vfio_region_info *info)
{
	if (info->index == 0)
		info->flags = VFIO_REGION_INFO_FLAG_READ;
}

static int regions_that_cannot_be(void)
{
	static void (*const twists[])(struct vfio_region_info * info) = {
		end_beyond_64_bits, size_beyond_63_bits, huge_description
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(twists); i++) {
		CHECK_EQ(fake_make(), 0);
		fake.twist = twists[i];
		CHECK_EQ(refused(-EOPNOTSUPP, PRAMIN_REASON_SYSTEM,
				 "VFIO_DEVICE_GET_REGION_INFO", ""),
			 0);
	}
	CHECK_EQ(fake_make(), 0);
	fake.twist = no_writing;
	return refused(-EOPNOTSUPP, PRAMIN_REASON_NO_BAR0, "0 bytes", "");
}

/* A broken list of areas: @number says in which way */
static unsigned int list_number;

static void break_the_list(struct vfio_region_info *info)
{
	struct fake_sparse *s = (void *)info;

	if (info->index || info->argsz != sizeof(*s) || !info->cap_offset)
		return;
	switch (list_number) {
	case 0: /* hangs over the end of the BAR */
		s->areas[0].size = fake.bar0_bytes;
		break;
	case 1: /* wraps */
		s->areas[0].offset = UINT64_MAX - 4095;
		break;
	case 2: /* is in no page */
		s->areas[0].offset += 8;
		break;
	case 3: /* is longer than what was given */
		s->count = UINT32_MAX;
		s->areas[0].size = 0;
		break;
	case 4: /* chases its tail */
		s->cap.id = VFIO_REGION_INFO_CAP_TYPE;
		s->cap.next = offsetof(struct fake_sparse, cap);
		break;
	case 5: /* lies outside */
		info->cap_offset = 0xfffffff0;
		break;
	case 6: /* has no room for what it begins */
		info->cap_offset = sizeof(*s) - 4;
		break;
	default: /* lies in the description itself */
		info->cap_offset = 4;
		break;
	}
}

static int lists_of_areas_that_cannot_be_map_nothing_outside_the_bar(void)
{
	for (list_number = 0; list_number < 8; list_number++) {
		uint32_t val = 0;

		CHECK_EQ(fake_make(), 0);
		fake.sparse = true;
		fake.twist = break_the_list;
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		CHECK_EQ(fake_maps(), list_number < 4 ? 0 : 1);
		CHECK_EQ(pramin_write32(dev, 0, 5), 0);
		CHECK_EQ(pramin_read32(dev, 0, &val), 0);
		CHECK_EQ(val, 5);
		CHECK_EQ(pramin_close(dev, NULL), 0);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_device_that_is_not_there),
	TEST(a_device_that_is_not_nvidias_or_no_gpu),
	TEST(no_iommu),
	TEST(no_driver_and_the_commands_that_bind_one),
	TEST(another_driver_and_the_commands_that_unbind_it),
	TEST(drivers_that_vendors_derive_from_vfio_pci_serve),
	TEST(others_of_the_group_that_are_in_use_by_name),
	TEST(others_of_the_group_that_are_free_do_not_matter),
	TEST(a_group_of_many_is_named_as_far_as_there_is_room),
	TEST(a_group_that_the_kernel_does_not_give_away),
	TEST(vfio_that_is_not_loaded),
	TEST(a_gpu_that_this_process_has_open_already),
	TEST(a_gpu_that_another_process_has_open_with_its_pid),
	TEST(a_holder_that_cannot_be_seen),
	TEST(a_node_that_this_user_may_not_open),
	TEST(each_request_that_fails),
	TEST(the_nodes_of_the_newer_interface_likewise),
	TEST(what_is_no_pci_device_or_has_no_bar0),
	TEST(regions_that_cannot_be),
	TEST(lists_of_areas_that_cannot_be_map_nothing_outside_the_bar),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
