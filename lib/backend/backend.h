/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The backends that a GPU string can name.
 *
 * A backend is how this process reaches BAR0 of one GPU; what the library asks of
 * it then is struct pramin_io_ops. Each has a file of its own here, and a row in
 * lib/backend/table.c.
 */
#ifndef PRAMIN_LIB_BACKEND_H
#define PRAMIN_LIB_BACKEND_H

#include <pramin/dev.h>
#include <pramin/io.h>

struct gpu_string;

/**
 * struct backend - one of them
 * @prefix:  with which its strings begin, as "model:"; "": a bare PCI address
 * @which:   what comes behind it, for messages: "a chip"
 * @example: "as in model:tu102"
 * @is_path: that takes the rest of the string, and there are no keys
 * @is_pci:  that is a PCI address
 * @is_model: it takes the keys of the model
 * @open:    0 and *@ops, *@io, or a negative code and @why. What it opens is
 *           closed by @ops->close, or by @discard if the GPU behind it cannot be
 *           used.
 * @discard: close it, and leave no new files behind; NULL: @ops->close does
 * @in_child: close what a forked child has inherited and must not keep, under the
 *           global lock and async-signal-safe; NULL: nothing
 */
struct backend {
	const char *prefix;
	const char *which;
	const char *example;
	bool is_path;
	bool is_pci;
	bool is_model;
	int (*open)(const struct gpu_string *gpu,
		    const struct pramin_open_opts *opts,
		    const struct pramin_io_ops **ops, void **io,
		    struct pramin_why *why);
	void (*discard)(void *io);
	void (*in_child)(void);
};

/* The one that @text names; NULL: none of this build */
const struct backend *backend_of(const char *text);

/* domain:bus:device.function, as in 0000:41:00.0, up to a comma or the end */
bool backend_is_pci_address(const char *text);

/* In a forked child: @in_child of each */
void backends_in_child(void);

extern const struct backend backend_model;
extern const struct backend backend_sysfs;
extern const struct backend backend_vfio;

#endif /* PRAMIN_LIB_BACKEND_H */
