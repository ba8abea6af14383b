// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin top: who uses the window, once a second.
 *
 * It is a user of the GPU itself, and leaves itself out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define NS_PER_S 1000000000ull

/* Home, and nothing below */
#define REDRAW "\033[H\033[J"

struct sample {
	struct pramin_user users[PRAMIN_USERS_MAX];
	size_t count;
	uint64_t at_ns;
	struct pramin_position pos;
};

static int take(struct cli *cli, struct sample *s)
{
	int ret = pramin_users(cli->dev, s->users, PRAMIN_USERS_MAX, &s->count);

	s->at_ns = cli_now_ns();
	return ret ? ret : pramin_position(cli->dev, &s->pos);
}

static uint64_t accesses(const struct pramin_stats *stats)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < 4; i++)
		sum += stats->reads[i] + stats->writes[i];
	return sum;
}

/* What a process does, with all its handles */
struct line {
	uint32_t pid;
	uint32_t handles;
	uint32_t holds, waits;
	uint64_t held_ns, waited_ns;
	uint64_t moves, done;	      /* since they were opened */
	uint64_t new_moves, new_done; /* since the sample before, or in all */
};

static const struct pramin_user *find(const struct sample *s, uint64_t id)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->users[i].id == id)
			return &s->users[i];
	return NULL;
}

static void add(struct line *l, const struct pramin_user *u,
		const struct pramin_user *old)
{
	uint64_t done = accesses(&u->stats);

	l->pid = u->pid;
	l->handles++;
	l->holds += u->holds;
	l->waits += u->waits;
	if (u->held_ns > l->held_ns)
		l->held_ns = u->held_ns;
	if (u->waited_ns > l->waited_ns)
		l->waited_ns = u->waited_ns;
	l->moves += u->stats.moves;
	l->done += done;
	l->new_moves += u->stats.moves - (old ? old->stats.moves : 0);
	l->new_done += done - (old ? accesses(&old->stats) : 0);
}

/* A line for each other process; how many */
static size_t lines(const struct sample *before, const struct sample *now,
		    struct line list[PRAMIN_USERS_MAX])
{
	size_t i, at, count = 0;

	for (i = 0; i < now->count; i++) {
		const struct pramin_user *u = &now->users[i];

		if (u->self)
			continue;
		for (at = 0; at < count && list[at].pid != u->pid;)
			at++;
		if (at == count)
			list[count++] = (struct line){ .pid = u->pid };
		add(&list[at], u, find(before, u->id));
	}
	return count;
}

static uint64_t per_second(const struct sample *before,
			   const struct sample *now, uint64_t n)
{
	uint64_t ns = now->at_ns - before->at_ns;

	return ns ? (uint64_t)((double)n * NS_PER_S / (double)ns) : 0;
}

static void as_json(const struct cli *cli, const struct sample *before,
		    const struct sample *now)
{
	struct line list[PRAMIN_USERS_MAX];
	size_t i, count = lines(before, now, list);

	json_begin(NULL, '{');
	json_position(cli, &now->pos);
	json_begin("users", '[');
	for (i = 0; i < count; i++) {
		const struct line *l = &list[i];

		json_begin(NULL, '{');
		json_num("pid", l->pid);
		json_num("handles", l->handles);
		json_num("holds", l->holds);
		json_num("held_ms", l->held_ns / 1000000);
		json_num("waits", l->waits);
		json_num("waited_ms", l->waited_ns / 1000000);
		json_num("moves", l->moves);
		json_num("moves_per_s", per_second(before, now, l->new_moves));
		json_num("accesses", l->done);
		json_num("accesses_per_s",
			 per_second(before, now, l->new_done));
		json_end('}');
	}
	json_end(']');
	json_end('}');
	out_text("\n");
}

static void as_text(const struct cli *cli, const struct sample *before,
		    const struct sample *now)
{
	struct line list[PRAMIN_USERS_MAX];
	size_t i, count = lines(before, now, list);

	out_text("%s  %s (0x%" PRIx32 ") reads 0x%08" PRIx32 ", base 0x%" PRIx64
		 "\n",
		 cli->info.chip, cli->info.window_name,
		 cli->info.window_register, now->pos.raw, now->pos.base);
	out_text("%s%10s %7s %6s %9s %6s %9s %10s %12s%s\n", out_bold(), "PID",
		 "HANDLES", "HOLDS", "FOR_MS", "WAITS", "FOR_MS", "MOVES/S",
		 "ACCESSES/S", out_plain());
	for (i = 0; i < count; i++) {
		const struct line *l = &list[i];

		out_text("%10" PRIu32 " %7" PRIu32 " %6" PRIu32 " %9" PRIu64
			 " %6" PRIu32 " %9" PRIu64 " %10" PRIu64 " %12" PRIu64
			 "\n",
			 l->pid, l->handles, l->holds, l->held_ns / 1000000,
			 l->waits, l->waited_ns / 1000000,
			 per_second(before, now, l->new_moves),
			 per_second(before, now, l->new_done));
	}
	if (!count)
		out_text("nobody else has this GPU open\n");
}

/* A second, or until a signal comes */
static void pause_for_rates(void)
{
	const struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

/* On a terminal, until it is stopped */
static int live(struct cli *cli, struct sample *s)
{
	unsigned int turn = 0;
	int ret = 0;

	while (!cli_stopped() && !ret && !out_error()) {
		pause_for_rates();
		if (cli_stopped())
			break;
		ret = take(cli, &s[turn ^ 1]);
		if (ret && ret != -ETIMEDOUT)
			break;
		out_text(REDRAW);
		/* That is when one wants to look: say who is in the way. */
		if (ret) {
			const struct pramin_why *why =
				pramin_last_why(cli->dev);

			out_text("%s; %s\n", why->what, why->next);
			ret = out_flush();
			continue;
		}
		as_text(cli, &s[turn], &s[turn ^ 1]);
		ret = out_flush();
		turn ^= 1;
	}
	return ret;
}

static int run(struct cli *cli, int count, char **args)
{
	static struct sample s[2];
	int code, ret;

	(void)count;
	(void)args;
	code = cli_open(cli);
	if (code)
		return code;
	ret = take(cli, &s[0]);
	if (!ret && !cli->json && isatty(STDOUT_FILENO)) {
		ret = live(cli, s);
		return ret ? cli_fail(cli, ret) : CLI_OK;
	}
	if (!ret) {
		pause_for_rates();
		ret = take(cli, &s[1]);
	}
	if (ret)
		return cli_fail(cli, ret);
	if (cli->json)
		as_json(cli, &s[0], &s[1]);
	else
		as_text(cli, &s[0], &s[1]);
	return CLI_OK;
}

const struct cmd cmd_top = {
	.name = "top",
	.args = "",
	.summary = "Show who uses the window, and how much.",
	.text = "For each other process that has the GPU open: how many handles, "
		"calls and views that hold the window now and for how long the "
		"oldest has, calls that wait for it and for how long, and how often "
		"per second it moved the window and accessed VRAM. Accesses through the raw "
		"pointer of a view are not seen. On a terminal the table is drawn "
		"anew each second until the command is stopped; elsewhere, and "
		"with --json, it is printed once, after one second.\n"
		"\n"
		"Reads the window register and does not move the window.",
	.json = "{\"register\":\"0x1700\",\"raw\":\"0x00000010\",\n"
		" \"base\":\"0x100000\",\n"
		" \"users\":[{\"pid\":1234,\"handles\":1,\"holds\":1,\n"
		" \"held_ms\":3,\"waits\":0,\"waited_ms\":0,\"moves\":65,\n"
		" \"moves_per_s\":60,\"accesses\":8388608,\n"
		" \"accesses_per_s\":8000000}]}",
	.run = run,
};
