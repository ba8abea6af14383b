// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Lines of a recording.
 */
#include "line.h"

void line_text(struct line *l, const char *text)
{
	while (*text && l->len < sizeof(l->text) - 1)
		l->text[l->len++] = *text++;
}

void line_hex(struct line *l, uint64_t val, unsigned int digits)
{
	char text[20] = "0x";
	unsigned int n = 16, i = 2;

	while (n > digits && !(val >> (4 * (n - 1))))
		n--;
	while (n--)
		text[i++] = "0123456789abcdef"[val >> (4 * n) & 15];
	text[i] = '\0';
	line_text(l, text);
}

void line_dec(struct line *l, uint64_t val)
{
	char text[24];
	unsigned int i = sizeof(text) - 1;

	text[i] = '\0';
	do {
		text[--i] = (char)('0' + val % 10);
		val /= 10;
	} while (val);
	line_text(l, text + i);
}

void line_key_hex(struct line *l, const char *key, uint64_t val)
{
	line_text(l, key);
	line_hex(l, val, 1);
}

/* Names that are not ours: a space would end the value. */
void line_key_text(struct line *l, const char *key, const char *text)
{
	line_text(l, key);
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;
		const char plain[2] = { *text, '\0' };
		char code[4] = "%";

		code[1] = "0123456789abcdef"[c >> 4];
		code[2] = "0123456789abcdef"[c & 15];
		line_text(l, c > ' ' && c < 127 && c != '%' ? plain : code);
	}
}
