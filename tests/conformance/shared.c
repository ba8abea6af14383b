// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Several handles, and several threads of one: where the backend lets them.
 */
#include <errno.h>
#include <pthread.h>

#include "check.h"
#include "suite.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

#define THREADS 4u
#define ROUNDS	16u

struct worker {
	struct pramin_dev *dev;
	uint64_t pa[2];
	int ret;
	unsigned int wrong;
};

/* Its own words at two positions of the window, in turn with all others */
static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	for (i = 0; i < ROUNDS && !w->ret; i++) {
		const uint64_t pa = w->pa[i % 2];
		uint32_t val = 0;

		w->ret = pramin_write32(w->dev, pa, (uint32_t)pa ^ i);
		if (!w->ret)
			w->ret = pramin_read32(w->dev, pa, &val);
		w->wrong += val != ((uint32_t)pa ^ i);
	}
	return NULL;
}

static int run_workers(struct conform *c, struct pramin_dev *dev[2])
{
	struct worker w[THREADS];
	pthread_t thread[THREADS];
	unsigned int i, started;

	for (i = 0; i < THREADS; i++)
		w[i] = (struct worker){
			.dev = dev[i % 2],
			.pa = { c->line - 256 + 4 * i, c->line + 4 * i },
		};
	for (started = 0; started < THREADS; started++)
		if (pthread_create(&thread[started], NULL, work, &w[started]))
			break;
	for (i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	CHECK_EQ(started, THREADS);
	for (i = 0; i < THREADS; i++) {
		CHECK_EQ(w[i].ret, 0);
		CHECK_EQ(w[i].wrong, 0);
	}
	return 0;
}

static int threads_share_a_handle(struct conform *c)
{
	struct pramin_dev *dev[2] = { c->dev, c->dev };

	if (c->alone)
		SKIP("one thread at a time was asked for");
	CHECK_EQ(conform_keep(c, c->line - 256, 512), 0);
	return run_workers(c, dev);
}

/*
 * Do two handles have one GPU? A model without a file is another one for each
 * handle; VFIO has one process, and says so.
 */
static int second(struct conform *c, struct pramin_dev **dev)
{
	struct pramin_user users[PRAMIN_USERS_MAX];
	struct pramin_why why = { .err = 0 };
	size_t count = 0;
	int ret;

	if (c->alone)
		SKIP("one handle at a time was asked for");
	ret = conform_open(c, false, dev, &why);
	if (ret == -EBUSY) {
		printf("skipped: a second handle is refused: %s\n", why.what);
		return CHECK_SKIPPED;
	}
	if (ret) {
		printf("a second handle: %d, %s\n", ret, why.what);
		return CHECK_FAILED;
	}
	ret = pramin_users(*dev, users, ARRAY_LEN(users), &count);
	if (!ret && count > 1)
		return 0;
	conform_close(c, *dev);
	CHECK_EQ(ret, 0);
	SKIP("two handles of this kind are two GPUs");
}

static int both_see(struct conform *c, struct pramin_dev *other)
{
	struct pramin_dev *dev[2] = { c->dev, other };
	struct pramin_dev *third = NULL;
	uint64_t val = 0;

	CONFORM_OK(c, pramin_write64(c->dev, c->line, 0x600dull));
	CHECK_EQ(pramin_read64(other, c->line, &val), 0);
	CHECK_EQ(val, 0x600d);
	CHECK_EQ(pramin_write64(other, c->line - 8, 0xf00dull), 0);
	CONFORM_OK(c, pramin_read64(c->dev, c->line - 8, &val));
	CHECK_EQ(val, 0xf00d);
	CHECK_EQ(conform_open(c, true, &third, NULL), -EBUSY);
	return run_workers(c, dev);
}

static int handles_share_the_window(struct conform *c)
{
	struct pramin_dev *other = NULL;
	int ret = second(c, &other), end;

	if (ret)
		return ret;
	ret = conform_keep(c, c->line - 256, 512);
	ret = ret ? ret : both_see(c, other);
	end = conform_close(c, other);
	return ret ? ret : end;
}

static int an_exclusive_handle_works(struct conform *c)
{
	struct pramin_why why = { .err = 0 };
	uint32_t val;
	int ret;

	CHECK_EQ(conform_close(c, c->dev), 0);
	ret = conform_open(c, true, &c->dev, &why);
	if (ret == -EBUSY) {
		printf("skipped: somebody else has the GPU: %s\n", why.what);
		return CHECK_SKIPPED;
	}
	CHECK_EQ(ret, 0);
	CONFORM_OK(c, pramin_read32(c->dev, c->line, &val));
	CONFORM_OK(c, pramin_read32(c->dev, c->line - 4, &val));
	CHECK_EQ(conform_close(c, c->dev), 0);
	return 0;
}

const struct conform_test conform_shared[] = {
#define ROW(fn, writes, fixed)            \
	{                                 \
#fn, fn, writes, fixed, 0 \
	}
	ROW(threads_share_a_handle, true, 300),
	ROW(handles_share_the_window, true, 400),
	ROW(an_exclusive_handle_works, false, 40),
	{ NULL, NULL, false, 0, 0 },
};
