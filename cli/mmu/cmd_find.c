// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu find: which entries refer to a piece of memory. */
#include <inttypes.h>
#include <string.h>

#include "mmu.h"

struct find {
	struct cli *cli;
	const struct mmu_source *source;
	uint64_t pa;
	uint64_t len;
	unsigned int aperture;
	uint64_t count;
};

static void ref_text(const struct find *find, const struct pramin_mmu_ref *ref)
{
	const struct pramin_mmu_format *format = find->source->tree.format;
	char text[MMU_TEXT], size[CLI_SIZE_TEXT];
	unsigned int i;

	mmu_entry_text(text, &ref->entry);
	if (ref->level >= format->levels) {
		out_text("the root itself: %s\n", text);
		return;
	}
	out_text("VA 0x%0*" PRIx64 "  %-8s %s entry at 0x%" PRIx64 ": %s%s\n",
		 mmu_va_digits(format), ref->va, cli_size_text(size, ref->size),
		 mmu_level_name(format, ref->level), ref->entry_pa, text,
		 ref->hidden ? ", hidden" : "");
	if (!ref->depth)
		return;
	out_text("%s    by way of", out_dim());
	for (i = 0; i < ref->depth; i++)
		out_text(" 0x%" PRIx64, ref->path[i]);
	out_text("%s\n", out_plain());
}

static int on_ref(void *ctx, const struct pramin_mmu_ref *ref)
{
	struct find *find = ctx;

	find->count++;
	if (find->cli->json) {
		json_begin(NULL, '{');
		mmu_json_ref(find->source->tree.format, ref);
		json_end('}');
	} else {
		ref_text(find, ref);
	}
	return out_error() || cli_stopped();
}

static int find_all(struct cli *cli, struct mmu_source *source,
		    struct find *find, struct pramin_mmu_scan *scan)
{
	int ret;

	if (cli->json) {
		json_begin(NULL, '{');
		mmu_json_tree(source);
		json_str("aperture", pramin_mmu_aperture_name(find->aperture));
		json_hex("address", find->pa, 1);
		json_num("length", find->len);
		json_begin("matches", '[');
	}
	ret = pramin_mmu_find(&source->tree, find->aperture, find->pa,
			      find->len, on_ref, find, scan);
	if (ret)
		return mmu_failed(cli, source, ret, scan);
	if (cli->json) {
		json_end(']');
		json_num("count", find->count);
		json_bool("found", find->count > 0);
		json_num("tables", scan->tables);
		json_num("entries", scan->entries);
		json_num("reads", scan->reads);
		json_end('}');
		out_text("\n");
	}
	return find->count ? CLI_OK : CLI_NO;
}

static int check_range(struct cli *cli, const struct mmu_source *source,
		       const struct find *find)
{
	const uint64_t end = source->tree.vram_size;

	if (find->len - 1 > UINT64_MAX - find->pa)
		return cli_usage(cli,
				 "PA 0x%" PRIx64 " and 0x%" PRIx64
				 " bytes from there pass 2^64",
				 find->pa, find->len);
	if (find->aperture != PRAMIN_MMU_VIDEO ||
	    (find->pa <= end && find->len <= end - find->pa))
		return CLI_OK;
	return cli_usage(cli,
			 "PA 0x%" PRIx64 " and 0x%" PRIx64
			 " bytes from there are not inside VRAM, which "
			 "ends at 0x%" PRIx64,
			 find->pa, find->len, end);
}

static int find(struct cli *cli, struct mmu_source *source, struct find *find)
{
	struct pramin_mmu_scan scan;
	bool done = false;
	int code;

	code = mmu_scan_options(cli, &scan);
	if (!code && cli->mmu.aperture)
		code = mmu_aperture(cli, cli->mmu.aperture,
				    strlen(cli->mmu.aperture), &find->aperture);
	if (!code)
		code = mmu_begin(cli, source, &done,
				 "look for all that refers to 0x%" PRIx64
				 " in %s",
				 find->pa,
				 pramin_mmu_aperture_name(find->aperture));
	if (code || done)
		return code;
	code = check_range(cli, source, find);
	return code ? code : find_all(cli, source, find, &scan);
}

static int run(struct cli *cli, int count, char **args)
{
	struct mmu_source source;
	struct find f = { .cli = cli, .source = &source, .len = 1 };
	int code;

	code = mmu_arguments(cli, &source);
	if (!code)
		code = cli_arg_number(cli, "PA", args[0], &f.pa);
	if (!code && count > 1)
		code = cli_arg_number(cli, "LEN", args[1], &f.len);
	if (!code && !f.len)
		code = cli_usage(cli, "LEN 0 is no range");
	if (!code)
		code = find(cli, &source, &f);
	mmu_close(&source);
	return code;
}

const struct cmd cmd_mmu_find = {
	.name = "mmu find",
	.args = "PA [LEN]",
	.summary = "Find what refers to a piece of memory.",
	.text = "Prints every entry, of a page or of a table, that shares a "
		"byte with the LEN bytes (1 if not given) at physical address "
		"PA: the virtual address that it is for, where the entry is, "
		"and the entries that lead to it. PA is in VRAM, unless "
		"--aperture names other memory. Entries that a larger one "
		"hides are found too, and so marked. Exits with 1 if there is "
		"none.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x100000\",\n"
		" \"aperture\":\"vram\",\"address\":\"0x4000000\","
		"\"length\":1,\n"
		" \"matches\":[{\"va\":\"0x200000\",\"size\":4096,"
		"\"level\":\"PT4K\",\n"
		"  \"half\":\"big\",\"entry\":\"0x104000\","
		"\"raw\":[\"0x0000000000400001\"],\n"
		"  \"type\":\"page\",\"aperture\":\"vram\","
		"\"address\":\"0x4000000\",\n"
		"  \"attributes\":[\"read_only\"],\"kind\":0,\"peer\":0,"
		"\"comptag\":0,\n"
		"  \"reserved\":\"0x0\",\"ignored\":\"0x0\","
		"\"hidden\":false,\n"
		"  \"path\":[\"0x100000\",\"0x101000\"]}],\n"
		" \"count\":1,\"found\":true,\"tables\":5,\"entries\":1796,"
		"\"reads\":5}",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
