// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Logs of Linux's mmiotrace: what kernel/trace/trace_mmiotrace.c prints.
 *
 *	PCIDEV busfn vendordevice irq 7 addresses 7 lengths driver
 *	R width time map-id address value pc pid		W likewise
 *	MARK time text
 *	CPU:n [LOST n EVENTS]	of the ring buffer (kernel/trace/trace.c)
 *
 * Addresses are those of the bus: a device is found by its BARs. Of GPUs there may
 * be several; the first that is accessed counts, others are passed over and counted.
 */
#include <string.h>

#include "trace.h"
#include "../core/regs/bus.h"

#define VENDOR_NVIDIA 0x10deu

/* Resources of a PCI device: 6 BARs and the ROM; flags are in the low bits */
#define RESOURCES 7u
#define FLAGS	  15ull

static int take_hex(struct pramin_trace *t, char **rest, const char *what,
		    uint64_t *val)
{
	const char *word = trace_word(rest);

	if (trace_hex(word, val))
		return 0;
	return trace_bad(t, "\"%.40s\" is not %s", word, what);
}

/* BAR1 is the next after BAR0, of 64 bits or not; BAR2 the next after that. */
static void take_bars(struct trace_device *d, const uint64_t *at,
		      const uint64_t *len)
{
	unsigned int i, n = 0;

	for (i = 0; i < 6 && n < 3; i++)
		if (len[i])
			d->bar[n++] =
				(struct trace_bar){ at[i] & ~FLAGS, len[i] };
	if (len[6])
		d->bar[3] = (struct trace_bar){ at[6] & ~FLAGS, len[6] };
}

static int device(struct pramin_trace *t, char *rest)
{
	uint64_t at[RESOURCES], len[RESOURCES], id, other;
	unsigned int i;
	int ret = take_hex(t, &rest, "a bus address", &other);

	if (!ret)
		ret = take_hex(t, &rest, "a vendor and a device", &id);
	if (!ret)
		ret = take_hex(t, &rest, "an interrupt", &other);
	for (i = 0; i < RESOURCES && !ret; i++)
		ret = take_hex(t, &rest, "an address", &at[i]);
	for (i = 0; i < RESOURCES && !ret; i++)
		ret = take_hex(t, &rest, "a length", &len[i]);
	if (ret)
		return ret;
	/* Sound and USB of a card have no BAR of this size. */
	if (id >> 16 != VENDOR_NVIDIA || len[0] < PRAMIN_BAR0_SIZE)
		return 0;
	for (i = 0; i < RESOURCES; i++)
		if (len[i] > UINT64_MAX - at[i])
			return trace_bad(t, "a BAR that passes 2^64");
	if (t->devices == TRACE_DEVICES)
		return trace_bad(t, "more than %u GPUs", TRACE_DEVICES);
	take_bars(&t->device[t->devices++], at, len);
	return 0;
}

/* Which region of which GPU lies there? */
static bool find(struct pramin_trace *t, uint64_t at, uint32_t width,
		 struct pramin_trace_entry *e)
{
	static const uint32_t region[4] = {
		PRAMIN_TRACE_BAR0,
		PRAMIN_TRACE_BAR1,
		PRAMIN_TRACE_BAR2,
		PRAMIN_TRACE_ROM,
	};
	unsigned int i, b;

	for (i = 0; i < t->devices; i++)
		for (b = 0; b < 4; b++) {
			const struct trace_bar *bar = &t->device[i].bar[b];

			if (at < bar->at || bar->len < width ||
			    at - bar->at > bar->len - width)
				continue;
			if (t->used >= 0 && t->used != (int)i)
				return false;
			e->region = region[b];
			e->off = at - bar->at;
			if (t->used >= 0)
				return true;
			t->used = (int)i;
			for (b = 0; b < 4; b++)
				t->bytes[region[b]] = t->device[i].bar[b].len;
			return true;
		}
	return false;
}

static int access_line(struct pramin_trace *t, char *rest,
		       struct pramin_trace_entry *e, bool *found)
{
	const char *width = trace_word(&rest), *time = trace_word(&rest);
	const char *at, *val;
	uint64_t bytes, bus;

	trace_word(&rest);
	at = trace_word(&rest);
	val = trace_word(&rest);
	if (!trace_number(width, &bytes) ||
	    (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
		return trace_bad(t, "\"%.40s\" is not a width", width);
	if (!trace_number(at, &bus) || bus > UINT64_MAX - bytes)
		return trace_bad(t, "\"%.40s\" is not an address", at);
	if (!trace_number(val, &e->val))
		return trace_bad(t, "\"%.40s\" is not a value", val);
	/* The kernel prints a long whatever the width is. */
	if (bytes < 8)
		e->val &= (1ull << (8 * bytes)) - 1;
	e->width = (uint32_t)bytes;
	e->time = time;
	if (!find(t, bus, e->width, e)) {
		t->others++;
		return 0;
	}
	*found = true;
	t->accesses++;
	trace_resolve(t, e);
	return 0;
}

static int mark(struct pramin_trace *t, char *rest,
		struct pramin_trace_entry *e, bool *found)
{
	uint64_t count;
	char *text;

	e->kind = PRAMIN_TRACE_EVENT;
	e->time = trace_word(&rest);
	e->text = rest;
	*found = true;
	/* The kernel's own: "Lost 12 events." */
	if (strncmp(rest, "Lost ", 5) || !(text = strstr(rest, " events.")))
		return 0;
	*text = '\0';
	if (trace_number(rest + 5, &count)) {
		t->lost += count;
		trace_forget_window(t);
	}
	*text = ' ';
	return 0;
}

/* The ring buffer's own, by cpu: "CPU:1 [LOST 42 EVENTS]" */
static int lost_of_cpu(struct pramin_trace *t, char *rest)
{
	uint64_t count = 0;

	if (strcmp(trace_word(&rest), "[LOST") ||
	    !trace_number(trace_word(&rest), &count) || strcmp(rest, "EVENTS]"))
		return trace_bad(t, "it does not say how many events are lost");
	t->lost += count;
	trace_forget_window(t);
	return 0;
}

/* Lines that tell nothing of an access */
static bool is_other(const char *word)
{
	static const char *const others[] = { "MAP", "UNMAP", "LSPCI",
					      "UNKNOWN", "VERSION" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(word, others[i]))
			return true;
	return false;
}

int trace_mmio_line(struct pramin_trace *t, struct pramin_trace_entry *e,
		    bool *found)
{
	char *rest = t->text, *word;

	if (!*rest || *rest == '#')
		return 0;
	word = trace_word(&rest);
	if (!strcmp(word, "R") || !strcmp(word, "W")) {
		e->kind = *word == 'R' ? PRAMIN_TRACE_READ : PRAMIN_TRACE_WRITE;
		return access_line(t, rest, e, found);
	}
	if (!strcmp(word, "PCIDEV"))
		return device(t, rest);
	if (!strcmp(word, "MARK"))
		return mark(t, rest, e, found);
	if (!strncmp(word, "CPU:", 4))
		return lost_of_cpu(t, rest);
	if (is_other(word))
		return 0;
	return trace_bad(t, "\"%.40s\" begins no line of mmiotrace", word);
}
