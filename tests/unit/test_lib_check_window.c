// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin_check_window(): the question that a long piece of work asks at its
 * end. And what a failed open leaves behind.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "check.h"

struct pair {
	struct pramin_model *model;
	struct pramin_dev *dev;
};

static int open_pair(struct pair *p)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 1ull << 30,
	};

	CHECK_EQ(pramin_model_create(&params, &p->model, NULL), 0);
	CHECK_EQ(pramin_open_io(pramin_model_ops(), p->model, NULL, &p->dev,
				NULL), 0);
	return 0;
}

static uint64_t accesses(const struct pair *p)
{
	struct pramin_model_counters c = { .size = sizeof(c) };

	pramin_model_counters(p->model, &c);
	return c.accesses;
}

static int a_window_that_was_not_placed_is_not_looked_at(void)
{
	struct pair p;
	uint64_t before;

	CHECK_EQ(open_pair(&p), 0);
	before = accesses(&p);
	CHECK_EQ(pramin_check_window(p.dev), 0);
	CHECK_EQ(accesses(&p), before);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	CHECK_EQ(pramin_check_window(NULL), -EINVAL);
	return 0;
}

/* Reset: the register is what it is after power-up */
static int forget_makes_a_reset_harmless(void)
{
	struct pair p;
	uint32_t val = 0;

	CHECK_EQ(open_pair(&p), 0);
	CHECK_EQ(pramin_write32(p.dev, 0x300000, 0x5ca1ab1e), 0);
	pramin_model_set_window(p.model, 0);
	CHECK_EQ(pramin_forget(p.dev), 0);
	CHECK_EQ(pramin_check_window(p.dev), 0);
	CHECK_EQ(pramin_read32(p.dev, 0x300000, &val), 0);
	CHECK_EQ(val, 0x5ca1ab1e);
	CHECK_EQ(pramin_check_window(p.dev), 0);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	CHECK_EQ(pramin_forget(NULL), -EINVAL);
	return 0;
}

static int a_window_that_stands_where_it_was_put_costs_one_read(void)
{
	struct pair p;
	uint64_t before;

	CHECK_EQ(open_pair(&p), 0);
	CHECK_EQ(pramin_write32(p.dev, 0x300000, 1), 0);
	before = accesses(&p);
	CHECK_EQ(pramin_check_window(p.dev), 0);
	CHECK_EQ(accesses(&p), before + 1);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	return 0;
}

static int a_window_that_somebody_moved_is_told_with_both_values(void)
{
	struct pair p;
	uint32_t val;

	CHECK_EQ(open_pair(&p), 0);
	CHECK_EQ(pramin_write32(p.dev, 0x300000, 0x1234), 0);
	pramin_model_set_window(p.model, 0x77);
	CHECK_EQ(pramin_check_window(p.dev), -EIO);
	CHECK_EQ(pramin_last_why(p.dev)->reason, PRAMIN_REASON_MISPLACED);
	CHECK_HAS(pramin_last_why(p.dev)->what, "0x00000077");
	CHECK_HAS(pramin_last_why(p.dev)->what, "0x00000030");
	/* The position is forgotten, so the next access places it again. */
	CHECK_EQ(pramin_read32(p.dev, 0x300000, &val), 0);
	CHECK_EQ(val, 0x1234);
	CHECK_EQ(pramin_check_window(p.dev), 0);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	return 0;
}

static int a_gpu_that_is_gone_is_told_at_once_and_from_memory_later(void)
{
	struct pair p;
	uint64_t before;

	CHECK_EQ(open_pair(&p), 0);
	CHECK_EQ(pramin_write32(p.dev, 0x300000, 1), 0);
	CHECK_EQ(pramin_model_fault(p.model, "gone", NULL), 0);
	CHECK_EQ(pramin_check_window(p.dev), -ENODEV);
	before = accesses(&p);
	CHECK_EQ(pramin_check_window(p.dev), -ENODEV);
	CHECK_EQ(accesses(&p), before);
	CHECK_EQ(pramin_close(p.dev, NULL), -ENODEV);
	return 0;
}

/* Reading back a value that stood there before shows nothing. */
static int a_first_move_to_where_the_window_stands_is_no_proof(void)
{
	struct pair p;

	CHECK_EQ(open_pair(&p), 0);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);

	CHECK_EQ(open_pair(&p), 0);
	/* As open found it: the last MiB of 1 GiB */
	CHECK_EQ(pramin_model_fault(p.model, "stuck", NULL), 0);
	CHECK_EQ(pramin_write32(p.dev, (1ull << 30) - 4, 1), 0);
	CHECK_EQ(pramin_write32(p.dev, 0x300000, 2), -EIO);
	CHECK_EQ(pramin_last_why(p.dev)->reason, PRAMIN_REASON_MISPLACED);
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	return 0;
}

/* The struct of the outer call is the inner one's, too; see the callback. */
struct reuse {
	struct pramin_dev *dev;
	struct pramin_bulk bulk;
	unsigned char buf[300000];
};

static int read_into_the_same_struct(void *ctx, uint64_t done, uint64_t total)
{
	struct reuse *r = ctx;

	(void)done;
	(void)total;
	r->bulk.progress = NULL;
	return pramin_read(r->dev, 0, r->buf, sizeof(r->buf), &r->bulk);
}

static int a_callback_that_reuses_the_struct_loses_no_work(void)
{
	static unsigned char want[200000], got[200000];
	static struct reuse r;
	struct pair p;

	CHECK_EQ(open_pair(&p), 0);
	memset(want, 0x5a, sizeof(want));
	r.dev = p.dev;
	r.bulk = (struct pramin_bulk){
		.size = sizeof(r.bulk),
		.progress = read_into_the_same_struct,
		.ctx = &r,
	};
	CHECK_EQ(pramin_write(p.dev, 100, want, sizeof(want), &r.bulk), 0);
	CHECK_EQ(r.bulk.done, sizeof(want));
	CHECK_EQ(pramin_model_peek(p.model, 100, got, sizeof(got)), 0);
	CHECK(!memcmp(got, want, sizeof(got)));
	CHECK_EQ(pramin_close(p.dev, NULL), 0);
	return 0;
}

static int lose_the_gpu(void *ctx, uint64_t done, uint64_t total)
{
	struct pair *p = ctx;
	uint32_t val;

	(void)done;
	(void)total;
	pramin_model_fault(p->model, "gone", NULL);
	(void)pramin_read32(p->dev, 0, &val);
	return 0;
}

static int a_copy_ends_when_its_callback_finds_the_gpu_gone(void)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	struct pair p;

	CHECK_EQ(open_pair(&p), 0);
	bulk.progress = lose_the_gpu;
	bulk.ctx = &p;
	CHECK_EQ(pramin_copy(p.dev, 64 << 20, 0, 3 << 20, &bulk), -ENODEV);
	CHECK_EQ(pramin_last_why(p.dev)->reason, PRAMIN_REASON_WAS_GONE);
	CHECK_EQ(bulk.done, 1 << 20);
	CHECK_EQ(pramin_close(p.dev, NULL), -ENODEV);
	return 0;
}

static int a_failed_open_removes_the_files_that_it_made_and_no_others(void)
{
	char dir[] = "/tmp/pramin-test-XXXXXX";
	char good[128], bad[160], image[96], state[96];
	struct pramin_dev *dev = NULL;

	CHECK(mkdtemp(dir));
	snprintf(image, sizeof(image), "%s/v", dir);
	snprintf(state, sizeof(state), "%s/v.state", dir);
	snprintf(bad, sizeof(bad), "model:gh100,vram=1G,fault=cc,file=%s",
		 image);
	snprintf(good, sizeof(good), "model:gh100,vram=1G,file=%s", image);

	CHECK_EQ(pramin_open(bad, NULL, &dev, NULL), -EOPNOTSUPP);
	CHECK(access(image, F_OK) && access(state, F_OK));

	CHECK_EQ(pramin_open(good, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write32(dev, 64, 7), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pramin_open(bad, NULL, &dev, NULL), -EOPNOTSUPP);
	CHECK(!access(image, F_OK) && !access(state, F_OK));
	CHECK_EQ(pramin_open(good, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	unlink(image);
	unlink(state);
	rmdir(dir);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_window_that_was_not_placed_is_not_looked_at),
	TEST(forget_makes_a_reset_harmless),
	TEST(a_window_that_stands_where_it_was_put_costs_one_read),
	TEST(a_window_that_somebody_moved_is_told_with_both_values),
	TEST(a_gpu_that_is_gone_is_told_at_once_and_from_memory_later),
	TEST(a_first_move_to_where_the_window_stands_is_no_proof),
	TEST(a_callback_that_reuses_the_struct_loses_no_work),
	TEST(a_copy_ends_when_its_callback_finds_the_gpu_gone),
	TEST(a_failed_open_removes_the_files_that_it_made_and_no_others),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
