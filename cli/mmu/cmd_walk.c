// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin mmu walk: every table that the lookup of one address reads. */
#include <inttypes.h>
#include <stdio.h>

#include "mmu.h"

struct walk {
	uint64_t va;
	struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
	unsigned int count;
	struct pramin_mmu_walk end;
};

static const char *half_name(const struct pramin_mmu_step *step,
			     unsigned int half)
{
	if (step->halves == 1)
		return "";
	return half == PRAMIN_MMU_BIG ? "big: " : "small: ";
}

/* PD0[17]   0x0000103110  0000000000010402  small: table at ... */
static void step_text(const struct pramin_mmu_format *format,
		      const struct pramin_mmu_step *step, unsigned int depth)
{
	const struct pramin_mmu_level *lv = &format->level[step->level];
	char entry[MMU_TEXT], head[32];
	unsigned int half;

	snprintf(head, sizeof(head), "%*s%s[%" PRIu32 "]", (int)(2 * depth), "",
		 lv->name, step->index);
	for (half = 0; half < step->halves; half++) {
		mmu_entry_text(entry, &step->half[half]);
		if (!half)
			out_text("%-22s %s0x%010" PRIx64 "%s", head, out_dim(),
				 step->entry_pa, out_plain());
		else
			out_text("%-35s", "");
		if (half * 8u < lv->entry_size)
			out_text("  %016" PRIx64, step->raw[half]);
		else
			out_text("  %-16s", "");
		out_text("  %s%s\n", half_name(step, half),
			 step->stop == PRAMIN_MMU_STOP_SIZE ?
				 "beyond the end of the table" :
				 entry);
	}
}

static void end_text(const struct walk *walk)
{
	const struct pramin_mmu_walk *end = &walk->end;
	char size[CLI_SIZE_TEXT], text[MMU_TEXT];
	struct pramin_mmu_entry entry = end->entry;

	cli_size_text(size, end->size);
	if (end->stop != PRAMIN_MMU_STOP_ENTRY) {
		out_text("=> not known: the next table %s\n",
			 end->stop == PRAMIN_MMU_STOP_NOT_VRAM ?
				 "is not in VRAM" :
			 end->stop == PRAMIN_MMU_STOP_OUTSIDE ?
				 "is not inside VRAM" :
				 "is shorter, or lies in one of its ancestors");
		return;
	}
	if (entry.type != PRAMIN_MMU_PAGE) {
		out_text("=> not mapped: %s, for %s around it\n",
			 pramin_mmu_type_name(entry.type), size);
		return;
	}
	entry.pa = end->pa;
	entry.reserved = 0;
	entry.ignored = 0;
	mmu_entry_text(text, &entry);
	/* "page at ..." of that size */
	out_text("=> 0x%" PRIx64 " in %s, by a page of %s%s\n", end->pa,
		 pramin_mmu_aperture_name(entry.aperture), size,
		 entry.attrs & PRAMIN_MMU_READ_ONLY ? ", read_only" : "");
}

static void show_text(const struct mmu_source *source, const struct walk *walk)
{
	const struct pramin_mmu_format *format = source->tree.format;
	unsigned int i, depth = 0;

	out_text("%s0x%0*" PRIx64 "%s  %s, root 0x%" PRIx64 "\n", out_bold(),
		 mmu_va_digits(format), walk->va, out_plain(), format->name,
		 source->tree.root_pa);
	for (i = 0; i < walk->count; i++) {
		const struct pramin_mmu_step *step = &walk->step[i];

		step_text(format, step, depth);
		/* The small table comes after the big one, not below it. */
		depth += !format->level[step->level].big;
	}
	end_text(walk);
}

static void step_json(const struct pramin_mmu_format *format,
		      const struct pramin_mmu_step *step)
{
	const struct pramin_mmu_level *lv = &format->level[step->level];
	unsigned int i;

	json_begin(NULL, '{');
	json_str("level", lv->name);
	json_num("index", step->index);
	json_hex("table", step->table_pa, 1);
	json_hex("entry", step->entry_pa, 1);
	json_begin("raw", '[');
	for (i = 0; i < lv->entry_size / 8u; i++)
		json_hex(NULL, step->raw[i], 16);
	json_end(']');
	json_begin("halves", '[');
	for (i = 0; i < step->halves; i++) {
		json_begin(NULL, '{');
		mmu_json_entry(&step->half[i]);
		json_end('}');
	}
	json_end(']');
	json_str("next", step->next == PRAMIN_MMU_SMALL ? "small" : "big");
	json_str("stop", pramin_mmu_stop_name(step->stop));
	json_end('}');
}

static void show_json(const struct mmu_source *source, const struct walk *walk)
{
	const struct pramin_mmu_walk *end = &walk->end;
	const bool mapped = end->stop == PRAMIN_MMU_STOP_ENTRY &&
			    end->entry.type == PRAMIN_MMU_PAGE;
	unsigned int i;

	json_begin(NULL, '{');
	mmu_json_tree(source);
	json_hex("va", walk->va, 1);
	json_begin("steps", '[');
	for (i = 0; i < walk->count; i++)
		step_json(source->tree.format, &walk->step[i]);
	json_end(']');
	json_bool("mapped", mapped);
	json_str("type", pramin_mmu_type_name(end->entry.type));
	if (mapped) {
		json_str("aperture",
			 pramin_mmu_aperture_name(end->entry.aperture));
		json_hex("pa", end->pa, 1);
	} else {
		json_null("aperture");
		json_null("pa");
	}
	json_num("size", end->size);
	json_str("stop", pramin_mmu_stop_name(end->stop));
	json_end('}');
	out_text("\n");
}

static int walk(struct cli *cli, struct mmu_source *source, struct walk *walk)
{
	bool done = false;
	int code, ret;

	code = mmu_begin(cli, source, &done, "look up VA 0x%" PRIx64, walk->va);
	if (code || done)
		return code;
	code = mmu_check_va(cli, &source->tree, walk->va, 1);
	if (code)
		return code;
	ret = pramin_mmu_explain(&source->tree, walk->va, walk->step,
				 &walk->count, &walk->end);
	if (ret) {
		if (!cli->json && walk->count)
			cli_next("%u tables were read", walk->count);
		return mmu_failed(cli, source, ret, NULL);
	}
	(cli->json ? show_json : show_text)(source, walk);
	return CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	struct mmu_source source;
	struct walk w = { .count = 0 };
	int code;

	(void)count;
	code = mmu_arguments(cli, &source);
	if (!code)
		code = cli_arg_number(cli, "VA", args[0], &w.va);
	if (!code)
		code = walk(cli, &source, &w);
	mmu_close(&source);
	return code;
}

const struct cmd cmd_mmu_walk = {
	.name = "mmu walk",
	.args = "VA",
	.summary = "Show how one address is looked up.",
	.text = "Prints each table that the GPU reads to look up the virtual "
		"address VA: level and index, the address of the entry, its "
		"words, and what they say; then the memory that VA leads to. "
		"Of an entry with two halves both are shown, the one for big "
		"pages first. Where nothing is mapped that is the answer, and "
		"the exit status is 0.",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x100000\","
		"\"va\":\"0x40000000\",\n"
		" \"steps\":[{\"level\":\"PD3\",\"index\":0,"
		"\"table\":\"0x100000\",\n"
		"  \"entry\":\"0x100000\",\"raw\":[\"0x0000000000010102\"],\n"
		"  \"halves\":[{\"type\":\"table\",\"aperture\":\"vram\","
		"\"address\":\"0x101000\",\n"
		"   \"attributes\":[\"volatile\"],\"kind\":null,\"peer\":null,"
		"\"comptag\":null,\n"
		"   \"reserved\":\"0x0\",\"ignored\":\"0x0\"}],\n"
		"  \"next\":\"big\",\"stop\":\"not\"},\n"
		"  {\"level\":\"PD1\",\"index\":2,\"table\":\"0x102000\",\n"
		"  \"entry\":\"0x102010\",\"raw\":[\"0x0000000002000001\"],\n"
		"  \"halves\":[{\"type\":\"page\",\"aperture\":\"vram\","
		"\"address\":\"0x20000000\",\n"
		"   \"attributes\":[],\"kind\":0,\"peer\":0,\"comptag\":0,\n"
		"   \"reserved\":\"0x0\",\"ignored\":\"0x0\"}],\n"
		"  \"next\":\"big\",\"stop\":\"entry\"}],\n"
		" \"mapped\":true,\"type\":\"page\",\"aperture\":\"vram\",\n"
		" \"pa\":\"0x20000000\",\"size\":536870912,"
		"\"stop\":\"entry\"}",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
