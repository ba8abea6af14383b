// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin trace stats: how much of what is in a recording. */
#include <inttypes.h>
#include <stdio.h>

#include "trace.h"

static const char *const bits[] = { "8", "16", "32", "64" };

static void widths_json(const char *key, const uint64_t *counts)
{
	unsigned int i;

	json_begin(key, '{');
	for (i = 0; i < 4; i++)
		json_num(bits[i], counts[i]);
	json_end('}');
}

static void as_json(const struct recording *r,
		    const struct pramin_trace_facts *facts)
{
	unsigned int i;

	json_begin(NULL, '{');
	recording_json(r, facts);
	json_str("by", facts->by);
	json_hex("boot0", facts->boot0, 8);
	json_num("vram_size", facts->vram);
	widths_json("reads", r->reads);
	widths_json("writes", r->writes);
	json_begin("regions", '{');
	for (i = 0; i < PRAMIN_TRACE_REGIONS; i++)
		json_num(pramin_trace_region_name(i), r->regions[i]);
	json_end('}');
	json_num("vram_reads", r->vram_reads);
	json_num("vram_writes", r->vram_writes);
	json_num("window_writes", r->window_writes);
	json_num("moved_by_others", r->moved_by_others);
	json_num("failed", r->failed);
	json_num("events", r->events);
	json_num("other_devices", facts->others);
	json_end('}');
	out_text("\n");
}

static void widths_text(const char *name, const uint64_t *counts)
{
	unsigned int i;

	out_text("%-12s", name);
	for (i = 0; i < 4; i++)
		out_text(" %s:%" PRIu64, bits[i], counts[i]);
	out_text("\n");
}

static void as_text(const struct recording *r,
		    const struct pramin_trace_facts *facts)
{
	char size[CLI_SIZE_TEXT], by[256];
	unsigned int i;

	snprintf(by, sizeof(by), "%s", facts->by);
	cli_make_plain(by);
	out_text("format       %s%s%s\n", facts->format, *by ? " by " : "", by);
	out_text("chip         %s", facts->chip ? facts->chip : "not known");
	if (facts->boot0)
		out_text(", boot0 0x%08" PRIx32, facts->boot0);
	if (facts->vram)
		out_text(", VRAM %s", cli_size_text(size, facts->vram));
	out_text("\naccesses     %" PRIu64 "\n", recording_accesses(r));
	widths_text("reads", r->reads);
	widths_text("writes", r->writes);
	out_text("%-12s", "regions");
	for (i = 0; i < PRAMIN_TRACE_REGIONS; i++)
		out_text(" %s:%" PRIu64, pramin_trace_region_name(i),
			 r->regions[i]);
	out_text("\nVRAM         reads:%" PRIu64 " writes:%" PRIu64
		 " not placed:%" PRIu64 "\n",
		 r->vram_reads, r->vram_writes, r->unplaced);
	out_text("window       writes:%" PRIu64 " moves:%" PRIu64
		 " moved by others:%" PRIu64 "\n",
		 r->window_writes, r->moves, r->moved_by_others);
	out_text("failed       %" PRIu64 "\nevents       %" PRIu64
		 "\nlost         %" PRIu64 "\n",
		 r->failed, r->events, facts->lost);
	if (facts->others)
		out_text("others       %" PRIu64 " accesses of other devices\n",
			 facts->others);
}

static int run(struct cli *cli, int count, char **args)
{
	struct pramin_trace_entry e = { .kind = PRAMIN_TRACE_READ };
	struct pramin_trace_facts facts;
	struct recording r;
	int code = recording_open(cli, &r, args[0]);

	(void)count;
	while (!code && e.kind != PRAMIN_TRACE_END)
		code = recording_next(cli, &r, &e);
	if (!code) {
		recording_facts(cli, &r, &facts);
		(cli->json ? as_json : as_text)(&r, &facts);
	}
	pramin_trace_close(r.trace);
	return code;
}

const struct cmd cmd_trace_stats = {
	.name = "trace stats",
	.args = "FILE",
	.summary = "Count what is in a recording.",
	.text = "Accesses by width and region, reads and writes of VRAM, moves of the "
		"window, failures, and what is missing. FILE is a recording of "
		"--record or of pramin-gpu, or a log of Linux's mmiotrace; - is "
		"standard input. Opens no GPU.",
	.json = "{\"file\":\"session.txt\",\"format\":\"pramin-trace\",\n"
		" \"chip\":\"tu102\",\"accesses\":15,\"moves\":2,\"unplaced\":0,\n"
		" \"lost\":0,\"whole\":true,\"cut\":false,\n"
		" \"by\":\"pramin-0.1.0\",\"boot0\":\"0x162000a1\",\n"
		" \"vram_size\":8589934592,\n"
		" \"reads\":{\"8\":0,\"16\":0,\"32\":12,\"64\":0},\n"
		" \"writes\":{\"8\":0,\"16\":0,\"32\":3,\"64\":0},\n"
		" \"regions\":{\"bar0\":14,\"bar1\":0,\"bar2\":0,\"config\":1,"
		"\"rom\":0},\n"
		" \"vram_reads\":1,\"vram_writes\":1,\"window_writes\":2,\n"
		" \"moved_by_others\":0,\"failed\":0,\"events\":1,"
		"\"other_devices\":0}",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
