// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Puts the input into VRAM as page tables and does with the model's MMU what it
 * says: writes, translations, BAR accesses, registers. The first byte chooses the
 * chip; then come steps of 12 bytes: what, where, and a value. Nothing crashes, and
 * each call returns what its header allows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "fuzz.h"

#define VRAM	  (1u << 20)
#define STEP	  12u
#define STEPS_MAX 512u

static const char *const chips[] = { "gf100", "gm206", "gp100", "gv100",
				     "tu102", "ga102", "gh100", "gb202" };

/* Registers of all generations; those that a chip has not are refused by it. */
static const uint32_t regs[] = {
	0x001704, 0x001710, 0x001714, 0x070000, 0x100c80, 0x100cb8,
	0x100cbc, 0x100cec, 0x10f800, 0x10f804, 0xb80f40, 0xb80f48,
	0xb80f50, 0xb80f60, 0xb80f64, 0xb80f70, 0xb80f74, 0xb830a0,
	0xb830a4, 0xb830b0, 0x001700, 0x10fd40,
};

static void check_code(int ret)
{
	MUST(ret == 0 || ret == -EINVAL || ret == -ERANGE || ret == -ENOENT ||
	     ret == -EOPNOTSUPP || ret == -EPERM || ret == -ENOSPC);
}

static void translate(struct pramin_model *m,
		      const struct pramin_model_space *s, uint64_t va)
{
	struct pramin_model_translation now = { .size = sizeof(now) };
	struct pramin_model_translation gpu = { .size = sizeof(gpu) };
	int ret = pramin_model_translate(m, s, va, &now);

	check_code(ret);
	MUST(pramin_model_gpu_translate(m, s, va, &gpu) == ret);
	MUST(now.mapping <= PRAMIN_MAPPING_BROKEN);
	MUST(gpu.mapping <= PRAMIN_MAPPING_BROKEN);
	if (now.mapping == PRAMIN_MAPPING_PAGE)
		MUST(((now.pa ^ va) & (now.page_bytes - 1)) == 0);
}

static void step(struct pramin_model *m, const uint8_t *data)
{
	const struct pramin_io_ops *ops = pramin_model_ops();
	struct pramin_model_space s = { .size = sizeof(s) };
	uint64_t val, out = 0;
	uint32_t where;

	memcpy(&where, data, sizeof(where));
	memcpy(&val, data + 4, sizeof(val));
	where >>= 8;
	s.root = (uint64_t)(where % 256) << 12;
	s.gpc = data[0] >> 7;
	switch (data[0] % 12) {
	case 0:
		MUST(ops->write(m, 0x700000 + where % VRAM / 8 * 8, 8, val) ==
		     0);
		break;
	case 1:
		MUST(ops->write(m, 0x700000 + where % VRAM / 4 * 4, 4, val) ==
		     0);
		break;
	case 2:
		MUST(ops->read(m, 0x700000 + where % VRAM, 1, &out) == 0);
		break;
	case 3:
	case 4:
		translate(m, &s, val);
		break;
	case 5:
		check_code(pramin_model_watch(m, &s, val));
		break;
	case 6:
		check_code(pramin_model_gpu_write(m, &s, val / 8 * 8, 8, val));
		check_code(pramin_model_gpu_read(m, &s, val, 1, &out));
		break;
	case 7:
		ops->bar_read(m, 1 + where % 2, val / 8 * 8, 8, &out);
		ops->bar_write(m, 1 + where % 2, val / 8 * 8 % VRAM, 8, val);
		break;
	case 8:
		MUST(ops->write(m, regs[where % 22], 4, val) == 0);
		break;
	case 9:
		MUST(ops->read(m, regs[where % 22], 4, &out) == 0);
		break;
	case 10:
		check_code(pramin_model_give_up(m, where % VRAM / 8 * 8,
						val % VRAM / 8 * 8));
		break;
	default:
		s.version = where % 4;
		s.big_page = 0x10000u << (where >> 8 & 1);
		translate(m, &s, val);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pramin_model_params params = {
		.size = sizeof(params),
		.vram = VRAM,
		.bar1 = 2 * VRAM,
	};
	struct pramin_model_hazards hazards = { .size = sizeof(hazards) };
	struct pramin_model *m;
	unsigned int i;

	if (size < 1)
		return 0;
	params.chip = chips[data[0] % 8];
	params.posted = 1 + (data[0] >> 3);
	MUST(pramin_model_create(&params, &m, NULL) == 0);
	pramin_model_set_window(m, 0);
	for (i = 0; i < STEPS_MAX && 1 + (i + 1) * STEP <= size; i++)
		step(m, data + 1 + i * STEP);
	MUST(pramin_model_hazards(m, &hazards) == 0);
	pramin_model_destroy(m);
	return 0;
}
