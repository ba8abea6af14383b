// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The restore that a signal handler does, beside those who use the window.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_processes.h"

static struct pramin_io_ops slow_ops;
static struct pramin_dev *slow_dev;
static bool restoring;

/* The write of the restore is held up. */
static int slow_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	if (restoring) {
		child_say();
		child_hear();
	}
	return pramin_model_ops()->write(io, off, width, val);
}

static void on_signal(int sig)
{
	(void)sig;
	restoring = true;
	pramin_restore(slow_dev);
	_exit(0);
}

static int restore_slowly(unsigned int arg)
{
	const struct sigaction act = { .sa_handler = on_signal };
	struct pramin_model *model;

	(void)arg;
	slow_ops = *pramin_model_ops();
	slow_ops.write = slow_write;
	if (model_open(&model) ||
	    pramin_open_io(&slow_ops, model, NULL, &slow_dev, NULL) ||
	    pramin_write32(slow_dev, MIB, 1))
		return 1;
	sigaction(SIGUSR1, &act, NULL);
	raise(SIGUSR1);
	return 2;
}

static int nobody_joins_while_a_handler_restores(void)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	struct child other;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(child_begin(&other, restore_slowly, 0), 0);
	CHECK_EQ(open_with(&dev, false, 50, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	CHECK_HAS(why.what, process_text(other.pid));
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* A part of a second thread: what it does, and until when */
struct beside {
	struct pramin_dev *dev;
	pthread_barrier_t in, out;
	int ret;
};

static void *hold_a_view(void *arg)
{
	struct beside *b = arg;
	struct pramin_view *view;

	b->ret = pramin_view_begin(b->dev, MIB, 64, &view);
	pthread_barrier_wait(&b->in);
	pthread_barrier_wait(&b->out);
	if (!b->ret)
		b->ret = pramin_view_end(view);
	return NULL;
}

static int stop_in_callback(void *ctx, uint64_t done, uint64_t total)
{
	struct beside *b = ctx;

	(void)done;
	(void)total;
	pthread_barrier_wait(&b->in);
	pthread_barrier_wait(&b->out);
	return 1;
}

static void *be_in_a_call(void *arg)
{
	static uint8_t buf[192 * KIB];
	struct beside *b = arg;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = stop_in_callback,
		.ctx = b,
	};

	b->ret = pramin_read(b->dev, MIB, buf, sizeof(buf), &bulk) ==
				 -ECANCELED ?
			 0 :
			 -EIO;
	return NULL;
}

static int beside_a_thread_that(void *(*does)(void *arg))
{
	struct beside b = { .ret = -1 };
	struct pramin_dev *next;
	pthread_t thread;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&b.dev), 0);
	pthread_barrier_init(&b.in, NULL, 2);
	pthread_barrier_init(&b.out, NULL, 2);
	CHECK_EQ(pthread_create(&thread, NULL, does, &b), 0);
	pthread_barrier_wait(&b.in);
	CHECK_EQ(pramin_restore(b.dev), 0);
	CHECK_EQ(window_now(), 16);
	pthread_barrier_wait(&b.out);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(pramin_read(b.dev, 0, &b.ret, 4, NULL), -ENODEV);
	CHECK_EQ(pramin_close(b.dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	CHECK_EQ(open_gpu(&next), 0);
	CHECK_EQ(pramin_close(next, NULL), 0);
	return 0;
}

static int the_view_of_another_thread_keeps_the_window(void)
{
	return beside_a_thread_that(hold_a_view);
}

static int the_call_of_another_thread_keeps_the_window(void)
{
	return beside_a_thread_that(be_in_a_call);
}

static int hold_it_open(unsigned int arg)
{
	struct pramin_dev *dev;

	(void)arg;
	if (open_gpu(&dev))
		return 1;
	child_say();
	child_hear();
	return 2;
}

static int a_killed_user_is_no_other(void)
{
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(child_begin(&other, hold_it_open, 0), 0);
	CHECK_EQ(pramin_write32(dev, MIB, 1), 0);
	CHECK_EQ(child_kill(&other), 0);
	CHECK_EQ(pramin_restore(dev), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(nobody_joins_while_a_handler_restores),
		TEST(the_view_of_another_thread_keeps_the_window),
		TEST(the_call_of_another_thread_keeps_the_window),
		TEST(a_killed_user_is_no_other),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
