// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The sentences for failures of pools, address spaces and BAR1; why.c says how to
 * read a row.
 */
#include "why.h"

#define AT(reason) [PRAMIN_REASON_##reason - WHY_SPACE_FIRST]

/* clang-format off */
const struct why_row why_space_rows[WHY_CARD_FIRST - WHY_SPACE_FIRST] = {
	AT(POOL_SIZE) = {
		"pool_size",
		"{d0} bytes is not the size of a table: a power of two from {d1} "
		"to {d2}", "" },
	AT(POOL_FREE) = {
		"pool_free",
		"no table of {d1} bytes at {x0} was given out, or it was given "
		"back before", "" },
	AT(POOL_RANGE) = {
		"pool_range",
		"{d1} bytes at {x0} have no whole MiB that may be used: the last "
		"MiB of VRAM never is, nor what firmware has locked",
		"give a range that has an aligned MiB inside" },
	AT(POOL_KEEP) = {
		"pool_keep",
		"{d1} bytes at {x0} are not in the pool, or some of them are a "
		"table already", "" },
	AT(POOL_OVERLAP) = {
		"pool_overlap",
		"some of the {d1} bytes at {x0} is in the pool already", "" },
	AT(POOL_FULL) = {
		"pool_full",
		"the pool has no room for another table of {d0} bytes",
		"add a range to the pool, or unmap something" },
	AT(POOL_IN_USE) = {
		"pool_in_use",
		"{d0} tables of {d1} bytes in all are still in use",
		"destroy the address spaces that have them first" },

	AT(SPACE_GONE) = {
		"space_gone",
		"this pool, address space, change or BAR was destroyed or given "
		"back", "" },
	AT(SPACE_FORMAT) = {
		"space_format",
		"the page tables of this chip are not known",
		"chips before Fermi have others: use the window" },
	AT(SPACE_LIMIT) = {
		"space_limit",
		"a limit of {x0} is not a multiple of 4 KiB up to {x1}, where "
		"addresses of this format end", "" },
	AT(SPACE_ROOT) = {
		"space_root",
		"{x0} is not the address of a root table: a multiple of {x1} "
		"inside VRAM, which ends at {x2}", "" },
	AT(SPACE_SYSMEM) = {
		"space_sysmem",
		"the table for address {x0} is not in this GPU's VRAM (level "
		"{d1} points to {x2})",
		"such a tree can be neither read nor changed through the window" },
	AT(SPACE_TREE) = {
		"space_tree",
		"the table for address {x0} is outside VRAM, misaligned, or part "
		"of the tree already, or what leads there is no entry (level "
		"{d1} points to {x2})",
		"check the tree: the root may be wrong" },
	AT(SPACE_READ_ONLY) = {
		"space_read_only",
		"the address space was adopted to be read only",
		"adopt it as exclusive, if nobody else writes to it" },
	AT(SPACE_UNFINISHED) = {
		"space_unfinished",
		"an earlier change failed while it was written, and has to be "
		"executed again first",
		"execute it again, or destroy the address space" },
	AT(SPACE_PENDING) = {
		"space_pending",
		"{d0} prepared changes have been neither executed nor dropped",
		"execute or drop them" },
	AT(SPACE_FULL) = {
		"space_full",
		"no {d0} bytes on a multiple of {x1} are free below {x2}", "" },

	AT(MAP_KIND) = {
		"map_kind",
		"operation {d0} has kind {d1}, which is none", "" },
	AT(MAP_FLAGS) = {
		"map_flags",
		"operation {d0} has flags {x1}: unknown, or not for its kind",
		"" },
	AT(MAP_EMPTY) = {
		"map_empty",
		"operation {d0} has no length, or there is no operation", "" },
	AT(MAP_MISALIGNED) = {
		"map_misaligned",
		"operation {d0}: {x1} is not a multiple of the page, {d2} bytes",
		"" },
	AT(MAP_RANGE) = {
		"map_range",
		"operation {d0}: {d2} bytes at {x1} do not end within the "
		"address space", "" },
	AT(MAP_PIECES) = {
		"map_pieces",
		"operation {d0}: its pieces have {d1} bytes and not {d2}", "" },
	AT(MAP_PA) = {
		"map_pa",
		"operation {d0}: there is no memory of {d2} bytes at {x1} in "
		"that aperture", "" },
	AT(MAP_PAGE_SIZE) = {
		"map_page_size",
		"operation {d0}: this format has no pages of {d1} bytes", "" },
	AT(MAP_ENTRY) = {
		"map_entry", "operation {d0}: {t}", "" },
	AT(MAP_OVERLAP) = {
		"map_overlap",
		"operations {d0} and {d1} of one batch overlap at {x2}",
		"make two batches" },
	AT(MAP_BUSY) = {
		"map_busy",
		"operation {d0}: another prepared change has {x1}",
		"execute or drop that one first" },
	AT(MAP_EXISTS) = {
		"map_exists",
		"operation {d0}: {x1} is mapped already",
		"unmap it first, or ask to replace it" },
	AT(MAP_NOTHING) = {
		"map_nothing", "operation {d0}: {x1} is not mapped", "" },
	AT(MAP_SPARSE) = {
		"map_sparse",
		"operation {d0}: {x1} is sparse, which has no permissions", "" },
	AT(MAP_SPLIT) = {
		"map_split",
		"operation {d0} would split the page of {d2} bytes at {x1}, which "
		"would fault meanwhile",
		"allow it, or use the whole page" },
	AT(CHANGE_STATE) = {
		"change_state",
		"the change was executed already", "" },

	AT(BAR_RANGE) = {
		"bar_range",
		"{d1} bytes at offset {x0} are not inside what may be used of "
		"the BAR, {x2} bytes", "" },
	AT(BAR_HOLE) = {
		"bar_hole", "nothing is mapped at offset {x1} of BAR{d0}",
		"map VRAM there first" },
	AT(BAR_PHYSICAL) = {
		"bar_physical",
		"BAR1 shows VRAM from address 0 on, and maps nothing",
		"release it, and take it with a pool for page tables" },
	AT(BAR_SPACE) = {
		"bar_space", "the address space is what BAR1 shows",
		"release BAR1, which destroys it" },
	AT(BAR_RESET) = {
		"bar_reset",
		"the GPU was reset since BAR{d0} was bound: it does not show what "
		"it should, and is not touched",
		"release it, take it again, and map what it has to show" },
};
