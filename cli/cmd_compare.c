// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin compare: is VRAM equal to a file? As cmp(1): the first difference. */
#include <errno.h>
#include <inttypes.h>

#include "cli.h"

struct difference {
	bool found;
	uint64_t off;
	uint8_t vram;
	uint8_t file;
};

static int failed_at(uint64_t done, uint64_t len, int code)
{
	cli_next("the first %" PRIu64 " of %" PRIu64 " bytes are the same",
		 done, len);
	return code;
}

static int compare_chunk(struct cli *cli, struct source *src, uint64_t vram_pa,
			 uint64_t *done, struct difference *diff)
{
	static uint8_t buf[CLI_CHUNK];
	uint64_t n = cli_chunk(vram_pa + *done, src->len - *done), same = 0;
	struct pramin_bulk bulk;
	size_t got;
	int ret;

	ret = source_read(src, buf, (size_t)n, &got);
	if (!ret && got < n) {
		cli_error(cli,
			  "FILE '%s' ended early, after %" PRIu64 " of %" PRIu64
			  " bytes",
			  src->path, *done + got, src->len);
		return CLI_FAIL;
	}
	if (ret) {
		cli_fail_errno(cli, src->path, ret);
		return CLI_FAIL;
	}
	cli_bulk(&bulk, done);
	ret = pramin_compare(cli->dev, vram_pa + *done, buf, n, &same, &bulk);
	if (!ret && bulk.suspects)
		cli_note_suspects(cli, &bulk);
	if (!ret && same < n) {
		diff->found = true;
		diff->off = *done + same;
		diff->file = buf[same];
		ret = pramin_read8(cli->dev, vram_pa + diff->off, &diff->vram);
		if (!ret && diff->vram == diff->file) {
			cli_error(cli,
				  "two reads of 0x%" PRIx64 " disagree: "
				  "the first differs from the file, the second "
				  "does not",
				  vram_pa + diff->off);
			return failed_at(diff->off, src->len, CLI_FAIL);
		}
	}
	if (ret)
		return failed_at(*done, src->len, cli_fail(cli, ret));
	*done += n;
	return CLI_OK;
}

static void show_json(const struct source *src, uint64_t vram_pa,
		      const struct difference *diff)
{
	json_begin(NULL, '{');
	json_hex("address", vram_pa, 1);
	json_num("length", src->len);
	json_str("file", src->path);
	json_bool("same", !diff->found);
	if (diff->found) {
		json_begin("first_difference", '{');
		json_hex("address", vram_pa + diff->off, 1);
		json_num("offset", diff->off);
		json_hex("vram", diff->vram, 2);
		json_hex("file", diff->file, 2);
		json_end('}');
	} else {
		json_null("first_difference");
	}
	json_end('}');
	out_text("\n");
}

static int compare_all(struct cli *cli, struct source *src, uint64_t vram_pa)
{
	struct difference diff = { .found = false };
	uint64_t done = 0;
	int code = CLI_OK;

	cli_progress_begin(cli, src->len, false);
	while (!code && !diff.found && done < src->len)
		code = compare_chunk(cli, src, vram_pa, &done, &diff);
	cli_progress_end();
	if (code)
		return code;
	if (cli->json)
		show_json(src, vram_pa, &diff);
	else if (diff.found)
		out_text("0x%016" PRIx64 ": VRAM has 0x%02x, the file has "
			 "0x%02x at %" PRIu64 "\n",
			 vram_pa + diff.off, diff.vram, diff.file, diff.off);
	return diff.found ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	struct source src;
	uint64_t vram_pa;
	int code;

	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (code)
		return code;
	code = source_open(cli, &src, count - 1, args + 1);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, src.len);
	if (!code && cli->dry_run)
		code = cli_would(cli, vram_pa, src.len,
				 "compare %" PRIu64
				 " bytes of %s with 0x%" PRIx64,
				 src.len, src.path, vram_pa);
	else if (!code)
		code = compare_all(cli, &src, vram_pa);
	source_close(&src);
	return code;
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "ADDR FILE [LEN]",
	.summary = "Compare VRAM with a file.",
	.text = "Compares FILE, or its first LEN bytes, with VRAM at ADDR. "
		"Prints nothing and exits with 0 if they are the same. "
		"Otherwise prints the address of the first difference and both "
		"bytes, and exits with 1. FILE may be - for standard input; "
		"then, and wherever FILE is not a regular file, LEN is needed.",
	.json = "{\"address\":\"0x1000\",\"length\":4096,"
		"\"file\":\"vram.bin\",\"same\":false,\n"
		" \"first_difference\":{\"address\":\"0x1010\",\"offset\":16,\n"
		"  \"vram\":\"0x00\",\"file\":\"0xff\"}}",
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
