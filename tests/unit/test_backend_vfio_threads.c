// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kernel asks for the device back while threads use it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "lib_vfio.h"

#define THREADS 3u

static struct pramin_dev *dev;
static struct pramin_why why;

static int ask(void)
{
	const uint64_t one = 1;

	return write(fake.request, &one, sizeof(one)) == sizeof(one) ? 0 : -1;
}

/* What is open of the device, or mapped; it comes to 0 within a minute. */
static bool is_let_go(void)
{
	unsigned int i;

	for (i = 0; i < 60000 && fake_maps(); i++)
		usleep(1000);
	return !fake_maps();
}

/* Does a descriptor still lead to the device, the group or the container? */
static bool leads_there(void)
{
	char path[64], target[256];
	ssize_t n;
	int fd;

	for (fd = 0; fd < FAKE_FDS; fd++) {
		if (fake.kind[fd] == NOTHING)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		if (!strstr(target, "eventfd"))
			return true;
	}
	return false;
}

static int an_idle_process_gives_the_device_back(void)
{
	unsigned int fds, threads = fake_threads(), i;
	uint32_t val;

	CHECK_EQ(fake_make(), 0);
	fds = fake_fds();
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK(leads_there());
	CHECK_EQ(ask(), 0);
	CHECK(is_let_go());
	/* The descriptors follow the mappings. */
	for (i = 0; i < 60000 && leads_there(); i++)
		usleep(1000);
	CHECK(!leads_there());
	CHECK_EQ(pramin_read32(dev, 0, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_BACKEND_GONE);
	CHECK_HAS(pramin_last_why(dev)->what, "asked for the GPU back");
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(fake_fds(), fds);
	CHECK(fake_threads_are(threads));
	/* It can be had again. */
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_read32(dev, 0, &val), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_view_shows_ones_then_and_takes_stores(void)
{
	struct pramin_view *view;
	struct pramin_span span;
	uint64_t off;

	CHECK_EQ(fake_make(), 0);
	CHECK_EQ(fake_open_gpu(&dev, &why), 0);
	CHECK_EQ(pramin_view_begin(dev, 0, MIB, &view), 0);
	span = pramin_view_span(view);
	pramin_span_write32(span, 8, 7);
	CHECK_EQ(ask(), 0);
	CHECK(is_let_go());
	for (off = 0; off < MIB; off += 4096)
		CHECK_EQ(pramin_span_read64(span, off), UINT64_MAX);
	pramin_span_write32(span, 8, 9);
	CHECK_EQ(pramin_span_read32(span, 8), 9);
	CHECK_EQ(pramin_view_end(view), -ENODEV);
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	return 0;
}

/* Each in its part of one position, and none in the word that flushes read */
struct user {
	uint64_t vram_pa;
	int ret;
};

static pthread_barrier_t under_way;

static void *use(void *arg)
{
	struct user *u = arg;
	unsigned char bytes[8192] = { 1 };

	u->ret = pramin_write(dev, u->vram_pa, bytes, sizeof(bytes), NULL);
	pthread_barrier_wait(&under_way);
	while (!u->ret) {
		u->ret = pramin_write(dev, u->vram_pa, bytes, sizeof(bytes),
				      NULL);
		if (!u->ret)
			u->ret = pramin_read(dev, u->vram_pa, bytes,
					     sizeof(bytes), NULL);
	}
	return NULL;
}

static int threads_in_calls_end_with_enodev(void)
{
	pthread_t threads[THREADS];
	struct user users[THREADS];
	unsigned int i, sparse;

	for (sparse = 0; sparse < 2; sparse++) {
		CHECK_EQ(fake_make(), 0);
		fake.sparse = sparse;
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		pthread_barrier_init(&under_way, NULL, THREADS + 1);
		for (i = 0; i < THREADS; i++) {
			users[i].vram_pa = 4096 + i * 65536;
			CHECK_EQ(pthread_create(&threads[i], NULL, use,
						&users[i]),
				 0);
		}
		pthread_barrier_wait(&under_way);
		CHECK_EQ(ask(), 0);
		for (i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		pthread_barrier_destroy(&under_way);
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(users[i].ret, -ENODEV);
		CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	}
	return 0;
}

static int a_close_and_a_request_at_the_same_time_get_along(void)
{
	unsigned int fds, threads = fake_threads(), i;

	CHECK_EQ(fake_make(), 0);
	fds = fake_fds();
	for (i = 0; i < 200; i++) {
		CHECK_EQ(fake_open_gpu(&dev, &why), 0);
		CHECK_EQ(ask(), 0);
		if (i % 2)
			sched_yield();
		CHECK_EQ(pramin_close(dev, NULL), 0);
		CHECK_EQ(fake_fds(), fds);
		CHECK_EQ(fake_maps(), 0);
		CHECK(fake_threads_are(threads));
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(an_idle_process_gives_the_device_back),
	TEST(a_view_shows_ones_then_and_takes_stores),
	TEST(threads_in_calls_end_with_enodev),
	TEST(a_close_and_a_request_at_the_same_time_get_along),
};

static void *nothing(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	/* A sanitizer has a thread of its own from the first one on. */
	if (pthread_create(&thread, NULL, nothing, NULL) ||
	    pthread_join(thread, NULL))
		return 1;
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
