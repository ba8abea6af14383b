// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Words for what the numbers of pramin/mmu.h mean.
 */
#include <pramin/mmu.h>

#include "../env.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

const char *pramin_mmu_type_name(unsigned int type)
{
	static const char *const names[] = {
		[PRAMIN_MMU_INVALID] = "invalid",
		[PRAMIN_MMU_TABLE] = "table",
		[PRAMIN_MMU_PAGE] = "page",
		[PRAMIN_MMU_SPARSE] = "sparse",
		[PRAMIN_MMU_UNMAPPED] = "unmapped",
		[PRAMIN_MMU_NOWHERE] = "nowhere",
	};

	return type < COUNT(names) ? names[type] : "unknown";
}

const char *pramin_mmu_aperture_name(unsigned int aperture)
{
	static const char *const names[] = {
		[PRAMIN_MMU_VIDEO] = "vram",
		[PRAMIN_MMU_PEER] = "peer",
		[PRAMIN_MMU_SYS_COH] = "sys_coh",
		[PRAMIN_MMU_SYS_NONCOH] = "sys_noncoh",
	};

	return aperture < COUNT(names) ? names[aperture] : "unknown";
}

struct row {
	const char *name;
	const char *text;
};

/* clang-format off */
static const struct row refusals[] = {
	[PRAMIN_MMU_REFUSED_NOT] = { "none", "" },
	[PRAMIN_MMU_REFUSED_LEVEL] = { "level",
		"the format has no such level" },
	[PRAMIN_MMU_REFUSED_TYPE] = { "type",
		"there is no such type of entry" },
	[PRAMIN_MMU_REFUSED_TABLE] = { "table",
		"an entry of this level leads to no table" },
	[PRAMIN_MMU_REFUSED_PAGE_SIZE] = { "page_size",
		"an entry of this level cannot be a page" },
	[PRAMIN_MMU_REFUSED_SPARSE] = { "sparse",
		"the format has no sparse entries here" },
	[PRAMIN_MMU_REFUSED_UNMAPPED] = { "unmapped",
		"only the entry of a big page can hide small ones" },
	[PRAMIN_MMU_REFUSED_NOWHERE] = { "nowhere",
		"only v3 maps pages nowhere" },
	[PRAMIN_MMU_REFUSED_APERTURE] = { "aperture",
		"an entry of this kind has no such aperture" },
	[PRAMIN_MMU_REFUSED_ALIGNMENT] = { "alignment",
		"the address is not a multiple of what the entry counts in" },
	[PRAMIN_MMU_REFUSED_WIDTH] = { "width",
		"the address is wider than the field of this aperture" },
	[PRAMIN_MMU_REFUSED_ATTRIBUTE] = { "attribute",
		"the format has no such attribute here" },
	[PRAMIN_MMU_REFUSED_ENCRYPTED] = { "encrypted",
		"from v2 on ENCRYPTED has to be 0" },
	[PRAMIN_MMU_REFUSED_KIND] = { "kind",
		"the kind is wider than its field" },
	[PRAMIN_MMU_REFUSED_COMPTAG] = { "comptag",
		"the comptag line is wider than its field, or has none here" },
	[PRAMIN_MMU_REFUSED_PEER] = { "peer",
		"the peer is wider than its field, or the memory is no peer's" },
	[PRAMIN_MMU_REFUSED_PDE_SIZE] = { "pde_size",
		"the table size is wider than its field, or has none here" },
	[PRAMIN_MMU_REFUSED_UNUSED] = { "unused",
		"an entry of this type has no place for one of the values" },
	[PRAMIN_MMU_REFUSED_HALVES] = { "halves",
		"beside a page the other half has to be empty" },
};
/* clang-format on */

static const struct row *row_of(enum pramin_mmu_refusal refusal)
{
	static const struct row unknown = { "unknown", "unknown" };

	return (unsigned int)refusal < COUNT(refusals) ? &refusals[refusal] :
							 &unknown;
}

const char *pramin_mmu_refusal_name(enum pramin_mmu_refusal refusal)
{
	return row_of(refusal)->name;
}

const char *pramin_mmu_refusal_text(enum pramin_mmu_refusal refusal)
{
	return row_of(refusal)->text;
}
