// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Words for what the numbers of pramin/mmu.h mean.
 */
#include <pramin/walk.h>

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

const char *pramin_mmu_stop_name(unsigned int stop)
{
	static const char *const names[] = {
		[PRAMIN_MMU_STOP_NOT] = "not",
		[PRAMIN_MMU_STOP_ENTRY] = "entry",
		[PRAMIN_MMU_STOP_NOT_VRAM] = "not_vram",
		[PRAMIN_MMU_STOP_OUTSIDE] = "outside",
		[PRAMIN_MMU_STOP_LOOP] = "loop",
		[PRAMIN_MMU_STOP_SIZE] = "size",
	};

	return stop < COUNT(names) ? names[stop] : "unknown";
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

static const struct row *row_of(const struct row *rows, size_t count,
				unsigned int i)
{
	static const struct row unknown = { "unknown", "unknown" };

	return i < count ? &rows[i] : &unknown;
}

const char *pramin_mmu_refusal_name(enum pramin_mmu_refusal refusal)
{
	return row_of(refusals, COUNT(refusals), refusal)->name;
}

const char *pramin_mmu_refusal_text(enum pramin_mmu_refusal refusal)
{
	return row_of(refusals, COUNT(refusals), refusal)->text;
}

/* clang-format off */
static const struct row faults[] = {
	[PRAMIN_MMU_FAULT_TABLE_OUTSIDE] = { "table_outside",
		"the table that the entry leads to is not inside VRAM" },
	[PRAMIN_MMU_FAULT_TABLE_NOT_VRAM] = { "table_not_vram",
		"the table that the entry leads to is in system memory, which "
		"cannot be read here" },
	[PRAMIN_MMU_FAULT_TABLE_LOOP] = { "table_loop",
		"the table that the entry leads to lies in a table above it" },
	[PRAMIN_MMU_FAULT_TABLE_TWICE] = { "table_twice",
		"the table that the entry leads to is in use already" },
	[PRAMIN_MMU_FAULT_PAGE_OUTSIDE] = { "page_outside",
		"the page is not inside VRAM" },
	[PRAMIN_MMU_FAULT_PAGE_MISALIGNED] = { "page_misaligned",
		"the address of the page is not a multiple of its size" },
	[PRAMIN_MMU_FAULT_PAGE_LEVEL] = { "page_level",
		"the entry says that it is a page, at a level that has none" },
	[PRAMIN_MMU_FAULT_RESERVED] = { "reserved",
		"bits are set that mean nothing here" },
	[PRAMIN_MMU_FAULT_APERTURE] = { "aperture",
		"the entry names memory that this GPU does not have" },
	[PRAMIN_MMU_FAULT_OVERLAP] = { "overlap",
		"a valid page lies over valid smaller ones" },
	[PRAMIN_MMU_FAULT_HIDDEN] = { "hidden",
		"valid pages are hidden by an entry that says there are none" },
	[PRAMIN_MMU_FAULT_BUDGET] = { "budget",
		"there are too many entries: the rest has not been looked at" },
};
/* clang-format on */

const char *pramin_mmu_fault_name(unsigned int fault)
{
	return row_of(faults, COUNT(faults), fault)->name;
}

const char *pramin_mmu_fault_text(unsigned int fault)
{
	return row_of(faults, COUNT(faults), fault)->text;
}
