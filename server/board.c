// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Registers that remember what was written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../core/regs/bus.h"
#include "board.h"

struct board {
	struct board_params params;
	uint8_t *regs; /* all of BAR0; pages that nobody wrote cost nothing */
};

int board_create(const struct board_params *params, struct board **board)
{
	struct board *b = calloc(1, sizeof(*b));
	void *regs;

	if (!b)
		return -ENOMEM;
	b->params = *params;
	regs = mmap(NULL, PRAMIN_BAR0_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (regs == MAP_FAILED) {
		free(b);
		return -ENOMEM;
	}
	b->regs = regs;
	board_reset(b);
	*board = b;
	return 0;
}

void board_destroy(struct board *b)
{
	if (!b)
		return;
	munmap(b->regs, PRAMIN_BAR0_SIZE);
	free(b);
}

void board_reset(struct board *b)
{
	/* Gives the pages back: they read 0. */
	madvise(b->regs, PRAMIN_BAR0_SIZE, MADV_DONTNEED);
}

uint32_t board_read(struct board *b, uint32_t off, unsigned int width)
{
	uint32_t val = 0;

	memcpy(&val, b->regs + off, width);
	return val;
}

void board_write(struct board *b, uint32_t off, unsigned int width,
		 uint32_t val)
{
	memcpy(b->regs + off, &val, width);
}
