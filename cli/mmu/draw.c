// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The sheet: a title, addresses on the left, VRAM and a legend on the right. */
#include <inttypes.h>

#include "picture.h"

#define MARGIN	40u /* all in pixels */
#define VRAM_X	820u
#define WIDTH	1470u
#define TOP	160u
#define COLUMN	96u  /* of addresses, and of names below them */
#define LEGENDS 230u /* below VRAM */
#define FAINT	"fill=\"" SVG_FAINT "\""
#define SWATCH	"stroke=\"#52606d\" stroke-width=\"0.5\""

static uint64_t mapped_in(const struct segments *s, unsigned int aperture)
{
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < PICTURE_SIZES; i++)
		bytes += s->bytes[aperture * PICTURE_SIZES + i];
	return bytes;
}

static void title(FILE *svg, const struct picture *p)
{
	const struct segments *s = &p->segments;
	char size[CLI_SIZE_TEXT], text[MMU_TEXT];
	unsigned int i;
	size_t len = 0;

	svg_text(svg, MARGIN, 52, "font-size=\"26\" font-weight=\"bold\"",
		 "GPU address space at root 0x%" PRIx64, p->root_pa);
	text[0] = 0;
	for (i = 0; i < PRAMIN_MMU_APERTURES; i++)
		if (mapped_in(s, i))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%s of %s", len ? ", " : "",
						cli_size_text(size,
							      mapped_in(s, i)),
						pramin_mmu_aperture_name(i));
	svg_text(svg, MARGIN, 80, "font-size=\"14\" " FAINT,
		 "%s, %s   \302\267   %s%s   \302\267   %" PRIu64
		 " pages in %" PRIu64 " runs   \302\267   %" PRIu64 " tables",
		 p->name, p->format->name, len ? text : "nothing", " mapped",
		 s->pages, s->runs, p->table_count);
}

static void heads(FILE *svg, const struct picture *p)
{
	const struct cells *cells = &p->cells;
	char size[CLI_SIZE_TEXT], all[CLI_SIZE_TEXT], tables[CLI_SIZE_TEXT];

	svg_text(svg, MARGIN, TOP - 36, "font-size=\"17\" font-weight=\"bold\"",
		 "Virtual addresses");
	svg_text(svg, MARGIN, TOP - 18, "font-size=\"11\" " FAINT,
		 "growing downwards; heights are logarithms, widths inside a "
		 "block are shares");
	svg_text(svg, VRAM_X, TOP - 36, "font-size=\"17\" font-weight=\"bold\"",
		 "VRAM");
	svg_text(svg, VRAM_X, TOP - 18, "font-size=\"11\" " FAINT,
		 "%s of %s mapped here, %s of tables",
		 cli_size_text(size, cells->mapped_bytes),
		 cli_size_text(all, cells->vram_size),
		 cli_size_text(tables, cells->table_bytes));
}

/* Page sizes that the format has, smallest first */
static unsigned int page_sizes(const struct pramin_mmu_format *format,
			       uint64_t sizes[PICTURE_SIZES])
{
	unsigned int class, level, n = 0;

	for (class = 0; class < PICTURE_SIZES; class ++)
		for (level = 0; level < format->levels; level++) {
			const uint64_t size = format->level[level].page_size;

			if (size && picture_size_class(size) == class)
				sizes[n++] = size;
		}
	return n;
}

static void swatch(FILE *svg, unsigned int x, unsigned int y, const char *style,
		   const char *text)
{
	svg_rect(svg, x, y, 22, 14, style, NULL);
	svg_text(svg, x + 30, y + 12, "", "%s", text);
}

/* A hue per row, a shade per column */
static void legend_pages(FILE *svg, const struct picture *p, unsigned int x,
			 unsigned int y)
{
	uint64_t sizes[PICTURE_SIZES] = { 0 };
	const unsigned int n = page_sizes(p->format, sizes);
	char size[CLI_SIZE_TEXT], style[128];
	unsigned int i, j;

	svg_text(svg, x, y, "font-weight=\"bold\"", "Pages");
	for (j = 0; j < n; j++)
		svg_text(svg, x + COLUMN + 25 + 58 * j, y,
			 "font-size=\"11\" text-anchor=\"middle\" " FAINT, "%s",
			 cli_size_text(size, sizes[j]));
	for (i = 0; i < PRAMIN_MMU_APERTURES; i++) {
		svg_text(svg, x, y + 24 + 22 * i, "", "%s",
			 pramin_mmu_aperture_name(i));
		for (j = 0; j < n; j++) {
			snprintf(style, sizeof(style), "fill=\"%s\" " SWATCH,
				 picture_color(i * PICTURE_SIZES +
					       picture_size_class(sizes[j])));
			svg_rect(svg, x + COLUMN + 58 * j, y + 13 + 22 * i, 50,
				 14, style, NULL);
		}
	}
}

static void legend_others(FILE *svg, unsigned int x, unsigned int y)
{
	svg_text(svg, x, y, "font-weight=\"bold\"", "No pages");
	swatch(svg, x, y + 13, "fill=\"url(#hole)\" " SWATCH,
	       "nothing (invalid)");
	swatch(svg, x, y + 35, "fill=\"url(#sparse)\" " SWATCH, "sparse");
	swatch(svg, x, y + 57, "fill=\"url(#nothing)\" " SWATCH,
	       "unmapped, hides pages");
	swatch(svg, x, y + 79, "fill=\"url(#unknown)\" " SWATCH,
	       "not readable");
}

static void legend_vram(FILE *svg, unsigned int x, unsigned int y)
{
	const unsigned int second = x + 270;

	swatch(svg, x, y, "fill=\"" SVG_MAPPED "\" " SWATCH, "mapped");
	swatch(svg, x, y + 22,
	       "fill=\"" SVG_MAPPED "\" fill-opacity=\"0.39\" " SWATCH,
	       "some of it mapped");
	swatch(svg, x, y + 44, "fill=\"#eef1f4\" " SWATCH,
	       "not mapped by these tables");
	svg_rect(svg, second + 7, y + 3, 8, 8, "fill=\"" SVG_TABLE "\"", NULL);
	svg_text(svg, second + 30, y + 12, "", "has tables in it");
	svg_rect(svg, second + 4, y + 22, 14, 14,
		 "fill=\"none\" stroke=\"" SVG_INK "\" stroke-width=\"2\"",
		 NULL);
	svg_text(svg, second + 30, y + 34, "", "has the root in it");
	swatch(svg, second, y + 44, "fill=\"url(#reserved)\" " SWATCH,
	       "the last MiB, for the VBIOS");
}

void picture_draw(FILE *svg, const struct picture *p)
{
	const unsigned int left = picture_va_height(p);
	const unsigned int vram = picture_vram_height(p);
	const unsigned int right = vram + LEGENDS;
	const unsigned int body = left > right ? left : right;
	const unsigned int y = TOP + vram;

	svg_begin(svg, WIDTH, TOP + body + MARGIN);
	title(svg, p);
	heads(svg, p);
	picture_va(svg, p, MARGIN, TOP);
	picture_vram(svg, p, VRAM_X, TOP);
	legend_vram(svg, VRAM_X + COLUMN, y);
	fprintf(svg, "<path d=\"M%u %uH%u\" stroke=\"#cbd2d9\"/>\n", VRAM_X,
		y + 90, WIDTH - MARGIN);
	legend_pages(svg, p, VRAM_X, y + 122);
	legend_others(svg, VRAM_X + 410, y + 122);
	svg_end(svg);
}
