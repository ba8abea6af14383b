// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Arguments and file names are any bytes. Before they reach a terminal, what
 * could control it is taken out: the C0 characters, DEL, the C1 characters (of
 * which U+009B begins an escape sequence), and what is not UTF-8, since a
 * terminal that does not read UTF-8 takes a single byte of it for a C1.
 */
#include <string.h>

#include "cli.h"

/* Bytes of the UTF-8 sequence at @text, and its code point; 0: not UTF-8 */
size_t cli_utf8(const char *text, uint32_t *point)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least; /* smaller values have a shorter form */
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	const unsigned char *s = (const unsigned char *)text;
	size_t n, i;
	uint32_t c;

	for (n = 0; n < 4; n++)
		if ((s[0] & forms[n].mask) == forms[n].lead)
			break;
	if (n == 4)
		return 0;
	c = (uint32_t)(s[0] & ~forms[n].mask & 0xff);
	for (i = 1; i <= n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*point = c;
	return n + 1;
}

bool cli_is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/* In place: each such character becomes one question mark. */
void cli_make_plain(char *text)
{
	char *to = text;

	while (*text) {
		uint32_t point;
		size_t n = cli_utf8(text, &point);

		if (!n || cli_is_control(point)) {
			*to++ = '?';
			text += n ? n : 1;
			continue;
		}
		memmove(to, text, n);
		to += n;
		text += n;
	}
	*to = '\0';
}
