// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * model:CHIP, a GPU that is a program.
 */
#include "backend.h"
#include "gpu_string.h"

static int open_model(const struct gpu_string *gpu,
		      const struct pramin_open_opts *opts,
		      const struct pramin_io_ops **ops, void **io,
		      struct pramin_why *why)
{
	struct pramin_model *model;
	int ret = pramin_model_create(&gpu->model, &model, why);

	(void)opts;
	if (ret)
		return ret;
	*ops = pramin_model_ops();
	*io = model;
	return 0;
}

static void discard_model(void *io)
{
	pramin_model_discard(io);
}

const struct backend backend_model = {
	.prefix = "model:",
	.which = "a chip",
	.example = "as in model:tu102",
	.is_model = true,
	.open = open_model,
	.discard = discard_model,
};
