// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu map: memory, or nothing (sparse), at virtual addresses. */
#include <inttypes.h>
#include <string.h>

#include "change.h"

static int small_number(struct cli *cli, const char *name, const char *text,
			uint64_t most, uint8_t *result)
{
	uint64_t val = 0;
	int code;

	if (!text)
		return CLI_OK;
	code = cli_arg_number(cli, name, text, &val);
	if (!code && val > most)
		code = cli_usage(cli, "%s %s is more than %" PRIu64, name, text,
				 most);
	*result = (uint8_t)val;
	return code;
}

static int page_options(struct cli *cli, struct pramin_map_op *op)
{
	const struct cli_mmu *opt = &cli->mmu;
	unsigned int aperture = PRAMIN_MMU_VIDEO;
	int code = CLI_OK;

	if (opt->page)
		code = cli_arg_number(cli, "--page", opt->page, &op->page_size);
	if (!code && opt->page && !op->page_size)
		code = cli_usage(cli, "--page 0 is no size");
	if (!code && opt->aperture)
		code = mmu_aperture(cli, opt->aperture, strlen(opt->aperture),
				    &aperture);
	op->aperture = (uint8_t)aperture;
	if (!code)
		code = small_number(cli, "--kind", opt->kind, 255,
				    &op->pte_kind);
	if (!code)
		code = small_number(cli, "--peer", opt->peer, 7, &op->peer);
	if (!code && opt->attributes)
		code = mmu_attributes(cli, opt->attributes, &op->attrs);
	return code;
}

/* VA PA LEN, or VA LEN with --sparse */
static int range_arguments(struct cli *cli, struct change *change, int count,
			   char **args)
{
	struct pramin_map_op *op = &change->op;
	const bool sparse = cli->mmu.sparse;
	int code = CLI_OK;

	if (count != (sparse ? 2 : 3))
		return cli_usage(cli, sparse ? "--sparse takes VA LEN" :
					       "an argument is missing: "
					       "VA PA LEN");
	op->kind = sparse ? PRAMIN_MAP_SPARSE : PRAMIN_MAP;
	op->gpu_va = PRAMIN_VA_ANY;
	if (strcmp(args[0], "any") != 0)
		code = cli_arg_number(cli, "VA", args[0], &op->gpu_va);
	if (!code && op->gpu_va == PRAMIN_VA_ANY && strcmp(args[0], "any") != 0)
		code = cli_usage(cli, "VA '%s' is no multiple of a page",
				 args[0]);
	if (!code && !sparse)
		code = cli_arg_number(cli, "PA", args[1], &change->piece.pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[count - 1], &op->len);
	if (code)
		return code;
	if (cli->mmu.replace)
		op->flags |= PRAMIN_MAP_REPLACE;
	if (cli->mmu.replace && op->gpu_va == PRAMIN_VA_ANY)
		return cli_usage(cli, "--replace needs a VA: any is free");
	if (cli->mmu.no_split && !cli->mmu.replace)
		return cli_usage(cli, "--no-split goes with --replace: else "
				      "nothing is there to be split");
	if (cli->mmu.no_split)
		op->flags |= PRAMIN_MAP_NO_SPLIT;
	change->piece.len = op->len;
	op->pieces = sparse ? NULL : &change->piece;
	op->count = sparse ? 0 : 1;
	return CLI_OK;
}

static int dry_run(const struct cli *cli, const struct change *change,
		   char **args)
{
	const struct pramin_map_op *op = &change->op;
	char where[MMU_TEXT];

	change_where(change, where);
	if (op->kind == PRAMIN_MAP_SPARSE)
		return cli_would(cli, 0, op->len,
				 "make %" PRIu64 " bytes at VA %s sparse, %s",
				 op->len, args[0], where);
	return cli_would(cli, change->piece.pa, op->len,
			 "map %" PRIu64 " bytes of %s at 0x%" PRIx64
			 " at VA %s, %s",
			 op->len, pramin_mmu_aperture_name(op->aperture),
			 change->piece.pa, args[0], where);
}

static int run(struct cli *cli, int count, char **args)
{
	struct change change = { .tables_len = 0 };
	int code;

	code = change_arguments(cli, &change);
	if (!code)
		code = range_arguments(cli, &change, count, args);
	if (!code)
		code = page_options(cli, &change.op);
	if (!code)
		code = mmu_open(cli, &change.source);
	if (!code)
		code = change_check(cli, &change);
	if (!code && cli->dry_run)
		return dry_run(cli, &change, args);
	return code ? code : change_make(cli, &change, "mapped");
}

const struct cmd cmd_mmu_map = {
	.name = "mmu map",
	.args = "VA PA LEN",
	.summary = "Map memory; writes to tables.",
	.text = "Maps LEN bytes of VRAM at PA to the virtual address VA, by the "
		"largest pages that fit; VA may be any, which finds a free "
		"address. With --sparse it takes VA LEN, and reads there give "
		"0. Nothing may be mapped there yet, unless --replace asks for "
		"it: pages of one size lead to the new memory at once, a larger "
		"one faults for a moment, which --no-split refuses. Memory that "
		"is not VRAM is mapped only if --aperture names it.\n\n"
		"--new makes a root, which is printed, in VRAM that --tables "
		"names. A tree that exists, named by --root, --inst or --bar1, is "
		"changed only with --exclusive, which asserts that nobody else "
		"writes to it; --tables is then needed if tables have to be "
		"made. Of it whole MiBs are used of which the tree maps "
		"nothing, beside the tables that it has there, and never the "
		"last MiB of VRAM or what firmware has locked. What else lies "
		"in it, tables of another tree too, is lost.\n\n"
		"Tables are flushed before they are linked, and the TLB is "
		"invalidated where it may know what was there before. All of "
		"it stays when the command ends.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x1000000\","
		"\"va\":\"0x200000\",\n"
		" \"length\":2097152,\"stores\":2052,\"reads\":0,"
		"\"flushes\":2,\n"
		" \"invalidates\":0,\"tables_made\":3,\"tables_freed\":0}",
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
