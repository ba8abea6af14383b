/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Files of recordings, and sessions that are recorded and replayed.
 */
#ifndef PRAMIN_TESTS_LIB_RECORD_H
#define PRAMIN_TESTS_LIB_RECORD_H

#include "lib_rig.h"
#include "lib_scratch.h"

/* A path in the scratch directory where there is nothing */
static inline const char *record_path(const char *name)
{
	static char path[400];
	const char *dir = scratch();

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : ".", name);
	unlink(path);
	return path;
}

static inline int record_put(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");
	int bad;

	if (!f)
		return CHECK_FAILED;
	bad = fwrite(text, 1, len, f) != len;
	return fclose(f) || bad ? CHECK_FAILED : 0;
}

/* The whole file as a string; the caller frees it. */
static inline char *record_get(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 4 * MIB);

	if (!f || !text || fread(text, 1, 4 * MIB - 1, f) == 0)
		printf("%s cannot be read\n", path);
	if (f)
		fclose(f);
	return text;
}

static inline int record_open(struct rig *r, const char *path)
{
	struct pramin_open_opts opts = { .size = sizeof(opts) };

	opts.record = path;
	return pramin_open_io(&rig_ops, r, &opts, &r->dev, &r->why);
}

static inline int replay_open(const char *path, struct pramin_dev **dev,
			      struct pramin_why *why)
{
	char gpu[500];

	snprintf(gpu, sizeof(gpu), "trace:%s", path);
	return pramin_open(gpu, NULL, dev, why);
}

#endif /* PRAMIN_TESTS_LIB_RECORD_H */
