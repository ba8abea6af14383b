// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Arguments that nobody should pass: each is refused with -EINVAL, touches
 * nothing, and leaves the results alone.
 */
#include "lib_rig.h"

static struct rig rig;

static int open_and_close_check_their_pointers(void)
{
	struct pramin_io_ops ops = rig_ops;
	struct pramin_why why = { .err = 0 };
	struct pramin_dev *dev = NULL;

	CHECK_EQ(pramin_open("model:tu102", NULL, NULL, &why), -EINVAL);
	CHECK_EQ(why.reason, PRAMIN_REASON_ARGUMENT);
	CHECK_EQ(pramin_open("model:tu102", NULL, NULL, NULL), -EINVAL);

	CHECK_EQ(rig_model(&rig, "tu102", 0, false), 0);
	CHECK_EQ(pramin_open_io(NULL, &rig, NULL, &dev, &why), -EINVAL);
	CHECK_EQ(pramin_open_io(&rig_ops, &rig, NULL, NULL, &why), -EINVAL);
	CHECK_EQ(pramin_open_io(NULL, NULL, NULL, NULL, NULL), -EINVAL);
	ops.read = NULL;
	CHECK_EQ(pramin_open_io(&ops, &rig, NULL, &dev, NULL), -EINVAL);
	ops = rig_ops;
	ops.write = NULL;
	CHECK_EQ(pramin_open_io(&ops, &rig, NULL, &dev, NULL), -EINVAL);
	ops = rig_ops;
	ops.name = NULL;
	CHECK_EQ(pramin_open_io(&ops, &rig, NULL, &dev, NULL), -EINVAL);
	CHECK_EQ(rig.accesses, 0);
	CHECK(!dev);
	pramin_model_destroy(rig.model);

	CHECK_EQ(pramin_close(NULL, NULL), 0);
	CHECK_EQ(pramin_close(NULL, &why), 0);
	CHECK_EQ(pramin_view_end(NULL), 0);
	return 0;
}

/* The members that a backend may leave out */
static int a_backend_needs_no_more_than_read_and_write(void)
{
	const struct pramin_io_ops ops = {
		.name = "small",
		.read = rig_io_read,
		.write = rig_io_write,
	};
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_dev *dev;
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(rig_model(&rig, "gh100", 0, true), 0);
	CHECK_EQ(pramin_open_io(&ops, &rig, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK(!info.mapped);
	CHECK_HAS(info.not_verified, "no configuration space");
	CHECK_EQ(pramin_view_begin(dev, MIB, 8, &view), 0);
	CHECK(!pramin_view_span(view).ptr);
	pramin_span_write32(pramin_view_span(view), 4, 99);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_read32(dev, MIB + 4, &val), 0);
	CHECK_EQ(val, 99);
	CHECK_EQ(pramin_stats(dev, &stats), 0);
	CHECK_EQ(stats.simulated_ns, 0);
	rig.fail_at = rig.accesses + 1;
	rig.fail_code = -EPERM;
	CHECK_EQ(pramin_read32(dev, 0, &val), -EPERM);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	pramin_model_destroy(rig.model);
	return 0;
}

static int without_a_handle_every_call_is_einval(void)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_position pos;
	struct pramin_view *view = NULL;
	uint8_t buf[8] = { 0 }, v8;
	uint64_t v64, at;
	uint32_t v32;
	uint16_t v16;
	bool found;

	CHECK_EQ(pramin_read8(NULL, 0, &v8), -EINVAL);
	CHECK_EQ(pramin_read16(NULL, 0, &v16), -EINVAL);
	CHECK_EQ(pramin_read32(NULL, 0, &v32), -EINVAL);
	CHECK_EQ(pramin_read64(NULL, 0, &v64), -EINVAL);
	CHECK_EQ(pramin_write8(NULL, 0, 0), -EINVAL);
	CHECK_EQ(pramin_write16(NULL, 0, 0), -EINVAL);
	CHECK_EQ(pramin_write32(NULL, 0, 0), -EINVAL);
	CHECK_EQ(pramin_write64(NULL, 0, 0), -EINVAL);
	CHECK_EQ(pramin_flush(NULL), -EINVAL);
	CHECK_EQ(pramin_read(NULL, 0, buf, 8, &bulk), -EINVAL);
	CHECK_EQ(pramin_write(NULL, 0, buf, 8, &bulk), -EINVAL);
	CHECK_EQ(pramin_fill(NULL, 0, 8, buf, 8, &bulk), -EINVAL);
	CHECK_EQ(pramin_compare(NULL, 0, buf, 8, &at, &bulk), -EINVAL);
	CHECK_EQ(pramin_copy(NULL, 0, 8, 8, &bulk), -EINVAL);
	CHECK_EQ(pramin_find(NULL, 0, 8, buf, 1, &found, &at, &bulk), -EINVAL);
	CHECK_EQ(pramin_view_begin(NULL, 0, 8, &view), -EINVAL);
	CHECK_EQ(pramin_info(NULL, &info), -EINVAL);
	CHECK_EQ(pramin_stats(NULL, &stats), -EINVAL);
	CHECK_EQ(pramin_position(NULL, &pos), -EINVAL);
	CHECK_EQ(pramin_restore(NULL), -EINVAL);
	CHECK(!view);

	CHECK_EQ(pramin_view_read(NULL, 0, 4), UINT64_MAX);
	pramin_view_write(NULL, 0, 4, 0);
	CHECK(!pramin_view_span(NULL).ptr && !pramin_view_span(NULL).len);
	return 0;
}

/* One refused call: the code, the reason, and not one access */
static int refused(int ret)
{
	CHECK_EQ(ret, -EINVAL);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_ARGUMENT);
	CHECK(pramin_last_why(rig.dev)->what[0]);
	CHECK_EQ(rig.accesses, rig.log_from);
	return 0;
}

static int null_results_and_buffers_are_einval(void)
{
	struct pramin_dev *dev;
	uint8_t buf[8] = { 0 };
	uint64_t at = 7;
	bool found;

	CHECK_EQ(rig_open(&rig, "tu102", 0, false), 0);
	rig_log_here(&rig, NULL, 0);
	dev = rig.dev;
	CHECK_EQ(refused(pramin_read8(dev, 0, NULL)), 0);
	CHECK_EQ(refused(pramin_read16(dev, 0, NULL)), 0);
	CHECK_EQ(refused(pramin_read32(dev, 0, NULL)), 0);
	CHECK_EQ(refused(pramin_read64(dev, 0, NULL)), 0);
	CHECK_EQ(refused(pramin_read(dev, 0, NULL, 1, NULL)), 0);
	CHECK_EQ(refused(pramin_write(dev, 0, NULL, 1, NULL)), 0);
	CHECK_EQ(refused(pramin_fill(dev, 0, 8, NULL, 8, NULL)), 0);
	CHECK_EQ(refused(pramin_compare(dev, 0, NULL, 1, &at, NULL)), 0);
	CHECK_EQ(refused(pramin_compare(dev, 0, buf, 1, NULL, NULL)), 0);
	CHECK_EQ(refused(pramin_find(dev, 0, 8, NULL, 1, &found, &at, NULL)),
		 0);
	CHECK_EQ(refused(pramin_find(dev, 0, 8, buf, 1, NULL, &at, NULL)), 0);
	CHECK_EQ(refused(pramin_find(dev, 0, 8, buf, 1, &found, NULL, NULL)),
		 0);
	CHECK_EQ(refused(pramin_view_begin(dev, 0, 8, NULL)), 0);
	CHECK_EQ(refused(pramin_position(dev, NULL)), 0);
	CHECK_EQ(refused(pramin_info(dev, NULL)), 0);
	CHECK_EQ(refused(pramin_stats(dev, NULL)), 0);
	CHECK_EQ(at, 7);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

/* Nothing at all to do needs no buffer and no access. */
static int zero_bytes_need_no_buffer(void)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk), .done = 9 };
	struct pramin_dev *dev;
	uint64_t same = 9, at = 9;
	bool found = true;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	rig_log_here(&rig, NULL, 0);
	dev = rig.dev;
	CHECK_EQ(pramin_read(dev, 0, NULL, 0, &bulk), 0);
	CHECK_EQ(bulk.done, 0);
	CHECK_EQ(pramin_write(dev, 4 * MIB, NULL, 0, NULL), 0);
	CHECK_EQ(pramin_fill(dev, 0, 0, "\0", 1, NULL), 0);
	CHECK_EQ(pramin_compare(dev, 0, NULL, 0, &same, NULL), 0);
	CHECK_EQ(same, 0);
	CHECK_EQ(pramin_copy(dev, 0, 4 * MIB, 0, NULL), 0);
	CHECK_EQ(pramin_find(dev, 0, 0, "x", 1, &found, &at, NULL), 0);
	CHECK(!found);
	CHECK_EQ(at, 9);
	CHECK_EQ(rig.accesses, rig.log_from);
	/* One byte past the end is past the end, even for none. */
	CHECK_EQ(pramin_read(dev, 4 * MIB + 1, NULL, 0, NULL), -ERANGE);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_bulk_struct_of_another_size_is_einval(void)
{
	static const size_t sizes[] = {
		0, 1, sizeof(struct pramin_bulk) - 1,
		sizeof(struct pramin_bulk) + 1, SIZE_MAX,
	};
	uint8_t buf[8] = { 0 };
	uint64_t at;
	bool found;
	size_t i;

	CHECK_EQ(rig_open(&rig, "tu102", 0, false), 0);
	rig_log_here(&rig, NULL, 0);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		struct pramin_bulk bulk = { .size = sizes[i], .done = 9 };
		struct pramin_dev *dev = rig.dev;

		CHECK_EQ(refused(pramin_read(dev, 0, buf, 8, &bulk)), 0);
		CHECK_EQ(refused(pramin_write(dev, 0, buf, 8, &bulk)), 0);
		CHECK_EQ(refused(pramin_fill(dev, 0, 8, buf, 8, &bulk)), 0);
		CHECK_EQ(refused(pramin_compare(dev, 0, buf, 8, &at, &bulk)),
			 0);
		CHECK_EQ(refused(pramin_copy(dev, 0, 8, 8, &bulk)), 0);
		CHECK_EQ(refused(pramin_find(dev, 0, 8, buf, 1, &found, &at,
					     &bulk)), 0);
		CHECK_EQ(bulk.done, 9);
	}
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int a_refused_call_does_not_move_the_window(void)
{
	struct pramin_view *view = NULL;
	uint64_t at, val = 5;
	uint8_t buf[16] = { 0 };
	bool found;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	rig_log_here(&rig, NULL, 0);
	CHECK_EQ(pramin_read64(rig.dev, 4, &val), -EINVAL);
	CHECK_EQ(pramin_read64(rig.dev, 4 * MIB, &val), -ERANGE);
	CHECK_EQ(pramin_read64(rig.dev, UINT64_MAX - 7, &val), -ERANGE);
	CHECK_EQ(pramin_write16(rig.dev, MIB + 1, 1), -EINVAL);
	CHECK_EQ(pramin_read(rig.dev, 4 * MIB - 8, buf, 9, NULL), -ERANGE);
	CHECK_EQ(pramin_read(rig.dev, 1, buf, UINT64_MAX, NULL), -ERANGE);
	CHECK_EQ(pramin_fill(rig.dev, 0, 7, buf, 2, NULL), -EINVAL);
	CHECK_EQ(pramin_fill(rig.dev, 0, 0, buf, 0, NULL), -EINVAL);
	CHECK_EQ(pramin_fill(rig.dev, 0, 16, buf, 16, NULL), -EINVAL);
	CHECK_EQ(pramin_copy(rig.dev, 0, 4 * MIB - 8, 9, NULL), -ERANGE);
	CHECK_EQ(pramin_copy(rig.dev, 4 * MIB - 8, 0, 9, NULL), -ERANGE);
	CHECK_EQ(pramin_find(rig.dev, 0, 9, buf, 4097, &found, &at, NULL),
		 -EINVAL);
	CHECK_EQ(pramin_view_begin(rig.dev, 65535, MIB - 65534, &view),
		 -EINVAL);
	CHECK_EQ(pramin_view_begin(rig.dev, 4 * MIB - 1, 2, &view), -ERANGE);
	CHECK(!view);
	CHECK_EQ(val, 5);
	CHECK_EQ(rig.accesses, rig.log_from);
	CHECK_EQ(pramin_model_window(rig.model), rig.raw);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(open_and_close_check_their_pointers),
		TEST(a_backend_needs_no_more_than_read_and_write),
		TEST(without_a_handle_every_call_is_einval),
		TEST(null_results_and_buffers_are_einval),
		TEST(zero_bytes_need_no_buffer),
		TEST(a_bulk_struct_of_another_size_is_einval),
		TEST(a_refused_call_does_not_move_the_window),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
