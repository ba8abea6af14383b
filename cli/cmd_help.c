// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin help: on a command, or on all of it. */
#include "cli.h"

static int run(struct cli *cli, int count, char **args)
{
	const struct cmd *cmd = NULL;
	const struct cmd *const *each;

	if (cli->man) {
		cli_help_man();
		return CLI_OK;
	}
	if (cli->names) {
		for (each = cmds; *each; each++)
			out_text("%s\n", (*each)->name);
		return CLI_OK;
	}
	if (cli->completion) {
		cli_help_completion();
		return CLI_OK;
	}
	if (!count)
		return cli_help(cli, NULL, NULL);
	cmd = cmd_lookup(args[0]);
	if (cmd && count > 1) {
		cli_error(cli, "too many arguments");
		cli_usage_hint(cli);
		return CLI_USAGE;
	}
	cli->group = cmd ? NULL : cmd_group(args[0]);
	if (cli->group && count > 1) {
		cmd = cmd_lookup_in(cli->group, args[1]);
		if (!cmd)
			return cli_unknown_command(cli, args[1]);
	}
	if (!cmd && !cli->group)
		return cli_unknown_command(cli, args[0]);
	return cli_help(cli, cmd, cli->group);
}

const struct cmd cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "Show help on a command, or on all of it.",
	.text = "Prints on standard output what COMMAND does and takes; with "
		"the first word of commands of two words, those; without "
		"COMMAND, all commands and the options.",
	.json = NULL,
	.max_args = 2,
	.run = run,
};
