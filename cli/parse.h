/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Text of the command line into numbers and byte strings.
 *
 * Each function returns NULL, or a sentence that says what is allowed; then
 * the result is untouched. Nothing else of cli/ is needed to use this file,
 * so that it can be tested and fuzzed without the command.
 */
#ifndef PRAMIN_CLI_PARSE_H
#define PRAMIN_CLI_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include <pramin/vram.h>

/* A PATTERN: bytes in the order of their addresses */
struct cli_pattern {
	size_t len;
	uint8_t bytes[PRAMIN_FIND_MAX];
};

/* Decimal or 0x, then K, M, G or T for 1024^1 ... 1024^4 */
const char *cli_parse_number(const char *text, uint64_t *val);

/* A number that fits into @width bytes */
const char *cli_parse_value(const char *text, unsigned int width,
			    uint64_t *val);

/* "8", "16", "32", "64": bits in, bytes out */
const char *cli_parse_width(const char *text, unsigned int *width);

/* hex:BYTES, str:TEXT, or a number of @width bytes */
const char *cli_parse_pattern(const char *text, unsigned int width,
			      struct cli_pattern *pattern);

#endif /* PRAMIN_CLI_PARSE_H */
