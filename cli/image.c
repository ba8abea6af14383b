// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The files in which the opened model keeps its VRAM: file= and its state. A
 * command must neither write its result over them nor load them into themselves.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

bool cli_same_file(const struct stat *st, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

/* What the GPU string names with file=, or NULL */
const char *cli_image_path(const struct cli *cli)
{
	const char *gpu = cli_gpu_string(cli);
	const char *key = gpu ? strstr(gpu, ",file=") : NULL;

	return key ? key + strlen(",file=") : NULL;
}

/* The file beside @image, for the caller to free, or NULL */
static char *state_of(const char *image)
{
	char *state;

	return asprintf(&state, "%s.state", image) < 0 ? NULL : state;
}

bool cli_state_exists(const char *image)
{
	char *state = state_of(image);
	bool there = state && access(state, F_OK) == 0;

	free(state);
	return there;
}

/* By name, by what it is (@st, or NULL), or both */
static bool is_image(const struct cli *cli, const char *path,
		     const struct stat *st)
{
	const char *image = cli_image_path(cli);
	char *state;
	bool same;

	if (!image)
		return false;
	state = state_of(image);
	if (!state)
		return true;
	/* Neither file need exist before the GPU is opened. */
	same = path && (!strcmp(path, image) || !strcmp(path, state));
	if (!same && st)
		same = cli_same_file(st, image) || cli_same_file(st, state);
	free(state);
	return same;
}

bool cli_is_image(const struct cli *cli, const char *path)
{
	struct stat st;

	return is_image(cli, path, stat(path, &st) == 0 ? &st : NULL);
}

bool cli_is_image_fd(const struct cli *cli, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && is_image(cli, NULL, &st);
}

int cli_refuse_image(const struct cli *cli, const char *path)
{
	return cli_usage(cli,
			 "FILE '%s' is where the model keeps its VRAM; "
			 "name another file",
			 path);
}
