/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What most tests of the library start from: a model behind a backend of the
 * test's own, which passes everything on, notes each access with the VRAM
 * address that it meets, and can fail one with any code. The model outlives the
 * handle, so a test can look at VRAM and at the window after close.
 */
#ifndef PRAMIN_TESTS_LIB_RIG_H
#define PRAMIN_TESTS_LIB_RIG_H

#include <errno.h>
#include <stdlib.h>

#include <pramin/pramin.h>

#include "check.h"

#define KIB	1024ull
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

#define APERTURE	0x700000u /* in BAR0, 1 MiB */
#define PBUS_WINDOW	0x1700u

/* One BAR0 access; @vram_pa only for those through the aperture */
struct rig_access {
	uint32_t off;
	uint8_t width;
	bool write;
	uint64_t vram_pa;
};

struct rig {
	struct pramin_model *model;
	struct pramin_dev *dev;
	struct pramin_why why;
	uint32_t raw; /* the window register at open */

	/* What the backend does beside passing on */
	uint64_t accesses;
	uint64_t fail_at; /* from 1; 0: never */
	int fail_code;
	const char *explain;
	struct rig_access *log; /* of the accesses from number log_from on */
	uint64_t log_room, log_from;
};

static inline bool rig_in_aperture(uint32_t off)
{
	return off >= APERTURE && off < APERTURE + MIB;
}

static inline int rig_note(struct rig *r, uint32_t off, unsigned int width,
			   bool write)
{
	uint64_t base = (uint64_t)(pramin_model_window(r->model) & 0xffffff)
			<< 16;
	uint64_t i = r->accesses++ - r->log_from;

	if (i < r->log_room)
		r->log[i] = (struct rig_access){
			.off = off,
			.width = (uint8_t)width,
			.write = write,
			.vram_pa = rig_in_aperture(off) ?
					   base + off - APERTURE : UINT64_MAX,
		};
	return r->accesses == r->fail_at ? r->fail_code : 0;
}

static inline int rig_io_read(void *io, uint32_t off, unsigned int width,
			      uint64_t *val)
{
	struct rig *r = io;
	int ret = rig_note(r, off, width, false);

	return ret ? ret : pramin_model_ops()->read(r->model, off, width, val);
}

static inline int rig_io_write(void *io, uint32_t off, unsigned int width,
			       uint64_t val)
{
	struct rig *r = io;
	int ret = rig_note(r, off, width, true);

	return ret ? ret : pramin_model_ops()->write(r->model, off, width, val);
}

static inline volatile void *rig_io_aperture(void *io)
{
	struct rig *r = io;

	return pramin_model_ops()->aperture(r->model);
}

static inline int rig_io_config_read(void *io, uint32_t off, uint32_t *val)
{
	struct rig *r = io;

	return pramin_model_ops()->config_read(r->model, off, val);
}

static inline const char *rig_io_explain(void *io)
{
	struct rig *r = io;

	return r->explain;
}

static inline uint64_t rig_io_clock_ns(void *io)
{
	struct rig *r = io;

	return pramin_model_ops()->clock_ns(r->model);
}

/* No close: the model stays for the test to look at. */
static const struct pramin_io_ops rig_ops = {
	.name = "rig",
	.read = rig_io_read,
	.write = rig_io_write,
	.aperture = rig_io_aperture,
	.config_read = rig_io_config_read,
	.explain = rig_io_explain,
	.clock_ns = rig_io_clock_ns,
};

/* A model, not yet open */
static inline int rig_model(struct rig *r, const char *chip, uint64_t vram,
			    bool flat)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = vram,
		.flat = flat,
	};

	memset(r, 0, sizeof(*r));
	return pramin_model_create(&params, &r->model, &r->why);
}

/* Open handles that are the only one. All, if the environment says so. */
static bool rig_exclusive;

static inline int rig_attach(struct rig *r,
			     const struct pramin_open_opts *opts)
{
	const struct pramin_open_opts only = {
		.size = sizeof(only),
		.exclusive = rig_exclusive || getenv("TEST_EXCLUSIVE"),
	};

	if (!opts)
		opts = &only;
	r->raw = pramin_model_window(r->model);
	return pramin_open_io(&rig_ops, r, opts, &r->dev, &r->why);
}

/* Both at once. The handle believes the model's size. */
static inline int rig_open(struct rig *r, const char *chip, uint64_t vram,
			   bool flat)
{
	int ret = rig_model(r, chip, vram, flat);

	return ret ? ret : rig_attach(r, NULL);
}

/* The next access of the handle is the first in the log. */
static inline void rig_log_here(struct rig *r, struct rig_access *log,
				size_t room)
{
	r->log = log;
	r->log_room = room;
	r->log_from = r->accesses;
}

/* A fault at the @nth access from here; NAME[=VALUE] */
static inline int rig_fault(struct rig *r, const char *name, uint64_t nth)
{
	struct pramin_model_counters c = { .size = sizeof(c) };
	char spec[64];

	/* Models without a file count from their creation. */
	if (pramin_model_counters(r->model, &c))
		return -EINVAL;
	snprintf(spec, sizeof(spec), "%s@%llu", name,
		 (unsigned long long)(c.accesses + nth));
	return pramin_model_fault(r->model, spec, NULL);
}

/* Whatever state the test left: end the model too. */
static inline int rig_close(struct rig *r)
{
	int ret = pramin_close(r->dev, NULL);

	r->dev = NULL;
	pramin_model_destroy(r->model);
	r->model = NULL;
	return ret;
}

/* Bytes that differ from their neighbours, and are never 0 or 0xff */
static inline void rig_pattern(uint8_t *buf, size_t len, unsigned int seed)
{
	uint32_t x = 0x9e3779b9u * (seed + 1);
	size_t i;

	for (i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		buf[i] = (uint8_t)(x % 254 + 1);
	}
}

#endif /* PRAMIN_TESTS_LIB_RIG_H */
