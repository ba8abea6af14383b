// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The backends of this build, and which of them a string names.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "backend.h"

static const struct backend *const backends[] = {
	&backend_model,
	&backend_sysfs,
	&backend_vfio,
};

bool backend_is_pci_address(const char *text)
{
	static const char form[] = "xxxx:xx:xx.x";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) :
				     text[i] != form[i])
			return false;
	return text[i] == '\0' || text[i] == ',';
}

const struct backend *backend_of(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		const struct backend *b = backends[i];

		if (*b->prefix ? !strncmp(text, b->prefix, strlen(b->prefix)) :
				 backend_is_pci_address(text))
			return b;
	}
	return NULL;
}

void backends_in_child(void)
{
	size_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (backends[i]->in_child)
			backends[i]->in_child();
}
