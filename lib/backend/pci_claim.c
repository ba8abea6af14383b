// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What stands between a process and a device's memory: claims on its addresses, and
 * a kernel that is locked down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pci.h"

/* "  a0000000-a1ffffff : name": the name, if that lies inside the BAR */
static const char *claim_in(const char *line, const struct pci_bar *bar)
{
	unsigned long long start, end;
	char *rest;

	start = strtoull(line, &rest, 16);
	if (*rest != '-')
		return NULL;
	end = strtoull(rest + 1, &rest, 16);
	if (strncmp(rest, " : ", 3) || end < start || start < bar->start ||
	    end - bar->start >= bar->bytes)
		return NULL;
	return rest + 3;
}

/* The claim that a line tells of, if it is not the device's own */
static bool take_claim(const char *line, const struct pci_bar *bar,
		       const char *addr, char *name, size_t size)
{
	const char *claim = claim_in(line, bar);

	if (!claim || !*claim || !strcmp(claim, addr) || !pci_is_plain(claim))
		return false;
	snprintf(name, size, "%s", claim);
	return true;
}

/* What a search for a claim knows */
struct search {
	const struct pci_bar *bar;
	const char *addr;
	char *name;
	size_t size;
};

static bool look_at(void *ctx, const char *line)
{
	const struct search *s = ctx;

	return take_claim(line, s->bar, s->addr, s->name, s->size);
}

void pci_claimed_by(const struct pci_bar *bar, const char *addr, char *name,
		    size_t size)
{
	struct search search = { bar, addr, name, size };

	name[0] = '\0';
	if (bar->bytes)
		pci_each_line("proc/iomem", look_at, &search);
}

/* "none [integrity] confidentiality": what stands in brackets */
void pci_lockdown(char *text, size_t size)
{
	char all[128], *from, *to;

	text[0] = '\0';
	if (pci_file_text("sys/kernel/security/lockdown", all, sizeof(all)))
		return;
	from = strchr(all, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return;
	*to = '\0';
	if (strcmp(from + 1, "none") && pci_is_plain(from + 1))
		snprintf(text, size, "%s", from + 1);
}
