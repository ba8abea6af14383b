// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * From the numbers of a failure to sentences.
 *
 * One row per reason. In a sentence, {x0} is argument 0 in hex, {r0} the same
 * as a 32-bit register value, {d0} in decimal, {p0} as a process, {s0} as a
 * size, {t} the name that came with it. What the arguments are is written at the place in core
 * that fails; a test calls every row.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "why.h"
#include "../core/regs/pri.h"

#define REOPEN "open the GPU again once it answers"

/* clang-format off */
static const struct why_row rows[WHY_SPACE_FIRST] = {
	[PRAMIN_REASON_NONE] = {
		"none", "no call has failed", "" },

	[PRAMIN_REASON_ARGUMENT] = {
		"argument", "an argument is missing or cannot be used", "" },
	[PRAMIN_REASON_MISALIGNED] = {
		"misaligned",
		"address {x0} is not a multiple of the access width, {d1} bytes",
		"align the address, or use a narrower access or a bulk one" },
	[PRAMIN_REASON_WIDTH] = {
		"width", "{d0} bytes is not a width: 1, 2, 4 or 8", "" },
	[PRAMIN_REASON_PATTERN] = {
		"pattern",
		"length {d0} is not a multiple of the pattern's {d1} bytes", "" },
	[PRAMIN_REASON_EMPTY] = {
		"empty", "a view of 0 bytes shows nothing",
		"ask for at least one byte" },
	[PRAMIN_REASON_FIND_LEN] = {
		"find_length",
		"a search pattern of {d0} bytes is not of 1 to {d1} bytes", "" },
	[PRAMIN_REASON_TOO_LONG] = {
		"too_long",
		"no window position shows {d1} bytes from {x0}; from there it "
		"shows {d2}",
		"use several views, or a bulk call" },
	[PRAMIN_REASON_BASE_BITS] = {
		"base_bits",
		"a BASE field of {d0} bits is not among those published for "
		"this chip (masks {x1} to {x2})",
		"leave base_bits out" },
	[PRAMIN_REASON_STRING] = {
		"string", "the GPU string does not parse", "" },
	[PRAMIN_REASON_FILE] = {
		"file", "the image of the model cannot be used", "" },

	[PRAMIN_REASON_BATCH_LENGTH] = {
		"batch_length",
		"a batch of {d0} entries is longer than {d1}",
		"use several batches" },
	[PRAMIN_REASON_BATCH_KIND] = {
		"batch_kind",
		"entry {d0} of the batch has kind {d1}, which is no read, write "
		"or barrier", "" },
	[PRAMIN_REASON_BATCH_WIDTH] = {
		"batch_width",
		"entry {d0} of the batch has {d1} bytes, which is not a width: "
		"1, 2, 4 or 8", "" },
	[PRAMIN_REASON_BATCH_MISALIGNED] = {
		"batch_misaligned",
		"entry {d0} of the batch: address {x1} is not a multiple of the "
		"access width, {d2} bytes",
		"align the address, or use narrower accesses" },

	[PRAMIN_REASON_TABLE_MISALIGNED] = {
		"table_misaligned",
		"{x0} cannot be the address of {t}: it is not a multiple of "
		"{d1} bytes", "" },
	[PRAMIN_REASON_CLAIM_EMPTY] = {
		"claim_empty", "a claim of 0 bytes at {x0} claims nothing",
		"ask for at least one byte" },

	[PRAMIN_REASON_OVERFLOW] = {
		"overflow",
		"address {x0} plus length {x1} does not fit in 64 bits",
		"VRAM ends at {x2}" },
	[PRAMIN_REASON_VRAM_END] = {
		"vram_end",
		"{x1} bytes at {x0} are not all in VRAM, which ends at {x2} "
		"({s2})", "" },
	[PRAMIN_REASON_REACH] = {
		"reach",
		"{x1} bytes at {x0} are beyond the reach of this chip's window, "
		"which ends at {x2} ({s2})",
		"its BASE field is no wider; VRAM above needs BAR1" },
	[PRAMIN_REASON_VIEW_END] = {
		"view_end",
		"{d1} bytes at offset {x0} are not inside the view of {d2} bytes",
		"" },

	[PRAMIN_REASON_BATCH_RANGE] = {
		"batch_range",
		"entry {d0} of the batch: the access at {x1} does not end "
		"within what the window can show, which ends at {x2} ({s2})",
		"" },

	[PRAMIN_REASON_ALL_ONES] = {
		"all_ones",
		"the GPU does not answer: reads return {r1}",
		"it is off the bus, asleep (D3), or has memory decoding "
		"disabled: wake, rescan or reset it, then open it again" },
	[PRAMIN_REASON_BOOT0_CHANGED] = {
		"boot0_changed",
		"PMC_BOOT_0 reads {r1} and was {r0} at open: the GPU is lost or "
		"locked down", REOPEN },
	[PRAMIN_REASON_BACKEND_GONE] = {
		"backend_gone", "the backend reports that the GPU is gone",
		REOPEN },
	[PRAMIN_REASON_REVOKED] = {
		"revoked", "the handle was revoked, or is being closed",
		"open the GPU again" },
	[PRAMIN_REASON_WAS_GONE] = {
		"was_gone", "an earlier call found the GPU gone", REOPEN },

	[PRAMIN_REASON_MISPLACED] = {
		"misplaced",
		"the window register ({x2}) reads {r1} where {r0} was written",
		"something else moves the window, or it does not work in this "
		"mode; find the other user before you write again" },
	[PRAMIN_REASON_NOT_RESTORED] = {
		"not_restored",
		"the window register ({x2}) reads {r1} and does not go back to "
		"{r0}, its value at open",
		"the VBIOS and drivers may rely on it: reset the GPU" },
	[PRAMIN_REASON_VIEW_LOST] = {
		"view_lost",
		"the window was lost while a view was open: {x1} bytes at {x0} "
		"are not accessed",
		"end the view and begin it again" },

	[PRAMIN_REASON_LOST] = {
		"lost", "the GPU was reset, or the window was found elsewhere, "
		"while it stood at {x0} for this call: what was read or written "
		"may have been other VRAM",
		"repeat the call, or check what it wrote" },

	[PRAMIN_REASON_REGISTER_ERROR] = {
		"register_error",
		"{t} ({x0}) reads {r1}, which is an error and not a state",
		"it is not accessible in this mode; reset the GPU" },
	[PRAMIN_REASON_NOT_BOUND] = {
		"not_bound",
		"{t} ({x0}) reads {r1} where {r2} was written",
		"something else binds this BAR; find it before you use the BAR" },

	[PRAMIN_REASON_HELD] = {
		"held", "the GPU is in use", "wait for it to be closed" },
	[PRAMIN_REASON_TOO_MANY] = {
		"too_many", "{d0} users hold or wait for this GPU, and no more fit",
		"end some of them" },
	[PRAMIN_REASON_CLAIMED] = {
		"claimed", "{t} from {x0} to {x1} belongs to {p2}",
		"use another range, or end that process" },
	[PRAMIN_REASON_CLAIMS_FULL] = {
		"claims_full", "{d0} ranges of this GPU are claimed, and no more fit",
		"claim fewer, larger ranges" },
	[PRAMIN_REASON_BAR_CONSOLE] = {
		"bar_console",
		"BAR{d0} is in use by {t}: page tables of ours would take the "
		"picture away under it",
		"unbind the console from this GPU; everything works through the "
		"window meanwhile" },
	[PRAMIN_REASON_BAR_IN_USE] = {
		"bar_in_use",
		"BAR{d0} shows page tables of somebody else: its block register "
		"reads {r1}, the instance block is at {x2}",
		"unbind the driver, or reset the GPU; everything works through "
		"the window meanwhile" },
	[PRAMIN_REASON_VIEW_OPEN] = {
		"view_open",
		"an open view keeps the window at {x2}",
		"end the view first" },

	[PRAMIN_REASON_NO_BACKEND] = {
		"no_backend", "this build cannot open such a GPU", "" },
	[PRAMIN_REASON_UNKNOWN_CHIP] = {
		"unknown_chip",
		"no chip is known with PMC_BOOT_0 {r0} and PMC_BOOT_42 {r1}",
		"if you know what it resembles, name that with chip=; "
		"see pramin list" },
	[PRAMIN_REASON_ID_CONFLICT] = {
		"id_conflict",
		"PMC_BOOT_0 {r0} and PMC_BOOT_42 {r1} name different chips",
		"name the right one with chip=" },
	[PRAMIN_REASON_TOO_OLD] = {
		"too_old",
		"PMC_BOOT_0 {r0} is a chip before G80; its PRAMIN does not move",
		"" },
	[PRAMIN_REASON_INTEGRATED] = {
		"integrated",
		"{t} (PMC_BOOT_0 {r0}) is integrated and has no VRAM of its own",
		"" },
	[PRAMIN_REASON_VF] = {
		"vf",
		"this is an SR-IOV virtual function (PMC_BOOT_1 {r0}); it has "
		"no window", "use the physical function" },
	[PRAMIN_REASON_COHERENT] = {
		"coherent",
		"PCI device id {x0} is a coherent platform, where PRAMIN is not "
		"to be used (recognised by the id only: not verified)",
		"its memory is reachable by the CPU directly" },
	[PRAMIN_REASON_CONFIDENTIAL] = {
		"confidential",
		"confidential computing is on (register {x0} reads {r1}) and "
		"blocks the BARs",
		"turn the mode off and reset the GPU" },
	[PRAMIN_REASON_FIREWALL] = {
		"firewall",
		"the BAR firewall is up (configuration register 0xaf8 reads "
		"{r1}): a reset is pending",
		"wait some seconds and try again" },
	[PRAMIN_REASON_FIRMWARE] = {
		"firmware",
		"firmware has not finished (register {x0} reads {r1}); VRAM is "
		"not initialised",
		"wait and try again; if it stays so, the board does not boot" },
	[PRAMIN_REASON_WRONG_CHIP] = {
		"wrong_chip",
		"{t} was named by hand, but PMC_BOOT_0 {r2} is a chip of "
		"another generation, and the firmware register of {t} ({x0}) "
		"reads {r1}",
		"leave chip= out, or name the right one" },
	[PRAMIN_REASON_WINDOW_POISON] = {
		"window_poison",
		"the window register ({x1}) reads {r0}, which is an error and "
		"not a position",
		"it is not accessible in this mode; nothing was written" },
	[PRAMIN_REASON_VRAM_NO_REGISTER] = {
		"vram_no_register",
		"{t} has no register that tells the size of VRAM",
		"give it by hand: vram=SIZE" },
	[PRAMIN_REASON_VRAM_ZERO] = {
		"vram_zero",
		"the VRAM size register ({x0}) reads 0: memory is not "
		"initialised",
		"let the VBIOS or a driver bring it up, or give it by hand: "
		"vram=SIZE" },
	[PRAMIN_REASON_VRAM_POISON] = {
		"vram_poison",
		"the VRAM size register ({x0}) reads {r1}, which is an error "
		"and not a size",
		"give it by hand: vram=SIZE" },
	[PRAMIN_REASON_VRAM_ABSURD] = {
		"vram_absurd",
		"the VRAM size register ({x0}) reads {r1}, that is {x2} bytes; "
		"1 MiB to 2 TiB are plausible",
		"give it by hand: vram=SIZE" },
	[PRAMIN_REASON_NO_MMU] = {
		"no_mmu",
		"the MMU of {t} and its page tables are older than GF100's, and "
		"not supported",
		"everything works through the window" },
	[PRAMIN_REASON_BAR_ABSENT] = {
		"bar_absent", "this GPU has no BAR{d0}, or the backend {t} does not "
		"reach it", "everything works through the window" },
	[PRAMIN_REASON_BAR_SMALL] = {
		"bar_small",
		"BAR{d0} has {x1} bytes ({s1}), and {x2} are needed",
		"map less, or enable resizable BARs in the firmware" },

	[PRAMIN_REASON_TIMED_OUT] = {
		"timed_out", "{p0} has kept the window at {x2} for {d1} ms",
		"let it end its view, or continue or end it if it is stopped" },
	[PRAMIN_REASON_STOPPED] = {
		"stopped", "{p0} has stopped in the middle of changing who "
		"may use the window",
		"continue or end it" },

	[PRAMIN_REASON_MMU_BUSY] = {
		"mmu_busy",
		"{p0} has been invalidating a TLB or binding a BAR for "
		"{d1} ms",
		"continue or end it if it is stopped" },
	[PRAMIN_REASON_TLB_STUCK] = {
		"tlb_stuck",
		"a TLB invalidate does not get done: {t} ({x0}) reads {r1}",
		"what the GPU has cached of page tables is not known: do not "
		"reuse their memory; reset the GPU" },
	[PRAMIN_REASON_BIND_STUCK] = {
		"bind_stuck",
		"the bind of a BAR does not get done: {t} ({x0}) reads {r1}",
		"do not touch the BAR; reset the GPU" },

	[PRAMIN_REASON_NOT_CLAIMED] = {
		"not_claimed",
		"{t} from {x0} to {x1} is not a claim of this handle", "" },
	[PRAMIN_REASON_CANCELED] = {
		"canceled", "stopped on request after {d0} of {d1} bytes", "" },
	[PRAMIN_REASON_NO_MEMORY] = {
		"no_memory", "out of memory", "" },
	[PRAMIN_REASON_NOT_ALLOWED] = {
		"not_allowed", "the backend does not permit this access", "" },
	[PRAMIN_REASON_FORKED] = {
		"forked", "this handle belongs to the process that forked this "
		"one",
		"open the GPU in the child" },
	[PRAMIN_REASON_BACKEND] = {
		"backend", "the backend failed with errno {d0}", "" },
};

static const struct {
	uint32_t code;
	const char *name;
} pri_errors[] = {
#define ROW(code, name) { code, name },
	PRAMIN_PRI_ERRORS(ROW)
#undef ROW
};
/* clang-format on */

static const struct why_row *row_of(unsigned int reason)
{
	if (reason < WHY_SPACE_FIRST)
		return &rows[reason];
	if (reason < WHY_CARD_FIRST)
		return &why_space_rows[reason - WHY_SPACE_FIRST];
	return &why_card_rows[reason - WHY_CARD_FIRST];
}

const char *pramin_reason_name(enum pramin_reason reason)
{
	/* The compiler may choose a signed type for the enum, or not. */
	unsigned int i = (unsigned int)reason;

	return i < PRAMIN_REASON_COUNT ? row_of(i)->name : "unknown";
}

const char *pramin_suspect_name(uint32_t val)
{
	size_t i;

	if ((val & GPU_READ_PRI_ERROR_MASK) != GPU_READ_PRI_ERROR_CODE)
		return NULL;
	for (i = 0; i < sizeof(pri_errors) / sizeof(pri_errors[0]); i++)
		if (pri_errors[i].code == (val & PRAMIN_PRI_CODE))
			return pri_errors[i].name;
	return "unlisted";
}

void why_size(char *buf, size_t len, uint64_t bytes)
{
	static const char unit[] = "KMGTPE";
	unsigned int i = 0;

	if (bytes == 0 || bytes % 1024) {
		snprintf(buf, len, "%" PRIu64 " bytes", bytes);
		return;
	}
	for (bytes /= 1024; bytes % 1024 == 0; bytes /= 1024)
		i++;
	snprintf(buf, len, "%" PRIu64 " %ciB", bytes, unit[i]);
}

/* The value of one placeholder, {x0} and the like; @key is what follows { */
static void show(char *buf, size_t len, const char *key,
		 const struct pramin_cause *cause)
{
	uint64_t arg = key[0] == 't' ? 0 : cause->arg[key[1] - '0'];

	switch (key[0]) {
	case 'x':
		snprintf(buf, len, "0x%" PRIx64, arg);
		break;
	case 'r':
		snprintf(buf, len, "0x%08" PRIx64, arg);
		break;
	case 'd':
		snprintf(buf, len, "%" PRIu64, arg);
		break;
	case 'p':
		if (arg)
			snprintf(buf, len, "process %" PRIu64, arg);
		else
			snprintf(buf, len, "a process (not known which)");
		break;
	case 's':
		why_size(buf, len, arg);
		break;
	default:
		snprintf(buf, len, "%s", cause->text ? cause->text : "it");
		break;
	}
}

static void expand(char *out, const char *text,
		   const struct pramin_cause *cause)
{
	size_t used = 0;

	while (*text && used < PRAMIN_WHY_TEXT - 1) {
		char value[48];
		size_t n;

		if (*text != '{') {
			out[used++] = *text++;
			continue;
		}
		show(value, sizeof(value), text + 1, cause);
		text = strchr(text, '}') + 1;
		n = strlen(value);
		if (n > PRAMIN_WHY_TEXT - 1 - used)
			n = PRAMIN_WHY_TEXT - 1 - used;
		memcpy(out + used, value, n);
		used += n;
	}
	out[used] = '\0';
}

int why_from_cause(struct pramin_why *why, const struct pramin_cause *cause)
{
	if (why) {
		const struct why_row *row = row_of(cause->reason);

		why->err = cause->err;
		why->reason = cause->reason;
		expand(why->what, row->what, cause);
		expand(why->next, row->next, cause);
	}
	return cause->err;
}

int why_set(struct pramin_why *why, int err, enum pramin_reason reason,
	    const char *next, const char *what, ...)
{
	va_list args;

	if (!why)
		return err;
	why->err = err;
	why->reason = reason;
	va_start(args, what);
	vsnprintf(why->what, sizeof(why->what), what, args);
	va_end(args);
	snprintf(why->next, sizeof(why->next), "%s", next);
	return err;
}
