// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who uses the window: what a watcher sees.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

#include "lib_rig.h"

static struct rig rig;
static struct pramin_user users[PRAMIN_USERS_MAX];

static void *read_elsewhere(void *unused)
{
	uint32_t val;

	(void)unused;
	return pramin_read32(rig.dev, 2 * MIB, &val) ? "failed" : NULL;
}

static int a_view_and_a_waiting_call_are_seen(void)
{
	const struct pramin_open_opts shared = { .size = sizeof(shared) };
	struct pramin_view *view;
	pthread_t thread;
	void *failed;
	size_t count;

	CHECK_EQ(rig_model(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(rig_attach(&rig, &shared), 0);
	CHECK_EQ(pramin_users(rig.dev, users, PRAMIN_USERS_MAX, &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(users[0].pid, getpid());
	CHECK(users[0].self && !users[0].holds && !users[0].waits);
	CHECK_EQ(pramin_view_begin(rig.dev, 0, 8, &view), 0);
	CHECK_EQ(pramin_view_read(view, 0, 4), 0);
	CHECK_EQ(pthread_create(&thread, NULL, read_elsewhere, NULL), 0);
	do {
		CHECK_EQ(pramin_users(rig.dev, users, 1, &count), 0);
	} while (!users[0].waits);
	CHECK_EQ(users[0].holds, 1);
	CHECK_EQ(users[0].waits, 1);
	CHECK(users[0].held_ns >= users[0].waited_ns);
	CHECK(users[0].open_ns >= users[0].held_ns);
	CHECK(users[0].id != 0);
	CHECK_EQ(pramin_view_end(view), 0);
	pthread_join(thread, &failed);
	CHECK(!failed);
	CHECK_EQ(pramin_users(rig.dev, users, 1, &count), 0);
	CHECK_EQ(users[0].holds, 0);
	CHECK_EQ(users[0].stats.moves, 2);
	CHECK_EQ(users[0].stats.reads[2], 2);
	return rig_close(&rig);
}

static int there_may_be_no_room_for_anybody(void)
{
	size_t count = 7;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(pramin_users(rig.dev, NULL, 0, &count), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(pramin_users(rig.dev, NULL, 1, &count), -EINVAL);
	CHECK_EQ(pramin_users(rig.dev, users, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_users(NULL, users, 1, &count), -EINVAL);
	return rig_close(&rig);
}

static int an_exclusive_handle_knows_itself(void)
{
	uint32_t val;
	size_t count;

	rig_exclusive = true;
	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	rig_exclusive = false;
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), 0);
	CHECK_EQ(pramin_users(rig.dev, users, 5, &count), 0);
	CHECK_EQ(count, 1);
	CHECK(users[0].self);
	CHECK_EQ(users[0].stats.reads[2], 1);
	return rig_close(&rig);
}

static const struct check_test tests[] = {
	TEST(a_view_and_a_waiting_call_are_seen),
	TEST(there_may_be_no_room_for_anybody),
	TEST(an_exclusive_handle_knows_itself),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
