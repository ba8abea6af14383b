// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Each system call of an open fails in turn, with each of the codes that one may
 * have. Whatever comes of it, nothing is left open.
 */
#define _GNU_SOURCE
#include "lib_vfio.h"

#define MOST 400u

static struct pramin_dev *dev;
static struct pramin_why why;

static int clean(unsigned int fds, unsigned int threads)
{
	CHECK_EQ(fake_fds(), fds);
	CHECK_EQ(fake_maps(), 0);
	CHECK(fake_threads_are(threads));
	return 0;
}

/* What opened works, whatever it had to do without. */
static int use_and_close(void)
{
	uint32_t val = 0;

	CHECK_EQ(pramin_write32(dev, 0x100, 0x600dda7a), 0);
	CHECK_EQ(pramin_read32(dev, 0x100, &val), 0);
	CHECK_EQ(val, 0x600dda7a);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int one(unsigned int at, int error, bool *over)
{
	unsigned int fds, threads;
	int ret;

	CHECK_EQ(fake_reset(), 0);
	fds = fake_fds();
	threads = fake_threads();
	fake.fail_at = at;
	fake.fail_errno = error;
	memset(&why, 0, sizeof(why));
	ret = fake_open_gpu(&dev, &why);
	*over = fake.calls < at;
	if (!ret) {
		CHECK_EQ(use_and_close(), 0);
	} else {
		CHECK(!*over);
		CHECK(dev == NULL);
		CHECK_EQ(why.err, ret);
		CHECK(why.reason != PRAMIN_REASON_NONE);
		CHECK(*why.what);
	}
	return clean(fds, threads);
}

static int sweep(void)
{
	static const int errors[] = { EIO,    ENOMEM, EPERM, EACCES,
				      ENOENT, EBUSY,  EINVAL };
	unsigned int at;
	size_t i;

	for (i = 0; i < ARRAY_LEN(errors); i++) {
		bool over = false;

		for (at = 1; !over && at < MOST; at++) {
			if (!one(at, errors[i], &over))
				continue;
			printf("call %u, %s\n", at, strerror(errors[i]));
			return CHECK_FAILED;
		}
		CHECK(over);
		CHECK(at > 40);
	}
	return 0;
}

static int a_call_that_fails_leaves_nothing_open(void)
{
	CHECK_EQ(fake_tree(), 0);
	return sweep();
}

static int nor_does_one_of_the_newer_interface(void)
{
	char path[1200];

	CHECK_EQ(fake_tree(), 0);
	CHECK_EQ(unlink(pci_at(path, sizeof(path), FAKE_GROUP)), 0);
	CHECK_EQ(pci_put("", "dev/vfio/devices/vfio3"), 0);
	CHECK_EQ(pci_put("", "dev/iommu"), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "vfio-dev/vfio3/dev", "511:3\n"), 0);
	return sweep();
}

static int a_call_that_is_interrupted_is_made_again(void)
{
	unsigned long requests[] = {
		VFIO_GROUP_GET_STATUS,	     VFIO_GET_API_VERSION,
		VFIO_GROUP_SET_CONTAINER,    VFIO_SET_IOMMU,
		VFIO_GROUP_GET_DEVICE_FD,    VFIO_DEVICE_GET_INFO,
		VFIO_DEVICE_GET_REGION_INFO, VFIO_DEVICE_SET_IRQS
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(requests); i++) {
		CHECK_EQ(fake_make(), 0);
		fake.fail_request = requests[i];
		fake.fail_errno = EINTR;
		fake.fail_once = true;
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		CHECK_EQ(fake.fail_request, 0);
		CHECK_EQ(use_and_close(), 0);
	}
	return 0;
}

/* Of a device that is not mapped, each access is a call. */
static int accesses_that_are_interrupted_are_made_again(void)
{
	unsigned int at, first;

	CHECK_EQ(fake_make(), 0);
	fake.sparse = true;
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	first = fake.calls;
	CHECK_EQ(use_and_close(), 0);
	for (at = first + 1; at < first + 4; at++) {
		CHECK_EQ(fake_make(), 0);
		fake.sparse = true;
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		fake.interrupt_at = at;
		CHECK_EQ(use_and_close(), 0);
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_call_that_fails_leaves_nothing_open),
	TEST(nor_does_one_of_the_newer_interface),
	TEST(a_call_that_is_interrupted_is_made_again),
	TEST(accesses_that_are_interrupted_are_made_again),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
