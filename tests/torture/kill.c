// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Workers that share a GPU, killed and stopped at any moment.
 *
 * Rounds: ten workers are started; every few milliseconds one is killed and
 * another takes its place, or one is stopped for some time, and after each death
 * VRAM is looked at from outside. From time to time all are left alone, and have
 * to get on, and no user may be left that is dead. At its end all are killed at
 * once, and the next opener has to find the window where it was at first.
 *
 *	TORTURE_SECONDS	how long; 10
 *	TORTURE_SEED	what is random
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "torture.h"
#include "unit/lib_scratch.h"

#define MS 1000000ull

#define ORIGINAL_WINDOW 0x25u
#define LEAST_KILLS	5u /* a second */

/* How long anybody may be without progress while nobody is stopped, in ns */
#define PROGRESS_NS (3000 * MS)

/* How many are killed while they open it alone, and after how long at most */
#define DYING_OPENERS 12u
#define DYING_NS      700000u

/* Longer than any call waits */
#define LONG_STOP_MS (TIMEOUT_MS + 500u)

static struct board *board;
static char image_path[300];
static struct pramin_dev *observer;
static uint64_t rng, kills, stops, repairs, rounds;

/* The one that is stopped; SLOTS: nobody */
static unsigned int stopped = SLOTS;
static uint64_t stopped_until;
static bool stopped_for_long;

static unsigned int below(unsigned int n)
{
	return (unsigned int)(torture_random(&rng) % n);
}

static void nap(uint64_t ns)
{
	const struct timespec ts = { .tv_nsec = (long)ns };

	nanosleep(&ts, NULL);
}

static int start(unsigned int slot)
{
	uint64_t seed = torture_random(&rng);
	pid_t pid = fork();

	if (!pid)
		torture_work(board, slot, seed);
	/* 0 and -1 would be many processes to kill(). */
	board->pids[slot] = pid > 0 ? (uint32_t)pid : 0;
	if (pid < 0)
		torture_fail(board, "no worker: %s", strerror(errno));
	return pid < 0 ? -1 : 0;
}

/* What it may have had in flight has happened or never will. */
static int bury(unsigned int slot)
{
	unsigned int lane, i;

	for (lane = slot; lane < LANES; lane += SLOTS) {
		uint64_t *steps = &board->lane[lane].steps;

		if (torture_look_at(board, lane))
			return -1;
		for (i = 0; i < LANE_BYTES; i++) {
			uint64_t at = lane_at(lane, i);

			board->sure[at] = board->image[at];
			board->next[at] = board->image[at];
		}
		*steps += *steps & 1;
	}
	board->inside[slot] = 0;
	return 0;
}

static int kill_one(unsigned int slot)
{
	pid_t pid = (pid_t)board->pids[slot];
	int status;

	if (pid <= 0)
		return -1;
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status) ||
	    WTERMSIG(status) != SIGKILL) {
		torture_fail(board, "worker %d ended by itself: status 0x%x",
			     (int)pid, (unsigned int)status);
		return -1;
	}
	kills++;
	return bury(slot);
}

static void stop_is_over(void)
{
	struct stop *s = &board->stop[(board->stops - 1) % STOPS];

	__atomic_store_n(&s->to, torture_now(), __ATOMIC_RELEASE);
	stopped = SLOTS;
	stopped_for_long = false;
}

/* One that is in a view, if there is any; else @slot */
static unsigned int one_inside(unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (__atomic_load_n(&board->inside[(slot + i) % SLOTS],
				    __ATOMIC_RELAXED))
			return (slot + i) % SLOTS;
	return slot;
}

static int stop_one(unsigned int slot)
{
	struct stop *s = &board->stop[board->stops % STOPS];
	pid_t pid = (pid_t)board->pids[slot];
	unsigned int ms = 1 + below(20);
	int status;

	*s = (struct stop){ .pid = (uint32_t)pid, .from = torture_now() };
	__atomic_store_n(&board->stops, board->stops + 1, __ATOMIC_RELEASE);
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status)) {
		torture_fail(board, "worker %d did not stop: status 0x%x",
			     (int)pid, (unsigned int)status);
		return -1;
	}
	stopped = slot;
	stops++;
	/* In a view it is in the way of others: now and then till they give up */
	stopped_for_long = below(board->inside[slot] ? 3 : 60) == 0;
	if (stopped_for_long)
		ms = LONG_STOP_MS;
	stopped_until = torture_now() + ms * MS;
	return 0;
}

static int end_stop(bool die)
{
	unsigned int slot = stopped;

	if (slot == SLOTS)
		return 0;
	if (!die)
		kill((pid_t)board->pids[slot], SIGCONT);
	else if (kill_one(slot))
		return -1;
	stop_is_over();
	return die ? start(slot) : 0;
}

static int nobody_ended_by_itself(void)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid > 0)
		torture_fail(board, "worker %d ended by itself: status 0x%x",
			     (int)pid, (unsigned int)status);
	return pid > 0 || board->failed ? -1 : 0;
}

static uint64_t done(unsigned int slot)
{
	unsigned int lane;
	uint64_t sum = 0;

	for (lane = slot; lane < LANES; lane += SLOTS)
		sum += __atomic_load_n(&board->lane[lane].done,
				       __ATOMIC_RELAXED);
	return sum;
}

/* Wait for @got_on of each slot; false: not in time */
static bool in_time(bool (*got_on)(unsigned int slot))
{
	uint64_t until = torture_now() + PROGRESS_NS;
	unsigned int slot = 0;

	while (slot < SLOTS) {
		if (got_on(slot)) {
			slot++;
			continue;
		}
		if (torture_now() > until || board->failed)
			return false;
		nap(MS);
	}
	return true;
}

static uint64_t done_before[SLOTS];

static bool has_got_on(unsigned int slot)
{
	return done(slot) > done_before[slot];
}

static bool is_worker(uint32_t pid)
{
	unsigned int slot;

	for (slot = 0; slot < SLOTS; slot++)
		if (board->pids[slot] == pid)
			return true;
	return false;
}

static uint32_t dead_user;

/* For all slots at once */
static bool all_users_live(unsigned int slot)
{
	struct pramin_user users[PRAMIN_USERS_MAX];
	size_t count = 0, i;

	(void)slot;
	if (pramin_users(observer, users, PRAMIN_USERS_MAX, &count)) {
		torture_fail(board, "users: %s",
			     pramin_last_why(observer)->what);
		return false;
	}
	for (i = 0; i < count; i++)
		if (!users[i].self && !is_worker(users[i].pid)) {
			dead_user = users[i].pid;
			return false;
		}
	return true;
}

/* Nobody is killed or stopped for a while. */
static int calm(void)
{
	unsigned int slot;

	if (end_stop(below(2)))
		return -1;
	for (slot = 0; slot < SLOTS; slot++)
		done_before[slot] = done(slot);
	if (!in_time(has_got_on)) {
		torture_fail(board, "a worker has not got on");
		return -1;
	}
	if (!in_time(all_users_live)) {
		torture_fail(board, "process %u is dead and still a user",
			     dead_user);
		return -1;
	}
	return nobody_ended_by_itself();
}

/* One death, or stop, or the end of one; then look. */
static int disturb(void)
{
	unsigned int slot = below(SLOTS);

	nap(below(9) * MS + below(1000) * 1000);
	if (stopped < SLOTS && torture_now() >= stopped_until)
		return end_stop(below(3) == 0);
	if (stopped == SLOTS && below(6) == 0)
		return stop_one(one_inside(slot));
	/* Who waits for a stopped one has to live for as long as that. */
	if (slot == stopped || (stopped_for_long && below(50)))
		return torture_look(board);
	if (kill_one(slot) || start(slot))
		return -1;
	return torture_look(board);
}

static int window_is(uint32_t want, bool strictly)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = VRAM_BYTES,
		.file = image_path,
	};
	struct pramin_model *model;
	struct pramin_why why;
	uint32_t raw;

	if (pramin_model_create(&params, &model, &why)) {
		torture_fail(board, "the model: %s", why.what);
		return -1;
	}
	raw = pramin_model_window(model);
	pramin_model_destroy(model);
	repairs += raw != want && !strictly;
	if (raw == want || !strictly)
		return 0;
	torture_fail(board, "the window register is 0x%08x after all", raw);
	return -1;
}

/* Some come alone, and are killed while they open it. */
static int dying_openers(void)
{
	const struct pramin_open_opts opts[2] = {
		{ .size = sizeof(opts[0]) },
		{ .size = sizeof(opts[0]), .exclusive = true },
	};
	unsigned int i;

	for (i = 0; i < DYING_OPENERS; i++) {
		const struct pramin_open_opts *o = &opts[below(2)];
		struct pramin_dev *dev;
		pid_t pid = fork();

		if (!pid) {
			pramin_open(board->gpu, o, &dev, NULL);
			pause();
		}
		if (pid < 0)
			return -1;
		nap(below(DYING_NS));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		kills++;
	}
	return 0;
}

/* All are dead: whoever opens it next puts the window back. */
static int next_opener(void)
{
	struct pramin_position pos = { .raw = 0 };
	struct pramin_dev *dev;
	struct pramin_why why;
	int ret;

	if (rounds % 4 && window_is(ORIGINAL_WINDOW, false))
		return -1;
	if (dying_openers())
		return -1;
	ret = pramin_open(board->gpu, NULL, &dev, &why);
	if (ret) {
		torture_fail(board, "the next opener: %d, %s", ret, why.what);
		return -1;
	}
	ret = pramin_position(dev, &pos);
	if (ret || pos.raw != ORIGINAL_WINDOW)
		torture_fail(board, "the next opener found 0x%08x (%d)",
			     pos.raw, ret);
	if (pramin_close(dev, &why))
		torture_fail(board, "the next opener: %s", why.what);
	return board->failed ? -1 : window_is(ORIGINAL_WINDOW, true);
}

static int one_round(uint64_t until)
{
	unsigned int slot, n = 60 + below(120), i;
	struct pramin_why why;

	for (slot = 0; slot < SLOTS; slot++)
		if (start(slot))
			return -1;
	if (pramin_open(board->gpu, NULL, &observer, &why)) {
		torture_fail(board, "the observer: %s", why.what);
		return -1;
	}
	for (i = 0; stopped < SLOTS || (i < n && torture_now() < until); i++)
		if (disturb() || nobody_ended_by_itself() ||
		    (stopped == SLOTS && below(30) == 0 && calm()))
			return -1;
	if (calm())
		return -1;
	if (pramin_close(observer, &why)) {
		torture_fail(board, "the observer: %s", why.what);
		return -1;
	}
	/* A worker is stopped here in every second round. */
	if (below(2) && stop_one(below(SLOTS)))
		return -1;
	for (slot = 0; slot < SLOTS; slot++)
		kill((pid_t)board->pids[slot], SIGKILL);
	for (slot = 0; slot < SLOTS; slot++)
		if (kill_one(slot))
			return -1;
	if (stopped < SLOTS)
		stop_is_over();
	rounds++;
	return torture_look(board) || torture_look_between(board) ?
		       -1 :
		       next_opener();
}

static int set_up(void)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = VRAM_BYTES,
	};
	const char *seed = getenv("TORTURE_SEED");
	struct pramin_model *model;
	void *ptr;
	int fd;

	ptr = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(ptr != MAP_FAILED);
	board = ptr;
	board->seed = seed ? strtoull(seed, NULL, 0) : torture_now();
	rng = board->seed;
	scratch_path(image_path, sizeof(image_path), "", "vram");
	scratch_path(board->gpu, sizeof(board->gpu),
		     "model:tu102,vram=8M,file=", "vram");
	params.file = image_path;
	CHECK_EQ(pramin_model_create(&params, &model, NULL), 0);
	pramin_model_set_window(model, ORIGINAL_WINDOW);
	pramin_model_destroy(model);
	fd = open(image_path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	ptr = mmap(NULL, VRAM_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(ptr != MAP_FAILED);
	close(fd);
	board->image = ptr;
	return 0;
}

static int whoever_dies_or_stops_harms_nobody_else(void)
{
	const char *text = getenv("TORTURE_SECONDS");
	uint64_t seconds = text ? strtoull(text, NULL, 0) : 10;
	uint64_t until = torture_now() + seconds * 1000 * MS, calls = 0;
	unsigned int slot;
	int ret;

	CHECK_EQ(set_up(), 0);
	printf("seed %llu\n", (unsigned long long)board->seed);
	fflush(stdout);
	do {
		ret = one_round(until);
	} while (!ret && torture_now() < until);

	for (slot = 0; slot < SLOTS; slot++) {
		calls += done(slot);
		if (ret && board->pids[slot])
			kill((pid_t)board->pids[slot], SIGKILL);
	}
	printf("%llu rounds, %llu kills, %llu stops, %llu time-outs that name "
	       "the stopped, %llu after a stop, %llu opens in vain; %llu opens, "
	       "%llu calls, %llu times left moved and restored\n",
	       (unsigned long long)rounds, (unsigned long long)kills,
	       (unsigned long long)stops, (unsigned long long)board->timeouts,
	       (unsigned long long)board->late, (unsigned long long)board->shut,
	       (unsigned long long)board->opens, (unsigned long long)calls,
	       (unsigned long long)repairs);
	if (board->failed)
		printf("seed %llu: %s\n", (unsigned long long)board->seed,
		       board->has_text ? board->text : "failed");
	CHECK_EQ(ret, 0);
	CHECK(kills >= LEAST_KILLS * seconds);
	/* Those that name somebody else are the exception. */
	CHECK(board->late <= board->timeouts / 5 + 5);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(whoever_dies_or_stops_harms_nobody_else),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
