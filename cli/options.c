// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The options, as one table, and the walk over the command line.
 *
 * Options may stand before and after the command and between its arguments;
 * "--" ends them. Numbers have no sign, so an argument that begins with '-' is
 * an option, except for a lone '-'.
 */
#include <stddef.h>
#include <string.h>

#include "cli.h"

/* Those that need a function of their own; the others set a member. */
enum {
	OPT_GPU = 1,
	OPT_WIDTH,
	OPT_COLOR,
	OPT_COMPLETION,
	OPT_SET, /* a bool, or the text of the value */
};

/* Commands around page tables that write nothing */
#define READERS "mmu walk,mmu list,mmu find,mmu check,mmu show"

#define MEMBER(name) offsetof(struct cli, name)

/* clang-format off */
const struct cli_opt cli_opts[] = {
	{ OPT_GPU, 'd', "gpu", "GPU", NULL,
	  "Which GPU; see GPU STRINGS. Without it $PRAMIN_GPU counts, and "
	  "without that model:tu102,vram=8G.", 0 },
	{ OPT_WIDTH, 'w', "width", "8|16|32|64", NULL,
	  "Bits of one access of read and write, and of a PATTERN that is a "
	  "number; 32 if not given.", 0 },
	{ OPT_SET, 'n', "dry-run", NULL, NULL,
	  "Check everything, open the GPU, print what would be done, and do "
	  "not touch VRAM or FILE.", MEMBER(dry_run) },
	{ OPT_SET, 'q', "quiet", NULL, NULL,
	  "No notices and no progress; errors remain.", MEMBER(quiet) },
	{ OPT_SET, 0, "json", NULL, NULL,
	  "Print one JSON object; after a failure, nothing.", MEMBER(json) },
	{ OPT_SET, 0, "stats", NULL, NULL,
	  "When done, print on standard error what the GPU was asked.",
	  MEMBER(stats) },
	{ OPT_SET, 0, "verify", NULL, NULL,
	  "Check the window register after every move and every access; load "
	  "also reads back what it wrote.", MEMBER(verify) },
	{ OPT_SET, 0, "force-shared", NULL, NULL,
	  "Open a GPU that a driver is bound to, and only look: nothing is "
	  "written, the window is not moved, and what it does not show is "
	  "refused.", MEMBER(force_shared) },
	{ OPT_SET, 0, "force-move", NULL, NULL,
	  "Open a GPU that a driver is bound to, and move its window: this can "
	  "corrupt the memory of the driver, and hang the machine.",
	  MEMBER(force_move) },
	{ OPT_SET, 0, "force-reserved", NULL, NULL,
	  "Write to the last MiB of VRAM and to regions that firmware protects, "
	  "too.", MEMBER(force_reserved) },
	{ OPT_COLOR, 0, "color", "auto|always|never", NULL,
	  "Color in headers and hexdumps; auto is on a terminal, unless "
	  "$NO_COLOR is set.", 0 },
	{ OPT_SET, 0, "raw", NULL, "read",
	  "Bytes instead of text; refused on a terminal.", MEMBER(raw) },
	{ OPT_SET, 0, "all", NULL, "find",
	  "Every occurrence, overlapping ones too, not only the first.",
	  MEMBER(all) },
	{ OPT_SET, 0, "root", "PA", "mmu",
	  "The page tables whose root is at PA in VRAM.", MEMBER(mmu.root) },
	{ OPT_SET, 0, "inst", "PA", "mmu",
	  "Those that the instance block at PA in VRAM leads to.",
	  MEMBER(mmu.inst) },
	{ OPT_SET, 0, "bar1", NULL, "mmu",
	  "Those that BAR1 shows, by its block register.", MEMBER(mmu.bar1) },
	{ OPT_SET, 0, "dump", "FILE", READERS,
	  "Read a dump of VRAM, from address 0 on, instead of a GPU; needs "
	  "--chip or --format.", MEMBER(mmu.dump) },
	{ OPT_SET, 0, "chip", "NAME", READERS,
	  "The chip that the dump is from.", MEMBER(mmu.chip) },
	{ OPT_SET, 0, "format", "NAME", "mmu",
	  "The format of the tables, instead of the chip's.",
	  MEMBER(mmu.format) },
	{ OPT_SET, 0, "big-page", "64K|128K", "mmu",
	  "The size of big pages, which Fermi to Maxwell may choose; 128K if "
	  "not given.", MEMBER(mmu.big_page) },
	{ OPT_SET, 0, "aperture", "NAME", "mmu find,mmu check,mmu map",
	  "In which memory to find, or what to map: vram, peer, sys_coh or "
	  "sys_noncoh. For check, a list: which ones entries may name.",
	  MEMBER(mmu.aperture) },
	{ OPT_SET, 0, "budget", "N", "mmu list,mmu find,mmu check,mmu show",
	  "Entries to look at, at most; 64M if not given.",
	  MEMBER(mmu.budget) },
	{ OPT_SET, 0, "svg", "FILE", "mmu show",
	  "Draw into FILE; - is standard output.", MEMBER(mmu.svg) },
	{ OPT_SET, 0, "png", "FILE", "mmu show",
	  "Draw into FILE, by way of rsvg-convert.", MEMBER(mmu.png) },
	{ OPT_SET, 0, "new", NULL, "mmu map",
	  "Make a root, instead of --root, --inst or --bar1.", MEMBER(mmu.fresh) },
	{ OPT_SET, 0, "exclusive", NULL, "mmu map,mmu unmap",
	  "Nobody else writes to the tree that --root, --inst or --bar1 names.",
	  MEMBER(mmu.exclusive) },
	{ OPT_SET, 0, "tables", "PA,LEN",
	  "mmu map,mmu unmap,bar1 map",
	  "VRAM that is free for new tables; whole MiBs of it are used.",
	  MEMBER(mmu.tables) },
	{ OPT_SET, 0, "page", "SIZE", "mmu map",
	  "Pages of this size, instead of the largest that fit.",
	  MEMBER(mmu.page) },
	{ OPT_SET, 0, "attributes", "LIST", "mmu map",
	  "Attributes of the pages, such as read_only,privilege, besides what "
	  "the memory needs.", MEMBER(mmu.attributes) },
	{ OPT_SET, 0, "kind", "N", "mmu map",
	  "NV_MMU_PTE_KIND of the pages; 0, PITCH, if not given.",
	  MEMBER(mmu.kind) },
	{ OPT_SET, 0, "peer", "N", "mmu map",
	  "Which GPU, with --aperture peer.", MEMBER(mmu.peer) },
	{ OPT_SET, 0, "sparse", NULL, "mmu map",
	  "Map nothing: reads give 0, writes are dropped.",
	  MEMBER(mmu.sparse) },
	{ OPT_SET, 0, "no-split", NULL, "mmu unmap",
	  "Refuse a range that would split a page.", MEMBER(mmu.no_split) },
	{ OPT_SET, 0, "man", NULL, "help", NULL, MEMBER(man) },
	{ OPT_SET, 0, "names", NULL, "help", NULL, MEMBER(names) },
	{ OPT_COMPLETION, 0, "completion", "bash", "help",
	  "A completion script for that shell, to be sourced.", 0 },
	{ OPT_SET, 0, "version", NULL, NULL, "Print the version.",
	  MEMBER(version) },
	{ OPT_SET, 'h', "help", NULL, NULL,
	  "Print help, on the command if there is one.", MEMBER(help) },
	{ 0, 0, NULL, NULL, NULL, NULL, 0 },
};
/* clang-format on */

/* Is @cmd among the commands of @only, or in one of its groups? */
bool cli_opt_is_for(const char *only, const char *name)
{
	while (*only) {
		size_t len = strcspn(only, ",");

		if (!strncmp(name, only, len) &&
		    (!name[len] || name[len] == ' '))
			return true;
		only += len;
		only += *only == ',';
	}
	return false;
}

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

static int set_gpu(struct cli *cli, const char *text)
{
	cli->gpu = text;
	return *text ? CLI_OK :
		       cli_bad_arg(cli, "-d", text,
				   "empty: name a GPU such as model:tu102");
}

static int set_completion(struct cli *cli, const char *text)
{
	cli->completion = text;
	return strcmp(text, "bash") == 0 ? CLI_OK :
					   cli_bad_arg(cli, "--completion",
						       text, "not known: bash");
}

/* @arg is empty for an option that takes none. */
static int set(struct cli *cli, const struct cli_opt *opt, const char *arg)
{
	char *member = (char *)cli + opt->member;

	switch (opt->id) {
	case OPT_GPU:
		return set_gpu(cli, arg);
	case OPT_WIDTH:
		return set_width(cli, arg);
	case OPT_COLOR:
		return set_color(cli, arg);
	case OPT_COMPLETION:
		return set_completion(cli, arg);
	default:
		if (opt->arg)
			memcpy(member, &arg, sizeof(arg));
		else
			*(bool *)member = true;
		return CLI_OK;
	}
}

/* The options that were given, as bits */
static uint64_t bit(const struct cli_opt *opt)
{
	return 1ull << (opt - cli_opts);
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
		       uint64_t *seen, int *used)
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
	*seen |= bit(opt);
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
			 uint64_t *seen, int *used)
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
		*seen |= bit(opt);
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

static int check_only(struct cli *cli, uint64_t seen)
{
	const struct cli_opt *opt;

	if (!cli->cmd)
		return CLI_OK;
	for (opt = cli_opts; opt->id; opt++)
		if (opt->only && seen & bit(opt) &&
		    !cli_opt_is_for(opt->only, cli->cmd->name))
			return cli_usage(cli,
					 "option '--%s' belongs to the "
					 "command%s %s",
					 opt->name,
					 strchr(opt->only, ',') ? "s" : "",
					 opt->only);
	return CLI_OK;
}

/* The word @text is the command, or the first or second word of one. */
static int take_command(struct cli *cli, const char *text)
{
	if (!cli->group) {
		cli->cmd = cmd_lookup(text);
		if (cli->cmd)
			return CLI_OK;
		cli->group = cmd_group(text);
		return cli->group ? CLI_OK : cli_unknown_command(cli, text);
	}
	cli->cmd = cmd_lookup_in(cli->group, text);
	return cli->cmd ? CLI_OK : cli_unknown_command(cli, text);
}

int cli_options(struct cli *cli, int argc, char **argv, int *count)
{
	uint64_t seen = 0;
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
			code = take_command(cli, text);
			if (code)
				return code;
		} else {
			argv[n++] = text;
		}
	}
	*count = n;
	return check_only(cli, seen);
}
