// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * BAR1 among processes and handles: one has it at a time, and however its owner ends,
 * the next one finds what was there before.
 */
#define _GNU_SOURCE
#include "lib_processes.h"

#define DATA_PA (32 * MIB)

static const char *const chips[] = { "gf100", "gp102", "tu102", "gh100",
				     "gb202" };

#define EACH(chip)                       \
	chip = chips;                    \
	chip < chips + ARRAY_LEN(chips); \
	chip++

struct user {
	struct pramin_dev *dev;
	struct pramin_pool *pool;
	struct pramin_bar1 *bar1;
};

static struct user me, you;

static int make(const char *chip)
{
	char prefix[64];

	CHECK_EQ(files_make(), 0);
	snprintf(prefix, sizeof(prefix),
		 "model:%s,vram=64M,bar1=16M,file=", chip);
	scratch_path(gpu_name, sizeof(gpu_name), prefix, "vram");
	scratch_empty();
	return 0;
}

static int open_user(struct user *u, uint64_t pool_pa)
{
	memset(u, 0, sizeof(*u));
	CHECK_EQ(open_gpu(&u->dev), 0);
	CHECK_EQ(pramin_pool_create(u->dev, &u->pool), 0);
	CHECK_EQ(pramin_pool_add(u->pool, pool_pa, 8 * MIB), 0);
	return 0;
}

static int take(struct user *u)
{
	const struct pramin_bar1_params params = {
		.size = sizeof(params),
		.pool = u->pool,
	};

	return pramin_bar1_take(u->dev, &params, &u->bar1);
}

static int map(struct user *u)
{
	const struct pramin_map_piece piece = { DATA_PA, 2 * MIB };
	uint64_t off = 0;

	return pramin_bar1_map(u->bar1, &off, &piece, 1, NULL);
}

static struct pramin_bar1_status see(struct pramin_dev *dev)
{
	struct pramin_bar1_status s = { .size = sizeof(s) };

	if (pramin_bar1_status(dev, &s))
		s.pid = UINT32_MAX;
	return s;
}

/* As the model made it: physical, nobody's */
static int as_found(struct pramin_dev *dev)
{
	const struct pramin_bar1_status s = see(dev);

	CHECK_EQ(s.pid, 0);
	CHECK_EQ(s.block, 0);
	CHECK_EQ(s.block_high, 0);
	CHECK(!s.bound && !s.is_virtual && !s.pending && !s.outstanding);
	return 0;
}

/* Takes BAR1, writes through it, says so, and waits. */
static int have_it(unsigned int pool_mib)
{
	if (open_user(&me, pool_mib * MIB) || take(&me) || map(&me) ||
	    pramin_bar1_write(me.bar1, 8, 8, 4711) ||
	    pramin_bar1_flush(me.bar1))
		return 1;
	child_say();
	child_hear();
	return pramin_close(me.dev, NULL) ? 2 : 0;
}

static int use_it(struct user *u)
{
	uint64_t val = 0;

	CHECK_EQ(take(u), 0);
	CHECK_EQ(map(u), 0);
	CHECK_EQ(pramin_bar1_read(u->bar1, 8, 8, &val), 0);
	CHECK_EQ(val, 4711);
	CHECK_EQ(pramin_bar1_release(u->bar1), 0);
	CHECK_EQ(as_found(u->dev), 0);
	return 0;
}

static int another_process_that_has_it_is_named(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		struct child other;
		struct pramin_bar1_status s;
		uint64_t val;

		CHECK_EQ(make(*chip), 0);
		CHECK_EQ(open_user(&you, 16 * MIB), 0);
		CHECK_EQ(child_begin(&other, have_it, 4), 0);
		CHECK_EQ(take(&you), -EBUSY);
		CHECK_EQ(pramin_last_why(you.dev)->reason,
			 PRAMIN_REASON_CLAIMED);
		CHECK_HAS(pramin_last_why(you.dev)->what,
			  process_text(other.pid));
		s = see(you.dev);
		CHECK_EQ(s.pid, other.pid);
		CHECK(s.bound && s.is_virtual);
		CHECK(s.inst_pa >= 4 * MIB && s.inst_pa < 12 * MIB);
		/* Through the window all works meanwhile. */
		CHECK_EQ(pramin_read64(you.dev, DATA_PA + 8, &val), 0);
		CHECK_EQ(val, 4711);
		CHECK_EQ(child_go(&other), 0);
		CHECK_EQ(child_end(&other), 0);
		/* Its end gave it back. */
		CHECK_EQ(as_found(you.dev), 0);
		CHECK_EQ(use_it(&you), 0);
		CHECK_EQ(pramin_close(you.dev, NULL), 0);
	}
	return 0;
}

static int what_a_killed_one_had_is_put_back_by_the_next(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		int there;

		/* Who was there all the time, or who comes later */
		for (there = 0; there < 2; there++) {
			struct child other;

			CHECK_EQ(make(*chip), 0);
			if (there)
				CHECK_EQ(open_user(&you, 16 * MIB), 0);
			CHECK_EQ(child_begin(&other, have_it, 4), 0);
			CHECK_EQ(child_kill(&other), 0);
			/* The pool of the dead is free too. */
			if (!there)
				CHECK_EQ(open_user(&you, 4 * MIB), 0);
			CHECK(see(you.dev).bound && see(you.dev).is_virtual);
			CHECK_EQ(use_it(&you), 0);
			CHECK_EQ(pramin_close(you.dev, NULL), 0);
		}
	}
	return 0;
}

static int every_call_of_a_child(struct user *u)
{
	const struct pramin_map_piece piece = { DATA_PA, 4 * KIB };
	struct pramin_bar1_info info = { .size = sizeof(info) };
	struct pramin_bar1_status s = { .size = sizeof(s) };
	struct pramin_bar1 *mine = u->bar1;
	volatile void *ptr;
	uint64_t val = 0;

	CHECK_EQ(pramin_bar1_status(u->dev, &s), -EPERM);
	CHECK_EQ(take(u), -EPERM);
	CHECK(u->bar1 == mine);
	CHECK_EQ(pramin_bar1_info(mine, &info), -EPERM);
	CHECK_EQ(pramin_bar1_map(mine, &val, &piece, 1, NULL), -EPERM);
	CHECK_EQ(pramin_bar1_unmap(mine, 0, 4 * KIB, NULL), -EPERM);
	CHECK_EQ(pramin_bar1_pointer(mine, 0, 8, &ptr), -EPERM);
	CHECK_EQ(pramin_bar1_read(mine, 0, 8, &val), -EPERM);
	CHECK_EQ(pramin_bar1_write(mine, 0, 8, 1), -EPERM);
	CHECK_EQ(pramin_bar1_load(mine, 0, &val, 8), -EPERM);
	CHECK_EQ(pramin_bar1_store(mine, 0, &val, 8), -EPERM);
	CHECK_EQ(pramin_bar1_flush(mine), -EPERM);
	CHECK(!pramin_bar1_space(mine));
	CHECK_EQ(pramin_bar1_release(mine), -EPERM);
	return 0;
}

static int a_forked_child_has_none_of_it(void)
{
	int status;
	uint64_t val;
	pid_t pid;

	CHECK_EQ(make("gh100"), 0);
	CHECK_EQ(open_user(&me, 4 * MIB), 0);
	CHECK_EQ(take(&me), 0);
	CHECK_EQ(map(&me), 0);
	CHECK_EQ(pramin_bar1_write(me.bar1, 8, 8, 4711), 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int ret = every_call_of_a_child(&me);

		ret = pramin_close(me.dev, NULL) || ret;
		fflush(stdout);
		_exit(ret);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	/* The parent goes on with it. */
	CHECK_EQ(see(me.dev).pid, getpid());
	CHECK_EQ(pramin_bar1_read(me.bar1, 8, 8, &val), 0);
	CHECK_EQ(val, 4711);
	CHECK_EQ(pramin_bar1_release(me.bar1), 0);
	CHECK_EQ(as_found(me.dev), 0);
	CHECK_EQ(pramin_close(me.dev, NULL), 0);
	return 0;
}

static int closing_or_revoking_its_handle_gives_it_back(void)
{
	const char *const *chip;

	for (EACH(chip)) {
		int revoke;

		for (revoke = 0; revoke < 2; revoke++) {
			uint64_t val;

			CHECK_EQ(make(*chip), 0);
			CHECK_EQ(open_user(&me, 4 * MIB), 0);
			CHECK_EQ(open_user(&you, 16 * MIB), 0);
			CHECK_EQ(take(&me), 0);
			CHECK_EQ(map(&me), 0);
			CHECK_EQ(pramin_bar1_write(me.bar1, 8, 8, 4711), 0);
			CHECK_EQ(take(&you), -EBUSY);
			if (revoke) {
				CHECK_EQ(pramin_revoke(me.dev), 0);
				CHECK_EQ(pramin_bar1_read(me.bar1, 8, 8, &val),
					 -ENODEV);
				CHECK_EQ(pramin_bar1_release(me.bar1), -ENODEV);
				CHECK_EQ(pramin_last_why(me.dev)->reason,
					 PRAMIN_REASON_REVOKED);
			}
			CHECK_EQ(pramin_close(me.dev, NULL), 0);
			CHECK_EQ(as_found(you.dev), 0);
			CHECK_EQ(use_it(&you), 0);
			CHECK_EQ(pramin_close(you.dev, NULL), 0);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(another_process_that_has_it_is_named),
		TEST(what_a_killed_one_had_is_put_back_by_the_next),
		TEST(a_forked_child_has_none_of_it),
		TEST(closing_or_revoking_its_handle_gives_it_back),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
