// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu list: what a range of addresses is mapped to, in runs. */
#include <inttypes.h>
#include <stdio.h>

#include "mmu.h"

struct list {
	struct cli *cli;
	const struct mmu_source *source;
	uint64_t va;
	uint64_t len; /* 0: to the end */
	uint64_t count;
	uint64_t mapped;
};

static void run_text(const struct list *list, const struct pramin_mmu_run *run)
{
	const int digits = mmu_va_digits(list->source->tree.format);
	char text[MMU_TEXT], size[CLI_SIZE_TEXT], page[CLI_SIZE_TEXT];
	char pages[64] = "";

	mmu_entry_text(text, &run->entry);
	if (run->entry.type == PRAMIN_MMU_PAGE)
		snprintf(pages, sizeof(pages), "%" PRIu64 " x %s", run->count,
			 cli_size_text(page, run->page_size));
	out_text("%s0x%0*" PRIx64 "-0x%0*" PRIx64 "%s  %-10s %-16s %s%s%s\n",
		 out_dim(), digits, run->va, digits, run->va + (run->len - 1),
		 out_plain(), cli_size_text(size, run->len), pages, text,
		 run->stop == PRAMIN_MMU_STOP_ENTRY ? "" : ": not followed, ",
		 run->stop == PRAMIN_MMU_STOP_ENTRY ?
			 "" :
			 pramin_mmu_stop_name(run->stop));
}

static void run_json(const struct list *list, const struct pramin_mmu_run *run)
{
	json_begin(NULL, '{');
	json_hex("va", run->va, 1);
	json_num("length", run->len);
	json_num("page_size", run->page_size);
	json_num("count", run->count);
	json_str("level",
		 mmu_level_name(list->source->tree.format, run->level));
	json_str("stop", pramin_mmu_stop_name(run->stop));
	mmu_json_entry(&run->entry);
	json_end('}');
}

static int on_run(void *ctx, const struct pramin_mmu_run *run)
{
	struct list *list = ctx;

	list->count++;
	if (run->entry.type == PRAMIN_MMU_PAGE)
		list->mapped += run->len;
	(list->cli->json ? run_json : run_text)(list, run);
	return out_error() || cli_stopped();
}

static int list_all(struct cli *cli, struct mmu_source *source,
		    struct list *list, struct pramin_mmu_scan *scan)
{
	int ret;

	if (cli->json) {
		json_begin(NULL, '{');
		mmu_json_tree(source);
		json_hex("va", list->va, 1);
		json_num("length", list->len);
		json_begin("runs", '[');
	}
	ret = pramin_mmu_list(&source->tree, list->va, list->len, on_run, list,
			      scan);
	if (ret)
		return mmu_failed(cli, source, ret, scan);
	if (!cli->json)
		return CLI_OK;
	json_end(']');
	json_num("count", list->count);
	json_num("mapped", list->mapped);
	json_num("tables", scan->tables);
	json_num("entries", scan->entries);
	json_num("reads", scan->reads);
	json_end('}');
	out_text("\n");
	return CLI_OK;
}

static int list(struct cli *cli, struct mmu_source *source, struct list *list)
{
	struct pramin_mmu_scan scan;
	bool done = false;
	int code;

	code = mmu_scan_options(cli, &scan);
	if (!code)
		code = mmu_begin(cli, source, &done,
				 "list what is mapped from VA 0x%" PRIx64 " on",
				 list->va);
	if (code || done)
		return code;
	code = mmu_check_va(cli, &source->tree, list->va,
			    list->len ? list->len : 1);
	if (code)
		return code;
	/* All of v3's 57 bits are a length too. */
	if (!list->len)
		list->len = mmu_last_va(&source->tree) - list->va + 1;
	return list_all(cli, source, list, &scan);
}

static int run(struct cli *cli, int count, char **args)
{
	struct mmu_source source;
	struct list l = { .cli = cli, .source = &source };
	int code;

	code = mmu_arguments(cli, &source);
	if (!code && count > 0)
		code = cli_arg_number(cli, "VA", args[0], &l.va);
	if (!code && count > 1)
		code = cli_arg_number(cli, "LEN", args[1], &l.len);
	if (!code && count > 1 && !l.len)
		code = cli_usage(cli, "LEN 0 is no range");
	if (!code)
		code = list(cli, &source, &l);
	mmu_close(&source);
	return code;
}

const struct cmd cmd_mmu_list = {
	.name = "mmu list",
	.args = "[VA [LEN]]",
	.summary = "Show what addresses are mapped to.",
	.text = "Prints one line for each run of pages with consecutive "
		"virtual and physical addresses, one size and the same "
		"attributes, from VA on, LEN bytes or to the end of the space; "
		"without VA, of all of it. Sparse, unmapped and nowhere are "
		"runs too, and tables that cannot be followed; what is invalid "
		"is left out. Pages that a larger entry hides are not shown.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x100000\","
		"\"va\":\"0x0\",\n"
		" \"length\":562949953421312,\n"
		" \"runs\":[{\"va\":\"0x200000\",\"length\":8192,"
		"\"page_size\":4096,\n"
		"  \"count\":2,\"level\":\"PT4K\",\"stop\":\"entry\",\n"
		"  \"type\":\"page\",\"aperture\":\"vram\","
		"\"address\":\"0x4000000\",\n"
		"  \"attributes\":[\"read_only\"],\"kind\":0,\"peer\":0,"
		"\"comptag\":0,\n"
		"  \"reserved\":\"0x0\",\"ignored\":\"0x0\"}],\n"
		" \"count\":1,\"mapped\":8192,\"tables\":5,"
		"\"entries\":1796,\"reads\":5}",
	.min_args = 0,
	.max_args = 2,
	.run = run,
};
