/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * VRAM through the window: scalars, views, bulk.
 *
 * Every address is a VRAM physical address in bytes. All arguments are checked
 * before the device is touched; -EINVAL and -ERANGE mean that nothing has
 * happened. The window moves only when an access leaves the 1 MiB it shows.
 *
 * A GPU that is gone answers reads with all ones and swallows writes. So:
 *  - all ones read from VRAM cost one look at PMC_BOOT_0 before they are data;
 *  - a scalar write that returns 0 is posted, not proved; pramin_flush(),
 *    pramin_close() and the end of every bulk write prove it.
 *
 * Codes that every function here may return beside those it lists:
 *   -ENODEV  the GPU is gone; every later call fails the same way
 *   -EIO     the window register does not hold what was written to it: at the
 *            first move after open that changes it, or in verify mode; or the
 *            position was lost to an error while a view is open; or a driver
 *            with which the window is shared moved it meanwhile
 *   -EBUSY   this thread has a view open and the access needs another position
 *   -ETIMEDOUT  others kept the window elsewhere for too long; the sentence
 *            names the process and for how long it has it
 *   -EINVAL  @dev or a result pointer is NULL
 *   -EPERM   the bytes to be written are reserved (pramin_reserved()), and
 *            nothing has happened; or a handle that shares the window with a
 *            driver would have to write or to move it (PRAMIN_FORCE_SHARED)
 * and any other code that the backend returned.
 */
#ifndef PRAMIN_VRAM_H
#define PRAMIN_VRAM_H

#include <pramin/dev.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * pramin_read8() - read one byte; 16, 32 and 64 bits likewise
 * @dev:     a handle
 * @vram_pa: a multiple of the width
 * @val:     the value; untouched on failure
 *
 * One BAR0 read (a PCIe round trip), and one posted write if the window has to
 * move. All ones cost one more read.
 *
 * Return: 0, or -EINVAL if misaligned, -ERANGE if outside VRAM or reach.
 */
int pramin_read8(struct pramin_dev *dev, uint64_t vram_pa, uint8_t *val);
int pramin_read16(struct pramin_dev *dev, uint64_t vram_pa, uint16_t *val);
int pramin_read32(struct pramin_dev *dev, uint64_t vram_pa, uint32_t *val);
int pramin_read64(struct pramin_dev *dev, uint64_t vram_pa, uint64_t *val);

/**
 * pramin_write8() - write one byte; 16, 32 and 64 bits likewise
 * @dev:     a handle
 * @vram_pa: a multiple of the width
 * @val:     the value
 *
 * One posted BAR0 write, and another if the window has to move. 64 bits are
 * one access, so a walker never sees half of an entry.
 *
 * Return: 0 (posted), or -EINVAL if misaligned, -ERANGE if outside VRAM or
 * reach.
 */
int pramin_write8(struct pramin_dev *dev, uint64_t vram_pa, uint8_t val);
int pramin_write16(struct pramin_dev *dev, uint64_t vram_pa, uint16_t val);
int pramin_write32(struct pramin_dev *dev, uint64_t vram_pa, uint32_t val);
int pramin_write64(struct pramin_dev *dev, uint64_t vram_pa, uint64_t val);

/**
 * pramin_flush() - prove that earlier writes have reached the GPU
 * @dev: a handle
 *
 * One BAR0 read through the window where it stands, which pushes posted writes
 * ahead of it. If the window has not been placed since open, nothing was
 * written and nothing is read.
 *
 * Return: 0, or -ENODEV if the GPU is gone and the writes are lost.
 */
int pramin_flush(struct pramin_dev *dev);

struct pramin_bar1;

/**
 * enum pramin_way - which way the bytes of a bulk call go
 * @PRAMIN_WAY_WINDOW: through the window
 * @PRAMIN_WAY_BAR1:   through BAR1, or the call fails
 * @PRAMIN_WAY_FASTER: through BAR1 if that is faster, mapping included, by what
 *                     pramin_bar1_costs() has measured, and if it can be mapped now
 */
enum pramin_way {
	PRAMIN_WAY_WINDOW,
	PRAMIN_WAY_BAR1,
	PRAMIN_WAY_FASTER
};

/**
 * struct pramin_bulk - options and results of one bulk call
 * @size:     sizeof(struct pramin_bulk)
 * @progress: called between chunks of at most 64 KiB (pramin_copy(): 1 MiB)
 *            with no hold on the window; a value other than 0 ends the call
 *            with -ECANCELED. May be NULL. It may use the handle.
 * @ctx:      first argument of @progress
 * @way:      how pramin_read() and pramin_write() should go; all others go through
 *            the window
 * @bar1:     BAR1, taken by this handle (pramin/bar1.h); needed unless @way is
 *            %PRAMIN_WAY_WINDOW. The range is mapped in it for the time of the call.
 * @went:     result: %PRAMIN_WAY_WINDOW or %PRAMIN_WAY_BAR1
 * @done:     result: bytes, counted in the direction of work, that are known
 *            to be done. A write counts once a read has proved its chunk.
 * @suspects: result: aligned 32-bit words read that look like a PRI error
 * @first_suspect: result: VRAM address of the first of them, in the order of
 *            work
 *
 * Set on success and on failure, except after -EINVAL.
 */
struct pramin_bulk {
	size_t size;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	enum pramin_way way;
	struct pramin_bar1 *bar1;
	enum pramin_way went;
	uint64_t done;
	uint64_t suspects;
	uint64_t first_suspect;
};

/**
 * pramin_read() - copy bytes out of VRAM
 * @dev:     a handle
 * @vram_pa: first byte; any alignment
 * @buf:     @len bytes
 * @len:     any length; 0 touches nothing
 * @bulk:    options and results, or NULL
 *
 * One BAR0 read per aligned 8 bytes, narrower ones only at the ends; one move
 * per MiB; at most one read of PMC_BOOT_0 per 64 KiB that end in all ones.
 *
 * On failure @buf is filled up to @bulk->done; beyond that it may have changed.
 *
 * Return: 0, or -ERANGE, -ECANCELED.
 */
int pramin_read(struct pramin_dev *dev, uint64_t vram_pa, void *buf,
		uint64_t len, struct pramin_bulk *bulk);

/**
 * pramin_write() - copy bytes into VRAM
 * @dev:     a handle
 * @vram_pa: first byte; any alignment
 * @buf:     @len bytes
 * @len:     any length; 0 touches nothing
 * @bulk:    options and results, or NULL
 *
 * One posted BAR0 write per aligned 8 bytes, narrower ones only at the ends;
 * one move per MiB; one read per 64 KiB, which proves them.
 *
 * On failure the bytes up to @bulk->done are in VRAM; of the chunk of at most
 * 64 KiB that follows them any part may be.
 *
 * Return: 0 (proved), or -ERANGE, -ECANCELED.
 */
int pramin_write(struct pramin_dev *dev, uint64_t vram_pa, const void *buf,
		 uint64_t len, struct pramin_bulk *bulk);

/**
 * pramin_fill() - repeat a pattern
 * @dev:     a handle
 * @vram_pa: first byte; any alignment; the pattern's first byte goes here
 * @len:     a multiple of @pattern_len; 0 touches nothing
 * @pattern: @pattern_len bytes
 * @pattern_len: 1, 2, 4 or 8
 * @bulk:    options and results, or NULL
 *
 * Cost and failure as pramin_write().
 *
 * Return: 0 (proved), or -EINVAL, -ERANGE, -ECANCELED.
 */
int pramin_fill(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		const void *pattern, unsigned int pattern_len,
		struct pramin_bulk *bulk);

/**
 * pramin_compare() - compare VRAM with memory
 * @dev:     a handle
 * @vram_pa: first byte; any alignment
 * @buf:     @len bytes
 * @len:     any length
 * @same:    result: how many leading bytes are equal; @len if all are;
 *           untouched on failure
 * @bulk:    options and results, or NULL
 *
 * Reads as pramin_read() does and stops at most 256 bytes behind the first
 * difference.
 *
 * Return: 0 whether equal or not, or -ERANGE, -ECANCELED.
 */
int pramin_compare(struct pramin_dev *dev, uint64_t vram_pa, const void *buf,
		   uint64_t len, uint64_t *same, struct pramin_bulk *bulk);

/**
 * pramin_copy() - copy within VRAM; the ranges may overlap
 * @dev:    a handle
 * @dst_pa: first byte to write; any alignment
 * @src_pa: first byte to read; any alignment
 * @len:    any length; 0 touches nothing
 * @bulk:   options and results, or NULL
 *
 * Through host memory, one read and one write per 8 bytes; two moves per
 * 960 KiB or more, none while one position shows both ranges. The result is
 * that of memmove(): work goes upwards or downwards as the overlap demands,
 * and @bulk->done counts from the end where it began.
 *
 * Return: 0 (proved), or -ERANGE, -ECANCELED, -ENOMEM.
 */
int pramin_copy(struct pramin_dev *dev, uint64_t dst_pa, uint64_t src_pa,
		uint64_t len, struct pramin_bulk *bulk);

/** PRAMIN_FIND_MAX - longest pattern of pramin_find(), in bytes */
#define PRAMIN_FIND_MAX 4096u

/**
 * pramin_find() - find the first occurrence of a byte string
 * @dev:     a handle
 * @vram_pa: first byte of the range; any alignment
 * @len:     length of the range; the whole pattern must lie inside it
 * @pattern: @pattern_len bytes
 * @pattern_len: 1 to %PRAMIN_FIND_MAX
 * @found:   result: whether it occurs; untouched on failure
 * @at:      result: VRAM address of the first occurrence, if it does
 * @bulk:    options and results, or NULL
 *
 * Reads as pramin_read() does, each byte once.
 *
 * Return: 0 whether found or not, or -EINVAL, -ERANGE, -ECANCELED, -ENOMEM.
 */
int pramin_find(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		const void *pattern, uint64_t pattern_len, bool *found,
		uint64_t *at, struct pramin_bulk *bulk);

/*
 * Views: keep the window on a stretch of VRAM and touch it directly.
 */

/** struct pramin_view - a held stretch; opaque, ended by pramin_view_end() */
struct pramin_view;

/**
 * pramin_view_begin() - hold the window on a stretch of VRAM
 * @dev:     a handle
 * @vram_pa: first byte; any alignment
 * @len:     1 to 1 MiB - (@vram_pa mod 64 KiB) bytes
 * @view:    the result; untouched on failure
 *
 * At most one move. Views are shared: others may use what the window shows at
 * the same time, and have views of it. While the view is open, an access of the
 * same thread elsewhere works if the window shows that place too, and is -EBUSY
 * otherwise; other threads wait, and nobody new comes in before they had their
 * turn. End it soon, or call pramin_view_yield().
 *
 * Return: 0, or -EINVAL if the length is 0 or too long, -ERANGE, -ENOMEM.
 */
int pramin_view_begin(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		      struct pramin_view **view);

/**
 * pramin_view_begin_alone() - the same, with nobody else inside
 * @dev:     a handle
 * @vram_pa: as in pramin_view_begin()
 * @len:     as in pramin_view_begin()
 * @view:    the result; untouched on failure
 *
 * For updates of more than 8 bytes that no other user of this library may see
 * half done. Waits until all others have left the window, and keeps them out.
 *
 * Return: as pramin_view_begin().
 */
int pramin_view_begin_alone(struct pramin_dev *dev, uint64_t vram_pa,
			    uint64_t len, struct pramin_view **view);

/**
 * pramin_view_yield() - let those in who wait for another position
 * @view: an open view
 *
 * For a thread that keeps a view for long: nobody else moves the window while a
 * view is open, and who waits for it fails in the end. One atomic read if nobody
 * waits. Otherwise the view ends, the others have their turn, and it begins
 * again: the spans taken of it before are not valid any more, whatever is
 * returned.
 *
 * Return: 0, or why it could not begin again: its accessors fail then, and
 * pramin_view_end() has to follow all the same.
 */
int pramin_view_yield(struct pramin_view *view);

/**
 * pramin_view_end() - give the window back
 * @view: a view, or NULL
 *
 * Touches no hardware; pramin_flush() proves what was written.
 *
 * Return: 0, or the code of the first accessor that failed.
 */
int pramin_view_end(struct pramin_view *view);

/**
 * struct pramin_span - the handle that a view's accessors take, by value
 * @ptr:  the first byte of the view, where the backend maps; else NULL
 * @len:  bytes
 * @view: the view it belongs to
 *
 * Keep it in a local variable whose address is never taken: then an accessor
 * in a loop compiles to one load or store.
 */
struct pramin_span {
	volatile unsigned char *ptr;
	uint64_t len;
	struct pramin_view *view;
};

/**
 * pramin_view_span() - the accessors' handle
 * @view: an open view
 *
 * Return: the span; valid until pramin_view_end().
 */
struct pramin_span pramin_view_span(struct pramin_view *view);

/**
 * pramin_view_read() - the accessors' way where there is no raw pointer
 * @view:  an open view
 * @off:   offset into the view in bytes; the address it leads to is a multiple
 *         of @width
 * @width: 1, 2, 4 or 8
 *
 * Return: the value; all ones if the access failed or is outside the view,
 * which pramin_view_end() reports.
 */
uint64_t pramin_view_read(struct pramin_view *view, uint64_t off,
			  unsigned int width);

/** pramin_view_write() - likewise; a write that fails is dropped */
void pramin_view_write(struct pramin_view *view, uint64_t off,
		       unsigned int width, uint64_t val);

/*
 * The accessors: pramin_span_read8(span, off) ... pramin_span_write64(span,
 * off, val). @off is a byte offset into the view, a multiple of the width, and
 * the access lies inside the view: where the backend maps this is NOT checked,
 * as with any pointer. Compiled with PRAMIN_CHECK_SPANS it is, and a bad
 * access is reported by pramin_view_end() and has no other effect.
 */
#ifdef PRAMIN_CHECK_SPANS
#define PRAMIN_SPAN_DIRECT(span, off, width)                                  \
	((span).ptr && (off) % (width) == 0 && (off) < (span).len &&          \
	 (width) <= (span).len - (off))
#else
#define PRAMIN_SPAN_DIRECT(span, off, width) ((span).ptr)
#endif

/*
 * What lies behind the NULL test takes the view and not the span: a span that
 * had to be in memory for the call would be written there in every iteration.
 * At -O2 the test stays in the loop; said to be likely, it costs the loop one
 * instruction that never jumps and does not change its form.
 *
 * The access is volatile and a relaxed atomic one: one instruction, never torn,
 * merged or left out. Of a plain volatile access gcc makes two instructions,
 * because it does not move the sum of pointer and offset into the operand.
 */
#define PRAMIN_SPAN_LIKELY(span, off, width)                                  \
	__builtin_expect(PRAMIN_SPAN_DIRECT(span, off, width) ? 1 : 0, 1)
#define PRAMIN_SPAN_AT(span, off, bits)                                       \
	((volatile uint##bits##_t *)(volatile void *)((span).ptr + (off)))

#define PRAMIN_SPAN_ACCESSORS(bits)                                           \
	static inline uint##bits##_t pramin_span_read##bits(                  \
		struct pramin_span span, uint64_t off)                        \
	{                                                                     \
		if (!PRAMIN_SPAN_LIKELY(span, off, (bits) / 8))               \
			return (uint##bits##_t)pramin_view_read(              \
				span.view, off, (bits) / 8);                  \
		return __atomic_load_n(PRAMIN_SPAN_AT(span, off, bits),       \
				       __ATOMIC_RELAXED);                     \
	}                                                                     \
	static inline void pramin_span_write##bits(struct pramin_span span,   \
						   uint64_t off,              \
						   uint##bits##_t val)        \
	{                                                                     \
		if (!PRAMIN_SPAN_LIKELY(span, off, (bits) / 8))               \
			pramin_view_write(span.view, off, (bits) / 8, val);   \
		else                                                          \
			__atomic_store_n(PRAMIN_SPAN_AT(span, off, bits),     \
					 val, __ATOMIC_RELAXED);              \
	}

PRAMIN_SPAN_ACCESSORS(8)
PRAMIN_SPAN_ACCESSORS(16)
PRAMIN_SPAN_ACCESSORS(32)
PRAMIN_SPAN_ACCESSORS(64)

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_VRAM_H */
