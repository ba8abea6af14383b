/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A directory of the fuzzer's own for one model with a file, and what its VRAM
 * begins with.
 */
#ifndef PRAMIN_TESTS_FUZZ_BOARD_H
#define PRAMIN_TESTS_FUZZ_BOARD_H

#include <unistd.h>

#include "fuzz.h"

#define BOARD_HEAD 4096u

static char dir[128], image[160], state[160];
static uint8_t head[BOARD_HEAD];

static inline void board_remove(void)
{
	unlink(image);
	unlink(state);
	rmdir(dir);
}

/* Paths, and no files yet; all is removed when the program ends. */
static inline void board_begin(void)
{
	const char *tmp = getenv("TMPDIR");
	size_t i;

	snprintf(dir, sizeof(dir), "%.80s/pramin-fuzz.XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	MUST(mkdtemp(dir));
	atexit(board_remove);
	snprintf(image, sizeof(image), "%s/vram", dir);
	snprintf(state, sizeof(state), "%s/vram.state", dir);
	for (i = 0; i < BOARD_HEAD; i++)
		head[i] = (uint8_t)(i % 251 + 1);
}

#endif /* PRAMIN_TESTS_FUZZ_BOARD_H */
