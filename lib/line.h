/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A line of text, put together without memory and without the C library's
 * formatting, so that a signal handler may do it too.
 */
#ifndef PRAMIN_LIB_LINE_H
#define PRAMIN_LIB_LINE_H

#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 1024u

/* What does not fit is left out; the last byte is free for a newline. */
struct line {
	size_t len;
	char text[LINE_BYTES];
};

void line_text(struct line *l, const char *text);

/* 0x and @digits of them, or more if they are needed */
void line_hex(struct line *l, uint64_t val, unsigned int digits);
void line_dec(struct line *l, uint64_t val);

/* @key ends with '='; in a text %XX stands for what would end the value. */
void line_key_hex(struct line *l, const char *key, uint64_t val);
void line_key_text(struct line *l, const char *key, const char *text);

#endif /* PRAMIN_LIB_LINE_H */
