// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin window: where the window stands. One register read. */
#include <inttypes.h>

#include "cli.h"

static const char *target_name(enum pramin_target target)
{
	switch (target) {
	case PRAMIN_TARGET_VRAM:
		return "vram";
	case PRAMIN_TARGET_SYS_COHERENT:
		return "sys_coherent";
	case PRAMIN_TARGET_SYS_NONCOHERENT:
		return "sys_noncoherent";
	default:
		return "undefined";
	}
}

static int run(struct cli *cli, int count, char **args)
{
	struct pramin_position pos;
	int code, ret;

	(void)count;
	(void)args;
	code = cli_open(cli);
	if (code)
		return code;
	ret = pramin_position(cli->dev, &pos);
	if (ret)
		return cli_fail(cli, ret);

	if (cli->json) {
		json_begin(NULL, '{');
		json_position(cli, &pos);
		json_str("target", target_name(pos.target));
		json_end('}');
		out_text("\n");
		return CLI_OK;
	}
	out_text("%sregister%s  %s (0x%" PRIx32 ")\n", out_bold(), out_plain(),
		 cli->info.window_name, cli->info.window_register);
	out_text("%sraw%s       0x%08" PRIx32 "\n", out_bold(), out_plain(),
		 pos.raw);
	out_text("%sbase%s      0x%016" PRIx64 "\n", out_bold(), out_plain(),
		 pos.base);
	out_text("%starget%s    %s\n", out_bold(), out_plain(),
		 target_name(pos.target));
	return CLI_OK;
}

const struct cmd cmd_window = {
	.name = "window",
	.args = "",
	.summary = "Show where the window stands.",
	.text = "Reads the window register and decodes it: the address of the "
		"first byte that the window shows, and what that is an address "
		"of: vram, sys_coherent, sys_noncoherent (host memory) or "
		"undefined. Does not move the window.",
	.json = "{\"register\":\"0x1700\",\"raw\":\"0x0001fff0\",\n"
		" \"base\":\"0x1fff00000\",\"target\":\"vram\"}",
	.run = run,
};
