/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reading recordings of GPU accesses: those of this library and of the model as a
 * PCI device (docs/trace.md), and logs of Linux's mmiotrace.
 *
 * A recording is read line by line, from its beginning, in memory that does not
 * depend on its length. The reader follows the window, so that an access to it has
 * its VRAM address even where the recording does not say it.
 *
 * Thread safety: one thread at a time for each reader.
 */
#ifndef PRAMIN_TRACE_H
#define PRAMIN_TRACE_H

#include <pramin/error.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct pramin_trace - a recording that is being read; opaque */
struct pramin_trace;

/** enum pramin_trace_kind - what a line is */
enum pramin_trace_kind {
	PRAMIN_TRACE_END,	/* there are no more */
	PRAMIN_TRACE_READ,
	PRAMIN_TRACE_WRITE,
	PRAMIN_TRACE_EVENT
};

/** enum pramin_trace_region - what was accessed */
enum pramin_trace_region {
	PRAMIN_TRACE_BAR0,
	PRAMIN_TRACE_BAR1,
	PRAMIN_TRACE_BAR2,
	PRAMIN_TRACE_CONFIG,
	PRAMIN_TRACE_ROM,
	PRAMIN_TRACE_REGIONS
};

/** pramin_trace_region_name() - "bar0" ...; "unknown" for other values */
const char *pramin_trace_region_name(unsigned int region);

/**
 * struct pramin_trace_entry - one line that says what happened
 * @size:    set by the caller to sizeof(struct pramin_trace_entry)
 * @line:    its number, from 1
 * @kind:    enum pramin_trace_kind; of an event only @line, @text and @time count
 * @region:  enum pramin_trace_region
 * @width:   1, 2, 4 or 8 bytes
 * @off:     byte offset in @region
 * @val:     what was read or written; 0 if a read failed
 * @err:     0, or the errno value with which it failed
 * @has_vram: @vram_pa is known: VRAM that was accessed; or, if @window, the address
 *           that the window shows from now on
 * @window:  an access of the window register
 * @moved:   a write of it that changes what the window shows, or a read that shows
 *           that somebody else has
 * @vram_pa: see @has_vram
 * @time:    in seconds, as it is written; NULL if it is not
 * @text:    of an event: its name and keys. Like @time, valid until the next call
 */
struct pramin_trace_entry {
	size_t size;
	uint64_t line;
	uint32_t kind;
	uint32_t region;
	uint32_t width;
	int err;
	uint64_t off;
	uint64_t val;
	bool has_vram;
	bool window;
	bool moved;
	uint64_t vram_pa;
	const char *time;
	const char *text;
};

/**
 * struct pramin_trace_facts - what is known of a recording, so far
 * @size:      set by the caller to sizeof(struct pramin_trace_facts)
 * @format:    "pramin-trace" or "mmiotrace"
 * @by:        who wrote it; empty if it does not say
 * @chip:      name of the chip; NULL: not known yet
 * @boot0:     NV_PMC_BOOT_0; 0: not known yet
 * @vram:      bytes; 0: not known
 * @bytes:     of each region; 0: not there, or not known
 * @lost:      accesses that the writer says are missing
 * @others:    accesses of other devices, that were passed over
 * @is_whole:  its last line says that it is the last
 * @is_cut:    it ends in the middle of a line, which does not count
 */
struct pramin_trace_facts {
	size_t size;
	const char *format;
	const char *by;
	const char *chip;
	uint32_t boot0;
	uint64_t vram;
	uint64_t bytes[PRAMIN_TRACE_REGIONS];
	uint64_t lost;
	uint64_t others;
	bool is_whole;
	bool is_cut;
};

/**
 * pramin_trace_open() - begin to read a recording
 * @path:  a file or a FIFO
 * @chip:  of the GPU, by name; NULL: as the recording says
 * @trace: result; untouched on failure
 * @why:   filled on failure; may be NULL
 *
 * Return: 0; -EINVAL if the file cannot be opened or is no recording, or the chip is
 * not known; -EIO if it cannot be read; -ENOMEM.
 */
int pramin_trace_open(const char *path, const char *chip,
		      struct pramin_trace **trace, struct pramin_why *why);

/**
 * pramin_trace_next() - the next access or event
 * @trace: a recording
 * @entry: filled up to @entry->size, which the caller sets
 * @why:   filled on failure, with the number of the line; may be NULL
 *
 * Return: 0, with %PRAMIN_TRACE_END after the last; -EINVAL if a line is not of the
 * format, or an argument cannot be used; -EIO if the file cannot be read. After a
 * failure every call fails in the same way.
 */
int pramin_trace_next(struct pramin_trace *trace,
		      struct pramin_trace_entry *entry, struct pramin_why *why);

/**
 * pramin_trace_facts() - what is known of it by the lines read so far
 * @trace: a recording
 * @facts: filled up to @facts->size; the strings live until the next call of
 *         pramin_trace_next()
 *
 * Return: 0, or -EINVAL.
 */
int pramin_trace_facts(const struct pramin_trace *trace,
		       struct pramin_trace_facts *facts);

/**
 * pramin_trace_register() - the name of a register
 * @trace: a recording, whose chip decides
 * @off:   byte offset in BAR0
 *
 * Return: a static string, such as "NV_PBUS_BAR0_WINDOW"; NULL if this library has no
 * name for it, or the chip is not known.
 */
const char *pramin_trace_register(const struct pramin_trace *trace,
				  uint64_t off);

/** pramin_trace_close() - end it; NULL does nothing */
void pramin_trace_close(struct pramin_trace *trace);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_TRACE_H */
