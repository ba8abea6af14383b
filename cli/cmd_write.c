// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin write: words into VRAM, in order.
 *
 * Every value is parsed and the whole range is checked before the first
 * access, so that a bad argument changes nothing.
 */
#include <errno.h>
#include <inttypes.h>

#include "cli.h"

static int parse_all(struct cli *cli, int count, char **values)
{
	const char *bad;
	uint64_t val;
	int i;

	for (i = 0; i < count; i++) {
		bad = cli_parse_value(values[i], cli->width, &val);
		if (bad)
			return cli_bad_arg(cli, "VALUE", values[i], bad);
	}
	return CLI_OK;
}

/* Writes are posted: without an error they are sent, not proved. */
static int failed(struct cli *cli, int ret, int sent, int count)
{
	int code = cli_fail(cli, ret);

	cli_next("%d of %d values were sent; whether they arrived is not "
		 "certain",
		 sent, count);
	return code;
}

static int write_all(struct cli *cli, uint64_t vram_pa, int count,
		     char **values)
{
	uint64_t val = 0;
	int i, ret;

	for (i = 0; i < count; i++) {
		ret = cli_stopped() ? -ECANCELED : 0;
		if (!ret && cli_parse_value(values[i], cli->width, &val))
			ret = -EINVAL;
		if (!ret)
			ret = cli_write_word(cli, vram_pa, val);
		if (ret)
			return failed(cli, ret, i, count);
		vram_pa += cli->width;
	}
	ret = pramin_flush(cli->dev);
	return ret ? failed(cli, ret, count, count) : CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	uint64_t vram_pa, len;
	int code;

	count--;
	len = (uint64_t)count * cli->width;
	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (!code)
		code = cli_aligned(cli, "ADDR", vram_pa);
	if (!code)
		code = parse_all(cli, count, args + 1);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, len);
	if (code)
		return code;
	if (cli->dry_run)
		return cli_would(cli, vram_pa, len,
				 "write %d values of %u "
				 "bits at 0x%" PRIx64,
				 count, cli->width * 8, vram_pa);
	code = write_all(cli, vram_pa, count, args + 1);
	if (!code && cli->json) {
		json_begin(NULL, '{');
		json_hex("address", vram_pa, 1);
		json_num("length", len);
		json_num("width", (uint64_t)cli->width * 8);
		json_num("count", (uint64_t)count);
		json_end('}');
		out_text("\n");
	}
	return code;
}

const struct cmd cmd_write = {
	.name = "write",
	.args = "ADDR VALUE...",
	.summary = "Write words to VRAM.",
	.text = "Writes each VALUE with one access of -w bits, in order, the "
		"first at ADDR, then proves with one read that they arrived. "
		"ADDR is a multiple of the width, and each VALUE fits into it. "
		"Nothing is read before, and nothing is written if any "
		"argument is wrong.",
	.json = "{\"address\":\"0x1000\",\"length\":8,\"width\":32,"
		"\"count\":2}",
	.min_args = 2,
	.max_args = -1,
	.run = run,
};
