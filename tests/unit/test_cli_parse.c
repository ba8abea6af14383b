// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Numbers, values, widths and patterns of the command line. The file under
 * test is compiled in: it needs nothing else of the command.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "check.h"
#include "../../cli/parse.c"

#define UNTOUCHED 0x5a5a5a5a5a5a5a5aull

static int numbers_are_decimal_or_hexadecimal_with_a_suffix(void)
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "10", 10 },
		{ "0x0", 0 },
		{ "0x10", 16 },
		{ "0xfF", 255 },
		{ "0x00000010", 16 },
		{ "1K", 1024 },
		{ "1k", 1024 },
		{ "3M", 3ull << 20 },
		{ "24G", 24ull << 30 },
		{ "2T", 2ull << 40 },
		{ "0T", 0 },
		{ "0x10K", 16384 },
		{ "2t", 2ull << 40 },
		{ "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "16777215T", 16777215ull << 40 },
	};
	uint64_t val;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		val = UNTOUCHED;
		CHECK(cli_parse_number(cases[i].text, &val) == NULL);
		CHECK_EQ(val, cases[i].want);
	}
	return 0;
}

static int what_is_no_number_is_refused_with_what_is_allowed(void)
{
	static const char *const cases[] = {
		"",	    " ",     "00",    "01",  "007",  "0x",   "x10",
		"-1",	    "+1",    "1 ",    " 1",  "1.5",  "1e3",  "1KK",
		"1KB",	    "1B",    "K",     "1P",  "0xg",  "0x1h", "10h",
		"deadbeef", "1_000", "1,000", "0b1", "0x-1", "1\n",  "\xc2\xb9",
		"0x1 0",    "--1",   "0x0x1",
	};
	uint64_t val = UNTOUCHED;
	const char *bad;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		bad = cli_parse_number(cases[i], &val);
		CHECK(bad != NULL);
		CHECK_HAS(bad, "not a number");
		CHECK_HAS(bad, "0x");
		CHECK_EQ(val, UNTOUCHED);
	}
	return 0;
}

static int what_does_not_fit_in_64_bits_is_refused(void)
{
	static const char *const cases[] = {
		"18446744073709551616",	 "99999999999999999999999",
		"0x10000000000000000",	 "16777216T",
		"17179869184G",		 "0xffffffffffffffffK",
		"18446744073709551615K",
	};
	uint64_t val = UNTOUCHED;
	const char *bad;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		bad = cli_parse_number(cases[i], &val);
		CHECK(bad != NULL);
		CHECK_HAS(bad, "2^64");
		CHECK_EQ(val, UNTOUCHED);
	}
	return 0;
}

static int values_must_fit_the_width(void)
{
	static const struct {
		const char *text;
		unsigned int width;
		bool fits;
	} cases[] = {
		{ "255", 1, true },
		{ "256", 1, false },
		{ "0xffff", 2, true },
		{ "64K", 2, false },
		{ "0xffffffff", 4, true },
		{ "4G", 4, false },
		{ "0xffffffffffffffff", 8, true },
		{ "0x10000000000000000", 8, false },
		{ "-1", 1, false },
	};
	uint64_t val;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		val = UNTOUCHED;
		CHECK_EQ(!cli_parse_value(cases[i].text, cases[i].width, &val),
			 cases[i].fits);
		CHECK(cases[i].fits || val == UNTOUCHED);
	}
	return 0;
}

static int widths_are_8_16_32_and_64_bits_only(void)
{
	static const char *const bad[] = { "",	   "0",	  "1",	"4",
					   "7",	   "9",	  "24", "128",
					   "0x20", "32 ", "-8", "08" };
	unsigned int width = 99;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_HAS(cli_parse_width(bad[i], &width), "8, 16, 32 or 64");
	CHECK_EQ(width, 99);
	CHECK(!cli_parse_width("8", &width));
	CHECK_EQ(width, 1);
	CHECK(!cli_parse_width("16", &width));
	CHECK_EQ(width, 2);
	CHECK(!cli_parse_width("32", &width));
	CHECK_EQ(width, 4);
	CHECK(!cli_parse_width("64", &width));
	CHECK_EQ(width, 8);
	return 0;
}

static int patterns_are_bytes_text_or_a_little_endian_number(void)
{
	static const struct {
		const char *text;
		unsigned int width;
		size_t len;
		const char *bytes;
	} cases[] = {
		{ "hex:DEADBEEF", 4, 4, "\xde\xad\xbe\xef" },
		{ "hex:deadbe", 4, 3, "\xde\xad\xbe" },
		{ "hex:00", 8, 1, "\0" },
		{ "str:hello", 4, 5, "hello" },
		{ "str:hex:00", 4, 6, "hex:00" },
		{ "str: ", 4, 1, " " },
		{ "0x12345678", 4, 4, "\x78\x56\x34\x12" },
		{ "1", 2, 2, "\x01\x00" },
		{ "255", 1, 1, "\xff" },
		{ "1K", 8, 8, "\x00\x04\0\0\0\0\0\0" },
	};
	static struct cli_pattern pat;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(!cli_parse_pattern(cases[i].text, cases[i].width, &pat));
		CHECK_EQ(pat.len, cases[i].len);
		CHECK(!memcmp(pat.bytes, cases[i].bytes, pat.len));
	}
	return 0;
}

static int what_is_no_pattern_is_refused_with_what_is_allowed(void)
{
	static const struct {
		const char *text;
		const char *say;
	} cases[] = {
		{ "", "hex:DEADBEEF" },
		{ "hello", "hex:DEADBEEF" },
		{ "HEX:00", "hex:DEADBEEF" },
		{ "-1", "hex:DEADBEEF" },
		{ "hex:", "two digits" },
		{ "hex:0", "two digits" },
		{ "hex:abc", "two digits" },
		{ "hex:gg", "0-9" },
		{ "hex:0x00", "0-9" },
		{ "hex:00 ", "two digits" },
		{ "hex:0 00", "0-9" },
		{ "str:", "one character" },
		{ "4294967296", "too large for 32 bits" },
		{ "0x", "not a number" },
		{ "012", "not a number" },
	};
	static struct cli_pattern pat;
	size_t i;

	pat.len = 99;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const char *bad = cli_parse_pattern(cases[i].text, 4, &pat);

		CHECK(bad != NULL);
		CHECK_HAS(bad, cases[i].say);
		CHECK_EQ(pat.len, 99);
	}
	return 0;
}

static int patterns_end_at_4096_bytes(void)
{
	static struct cli_pattern pat;
	static char text[2 * PRAMIN_FIND_MAX + 16];

	memset(text, '0', sizeof(text));
	memcpy(text, "hex:", 4);
	text[4 + 2 * PRAMIN_FIND_MAX] = 0;
	CHECK(!cli_parse_pattern(text, 4, &pat));
	CHECK_EQ(pat.len, PRAMIN_FIND_MAX);

	memset(text + 4, '0', sizeof(text) - 4);
	text[4 + 2 * PRAMIN_FIND_MAX + 2] = 0;
	CHECK_HAS(cli_parse_pattern(text, 4, &pat), "4096");

	memcpy(text, "str:", 4);
	text[4 + PRAMIN_FIND_MAX] = 0;
	CHECK(!cli_parse_pattern(text, 4, &pat));
	text[4 + PRAMIN_FIND_MAX] = 'x';
	text[4 + PRAMIN_FIND_MAX + 1] = 0;
	CHECK_HAS(cli_parse_pattern(text, 4, &pat), "4096");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(numbers_are_decimal_or_hexadecimal_with_a_suffix),
		TEST(what_is_no_number_is_refused_with_what_is_allowed),
		TEST(what_does_not_fit_in_64_bits_is_refused),
		TEST(values_must_fit_the_width),
		TEST(widths_are_8_16_32_and_64_bits_only),
		TEST(patterns_are_bytes_text_or_a_little_endian_number),
		TEST(what_is_no_pattern_is_refused_with_what_is_allowed),
		TEST(patterns_end_at_4096_bytes),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
