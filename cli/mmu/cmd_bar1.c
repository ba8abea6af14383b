// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin bar1 status, bar1 map: what BAR1 shows, and showing VRAM there for as
 * long as the command runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mmu.h"

#define WAIT_MS 500

static const char *target_name(enum pramin_target target)
{
	static const char *const names[] = { "vram", "invalid", "sys_coh",
					     "sys_noncoh" };

	return (unsigned int)target < 4 ? names[target] : "unknown";
}

static void status_json(const struct cli *cli,
			const struct pramin_bar1_status *s)
{
	json_begin(NULL, '{');
	json_str("chip", cli->info.chip);
	json_num("size", s->bytes);
	json_num("usable", s->usable);
	json_str("mode", s->is_virtual ? "virtual" : "physical");
	if (s->is_virtual) {
		json_str("target", target_name(s->target));
		json_hex("inst", s->inst_pa, 1);
	} else {
		json_null("target");
		json_null("inst");
	}
	json_bool("pending", s->pending);
	json_bool("outstanding", s->outstanding);
	json_hex("block", s->block, 8);
	json_hex("block_high", s->block_high, 8);
	json_bool("bound", s->bound);
	if (s->pid)
		json_num("pid", s->pid);
	else
		json_null("pid");
	if (s->claimed_by)
		json_str("claimed_by", s->claimed_by);
	else
		json_null("claimed_by");
	json_bool("boot_vga", s->boot_vga);
	json_bool("write_combined", s->write_combined);
	json_end('}');
	out_text("\n");
}

static void head(const char *name)
{
	out_text("%s%-13s%s", out_bold(), name, out_plain());
}

static void status_text(const struct pramin_bar1_status *s)
{
	char size[CLI_SIZE_TEXT];

	head("size");
	if (s->bytes)
		out_text("%s, of which 0x%" PRIx64 " bytes can be mapped\n",
			 cli_size_text(size, s->bytes), s->usable);
	else
		out_text("none: there is no BAR1, or it cannot be reached\n");
	head("shows");
	if (s->is_virtual)
		out_text("page tables, instance block at 0x%" PRIx64 " in %s\n",
			 s->inst_pa, target_name(s->target));
	else
		out_text("VRAM from address 0 on\n");
	head("block");
	out_text("0x%08" PRIx32 " 0x%08" PRIx32 "%s%s\n", s->block,
		 s->block_high, s->pending ? ", pending" : "",
		 s->outstanding ? ", outstanding" : "");
	head("owner");
	if (s->pid)
		out_text("process %" PRIu32 "\n", s->pid);
	else
		out_text("%s\n", s->bound ? "a handle that has died" :
					    "nobody who uses this library");
	head("console");
	if (s->claimed_by)
		out_text("%s has claimed a range in it\n", s->claimed_by);
	else
		out_text("%s\n", s->boot_vga ? "may scan out from it" : "no");
}

static int run_status(struct cli *cli, int count, char **args)
{
	struct pramin_bar1_status status = { .size = sizeof(status) };
	int code = cli_open(cli), ret;

	(void)count;
	(void)args;
	if (code)
		return code;
	ret = pramin_bar1_status(cli->dev, &status);
	if (ret)
		return cli_fail(cli, ret);
	if (cli->json)
		status_json(cli, &status);
	else
		status_text(&status);
	return CLI_OK;
}

struct map {
	struct pramin_map_piece piece;
	uint64_t off;
	uint64_t tables_pa;
	uint64_t tables_len;
	bool physical; /* without tables */
	struct pramin_pool *pool;
	struct pramin_bar1 *bar1;
	struct pramin_map_result result;
};

static int check_map(struct cli *cli, const struct map *map)
{
	const struct pramin_map_piece *p = &map->piece;
	int code;

	code = cli_range(cli, "PA", p->pa, p->len);
	if (!code && !map->physical)
		code = cli_range(cli, "--tables", map->tables_pa,
				 map->tables_len);
	if (!code && p->pa < map->tables_pa + map->tables_len &&
	    map->tables_pa < p->pa + p->len)
		code = cli_usage(cli, "--tables and what is to be mapped "
				      "overlap");
	return code;
}

static int make(struct cli *cli, struct map *map)
{
	struct pramin_bar1_params params = {
		.size = sizeof(params),
		.need = map->piece.len,
	};
	int ret;

	map->result.size = sizeof(map->result);
	ret = pramin_claim_vram(cli->dev, map->piece.pa, map->piece.len);
	if (!ret && map->physical) {
		params.flags = PRAMIN_BAR1_PHYSICAL;
		params.need = map->piece.pa + map->piece.len;
		map->off = map->piece.pa;
		ret = pramin_bar1_take(cli->dev, &params, &map->bar1);
		return ret ? cli_fail(cli, ret) : CLI_OK;
	}
	if (!ret)
		ret = pramin_pool_create(cli->dev, &map->pool);
	if (!ret)
		ret = pramin_pool_add(map->pool, map->tables_pa,
				      map->tables_len);
	params.pool = map->pool;
	if (!ret)
		ret = pramin_bar1_take(cli->dev, &params, &map->bar1);
	if (!ret)
		ret = pramin_bar1_map(map->bar1, &map->off, &map->piece, 1,
				      &map->result);
	return ret ? cli_fail(cli, ret) : CLI_OK;
}

/* Do BAR1 and the window show the same there? */
static int prove(struct cli *cli, const struct map *map, uint64_t at)
{
	uint64_t by_bar1 = 0, by_window = 0;
	int ret;

	ret = pramin_bar1_read(map->bar1, map->off + at, 8, &by_bar1);
	if (!ret)
		ret = pramin_read64(cli->dev, map->piece.pa + at, &by_window);
	if (ret)
		return cli_fail(cli, ret);
	if (by_bar1 == by_window)
		return CLI_OK;
	cli_error(cli,
		  "BAR1 reads 0x%016" PRIx64 " at 0x%" PRIx64
		  ", but the window reads 0x%016" PRIx64 " at 0x%" PRIx64,
		  by_bar1, map->off + at, by_window, map->piece.pa + at);
	return CLI_FAIL;
}

static void show_map(const struct cli *cli, const struct map *map)
{
	struct pramin_bar1_info info = { .size = sizeof(info) };
	char size[CLI_SIZE_TEXT];

	if (pramin_bar1_info(map->bar1, &info))
		return;
	if (!cli->json) {
		out_text("BAR1 0x%" PRIx64 "-0x%" PRIx64
			 ", %s: VRAM at 0x%" PRIx64 ", ",
			 map->off, map->off + (map->piece.len - 1),
			 cli_size_text(size, map->piece.len), map->piece.pa);
		if (info.physical)
			out_text("without page tables\n");
		else
			out_text("instance block at 0x%" PRIx64 "\n",
				 info.inst_pa);
		return;
	}
	json_begin(NULL, '{');
	json_hex("offset", map->off, 1);
	json_num("length", map->piece.len);
	json_hex("address", map->piece.pa, 1);
	if (info.physical)
		json_null("inst");
	else
		json_hex("inst", info.inst_pa, 1);
	json_num("usable", info.usable);
	json_bool("write_combined", info.write_combined);
	json_num("stores", map->result.stores);
	json_num("flushes", map->result.flushes);
	json_num("invalidates", map->result.invalidates);
	json_end('}');
	out_text("\n");
}

/* Until standard input ends, or a signal comes */
static void hold(void)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	char bytes[256];

	while (!cli_stopped()) {
		int ready = poll(&pfd, 1, WAIT_MS);

		if (ready > 0 && read(STDIN_FILENO, bytes, sizeof(bytes)) <= 0)
			return;
		if (ready < 0 && errno != EINTR && errno != EAGAIN)
			return;
	}
}

static int show(struct cli *cli, struct map *map)
{
	int code = make(cli, map), ret;

	if (!code)
		code = prove(cli, map, 0);
	if (!code)
		code = prove(cli, map, map->piece.len - 8);
	if (!code) {
		show_map(cli, map);
		/* Whoever reads this uses it while the command runs. */
		if (out_finish(true))
			code = CLI_FAIL;
	}
	if (!code) {
		if (isatty(STDIN_FILENO))
			cli_notice(cli, "end of input (Ctrl-D) gives BAR1 "
					"back");
		hold();
	}
	ret = pramin_bar1_release(map->bar1);
	if (ret && !code)
		code = cli_fail(cli, ret);
	return code;
}

static int run_map(struct cli *cli, int count, char **args)
{
	struct map map = { .off = PRAMIN_VA_ANY };
	int code;

	code = cli_arg_number(cli, "PA", args[0], &map.piece.pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &map.piece.len);
	if (!code && !map.piece.len)
		code = cli_usage(cli, "LEN 0 is no range");
	if (!code && count > 2)
		code = cli_arg_number(cli, "OFF", args[2], &map.off);
	map.physical = cli->mmu.physical;
	if (!code && map.physical && (cli->mmu.tables || count > 2))
		code = cli_usage(cli,
				 "--physical has no page tables, and PA is "
				 "the offset: leave out OFF and --tables");
	if (!code && !map.physical && !cli->mmu.tables)
		code = cli_usage(cli, "BAR1 needs page tables: --tables "
				      "PA,LEN, VRAM that is free");
	if (!code)
		code = mmu_tables(cli, &map.tables_pa, &map.tables_len);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = check_map(cli, &map);
	if (!code && cli->dry_run)
		return cli_would(cli, map.piece.pa, map.piece.len,
				 "show %" PRIu64 " bytes of VRAM at 0x%" PRIx64
				 " in BAR1",
				 map.piece.len, map.piece.pa);
	return code ? code : show(cli, &map);
}

const struct cmd cmd_bar1_status = {
	.name = "bar1 status",
	.args = "",
	.summary = "Show what BAR1 shows, and to whom.",
	.text = "Prints the size of BAR1, whether it shows VRAM from address 0 "
		"on or page tables and those of which instance block, its "
		"block register, who has taken it, and whether the firmware's "
		"console may use it. Reads registers and writes none. mmu list "
		"--bar1 shows what is mapped.",
	.json = "{\"chip\":\"tu102\",\"size\":268435456,"
		"\"usable\":268431360,\n"
		" \"mode\":\"physical\",\"target\":null,\"inst\":null,\n"
		" \"pending\":false,\"outstanding\":false,\n"
		" \"block\":\"0x00000000\",\"block_high\":\"0x00000000\",\n"
		" \"bound\":false,\"pid\":null,\"claimed_by\":null,"
		"\"boot_vga\":false,\n"
		" \"write_combined\":false}",
	.min_args = 0,
	.max_args = 0,
	.run = run_status,
};

const struct cmd cmd_bar1_map = {
	.name = "bar1 map",
	.args = "PA LEN [OFF]",
	.summary = "Show VRAM in BAR1; writes to VRAM.",
	.text = "Takes BAR1, maps LEN bytes of VRAM at PA to offset OFF in it, "
		"or to one that is free, compares first and last word with "
		"what the window shows, and prints where they are. So it stays "
		"until standard input ends or the command is stopped; then "
		"BAR1 shows again what it showed before. Page tables and an "
		"instance block are made in VRAM that --tables names; what "
		"lies there is lost. With --physical there are none: BAR1 "
		"shows VRAM from address 0 on, so the offset is PA, and inst "
		"is null.\n\n"
		"A BAR1 that is absent or too small, that somebody else has, "
		"or that shows the tables of a driver or the firmware's "
		"console is refused before anything is written. The object of "
		"--json is printed before the command waits.",
	.json = "{\"offset\":\"0x0\",\"length\":65536,\"address\":\"0x4000000\","
		"\n"
		" \"inst\":\"0x1000000\",\"usable\":268431360,"
		"\"write_combined\":false,\n"
		" \"stores\":545,\"flushes\":2,\"invalidates\":1}",
	.min_args = 2,
	.max_args = 3,
	.run = run_map,
};
