// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The library meets the card through the socket: the conformance suite on each kind
 * of window and page tables, then what only a card behind a socket can do.
 */
#define _GNU_SOURCE
#include "../conformance/suite.h"
#include "server_rig.h"

/* Enough for every test of the suite, with small blocks */
#define FEW (CONFORM_READS / 5)

static struct server_rig rig;

static const struct pramin_open_opts opts = { .size = sizeof(opts),
					      .vram = 512 * MIB };

static int open_loopback(void *ctx, const struct pramin_open_opts *given,
			 struct pramin_dev **dev, struct pramin_why *why)
{
	struct pramin_open_opts o = *given;

	(void)ctx;
	/* Chips without a size register want it from the user. */
	if (!o.vram)
		o.vram = 512 * MIB;
	return pramin_open_io(client_ops(), &rig.client, &o, dev, why);
}

/* On one chip: all of it passes, but for what needs several handles */
static int conforms(const char *chip, uint64_t reads)
{
	struct conform c = { .open = open_loopback,
			     .reads = reads,
			     .is_free = true,
			     .writes = true };

	CHECK_EQ(server_rig_open(&rig, chip, 512 * MIB), 0);
	CHECK_EQ(conform_run(&c), 0);
	CHECK_EQ(c.failed, 0);
	CHECK(c.passed > 10);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

static int a_card_of_the_tesla_family_conforms(void)
{
	return conforms("g92", FEW);
}

static int a_card_with_page_tables_of_version_1_conforms(void)
{
	return conforms("gm204", FEW);
}

static int a_card_with_page_tables_of_version_2_conforms(void)
{
	return conforms("tu102", CONFORM_READS);
}

static int a_card_with_page_tables_of_version_3_conforms(void)
{
	return conforms("gh100", FEW);
}

static int the_newest_card_conforms(void)
{
	return conforms("gb202", FEW);
}

/* Also if each write waits for its reply */
static int writes_need_not_be_posted(void)
{
	struct pramin_dev *dev;
	uint8_t out[5000], in[5000];
	size_t i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 11 + i / 256);
	CHECK_EQ(server_rig_open(&rig, "tu102", 512 * MIB), 0);
	rig.client.posted = false;
	CHECK_EQ(pramin_open_io(client_ops(), &rig.client, &opts, &dev,
				&rig.why),
		 0);
	CHECK_EQ(pramin_write(dev, 3 * MIB - 2501, out, sizeof(out), NULL), 0);
	CHECK_EQ(pramin_read(dev, 3 * MIB - 2501, in, sizeof(in), NULL), 0);
	CHECK(!memcmp(out, in, sizeof(in)));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

static int bar1_is_mapped_through_the_socket(void)
{
	const struct pramin_map_piece piece = { 256 * MIB, 64 * 1024 };
	struct pramin_bar1_params params = { .size = sizeof(params) };
	struct pramin_bar1 *bar1;
	struct pramin_pool *pool;
	struct pramin_dev *dev;
	uint64_t off = 2 * MIB, val, pa;

	CHECK_EQ(server_rig_open(&rig, "tu102", 512 * MIB), 0);
	CHECK_EQ(pramin_open_io(client_ops(), &rig.client, &opts, &dev,
				&rig.why),
		 0);
	CHECK_EQ(pramin_pool_create(dev, &pool), 0);
	CHECK_EQ(pramin_pool_add(pool, 16 * MIB, 8 * MIB), 0);
	params.pool = pool;
	CHECK_EQ(pramin_bar1_take(dev, &params, &bar1), 0);
	CHECK_EQ(pramin_bar1_map(bar1, &off, &piece, 1, NULL), 0);
	CHECK_EQ(pramin_bar1_write(bar1, off + 8, 8, 0x0123456789abcdef), 0);
	CHECK_EQ(pramin_bar1_flush(bar1), 0);
	CHECK_EQ(pramin_read64(dev, 256 * MIB + 8, &val), 0);
	CHECK_EQ(val, 0x0123456789abcdef);
	/* What a recording would say */
	CHECK_EQ(pramin_model_locate(rig.device->model, 1, off + 8, 8, &pa), 0);
	CHECK_EQ(pa, 256 * MIB + 8);
	CHECK_EQ(pramin_model_locate(rig.device->model, 1, off + MIB, 8, &pa),
		 -ENOENT);
	CHECK_EQ(pramin_bar1_release(bar1), 0);
	CHECK_EQ(pramin_pool_destroy(pool), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

struct worker {
	pthread_t thread;
	struct pramin_dev *dev;
	uint64_t pa;
	int ret;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t i, val;

	for (i = 0; i < 200 && !w->ret; i++) {
		w->ret = pramin_write64(w->dev, w->pa + 8 * i, w->pa + i);
		if (!w->ret)
			w->ret = pramin_read64(w->dev, w->pa + 8 * i, &val);
		if (!w->ret && val != w->pa + i)
			w->ret = -EIO;
	}
	return NULL;
}

static int threads_share_one_connection(void)
{
	struct worker w[4] = { { .ret = 0 } };
	struct pramin_dev *dev;
	size_t i;

	CHECK_EQ(server_rig_open(&rig, "gh100", 512 * MIB), 0);
	CHECK_EQ(pramin_open_io(client_ops(), &rig.client, &opts, &dev,
				&rig.why),
		 0);
	for (i = 0; i < ARRAY_LEN(w); i++) {
		w[i].dev = dev;
		w[i].pa = (i + 1) * 16 * MIB;
		CHECK_EQ(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (i = 0; i < ARRAY_LEN(w); i++) {
		pthread_join(w[i].thread, NULL);
		CHECK_EQ(w[i].ret, 0);
	}
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

static int open_broken(const char *faults, struct pramin_dev **dev)
{
	const struct device_params params = { .chip = "tu102",
					      .vram = 512 * MIB,
					      .faults = faults };

	CHECK_EQ(server_rig_device(&rig, &params), 0);
	CHECK_EQ(server_rig_connect(&rig), 0);
	CHECK_EQ(client_greet(&rig.client), 0);
	CHECK_EQ(client_decode(&rig.client), 0);
	CHECK_EQ(pramin_open_io(client_ops(), &rig.client, &opts, dev,
				&rig.why),
		 0);
	return 0;
}

static int a_card_that_goes_away_is_noticed(void)
{
	static uint8_t buf[64 * 1024];
	struct pramin_dev *dev;

	CHECK_EQ(open_broken("gone@100", &dev), 0);
	CHECK_EQ(pramin_read(dev, 0, buf, sizeof(buf), NULL), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_ALL_ONES);
	pramin_close(dev, NULL);
	CHECK_EQ(server_rig_close(&rig), 0);

	CHECK_EQ(open_broken("dead@100", &dev), 0);
	CHECK_EQ(pramin_read(dev, 0, buf, sizeof(buf), NULL), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_BACKEND_GONE);
	pramin_close(dev, NULL);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

/* The server is killed under a client: an error, and no signal. */
static int a_server_that_dies_is_an_error(void)
{
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(server_rig_open(&rig, "tu102", 512 * MIB), 0);
	CHECK_EQ(pramin_open_io(client_ops(), &rig.client, &opts, &dev,
				&rig.why),
		 0);
	shutdown(rig.fd, SHUT_RDWR);
	CHECK(pramin_read32(dev, 0, &val) < 0);
	CHECK(pramin_write32(dev, 0, 1) < 0);
	pramin_close(dev, NULL);
	CHECK_EQ(server_rig_close(&rig), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_card_of_the_tesla_family_conforms),
	TEST(a_card_with_page_tables_of_version_1_conforms),
	TEST(a_card_with_page_tables_of_version_2_conforms),
	TEST(a_card_with_page_tables_of_version_3_conforms),
	TEST(the_newest_card_conforms),
	TEST(writes_need_not_be_posted),
	TEST(bar1_is_mapped_through_the_socket),
	TEST(threads_share_one_connection),
	TEST(a_card_that_goes_away_is_noticed),
	TEST(a_server_that_dies_is_an_error),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
