// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Claims among processes: they exclude each other, and end with their handle, however
 * it ends.
 */
#define _GNU_SOURCE
#include "lib_processes.h"

static struct pramin_claim claims[PRAMIN_CLAIMS_MAX];

static size_t count(struct pramin_dev *dev)
{
	size_t n = 0;

	return pramin_claims(dev, claims, PRAMIN_CLAIMS_MAX, &n) ? 9999 : n;
}

/* Claim a MiB at @mib MiB; on a word from the parent, close. */
static int claim_and_wait(unsigned int mib)
{
	struct pramin_dev *dev;

	if (open_gpu(&dev) || pramin_claim_vram(dev, mib * MIB, MIB))
		return 1;
	child_say();
	child_hear();
	return pramin_close(dev, NULL) ? 2 : 0;
}

static int begin(struct pramin_dev **dev, struct child *other)
{
	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(dev), 0);
	CHECK_EQ(child_begin(other, claim_and_wait, 5), 0);
	return 0;
}

static int what_another_process_has_is_refused_by_its_name(void)
{
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(begin(&dev, &other), 0);
	CHECK_EQ(pramin_claim_vram(dev, 6 * MIB - 1, 2), -EBUSY);
	CHECK_EQ(pramin_last_why(dev)->reason, PRAMIN_REASON_CLAIMED);
	CHECK_HAS(pramin_last_why(dev)->what, process_text(other.pid));
	CHECK_HAS(pramin_last_why(dev)->what, "0x500000 to 0x5fffff");
	CHECK_EQ(pramin_claim_vram(dev, 6 * MIB, MIB), 0);
	CHECK_EQ(pramin_release_vram(dev, 5 * MIB, MIB), -ENOENT);
	CHECK_EQ(count(dev), 2);
	CHECK_EQ(claims[0].self + claims[1].self, 1);
	CHECK_EQ(child_go(&other), 0);
	CHECK_EQ(child_end(&other), 0);
	/* It ended with the handle. */
	CHECK_EQ(count(dev), 1);
	CHECK_EQ(pramin_claim_vram(dev, 5 * MIB, MIB), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_killed_process_does_not_keep_its_claim(void)
{
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(begin(&dev, &other), 0);
	CHECK_EQ(child_kill(&other), 0);
	/* Seen by whoever finds it in the way, at once */
	CHECK_EQ(pramin_claim_vram(dev, 5 * MIB, MIB), 0);
	CHECK_EQ(count(dev), 1);
	CHECK(claims[0].self);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_stopped_process_keeps_its_claim(void)
{
	struct pramin_dev *dev;
	struct child other;

	CHECK_EQ(begin(&dev, &other), 0);
	CHECK_EQ(child_stop(&other), 0);
	CHECK_EQ(pramin_claim_vram(dev, 5 * MIB, MIB), -EBUSY);
	CHECK_HAS(pramin_last_why(dev)->what, process_text(other.pid));
	CHECK_EQ(child_kill(&other), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int claims_of_processes_that_all_died_are_forgotten(void)
{
	struct pramin_dev *dev;
	struct child a, b;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(child_begin(&a, claim_and_wait, 5), 0);
	CHECK_EQ(child_begin(&b, claim_and_wait, 7), 0);
	CHECK_EQ(child_kill(&a), 0);
	CHECK_EQ(child_kill(&b), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(count(dev), 0);
	CHECK_EQ(pramin_claim_vram(dev, 0, 64 * MIB), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* Of sixteen places, as many as can be had, one after the other */
static int claim_what_is_free(unsigned int arg)
{
	struct pramin_dev *dev;
	unsigned int i, round, had = 0;

	(void)arg;
	if (open_gpu(&dev))
		return 100;
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 16; i++) {
			int ret = pramin_claim_vram(dev, i * MIB, MIB);
			uint64_t val, mine = (uint64_t)getpid() << 8 | round;

			if (ret == -EBUSY)
				continue;
			if (ret || pramin_write64(dev, i * MIB, mine) ||
			    pramin_read64(dev, i * MIB, &val) || val != mine)
				return 101;
			had++;
			if (pramin_release_vram(dev, i * MIB, MIB))
				return 102;
		}
	}
	return pramin_close(dev, NULL) || !had ? 103 : 0;
}

static int nobody_else_writes_to_what_one_has_claimed(void)
{
	struct child children[3];
	struct pramin_dev *dev;
	unsigned int i;

	CHECK_EQ(files_make(), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(child_start(&children[i], claim_what_is_free, i), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(child_end(&children[i]), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(count(dev), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int a_forked_child_has_no_part_in_a_claim(void)
{
	struct pramin_dev *dev;
	int status;
	pid_t pid;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(open_gpu(&dev), 0);
	CHECK_EQ(pramin_claim_vram(dev, 0, MIB), 0);
	pid = fork();
	if (!pid) {
		size_t n;
		int bad = pramin_release_vram(dev, 0, MIB) != -EPERM ||
			  pramin_claim_vram(dev, MIB, MIB) != -EPERM ||
			  pramin_claims(dev, claims, 1, &n) != -EPERM;

		pramin_close(dev, NULL);
		_exit(bad);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	CHECK_EQ(count(dev), 1);
	CHECK_EQ(pramin_release_vram(dev, 0, MIB), 0);
	CHECK_EQ(pramin_revoke(dev), 0);
	CHECK_EQ(pramin_claim_vram(dev, 0, MIB), -ENODEV);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_another_process_has_is_refused_by_its_name),
		TEST(a_killed_process_does_not_keep_its_claim),
		TEST(a_stopped_process_keeps_its_claim),
		TEST(claims_of_processes_that_all_died_are_forgotten),
		TEST(nobody_else_writes_to_what_one_has_claimed),
		TEST(a_forked_child_has_no_part_in_a_claim),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
