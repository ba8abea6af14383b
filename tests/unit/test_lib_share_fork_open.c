// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * fork() while another thread opens and closes a GPU: at no moment does the child
 * get anything that would keep the parent's place after the parent's death.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_processes.h"

#define FORKS 150u

static bool over;
static unsigned int opened;

static void *open_and_close(void *arg)
{
	bool *failed = arg;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED) && !*failed) {
		struct pramin_dev *dev;

		*failed = open_gpu(&dev) || pramin_close(dev, NULL);
		__atomic_fetch_add(&opened, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Does a descriptor or a mapping of this process lead to the file? */
static int holds_the_file(void)
{
	char line[512], path[64];
	const struct dirent *entry;
	FILE *maps = fopen("/proc/self/maps", "r");
	DIR *fds = opendir("/proc/self/fd");
	int found = 0;

	if (!maps || !fds)
		return 2;
	while (fgets(line, sizeof(line), maps))
		found |= strstr(line, state_path) != NULL;
	fclose(maps);
	while ((entry = readdir(fds))) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/fd/%.20s",
			 entry->d_name);
		len = readlink(path, line, sizeof(line) - 1);
		line[len > 0 ? len : 0] = '\0';
		found |= strcmp(line, state_path) == 0;
	}
	closedir(fds);
	return found;
}

static int a_child_forked_during_an_open_inherits_nothing(void)
{
	bool failed = false;
	pthread_t thread;
	unsigned int i;

	CHECK_EQ(files_make(), 0);
	CHECK_EQ(pthread_create(&thread, NULL, open_and_close, &failed), 0);
	for (i = 0; i < FORKS; i++) {
		int status;
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (!pid)
			_exit(holds_the_file());
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK(WIFEXITED(status));
		CHECK_EQ(WEXITSTATUS(status), 0);
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK(!failed);
	CHECK(opened > 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_child_forked_during_an_open_inherits_nothing),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
