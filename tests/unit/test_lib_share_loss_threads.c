// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What goes wrong while other threads are inside: the position is lost, an
 * access fails, the GPU is gone.
 */
#define _GNU_SOURCE
#include "lib_share_team.h"

#define BATCH 200u

static struct team team;
static uint8_t buf[512 * KIB];

static int start(unsigned int handles)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
	};

	return team_open(&team, handles, &opts);
}

/* After close: a handle that the test has ended itself */
static int over(void)
{
	team.handles = 0;
	return team_close(&team);
}

static void forget_now(void)
{
	pramin_forget(team.dev[team.handles - 1]);
}

/* Through this handle or another, at an access of the call's own thread */
static int forget_inside(unsigned int handles)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk) };
	uint32_t val;

	CHECK_EQ(start(handles), 0);
	CHECK_EQ(pramin_read32(team.dev[0], 8, &val), 0);
	share_stop = forget_now;
	share_stop_in = 1;
	CHECK_EQ(pramin_read32(team.dev[0], 8, &val), -EIO);
	CHECK_EQ(pramin_last_why(team.dev[0])->reason, PRAMIN_REASON_LOST);
	CHECK_EQ(pramin_read32(team.dev[0], 8, &val), 0);

	/* As it is being moved, it is moved again. */
	share_stop_in = 1;
	CHECK_EQ(pramin_read32(team.dev[0], MIB, &val), 0);
	CHECK_EQ(pramin_read32(team.dev[0], 8, &val), 0);

	/* In the third chunk */
	share_stop_in = 2 * 8192 + 100;
	CHECK_EQ(pramin_read(team.dev[0], 0, buf, sizeof(buf), &bulk), -EIO);
	CHECK_EQ(pramin_last_why(team.dev[0])->reason, PRAMIN_REASON_LOST);
	CHECK_EQ(bulk.done, 128 * KIB);
	CHECK_EQ(pramin_read(team.dev[0], 0, buf, sizeof(buf), &bulk), 0);
	return team_close(&team);
}

/* Until the view is lost, again and again */
static int read_what_gets_lost(struct member *m)
{
	struct pramin_view *view;
	unsigned int i, tries, lost = 0;
	uint64_t val;
	int ret;

	for (i = 0; lost < 20 && i < 10000; i++) {
		tries = i % 2 ? 1000 : 1;
		CHECK_EQ(pramin_view_begin(m->dev, m->number / 2 * MIB, 64,
					   &view),
			 0);
		do {
			val = pramin_view_read(view, 8, 4);
		} while (!val && --tries);
		CHECK(val == 0 || val == UINT64_MAX);
		ret = pramin_view_end(view);
		CHECK(!ret || ret == -EIO);
		lost += ret != 0;
	}
	team_say(m->team);
	CHECK_EQ(lost, 20);
	return 0;
}

static int forget_often(struct member *m)
{
	while (__atomic_load_n(&m->team->step, __ATOMIC_ACQUIRE) < 3) {
		CHECK_EQ(pramin_forget(m->dev), 0);
		sched_yield();
	}
	return 0;
}

static int views_may_be_lost_at_any_moment(void)
{
	unsigned int i;

	CHECK_EQ(start(1), 0);
	team.gpu->unrest = 20;
	for (i = 0; i < 3; i++)
		CHECK_EQ(team_start(&team, i, read_what_gets_lost), 0);
	CHECK_EQ(team_start(&team, 3, forget_often), 0);
	for (i = 0; i < 4; i++)
		CHECK_EQ(team_join(&team, i), 0);
	return team_close(&team);
}

static int a_call_inside_hears_that_its_handle_was_told_to_forget(void)
{
	return forget_inside(1);
}

static int a_call_inside_hears_that_another_handle_was_told_to_forget(void)
{
	return forget_inside(2);
}

/* Of which the window was lost at access number @at */
static int batch_lost(unsigned int at, unsigned int sound)
{
	struct pramin_access list[BATCH];
	struct pramin_batch b = { .size = sizeof(b) };
	unsigned int i, marked = 0;

	for (i = 0; i < BATCH; i++)
		list[i] = (struct pramin_access){
			.vram_pa = 2 * MIB + i * 8,
			.val = 0x1000 + i,
			.width = 8,
			.kind = i % 2 ? PRAMIN_ACCESS_WRITE :
					PRAMIN_ACCESS_READ,
		};
	share_stop = forget_now;
	share_stop_in = at;
	CHECK_EQ(pramin_batch(team.dev[0], list, BATCH, &b), -EIO);
	CHECK_EQ(pramin_last_why(team.dev[0])->reason, PRAMIN_REASON_LOST);
	for (i = 0; i < BATCH; i++) {
		uint64_t there;

		marked += list[i].done;
		CHECK(i < sound || !list[i].done);
		memcpy(&there, team.gpu->vram + list[i].vram_pa, 8);
		if (list[i].done)
			CHECK_EQ(there, list[i].val);
	}
	CHECK_EQ(b.done, marked);
	CHECK_EQ(marked, sound);
	return 0;
}

/* In slices of 64: those before the one in which it was lost are sound. */
static int marks_of_a_batch_that_loses_the_window_are_true(void)
{
	uint32_t val;

	CHECK_EQ(start(1), 0);
	CHECK_EQ(pramin_read32(team.dev[0], 2 * MIB, &val), 0);
	CHECK_EQ(batch_lost(10, 0), 0);
	CHECK_EQ(pramin_read32(team.dev[0], 2 * MIB, &val), 0);
	CHECK_EQ(batch_lost(64 + 1, 64), 0);
	CHECK_EQ(pramin_read32(team.dev[0], 2 * MIB, &val), 0);
	CHECK_EQ(batch_lost(3 * 64 + 8, 3 * 64), 0);
	return team_close(&team);
}

/* Step 1: open; at step 2 it is lost */
static int lose_a_view(struct member *m)
{
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(pramin_view_begin(m->dev, MIB, 64, &view), 0);
	team_say(m->team);
	CHECK_EQ(team_await(m->team, 2), 0);
	CHECK_EQ(pramin_view_read(view, 0, 4), UINT64_MAX);
	CHECK_EQ(pramin_read32(m->dev, MIB, &val), -EIO);
	CHECK_EQ(pramin_view_end(view), -EIO);
	CHECK_EQ(pramin_last_why(m->dev)->reason, PRAMIN_REASON_VIEW_LOST);
	CHECK_EQ(pramin_read32(m->dev, MIB, &val), 0);
	return 0;
}

static int a_view_is_lost_when_another_thread_forgets(void)
{
	CHECK_EQ(start(1), 0);
	CHECK_EQ(team_start(&team, 0, lose_a_view), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	CHECK_EQ(pramin_forget(team.dev[0]), 0);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	return team_close(&team);
}

/* Each thread's every third call meets an error of its own. */
static int fail_now_and_then(struct member *m)
{
	static const int codes[] = { -EFAULT, -ENOSPC, -EACCES, -EILSEQ };
	unsigned int i;
	uint32_t val;

	share_fail_code = codes[m->number];
	for (i = 0; i < 90; i++) {
		uint64_t pa = (m->number / 2) * MIB + 64 * m->number;
		int want = i % 3 ? 0 : share_fail_code;
		int ret;

		share_fail_in = i % 3 ? 0 : 1;
		ret = i % 2 ? pramin_write32(m->dev, pa, i) :
			      pramin_read32(m->dev, pa, &val);
		if (ret != want)
			printf("%s\n", pramin_last_why(m->dev)->what);
		CHECK_EQ(ret, want);
	}
	return 0;
}

static int errors_of_one_thread_do_not_fail_others(void)
{
	CHECK_EQ(start(1), 0);
	team.gpu->unrest = 5;
	CHECK_EQ(team_run(&team, 4, fail_now_and_then), 0);
	CHECK_EQ(team_close(&team), 0);
	CHECK_EQ(start(4), 0);
	team.gpu->unrest = 5;
	CHECK_EQ(team_run(&team, 4, fail_now_and_then), 0);
	return team_close(&team);
}

/* Step 1: open; at step 2 another thread's access has failed */
static int keep_a_view_all_the_same(struct member *m)
{
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(pramin_view_begin(m->dev, MIB, 64, &view), 0);
	pramin_view_write(view, 8, 4, 6);
	team_say(m->team);
	CHECK_EQ(team_await(m->team, 2), 0);
	CHECK_EQ(pramin_view_read(view, 8, 4), 6);
	CHECK_EQ(pramin_read32(m->dev, MIB + 8, &val), 0);
	CHECK_EQ(val, 6);
	return pramin_view_end(view);
}

static int a_view_goes_on_when_another_thread_has_an_error(void)
{
	uint32_t val;

	CHECK_EQ(start(1), 0);
	CHECK_EQ(team_start(&team, 0, keep_a_view_all_the_same), 0);
	CHECK_EQ(team_await(&team, 1), 0);
	share_fail_code = -EFAULT;
	share_fail_in = 1;
	CHECK_EQ(pramin_read32(team.dev[0], MIB, &val), -EFAULT);
	team_say(&team);
	CHECK_EQ(team_join(&team, 0), 0);
	/* Who comes next places the window, even where it should stand. */
	val = (uint32_t)team.gpu->window_writes;
	CHECK_EQ(pramin_write32(team.dev[0], MIB, 1), 0);
	CHECK_EQ(team.gpu->window_writes - val, 1);
	return team_close(&team);
}

static int find_it_gone(struct member *m)
{
	uint64_t accesses = share_get(&team.gpu->accesses);
	uint32_t val;

	CHECK_EQ(pramin_read32(m->dev, 0, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(m->dev)->reason, PRAMIN_REASON_WAS_GONE);
	CHECK_EQ(pramin_write(m->dev, 0, buf, 100, NULL), -ENODEV);
	CHECK_EQ(pramin_flush(m->dev), -ENODEV);
	CHECK_EQ(share_get(&team.gpu->accesses), accesses);
	return 0;
}

static int gone_for_one_thread_is_gone_for_all(void)
{
	uint32_t val;

	CHECK_EQ(start(1), 0);
	CHECK_EQ(pramin_write32(team.dev[0], 2 * MIB, 5), 0);
	share_put(&team.gpu->gone, 1);
	CHECK_EQ(pramin_read32(team.dev[0], 2 * MIB, &val), -ENODEV);
	CHECK_EQ(pramin_last_why(team.dev[0])->reason, PRAMIN_REASON_ALL_ONES);
	CHECK_EQ(team_run(&team, 4, find_it_gone), 0);
	CHECK_EQ(pramin_close(team.dev[0], NULL), -ENODEV);
	CHECK_EQ(team.io[0].closed, 1);
	team.gpu->window = SHARE_RAW;
	return over();
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_call_inside_hears_that_its_handle_was_told_to_forget),
		TEST(a_call_inside_hears_that_another_handle_was_told_to_forget),
		TEST(views_may_be_lost_at_any_moment),
		TEST(marks_of_a_batch_that_loses_the_window_are_true),
		TEST(a_view_is_lost_when_another_thread_forgets),
		TEST(errors_of_one_thread_do_not_fail_others),
		TEST(a_view_goes_on_when_another_thread_has_an_error),
		TEST(gone_for_one_thread_is_gone_for_all),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
