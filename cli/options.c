// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The options, as one table, and the walk over the command line.
 *
 * Options may stand before and after the command and between its arguments;
 * "--" ends them. Numbers have no sign, so an argument that begins with '-' is
 * an option, except for a lone '-'.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

enum {
	OPT_GPU = 1,
	OPT_WIDTH,
	OPT_DRY_RUN,
	OPT_QUIET,
	OPT_JSON,
	OPT_STATS,
	OPT_VERIFY,
	OPT_COLOR,
	OPT_RAW,
	OPT_ALL,
	OPT_MAN,
	OPT_NAMES,
	OPT_COMPLETION,
	OPT_VERSION,
	OPT_HELP,
};

/* clang-format off */
const struct cli_opt cli_opts[] = {
	{ OPT_GPU, 'd', "gpu", "GPU", NULL,
	  "Which GPU; see GPU STRINGS. Without it $PRAMIN_GPU counts, and "
	  "without that model:tu102,vram=8G." },
	{ OPT_WIDTH, 'w', "width", "8|16|32|64", NULL,
	  "Bits of one access of read and write, and of a PATTERN that is a "
	  "number; 32 if not given." },
	{ OPT_DRY_RUN, 'n', "dry-run", NULL, NULL,
	  "Check everything, open the GPU, print what would be done, and do "
	  "not touch VRAM or FILE." },
	{ OPT_QUIET, 'q', "quiet", NULL, NULL,
	  "No notices and no progress; errors remain." },
	{ OPT_JSON, 0, "json", NULL, NULL,
	  "Print one JSON object; after a failure, nothing." },
	{ OPT_STATS, 0, "stats", NULL, NULL,
	  "When done, print on standard error what the GPU was asked." },
	{ OPT_VERIFY, 0, "verify", NULL, NULL,
	  "Check the window register after every move and every access; load "
	  "also reads back what it wrote." },
	{ OPT_COLOR, 0, "color", "auto|always|never", NULL,
	  "Color in headers and hexdumps; auto is on a terminal, unless "
	  "$NO_COLOR is set." },
	{ OPT_RAW, 0, "raw", NULL, "read",
	  "Bytes instead of text; refused on a terminal." },
	{ OPT_ALL, 0, "all", NULL, "find",
	  "Every occurrence, overlapping ones too, not only the first." },
	{ OPT_MAN, 0, "man", NULL, "help", NULL },
	{ OPT_NAMES, 0, "names", NULL, "help", NULL },
	{ OPT_COMPLETION, 0, "completion", "bash", "help",
	  "A completion script for that shell, to be sourced." },
	{ OPT_VERSION, 0, "version", NULL, NULL, "Print the version." },
	{ OPT_HELP, 'h', "help", NULL, NULL,
	  "Print help, on the command if there is one." },
	{ 0, 0, NULL, NULL, NULL, NULL },
};
/* clang-format on */

static int set_color(struct cli *cli, const char *text)
{
	if (!strcmp(text, "auto"))
		cli->color = CLI_COLOR_AUTO;
	else if (!strcmp(text, "always"))
		cli->color = CLI_COLOR_ALWAYS;
	else if (!strcmp(text, "never"))
		cli->color = CLI_COLOR_NEVER;
	else
		return cli_bad_arg(cli, "--color", text,
				   "not known: auto, always or never");
	return CLI_OK;
}

static int set_width(struct cli *cli, const char *text)
{
	const char *bad = cli_parse_width(text, &cli->width);

	return bad ? cli_bad_arg(cli, "-w", text, bad) : CLI_OK;
}

/* @arg is empty for an option that takes none. */
static int set(struct cli *cli, const struct cli_opt *opt, const char *arg)
{
	switch (opt->id) {
	case OPT_GPU:
		cli->gpu = arg;
		if (!*arg)
			return cli_bad_arg(cli, "-d", arg,
					   "empty: name a GPU "
					   "such as model:tu102");
		return CLI_OK;
	case OPT_WIDTH:
		return set_width(cli, arg);
	case OPT_COLOR:
		return set_color(cli, arg);
	case OPT_COMPLETION:
		cli->completion = arg;
		if (strcmp(arg, "bash") != 0)
			return cli_bad_arg(cli, "--completion", arg,
					   "not known: bash");
		return CLI_OK;
	case OPT_DRY_RUN:
		cli->dry_run = true;
		return CLI_OK;
	case OPT_QUIET:
		cli->quiet = true;
		return CLI_OK;
	case OPT_JSON:
		cli->json = true;
		return CLI_OK;
	case OPT_STATS:
		cli->stats = true;
		return CLI_OK;
	case OPT_VERIFY:
		cli->verify = true;
		return CLI_OK;
	case OPT_RAW:
		cli->raw = true;
		return CLI_OK;
	case OPT_ALL:
		cli->all = true;
		return CLI_OK;
	case OPT_MAN:
		cli->man = true;
		return CLI_OK;
	case OPT_NAMES:
		cli->names = true;
		return CLI_OK;
	case OPT_VERSION:
		cli->version = true;
		return CLI_OK;
	default:
		cli->help = true;
		return CLI_OK;
	}
}

static int unknown_option(struct cli *cli, const char *text)
{
	cli_error(cli, "option '%s' is not known", text);
	cli_usage_hint(cli);
	return CLI_USAGE;
}

static int needs_value(struct cli *cli, const char *text,
		       const struct cli_opt *opt)
{
	return cli_usage(cli, "option '%s' needs a value: %s", text, opt->arg);
}

/* --name, --name=VALUE, --name VALUE; @next is the argument behind it */
static int long_option(struct cli *cli, const char *text, const char *next,
		       unsigned int *seen, int *used)
{
	const char *name = text + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct cli_opt *opt;

	for (opt = cli_opts; opt->id; opt++)
		if (opt->name && strlen(opt->name) == len &&
		    !strncmp(opt->name, name, len))
			break;
	if (!opt->id)
		return unknown_option(cli, text);
	*seen |= 1u << opt->id;
	if (!opt->arg && value)
		return cli_usage(cli, "option '--%s' takes no value",
				 opt->name);
	if (value)
		value++;
	if (opt->arg && !value) {
		if (!next)
			return needs_value(cli, text, opt);
		value = next;
		*used = 1;
	}
	return set(cli, opt, value ? value : "");
}

/* -n, -nq, -w32, -w 32 */
static int short_options(struct cli *cli, const char *text, const char *next,
			 unsigned int *seen, int *used)
{
	const struct cli_opt *opt;
	const char *p;
	int code;

	for (p = text + 1; *p; p++) {
		for (opt = cli_opts; opt->id; opt++)
			if (opt->letter == *p)
				break;
		if (!opt->id)
			return unknown_option(cli, text);
		*seen |= 1u << opt->id;
		if (!opt->arg) {
			code = set(cli, opt, "");
			if (code)
				return code;
			continue;
		}
		if (p[1])
			return set(cli, opt, p + 1);
		if (!next)
			return needs_value(cli, text, opt);
		*used = 1;
		return set(cli, opt, next);
	}
	return CLI_OK;
}

static int check_only(struct cli *cli, unsigned int seen)
{
	const struct cli_opt *opt;

	if (!cli->cmd)
		return CLI_OK;
	for (opt = cli_opts; opt->id; opt++)
		if (opt->only && seen & 1u << opt->id &&
		    strcmp(opt->only, cli->cmd->name) != 0)
			return cli_usage(cli,
					 "option '--%s' belongs to the "
					 "command %s",
					 opt->name, opt->only);
	return CLI_OK;
}

int cli_options(struct cli *cli, int argc, char **argv, int *count)
{
	unsigned int seen = 0;
	bool ended = false;
	int i, n = 0, code;

	for (i = 1; i < argc; i++) {
		char *text = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used = 0;

		if (!ended && text[0] == '-' && text[1]) {
			if (!strcmp(text, "--")) {
				ended = true;
				continue;
			}
			code = text[1] == '-' ? long_option(cli, text, next,
							    &seen, &used) :
						short_options(cli, text, next,
							      &seen, &used);
			if (code)
				return code;
			i += used;
		} else if (!cli->cmd) {
			cli->cmd = cmd_lookup(text);
			if (!cli->cmd)
				return cli_unknown_command(cli, text);
		} else {
			argv[n++] = text;
		}
	}
	*count = n;
	return check_only(cli, seen);
}
