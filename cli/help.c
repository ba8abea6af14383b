// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Help for people, out of the tables of commands and options.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define COLUMNS	 78
#define MAX_NAME 16

/* @text wrapped, each line @indent columns in; the cursor stands at @col. */
static void wrapped(const char *text, int indent, int col)
{
	while (*text) {
		size_t len = strcspn(text, " \n");

		if (col > indent && col + 1 + (int)len > COLUMNS) {
			out_text("\n");
			col = 0;
		}
		if (col < indent)
			out_text("%*s", indent - col, "");
		else if (col > indent)
			out_text(" ");
		if (col < indent)
			col = indent;
		else if (col > indent)
			col++;
		out_bytes(text, len);
		col += (int)len;
		text += len;
		while (*text == ' ')
			text++;
		if (*text == '\n') {
			out_text(text[1] ? "\n\n" : "");
			col = 0;
			while (*text == '\n')
				text++;
		}
	}
	out_text("\n");
}

static void show_options(const char *only)
{
	const struct cli_opt *opt;
	char head[64];

	for (opt = cli_opts; opt->id; opt++) {
		char letter[8] = "    ";

		if (!opt->help)
			continue;
		if (only ? !opt->only || strcmp(opt->only, only) : !!opt->only)
			continue;
		if (opt->letter)
			snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
		snprintf(head, sizeof(head), "  %s--%s%s%s", letter, opt->name,
			 opt->arg ? " " : "", opt->arg ? opt->arg : "");
		out_text("%-31s ", head);
		wrapped(opt->help, 32,
			strlen(head) < 32 ? 32 : (int)strlen(head) + 1);
	}
}

static bool has_options(const struct cmd *cmd)
{
	const struct cli_opt *opt;

	for (opt = cli_opts; opt->id; opt++)
		if (opt->help && opt->only && !strcmp(opt->only, cmd->name))
			return true;
	return false;
}

static void help_command(const struct cmd *cmd)
{
	out_text("usage: pramin [OPTION...] %s%s%s\n\n", cmd->name,
		 *cmd->args ? " " : "", cmd->args);
	wrapped(cmd->text, 0, 0);
	if (has_options(cmd)) {
		out_text("\n");
		show_options(cmd->name);
	}
	if (cmd->json)
		out_text("\nwith --json:\n%s\n", cmd->json);
}

static void help_all(void)
{
	const struct cmd *const *cmd;

	out_text("usage: pramin [OPTION...] COMMAND [ARG...]\n\n");
	wrapped("Read and write the VRAM of an NVIDIA GPU through its BAR0 "
		"window, without a driver.",
		0, 0);
	out_text("\n%scommands%s\n", out_bold(), out_plain());
	for (cmd = cmds; *cmd; cmd++)
		out_text("  %-8s %-22s %s\n", (*cmd)->name, (*cmd)->args,
			 (*cmd)->summary);
	out_text("\n%soptions%s, before or after the command; -- ends them\n",
		 out_bold(), out_plain());
	show_options(NULL);
	out_text("\n%svalues%s\n", out_bold(), out_plain());
	out_text("  numbers  decimal or 0x..., then K, M, G or T for 1024, "
		 "1024^2, ...\n"
		 "  PATTERN  hex:DEADBEEF (bytes in order), str:TEXT, or a "
		 "number of -w bits\n"
		 "  GPU      model:CHIP[,vram=SIZE][,file=PATH]; pramin list "
		 "names the chips\n"
		 "\nexit status: 0 done; 1 the device, the system or I/O said "
		 "no, or differs, or\nnot found; 2 arguments; 128+N after "
		 "signal N.\nMore: pramin help COMMAND, pramin(1)\n");
}

int cli_help(struct cli *cli, const struct cmd *cmd)
{
	(void)cli;
	if (cmd)
		help_command(cmd);
	else
		help_all();
	return CLI_OK;
}

void cli_usage_hint(struct cli *cli)
{
	const struct cmd *const *cmd;
	char line[256];
	size_t len = 0;

	if (cli->cmd) {
		cli_next("usage: pramin %s%s%s; pramin help %s says more",
			 cli->cmd->name, *cli->cmd->args ? " " : "",
			 cli->cmd->args, cli->cmd->name);
		return;
	}
	for (cmd = cmds; *cmd; cmd++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, " %s",
					(*cmd)->name);
	cli_next("usage: pramin [OPTION...] COMMAND [ARG...]; pramin --help "
		 "says more");
	cli_next("commands:%s", line);
}

/* Letters to change, add or remove to get from @a to @b */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[MAX_NAME + 1], i, j;
	size_t len = strlen(b);

	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		unsigned int diagonal = row[0];

		row[0] = i + 1;
		for (j = 0; j < len; j++) {
			unsigned int best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			if (best > diagonal + 1)
				best = diagonal + 1;
			if (best > row[j] + 1)
				best = row[j] + 1;
			row[j + 1] = best;
		}
	}
	return row[len];
}

int cli_unknown_command(struct cli *cli, const char *name)
{
	const struct cmd *const *nearest = NULL;
	const struct cmd *const *cmd;
	unsigned int least = 3;

	for (cmd = cmds; *cmd && strlen(name) <= MAX_NAME; cmd++) {
		unsigned int d = distance(name, (*cmd)->name);

		if (*name && !strncmp((*cmd)->name, name, strlen(name)))
			d = 0;
		if (d < least) {
			least = d;
			nearest = cmd;
		}
	}
	cli_error(cli, "command '%s' is not known%s%s%s", name,
		  nearest ? "; did you mean " : "",
		  nearest ? (*nearest)->name : "", nearest ? "?" : "");
	cli_usage_hint(cli);
	return CLI_USAGE;
}
