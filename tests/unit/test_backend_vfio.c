// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A GPU through VFIO, of a kernel that this program plays.
 */
#define _GNU_SOURCE
#include "lib_vfio.h"

static struct pramin_dev *dev;
static struct pramin_why why;

static int opened_and_works(void)
{
	uint32_t val = 0;

	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_write32(dev, 0x2bff01000, 0x12345678), 0);
	CHECK_EQ(pramin_read32(dev, 0x2bff01000, &val), 0);
	CHECK_EQ(val, 0x12345678);
	return 0;
}

static int a_group_is_opened_in_the_order_that_the_kernel_wants(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(opened_and_works(), 0);
	CHECK_EQ(strcmp(fake.log, "group container set_container type1v2 "
				  "device "),
		 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int an_iommu_of_the_first_type_serves(void)
{
	CHECK_EQ(fake_make(), 0);
	fake.type = VFIO_TYPE1_IOMMU;
	CHECK_EQ(opened_and_works(), 0);
	CHECK_HAS(fake.log, "type1 ");
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int without_a_node_of_the_group_its_own_node_is_opened(void)
{
	char path[1200];

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(unlink(pci_at(path, sizeof(path), FAKE_GROUP)), 0);
	CHECK_EQ(pci_put("", "dev/vfio/devices/vfio3"), 0);
	CHECK_EQ(pci_put("", "dev/iommu"), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "vfio-dev/vfio3/dev", "511:3\n"), 0);
	CHECK_EQ(opened_and_works(), 0);
	CHECK_EQ(strcmp(fake.log, "node iommufd bind "), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int memory_is_decoded_and_nothing_is_mastered(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(fake_peek(FAKE_CONFIG + 4), 0x00100003);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int the_window_is_put_back(void)
{
	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_write32(dev, 0, 1), 0);
	CHECK_EQ(fake_peek(0x1700), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(fake_peek(0x1700), 0x2bff0);
	return 0;
}

static int nothing_is_left_behind(void)
{
	unsigned int fds, threads = fake_threads();

	CHECK_EQ(fake_make(), 0);
	fds = fake_fds();
	CHECK_EQ(opened_and_works(), 0);
	CHECK(fake_maps() > 0);
	CHECK(fake_threads_are(threads + 1));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(fake_fds(), fds);
	CHECK_EQ(fake_maps(), 0);
	CHECK(fake_threads_are(threads));
	return 0;
}

static int views_point_into_a_bar_that_may_be_mapped(void)
{
	struct pramin_view *view;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_view_begin(dev, 0x100, 64, &view), 0);
	CHECK(pramin_view_span(view).ptr != NULL);
	pramin_span_write64(pramin_view_span(view), 8, 0x1122334455667788);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(fake_peek(APERTURE + 0x108), 0x55667788);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* The registers go through the kernel, the aperture does not. */
static int only_what_a_sparse_region_lists_is_mapped(void)
{
	struct pramin_view *view;
	unsigned int calls;

	CHECK_EQ(fake_make(), 0);
	fake.sparse = true;
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(fake_maps(), 1);
	CHECK_EQ(pramin_view_begin(dev, 0x2bff00000, 64, &view), 0);
	calls = fake.calls;
	CHECK(pramin_view_span(view).ptr != NULL);
	pramin_span_write32(pramin_view_span(view), 4, 77);
	CHECK_EQ(fake.calls, calls);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(fake_peek(APERTURE + 4), 77);
	CHECK_EQ(pramin_check_window(dev), 0);
	CHECK(fake.calls > calls);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* All of it, on a GPU that moves its window */
static int a_bar_that_may_not_be_mapped_is_reached_all_the_same(void)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 64 * (uint64_t)MIB,
	};
	static uint8_t out[3 * MIB + 77], in[sizeof(out)];
	struct pramin_info info = { .size = sizeof(info) };
	uint64_t val = 0;
	size_t i;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pramin_model_create(&params, &fake.model, &why), 0);
	fake.bar0_flags = 0;
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK(!info.mapped);
	CHECK_EQ(fake_maps(), 0);
	CHECK_EQ(strcmp(info.backend, "vfio"), 0);
	CHECK_EQ(info.vram_size, 64 * MIB);
	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 31 + i / 256 + 1);
	CHECK_EQ(pramin_write(dev, 5 * MIB + 3, out, sizeof(out), NULL), 0);
	CHECK_EQ(pramin_read(dev, 5 * MIB + 3, in, sizeof(in), NULL), 0);
	CHECK_EQ(memcmp(in, out, sizeof(out)), 0);
	CHECK_EQ(pramin_write8(dev, 1, 0xab), 0);
	CHECK_EQ(pramin_write16(dev, 2, 0xcdef), 0);
	CHECK_EQ(pramin_write32(dev, 4, 0x01234567), 0);
	CHECK_EQ(pramin_read64(dev, 0, &val), 0);
	CHECK_EQ(val, 0x01234567cdefab00);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	pramin_model_destroy(fake.model);
	fake.model = NULL;
	return 0;
}

static int bar1_and_bar2_are_found_behind_a_64_bit_bar(void)
{
	struct pramin_bar1_status status = { .size = sizeof(status) };

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_bar1_status(dev, &status), 0);
	CHECK_EQ(status.bytes, 256 * MIB);
	CHECK(!status.write_combined);
	CHECK(!status.claimed_by);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_short_configuration_space_answers_with_ones_behind_its_end(void)
{
	CHECK_EQ(fake_make(), 0);
	fake.config_bytes = 256;
	CHECK_EQ(opened_and_works(), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_kernel_that_does_not_ask_needs_no_thread(void)
{
	unsigned int threads = fake_threads();

	CHECK_EQ(fake_make(), 0);
	fake.req_count = 0;
	CHECK_EQ(opened_and_works(), 0);
	CHECK(fake_threads_are(threads));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* The kernel says so of a device without power, or whose memory is off. */
static int what_the_kernel_does_not_reach_any_more_is_gone(void)
{
	struct pramin_position pos;

	CHECK_EQ(fake_make(), 0);
	fake.sparse = true;
	CHECK_EQ(opened_and_works(), 0);
	fake.nowhere = true;
	CHECK_EQ(pramin_position(dev, &pos), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_BACKEND_GONE);
	CHECK_HAS(pramin_last_why(dev)->what, "removed, or reset");
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	return 0;
}

static int reads_of_all_ones_are_a_gpu_that_is_gone(void)
{
	uint32_t val;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(opened_and_works(), 0);
	CHECK_EQ(fake_poke(0, 0xffffffff), 0);
	CHECK_EQ(fake_poke(APERTURE, 0xffffffff), 0);
	CHECK_EQ(pramin_read32(dev, 0x2bff00000, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_ALL_ONES);
	pramin_close(dev, NULL);
	return 0;
}

/* What a child of fork() has open of it */
static int look_in_child(void)
{
	int fd;

	for (fd = 0; fd < FAKE_FDS; fd++)
		if (fake.kind[fd] != NOTHING && fcntl(fd, F_GETFD) >= 0)
			return 1;
	if (fake_maps())
		return 2;
	if (pramin_write32(dev, 0, 1) != -EPERM)
		return 3;
	return pramin_close(dev, NULL) ? 4 : 0;
}

static int a_forked_child_keeps_nothing_of_it(void)
{
	uint32_t val = 0;
	int status = 0;
	pid_t pid;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(opened_and_works(), 0);
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(look_in_child());
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(pramin_read32(dev, 0x2bff01000, &val), 0);
	CHECK_EQ(val, 0x12345678);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int keys_of_every_gpu_are_taken(void)
{
	struct pramin_info info = { .size = sizeof(info) };

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(pramin_open(FAKE_GPU ",chip=turing,vram=24M", NULL, &dev,
			     &why),
		 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK(info.chip_by_hand);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pramin_open(FAKE_GPU ",flat", NULL, &dev, &why), -EINVAL);
	CHECK_HAS(why.what, "of the model only");
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_group_is_opened_in_the_order_that_the_kernel_wants),
	TEST(an_iommu_of_the_first_type_serves),
	TEST(without_a_node_of_the_group_its_own_node_is_opened),
	TEST(memory_is_decoded_and_nothing_is_mastered),
	TEST(the_window_is_put_back),
	TEST(nothing_is_left_behind),
	TEST(views_point_into_a_bar_that_may_be_mapped),
	TEST(only_what_a_sparse_region_lists_is_mapped),
	TEST(a_bar_that_may_not_be_mapped_is_reached_all_the_same),
	TEST(bar1_and_bar2_are_found_behind_a_64_bit_bar),
	TEST(a_short_configuration_space_answers_with_ones_behind_its_end),
	TEST(a_kernel_that_does_not_ask_needs_no_thread),
	TEST(what_the_kernel_does_not_reach_any_more_is_gone),
	TEST(reads_of_all_ones_are_a_gpu_that_is_gone),
	TEST(a_forked_child_keeps_nothing_of_it),
	TEST(keys_of_every_gpu_are_taken),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
