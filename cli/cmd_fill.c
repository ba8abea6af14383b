// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin fill: repeat a pattern. */
#include <inttypes.h>

#include "cli.h"

static int check_pattern(struct cli *cli, const char *text, uint64_t len,
			 struct cli_pattern *pat)
{
	const char *bad = cli_parse_pattern(text, cli->width, pat);

	if (bad)
		return cli_bad_arg(cli, "PATTERN", text, bad);
	if (pat->len > 8 || (pat->len & (pat->len - 1)))
		return cli_usage(cli,
				 "PATTERN '%s' has %zu bytes; fill takes "
				 "1, 2, 4 or 8",
				 text, pat->len);
	if (len % pat->len)
		return cli_usage(cli,
				 "LEN %" PRIu64 " is not a multiple of "
				 "the %zu bytes of PATTERN '%s'",
				 len, pat->len, text);
	return CLI_OK;
}

static int fill(struct cli *cli, uint64_t vram_pa, uint64_t len,
		const struct cli_pattern *pat)
{
	struct pramin_bulk bulk;
	uint64_t base = 0;
	int ret, code;

	cli_bulk(&bulk, &base);
	cli_progress_begin(cli, len, false);
	ret = pramin_fill(cli->dev, vram_pa, len, pat->bytes,
			  (unsigned int)pat->len, &bulk);
	cli_progress_end();
	if (!ret)
		return CLI_OK;
	code = cli_fail(cli, ret);
	cli_next("the first %" PRIu64 " of %" PRIu64 " bytes are filled; what "
		 "VRAM holds behind them is not certain",
		 bulk.done, len);
	return code;
}

static int run(struct cli *cli, int count, char **args)
{
	static struct cli_pattern pat;
	uint64_t vram_pa, len;
	int code;

	(void)count;
	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &len);
	if (!code)
		code = check_pattern(cli, args[2], len, &pat);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, len);
	if (code)
		return code;
	if (cli->dry_run)
		return cli_would(cli, vram_pa, len,
				 "fill %" PRIu64 " bytes at "
				 "0x%" PRIx64 " with %s",
				 len, vram_pa, args[2]);
	code = fill(cli, vram_pa, len, &pat);
	if (code || !cli->json)
		return code;
	json_begin(NULL, '{');
	json_hex("address", vram_pa, 1);
	json_num("length", len);
	json_bytes("pattern", pat.bytes, pat.len);
	json_end('}');
	out_text("\n");
	return CLI_OK;
}

const struct cmd cmd_fill = {
	.name = "fill",
	.args = "ADDR LEN PATTERN",
	.summary = "Fill VRAM with a pattern.",
	.text = "Repeats PATTERN over LEN bytes at ADDR, of any alignment; its "
		"first byte goes to ADDR. PATTERN has 1, 2, 4 or 8 bytes, and "
		"LEN is a multiple of that. Each 64 KiB is proved by a read.",
	.json = "{\"address\":\"0x1000\",\"length\":4096,"
		"\"pattern\":\"deadbeef\"}",
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
