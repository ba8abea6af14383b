// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin copy: VRAM to VRAM, as memmove(). */
#include <inttypes.h>

#include "cli.h"

static int copy(struct cli *cli, uint64_t src_pa, uint64_t dst_pa, uint64_t len)
{
	struct pramin_bulk bulk;
	uint64_t base = 0;
	int ret, code;

	cli_bulk(&bulk, &base);
	cli_progress_begin(cli, len, false);
	ret = pramin_copy(cli->dev, dst_pa, src_pa, len, &bulk);
	cli_progress_end();
	cli_note_suspects(cli, &bulk);
	if (!ret)
		return CLI_OK;
	code = cli_fail(cli, ret);
	cli_next("%" PRIu64 " of %" PRIu64 " bytes are copied, counted from "
		 "the %s; what the next ones hold is not certain",
		 bulk.done, len,
		 dst_pa > src_pa && dst_pa - src_pa < len ? "end" :
							    "beginning");
	return code;
}

static int run(struct cli *cli, int count, char **args)
{
	uint64_t src_pa, dst_pa, len;
	int code;

	(void)count;
	code = cli_arg_number(cli, "SRC", args[0], &src_pa);
	if (!code)
		code = cli_arg_number(cli, "DST", args[1], &dst_pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[2], &len);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "SRC", src_pa, len);
	if (!code)
		code = cli_range(cli, "DST", dst_pa, len);
	if (code)
		return code;
	if (cli->dry_run)
		return cli_would(cli, dst_pa, len,
				 "copy %" PRIu64 " bytes from 0x%" PRIx64
				 " to 0x%" PRIx64,
				 len, src_pa, dst_pa);
	code = copy(cli, src_pa, dst_pa, len);
	if (code || !cli->json)
		return code;
	json_begin(NULL, '{');
	json_hex("source", src_pa, 1);
	json_hex("destination", dst_pa, 1);
	json_num("length", len);
	json_end('}');
	out_text("\n");
	return CLI_OK;
}

const struct cmd cmd_copy = {
	.name = "copy",
	.args = "SRC DST LEN",
	.summary = "Copy VRAM to another place in VRAM.",
	.text = "Copies LEN bytes from SRC to DST, of any alignment. The ranges "
		"may overlap; DST then holds what SRC held before.",
	.json = "{\"source\":\"0x1000\",\"destination\":\"0x2000\","
		"\"length\":4096}",
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
