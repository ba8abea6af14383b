// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu check: is there anything wrong with a tree? */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "mmu.h"

struct check {
	struct cli *cli;
	const struct mmu_source *source;
	uint64_t count;
};

static void finding_text(const struct check *check,
			 const struct pramin_mmu_finding *finding)
{
	const struct pramin_mmu_format *format = check->source->tree.format;
	const struct pramin_mmu_ref *ref = &finding->ref;
	char text[MMU_TEXT];

	mmu_entry_text(text, &ref->entry);
	out_text("VA 0x%0*" PRIx64 "  %s%s%s\n    %s entry at 0x%" PRIx64
		 " is %016" PRIx64 ": %s\n",
		 mmu_va_digits(format), ref->va, out_bold(),
		 pramin_mmu_fault_text(finding->fault), out_plain(),
		 mmu_level_name(format, ref->level), ref->entry_pa,
		 ref->raw[ref->half == PRAMIN_MMU_SMALL &&
			  ref->level < format->levels &&
			  format->level[ref->level].entry_size == 16],
		 text);
}

static int on_finding(void *ctx, const struct pramin_mmu_finding *finding)
{
	struct check *check = ctx;

	check->count++;
	if (check->cli->json) {
		json_begin(NULL, '{');
		json_str("fault", pramin_mmu_fault_name(finding->fault));
		json_str("text", pramin_mmu_fault_text(finding->fault));
		mmu_json_ref(check->source->tree.format, &finding->ref);
		json_end('}');
	} else {
		finding_text(check, finding);
	}
	return out_error() || cli_stopped();
}

/* --aperture here is a list: which memory entries may name */
static int allowed_apertures(struct cli *cli, struct pramin_mmu_scan *scan)
{
	const char *text = cli->mmu.aperture;

	while (text && *text) {
		size_t len = strcspn(text, ",");
		unsigned int aperture;
		int code = mmu_aperture(cli, text, len, &aperture);

		if (code)
			return code;
		scan->apertures |= 1u << aperture;
		text += len;
		text += *text == ',';
	}
	if (cli->mmu.aperture && !scan->apertures)
		return mmu_aperture(cli, "", 0, NULL);
	return CLI_OK;
}

static int check_all(struct cli *cli, struct mmu_source *source,
		     struct check *check, struct pramin_mmu_scan *scan)
{
	int ret;

	if (cli->json) {
		json_begin(NULL, '{');
		mmu_json_tree(source);
		json_begin("findings", '[');
	}
	ret = pramin_mmu_check(&source->tree, on_finding, check, scan);
	if (ret)
		return mmu_failed(cli, source, ret, scan);
	if (cli->json) {
		json_end(']');
		json_num("count", check->count);
		json_bool("sound", !check->count);
		json_num("tables", scan->tables);
		json_num("entries", scan->entries);
		json_num("reads", scan->reads);
		json_end('}');
		out_text("\n");
	} else {
		out_text("%" PRIu64 " tables, %" PRIu64 " entries: %" PRIu64
			 " finding%s\n",
			 scan->tables, scan->entries, check->count,
			 check->count == 1 ? "" : "s");
	}
	return check->count ? CLI_NO : CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	struct mmu_source source;
	struct check c = { .cli = cli, .source = &source };
	struct pramin_mmu_scan scan;
	bool done = false;
	int code;

	(void)count;
	(void)args;
	code = mmu_arguments(cli, &source);
	if (!code)
		code = mmu_scan_options(cli, &scan);
	if (!code)
		code = allowed_apertures(cli, &scan);
	if (!code)
		code = mmu_begin(cli, &source, &done, "check the page tables");
	if (!code && !done)
		code = check_all(cli, &source, &c, &scan);
	mmu_close(&source);
	return code;
}

const struct cmd cmd_mmu_check = {
	.name = "mmu check",
	.args = "",
	.summary = "Look for what is wrong with page tables.",
	.text = "Reads each table once and prints what no sound tree has: "
		"tables or pages that are not inside VRAM, misaligned pages, "
		"pages at a level that has none, tables used twice or inside "
		"one of their own ancestors, reserved bits, valid pages under "
		"others or under \"nothing is here\", tables in memory that "
		"cannot be read; with --aperture, entries that name memory "
		"which is not in that list. Exits with 1 if it finds anything.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x100000\",\n"
		" \"findings\":[{\"fault\":\"page_outside\",\n"
		"  \"text\":\"the page is not inside VRAM\",\n"
		"  \"va\":\"0x200000\",\"size\":4096,\"level\":\"PT4K\","
		"\"half\":\"big\",\n"
		"  \"entry\":\"0x104000\",\"raw\":[\"0x0000000000400001\"],\n"
		"  \"type\":\"page\",\"aperture\":\"vram\","
		"\"address\":\"0x4000000\",\n"
		"  \"attributes\":[\"read_only\"],\"kind\":0,\"peer\":0,"
		"\"comptag\":0,\n"
		"  \"reserved\":\"0x0\",\"ignored\":\"0x0\","
		"\"hidden\":false,\n"
		"  \"path\":[\"0x100000\",\"0x101000\"]}],\n"
		" \"count\":1,\"sound\":false,\"tables\":5,\"entries\":1796,"
		"\"reads\":5}",
	.min_args = 0,
	.max_args = 0,
	.run = run,
};
