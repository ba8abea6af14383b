/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Recording: a backend around another one, which writes down what it is asked and
 * what it answers, in the format of docs/trace.md.
 */
#ifndef PRAMIN_LIB_RECORD_H
#define PRAMIN_LIB_RECORD_H

#include <pramin/io.h>

#include "../core/gpu.h"

struct record;

/**
 * record_begin() - make a file, and stand between the library and a backend
 * @path:   does not exist yet; made with mode 0600. NULL: do not record
 * @config: what the user has set, which a replay has to set too
 * @ops:    the backend's; replaced
 * @io:     likewise
 * @record: result, for the calls below; NULL if nothing is recorded
 * @why:    filled on failure; may be NULL
 *
 * While it records there are no raw pointers: @aperture and @bar_map are NULL. Each
 * access is made and written down under one lock, so the lines are in the order in
 * which the GPU had them. Every line is given to the system at once: what a process
 * did before it was killed is in the file.
 *
 * When the file can be written no further, recording ends, the accesses go on, and
 * @ops->finish says so.
 *
 * @ops->write is async-signal-safe if the backend's is. In a handler that has
 * interrupted a line its access is made and counted as lost.
 *
 * Return: 0, -EINVAL if the file cannot be made, -ENOMEM.
 */
int record_begin(const char *path, const struct pramin_gpu_config *config,
		 const struct pramin_io_ops **ops, void **io,
		 struct record **record, struct pramin_why *why);

/* What the GPU is, is known; @gpu tells where the window stands from now on. */
void record_identified(struct record *record, const struct pramin_gpu *gpu);

/* The GPU could not be opened: end the file, and leave the backend alone. */
void record_drop(struct record *record);

#endif /* PRAMIN_LIB_RECORD_H */
