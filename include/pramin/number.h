/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Numbers and sizes as users write them, the same in GPU strings, on the
 * command line, and in programs that want to agree with both.
 */
#ifndef PRAMIN_NUMBER_H
#define PRAMIN_NUMBER_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** PRAMIN_NUMBER_HELP - what pramin_parse_number() accepts, for messages */
#define PRAMIN_NUMBER_HELP \
	"a decimal or 0x number, with K, M, G or T for powers of 1024"

/**
 * pramin_parse_number() - a whole text as an unsigned number
 * @text: decimal digits, or 0x and hexadecimal ones, then at most one of
 *        K M G T in either case, which multiplies by a power of 1024. No sign,
 *        fraction or space, and no leading 0 before another digit: whether
 *        that is octal is not left to guesses.
 * @val:  the result; untouched on failure
 *
 * Thread safe, allocates nothing.
 *
 * Return: 0, -EINVAL if @text is anything else, -ERANGE if the number does
 * not fit in 64 bits.
 */
int pramin_parse_number(const char *text, uint64_t *val);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_NUMBER_H */
