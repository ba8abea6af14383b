/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A picture of an address space and of the VRAM behind it.
 *
 * What is gathered and what is drawn is bounded, whatever the size of the tree:
 * runs that lie close together become one segment, and VRAM is counted in units.
 */
#ifndef PRAMIN_CLI_PICTURE_H
#define PRAMIN_CLI_PICTURE_H

#include <stdio.h>

#include "mmu.h"

/* What bytes of virtual addresses are: pages by aperture and size, or others */
#define PICTURE_SIZES 5u /* 4K; 64K, 128K; 2M; 512M; 256G */
enum {
	PICTURE_PAGES = PRAMIN_MMU_APERTURES * PICTURE_SIZES,
	PICTURE_SPARSE = PICTURE_PAGES,
	PICTURE_NOTHING, /* unmapped, nowhere: hides what is below it */
	PICTURE_UNKNOWN, /* a table that cannot be followed */
	PICTURE_CLASSES
};

/* Addresses from @va to @last that are shown as one, with holes in between */
struct segment {
	uint64_t va;
	uint64_t last;
	uint64_t runs;
	uint64_t bytes[PICTURE_CLASSES];
	struct pramin_mmu_run run; /* the first one */
};

#define SEGMENTS_KEPT  4096u
#define SEGMENTS_DRAWN 22u

/* segments.c */
struct segments {
	struct segment *seg; /* %SEGMENTS_KEPT of them */
	unsigned int count;
	uint64_t runs;
	uint64_t pages;
	uint64_t bytes[PICTURE_CLASSES];
};
int segments_init(struct segments *segments);
void segments_free(struct segments *segments);
void segments_add(struct segments *segments, const struct pramin_mmu_run *run);
void segments_reduce(struct segments *segments, unsigned int most);
unsigned int picture_size_class(uint64_t page_size);

/* vram.c: bytes of VRAM, in units of a power of two; a union, not a sum */
#define CELLS_MOST 1024u
struct cells {
	uint64_t vram_size;
	uint64_t unit;
	size_t units;
	int32_t *mapped; /* at each unit: ranges that begin less those that ended */
	int32_t *tables;
	uint64_t cell; /* bytes of a square */
	unsigned int count;
	uint64_t table_bytes;
	uint64_t mapped_bytes;
};
int cells_init(struct cells *cells, uint64_t vram_size);
void cells_free(struct cells *cells);
void cells_mapped(struct cells *cells, uint64_t pa, uint64_t len);
void cells_table(struct cells *cells, uint64_t pa, uint64_t len);
/* Once, before cells_look(): differences become counts */
void cells_settle(struct cells *cells);
/* Units of a cell: how many there are, are mapped, are tables */
void cells_look(const struct cells *cells, unsigned int cell,
		unsigned int *units, unsigned int *mapped,
		unsigned int *tables);

struct picture {
	const char *name; /* of the GPU or the file */
	const struct pramin_mmu_format *format;
	uint64_t root_pa;
	uint64_t va_last;
	struct segments segments;
	struct cells cells;
	struct pramin_reserved reserved[PRAMIN_RESERVED_MAX];
	size_t reserved_count;
	uint64_t table_count;
};

/* svg.c */
#define SVG_INK	   "#1f2933"
#define SVG_FAINT  "#6b7785"
#define SVG_TABLE  "#d1344b"
#define SVG_MAPPED "#2a9d99"
void svg_begin(FILE *svg, unsigned int width, unsigned int height);
void svg_end(FILE *svg);
void svg_escaped(FILE *svg, const char *text);
void svg_text(FILE *svg, unsigned int x, unsigned int y, const char *style,
	      const char *fmt, ...) CLI_PRINTF(5, 6);
void svg_rect(FILE *svg, unsigned int x, unsigned int y, unsigned int width,
	      unsigned int height, const char *style, const char *title);
const char *picture_color(unsigned int class);

/* draw_va.c, draw_vram.c, draw.c: each returns where it ends, in pixels */
unsigned int picture_va_height(const struct picture *p);
void picture_va(FILE *svg, const struct picture *p, unsigned int x,
		unsigned int y);
unsigned int picture_vram_height(const struct picture *p);
void picture_vram(FILE *svg, const struct picture *p, unsigned int x,
		  unsigned int y);
void picture_draw(FILE *svg, const struct picture *p);

/* png.c */
int png_converter(struct cli *cli, char path[4096]);
int png_convert(struct cli *cli, const char *converter, const char *svg,
		size_t len, int fd);

#endif /* PRAMIN_CLI_PICTURE_H */
