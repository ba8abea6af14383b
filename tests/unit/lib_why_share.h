/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Part of test_lib_why.c: failures that need a second user, or one that dies.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "../../lib/dev.h"

/* Another thread, which reads where it has to wait */
static void *read_elsewhere(void *result)
{
	uint32_t val;
	int *ret = result;

	*ret = last(pramin_read32(rig.dev, 2 * MIB, &val), -ETIMEDOUT,
		    PRAMIN_REASON_TIMED_OUT, "kept the window at 0x0", true);
	return NULL;
}

static void *read_while_stopped(void *result)
{
	uint32_t val;
	int *ret = result;

	*ret = last(pramin_read32(rig.dev, 2 * MIB, &val), -ETIMEDOUT,
		    PRAMIN_REASON_STOPPED, "stopped", true);
	return NULL;
}

static int in_a_thread(void *(*run)(void *))
{
	pthread_t thread;
	int ret = 1;

	CHECK_EQ(pthread_create(&thread, NULL, run, &ret), 0);
	pthread_join(thread, NULL);
	return ret;
}

static int in_a_child(void)
{
	int status, ret;
	uint32_t val;
	pid_t pid = fork();

	if (!pid) {
		ret = last(pramin_read32(rig.dev, 0, &val), -EPERM,
			   PRAMIN_REASON_FORKED, "forked", true);
		pramin_close(rig.dev, NULL);
		_exit(ret != 0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	covered[PRAMIN_REASON_FORKED] = true;
	return 0;
}

static int what_only_sharing_can_meet_has_its_reasons(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20,
	};
	static struct pramin_view *views[PRAMIN_REQUESTS];
	struct pramin_view *view;
	unsigned int n;
	uint32_t val;

	CHECK_EQ(rig_model(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(rig_attach(&rig, &opts), 0);
	CHECK_EQ(in_a_child(), 0);

	CHECK_EQ(pramin_view_begin(rig.dev, 0x80, 0x40, &view), 0);
	CHECK_EQ(in_a_thread(read_elsewhere), 0);
	CHECK_EQ(pramin_forget(rig.dev), 0);
	CHECK_EQ(pramin_view_read(view, 0, 4), UINT64_MAX);
	CHECK_EQ(last(pramin_read32(rig.dev, 0x40, &val), -EIO,
		      PRAMIN_REASON_VIEW_LOST, "0x40", true),
		 0);
	CHECK_EQ(last(pramin_view_end(view), -EIO, PRAMIN_REASON_VIEW_LOST,
		      "0x80", true),
		 0);
	CHECK_EQ(pramin_view_begin(rig.dev, 0x80, 0x40, &view), 0);
	CHECK_EQ(pramin_forget(rig.dev), 0);
	CHECK_EQ(last(pramin_view_end(view), -EIO, PRAMIN_REASON_LOST, "0x0",
		      true),
		 0);

	CHECK_EQ(sys_lock_take(&rig.dev->meet.mem->lock, UINT64_MAX), 0);
	CHECK_EQ(in_a_thread(read_while_stopped), 0);
	sys_lock_drop(&rig.dev->meet.mem->lock);

	for (n = 0; n < PRAMIN_REQUESTS; n++)
		if (pramin_view_begin(rig.dev, 0, 1, &views[n]))
			break;
	CHECK_EQ(n, PRAMIN_REQUESTS - PRAMIN_SEATS);
	CHECK_EQ(last(pramin_view_begin(rig.dev, 0, 1, &view), -EBUSY,
		      PRAMIN_REASON_TOO_MANY, "960", true),
		 0);
	while (n--)
		CHECK_EQ(pramin_view_end(views[n]), 0);

	CHECK_EQ(pramin_revoke(rig.dev), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ENODEV,
		      PRAMIN_REASON_REVOKED, "revoked", true),
		 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}
