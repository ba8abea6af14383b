/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The registers of BAR0 that the model does not have: engines, clocks, displays.
 *
 * A driver that meets a card asks many of them before it reaches VRAM. A register
 * reads what was last written, or its value after a reset; some of them do
 * something. Never comes here what the model knows, the aperture, PROM, the mirror
 * of configuration space, PTIMER, and the interrupt registers of PMC.
 *
 * Not thread safe: the device takes its lock.
 */
#ifndef PRAMIN_SERVER_BOARD_H
#define PRAMIN_SERVER_BOARD_H

#include <pramin/model.h>

struct board;

/**
 * struct board_params - what the board is made of
 * @chip:      row of the model's table
 * @model:     the GPU: VRAM by pramin_model_poke(); lives longer than the board
 * @vram:      bytes of VRAM
 * @vbios:     the VBIOS, also at PROM and behind the ROM BAR
 * @vbios_bytes: its length
 */
struct board_params {
	const struct pramin_model_chip *chip;
	struct pramin_model *model;
	uint64_t vram;
	const uint8_t *vbios;
	size_t vbios_bytes;
};

/**
 * board_create() - as after power-on
 *
 * Puts the VBIOS into the last MiB of VRAM. Return: 0, -ENOMEM, or what
 * pramin_model_poke() returns.
 */
int board_create(const struct board_params *params, struct board **board);

/** board_destroy() - @board may be NULL */
void board_destroy(struct board *board);

/** board_reset() - every register as after power-on; VRAM is left alone */
void board_reset(struct board *board);

/**
 * board_read() - what a register holds
 * @board: a board
 * @off:   BAR0 offset, a multiple of @width
 * @width: 1, 2 or 4 bytes
 */
uint32_t board_read(struct board *board, uint32_t off, unsigned int width);

/** board_write() - likewise; the bits of @val above @width do not count */
void board_write(struct board *board, uint32_t off, unsigned int width,
		 uint32_t val);

#endif /* PRAMIN_SERVER_BOARD_H */
