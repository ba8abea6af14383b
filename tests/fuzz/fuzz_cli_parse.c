// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Arguments of the command line: any text goes through every parser.
 *
 * What is accepted is checked by what must hold of it: a number printed in
 * full parses to itself, a value fits its width, a pattern has bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../cli/parse.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int cond)
{
	if (!cond)
		abort();
}

static void numbers(const char *text)
{
	uint64_t val = 0, again = 1;
	char print[32];

	if (cli_parse_number(text, &val))
		return;
	snprintf(print, sizeof(print), "%" PRIu64, val);
	must(!cli_parse_number(print, &again) && again == val);
	snprintf(print, sizeof(print), "0x%" PRIx64, val);
	must(!cli_parse_number(print, &again) && again == val);
}

static void patterns(const char *text)
{
	static struct cli_pattern pat;
	unsigned int width;
	uint64_t val;

	for (width = 1; width <= 8; width *= 2) {
		if (!cli_parse_value(text, width, &val))
			must(width == 8 || val >> (8 * width) == 0);
		pat.len = 0;
		if (cli_parse_pattern(text, width, &pat))
			must(pat.len == 0);
		else
			must(pat.len >= 1 && pat.len <= PRAMIN_FIND_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);
	unsigned int width;

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	numbers(text);
	patterns(text);
	if (!cli_parse_width(text, &width))
		must(width == 1 || width == 2 || width == 4 || width == 8);
	free(text);
	return 0;
}
