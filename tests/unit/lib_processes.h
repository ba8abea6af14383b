/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Several processes that use one model with a file, and do what they do in an
 * order that the test gives: a child says when it has done a part, and waits to
 * hear that it may go on.
 */
#ifndef PRAMIN_TESTS_LIB_PROCESSES_H
#define PRAMIN_TESTS_LIB_PROCESSES_H

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include <pramin/pramin.h>

#include "check.h"
#include "lib_scratch.h"

#define KIB	 1024ull
#define MIB	 (1024 * KIB)
#define ORIGINAL 0x25u /* what the window register holds at first */

/* Longer than any test runs: a wait that ends was ended by somebody. */
#define PATIENT_MS 60000u

static char gpu_name[320], image_path[300], state_path[300];

struct child {
	pid_t pid;
	int to;
	int from;
};

/* In a child: what has been asked for is done, and go on when told to. */
static int child_in, child_out;

static inline void child_say(void)
{
	if (write(child_out, "!", 1) != 1)
		_exit(90);
}

static inline void child_hear(void)
{
	char c;

	/* The parent has failed, or is dead. */
	if (read(child_in, &c, 1) != 1)
		_exit(91);
}

/* Run @fn(@arg) in a child; it exits with what that returns. */
static inline int child_start(struct child *c, int (*fn)(unsigned int arg),
			      unsigned int arg)
{
	int down[2], up[2], ret;

	if (pipe(down) || pipe(up))
		return -1;
	fflush(stdout);
	c->pid = fork();
	if (!c->pid) {
		close(down[1]);
		close(up[0]);
		child_in = down[0];
		child_out = up[1];
		alarm(PATIENT_MS / 1000 * 2);
		ret = fn(arg);
		fflush(stdout);
		_exit(ret);
	}
	close(down[0]);
	close(up[1]);
	c->to = down[1];
	c->from = up[0];
	return c->pid < 0 ? -1 : 0;
}

/* Until it has said so; -1: it ended before */
static inline int child_wait(const struct child *c)
{
	char byte;

	return read(c->from, &byte, 1) == 1 ? 0 : -1;
}

static inline int child_go(const struct child *c)
{
	return write(c->to, "!", 1) == 1 ? 0 : -1;
}

static inline int child_begin(struct child *c, int (*fn)(unsigned int arg),
			      unsigned int arg)
{
	return child_start(c, fn, arg) ? -1 : child_wait(c);
}

/* Its exit status, or -1 */
static inline int child_end(const struct child *c)
{
	int status, ret = waitpid(c->pid, &status, 0) == c->pid ? 0 : -1;

	close(c->to);
	close(c->from);
	return ret || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}

/* Those that it has forked still have their ends of the pipes. */
static inline int child_kill_alone(const struct child *c)
{
	int status;

	kill(c->pid, SIGKILL);
	return waitpid(c->pid, &status, 0) == c->pid && WIFSIGNALED(status) ?
		       0 :
		       -1;
}

static inline int child_kill(const struct child *c)
{
	int ret = child_kill_alone(c);

	close(c->to);
	close(c->from);
	return ret;
}

static inline int child_stop(const struct child *c)
{
	int status;

	kill(c->pid, SIGSTOP);
	return waitpid(c->pid, &status, WUNTRACED) == c->pid &&
			       WIFSTOPPED(status) ?
		       0 :
		       -1;
}

static inline int model_open(struct pramin_model **model)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = 64 * MIB,
		.file = image_path,
	};

	return pramin_model_create(&params, model, NULL);
}

/* New files, with a window that stands somewhere */
static inline int files_make(void)
{
	struct pramin_model *model;

	scratch_path(image_path, sizeof(image_path), "", "vram");
	scratch_path(state_path, sizeof(state_path), "", "vram.state");
	scratch_path(gpu_name, sizeof(gpu_name),
		     "model:tu102,vram=64M,file=", "vram");
	scratch_empty();
	CHECK_EQ(model_open(&model), 0);
	pramin_model_set_window(model, ORIGINAL);
	pramin_model_destroy(model);
	return 0;
}

/* What the register holds, seen from outside */
static inline uint32_t window_now(void)
{
	struct pramin_model *model;
	uint32_t raw;

	if (model_open(&model))
		return UINT32_MAX;
	raw = pramin_model_window(model);
	pramin_model_destroy(model);
	return raw;
}

static inline int open_with(struct pramin_dev **dev, bool exclusive,
			    unsigned int timeout_ms, struct pramin_why *why)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = exclusive,
		.timeout_ms = timeout_ms,
	};

	return pramin_open(gpu_name, &opts, dev, why);
}

static inline int open_gpu(struct pramin_dev **dev)
{
	return open_with(dev, false, PATIENT_MS, NULL);
}

/* What @pid does as @dev sees it; all 0 if it is not there */
static inline struct pramin_user user_of(struct pramin_dev *dev, pid_t pid)
{
	struct pramin_user users[PRAMIN_USERS_MAX];
	size_t count = 0, i;

	if (!pramin_users(dev, users, PRAMIN_USERS_MAX, &count))
		for (i = 0; i < count; i++)
			if (users[i].pid == (uint32_t)pid)
				return users[i];
	return (struct pramin_user){ .pid = 0 };
}

/* "process PID" as the sentences have it */
static inline const char *process_text(pid_t pid)
{
	static char text[32];

	snprintf(text, sizeof(text), "process %d", (int)pid);
	return text;
}

#endif /* PRAMIN_TESTS_LIB_PROCESSES_H */
