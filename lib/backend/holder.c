// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who has a file open: a look at what all processes have open, as far as this user
 * may see it.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vfio.h"

/* Does the process have it open? */
static bool has_open(const char *pid, const struct stat *file)
{
	char path[64 + 256];
	const struct dirent *entry;
	struct stat st;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	/* Not this user's, or over already */
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%.20s/fd/%.255s", pid,
			 entry->d_name);
		found = !stat(path, &st) && st.st_dev == file->st_dev &&
			st.st_ino == file->st_ino;
	}
	closedir(dir);
	return found;
}

static void name_of(const char *pid, char *name, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "re");
	if (!file || !fgets(name, (int)size, file))
		name[0] = '\0';
	if (file)
		fclose(file);
	name[strcspn(name, "\n")] = '\0';
	if (!pci_is_plain(name))
		name[0] = '\0';
}

void holder_of(const char *path, uint32_t *pid, char *name, size_t size)
{
	const struct dirent *entry;
	struct stat file;
	DIR *dir;

	*pid = 0;
	name[0] = '\0';
	if (stat(path, &file))
		return;
	dir = opendir("/proc");
	while (dir && !*pid && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !has_open(entry->d_name, &file))
			continue;
		*pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		name_of(entry->d_name, name, size);
	}
	if (dir)
		closedir(dir);
}
