// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Posted writes.
 *
 * The CPU sees at once what it has written. The walker may see it later: for
 * each aligned 8 bytes that were written since the last flush there are the
 * versions that they have had, and each time the walker is given one of them.
 * Writes to different words so become visible in any order; of one word it never
 * sees an older version than before.
 *
 *	version	0	1	2	3
 *		before			what the CPU sees
 *		   ^ seen
 *
 * A flush, which is any read of VRAM, makes all of it visible. There are as many
 * words as the table below has places; a word that loses its place is visible.
 */
#include <string.h>

#include "mmu.h"
#include "shared.h"

#define ALL_BYTES 0xffu

/* splitmix64: the same seed, the same choices */
static uint64_t random_next(struct model_mmu *mmu)
{
	uint64_t z = mmu->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct model_posted_word *place(struct model_mmu *mmu, uint64_t pa)
{
	return &mmu->word[pa / 8 % MODEL_POSTED];
}

/* The word for @pa, if its writes are known */
static struct model_posted_word *find(struct model_mmu *mmu, uint64_t pa)
{
	struct model_posted_word *w = place(mmu, pa);

	return w->used && w->pa == pa ? w : NULL;
}

static void start(struct model_posted_word *w, uint64_t pa, uint64_t before)
{
	memset(w, 0, sizeof(*w));
	w->used = true;
	w->pa = pa;
	w->version[0] = before;
}

/* Forget versions until @keep writes are left. */
static void forget(struct model_posted_word *w, unsigned int keep)
{
	while (w->count > keep) {
		memmove(&w->version[0], &w->version[1],
			sizeof(w->version) - sizeof(w->version[0]));
		memmove(&w->part[0], &w->part[1], sizeof(w->part) - 1);
		w->count--;
		w->garbage = false;
		if (w->seen)
			w->seen--;
	}
}

/* Is version @n one between two stores of parts, and unlike both ends? */
static bool between(const struct model_posted_word *w, unsigned int n)
{
	return n > 0 && n < w->count && !(w->part[n] & w->part[n + 1]) &&
	       w->version[n] != w->version[n - 1] &&
	       w->version[n] != w->version[n + 1];
}

/* @written: it had been before this write */
static void note(struct pramin_model *m, struct model_mmu *mmu, uint64_t pa,
		 uint8_t part, uint64_t before, bool written)
{
	struct model_posted_word *w = find(mmu, pa);

	/* Who has no pointer to VRAM changes it through here only. */
	if (!w || w->version[w->count] != before) {
		w = place(mmu, pa);
		start(w, pa, before);
		w->garbage = !written;
	} else if (w->epoch != mmu->epoch) {
		w->seen = w->count;
		forget(w, 1);
	}
	forget(w, MODEL_VERSIONS - 2);
	w->epoch = mmu->epoch;
	w->count++;
	w->version[w->count] = model_word(m, pa);
	w->part[w->count] = part;
	if (w->mixed && between(w, w->count - 1u))
		model_hazard(m, PRAMIN_HAZARD_TORN, pa);
	w->mixed = false;
}

int model_posted_write(struct pramin_model *m, struct model_mmu *mmu,
		       uint64_t pa, unsigned int width, uint64_t val)
{
	uint64_t word = pa - pa % 8, before;
	bool written;
	int ret;

	/* In a signal handler, in the middle of a walk */
	if (!model_lock(m))
		return model_vram_write(m, pa, width, val);
	before = mmu->posted ? model_word(m, word) : 0;
	written = model_is_written(m, word, 8);
	ret = model_vram_write(m, pa, width, val);
	if (!ret && mmu->posted)
		note(m, mmu, word,
		     (uint8_t)(ALL_BYTES >> (8 - width) << (pa - word)),
		     before, written);
	model_watch_run(m, mmu);
	model_unlock(m);
	return ret;
}

void model_posted_flush(struct pramin_model *m, struct model_mmu *mmu)
{
	if (!model_lock(m))
		return;
	mmu->epoch++;
	model_watch_run(m, mmu);
	model_unlock(m);
}

bool model_posted_pending(struct model_mmu *mmu, uint64_t pa)
{
	const struct model_posted_word *w = find(mmu, pa);

	return w && w->epoch == mmu->epoch && w->count;
}

uint64_t model_posted_read(struct pramin_model *m, struct model_mmu *mmu,
			   uint64_t pa)
{
	struct model_posted_word *w = find(mmu, pa);
	uint64_t now = model_word(m, pa);

	if (!w || w->version[w->count] != now)
		return now;
	if (w->epoch != mmu->epoch)
		w->seen = w->count;
	w->seen = (uint8_t)(w->seen + random_next(mmu) %
					      (w->count - w->seen + 1u));
	w->picked = w->seen;
	if (w->garbage && !w->picked)
		model_hazard(m, PRAMIN_HAZARD_GARBAGE, pa);
	return w->version[w->picked];
}

/* What the walker was given at @pa was a valid entry. */
void model_posted_present(struct pramin_model *m, struct model_mmu *mmu,
			  uint64_t pa)
{
	struct model_posted_word *w = find(mmu, pa);

	if (!w || !w->picked || w->part[w->picked] == ALL_BYTES)
		return;
	if (w->picked == w->count)
		w->mixed = true;
	else if (between(w, w->picked))
		model_hazard(m, PRAMIN_HAZARD_TORN, pa);
}
