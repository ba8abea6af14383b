// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Users of a model with a file that are killed, forked, or stopped in the door.
 * The others go on undisturbed, and whoever comes next mends.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "../../model/internal.h"
#include "model_files.h"

#define LOOP_SECONDS 1.5

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static pid_t start(int (*fn)(const struct dir *d, int to), const struct dir *d,
		   int to)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(fn(d, to));
	return pid;
}

static int killed(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? 0 : -1;
}

static int ended(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
		       WEXITSTATUS(status) :
		       -1;
}

static uint32_t phase_of(const struct dir *d)
{
	struct model_state st;

	return file_get(d->state, &st, sizeof(st)) == sizeof(st) ? st.phase :
								   UINT32_MAX;
}

static int tell(int to)
{
	return write(to, "!", 1) == 1 ? 0 : 1;
}

/* Opens, works and closes for ever, in turn with long and short visits */
static int come_and_go(const struct dir *d, int to)
{
	struct pramin_model *m;
	uint32_t round, i;

	for (round = 0;; round++) {
		if (open_file("tu102", GIB, d->image, &m, NULL))
			return 1;
		if (!round && to >= 0 && tell(to))
			return 1;
		for (i = 0; i < (round % 4) * 100; i++) {
			wr(m, APERTURE + 0x40000 + i * 512, 8, i);
			get(m, APERTURE + 0x40000, 4);
			wr(m, 0x20, 4, i);
		}
		pramin_model_destroy(m);
	}
}

static int check_counters(struct pramin_model *m)
{
	struct pramin_model_counters c = counters(m);

	CHECK(c.outside <= c.accesses && c.unknown <= c.accesses);
	CHECK(c.window_writes <= c.register_writes);
	CHECK(c.moves <= c.window_writes);
	return 0;
}

static int survivors_notice_nothing_when_a_user_is_killed(void)
{
	struct pramin_model *m, *other;
	double end = now() + LOOP_SECONDS;
	uint64_t i = 0;
	unsigned int round;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(wr(m, PBUS, 4, 0x100), 0);
	for (round = 0; now() < end; round++) {
		pid_t pid = start(come_and_go, &d, -1);
		double until = now() + (round * 37 % 100) * 1e-4;

		CHECK(pid > 0);
		do {
			CHECK_EQ(wr(m, APERTURE + 8, 8, ++i), 0);
			CHECK_EQ(get(m, APERTURE + 8, 8), i);
			CHECK_EQ(get(m, PBUS, 4), 0x100);
		} while (now() < until);
		CHECK_EQ(killed(pid), 0);
		/* Others can still come, and the survivor is not mended. */
		CHECK_EQ(open_file("tu102", GIB, d.image, &other, NULL), 0);
		CHECK_EQ(get(other, APERTURE + 8, 8), i);
		pramin_model_destroy(other);
		CHECK_EQ(phase_of(&d), MODEL_STATE_IN_USE);
		CHECK_EQ(check_counters(m), 0);
	}
	CHECK(counters(m).writes[3] >= i);
	CHECK_EQ(counters(m).window_writes, 1);
	pramin_model_destroy(m);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK_EQ(get(m, APERTURE + 8, 8), i);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int the_next_one_mends_what_the_last_to_be_killed_has_left(void)
{
	double end = now() + LOOP_SECONDS;
	struct pramin_model *m;
	unsigned int round;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	for (round = 0; now() < end; round++) {
		pid_t pids[2];
		int i;

		/* New files now and then: some are killed creating them. */
		if (round % 4 == 3) {
			dir_remove(&d);
			CHECK_EQ(dir_make(&d), 0);
		}
		for (i = 0; i < 2; i++)
			pids[i] = start(come_and_go, &d, -1);
		usleep(round * 37 % 100 * 50);
		for (i = 0; i < 2; i++)
			CHECK_EQ(killed(pids[i]), 0);
		CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
		CHECK_EQ(check_counters(m), 0);
		pramin_model_destroy(m);
		CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	}
	dir_remove(&d);
	return 0;
}

/* Everything that a child can do with a handle that it has inherited */
static int use_inherited(struct pramin_model *m, volatile uint32_t *ptr)
{
	const struct pramin_io_ops *ops = pramin_model_ops();
	uint64_t val = 5;
	uint32_t cfg;

	if (rd(m, APERTURE, 4, &val) != -ENODEV || val != 5 ||
	    wr(m, APERTURE, 4, 1) != -ENODEV || wr(m, PBUS, 4, 1) != -ENODEV ||
	    ops->config_read(m, 0, &cfg) != -ENODEV)
		return 1;
	pramin_model_mend(m);
	if (rd(m, 0, 4, &val) != -ENODEV || ops->aperture(m))
		return 2;
	if (pramin_model_fault(m, "blip", NULL) || rd(m, 0, 4, &val) != -ENODEV)
		return 3;
	if (pramin_model_peek(m, 0, &val, 8) != -ENODEV ||
	    pramin_model_poke(m, 0, &val, 8) != -ENODEV)
		return 4;
	pramin_model_set_window(m, 0x77);
	ptr[0] = 99;
	if (counters(m).vram_bytes > MIB || ops->clock_ns(m) > 1000000000)
		return 5;
	pramin_model_destroy(m);
	return 0;
}

static int open_flat(const struct dir *d, struct pramin_model **m,
		     volatile uint32_t **ptr)
{
	struct pramin_model_params p = {
		.chip = "gh100", .vram = MIB, .flat = true, .file = d->image
	};
	static uint8_t ones[MIB];

	memset(ones, 1, sizeof(ones));
	CHECK_EQ(build_why(&p, m, NULL), 0);
	CHECK_EQ(pramin_model_poke(*m, 0, ones, sizeof(ones)), 0);
	*ptr = pramin_model_ops()->aperture(*m);
	CHECK(*ptr);
	return 0;
}

static int a_forked_child_inherits_nothing_but_memory_to_free(void)
{
	struct pramin_model *m, *m2;
	struct pramin_model_counters before, after;
	volatile uint32_t *ptr;
	struct dir d;
	pid_t pid;
	int fds;

	CHECK_EQ(dir_make(&d), 0);
	fds = dir_count("/proc/self/fd");
	CHECK_EQ(open_flat(&d, &m, &ptr), 0);
	CHECK_EQ(open_file("gh100", MIB, d.image, &m2, NULL), 0);
	before = counters(m);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (dir_count("/proc/self/fd") != fds)
			_exit(9);
		pramin_model_discard(m2);
		_exit(use_inherited(m, ptr));
	}
	CHECK_EQ(ended(pid), 0);
	after = counters(m);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	CHECK_EQ(ptr[0], 0x01010101);
	CHECK_EQ(pramin_model_window(m), 0);
	CHECK_EQ(phase_of(&d), MODEL_STATE_IN_USE);
	CHECK_EQ(dir_count(d.path), 2);
	CHECK_EQ(wr(m, APERTURE, 4, 5), 0);
	CHECK_EQ(get(m2, APERTURE, 4), 5);
	pramin_model_destroy(m);
	pramin_model_destroy(m2);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	dir_remove(&d);
	return 0;
}

/*
 * Opens, forks a child that lives on, and waits for death. The child tells its
 * pid: once it runs it has let go.
 */
static int fork_and_wait(const struct dir *d, int to)
{
	struct pramin_model *m;
	pid_t pid;

	if (open_file("tu102", GIB, d->image, &m, NULL))
		return 1;
	if (!fork()) {
		pid = getpid();
		if (write(to, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
	}
	for (;;)
		pause();
}

static int a_forked_child_does_not_keep_what_its_parent_had(void)
{
	struct pramin_model *m;
	int pipes[2];
	pid_t pid, grandchild = 0;
	struct dir d;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(pipe(pipes), 0);
	pid = start(fork_and_wait, &d, pipes[1]);
	CHECK_EQ(read(pipes[0], &grandchild, sizeof(grandchild)),
		 sizeof(grandchild));
	CHECK_EQ(killed(pid), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK(m->file.alone);
	pramin_model_destroy(m);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(kill(grandchild, SIGKILL), 0);
	close(pipes[0]);
	close(pipes[1]);
	dir_remove(&d);
	return 0;
}

static int stop; /* for the thread below */

static void *open_and_close(void *arg)
{
	const struct dir *d = arg;
	struct pramin_model *m;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		if (!open_file("tu102", MIB, d->image, &m, NULL))
			pramin_model_destroy(m);
	return NULL;
}

/* Whatever the other thread is about, no descriptor and no lock slips over. */
static int a_fork_may_come_at_any_moment(void)
{
	struct pramin_model *m;
	pthread_t thread;
	unsigned int i;
	struct dir d;
	int fds;

	CHECK_EQ(dir_make(&d), 0);
	fds = dir_count("/proc/self/fd");
	__atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
	CHECK_EQ(pthread_create(&thread, NULL, open_and_close, &d), 0);
	for (i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(dir_count("/proc/self/fd") != fds);
		CHECK_EQ(ended(pid), 0);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(open_file("tu102", MIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	dir_remove(&d);
	return 0;
}

static int stand_in_the_door(const struct dir *d, int to)
{
	int fd = open(d->state, O_RDWR | O_CLOEXEC);
	uint32_t pid;

	if (fd < 0 || model_door_enter(fd, &pid) || tell(to))
		return 1;
	for (;;)
		pause();
}

static int who_does_not_leave_the_door_is_named(void)
{
	struct pramin_model *m, *other;
	struct pramin_why why;
	char want[64], c;
	int pipes[2];
	struct dir d;
	pid_t pid;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(pipe(pipes), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pid = start(stand_in_the_door, &d, pipes[1]);
	CHECK_EQ(read(pipes[0], &c, 1), 1);
	model_door_patience_ms = 50;
	CHECK_EQ(open_file("tu102", GIB, d.image, &other, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	snprintf(want, sizeof(want), "by process %d", (int)pid);
	CHECK_HAS(why.what, want);
	CHECK_HAS(why.what, d.image);
	/* Users go on, and may close; the next one mends. */
	CHECK_EQ(wr(m, PBUS, 4, 77), 0);
	pramin_model_destroy(m);
	CHECK_EQ(phase_of(&d), MODEL_STATE_IN_USE);
	model_door_patience_ms = 5000;
	CHECK_EQ(killed(pid), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK(m->file.alone);
	CHECK_EQ(pramin_model_window(m), 77);
	pramin_model_destroy(m);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	close(pipes[0]);
	close(pipes[1]);
	dir_remove(&d);
	return 0;
}

static int leave_soon(const struct dir *d, int to)
{
	int fd = open(d->state, O_RDWR | O_CLOEXEC);
	uint32_t pid;

	if (fd < 0 || model_door_enter(fd, &pid) || tell(to))
		return 1;
	usleep(100000);
	return 0;
}

static int a_door_that_opens_soon_is_waited_for(void)
{
	struct pramin_model *m;
	int pipes[2];
	struct dir d;
	pid_t pid;
	char c;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(pipe(pipes), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	pid = start(leave_soon, &d, pipes[1]);
	CHECK_EQ(read(pipes[0], &c, 1), 1);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	pramin_model_destroy(m);
	CHECK_EQ(ended(pid), 0);
	close(pipes[0]);
	close(pipes[1]);
	dir_remove(&d);
	return 0;
}

/* What the library puts a lock on is no business of the model. */
static int the_locks_of_the_model_stay_below_those_of_the_library(void)
{
	struct flock theirs = { .l_type = F_WRLCK,
				.l_whence = SEEK_SET,
				.l_start = MODEL_MEETING };
	struct pramin_model *m;
	struct dir d;
	int fd;

	CHECK_EQ(dir_make(&d), 0);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	fd = open(d.state, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_OFD_SETLK, &theirs), 0);
	pramin_model_destroy(m);
	CHECK_EQ(phase_of(&d), MODEL_STATE_CLEAN);
	CHECK_EQ(open_file("tu102", GIB, d.image, &m, NULL), 0);
	CHECK(m->file.alone);
	pramin_model_destroy(m);
	CHECK_EQ(close(fd), 0);
	dir_remove(&d);
	return 0;
}

static const struct check_test tests[] = {
	TEST(survivors_notice_nothing_when_a_user_is_killed),
	TEST(the_next_one_mends_what_the_last_to_be_killed_has_left),
	TEST(a_forked_child_inherits_nothing_but_memory_to_free),
	TEST(a_forked_child_does_not_keep_what_its_parent_had),
	TEST(a_fork_may_come_at_any_moment),
	TEST(who_does_not_leave_the_door_is_named),
	TEST(a_door_that_opens_soon_is_waited_for),
	TEST(the_locks_of_the_model_stay_below_those_of_the_library),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
