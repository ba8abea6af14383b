// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu unmap: what is mapped at virtual addresses goes. */
#include <inttypes.h>

#include "change.h"

static int dry_run(const struct cli *cli, const struct change *change)
{
	char where[MMU_TEXT];

	change_where(change, where);
	return cli_would(cli, 0, change->op.len,
			 "unmap %" PRIu64 " bytes at VA 0x%" PRIx64 ", %s",
			 change->op.len, change->op.gpu_va, where);
}

static int run(struct cli *cli, int count, char **args)
{
	struct change change = { .op = { .kind = PRAMIN_UNMAP } };
	int code;

	(void)count;
	code = change_arguments(cli, &change);
	if (!code)
		code = cli_arg_number(cli, "VA", args[0], &change.op.gpu_va);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &change.op.len);
	if (!code && cli->mmu.no_split)
		change.op.flags = PRAMIN_MAP_NO_SPLIT;
	if (!code)
		code = mmu_open(cli, &change.source);
	if (!code)
		code = change_check(cli, &change);
	if (!code && cli->dry_run)
		return dry_run(cli, &change);
	return code ? code : change_make(cli, &change, "unmapped");
}

const struct cmd cmd_mmu_unmap = {
	.name = "mmu unmap",
	.args = "VA LEN",
	.summary = "Unmap addresses; writes to tables.",
	.text = "Unmaps the LEN bytes at VA, pages or sparse, all of which have "
		"to be mapped, and invalidates the TLB. The tree is named by "
		"--root, --inst or --bar1, and --exclusive asserts that nobody else "
		"writes to it. A larger page in which the range begins or ends "
		"is split, for which --tables names VRAM for the new table; "
		"for a moment all of that page faults. --no-split refuses "
		"that. Tables that become empty are freed if they lie in what "
		"--tables names; others stay where they are, as they may be "
		"somebody else's.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x1000000\","
		"\"va\":\"0x200000\",\n"
		" \"length\":2097152,\"stores\":512,\"reads\":1541,"
		"\"flushes\":1,\n"
		" \"invalidates\":1,\"tables_made\":0,\"tables_freed\":0}",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
