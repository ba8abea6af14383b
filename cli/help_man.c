// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The same tables for other readers: the OPTIONS and COMMANDS sections of
 * pramin(1), and a completion script.
 */
#include <string.h>

#include "cli.h"

/* Text as roff: nothing in it is a request or an escape. */
static void roff(const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			out_text("\\&");
		line_start = *text == '\n';
		if (*text == '\n' && text[1] == '\n') {
			out_text("\n.IP\n");
			line_start = true;
			text++;
		} else if (*text == '\\') {
			out_text("\\e");
		} else if (*text == '-') {
			out_text("\\-");
		} else if (*text == '^') {
			out_text("\\(ha");
		} else if (*text == '\'') {
			out_text("\\(aq");
		} else {
			out_bytes(text, 1);
		}
	}
}

/* A sentence per line, as roff likes it */
static void roff_sentences(const char *text)
{
	static char copy[8192];
	size_t n = 0;

	for (; *text && n < sizeof(copy) - 1; text++, n++) {
		copy[n] = *text;
		if (*text == ' ' && n && copy[n - 1] == '.')
			copy[n] = '\n';
	}
	copy[n] = 0;
	roff(copy);
	out_text("\n");
}

static void man_option(const struct cli_opt *opt)
{
	if (!opt->help)
		return;
	out_text(".TP\n.BR ");
	if (opt->letter)
		out_text("\\-%c \", \" ", opt->letter);
	out_text("\\-\\-");
	roff(opt->name);
	if (opt->arg)
		out_text(" \" %s\"", opt->arg);
	if (opt->only)
		out_text(" \" (%s)\"", opt->only);
	out_text("\n");
	roff_sentences(opt->help);
}

static void man_command(const struct cmd *cmd)
{
	out_text(".TP\n.BI \"%s\" \" %s\"\n", cmd->name, cmd->args);
	roff(cmd->summary);
	out_text("\n.IP\n");
	roff_sentences(cmd->text);
	if (!cmd->json)
		return;
	out_text(".IP\nWith\n.BR \\-\\-json :\n.IP\n.EX\n");
	roff(cmd->json);
	out_text("\n.EE\n");
}

void cli_help_man(void)
{
	const struct cmd *const *cmd;
	const struct cli_opt *opt;

	out_text(".SH OPTIONS\nOptions may stand before or after the command "
		 "and between its arguments.\n.B \\-\\-\nends them.\n");
	for (opt = cli_opts; opt->id; opt++)
		man_option(opt);
	out_text(".SH COMMANDS\n");
	for (cmd = cmds; *cmd; cmd++)
		man_command(*cmd);
}

static void option_words(void)
{
	const struct cli_opt *opt;

	for (opt = cli_opts; opt->id; opt++)
		if (opt->help)
			out_text("%s--%s", opt == cli_opts ? "" : " ",
				 opt->name);
}

/* The second words of each first one */
static void group_words(void)
{
	const char *const *group;
	char line[256];

	for (group = cmd_groups; *group; group++) {
		cli_command_words(*group, line, sizeof(line));
		out_text("\t%s) second=\"%s\" ;;\n", *group, line + 1);
	}
}

void cli_help_completion(void)
{
	char line[256];

	cli_command_words(NULL, line, sizeof(line));
	out_text("# bash completion of pramin: . <(pramin help --completion "
		 "bash)\n_pramin()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} cmd= second= i\n"
		 "\tlocal commands=\"%s\"\n\tlocal options=\"",
		 line + 1);
	option_words();
	out_text("\"\n"
		 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		 "\t\t[[ \" $commands \" == *\" ${COMP_WORDS[i]} \"* ]] &&\n"
		 "\t\t\tcmd=${COMP_WORDS[i]} && break\n"
		 "\tdone\n"
		 "\tcase $cmd in\n");
	group_words();
	out_text("\tesac\n"
		 "\tif [[ $cur == -* ]]; then\n"
		 "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
		 "\telif [[ -z $cmd || $cmd == help ]]; then\n"
		 "\t\tCOMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
		 "\telif [[ -n $second && $((i + 1)) -eq $COMP_CWORD ]]; then\n"
		 "\t\tCOMPREPLY=($(compgen -W \"$second\" -- \"$cur\"))\n"
		 "\telse\n"
		 "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
		 "\tfi\n"
		 "}\n"
		 "complete -o filenames -F _pramin pramin\n");
}
