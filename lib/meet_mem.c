// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is believed of what is found where the handles of one GPU meet.
 *
 * Only while somebody lives there is it kept right. Otherwise just the register
 * values count that the dead left to be restored, of the window and of the BARs, and
 * only if they are about this GPU.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "meet.h"
#include "why.h"

#define VERSION 2u

static const char magic[8] = "pramin\1\n";

bool meet_is_valid(const struct meet_mem *mem)
{
	return !memcmp(mem->magic, magic, sizeof(magic)) &&
	       mem->version == VERSION && mem->bytes == sizeof(*mem);
}

int meet_make_anew(struct meet_mem *mem, bool processes)
{
	memset(mem, 0, sizeof(*mem));
	memcpy(mem->magic, magic, sizeof(magic));
	mem->version = VERSION;
	mem->bytes = sizeof(*mem);
	pramin_share_init(&mem->meeting);
	return sys_lock_init(&mem->lock, processes);
}

/* Is there a value to restore? Nobody has saved one that says "error". */
static bool is_left(uint32_t flag, uint32_t raw)
{
	return flag == 1 && raw != UINT32_MAX && !pramin_suspect_name(raw);
}

int meet_clean(struct meet *meet)
{
	struct meet_mem *mem = meet->mem;
	const bool valid = meet_is_valid(mem);
	const struct pramin_spot spot = mem->meeting.spot;
	const struct pramin_bar_note bar[2] = { mem->meeting.mmu.bar[0],
						mem->meeting.mmu.bar[1] };
	const uint64_t vram_size = mem->vram_size;
	const uint32_t boot_0 = mem->boot_0;
	int ret = meet_make_anew(mem, true);
	unsigned int i;

	mem->boot_0 = boot_0;
	mem->vram_size = vram_size;
	if (valid && is_left(spot.moved, spot.saved_raw))
		mem->meeting.spot = spot;
	for (i = 0; i < 2; i++)
		if (valid && is_left(bar[i].bound, bar[i].low))
			mem->meeting.mmu.bar[i] = bar[i];
	meet->fresh = true;
	return ret;
}

int meet_check(struct meet *meet, uint32_t boot_0, uint64_t vram_size,
	       struct pramin_why *why)
{
	struct meet_mem *mem = meet->mem;

	if (!mem || (mem->boot_0 == boot_0 && mem->vram_size == vram_size))
		return 0;
	if (!meet->fresh)
		return why_set(why, -EBUSY, PRAMIN_REASON_HELD,
			       "open it as the others do",
			       "others use this GPU as one with PMC_BOOT_0 "
			       "0x%08" PRIx32 " and 0x%" PRIx64
			       " bytes of VRAM",
			       mem->boot_0, mem->vram_size);
	/* Not about this GPU */
	mem->meeting.spot.moved = 0;
	mem->meeting.mmu.bar[0].bound = 0;
	mem->meeting.mmu.bar[1].bound = 0;
	mem->boot_0 = boot_0;
	mem->vram_size = vram_size;
	return 0;
}
