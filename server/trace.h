/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A recording of what the device was asked for, as text: docs/trace.md.
 *
 * Every function does nothing if there is no recording (@t is NULL). Not thread
 * safe: the device takes its lock.
 */
#ifndef PRAMIN_SERVER_TRACE_H
#define PRAMIN_SERVER_TRACE_H

#include <pramin/types.h>

struct trace;

/** struct trace_header - what the first lines say */
struct trace_header {
	const char *chip;
	uint32_t boot0;
	uint64_t vram;
	uint64_t bar0, bar1, bar2;
	uint32_t config, rom;
};

/**
 * struct trace_access - one access
 * @write:   a write
 * @region:  "bar0", "bar1", "bar2", "config", "rom"; NULL: not recorded
 * @off:     byte in it, a multiple of @width
 * @width:   1, 2, 4 or 8 bytes
 * @val:     what was written or read
 * @vram_pa: which VRAM was accessed; TRACE_NO_VRAM: none
 * @err:     an errno value; 0: it did not fail
 */
struct trace_access {
	bool write;
	const char *region;
	uint64_t off;
	unsigned int width;
	uint64_t val;
	uint64_t vram_pa;
	int err;
};

#define TRACE_NO_VRAM UINT64_MAX

/** trace_open() - create @path, or empty it; 0 or a negative errno value */
int trace_open(const char *path, const struct trace_header *header,
	       struct trace **trace);

void trace_access(struct trace *t, const struct trace_access *access);

/** trace_event() - @name may have keys behind it: "irq vector=0" */
void trace_event(struct trace *t, const char *name);

/** trace_flush() - what has been recorded so far is in the file */
void trace_flush(struct trace *t);

/** trace_close() - 0, or the first error that a write of the file met */
int trace_close(struct trace *t);

#endif /* PRAMIN_SERVER_TRACE_H */
