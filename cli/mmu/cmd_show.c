// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin mmu show: a picture of an address space and of VRAM.
 *
 * One list of all addresses gives both: the runs are what is mapped, and what was
 * read on the way are the tables.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "picture.h"

/* The end of VRAM, which the VBIOS uses */
#define WORKSPACE (1u << 20)

struct show {
	struct cli *cli;
	struct mmu_source source;
	struct picture picture;
	struct pramin_mmu_scan scan;
	struct sink svg; /* without fd, if it was not asked for */
	struct sink png;
	char converter[4096];
};

static void on_read(void *ctx, uint64_t vram_pa, size_t len)
{
	struct show *show = ctx;

	cells_table(&show->picture.cells, vram_pa, len);
}

static int on_run(void *ctx, const struct pramin_mmu_run *run)
{
	struct show *show = ctx;
	struct picture *p = &show->picture;

	segments_add(&p->segments, run);
	if (run->stop == PRAMIN_MMU_STOP_ENTRY &&
	    run->entry.type == PRAMIN_MMU_PAGE &&
	    run->entry.aperture == PRAMIN_MMU_VIDEO)
		cells_mapped(&p->cells, run->entry.pa, run->len);
	return cli_stopped();
}

static int out_of_memory(struct cli *cli)
{
	cli_error(cli, "out of memory");
	return CLI_FAIL;
}

/* A dump has no registers: of it only the end is known. */
static int find_reserved(struct cli *cli, struct picture *p)
{
	const uint64_t size = p->cells.vram_size;
	int ret;

	if (cli->dev) {
		ret = pramin_reserved(cli->dev, p->reserved,
				      PRAMIN_RESERVED_MAX, &p->reserved_count);
		return ret ? cli_fail(cli, ret) : CLI_OK;
	}
	if (size <= WORKSPACE)
		return CLI_OK;
	p->reserved_count = 1;
	p->reserved[0] = (struct pramin_reserved){
		.kind = PRAMIN_RESERVED_WORKSPACE,
		.first = size - WORKSPACE,
		.last = size - 1,
	};
	return CLI_OK;
}

static int gather(struct cli *cli, struct show *show)
{
	struct mmu_source *source = &show->source;
	struct picture *p = &show->picture;
	int ret;

	p->name = source->path ? source->path : cli->info.chip;
	p->format = source->tree.format;
	p->root_pa = source->tree.root_pa;
	p->va_last = mmu_last_va(&source->tree);
	if (segments_init(&p->segments) ||
	    cells_init(&p->cells, source->tree.vram_size))
		return out_of_memory(cli);
	source->on_read = on_read;
	source->on_read_ctx = show;
	ret = pramin_mmu_list(&source->tree, 0, p->va_last + 1, on_run, show,
			      &show->scan);
	source->on_read = NULL;
	if (ret)
		return mmu_failed(cli, source, ret, &show->scan);
	p->table_count = show->scan.tables;
	segments_reduce(&p->segments, SEGMENTS_DRAWN);
	cells_settle(&p->cells);
	return find_reserved(cli, p);
}

static int put_svg(struct cli *cli, struct sink *sink, const char *text,
		   size_t len)
{
	int code = sink_create(cli, sink), ret;

	if (code)
		return code;
	ret = sink_write(sink, 0, (const uint8_t *)text, len);
	if (ret && sink->path)
		return cli_fail_errno(cli, sink->path, ret);
	/* The sticky error of standard output is told by main(). */
	return ret ? CLI_FAIL : sink_finish(cli, sink);
}

static int put_png(struct cli *cli, struct show *show, const char *text,
		   size_t len)
{
	struct sink *sink = &show->png;
	struct stat st;
	int code = sink_create(cli, sink);

	if (!code)
		code = png_convert(cli, show->converter, text, len, sink->fd);
	if (code)
		return code;
	if (sink->part && fstat(sink->fd, &st) == 0)
		sink->done = (uint64_t)st.st_size;
	return sink_finish(cli, sink);
}

static int draw(struct cli *cli, struct show *show)
{
	char *text = NULL;
	size_t len = 0;
	FILE *svg = open_memstream(&text, &len);
	int code = CLI_OK;

	if (!svg)
		return out_of_memory(cli);
	picture_draw(svg, &show->picture);
	if (fclose(svg))
		code = out_of_memory(cli);
	/* Before it replaces a file that may be good. */
	if (!code && cli->dev)
		code = cli_prove(cli);
	if (!code && cli->mmu.svg)
		code = put_svg(cli, &show->svg, text, len);
	if (!code && cli->mmu.png)
		code = put_png(cli, show, text, len);
	free(text);
	return code;
}

static void file_json(const char *key, const char *path)
{
	if (path)
		json_str(key, path);
	else
		json_null(key);
}

static void show_json(const struct cli *cli, const struct show *show)
{
	const struct picture *p = &show->picture;
	uint64_t mapped = 0;
	unsigned int i;

	for (i = 0; i < PICTURE_PAGES; i++)
		mapped += p->segments.bytes[i];
	json_begin(NULL, '{');
	mmu_json_tree(&show->source);
	file_json("svg", cli->mmu.svg);
	file_json("png", cli->mmu.png);
	json_num("mapped", mapped);
	json_num("runs", p->segments.runs);
	json_num("pages", p->segments.pages);
	json_num("tables", p->table_count);
	json_num("table_bytes", p->cells.table_bytes);
	json_end('}');
	out_text("\n");
}

static int check_files(struct cli *cli, struct show *show)
{
	const struct cli_mmu *opt = &cli->mmu;
	int code = CLI_OK;

	if (!opt->svg && !opt->png)
		return cli_usage(cli, "where to? Give --svg FILE, --png FILE, "
				      "or both");
	if (opt->png && (!strcmp(opt->png, "-") || !*opt->png))
		return cli_usage(cli, "--png '%s': it needs a FILE", opt->png);
	if (opt->svg && !strcmp(opt->svg, "-") && cli->json)
		return cli_usage(cli, "--json needs a FILE: --svg - goes where "
				      "the object would go");
	if (opt->svg)
		code = sink_check(cli, &show->svg, opt->svg);
	/* It is text. */
	show->svg.hex = false;
	if (!code && opt->png)
		code = sink_check(cli, &show->png, opt->png);
	if (!code && show->svg.real && show->png.real &&
	    !strcmp(show->svg.real, show->png.real))
		code = cli_usage(cli, "--svg and --png name the same FILE");
	if (!code && opt->png)
		code = png_converter(cli, show->converter);
	return code;
}

static int run(struct cli *cli, int count, char **args)
{
	static struct show show;
	bool done = false;
	int code;

	(void)count;
	(void)args;
	show.cli = cli;
	show.svg.fd = -1;
	show.png.fd = -1;
	code = mmu_arguments(cli, &show.source);
	if (!code)
		code = mmu_scan_options(cli, &show.scan);
	if (!code)
		code = check_files(cli, &show);
	if (!code)
		code = mmu_begin(cli, &show.source, &done,
				 "draw what is mapped");
	if (!code && !done)
		code = gather(cli, &show);
	if (!code && !done)
		code = draw(cli, &show);
	if (!code && !done && cli->json)
		show_json(cli, &show);
	sink_drop(cli, &show.svg);
	sink_drop(cli, &show.png);
	segments_free(&show.picture.segments);
	cells_free(&show.picture.cells);
	mmu_close(&show.source);
	return code;
}

const struct cmd cmd_mmu_show = {
	.name = "mmu show",
	.args = "",
	.summary = "Draw an address space and VRAM.",
	.text = "Draws what is mapped where, as SVG with --svg, as PNG with "
		"--png. On the left are virtual addresses: blocks of pages, "
		"their sizes and the memory they are in, and the holes between "
		"them, all with heights that grow with the logarithm of the "
		"size. Where there are more than 22 blocks, neighbours are "
		"put together. On the right is VRAM: what of it these tables "
		"map, where the tables are, and what is reserved: the last MiB, "
		"which the VBIOS uses, and what firmware has locked, if the "
		"GPU tells. SVG says more where one points at it.\n\n"
		"FILE is written as FILE.part, which takes its name when it "
		"is complete. PNG is made by rsvg-convert of librsvg "
		"(Debian: librsvg2-bin).",
	.json = "{\"format\":\"v2-ga100\",\"root\":\"0x100000\","
		"\"svg\":\"a.svg\",\n"
		" \"png\":null,\"mapped\":8192,\"runs\":1,\"pages\":2,"
		"\"tables\":5,\n"
		" \"table_bytes\":16416}",
	.min_args = 0,
	.max_args = 0,
	.run = run,
};
