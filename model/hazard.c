// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What hardware would not have forgiven: counted, with the first address, and
 * otherwise without effect. And which VRAM has been written since power-on:
 *
 *	written	0001000111111111...	one bit per 8 bytes
 *
 * of which only the parts that are used cost memory. A model does not have it
 * where others can write unseen: in the flat form, and with a file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "mmu.h"
#include "shared.h"

#define GRAIN MODEL_WRITTEN_GRAIN
#define WORD  MODEL_WRITTEN_WORD

static const char *const names[PRAMIN_HAZARDS] = {
	[PRAMIN_HAZARD_GARBAGE] = "garbage", [PRAMIN_HAZARD_SPLIT] = "split",
	[PRAMIN_HAZARD_TORN] = "torn",	     [PRAMIN_HAZARD_STALE] = "stale",
	[PRAMIN_HAZARD_BUSY] = "busy",	     [PRAMIN_HAZARD_MEMBAR] = "membar",
};

const char *pramin_model_hazard_name(enum pramin_model_hazard hazard)
{
	return (unsigned int)hazard < PRAMIN_HAZARDS ? names[hazard] : NULL;
}

void model_hazard(struct pramin_model *m, enum pramin_model_hazard kind,
		  uint64_t first)
{
	if (!__atomic_fetch_add(&m->live->hazards[kind], 1, __ATOMIC_RELAXED))
		__atomic_store_n(&m->live->hazard_first[kind], first,
				 __ATOMIC_RELAXED);
}

int pramin_model_hazards(struct pramin_model *m,
			 struct pramin_model_hazards *hazards)
{
	struct pramin_model_hazards h;
	struct model_mmu *mmu;
	size_t size, i;

	if (!m || !hazards || !hazards->size || hazards->size > sizeof(h))
		return -EINVAL;
	size = hazards->size;
	if (!model_lock(m))
		return -EBUSY;
	mmu = model_mmu_of(m);
	if (mmu)
		model_tlb_settle(m, mmu);
	for (i = 0; mmu && i < mmu->suspects; i++)
		model_hazard(m, PRAMIN_HAZARD_STALE, mmu->suspect[i].va);
	if (mmu)
		mmu->suspects = 0;
	model_unlock(m);

	memset(&h, 0, sizeof(h));
	h.size = size;
	for (i = 0; i < PRAMIN_HAZARDS; i++) {
		h.count[i] = model_get64(&m->live->hazards[i]);
		h.first[i] = model_get64(&m->live->hazard_first[i]);
	}
	memcpy(hazards, &h, size);
	return 0;
}

int model_written_map(struct pramin_model *m)
{
	size_t bytes = (size_t)(m->vram_size / WORD + 1) * sizeof(*m->written);
	void *p;

	if (m->flat || m->file.fd >= 0)
		return 0;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -ENOMEM;
	madvise(p, bytes, MADV_NOHUGEPAGE);
	madvise(p, bytes, MADV_DONTDUMP);
	m->written = p;
	m->written_mapped = bytes;
	return 0;
}

void model_written_unmap(struct pramin_model *m)
{
	if (m->written)
		munmap(m->written, m->written_mapped);
	m->written = NULL;
}

/* Bits of the word that @pa is in, for what of [@pa, @end) is in there */
static uint64_t part(uint64_t pa, uint64_t end)
{
	unsigned int from = (unsigned int)(pa % WORD / GRAIN);
	uint64_t last = end - 1, word = pa - pa % WORD;
	unsigned int to = last - word < WORD ?
				  (unsigned int)((last - word) / GRAIN) :
				  63;

	return UINT64_MAX << from & UINT64_MAX >> (63 - to);
}

void model_written_set(struct pramin_model *m, uint64_t pa, uint64_t len)
{
	uint64_t end = pa + len;

	for (; m->written && pa < end; pa += WORD - pa % WORD) {
		uint64_t *word = &m->written[pa / WORD];
		uint64_t set = part(pa, end);

		if ((model_get64(word) & set) != set)
			__atomic_fetch_or(word, set, __ATOMIC_RELAXED);
	}
}

bool model_is_written(const struct pramin_model *m, uint64_t pa, uint64_t len)
{
	uint64_t end = pa + len;

	for (; m->written && pa < end; pa += WORD - pa % WORD) {
		uint64_t set = part(pa, end);

		if ((model_get64(&m->written[pa / WORD]) & set) != set)
			return false;
	}
	return true;
}

int pramin_model_give_up(struct pramin_model *m, uint64_t vram_pa, uint64_t len)
{
	uint64_t end = vram_pa + len;

	if (!m || vram_pa % GRAIN || len % GRAIN)
		return -EINVAL;
	if (len > m->vram_size || vram_pa > m->vram_size - len)
		return -ERANGE;
	if (!m->written)
		return -EOPNOTSUPP;
	for (; vram_pa < end; vram_pa += WORD - vram_pa % WORD) {
		uint64_t *word = &m->written[vram_pa / WORD];

		/* Holes of the bits stay holes. */
		if (model_get64(word) & part(vram_pa, end))
			__atomic_fetch_and(word, ~part(vram_pa, end),
					   __ATOMIC_RELAXED);
	}
	return 0;
}
