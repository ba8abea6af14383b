// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Numbers and sizes as users write them.
 */
#include <errno.h>
#include <pramin/number.h>

/* The value of a digit, or 16 */
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

/* The power of two behind a suffix, or -1 */
static int suffix_shift(char c)
{
	switch (c) {
	case 'K':
	case 'k':
		return 10;
	case 'M':
	case 'm':
		return 20;
	case 'G':
	case 'g':
		return 30;
	case 'T':
	case 't':
		return 40;
	default:
		return -1;
	}
}

int pramin_parse_number(const char *text, uint64_t *val)
{
	unsigned int base = 10;
	uint64_t sum = 0;
	bool overflow = false;
	int shift;

	if (!text || !val)
		return -EINVAL;
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && digit(text[1]) < 10) {
		return -EINVAL;
	}
	if (digit(*text) >= base)
		return -EINVAL;

	/* To the end even after an overflow: nonsense is nonsense first. */
	for (; digit(*text) < base; text++) {
		if (sum > (UINT64_MAX - digit(*text)) / base)
			overflow = true;
		sum = sum * base + digit(*text);
	}
	if (*text) {
		shift = suffix_shift(*text++);
		if (shift < 0 || *text)
			return -EINVAL;
		if (sum > UINT64_MAX >> shift)
			overflow = true;
		sum <<= shift;
	}
	if (overflow)
		return -ERANGE;
	*val = sum;
	return 0;
}
