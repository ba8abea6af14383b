// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Invalidates by many threads, handles and processes at once, on a GPU that watches
 * its users: between the write of a page directory and the end of the invalidate
 * nobody else may write to the registers. Some of the processes are killed.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>

#include "lib_share_team.h"
#include "../../core/mmu/tlb.h"

#define TLB_PDB	    0xb830a0u
#define TLB_UPPER   0xb830a4u
#define TLB_TRIGGER 0xb830b0u
#define MEMBERS	    6u
#define OFTEN	    400u
#define PROCESSES   4u
#define BUSY_READS  3u

/*
 * The registers. @who writes a request now: a thread by its address and process;
 * 0: nobody
 */
static struct tlb {
	uint64_t who;
	uint64_t pdb;
	uint64_t busy; /* reads that find it so */
	uint64_t done, mixed, early;
	uint64_t dead; /* a bit for each process that was killed */
} *tlb;

static struct team team;
static unsigned int process; /* of this one; 0: the parent */
static _Thread_local char mark;

/* Processes have their memory at the same addresses, below 2^48. */
static uint64_t myself(void)
{
	return (uint64_t)(uintptr_t)&mark << 8 | process;
}

/* A page directory of its own, by number of its page; VRAM has 2048. */
static uint32_t my_page(void)
{
	return (uint32_t)(myself() * 0x9e3779b97f4a7c15ull >> 53);
}

/* Another one's request, that will still go on? */
static bool others(uint64_t who)
{
	return who && who != myself() &&
	       !(share_get(&tlb->dead) >> (who & 0xff) & 1);
}

static void tlb_write(uint32_t off, uint32_t val)
{
	uint64_t was = share_get(&tlb->who);

	if (others(was))
		share_add(&tlb->mixed, 1);
	if (share_get(&tlb->busy))
		share_add(&tlb->early, 1);
	share_put(&tlb->who, myself());
	share_unrest(team.gpu);
	if (off == TLB_PDB)
		share_put(&tlb->pdb, val);
	if (off != TLB_TRIGGER)
		return;
	if (share_get(&tlb->pdb) != my_page() << 4)
		share_add(&tlb->mixed, 1);
	share_put(&tlb->busy, BUSY_READS);
}

static uint32_t tlb_read(void)
{
	uint64_t busy = share_get(&tlb->busy);

	share_unrest(team.gpu);
	if (busy > 1) {
		share_put(&tlb->busy, busy - 1);
		return 0x80000000;
	}
	if (busy) {
		share_add(&tlb->done, 1);
		share_put(&tlb->who, 0);
		share_put(&tlb->busy, 0);
	}
	return 0;
}

static int watched_read(void *io, uint32_t off, unsigned int width,
			uint64_t *val)
{
	if (off != TLB_TRIGGER)
		return share_read(io, off, width, val);
	*val = tlb_read();
	return 0;
}

static int watched_write(void *io, uint32_t off, unsigned int width,
			 uint64_t val)
{
	if (off != TLB_PDB && off != TLB_UPPER && off != TLB_TRIGGER)
		return share_write(io, off, width, val);
	tlb_write(off, (uint32_t)val);
	return 0;
}

static const struct pramin_io_ops watched_ops = {
	.name = "watched",
	.read = watched_read,
	.write = watched_write,
	.meeting = share_meeting,
	.close = share_close,
};

static int invalidate(struct pramin_dev *dev)
{
	const struct pramin_tlb_request req = {
		.page_dir = (uint64_t)my_page() << 12,
	};
	struct pramin_op op;
	int ret = dev_begin(dev, &op);

	if (ret)
		return ret;
	return dev_end(dev, pramin_tlb_invalidate(&op, &req), &op);
}

static int start(unsigned int handles)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};

	tlb = mmap(NULL, sizeof(*tlb), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(tlb != MAP_FAILED);
	CHECK_EQ(team_open_by(&team, handles, &opts, &watched_ops), 0);
	team.gpu->unrest = 20;
	return 0;
}

static int end(uint64_t done)
{
	CHECK_EQ(tlb->mixed, 0);
	CHECK_EQ(tlb->early, 0);
	CHECK(tlb->done >= done);
	CHECK_EQ(team.dev[0]->gpu.mmu->lock.word, 0);
	CHECK_EQ(team_close(&team), 0);
	munmap(tlb, sizeof(*tlb));
	return 0;
}

static int many(struct member *m)
{
	unsigned int i;

	for (i = 0; i < OFTEN; i++) {
		uint32_t val;

		CHECK_EQ(invalidate(m->dev), 0);
		/* The window is used meanwhile, by this one too. */
		if (i % 8 == 0)
			CHECK_EQ(pramin_read32(m->dev, m->number * MIB, &val),
				 0);
	}
	return 0;
}

static int threads_of_one_handle_take_turns_with_the_tlb(void)
{
	CHECK_EQ(start(1), 0);
	CHECK_EQ(team_run(&team, MEMBERS, many), 0);
	CHECK_EQ(tlb->done, MEMBERS * OFTEN);
	CHECK_EQ(team.dev[0]->gpu.mmu->invalidates, MEMBERS * OFTEN);
	return end(MEMBERS * OFTEN);
}

static int threads_of_several_handles_take_turns_with_the_tlb(void)
{
	if (TEAM_TSAN)
		SKIP("two mappings of one lock look like a race to it");
	CHECK_EQ(start(3), 0);
	CHECK_EQ(team_run(&team, MEMBERS, many), 0);
	CHECK_EQ(tlb->done, MEMBERS * OFTEN);
	return end(MEMBERS * OFTEN);
}

/* In a child: a handle of its own */
static int child(unsigned int number, unsigned int often)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};
	static struct share_io io;
	struct pramin_dev *dev;
	unsigned int i;

	process = number;
	io = team.io[0];
	if (pramin_open_io(&watched_ops, &io, &opts, &dev, NULL))
		return 1;
	for (i = 0; i < often; i++)
		if (invalidate(dev))
			return 2;
	return pramin_close(dev, NULL) ? 3 : 0;
}

static pid_t begin(unsigned int number, unsigned int often)
{
	pid_t pid = fork();

	if (!pid)
		_exit(child(number, often));
	return pid;
}

static int end_child(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	return 0;
}

/* What it has begun, it does not end: not until it was said to be dead. */
static int kill_child(pid_t pid, unsigned int number)
{
	int status;

	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	__atomic_fetch_or(&tlb->dead, 1ull << number, __ATOMIC_RELAXED);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	return 0;
}

static int whoever_is_killed_does_not_stop_the_others(void)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	pid_t lasting[PROCESSES], victim;
	unsigned int i, number = PROCESSES + 1;

	if (TEAM_TSAN)
		SKIP("it does not follow processes");
	/* With two, the meeting is a file. */
	CHECK_EQ(start(2), 0);
	for (i = 0; i < PROCESSES; i++)
		lasting[i] = begin(i + 1, OFTEN);
	for (i = 0; i < 8; i++, number++) {
		victim = begin(number, UINT_MAX);
		CHECK(victim > 0);
		nanosleep(&moment, NULL);
		CHECK_EQ(kill_child(victim, number), 0);
		CHECK_EQ(invalidate(team.dev[0]), 0);
	}
	for (i = 0; i < PROCESSES; i++)
		CHECK_EQ(end_child(lasting[i]), 0);
	/* One more finds what the last victim has left. */
	CHECK_EQ(invalidate(team.dev[1]), 0);
	return end(PROCESSES * OFTEN);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(threads_of_one_handle_take_turns_with_the_tlb),
		TEST(threads_of_several_handles_take_turns_with_the_tlb),
		TEST(whoever_is_killed_does_not_stop_the_others),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
