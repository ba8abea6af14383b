/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The command line of pramin-gpu.
 */
#ifndef PRAMIN_SERVER_OPTIONS_H
#define PRAMIN_SERVER_OPTIONS_H

#include <pramin/types.h>

/* Exit codes, those of the command pramin too */
#define EXIT_DONE  0
#define EXIT_NO	   1
#define EXIT_USAGE 2

/** struct options - what was asked for; the strings are those of argv */
struct options {
	const char *socket;
	const char *chip;
	uint64_t vram; /* 0: the chip's */
	const char *vbios;
	const char *trace;
	const char *file;
	char *faults; /* separated by ':'; allocated, or NULL */
	bool help, version;
};

/**
 * options_parse() - read the command line
 * @o:    filled; options_free() it in any case
 *
 * Return: EXIT_DONE, or EXIT_USAGE after a message on standard error.
 */
int options_parse(struct options *o, int argc, char **argv);

void options_free(struct options *o);

/** options_help() - the text of --help, on standard output */
void options_help(void);

/** complain() - "pramin-gpu: ..." on standard error */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* PRAMIN_SERVER_OPTIONS_H */
