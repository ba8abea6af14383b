// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * When a transfer pays for its mapping.
 */
#include <pramin/bar1.h>

#include "../env.h"

#define PAGE 4096ull
#define PTE  8ull

bool pramin_bar1_pays(const struct pramin_bar1_costs *costs, uint64_t len,
		      bool write)
{
	const uint64_t window = write ? costs->window_write :
					costs->window_read;
	const uint64_t bar1 = write ? costs->bar1_write : costs->bar1_read;
	/* Each page has one more store to map it, and one to unmap it. */
	const uint64_t pte = costs->window_write * 2 * PTE / PAGE;
	const uint64_t pages = len / PAGE;

	if (window <= bar1 || window - bar1 <= pte)
		return false;
	/* Of what is left for each page, enough to map the first one? */
	return pages > costs->map / (window - bar1 - pte);
}
