/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A recording that is being read, for the files that read it.
 */
#ifndef PRAMIN_LIB_TRACE_H
#define PRAMIN_LIB_TRACE_H

#include <pramin/trace.h>

#include "../core/chip.h"

#define TRACE_BUFFER	(64u << 10)
#define TRACE_LINE	1024u	/* with its newline */
#define TRACE_MMIO_LINE 4096u
#define TRACE_WORD	256u	/* of a value that is kept */
#define TRACE_DEVICES	8u	/* NVIDIA GPUs of an mmiotrace log */

/* One BAR of a device, in an mmiotrace log */
struct trace_bar {
	uint64_t at;
	uint64_t len;
};

struct trace_device {
	struct trace_bar bar[4]; /* BAR0, BAR1, BAR2, ROM */
};

/* What the user of the recording library had set */
struct trace_set {
	char chip[32];
	uint64_t vram;
	uint64_t size;
	uint64_t base_bits;
	uint64_t verify;
	uint64_t real;	/* a card: reserved ranges are looked up and kept */
	uint64_t force; /* enum pramin_force */
};

struct pramin_trace {
	int fd;
	size_t at, have;	/* of @buffer */
	bool eof;
	uint64_t line;
	struct pramin_why failed; /* err 0: nothing has */

	bool is_mmio;
	bool is_whole;
	bool is_cut;
	uint64_t lost;
	uint64_t others;
	uint64_t accesses;
	uint32_t boot0;
	uint64_t vram;
	uint64_t bytes[PRAMIN_TRACE_REGIONS];
	const struct pramin_chip *chip;
	bool chip_by_hand;
	char by[TRACE_WORD];
	struct trace_set set;
	char flags[2][32];	/* of BAR1 and BAR2 */
	char claimed[2][64];

	/* The window */
	bool raw_known;
	uint32_t raw;

	/* mmiotrace */
	struct trace_device device[TRACE_DEVICES];
	unsigned int devices;
	int used;		/* the one whose accesses count; -1: not known */

	char *text;		/* the current line */
	char buffer[TRACE_BUFFER + 1];
};

/* A line is not as it should be: -EINVAL, with its number */
int trace_bad(struct pramin_trace *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Cut off the first word of *@rest; "" if there is none */
char *trace_word(char **rest);

/* All of @text is a number: hexadecimal with 0x, or decimal */
bool trace_number(const char *text, uint64_t *val);
bool trace_hex(const char *text, uint64_t *val);

/* KEY=VALUE: cut in two, and %XX decoded; NULL if it is not */
char *trace_key(char *word);

/* One line of each format; *@found if it is one that @e is filled with */
int trace_native_header(struct pramin_trace *t, char *rest);
int trace_native_line(struct pramin_trace *t, struct pramin_trace_entry *e,
		      bool *found);
int trace_mmio_line(struct pramin_trace *t, struct pramin_trace_entry *e,
		    bool *found);

/* Where @e leads, and where the window stands after it */
void trace_resolve(struct pramin_trace *t, struct pramin_trace_entry *e);
void trace_forget_window(struct pramin_trace *t);

#endif /* PRAMIN_LIB_TRACE_H */
