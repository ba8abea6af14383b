/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A directory of the test's own, for the images of models. It is made at the
 * first use and removed, with what is in it, when the program ends.
 */
#ifndef PRAMIN_TESTS_LIB_SCRATCH_H
#define PRAMIN_TESTS_LIB_SCRATCH_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_dir[256];
static pid_t scratch_owner;

static inline void scratch_empty(void)
{
	DIR *dir = opendir(scratch_dir);
	const struct dirent *entry;
	char path[600];

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", scratch_dir,
			 entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlink(path);
	}
	closedir(dir);
}

static inline void scratch_remove(void)
{
	if (scratch_owner != getpid())
		return;
	scratch_empty();
	rmdir(scratch_dir);
}

/* The directory, or NULL if it cannot be made */
static inline const char *scratch(void)
{
	const char *tmp = getenv("TMPDIR");

	if (scratch_dir[0])
		return scratch_dir;
	snprintf(scratch_dir, sizeof(scratch_dir), "%.200s/pramin-test.XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(scratch_dir)) {
		scratch_dir[0] = '\0';
		return NULL;
	}
	scratch_owner = getpid();
	atexit(scratch_remove);
	return scratch_dir;
}

/* "DIR/@name" behind @prefix; "" without a directory */
static inline const char *scratch_path(char *buf, size_t len,
				       const char *prefix, const char *name)
{
	const char *dir = scratch();

	buf[0] = '\0';
	if (dir)
		snprintf(buf, len, "%s%s/%s", prefix, dir, name);
	return buf;
}

/* The number of files in the directory */
static inline int scratch_files(void)
{
	DIR *dir = opendir(scratch());
	const struct dirent *entry;
	int count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* A whole file into @buf; its length, or -1 */
static inline long scratch_load(const char *path, void *buf, size_t room)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file)
		return -1;
	n = fread(buf, 1, room, file);
	fclose(file);
	return (long)n;
}

static inline int scratch_store(const char *path, const void *buf, size_t len)
{
	FILE *file = fopen(path, "wb");
	size_t n;

	if (!file)
		return -1;
	n = fwrite(buf, 1, len, file);
	return fclose(file) || n != len ? -1 : 0;
}

#endif /* PRAMIN_TESTS_LIB_SCRATCH_H */
