// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Numbers and patterns of the command line.
 *
 * The whole argument has to parse: a digit too many in an address is a write
 * to the wrong place, so nothing is guessed and nothing is cut off. Numbers are
 * those of the library, so that GPU strings and arguments agree.
 */
#include <errno.h>
#include <string.h>

#include <pramin/number.h>

#include "parse.h"

/* The value of a hexadecimal digit, or 16 */
static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 16;
}

const char *cli_parse_number(const char *text, uint64_t *val)
{
	switch (pramin_parse_number(text, val)) {
	case 0:
		return NULL;
	case -ERANGE:
		return "too large: numbers end at 2^64 - 1";
	default:
		return "not a number: write decimal (no leading 0) or 0x and "
		       "hexadecimal digits, then K, M, G or T if wanted; no "
		       "sign, no fraction, no space";
	}
}

const char *cli_parse_value(const char *text, unsigned int width, uint64_t *val)
{
	const char *bad;
	uint64_t n;

	bad = cli_parse_number(text, &n);
	if (bad)
		return bad;
	if (n > UINT64_MAX >> (64 - 8 * width)) {
		switch (width) {
		case 1:
			return "too large for 8 bits: at most 0xff with "
			       "-w 8";
		case 2:
			return "too large for 16 bits: at most 0xffff with "
			       "-w 16";
		default:
			return "too large for 32 bits: at most 0xffffffff; "
			       "-w 64 takes more";
		}
	}
	*val = n;
	return NULL;
}

const char *cli_parse_width(const char *text, unsigned int *width)
{
	if (!strcmp(text, "8"))
		*width = 1;
	else if (!strcmp(text, "16"))
		*width = 2;
	else if (!strcmp(text, "32"))
		*width = 4;
	else if (!strcmp(text, "64"))
		*width = 8;
	else
		return "not a width: 8, 16, 32 or 64 (bits)";
	return NULL;
}

static const char *parse_hex(const char *text, struct cli_pattern *pattern)
{
	size_t digits = strlen(text), i;

	if (digits == 0 || digits % 2)
		return "not a pattern: hex: takes two digits per byte, one "
		       "byte or more";
	if (digits / 2 > PRAMIN_FIND_MAX)
		return "too long: a pattern has at most 4096 bytes";
	for (i = 0; i < digits; i++)
		if (digit(text[i]) == 16)
			return "not a pattern: after hex: only the digits 0-9 "
			       "and a-f are allowed";
	for (i = 0; i < digits / 2; i++)
		pattern->bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 |
					      digit(text[2 * i + 1]));
	pattern->len = digits / 2;
	return NULL;
}

static const char *parse_str(const char *text, struct cli_pattern *pattern)
{
	size_t len = strlen(text);

	if (len == 0)
		return "not a pattern: str: takes one character or more";
	if (len > PRAMIN_FIND_MAX)
		return "too long: a pattern has at most 4096 bytes";
	memcpy(pattern->bytes, text, len);
	pattern->len = len;
	return NULL;
}

const char *cli_parse_pattern(const char *text, unsigned int width,
			      struct cli_pattern *pattern)
{
	const char *bad;
	unsigned int i;
	uint64_t n;

	if (!strncmp(text, "hex:", 4))
		return parse_hex(text + 4, pattern);
	if (!strncmp(text, "str:", 4))
		return parse_str(text + 4, pattern);
	if (digit(text[0]) >= 10)
		return "not a pattern: hex:DEADBEEF (bytes in order), "
		       "str:TEXT, or a number of the width -w";
	bad = cli_parse_value(text, width, &n);
	if (bad)
		return bad;
	for (i = 0; i < width; i++)
		pattern->bytes[i] = (uint8_t)(n >> (8 * i));
	pattern->len = width;
	return NULL;
}
