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

static const char magic[8] = "pramin\1\n";

bool meet_is_valid(const struct meet_mem *mem)
{
	return !memcmp(mem->magic, magic, sizeof(magic)) &&
	       mem->version == MEET_VERSION && mem->bytes == sizeof(*mem);
}

int meet_make_anew(struct meet_mem *mem, bool processes)
{
	memset(mem, 0, sizeof(*mem));
	memcpy(mem->magic, magic, sizeof(magic));
	mem->version = MEET_VERSION;
	mem->bytes = sizeof(*mem);
	pramin_share_init(&mem->meeting);
	return sys_lock_init(&mem->lock, processes);
}

/*
 * The same around the values to be restored. Those and what says that they are
 * valid are not touched: they are the only copy, and this process may be killed at
 * any moment.
 */
static int make_anew_around(struct meet_mem *mem)
{
	struct pramin_meeting *m = &mem->meeting;
	char *first = (char *)&m->spot;
	char *behind = (char *)&m->mmu.bar[2];

	memset(&mem->lock, 0, sizeof(mem->lock));
	memset(m, 0, (size_t)(first - (char *)m));
	memset(behind, 0, (size_t)((char *)(mem + 1) - behind));
	pramin_share_init(m);
	return sys_lock_init(&mem->lock, true);
}

/* Is there a value to restore? Nobody has saved one that says "error". */
static bool is_left(uint32_t flag, uint32_t raw)
{
	return flag == 1 && raw != UINT32_MAX && !pramin_suspect_name(raw);
}

/* Of the window or of a BAR; what is none is cleared. */
static bool is_something_left(struct meet_mem *mem)
{
	struct pramin_bar_note *bar = mem->meeting.mmu.bar;
	struct pramin_spot *spot = &mem->meeting.spot;
	bool left = is_left(spot->moved, spot->saved_raw);
	unsigned int i;

	if (!left)
		memset(spot, 0, sizeof(*spot));
	for (i = 0; i < 2; i++) {
		if (is_left(bar[i].bound, bar[i].low))
			left = true;
		else
			memset(&bar[i], 0, sizeof(bar[i]));
	}
	return left;
}

int meet_clean(struct meet *meet)
{
	struct meet_mem *mem = meet->mem;

	meet->fresh = true;
	if (meet_is_valid(mem) && is_something_left(mem)) {
		mem->sole_pid = 0;
		return make_anew_around(mem);
	}
	return meet_make_anew(mem, true);
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
