// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reading a recording to its end, and counting what is in it.
 */
#include <inttypes.h>
#include <string.h>

#include "trace.h"

#define PRAMIN_OFF 0x700000u
#define PRAMIN_LEN 0x100000u

int recording_open(struct cli *cli, struct recording *r, const char *path)
{
	struct pramin_why why = { .err = 0 };
	int ret;

	memset(r, 0, sizeof(*r));
	r->path = path;
	ret = pramin_trace_open(strcmp(path, "-") ? path : "/dev/stdin",
				cli->mmu.chip, &r->trace, &why);
	return ret ? cli_fail_why(cli, ret, &why) : CLI_OK;
}

bool recording_unplaced(const struct pramin_trace_entry *e)
{
	if (e->has_vram || e->window)
		return false;
	return e->region == PRAMIN_TRACE_BAR1 ||
	       e->region == PRAMIN_TRACE_BAR2 ||
	       (e->region == PRAMIN_TRACE_BAR0 && e->off >= PRAMIN_OFF &&
		e->off - PRAMIN_OFF < PRAMIN_LEN);
}

static void count(struct recording *r, const struct pramin_trace_entry *e)
{
	const bool write = e->kind == PRAMIN_TRACE_WRITE;
	const unsigned int index = e->width == 8 ? 3 : e->width / 2;

	(write ? r->writes : r->reads)[index]++;
	r->regions[e->region]++;
	r->failed += e->err != 0;
	r->unplaced += recording_unplaced(e);
	if (e->window) {
		r->window_writes += write;
		r->moves += e->moved && write;
		r->moved_by_others += e->moved && !write;
	} else if (e->has_vram) {
		r->vram_writes += write;
		r->vram_reads += !write;
	}
}

int recording_next(struct cli *cli, struct recording *r,
		   struct pramin_trace_entry *e)
{
	struct pramin_why why = { .err = 0 };
	int ret;

	e->size = sizeof(*e);
	ret = pramin_trace_next(r->trace, e, &why);
	if (ret)
		return cli_fail_why(cli, ret, &why);
	r->lines = e->line;
	if (e->kind == PRAMIN_TRACE_EVENT)
		r->events++;
	else if (e->kind != PRAMIN_TRACE_END)
		count(r, e);
	/* A recording may be longer than patience. */
	return cli_stopped() ? CLI_FAIL : CLI_OK;
}

uint64_t recording_accesses(const struct recording *r)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < 4; i++)
		sum += r->reads[i] + r->writes[i];
	return sum;
}

void recording_facts(const struct cli *cli, const struct recording *r,
		     struct pramin_trace_facts *facts)
{
	facts->size = sizeof(*facts);
	if (pramin_trace_facts(r->trace, facts))
		memset(facts, 0, sizeof(*facts));
	if (facts->is_cut)
		cli_notice(cli,
			   "it is cut off in the middle of line %" PRIu64
			   ", which does not count",
			   r->lines + 1);
	else if (!facts->is_whole && !strcmp(facts->format, "pramin-trace"))
		cli_notice(cli, "it has no end: its writer was killed, or is "
				"still at it");
	if (facts->lost)
		cli_notice(cli, "%" PRIu64 " accesses were not written down",
			   facts->lost);
	if (!facts->chip && r->regions[PRAMIN_TRACE_BAR0])
		cli_notice(cli, "the chip is not known, so the window cannot "
				"be followed; --chip names it");
	else if (r->unplaced)
		cli_notice(cli,
			   "of %" PRIu64 " accesses it is not known which VRAM "
			   "they met",
			   r->unplaced);
}

void recording_json(const struct recording *r,
		    const struct pramin_trace_facts *facts)
{
	json_str("file", r->path);
	json_str("format", facts->format);
	if (facts->chip)
		json_str("chip", facts->chip);
	else
		json_null("chip");
	json_num("accesses", recording_accesses(r));
	json_num("moves", r->moves);
	json_num("unplaced", r->unplaced);
	json_num("lost", facts->lost);
	json_bool("whole", facts->is_whole);
	json_bool("cut", facts->is_cut);
}
