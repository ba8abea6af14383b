// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Virtual addresses, from the top downwards: segments, and the holes between
 * them. Heights grow with the logarithm of the size, so that a page and a
 * terabyte fit on one sheet; inside a segment widths are in proportion.
 */
#include <inttypes.h>

#include "picture.h"

#define LABELS	140u /* pixels of the column of addresses */
#define BLOCK	260u /* of a segment */
#define BETWEEN 4u

#define MONO "font-family=\"DejaVu Sans Mono, monospace\" "

static unsigned int log2_of(uint64_t n)
{
	unsigned int bits = 0;

	while (n >>= 1)
		bits++;
	return bits;
}

static unsigned int segment_height(const struct segment *seg)
{
	const unsigned int bits = log2_of(seg->last - seg->va + 1);

	return 34 + (bits > 12 ? (bits - 12) * 5 / 4 : 0);
}

static unsigned int hole_height(uint64_t len)
{
	const unsigned int bits = log2_of(len);

	return 18 + (bits > 12 ? (bits - 12) / 3 : 0);
}

/* Bytes of nothing before segment @i, or behind the last one */
static uint64_t hole_before(const struct picture *p, unsigned int i)
{
	const struct segment *seg = p->segments.seg;
	const unsigned int count = p->segments.count;

	if (!count)
		return p->va_last + 1;
	if (!i)
		return seg[0].va;
	if (i < count)
		return seg[i].va - seg[i - 1].last - 1;
	return p->va_last - seg[count - 1].last;
}

unsigned int picture_va_height(const struct picture *p)
{
	unsigned int i, height = 0;

	for (i = 0; i <= p->segments.count; i++) {
		const uint64_t hole = hole_before(p, i);

		if (hole)
			height += hole_height(hole) + BETWEEN;
		if (i < p->segments.count)
			height += segment_height(&p->segments.seg[i]) + BETWEEN;
	}
	return height;
}

static const char *class_text(unsigned int class)
{
	static const char *const others[] = { "sparse", "unmapped",
					      "not readable" };

	return class < PICTURE_PAGES ?
		       pramin_mmu_aperture_name(class / PICTURE_SIZES) :
		       others[class - PICTURE_PAGES];
}

/* "vram 0x10000000, 512 x 4 KiB", or what a segment of many runs is made of */
static void describe(char buf[MMU_TEXT], const struct segment *seg)
{
	const struct pramin_mmu_run *run = &seg->run;
	char size[CLI_SIZE_TEXT], attrs[MMU_TEXT], peer[16] = "";
	size_t len = 0;
	unsigned int i;

	*buf = 0;
	if (seg->runs == 1 && run->entry.type == PRAMIN_MMU_PAGE) {
		mmu_attr_names(attrs, run->entry.attrs, ", ");
		if (run->entry.aperture == PRAMIN_MMU_PEER)
			snprintf(peer, sizeof(peer), " %u", run->entry.peer);
		snprintf(buf, MMU_TEXT, "%s%s 0x%" PRIx64 "%s%.180s",
			 pramin_mmu_aperture_name(run->entry.aperture), peer,
			 run->entry.pa, *attrs ? ", " : "", attrs);
		return;
	}
	for (i = 0; i < PICTURE_CLASSES && len < MMU_TEXT - 64; i++) {
		/* All sizes of an aperture together */
		const unsigned int last =
			i < PICTURE_PAGES ? i + PICTURE_SIZES - 1 : i;
		const unsigned int class = i;
		uint64_t bytes = 0;

		for (; i <= last; i++)
			bytes += seg->bytes[i];
		i = last;
		if (bytes)
			len += (size_t)snprintf(buf + len, MMU_TEXT - len,
						"%s%s %s", len ? ", " : "",
						class_text(class),
						cli_size_text(size, bytes));
	}
}

/* The same in few words, for the first line */
static void headline(char buf[MMU_TEXT], const struct segment *seg)
{
	char size[CLI_SIZE_TEXT], page[CLI_SIZE_TEXT];
	const uint64_t all = seg->last - seg->va + 1;

	cli_size_text(size, all);
	if (seg->runs > 1)
		snprintf(buf, MMU_TEXT, "%s, %" PRIu64 " runs", size,
			 seg->runs);
	else if (seg->run.entry.type == PRAMIN_MMU_PAGE)
		snprintf(buf, MMU_TEXT, "%s = %" PRIu64 " x %s", size,
			 seg->run.count,
			 cli_size_text(page, seg->run.page_size));
	else
		snprintf(buf, MMU_TEXT, "%s", size);
}

/* Side by side: what the segment is made of; what is left over is holes. */
static void block(FILE *svg, const struct segment *seg, unsigned int x,
		  unsigned int y, unsigned int height)
{
	const uint64_t all = seg->last - seg->va + 1;
	unsigned int at = x, i;
	char style[128], title[MMU_TEXT];

	svg_rect(svg, x, y, BLOCK, height, "fill=\"url(#hole)\"", NULL);
	for (i = 0; i < PICTURE_CLASSES; i++) {
		char size[CLI_SIZE_TEXT];
		unsigned int width;

		if (!seg->bytes[i])
			continue;
		/* A thousandth is seen too. */
		width = (unsigned int)((double)seg->bytes[i] / (double)all *
				       BLOCK);
		width = width < 4 ? 4 : width;
		width = width > x + BLOCK - at ? x + BLOCK - at : width;
		snprintf(style, sizeof(style), "class=\"mapped\" fill=\"%s\"",
			 picture_color(i));
		snprintf(title, sizeof(title), "%s of %s",
			 cli_size_text(size, seg->bytes[i]), class_text(i));
		svg_rect(svg, at, y, width, height, style, title);
		at += width;
	}
	svg_rect(svg, x, y, BLOCK, height,
		 "class=\"segment\" fill=\"none\" stroke=\"#52606d\" "
		 "stroke-width=\"1\"",
		 NULL);
}

static void segment(FILE *svg, const struct picture *p,
		    const struct segment *seg, unsigned int x, unsigned int y)
{
	const unsigned int height = segment_height(seg);
	const unsigned int middle = y + height / 2;
	const int digits = mmu_va_digits(p->format);
	char text[MMU_TEXT];

	svg_text(svg, x + LABELS - 10, y + 11,
		 MONO "font-size=\"11\" text-anchor=\"end\"", "0x%0*" PRIx64,
		 digits, seg->va);
	svg_text(svg, x + LABELS - 10, y + height - 2,
		 MONO "font-size=\"11\" text-anchor=\"end\" fill=\"" SVG_FAINT
		      "\"",
		 "0x%0*" PRIx64, digits, seg->last);
	block(svg, seg, x + LABELS, y, height);
	headline(text, seg);
	svg_text(svg, x + LABELS + BLOCK + 12, middle - 2,
		 "font-weight=\"bold\"", "%s", text);
	describe(text, seg);
	svg_text(svg, x + LABELS + BLOCK + 12, middle + 13,
		 "font-size=\"11\" fill=\"" SVG_FAINT "\"", "%s", text);
}

static void hole(FILE *svg, uint64_t len, unsigned int x, unsigned int y)
{
	const unsigned int height = hole_height(len);
	char size[CLI_SIZE_TEXT];

	svg_rect(svg, x + LABELS + 24, y, BLOCK - 48, height,
		 "class=\"hole\" fill=\"url(#hole)\" stroke=\"#cbd2d9\" "
		 "stroke-dasharray=\"3 3\"",
		 NULL);
	svg_text(svg, x + LABELS + BLOCK / 2, y + height / 2 + 4,
		 "font-size=\"11\" text-anchor=\"middle\" fill=\"" SVG_FAINT
		 "\" stroke=\"#ffffff\" stroke-width=\"3\" "
		 "paint-order=\"stroke\"",
		 "nothing for %s", cli_size_text(size, len));
}

void picture_va(FILE *svg, const struct picture *p, unsigned int x,
		unsigned int y)
{
	unsigned int i;

	for (i = 0; i <= p->segments.count; i++) {
		const uint64_t len = hole_before(p, i);

		if (len) {
			hole(svg, len, x, y);
			y += hole_height(len) + BETWEEN;
		}
		if (i < p->segments.count) {
			segment(svg, p, &p->segments.seg[i], x, y);
			y += segment_height(&p->segments.seg[i]) + BETWEEN;
		}
	}
}
