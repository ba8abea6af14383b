// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The few shapes of which pictures are made, as SVG 1.1. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "picture.h"

/* Light to dark is small to large pages; a hue is an aperture. */
static const char *const colors[PICTURE_CLASSES] = {
	"#bfe6e3",	"#86cecb",	 "#45aeab",
	"#1f8488",	"#0e5a63", /* vram */
	"#e2d7f5",	"#c6b2ea",	 "#a284d6",
	"#7d56bb",	"#583492", /* peer */
	"#ffe2bd",	"#fdc788",	 "#f7a24d",
	"#dd7f20",	"#a8590c", /* sys_coh */
	"#fbd5d8",	"#f2a9b0",	 "#df7883",
	"#bd4c5a",	"#8b2a36", /* sys_noncoh */
	"url(#sparse)", "url(#nothing)", "url(#unknown)",
};

const char *picture_color(unsigned int class)
{
	return colors[class];
}

void svg_begin(FILE *svg, unsigned int width, unsigned int height)
{
	fprintf(svg,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
		"width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" "
		"font-family=\"DejaVu Sans, Verdana, sans-serif\" "
		"font-size=\"12\" fill=\"" SVG_INK "\">\n"
		"<defs>\n",
		width, height, width, height);
	fputs("<pattern id=\"hole\" width=\"8\" height=\"8\" "
	      "patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\">"
	      "<path d=\"M0 0V8\" stroke=\"#e3e7ec\" stroke-width=\"3\"/>"
	      "</pattern>\n"
	      "<pattern id=\"sparse\" width=\"8\" height=\"8\" "
	      "patternUnits=\"userSpaceOnUse\">"
	      "<path d=\"M0 0H8V8H0Z\" fill=\"#eef1f4\"/>"
	      "<path d=\"M2 2H4V4H2Z\" fill=\"#9aa5b1\"/></pattern>\n"
	      "<pattern id=\"nothing\" width=\"8\" height=\"8\" "
	      "patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\">"
	      "<path d=\"M0 0H8V8H0Z\" fill=\"#e4e7eb\"/>"
	      "<path d=\"M0 0V8\" stroke=\"#b8c1cb\" stroke-width=\"4\"/>"
	      "</pattern>\n"
	      "<pattern id=\"unknown\" width=\"8\" height=\"8\" "
	      "patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(-45)\">"
	      "<path d=\"M0 0H8V8H0Z\" fill=\"#fff1f2\"/>"
	      "<path d=\"M0 0V8\" stroke=\"#d1344b\" stroke-width=\"4\"/>"
	      "</pattern>\n"
	      "<pattern id=\"reserved\" width=\"5\" height=\"5\" "
	      "patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\">"
	      "<path d=\"M0 0V5\" stroke=\"#3e4c59\" stroke-width=\"3\"/>"
	      "</pattern>\n"
	      "</defs>\n",
	      svg);
	svg_rect(svg, 0, 0, width, height, "fill=\"#ffffff\"", NULL);
}

void svg_end(FILE *svg)
{
	fputs("</svg>\n", svg);
}

/* What is not UTF-8, or may not stand in XML, becomes U+FFFD. */
void svg_escaped(FILE *svg, const char *text)
{
	while (*text) {
		uint32_t point;
		size_t n = cli_utf8(text, &point);

		if (!n || cli_is_control(point) || (point & 0xfffe) == 0xfffe)
			fputs("&#xfffd;", svg);
		else if (*text == '&' || *text == '<' || *text == '>' ||
			 *text == '"')
			fprintf(svg, "&#%d;", *text);
		else
			fwrite(text, 1, n, svg);
		text += n ? n : 1;
	}
}

void svg_text(FILE *svg, unsigned int x, unsigned int y, const char *style,
	      const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(svg, "<text x=\"%u\" y=\"%u\" %s>", x, y, style);
	svg_escaped(svg, text);
	fputs("</text>\n", svg);
}

/* @title is what a viewer shows when one points at the shape; or NULL. */
void svg_rect(FILE *svg, unsigned int x, unsigned int y, unsigned int width,
	      unsigned int height, const char *style, const char *title)
{
	fprintf(svg, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" %s", x,
		y, width, height, style);
	if (!title) {
		fputs("/>\n", svg);
		return;
	}
	fputs("><title>", svg);
	svg_escaped(svg, title);
	fputs("</title></rect>\n", svg);
}
