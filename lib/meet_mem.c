// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is believed of what is found where the handles of one GPU meet.
 *
 * Only while somebody lives there is it kept right. Otherwise just one thing of it
 * counts, the register value that the dead left to be restored, and only if it is
 * about this GPU.
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
 * The same around the value to be restored. That one and what says that it is
 * valid are not touched: it is the only copy, and this process may be killed at
 * any moment.
 */
static int make_anew_around(struct meet_mem *mem)
{
	struct pramin_meeting *m = &mem->meeting;
	char *spot = (char *)&m->spot, *behind = spot + sizeof(m->spot);

	memset(&mem->lock, 0, sizeof(mem->lock));
	memset(m, 0, (size_t)(spot - (char *)m));
	memset(behind, 0, (size_t)((char *)(mem + 1) - behind));
	pramin_share_init(m);
	return sys_lock_init(&mem->lock, true);
}

/* Is there a value to restore? Nobody has saved one that says "error". */
static bool is_left_moved(const struct meet_mem *mem)
{
	const struct pramin_spot *spot = &mem->meeting.spot;

	return meet_is_valid(mem) && spot->moved == 1 &&
	       spot->saved_raw != UINT32_MAX &&
	       !pramin_suspect_name(spot->saved_raw);
}

int meet_clean(struct meet *meet)
{
	struct meet_mem *mem = meet->mem;

	meet->fresh = true;
	if (is_left_moved(mem)) {
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
	mem->boot_0 = boot_0;
	mem->vram_size = vram_size;
	return 0;
}
