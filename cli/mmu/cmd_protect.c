// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu protect: what may be done with pages that are mapped. */
#include <inttypes.h>

#include "change.h"

static int dry_run(const struct cli *cli, const struct change *change)
{
	char where[MMU_TEXT], rights[MMU_TEXT];

	change_where(change, where);
	mmu_attr_names(rights, change->op.attrs, ",");
	return cli_would(cli, 0, change->op.len,
			 "restrict %" PRIu64 " bytes at VA 0x%" PRIx64
			 " to %s, %s",
			 change->op.len, change->op.gpu_va,
			 change->op.attrs ? rights : "nothing", where);
}

static int run(struct cli *cli, int count, char **args)
{
	struct change change = { .op = { .kind = PRAMIN_PROTECT } };
	int code;

	(void)count;
	code = change_arguments(cli, &change);
	if (!code)
		code = cli_arg_number(cli, "VA", args[0], &change.op.gpu_va);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &change.op.len);
	if (!code && cli->mmu.attributes)
		code = mmu_attributes(cli, cli->mmu.attributes,
				      &change.op.attrs);
	if (!code && change.op.attrs & ~PRAMIN_MAP_PERMISSIONS)
		code = cli_usage(cli, "--attributes of protect are those that "
				      "restrict: privilege, read_only, "
				      "atomic_disable, read_disable, "
				      "write_disable");
	if (!code && cli->mmu.no_split)
		change.op.flags = PRAMIN_MAP_NO_SPLIT;
	if (!code)
		code = mmu_open(cli, &change.source);
	if (!code)
		code = change_check(cli, &change);
	if (!code && cli->dry_run)
		return dry_run(cli, &change);
	return code ? code : change_make(cli, &change, "protected");
}

const struct cmd cmd_mmu_protect = {
	.name = "mmu protect",
	.args = "VA LEN",
	.summary = "Change permissions; writes to tables.",
	.text = "Gives the pages of LEN bytes at VA, all of which have to be "
		"mapped, the restrictions that --attributes lists, and no "
		"others; without it, none. What else they say stays. The TLB "
		"is invalidated. The tree is named by --root, --inst or --bar1, "
		"and --exclusive asserts that nobody else writes to it. A "
		"larger page in which the range begins or ends is split, as "
		"by mmu unmap.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x1000000\","
		"\"va\":\"0x200000\",\n"
		" \"length\":2097152,\"stores\":1,\"reads\":1541,"
		"\"flushes\":1,\n"
		" \"invalidates\":1,\"tables_made\":0,\"tables_freed\":0}",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
