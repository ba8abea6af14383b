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

static bool has_option(const struct cmd *cmd, const struct cli_opt *opt)
{
	return opt->only && cli_opt_is_for(opt->only, cmd->name);
}

/* Those that all commands have, or those that only some have and @cmd has */
static void show_options(const struct cmd *cmd)
{
	const struct cli_opt *opt;
	char head[64];

	for (opt = cli_opts; opt->id; opt++) {
		char letter[8] = "    ";

		if (!opt->help)
			continue;
		if (cmd ? !has_option(cmd, opt) : !!opt->only)
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
		if (opt->help && has_option(cmd, opt))
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
		show_options(cmd);
	}
	if (cmd->json)
		out_text("\nwith --json:\n%s\n", cmd->json);
}

/* All of them, or those of a group */
static void show_commands(const char *group)
{
	const struct cmd *const *cmd;
	char head[64];

	for (cmd = cmds; *cmd; cmd++) {
		if (group && !cmd_in_group(*cmd, group))
			continue;
		snprintf(head, sizeof(head), "%-8s %s", (*cmd)->name,
			 (*cmd)->args);
		out_text("  %-31s ", head);
		wrapped((*cmd)->summary, 34,
			strlen(head) < 32 ? 34 : (int)strlen(head) + 3);
	}
}

static void help_group(const char *group)
{
	out_text("usage: pramin [OPTION...] %s COMMAND [ARG...]\n\n"
		 "%scommands%s\n",
		 group, out_bold(), out_plain());
	show_commands(group);
	out_text("\nMore: pramin help %s COMMAND\n", group);
}

static void help_all(void)
{

	out_text("usage: pramin [OPTION...] COMMAND [ARG...]\n\n");
	wrapped("Read and write the VRAM of an NVIDIA GPU through its BAR0 "
		"window, without a driver.",
		0, 0);
	out_text("\n%scommands%s\n", out_bold(), out_plain());
	show_commands(NULL);
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

int cli_help(struct cli *cli, const struct cmd *cmd, const char *group)
{
	(void)cli;
	if (cmd)
		help_command(cmd);
	else if (group)
		help_group(group);
	else
		help_all();
	return CLI_OK;
}

/* The commands of a group; or all, each group as one word */
void cli_command_words(const char *group, char *line, size_t size)
{
	const struct cmd *const *cmd;
	size_t len = 0, skip = group ? strlen(group) + 1 : 0, n;

	*line = 0;
	for (cmd = cmds; *cmd; cmd++) {
		const char *word = (*cmd)->name + skip;

		if (group && !cmd_in_group(*cmd, group))
			continue;
		n = strcspn(word, " ");
		/* Those of a group stand together. */
		if (word[n] && cmd > cmds &&
		    !strncmp(word, cmd[-1]->name, n + 1))
			continue;
		len += (size_t)snprintf(line + len, size - len, " %.*s", (int)n,
					word);
	}
}

void cli_usage_hint(struct cli *cli)
{
	char line[256];

	if (cli->cmd) {
		cli_next("usage: pramin %s%s%s; pramin help %s says more",
			 cli->cmd->name, *cli->cmd->args ? " " : "",
			 cli->cmd->args, cli->cmd->name);
		return;
	}
	cli_next("usage: pramin [OPTION...] %s%sCOMMAND [ARG...]; pramin %s%s"
		 "--help says more",
		 cli->group ? cli->group : "", cli->group ? " " : "",
		 cli->group ? cli->group : "", cli->group ? " " : "");
	cli_command_words(cli->group, line, sizeof(line));
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
	const char *group = cli->group ? cli->group : "", *nearest = NULL;
	const size_t skip = cli->group ? strlen(group) + 1 : 0;
	const struct cmd *const *cmd;
	unsigned int least = 3;

	for (cmd = cmds; *cmd && strlen(name) <= MAX_NAME; cmd++) {
		const char *word = (*cmd)->name + skip;
		unsigned int d;

		if (cli->group && !cmd_in_group(*cmd, group))
			continue;
		d = distance(name, word);
		if (*name && !strncmp(word, name, strlen(name)))
			d = 0;
		if (d < least) {
			least = d;
			nearest = (*cmd)->name;
		}
	}
	cli_error(cli, "command '%s%s%s' is not known%s%s%s", group,
		  cli->group ? " " : "", name, nearest ? "; did you mean " : "",
		  nearest ? nearest : "", nearest ? "?" : "");
	cli_usage_hint(cli);
	return CLI_USAGE;
}
