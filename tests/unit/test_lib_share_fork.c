// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * fork() with open handles, and processes that die. The GPU lies in memory that
 * all of them share, so its counts tell what a child has touched.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "lib_share_team.h"

#include "../../lib/dev.h"

static struct team team;
static struct pramin_view *view;
static uint8_t buf[4096];

static int start(unsigned int handles)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};

	return team_open(&team, handles, &opts);
}

/* Every public call that a handle or a view of the parent's takes */
static int calls_of_the_child(struct pramin_dev *dev)
{
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_access one = { .vram_pa = 8, .width = 4 };
	struct pramin_position pos;
	struct pramin_view *other;
	uint64_t at, val;
	uint32_t word;
	bool found;

	CHECK_EQ(pramin_read32(dev, 0, &word), -EPERM);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_FORKED);
	CHECK_EQ(pramin_write64(dev, 0, 1), -EPERM);
	CHECK_EQ(pramin_flush(dev), -EPERM);
	CHECK_EQ(pramin_read(dev, 0, buf, 8, NULL), -EPERM);
	CHECK_EQ(pramin_write(dev, 0, buf, 8, NULL), -EPERM);
	CHECK_EQ(pramin_fill(dev, 0, 8, buf, 8, NULL), -EPERM);
	CHECK_EQ(pramin_copy(dev, 0, 4096, 8, NULL), -EPERM);
	CHECK_EQ(pramin_compare(dev, 0, buf, 8, &at, NULL), -EPERM);
	CHECK_EQ(pramin_find(dev, 0, 8, buf, 1, &found, &at, NULL), -EPERM);
	CHECK_EQ(pramin_batch(dev, &one, 1, NULL), -EPERM);
	CHECK_EQ(pramin_position(dev, &pos), -EPERM);
	CHECK_EQ(pramin_check_window(dev), -EPERM);
	CHECK_EQ(pramin_forget(dev), -EPERM);
	CHECK_EQ(pramin_stats(dev, &stats), -EPERM);
	CHECK_EQ(pramin_info(dev, &info), -EPERM);
	CHECK_EQ(pramin_restore(dev), -EPERM);
	CHECK_EQ(pramin_revoke(dev), -EPERM);
	CHECK_EQ(pramin_view_begin(dev, 0, 8, &other), -EPERM);
	CHECK_EQ(pramin_view_begin_alone(dev, 0, 8, &other), -EPERM);
	if (!view)
		return 0;
	val = pramin_view_read(view, 0, 8);
	CHECK_EQ(val, UINT64_MAX);
	pramin_view_write(view, 0, 8, 1);
	CHECK_EQ(pramin_view_yield(view), -EPERM);
	CHECK_EQ(pramin_view_end(view), -EPERM);
	return 0;
}

static int the_child(void)
{
	uint64_t accesses = team.gpu->accesses;
	unsigned int i;

	for (i = 0; i < team.handles; i++)
		CHECK_EQ(calls_of_the_child(team.dev[i]), 0);
	for (i = 0; i < team.handles; i++) {
		CHECK_EQ(pramin_close(team.dev[i], NULL), 0);
		CHECK_EQ(team.io[i].closed, 1);
	}
	CHECK_EQ(team.gpu->accesses, accesses);
	return 0;
}

/* Run @child in a child, and hear how it went; leaks count under ASan. */
static int in_a_child(int (*child)(void))
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		exit(child());
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	return 0;
}

static int forked(unsigned int handles)
{
	uint32_t val;

	CHECK_EQ(start(handles), 0);
	CHECK_EQ(pramin_write32(team.dev[0], MIB, 7), 0);
	CHECK_EQ(in_a_child(the_child), 0);
	/* The parent goes on, and still keeps others out. */
	CHECK_EQ(pramin_read32(team.dev[0], MIB, &val), 0);
	CHECK_EQ(val, 7);
	return team_close(&team);
}

static int a_forked_child_touches_nothing_with_one_handle(void)
{
	view = NULL;
	return forked(1);
}

static int a_forked_child_touches_nothing_with_several_handles(void)
{
	view = NULL;
	return forked(3);
}

static int a_view_stays_with_the_parent(void)
{
	CHECK_EQ(start(1), 0);
	CHECK_EQ(pramin_view_begin(team.dev[0], MIB, 64, &view), 0);
	pramin_view_write(view, 0, 8, 5);
	CHECK_EQ(in_a_child(the_child), 0);
	CHECK_EQ(pramin_view_read(view, 0, 8), 5);
	CHECK_EQ(pramin_view_end(view), 0);
	return team_close(&team);
}

/* The callback of a call goes on in a child as well. */
static int fork_here(void *ctx, uint64_t done, uint64_t total)
{
	pid_t *pid = ctx;

	(void)total;
	if (done == 64 * KIB) {
		fflush(stdout);
		*pid = fork();
	}
	return 0;
}

static int fork_in_a_callback(bool exclusive)
{
	static uint8_t long_buf[256 * KIB];
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = exclusive,
	};
	pid_t pid = -1;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = fork_here,
		.ctx = &pid,
	};
	int ret, status;

	CHECK_EQ(team_open(&team, 1, &opts), 0);
	ret = pramin_read(team.dev[0], 0, long_buf, sizeof(long_buf), &bulk);
	if (!pid)
		exit(ret != -EPERM || bulk.done != 64 * KIB ||
		     pramin_close(team.dev[0], NULL));
	CHECK_EQ(ret, 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	/* What the parent has read, and no more */
	CHECK_EQ(team.gpu->reads[3], sizeof(long_buf) / 8);
	return team_close(&team);
}

static int a_call_that_forks_in_its_callback_ends_in_the_child(void)
{
	CHECK_EQ(fork_in_a_callback(false), 0);
	return fork_in_a_callback(true);
}

/* In the child: the GPU again, and another handle beside the parent's */
static int open_again(void)
{
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(pramin_close(team.dev[0], NULL), 0);
	CHECK_EQ(pramin_open_io(&share_ops, &team.io[0], NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_read32(dev, MIB, &val), 0);
	CHECK_EQ(val, 7);
	CHECK_EQ(pramin_write32(dev, 5 * MIB, 8), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pramin_close(team.dev[1], NULL), 0);
	return 0;
}

static int a_child_may_open_the_gpu_itself(void)
{
	uint32_t val;

	CHECK_EQ(start(2), 0);
	CHECK_EQ(pramin_write32(team.dev[0], MIB, 7), 0);
	CHECK_EQ(in_a_child(open_again), 0);
	CHECK_EQ(pramin_read32(team.dev[1], 5 * MIB, &val), 0);
	CHECK_EQ(val, 8);
	return team_close(&team);
}

/* A process with a view, and a child of its own that does nothing for long */
static void hold_and_fork(int to_parent)
{
	struct pramin_dev *dev;
	pid_t pid;

	if (pramin_open_io(&share_ops, &team.io[2], NULL, &dev, NULL) ||
	    pramin_view_begin(dev, 5 * MIB, 64, &view))
		_exit(1);
	/* The child speaks: the fork is over when it has begun to run. */
	if (!fork()) {
		pid = getpid();
		if (write(to_parent, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
	}
	/* Until the test has seen all it wants, or has failed long ago */
	alarm(60);
	for (;;)
		pause();
}

/* The pids of both */
static int start_holder(pid_t *holder, pid_t *sleeper)
{
	int pipe_fds[2];

	CHECK_EQ(pipe(pipe_fds), 0);
	fflush(stdout);
	*holder = fork();
	CHECK(*holder >= 0);
	if (!*holder)
		hold_and_fork(pipe_fds[1]);
	close(pipe_fds[1]);
	CHECK_EQ(read(pipe_fds[0], sleeper, sizeof(*sleeper)),
		 sizeof(*sleeper));
	close(pipe_fds[0]);
	CHECK(*sleeper > 0);
	return 0;
}

static int a_killed_process_lets_go_although_its_child_sleeps(void)
{
	const struct pramin_meeting *m;
	pid_t holder, sleeper;
	int status;
	uint32_t val;

	CHECK_EQ(start(2), 0);
	CHECK_EQ(pramin_close(team.dev[1], NULL), 0);
	team.handles = 1;
	team.io[2] = team.io[0];
	CHECK_EQ(start_holder(&holder, &sleeper), 0);

	m = team.dev[0]->gpu.meeting;
	CHECK_EQ(m->seat[0].taken + m->seat[1].taken, 2);
	CHECK_EQ(m->seat[1].pid, holder);
	CHECK(!meet_is_dead(&team.dev[0]->meet, 1));
	kill(holder, SIGKILL);
	CHECK_EQ(waitpid(holder, &status, 0), holder);
	CHECK(meet_is_dead(&team.dev[0]->meet, 1));
	/* Its view is in the way until somebody looks. */
	CHECK_EQ(pramin_read32(team.dev[0], 0, &val), 0);
	CHECK_EQ(m->seat[1].taken, 0);
	CHECK_EQ(kill(sleeper, 0), 0);
	kill(sleeper, SIGKILL);
	return team_close(&team);
}

/* Nobody is left but the sleeper: whoever opens it next puts the window back. */
static int the_next_one_restores_what_a_killed_process_left(void)
{
	pid_t holder, sleeper;
	int status;

	CHECK_EQ(start(2), 0);
	CHECK_EQ(pramin_close(team.dev[0], NULL), 0);
	CHECK_EQ(pramin_close(team.dev[1], NULL), 0);
	CHECK_EQ(team.gpu->window, SHARE_RAW);
	team.io[2] = team.io[0];
	CHECK_EQ(start_holder(&holder, &sleeper), 0);
	CHECK_EQ(team.gpu->window, 5 * 16);
	kill(holder, SIGKILL);
	CHECK_EQ(waitpid(holder, &status, 0), holder);
	CHECK_EQ(pramin_open_io(&share_ops, &team.io[0], NULL, &team.dev[0],
				NULL),
		 0);
	CHECK_EQ(team.gpu->window, SHARE_RAW);
	kill(sleeper, SIGKILL);
	team.handles = 1;
	team.io[0].closed = 0;
	return team_close(&team);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_forked_child_touches_nothing_with_one_handle),
		TEST(a_forked_child_touches_nothing_with_several_handles),
		TEST(a_view_stays_with_the_parent),
		TEST(a_call_that_forks_in_its_callback_ends_in_the_child),
		TEST(a_child_may_open_the_gpu_itself),
		TEST(a_killed_process_lets_go_although_its_child_sleeps),
		TEST(the_next_one_restores_what_a_killed_process_left),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
