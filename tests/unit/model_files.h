/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A directory of its own for each test of the model's files, and whole files
 * as bytes. Needs _GNU_SOURCE.
 */
#ifndef PRAMIN_TESTS_MODEL_FILES_H
#define PRAMIN_TESTS_MODEL_FILES_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model_rig.h"

struct dir {
	char path[64];
	char image[96];
	char state[96];
};

static inline int dir_make(struct dir *d)
{
	strcpy(d->path, "/tmp/pramin-model-XXXXXX");
	if (!mkdtemp(d->path))
		return -1;
	snprintf(d->image, sizeof(d->image), "%s/vram", d->path);
	snprintf(d->state, sizeof(d->state), "%s/vram.state", d->path);
	return 0;
}

/* Entries of a directory besides . and .. */
static inline int dir_count(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!dir)
		return -1;
	while ((e = readdir(dir)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	closedir(dir);
	return n;
}

static inline void dir_remove(const struct dir *d)
{
	DIR *dir = opendir(d->path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0))
			unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
	rmdir(d->path);
}

static inline ssize_t file_get(const char *path, void *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, len);

	if (fd >= 0)
		close(fd);
	return n;
}

static inline int file_put(const char *path, const void *buf, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, buf, len);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)len ? 0 : -1;
}

static inline int open_file(const char *chip, uint64_t vram, const char *path,
			    struct pramin_model **m, struct pramin_why *why)
{
	struct pramin_model_params p = { .chip = chip,
					 .vram = vram,
					 .file = path };

	return build_why(&p, m, why);
}

#endif /* PRAMIN_TESTS_MODEL_FILES_H */
