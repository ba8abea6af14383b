// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Processes that share a GPU: they overlap, take turns, die, stop, fork, and
 * refuse each other.
 */
#define _GNU_SOURCE
#include "lib_processes.h"

/* Hold a view at @mib MiB; on a word from the parent write to it and end it. */
static int hold_view(unsigned int mib)
{
	const uint64_t at = mib * MIB;
	struct pramin_view *view;
	struct pramin_dev *dev;

	if (open_gpu(&dev) || pramin_view_begin(dev, at, 64, &view))
		return 1;
	pramin_view_write(view, 0, 8, 0x1111);
	child_say();
	child_hear();
	pramin_view_write(view, 8, 8, 0x2222);
	if (pramin_view_end(view) || pramin_flush(dev))
		return 2;
	return pramin_close(dev, NULL) ? 3 : 0;
}

static int views_of_one_position_overlap(void)
{
	struct pramin_model_counters c = { .size = sizeof(c) };
	struct pramin_model *model;
	struct pramin_view *view;
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(child_begin(&other, hold_view, 5), 0);
	CHECK_EQ(pramin_view_begin(dev, 5 * MIB, 64, &view), 0);
	CHECK_EQ(user_of(dev, other.pid).holds, 1);
	CHECK_EQ(user_of(dev, getpid()).holds, 1);
	CHECK_EQ(pramin_view_read(view, 0, 8), 0x1111);
	pramin_view_write(view, 16, 8, 0x3333);
	CHECK_EQ(model_open(&model), 0);
	CHECK_EQ(pramin_model_counters(model, &c), 0);
	CHECK_EQ(c.moves, 1);
	pramin_model_destroy(model);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	CHECK_EQ(pramin_view_read(view, 8, 8), 0x2222);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

/* One read elsewhere, which has to wait */
static int read_elsewhere(unsigned int mib)
{
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_dev *dev;
	uint32_t val;

	if (open_gpu(&dev))
		return 1;
	child_say();
	if (pramin_read32(dev, mib * MIB, &val) || val)
		return 2;
	if (pramin_stats(dev, &stats) || stats.moves != 1 ||
	    stats.reads[2] != 1)
		return 3;
	child_say();
	child_hear();
	return pramin_close(dev, NULL) ? 4 : 0;
}

static int users_of_two_positions_take_turns(void)
{
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_view *view;
	struct pramin_dev *dev;
	struct child other;
	uint32_t val;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(pramin_view_begin(dev, 5 * MIB, 64, &view), 0);
	CHECK_EQ(child_begin(&other, read_elsewhere, 20), 0);
	while (!user_of(dev, other.pid).waits)
		usleep(1000);
	pramin_view_write(view, 0, 4, 7);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(child_wait(&other), 0);
	CHECK_EQ(user_of(dev, other.pid).waits, 0);
	CHECK_EQ(pramin_read32(dev, 5 * MIB, &val), 0);
	CHECK_EQ(val, 7);
	CHECK_EQ(pramin_stats(dev, &stats), 0);
	CHECK_EQ(stats.moves, 2);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

/* Write and read back, against others who do so elsewhere */
static int back_and_forth(unsigned int n)
{
	const uint64_t at = n * (4 * MIB + 8);
	struct pramin_dev *dev;
	uint64_t i, val;

	if (open_gpu(&dev))
		return 1;
	for (i = 1; i <= 300; i++)
		if (pramin_write64(dev, at, i) ||
		    pramin_read64(dev, at, &val) || val != i)
			return 2;
	return pramin_close(dev, NULL) ? 3 : 0;
}

static int no_byte_gets_lost_in_many_turns(void)
{
	struct child children[3];
	struct pramin_model *model;
	uint64_t val;
	unsigned int i;

	CHECK_EQ(files_make(), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(child_start(&children[i], back_and_forth, i), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(child_end(&children[i]), 0);
	CHECK_EQ(model_open(&model), 0);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(pramin_model_peek(model, i * (4 * MIB + 8), &val, 8),
			 0);
		CHECK_EQ(val, 300);
	}
	CHECK_EQ(pramin_model_window(model), ORIGINAL);
	pramin_model_destroy(model);
	return 0;
}

static int who_waits_clears_the_view_of_a_killed_process(void)
{
	struct child victim, third;
	struct pramin_dev *dev;
	uint64_t val;

	CHECK_EQ(files_make(), 0);
	/* Within a second, or it fails */
	CHECK_EQ(open_with(&dev, false, 1000, NULL), 0);
	CHECK_EQ(child_begin(&third, hold_view, 5), 0);
	CHECK_EQ(child_begin(&victim, hold_view, 5), 0);
	CHECK_EQ(child_kill(&victim), 0);
	CHECK_EQ(child_go(&third), 0);
	CHECK_EQ(child_end(&third), 0);
	CHECK_EQ(pramin_write64(dev, 30 * MIB, 9), 0);
	CHECK_EQ(user_of(dev, victim.pid).pid, 0);
	CHECK_EQ(pramin_read64(dev, 5 * MIB, &val), 0);
	CHECK_EQ(val, 0x1111);
	CHECK_EQ(pramin_read64(dev, 5 * MIB + 8, &val), 0);
	CHECK_EQ(val, 0x2222);
	CHECK_EQ(pramin_read64(dev, 30 * MIB, &val), 0);
	CHECK_EQ(val, 9);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

static int a_stopped_process_is_named_and_keeps_what_it_has(void)
{
	struct pramin_dev *dev;
	struct child holder;
	uint64_t val;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_with(&dev, false, 300, NULL), 0);
	CHECK_EQ(child_begin(&holder, hold_view, 5), 0);
	CHECK_EQ(child_stop(&holder), 0);
	CHECK_EQ(pramin_write64(dev, 30 * MIB, 9), -ETIMEDOUT);
	CHECK_HAS(pramin_last_why(dev)->what, process_text(holder.pid));
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_TIMED_OUT);
	CHECK_EQ(user_of(dev, holder.pid).holds, 1);
	CHECK_EQ(user_of(dev, getpid()).waits, 0);
	CHECK_EQ(window_now(), 5 * 16);
	/* What it shows is there for others. */
	CHECK_EQ(pramin_read64(dev, 5 * MIB, &val), 0);
	CHECK_EQ(val, 0x1111);
	CHECK_EQ(child_go(&holder), 0);
	kill(holder.pid, SIGCONT);
	CHECK_EQ(child_end(&holder), 0);
	CHECK_EQ(pramin_read64(dev, 5 * MIB + 8, &val), 0);
	CHECK_EQ(val, 0x2222);
	CHECK_EQ(pramin_read64(dev, 30 * MIB, &val), 0);
	CHECK_EQ(val, 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

static int keep_open(unsigned int exclusive)
{
	struct pramin_dev *dev;

	if (open_with(&dev, exclusive, PATIENT_MS, NULL))
		return 1;
	if (pramin_write32(dev, 7 * MIB, 0xcafe))
		return 2;
	child_say();
	child_hear();
	return pramin_close(dev, NULL) ? 3 : 0;
}

static int exclusive_refuses_and_is_refused(void)
{
	static const bool pairs[][2] = { { false, true },
					 { true, false },
					 { true, true } };
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	struct child other;
	size_t i;

	for (i = 0; i < ARRAY_LEN(pairs); i++) {
		CHECK_EQ(files_make(), 0);
		CHECK_EQ(child_begin(&other, keep_open, pairs[i][0]), 0);
		CHECK_EQ(open_with(&dev, pairs[i][1], 300, &why), -EBUSY);
		CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
		CHECK_HAS(why.what, process_text(other.pid));
		CHECK(!dev);
		CHECK_EQ(child_go(&other), 0);
		CHECK_EQ(child_end(&other), 0);
		CHECK_EQ(window_now(), ORIGINAL);
		CHECK_EQ(open_with(&dev, pairs[i][1], 300, &why), 0);
		CHECK_EQ(pramin_close(dev, NULL), 0);
		dev = NULL;
	}
	return 0;
}

static int the_next_opener_restores_what_a_killed_one_left(void)
{
	struct pramin_position pos;
	struct pramin_dev *dev;
	struct child victim;
	uint32_t val;
	unsigned int i;

	/* Bit 0: the killed one is exclusive; bit 1: so is the next */
	for (i = 0; i < 4; i++) {
		CHECK_EQ(files_make(), 0);
		CHECK_EQ(child_begin(&victim, keep_open, i & 1), 0);
		CHECK_EQ(child_kill(&victim), 0);
		CHECK(window_now() != ORIGINAL);
		CHECK_EQ(open_with(&dev, i & 2, PATIENT_MS, NULL), 0);
		CHECK_EQ(pramin_position(dev, &pos), 0);
		/* One that is exclusive leaves it to its end. */
		if (!(i & 2))
			CHECK_EQ(pos.raw, ORIGINAL);
		CHECK_EQ(pramin_read32(dev, 7 * MIB, &val), 0);
		CHECK_EQ(val, 0xcafe);
		CHECK_EQ(pramin_close(dev, NULL), 0);
		CHECK_EQ(window_now(), ORIGINAL);
	}
	return 0;
}

static int the_last_to_leave_restores(void)
{
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(child_begin(&other, keep_open, 0), 0);
	CHECK_EQ(pramin_write32(dev, 30 * MIB, 1), 0);
	CHECK_EQ(pramin_restore(dev), 0);
	CHECK_EQ(window_now(), 30 * 16);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), 30 * 16);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

static int one_handle_too_many_is_busy(void)
{
	static struct pramin_dev *devs[PRAMIN_USERS_MAX];
	struct pramin_dev *more = NULL;
	struct pramin_why why;
	struct child other;
	unsigned int i;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(child_begin(&other, keep_open, 0), 0);
	for (i = 1; i < PRAMIN_USERS_MAX; i++)
		CHECK_EQ(open_gpu(&devs[i]), 0);
	CHECK_EQ(open_with(&more, false, 0, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_TOO_MANY);
	CHECK_HAS(why.what, "64");
	CHECK(!more);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	CHECK_EQ(open_gpu(&devs[0]), 0);
	for (i = 0; i < PRAMIN_USERS_MAX; i++) {
		CHECK_EQ(pramin_write32(devs[i], i * MIB, i + 1), 0);
		CHECK_EQ(pramin_close(devs[i], NULL), 0);
	}
	CHECK_EQ(window_now(), ORIGINAL);
	return 0;
}

/* Its child tries the handle, and then sleeps for ever with its copy. */
static int fork_and_hold(unsigned int mib)
{
	const uint64_t at = mib * MIB;
	struct pramin_view *view;
	struct pramin_dev *dev;
	uint32_t val;

	if (open_gpu(&dev) || pramin_view_begin(dev, at, 64, &view))
		return 1;
	if (fork() == 0) {
		pramin_view_write(view, 0, 8, 5);
		if (pramin_read32(dev, at, &val) != -EPERM ||
		    pramin_write32(dev, at, 1) != -EPERM ||
		    pramin_restore(dev) != -EPERM)
			_exit(1);
		child_say();
		child_hear();
		_exit(0);
	}
	for (;;)
		pause();
}

static int a_forked_child_does_not_keep_its_parent_alive(void)
{
	struct pramin_dev *dev;
	struct child victim;
	uint32_t val;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(child_begin(&victim, fork_and_hold, 5), 0);
	CHECK_EQ(window_now(), 5 * 16);
	CHECK_EQ(user_of(dev, victim.pid).holds, 1);
	CHECK_EQ(child_kill_alone(&victim), 0);
	/* Only the look for the dead can end this wait in time. */
	CHECK_EQ(pramin_read32(dev, 30 * MIB, &val), 0);
	CHECK_EQ(user_of(dev, victim.pid).pid, 0);
	CHECK_EQ(pramin_read32(dev, 5 * MIB, &val), 0);
	CHECK_EQ(val, 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(window_now(), ORIGINAL);
	/* It was there all the time, and ends now. */
	CHECK_EQ(child_go(&victim), 0);
	close(victim.to);
	close(victim.from);
	return 0;
}

static int a_thread_with_two_handles_does_not_wait_for_itself(void)
{
	struct pramin_dev *first, *second;
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&first), 0);
	CHECK_EQ(open_gpu(&second), 0);
	CHECK_EQ(pramin_view_begin(first, 0, 8, &view), 0);
	CHECK_EQ(pramin_read32(second, 64, &val), 0);
	CHECK_EQ(pramin_read32(second, 2 * MIB, &val), -EBUSY);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_read32(second, 2 * MIB, &val), 0);
	CHECK_EQ(pramin_close(first, NULL), 0);
	CHECK_EQ(pramin_close(second, NULL), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(views_of_one_position_overlap),
		TEST(users_of_two_positions_take_turns),
		TEST(no_byte_gets_lost_in_many_turns),
		TEST(who_waits_clears_the_view_of_a_killed_process),
		TEST(a_stopped_process_is_named_and_keeps_what_it_has),
		TEST(exclusive_refuses_and_is_refused),
		TEST(the_next_opener_restores_what_a_killed_one_left),
		TEST(the_last_to_leave_restores),
		TEST(one_handle_too_many_is_busy),
		TEST(a_thread_with_two_handles_does_not_wait_for_itself),
		TEST(a_forked_child_does_not_keep_its_parent_alive),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
