// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which SIGBUS is ours, and where the others go. Each case is a process of its own.
 */
#define _GNU_SOURCE
#include "lib_unplug.h"

#define DIED (1000 + SIGBUS)

/* A mapping that is nobody's business, and has nothing behind it */
static volatile uint32_t *stray(void)
{
	FILE *file = tmpfile();
	void *map;

	if (!file || ftruncate(fileno(file), 4096))
		return NULL;
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file),
		   0);
	if (map == MAP_FAILED || ftruncate(fileno(file), 0))
		return NULL;
	return map;
}

/* How a process ends that touches a removed card, or something else */
enum what {
	CARD,
	STRAY,
	CHILD_OF_CARD,
	CLOSED_CARD
};

static int touch(int what)
{
	struct card *c = &cards[0];
	volatile uint32_t *at;
	pid_t pid;
	int status;

	if (card_open(c) || pramin_write32(c->dev, 0, 7) || card_pull(c))
		return 90;
	at = what == STRAY ? stray() : card_at(c, APERTURE + 0x40);
	if (!at)
		return 91;
	if (what == CHILD_OF_CARD) {
		pid = fork();
		if (!pid) {
			*at = 1;
			_exit(0);
		}
		waitpid(pid, &status, 0);
		return WIFSIGNALED(status) ? WTERMSIG(status) : 92;
	}
	if (what == CLOSED_CARD) {
		unplug_unwatch(c->unplug, c->bar0);
		*at = 1;
		return 0;
	}
	*at = 1;
	return *at == 1 ? 0 : 93;
}

static int touch_uncaught(int what)
{
	return touch(what);
}

static int touch_caught(int what)
{
	if (pramin_catch_sigbus())
		return 94;
	/* The second time changes nothing: else a fault would go in circles. */
	if (pramin_catch_sigbus())
		return 94;
	return touch(what);
}

static volatile uint32_t *expected;
static volatile int heard;

static void on_signal_info(int sig, siginfo_t *info, void *context)
{
	_exit(sig == SIGBUS && info->si_code == BUS_ADRERR && context &&
			      info->si_addr == expected ?
		      42 :
		      95);
}

static void on_signal(int sig)
{
	heard = sig;
}

static int touch_with_a_handler(int what)
{
	struct sigaction act = {
		.sa_sigaction = on_signal_info,
		.sa_flags = SA_SIGINFO,
	};
	volatile uint32_t *at = stray();

	expected = at;
	sigaction(SIGBUS, &act, NULL);
	if (pramin_catch_sigbus() || touch(CARD))
		return 96;
	if (what == STRAY)
		*at = 1;
	return 0;
}

static int send_to_a_handler(int how)
{
	(void)how;
	signal(SIGBUS, on_signal);
	if (pramin_catch_sigbus() || raise(SIGBUS) || raise(SIGBUS))
		return 97;
	return heard;
}

static int send_to_nobody(int ignored)
{
	if (ignored)
		signal(SIGBUS, SIG_IGN);
	if (pramin_catch_sigbus() || raise(SIGBUS))
		return 98;
	return ignored ? touch(STRAY) : 0;
}

static int who_does_not_ask_dies_of_a_removed_gpu(void)
{
	CHECK_EQ(in_a_child(touch_uncaught, CARD), DIED);
	return 0;
}

static int who_asks_does_not(void)
{
	CHECK_EQ(in_a_child(touch_caught, CARD), 0);
	return 0;
}

static int a_fault_elsewhere_ends_the_process_as_ever(void)
{
	CHECK_EQ(in_a_child(touch_caught, STRAY), DIED);
	return 0;
}

static int a_closed_gpu_is_elsewhere(void)
{
	CHECK_EQ(in_a_child(touch_caught, CLOSED_CARD), DIED);
	return 0;
}

static int a_gpu_of_the_parent_is_elsewhere(void)
{
	CHECK_EQ(in_a_child(touch_caught, CHILD_OF_CARD), SIGBUS);
	return 0;
}

static int a_fault_elsewhere_goes_to_the_old_handler_with_all_it_wants(void)
{
	CHECK_EQ(in_a_child(touch_with_a_handler, CARD), 0);
	CHECK_EQ(in_a_child(touch_with_a_handler, STRAY), 42);
	return 0;
}

static int a_signal_that_was_sent_goes_to_the_old_handler(void)
{
	CHECK_EQ(in_a_child(send_to_a_handler, 0), SIGBUS);
	return 0;
}

static int a_signal_that_was_sent_ends_the_process_unless_ignored(void)
{
	CHECK_EQ(in_a_child(send_to_nobody, 0), DIED);
	/* A fault ends it even then. */
	CHECK_EQ(in_a_child(send_to_nobody, 1), DIED);
	return 0;
}

static const struct check_test tests[] = {
	TEST(who_does_not_ask_dies_of_a_removed_gpu),
	TEST(who_asks_does_not),
	TEST(a_fault_elsewhere_ends_the_process_as_ever),
	TEST(a_closed_gpu_is_elsewhere),
	TEST(a_gpu_of_the_parent_is_elsewhere),
	TEST(a_fault_elsewhere_goes_to_the_old_handler_with_all_it_wants),
	TEST(a_signal_that_was_sent_goes_to_the_old_handler),
	TEST(a_signal_that_was_sent_ends_the_process_unless_ignored),
};

int main(int argc, char **argv)
{
	/* The directory is removed by whoever has made it. */
	scratch();
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
