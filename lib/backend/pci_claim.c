// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What stands between a process and a device's memory: claims on its addresses, and
 * a kernel that is locked down.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "pci.h"

/* Longer lines of /proc/iomem are cut: what matters stands in front. */
#define LINE 160u

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

/* Line by line, until one is a claim */
static void scan(int fd, const struct pci_bar *bar, const char *addr,
		 char *name, size_t size)
{
	char chunk[1024], line[LINE];
	size_t used = 0;
	off_t off = 0;
	ssize_t n, i;

	while ((n = backend_calls->pread(fd, chunk, sizeof(chunk), off)) > 0) {
		off += n;
		for (i = 0; i < n; i++) {
			if (chunk[i] != '\n') {
				if (used < sizeof(line) - 1)
					line[used++] = chunk[i];
				continue;
			}
			line[used] = '\0';
			used = 0;
			if (take_claim(line, bar, addr, name, size))
				return;
		}
	}
}

void pci_claimed_by(const struct pci_bar *bar, const char *addr, char *name,
		    size_t size)
{
	int fd;

	name[0] = '\0';
	if (!bar->bytes)
		return;
	fd = pci_file_open("proc/iomem", O_RDONLY);
	if (fd < 0)
		return;
	scan(fd, bar, addr, name, size);
	backend_calls->close(fd);
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
