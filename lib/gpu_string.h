/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The string that names a GPU: BACKEND:WHICH[,KEY[=VALUE]...]
 */
#ifndef PRAMIN_LIB_GPU_STRING_H
#define PRAMIN_LIB_GPU_STRING_H

#include <pramin/dev.h>
#include <pramin/model.h>

#include "backend/backend.h"

/** struct gpu_string - a parsed string; members point into @copy */
struct gpu_string {
	char *copy;
	const struct backend *backend;
	const char *which;	/* a chip, a PCI address, a path */

	/* Keys of every backend */
	const char *chip;	/* chip=; NULL: believe the GPU */
	uint64_t vram;		/* vram=; 0: not given */
	unsigned int base_bits;	/* base_bits=; 0: not given */
	bool real;		/* real: refuse what a card would */

	/* model: */
	struct pramin_model_params model;
};

/**
 * gpu_string_parse() - take a GPU string apart
 * @text: the string
 * @gpu:  the result, to be ended with gpu_string_free()
 * @why:  filled on failure; may be NULL
 *
 * Return: 0, -EINVAL if it does not parse, -EOPNOTSUPP if it names a backend
 * that this build does not have, -ENOMEM.
 */
int gpu_string_parse(const char *text, struct gpu_string *gpu,
		     struct pramin_why *why);

void gpu_string_free(struct gpu_string *gpu);

#endif /* PRAMIN_LIB_GPU_STRING_H */
