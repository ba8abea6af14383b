// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Quantities for people: exact where a unit divides, else one decimal. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"

const char *cli_size_text(char buf[CLI_SIZE_TEXT], uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
					     "TiB" };
	unsigned int u = 0;
	uint64_t unit = 1;

	while (u < 4 && bytes / unit >= 1024) {
		unit *= 1024;
		u++;
	}
	if (bytes % unit == 0)
		snprintf(buf, CLI_SIZE_TEXT, "%" PRIu64 " %s", bytes / unit,
			 units[u]);
	else
		snprintf(buf, CLI_SIZE_TEXT, "%.1f %s",
			 (double)bytes / (double)unit, units[u]);
	return buf;
}
