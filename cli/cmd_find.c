// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin find: where a byte string occurs.
 *
 * The first occurrence is the library's business. For all of them, VRAM is
 * read once, and the last bytes of each chunk are kept in front of the next,
 * so that no occurrence is lost between two chunks.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <string.h>

#include "cli.h"

struct find {
	uint64_t vram_pa;
	uint64_t len;
	struct cli_pattern pat;
	uint64_t count; /* occurrences */
};

static void show(const struct cli *cli, struct find *f, uint64_t vram_pa)
{
	f->count++;
	if (cli->json)
		json_hex(NULL, vram_pa, 1);
	else
		out_text("0x%016" PRIx64 "\n", vram_pa);
}

static int failed(struct cli *cli, const struct find *f, int ret, uint64_t done)
{
	int code = cli_fail(cli, ret);

	cli_next("%" PRIu64 " of %" PRIu64 " bytes were searched", done,
		 f->len);
	return code;
}

static int find_first(struct cli *cli, struct find *f)
{
	struct pramin_bulk bulk;
	uint64_t base = 0, at = 0;
	bool found = false;
	int ret;

	cli_bulk(&bulk, &base);
	ret = pramin_find(cli->dev, f->vram_pa, f->len, f->pat.bytes,
			  f->pat.len, &found, &at, &bulk);
	if (ret)
		return failed(cli, f, ret, bulk.done);
	cli_progress_end();
	/* Not found may mean that it could not be read. */
	if (found)
		show(cli, f, at);
	else
		cli_note_suspects(cli, &bulk);
	return CLI_OK;
}

/* All occurrences in @len bytes, the first of which is at @vram_pa */
static void scan(const struct cli *cli, struct find *f, const uint8_t *buf,
		 size_t len, uint64_t vram_pa)
{
	const uint8_t *p = buf, *hit;

	while (!out_error() && !cli_stopped()) {
		hit = memmem(p, len - (size_t)(p - buf), f->pat.bytes,
			     f->pat.len);
		if (!hit)
			return;
		show(cli, f, vram_pa + (uint64_t)(hit - buf));
		p = hit + 1;
	}
}

static int find_all(struct cli *cli, struct find *f)
{
	static uint8_t buf[PRAMIN_FIND_MAX + CLI_CHUNK];
	size_t kept = 0, most = f->pat.len - 1;
	struct pramin_bulk bulk, total = { .suspects = 0 };
	uint64_t done = 0;
	int ret;

	while (done < f->len) {
		uint64_t pa = f->vram_pa + done;
		size_t n = (size_t)cli_chunk(pa, f->len - done), all;

		cli_bulk(&bulk, &done);
		ret = pramin_read(cli->dev, pa, buf + kept, n, &bulk);
		if (ret)
			return failed(cli, f, ret, done + bulk.done);
		if (!total.suspects)
			total.first_suspect = bulk.first_suspect;
		total.suspects += bulk.suspects;
		all = kept + n;
		scan(cli, f, buf, all, pa - kept);
		/* Who watches need not wait for a full buffer. */
		if (!cli->json)
			out_flush();
		if (out_error() || cli_stopped())
			return CLI_FAIL;
		kept = all < most ? all : most;
		memmove(buf, buf + all - kept, kept);
		done += n;
	}
	if (!f->count)
		cli_note_suspects(cli, &total);
	return CLI_OK;
}

static int find(struct cli *cli, struct find *f)
{
	int code;

	if (cli->json) {
		json_begin(NULL, '{');
		json_hex("address", f->vram_pa, 1);
		json_num("length", f->len);
		json_bytes("pattern", f->pat.bytes, f->pat.len);
		json_begin("matches", '[');
	}
	cli_progress_begin(cli, f->len, cli->all);
	code = (cli->all ? find_all : find_first)(cli, f);
	cli_progress_end();
	if (code)
		return code;
	if (cli->json) {
		json_end(']');
		json_num("count", f->count);
		json_bool("found", f->count > 0);
		json_end('}');
		out_text("\n");
	}
	return f->count ? CLI_OK : CLI_NO;
}

static int run(struct cli *cli, int count, char **args)
{
	static struct find f;
	const char *bad;
	int code;

	(void)count;
	code = cli_arg_number(cli, "ADDR", args[0], &f.vram_pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &f.len);
	if (code)
		return code;
	bad = cli_parse_pattern(args[2], cli->width, &f.pat);
	if (bad)
		return cli_bad_arg(cli, "PATTERN", args[2], bad);
	code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", f.vram_pa, f.len);
	if (code)
		return code;
	if (cli->dry_run)
		return cli_would(cli, f.vram_pa, f.len,
				 "search %" PRIu64 " bytes at 0x%" PRIx64
				 " for %s",
				 f.len, f.vram_pa, args[2]);
	return find(cli, &f);
}

const struct cmd cmd_find = {
	.name = "find",
	.args = "ADDR LEN PATTERN",
	.summary = "Find a pattern in VRAM.",
	.text = "Searches LEN bytes at ADDR for PATTERN, of 1 to 4096 bytes and "
		"at any alignment, and prints the address of the first "
		"occurrence; with --all, of every one. Exits with 1, printing "
		"nothing, if there is none.",
	.json = "{\"address\":\"0x0\",\"length\":1048576,"
		"\"pattern\":\"deadbeef\",\n"
		" \"matches\":[\"0x1000\"],\"count\":1,\"found\":true}",
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
