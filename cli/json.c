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

/* File names are any bytes; what is not UTF-8 becomes U+FFFD. */
static void quoted(const char *text)
{
	out_bytes("\"", 1);
	while (*text) {
		uint32_t point;
		size_t n = cli_utf8(text, &point);

		if (!n)
			out_text("\\ufffd");
		else if (*text == '"' || *text == '\\')
			out_text("\\%c", *text);
		else if (cli_is_control(point))
			out_text("\\u%04" PRIx32, point);
		else
			out_bytes(text, n);
		text += n ? n : 1;
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

void json_position(const struct cli *cli, const struct pramin_position *pos)
{
	json_hex("register", cli->info.window_register, 1);
	json_hex("raw", pos->raw, 8);
	json_hex("base", pos->base, 1);
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
