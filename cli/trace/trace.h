/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the commands that read recordings share.
 */
#ifndef PRAMIN_CLI_TRACE_H
#define PRAMIN_CLI_TRACE_H

#include "cli.h"

/* A recording that is being read, and what has been counted */
struct recording {
	struct pramin_trace *trace;
	const char *path;
	uint64_t lines;		/* that were read, whole ones */
	uint64_t reads[4];	/* by width */
	uint64_t writes[4];
	uint64_t regions[PRAMIN_TRACE_REGIONS];
	uint64_t vram_reads;
	uint64_t vram_writes;
	uint64_t unplaced;	/* where VRAM is shown, and nobody knows which */
	uint64_t window_writes;
	uint64_t moves;
	uint64_t moved_by_others;
	uint64_t failed;
	uint64_t events;
};

/* @path may be "-". On failure it is said why, and the exit code is returned. */
int recording_open(struct cli *cli, struct recording *r, const char *path);

/* One more line, and counted. Its kind is PRAMIN_TRACE_END after the last. */
int recording_next(struct cli *cli, struct recording *r,
		   struct pramin_trace_entry *e);

/* After the last: what is known of it; what is missing is said. */
void recording_facts(const struct cli *cli, const struct recording *r,
		     struct pramin_trace_facts *facts);
void recording_json(const struct recording *r,
		    const struct pramin_trace_facts *facts);
uint64_t recording_accesses(const struct recording *r);

/* Does it access VRAM of which the address is not known? */
bool recording_unplaced(const struct pramin_trace_entry *e);

#endif /* PRAMIN_CLI_TRACE_H */
