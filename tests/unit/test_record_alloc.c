// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Memory that runs out while a recording or a replay begins: each allocation in
 * turn, and all from it on. What was taken is given back.
 */
#define _GNU_SOURCE
#include "lib_alloc.h"

#include "lib_record.h"

static const char *path;
static struct rig rig;

static int recorded(void)
{
	int ret;

	unlink(path);
	ret = record_open(&rig, path);
	return ret ? ret : pramin_close(rig.dev, NULL);
}

static int replayed(void)
{
	struct pramin_dev *dev;
	int ret = replay_open(path, &dev, NULL);

	return ret ? ret : pramin_close(dev, NULL);
}

static int read_by_line(void)
{
	struct pramin_trace *trace;
	int ret = pramin_trace_open(path, "tu102", &trace, NULL);

	if (!ret)
		pramin_trace_close(trace);
	return ret;
}

static int sweep(int (*run)(void), bool sticky)
{
	unsigned long n;
	int ret = -ENOMEM;

	for (n = 1; ret; n++) {
		alloc_arm(n, sticky);
		ret = run();
		alloc_relent();
		alloc_disarm();
		if (ret && ret != -ENOMEM) {
			printf("allocation %lu: %d\n", n, ret);
			return CHECK_FAILED;
		}
		CHECK_EQ(alloc_live, 0);
		CHECK(n < 100);
	}
	/* At least one had to fail. */
	CHECK(n > 2);
	return 0;
}

static int what_runs_out_of_memory_leaves_nothing_behind(void)
{
	int (*const runs[])(void) = { recorded, replayed, read_by_line };
	size_t i;

	path = record_path("alloc");
	CHECK_EQ(rig_model(&rig, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(recorded(), 0);
	for (i = 0; i < ARRAY_LEN(runs); i++) {
		CHECK_EQ(sweep(runs[i], false), 0);
		CHECK_EQ(sweep(runs[i], true), 0);
	}
	pramin_model_destroy(rig.model);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_runs_out_of_memory_leaves_nothing_behind),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
