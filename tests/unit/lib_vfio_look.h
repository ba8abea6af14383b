/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What this process has: descriptors, threads, mappings of the device that
 * lib_vfio.h plays.
 */
#ifndef PRAMIN_TESTS_LIB_VFIO_LOOK_H
#define PRAMIN_TESTS_LIB_VFIO_LOOK_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FAKE_FDS 256

/* Descriptors that are open */
static inline unsigned int fake_fds(void)
{
	unsigned int count = 0;
	int fd;

	for (fd = 0; fd < FAKE_FDS; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Entries of a directory of /proc: threads; or lines of maps with that word */
static inline unsigned int fake_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	unsigned int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

/* One that was joined is still to be seen for a moment. */
static inline bool fake_threads_are(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < 60000 && fake_threads() != count; i++)
		usleep(1000);
	return fake_threads() == count;
}

static inline unsigned int fake_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int count = 0;
	char line[1024];

	while (maps && fgets(line, sizeof(line), maps))
		count += strstr(line, "fake-vfio") != NULL;
	if (maps)
		fclose(maps);
	return count;
}

#endif /* PRAMIN_TESTS_LIB_VFIO_LOOK_H */
