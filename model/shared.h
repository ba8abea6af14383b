/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Words that several threads change at once.
 *
 * Nothing here orders one word against another: who moves the window and who
 * accesses has been settled by the callers. Where an order matters, the code
 * says so with an atomic of its own.
 *
 * An atomic addition costs more than the rest of an access. Where nobody else
 * can be adding, in a process of one thread, it is a plain one.
 */
#ifndef PRAMIN_MODEL_SHARED_H
#define PRAMIN_MODEL_SHARED_H

#include <sys/single_threaded.h>

#include "../core/regs/bus.h"
#include "internal.h"

static inline uint64_t model_get64(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint32_t model_get32(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void model_put32(uint32_t *word, uint32_t val)
{
	__atomic_store_n(word, val, __ATOMIC_RELAXED);
}

/* Add to what lies in @m->live or beside it; a file shares it with others. */
static inline void model_add(const struct pramin_model *m, uint64_t *counter,
			     uint64_t n)
{
	if (__libc_single_threaded && m->live == &m->own_live)
		*counter += n;
	else
		__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* The 8 bytes around @pa have been written (hazard.c). */
static inline void model_written_mark(struct pramin_model *m, uint64_t pa)
{
	uint64_t *word = &m->written[pa / MODEL_WRITTEN_WORD];
	uint64_t bit = UINT64_C(1) << (pa / MODEL_WRITTEN_GRAIN % 64);

	if (!(model_get64(word) & bit))
		__atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
}

/*
 * Count one access, and charge what it costs beside the default. The
 * result is its number among those of @m, from 1; each is given once.
 */
static inline uint64_t model_account(struct pramin_model *m, uint64_t *counter,
				     uint64_t extra_ns)
{
	if (__libc_single_threaded && m->live == &m->own_live) {
		*counter += 1;
		if (extra_ns)
			*m->extra_ns += extra_ns;
		return ++m->nth;
	}
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
	if (extra_ns)
		__atomic_fetch_add(m->extra_ns, extra_ns, __ATOMIC_RELAXED);
	if (__libc_single_threaded)
		return ++m->nth;
	return __atomic_add_fetch(&m->nth, 1, __ATOMIC_RELAXED);
}

/*
 * Where the aperture begins; false if it shows no VRAM. Nothing of it is kept:
 * another user of the GPU may have moved the window.
 */
static inline bool model_window_base(const struct pramin_model *m,
				     uint32_t flags, uint64_t *base)
{
	uint32_t raw = model_get32(&m->live->window);

	*base = (uint64_t)(raw & m->base_mask) * PRAMIN_WINDOW_GRAIN;
	/* No system memory is modelled. */
	return !(flags & MODEL_NO_APERTURE) &&
	       FLD_GET(NV_PBUS_BAR0_WINDOW_TARGET, raw & m->target_mask) ==
		       NV_PBUS_BAR0_WINDOW_TARGET_VID_MEM;
}

#endif /* PRAMIN_MODEL_SHARED_H */
