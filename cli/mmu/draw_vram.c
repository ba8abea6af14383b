// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * VRAM as squares of one size, in the order of addresses, row by row. A square is
 * the darker the more of it is mapped, and has a mark if there are tables in it.
 */
#include <inttypes.h>

#include "picture.h"

#define LABELS	96u
#define COLUMNS 32u
#define PITCH	16u

static unsigned int rows(const struct cells *cells)
{
	return (cells->count + COLUMNS - 1) / COLUMNS;
}

unsigned int picture_vram_height(const struct picture *p)
{
	return rows(&p->cells) * PITCH + 44;
}

/* How a square looks: 0 is free, 1 to 4 are quarters that are mapped, */
#define LOOK_TABLES 8u
static unsigned int look_of(const struct cells *cells, unsigned int cell)
{
	unsigned int units, mapped, tables;

	cells_look(cells, cell, &units, &mapped, &tables);
	return (mapped ? 1 + mapped * 3 / units : 0) |
	       (tables ? LOOK_TABLES : 0);
}

/* Squares of one row that look the same are one shape; lines divide it later. */
static void shapes(FILE *svg, const struct cells *cells, unsigned int row,
		   unsigned int x, unsigned int y, bool marks)
{
	unsigned int cell = row * COLUMNS, end = cell + COLUMNS, from;
	char style[96];

	if (end > cells->count)
		end = cells->count;
	while (cell < end) {
		const unsigned int look = look_of(cells, cell);
		unsigned int left;

		for (from = cell; cell < end && look_of(cells, cell) == look;)
			cell++;
		left = x + from % COLUMNS * PITCH;
		if (!marks && look % LOOK_TABLES) {
			snprintf(style, sizeof(style),
				 "class=\"vram\" fill=\"" SVG_MAPPED
				 "\" fill-opacity=\"0.%u\"",
				 20 + look % LOOK_TABLES * 19);
			svg_rect(svg, left, y, (cell - from) * PITCH, PITCH,
				 style, NULL);
		}
		for (; marks && look & LOOK_TABLES && from < cell; from++)
			svg_rect(svg, x + from % COLUMNS * PITCH + 4, y + 4, 8,
				 8,
				 "class=\"table\" fill=\"" SVG_TABLE
				 "\" stroke=\"#ffffff\"",
				 NULL);
	}
}

static void grid(FILE *svg, const struct cells *cells, unsigned int x,
		 unsigned int y)
{
	const unsigned int whole = cells->count / COLUMNS * PITCH;
	const unsigned int rest = cells->count % COLUMNS * PITCH;
	const char *free_style = "class=\"free\" fill=\"#eef1f4\"";
	unsigned int i;

	if (whole)
		svg_rect(svg, x, y, COLUMNS * PITCH, whole, free_style, NULL);
	if (rest)
		svg_rect(svg, x, y + whole, rest, PITCH, free_style, NULL);
	for (i = 0; i < rows(cells); i++)
		shapes(svg, cells, i, x, y + i * PITCH, false);
	fprintf(svg, "<path d=\"");
	for (i = 0; i <= rows(cells); i++)
		fprintf(svg, "M%u %uh%u", x, y + i * PITCH, COLUMNS * PITCH);
	for (i = 0; i <= COLUMNS; i++)
		fprintf(svg, "M%u %uv%u", x + i * PITCH, y,
			rows(cells) * PITCH);
	fprintf(svg, "\" stroke=\"#ffffff\" stroke-width=\"2\" "
		     "fill=\"none\"/>\n");
	for (i = 0; i < rows(cells); i++)
		shapes(svg, cells, i, x, y + i * PITCH, true);
}

static void square(FILE *svg, const struct cells *cells, uint64_t pa,
		   unsigned int x, unsigned int y, const char *style,
		   const char *title)
{
	const unsigned int cell = (unsigned int)(pa / cells->cell);

	svg_rect(svg, x + cell % COLUMNS * PITCH + 1,
		 y + cell / COLUMNS * PITCH + 1, PITCH - 2, PITCH - 2, style,
		 title);
}

static void reserved(FILE *svg, const struct picture *p, unsigned int x,
		     unsigned int y)
{
	const struct cells *cells = &p->cells;
	size_t i;

	for (i = 0; i < p->reserved_count; i++) {
		const struct pramin_reserved *r = &p->reserved[i];
		uint64_t cell = r->first / cells->cell;

		for (; cell <= r->last / cells->cell; cell++)
			square(svg, cells, cell * cells->cell, x, y,
			       "class=\"reserved\" fill=\"url(#reserved)\"",
			       pramin_reserved_name(r->kind));
	}
}

void picture_vram(FILE *svg, const struct picture *p, unsigned int x,
		  unsigned int y)
{
	const struct cells *cells = &p->cells;
	const uint64_t step = cells->cell * COLUMNS;
	char size[CLI_SIZE_TEXT];
	unsigned int i;

	for (i = 0; i < rows(cells); i += 4)
		svg_text(svg, x + LABELS - 8, y + i * PITCH + 12,
			 "font-family=\"DejaVu Sans Mono, monospace\" "
			 "font-size=\"11\" text-anchor=\"end\"",
			 "0x%" PRIx64, i * step);
	grid(svg, cells, x + LABELS, y);
	reserved(svg, p, x + LABELS, y);
	square(svg, cells, p->root_pa, x + LABELS, y,
	       "class=\"root\" fill=\"none\" stroke=\"" SVG_INK
	       "\" stroke-width=\"2\"",
	       "the root");
	y += rows(cells) * PITCH + 20;
	svg_text(svg, x + LABELS, y, "font-size=\"11\" fill=\"" SVG_FAINT "\"",
		 "A square is %s, a row is %s.",
		 cli_size_text(size, cells->cell),
		 cli_size_text((char[CLI_SIZE_TEXT]){ 0 }, step));
}
