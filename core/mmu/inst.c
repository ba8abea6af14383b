// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The words of an instance block that lead to page tables.
 *
 *		to GM10x  GM20x	    Pascal  to Ada  Hopper-
 *	HI	8 bits	  8 bits    32	    32	    32
 *	bit 10	-	  -	    1	    1	    0, not looked at
 *	bit 11	-	  64K: 1    1	    1	    1
 *	limit	yes	  yes	    yes	    no	    no
 *
 * NVIDIA's driver writes the limit on every chip; its headers call it deprecated
 * since GV100, and here it is 0 from then on unless given.
 */
#include <pramin/walk.h>

#include "../env.h"
#include "../regs/mmu.h"

/* What differs between the generations, by format */
static bool is_old(const struct pramin_mmu_format *f)
{
	return f->version == 1;
}

static bool says_big_page(const struct pramin_mmu_format *f)
{
	return f->id >= PRAMIN_MMU_V1_128K_GM200;
}

static bool has_limit(const struct pramin_mmu_format *f)
{
	return f->id <= PRAMIN_MMU_V2_GP100;
}

static bool has_big_64k(const struct pramin_mmu_format *f)
{
	return f->level[f->levels - 2].page_size == 64 * PRAMIN_KIB;
}

static bool can_encode(const struct pramin_mmu_inst *inst)
{
	const struct pramin_mmu_format *f = inst->format;

	if (inst->root_pa % NV_RAMIN_ALLOC_SIZE ||
	    (is_old(f) && inst->root_pa >> 40))
		return false;
	if (inst->aperture >= PRAMIN_MMU_APERTURES ||
	    inst->aperture == PRAMIN_MMU_PEER)
		return false;
	if (!inst->valid && has_limit(f))
		return false;
	if ((inst->replay_tex || inst->replay_gcc) && is_old(f))
		return false;
	if (!inst->limit)
		return !has_limit(f);
	return inst->limit % 4096 == 4095 && !(inst->limit >> f->va_bits);
}

int pramin_mmu_inst_encode(const struct pramin_mmu_inst *inst, uint32_t *word)
{
	const struct pramin_mmu_format *f = inst ? inst->format : NULL;
	uint32_t w;

	if (!f || !word || !can_encode(inst))
		return -EINVAL;
	w = inst->valid ? inst->aperture :
			  NV_RAMIN_PAGE_DIR_BASE_TARGET_INVALID;
	w |= inst->vol ? NV_RAMIN_PAGE_DIR_BASE_VOL : 0;
	w |= inst->replay_tex ? NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_TEX : 0;
	w |= inst->replay_gcc ? NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_GCC : 0;
	w |= f->version == 2 ? NV_RAMIN_USE_VER2_PT_FORMAT : 0;
	w |= says_big_page(f) && has_big_64k(f) ? NV_RAMIN_BIG_PAGE_SIZE : 0;
	word[0] = w | (uint32_t)(inst->root_pa & NV_RAMIN_PAGE_DIR_BASE_LO);
	word[1] = (uint32_t)(inst->root_pa >> 32);
	word[2] = (uint32_t)inst->limit;
	word[3] = (uint32_t)(inst->limit >> 32);
	return 0;
}

/* The format that the block asks for, on a chip that has @f */
static const struct pramin_mmu_format *
format_of(const struct pramin_mmu_format *f, uint32_t word)
{
	if (f->version == 2 && !(word & NV_RAMIN_USE_VER2_PT_FORMAT))
		return NULL;
	if (f->version != 1 || !says_big_page(f))
		return f;
	return pramin_mmu_format(word & NV_RAMIN_BIG_PAGE_SIZE ?
					 PRAMIN_MMU_V1_64K_GM200 :
					 PRAMIN_MMU_V1_128K_GM200);
}

int pramin_mmu_inst_decode(const struct pramin_mmu_format *format,
			   const uint32_t *word, struct pramin_mmu_inst *inst)
{
	uint32_t target, hi;

	if (!format || !word || !inst)
		return -EINVAL;
	target = FLD_GET(NV_RAMIN_PAGE_DIR_BASE_TARGET, word[0]);
	hi = word[1] & (is_old(format) ? NV_RAMIN_PAGE_DIR_BASE_HI_GF100 :
					 NV_RAMIN_PAGE_DIR_BASE_HI);
	*inst = (struct pramin_mmu_inst){
		.format = format_of(format, word[0]),
		.root_pa = (uint64_t)hi << 32 |
			   (word[0] & NV_RAMIN_PAGE_DIR_BASE_LO),
		.valid = target != NV_RAMIN_PAGE_DIR_BASE_TARGET_INVALID,
		.vol = word[0] & NV_RAMIN_PAGE_DIR_BASE_VOL,
	};
	if (inst->valid)
		inst->aperture = (uint8_t)target;
	if (!is_old(format)) {
		inst->replay_tex = word[0] &
				   NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_TEX;
		inst->replay_gcc = word[0] &
				   NV_RAMIN_PAGE_DIR_BASE_FAULT_REPLAY_GCC;
	}
	if (has_limit(format)) {
		hi = word[3] & (is_old(format) ? NV_RAMIN_ADR_LIMIT_HI_GF100 :
						 NV_RAMIN_ADR_LIMIT_HI);
		inst->limit = (uint64_t)hi << 32 | word[2] |
			      ~NV_RAMIN_ADR_LIMIT_LO;
	}
	return 0;
}
