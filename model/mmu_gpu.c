// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The GPU's own accesses by virtual address, for tests, and what the MMU has to
 * remember, which is made when something translates for the first time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu.h"
#include "shared.h"

/* Eight bytes of VRAM as the CPU sees them; @pa is a multiple of 8 in VRAM */
uint64_t model_word(const struct pramin_model *m, uint64_t pa)
{
	return model_vram_read(m, pa, 8);
}

struct model_mmu *model_mmu_get(struct pramin_model *m)
{
	struct model_mmu *mmu = model_mmu_of(m);

	if (mmu)
		return mmu;
	mmu = calloc(1, sizeof(*mmu));
	if (!mmu)
		return NULL;
	mmu->posted = m->posted != PRAMIN_MODEL_IN_ORDER;
	mmu->random = m->posted;
	mmu->seen = model_get32(&m->live->invalidates);
	__atomic_store_n(&m->mmu, mmu, __ATOMIC_RELEASE);
	return mmu;
}

int model_mmu_prepare(struct pramin_model *m)
{
	return model_mmu_get(m) ? 0 : -ENOMEM;
}

/* Check the arguments, and enter: 0, and the lock is held, or a code */
static int enter(struct pramin_model *m, const struct pramin_model_space *space,
		 uint64_t va, struct model_space *s, struct model_mmu **mmu)
{
	int ret;

	if (!m)
		return -EINVAL;
	ret = model_space_check(m, space, s);
	if (ret)
		return ret;
	if (va >> model_va_bits(s))
		return -ERANGE;
	if (model_get32(&m->flags) & MODEL_ORPHAN)
		return -ENODEV;
	if (!model_lock(m))
		return -EBUSY;
	if (!mmu)
		return 0;
	*mmu = model_mmu_get(m);
	if (*mmu)
		return 0;
	model_unlock(m);
	return -ENOMEM;
}

static bool size_ok(const struct pramin_model_translation *t)
{
	return t && t->size && t->size <= sizeof(*t);
}

static void give(struct pramin_model_translation *to,
		 struct pramin_model_translation *from)
{
	from->size = to->size;
	memcpy(to, from, to->size);
}

int pramin_model_translate(struct pramin_model *m,
			   const struct pramin_model_space *space,
			   uint64_t gpu_va, struct pramin_model_translation *t)
{
	struct pramin_model_translation own = { .size = sizeof(own) };
	struct model_space s;
	int ret;

	if (!size_ok(t))
		return -EINVAL;
	ret = enter(m, space, gpu_va, &s, NULL);
	if (ret)
		return ret;
	model_walk_memory(m, &s, gpu_va, &own, NULL);
	model_unlock(m);
	give(t, &own);
	return 0;
}

int pramin_model_gpu_translate(struct pramin_model *m,
			       const struct pramin_model_space *space,
			       uint64_t gpu_va,
			       struct pramin_model_translation *t)
{
	struct pramin_model_translation own = { .size = sizeof(own) };
	struct model_mmu *mmu;
	struct model_space s;
	int ret;

	if (!size_ok(t))
		return -EINVAL;
	ret = enter(m, space, gpu_va, &s, &mmu);
	if (ret)
		return ret;
	model_gpu_translate(m, mmu, &s, gpu_va, &own);
	model_unlock(m);
	give(t, &own);
	return 0;
}

/* @gpu_va as an address in VRAM */
static int locate(struct pramin_model *m,
		  const struct pramin_model_space *space, uint64_t gpu_va,
		  unsigned int width, struct pramin_model_translation *t)
{
	int ret;

	if (width != 1 && width != 2 && width != 4 && width != 8)
		return -EINVAL;
	if (gpu_va % width)
		return -EINVAL;
	t->size = sizeof(*t);
	ret = pramin_model_gpu_translate(m, space, gpu_va, t);
	if (ret)
		return ret;
	if (t->mapping != PRAMIN_MAPPING_PAGE)
		return -ENOENT;
	if (t->aperture != PRAMIN_MODEL_VIDEO)
		return -EOPNOTSUPP;
	return t->pa <= m->vram_size - width ? 0 : -ENOENT;
}

int pramin_model_gpu_read(struct pramin_model *m,
			  const struct pramin_model_space *space,
			  uint64_t gpu_va, unsigned int width, uint64_t *val)
{
	struct pramin_model_translation t;
	int ret = locate(m, space, gpu_va, width, &t);

	if (!ret)
		*val = model_vram_read(m, t.pa, width);
	return ret;
}

int pramin_model_gpu_write(struct pramin_model *m,
			   const struct pramin_model_space *space,
			   uint64_t gpu_va, unsigned int width, uint64_t val)
{
	struct pramin_model_translation t;
	int ret = locate(m, space, gpu_va, width, &t);

	if (ret)
		return ret;
	if (t.read_only)
		return -EPERM;
	return model_vram_write(m, t.pa, width, val);
}

int pramin_model_watch(struct pramin_model *m,
		       const struct pramin_model_space *space, uint64_t gpu_va)
{
	struct model_mmu *mmu;
	struct model_space s;
	int ret;

	if (!space && m) {
		if (!model_lock(m))
			return -EBUSY;
		if (model_mmu_of(m))
			model_mmu_of(m)->watches = 0;
		model_unlock(m);
		return 0;
	}
	ret = enter(m, space, gpu_va, &s, &mmu);
	if (ret)
		return ret;
	if (mmu->watches < MODEL_WATCHES) {
		mmu->watch[mmu->watches].space = s;
		mmu->watch[mmu->watches].va = gpu_va;
		mmu->watches++;
		model_watch_run(m, mmu);
	} else {
		ret = -ENOSPC;
	}
	model_unlock(m);
	return ret;
}
