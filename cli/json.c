// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * JSON on standard output, one object per command.
 *
 * @key is NULL for the elements of an array and for the object itself.
 */
#include <inttypes.h>
#include <string.h>

#include "cli.h"

static bool comma; /* the next item follows another one */

/* Bytes of the UTF-8 sequence at @s; 0 if there is none */
static size_t utf8_len(const unsigned char *s)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least; /* smaller values have a shorter form */
	} forms[] = {
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	size_t n, i;
	uint32_t c;

	for (n = 0; n < 3; n++)
		if ((s[0] & forms[n].mask) == forms[n].lead)
			break;
	if (n == 3)
		return 0;
	c = (uint32_t)(s[0] & ~forms[n].mask & 0xff);
	for (i = 1; i <= n + 1; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n + 2;
}

/* File names are any bytes; what is not UTF-8 becomes U+FFFD. */
static void quoted(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	out_bytes("\"", 1);
	while (*s) {
		size_t n = utf8_len(s);

		if (*s == '"' || *s == '\\')
			out_text("\\%c", *s);
		else if (*s < 0x20 || *s == 0x7f)
			out_text("\\u%04x", *s);
		else if (*s < 0x80)
			out_bytes(s, 1);
		else if (n)
			out_bytes(s, n);
		else
			out_text("\\ufffd");
		s += n ? n : 1;
	}
	out_bytes("\"", 1);
}

static void begin_item(const char *key)
{
	if (comma)
		out_bytes(",", 1);
	comma = true;
	if (key) {
		quoted(key);
		out_bytes(":", 1);
	}
}

void json_begin(const char *key, char bracket)
{
	begin_item(key);
	out_bytes(&bracket, 1);
	comma = false;
}

void json_end(char bracket)
{
	out_bytes(&bracket, 1);
	comma = true;
}

void json_str(const char *key, const char *val)
{
	begin_item(key);
	quoted(val);
}

void json_hex(const char *key, uint64_t val, int digits)
{
	begin_item(key);
	out_text("\"0x%0*" PRIx64 "\"", digits, val);
}

void json_num(const char *key, uint64_t val)
{
	begin_item(key);
	out_text("%" PRIu64, val);
}

void json_bool(const char *key, bool val)
{
	begin_item(key);
	out_text("%s", val ? "true" : "false");
}

void json_null(const char *key)
{
	begin_item(key);
	out_text("null");
}

void json_bytes(const char *key, const uint8_t *buf, size_t len)
{
	size_t i;

	begin_item(key);
	out_bytes("\"", 1);
	for (i = 0; i < len; i++)
		out_text("%02x", buf[i]);
	out_bytes("\"", 1);
}
