// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin trace show: a recording, for people.
 *
 * Runs are folded: accesses of one kind and width at rising offsets, or again and
 * again at one offset, are one row.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace.h"

/* What will be one row */
struct run {
	struct pramin_trace_entry first;
	uint64_t count;
	uint64_t last_line;
	uint64_t last_val;
	bool rises; /* else all are at one offset */
};

static bool is_access(const struct pramin_trace_entry *e)
{
	return e->kind == PRAMIN_TRACE_READ || e->kind == PRAMIN_TRACE_WRITE;
}

/* Does @e go on where @run ends? */
static bool extends(const struct run *run, const struct pramin_trace_entry *e,
		    bool rises)
{
	const struct pramin_trace_entry *f = &run->first;
	const uint64_t by = rises ? run->count * f->width : 0;

	return run->count && is_access(e) && is_access(f) &&
	       e->kind == f->kind && e->region == f->region &&
	       e->width == f->width && !e->err && !f->err && !e->window &&
	       !f->window && e->has_vram == f->has_vram &&
	       e->off == f->off + by &&
	       (!e->has_vram || e->vram_pa == f->vram_pa + by);
}

/* Registers that lie side by side have names of their own. */
static bool is_named(const struct recording *r,
		     const struct pramin_trace_entry *e)
{
	return e->region == PRAMIN_TRACE_BAR0 &&
	       pramin_trace_register(r->trace, e->off);
}

static bool fold(const struct recording *r, struct run *run,
		 const struct pramin_trace_entry *e)
{
	const bool rises = extends(run, e, true) && !is_named(r, e) &&
			   !is_named(r, &run->first);

	if (!rises && !extends(run, e, false))
		return false;
	if (run->count > 1 && rises != run->rises)
		return false;
	run->rises = rises;
	run->count++;
	run->last_line = e->line;
	run->last_val = e->val;
	return true;
}

static uint64_t bytes_of(const struct run *run)
{
	return run->rises ? run->count * run->first.width : run->first.width;
}

static void what_text(const struct run *run, const char *name)
{
	const struct pramin_trace_entry *f = &run->first;

	if (name)
		out_text("  %s", name);
	if (f->window && f->has_vram)
		out_text("%s shows VRAM 0x%" PRIx64, name ? "" : " ",
			 f->vram_pa);
	else if (f->window)
		out_text("%s shows no VRAM", name ? "" : " ");
	else if (f->has_vram)
		out_text("  VRAM 0x%" PRIx64, f->vram_pa);
	if (f->window && f->moved && f->kind == PRAMIN_TRACE_READ)
		out_text(", moved by somebody else");
	if (f->has_vram && run->count > 1 && run->rises)
		out_text("-0x%" PRIx64, f->vram_pa + bytes_of(run) - 1);
	if (recording_unplaced(f))
		out_text("  VRAM, not known where");
	if (run->count > 1)
		out_text("  x %" PRIu64, run->count);
	if (f->err)
		out_text("  failed: %s", strerror(f->err));
}

/* Is there anything for the last column? */
static bool says_more(const struct run *run, const char *name)
{
	const struct pramin_trace_entry *f = &run->first;

	return name || f->window || f->has_vram || f->err || run->count > 1 ||
	       recording_unplaced(f);
}

static void row_text(const struct run *run, const char *name)
{
	const struct pramin_trace_entry *f = &run->first;
	const int digits = f->region == PRAMIN_TRACE_CONFIG ? 3 : 6;
	char lines[48], off[64], val[64];
	int n;

	n = snprintf(lines, sizeof(lines), "%" PRIu64, f->line);
	if (run->count > 1)
		snprintf(lines + n, sizeof(lines) - (size_t)n, "-%" PRIu64,
			 run->last_line);
	n = snprintf(off, sizeof(off), "0x%0*" PRIx64, digits, f->off);
	if (run->count > 1 && run->rises)
		snprintf(off + n, sizeof(off) - (size_t)n, "-0x%0*" PRIx64,
			 digits, f->off + bytes_of(run) - 1);
	n = snprintf(val, sizeof(val), "0x%0*" PRIx64, 2 * (int)f->width,
		     f->val);
	if (run->count > 1 && run->last_val != f->val)
		snprintf(val + n, sizeof(val) - (size_t)n, "..0x%0*" PRIx64,
			 2 * (int)f->width, run->last_val);
	out_text(says_more(run, name) ? "%-9s %c%-2u %-6s %-17s  %-18s" :
					"%-9s %c%-2u %-6s %-17s  %s",
		 lines, f->kind == PRAMIN_TRACE_READ ? 'r' : 'w', 8 * f->width,
		 pramin_trace_region_name(f->region), off,
		 f->err && f->kind == PRAMIN_TRACE_READ ? "-" : val);
	what_text(run, name);
	out_text("\n");
}

static void row_json(const struct run *run, const char *name)
{
	const struct pramin_trace_entry *f = &run->first;
	const int digits = 2 * (int)f->width;

	json_begin(NULL, '{');
	json_num("line", f->line);
	json_num("count", run->count);
	json_str("kind", f->kind == PRAMIN_TRACE_READ ? "read" : "write");
	json_num("width", 8ull * f->width);
	json_str("region", pramin_trace_region_name(f->region));
	json_hex("offset", f->off, 1);
	json_num("bytes", bytes_of(run));
	json_hex("value", f->val, digits);
	json_hex("last_value", run->count > 1 ? run->last_val : f->val, digits);
	if (name)
		json_str("register", name);
	if (f->has_vram)
		json_hex(f->window ? "base" : "vram", f->vram_pa, 1);
	if (f->window)
		json_bool("moved", f->moved);
	if (f->err)
		json_num("error", (uint64_t)f->err);
	json_end('}');
}

static void event(const struct cli *cli, const struct pramin_trace_entry *e)
{
	if (!cli->json) {
		char text[4096];

		/* What somebody has typed, or put there. */
		snprintf(text, sizeof(text), "%s", e->text);
		cli_make_plain(text);
		out_text("%-9" PRIu64 " %s\n", e->line, text);
		return;
	}
	json_begin(NULL, '{');
	json_num("line", e->line);
	json_str("event", e->text);
	json_end('}');
}

static void flush_run(const struct cli *cli, const struct recording *r,
		      struct run *run)
{
	const char *name = NULL;

	if (!run->count)
		return;
	if (run->first.region == PRAMIN_TRACE_BAR0)
		name = pramin_trace_register(r->trace, run->first.off);
	(cli->json ? row_json : row_text)(run, name);
	run->count = 0;
}

static int show(struct cli *cli, struct recording *r)
{
	struct pramin_trace_entry e = { .kind = PRAMIN_TRACE_READ };
	struct run run = { .count = 0 };
	int code = CLI_OK;

	while (!code && !out_error()) {
		code = recording_next(cli, r, &e);
		if (code || fold(r, &run, &e))
			continue;
		flush_run(cli, r, &run);
		if (e.kind == PRAMIN_TRACE_END)
			break;
		if (is_access(&e))
			run = (struct run){ e, 1, e.line, e.val, false };
		else
			event(cli, &e);
	}
	flush_run(cli, r, &run);
	return out_error() ? CLI_FAIL : code;
}

static void end(struct cli *cli, const struct recording *r)
{
	struct pramin_trace_facts facts;

	recording_facts(cli, r, &facts);
	if (cli->json) {
		json_end(']');
		recording_json(r, &facts);
		json_end('}');
		out_text("\n");
		return;
	}
	out_text("%" PRIu64 " accesses, %" PRIu64 " moves of the window; %s\n",
		 recording_accesses(r), r->moves,
		 facts.chip ? facts.chip : "the chip is not known");
}

static int run_show(struct cli *cli, int count, char **args)
{
	struct recording r;
	int code = recording_open(cli, &r, args[0]);

	(void)count;
	if (!code && cli->json) {
		json_begin(NULL, '{');
		json_begin("rows", '[');
	}
	if (!code)
		code = show(cli, &r);
	if (!code)
		end(cli, &r);
	pramin_trace_close(r.trace);
	return code;
}

const struct cmd cmd_trace_show = {
	.name = "trace show",
	.args = "FILE",
	.summary = "Show a recording: registers by name, VRAM by address.",
	.text = "One row for each access, or for a run of them: at rising offsets, or "
		"at one offset again and again. Accesses of the window register say "
		"what it shows from then on, those of what it shows which VRAM that "
		"is. FILE is a recording of --record or of pramin-gpu, or a log of "
		"Linux's mmiotrace; - is standard input. Opens no GPU.\n"
		"\n"
		"Rows of --json leave out what does not apply: register, vram, base "
		"and moved (of the window register), error. Events have two keys.",
	.json = "{\"rows\":[\n"
		"  {\"line\":12,\"count\":1,\"kind\":\"write\",\"width\":32,\n"
		"   \"region\":\"bar0\",\"offset\":\"0x1700\",\"bytes\":4,\n"
		"   \"value\":\"0x00000010\",\"last_value\":\"0x00000010\",\n"
		"   \"register\":\"NV_PBUS_BAR0_WINDOW\",\n"
		"   \"base\":\"0x100000\",\"moved\":true},\n"
		"  {\"line\":13,\"count\":2,\"kind\":\"write\",\"width\":32,\n"
		"   \"region\":\"bar0\",\"offset\":\"0x700010\",\"bytes\":8,\n"
		"   \"value\":\"0x00000001\",\"last_value\":\"0x00000002\",\n"
		"   \"vram\":\"0x100010\"},\n"
		"  {\"line\":15,\"count\":1,\"kind\":\"read\",\"width\":32,\n"
		"   \"region\":\"bar0\",\"offset\":\"0x0\",\"bytes\":4,\n"
		"   \"value\":\"0x00000000\",\"last_value\":\"0x00000000\",\n"
		"   \"register\":\"NV_PMC_BOOT_0\",\"error\":19},\n"
		"  {\"line\":16,\"event\":\"end accesses=4\"}],\n"
		" \"file\":\"session.txt\",\"format\":\"pramin-trace\",\n"
		" \"chip\":\"tu102\",\"accesses\":4,\"moves\":1,\"unplaced\":0,\n"
		" \"lost\":0,\"whole\":true,\"cut\":false}",
	.min_args = 1,
	.max_args = 1,
	.run = run_show,
};
