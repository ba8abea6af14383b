/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the tests of the model have in common: build one from a few words, and
 * touch its BAR0 as a library would.
 */
#ifndef PRAMIN_TESTS_MODEL_RIG_H
#define PRAMIN_TESTS_MODEL_RIG_H

#include <errno.h>
#include <string.h>

#include <pramin/model.h>

#include "check.h"

#define KIB   UINT64_C(1024)
#define MIB   (1024 * KIB)
#define GIB   (1024 * MIB)
#define TIB   (1024 * GIB)
#define GRAIN (64 * KIB)

#define PBUS	 0x1700u
#define XAL	 0x10fd40u
#define APERTURE 0x700000u

static inline int build_why(const struct pramin_model_params *p,
			    struct pramin_model **m, struct pramin_why *why)
{
	struct pramin_model_params copy = *p;

	copy.size = sizeof(copy);
	*m = NULL;
	return pramin_model_create(&copy, m, why);
}

static inline int build(const char *chip, uint64_t vram,
			struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = chip, .vram = vram };

	return build_why(&p, m, NULL);
}

static inline int rd(struct pramin_model *m, uint32_t off, unsigned int width,
		     uint64_t *val)
{
	return pramin_model_ops()->read(m, off, width, val);
}

static inline int wr(struct pramin_model *m, uint32_t off, unsigned int width,
		     uint64_t val)
{
	return pramin_model_ops()->write(m, off, width, val);
}

/* The value of a read that is known to succeed; a failure shows as itself. */
static inline uint64_t get(struct pramin_model *m, uint32_t off,
			   unsigned int width)
{
	uint64_t val = 0;
	int ret = rd(m, off, width, &val);

	return ret ? (uint64_t)(int64_t)ret : val;
}

static inline uint32_t config(struct pramin_model *m, uint32_t off)
{
	uint32_t val = 0x0e0e0e0e;

	pramin_model_ops()->config_read(m, off, &val);
	return val;
}

static inline struct pramin_model_counters counters(struct pramin_model *m)
{
	struct pramin_model_counters c = { .size = sizeof(c) };

	pramin_model_counters(m, &c);
	return c;
}

#endif /* PRAMIN_TESTS_MODEL_RIG_H */
