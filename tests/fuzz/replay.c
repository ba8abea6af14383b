// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Runs the inputs of a fuzzer as an ordinary test, with any compiler.
 *
 * Each file below the directories (or each file) on the command line goes
 * through LLVMFuzzerTestOneInput() once, in a child process of its own: a
 * crash, a sanitizer's report or ten seconds without an answer fails that
 * input, is named, and does not hide the others.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TIME_LIMIT 10 /* seconds for one input */

static unsigned int passed, failed;

static void fail(const char *path, const char *what)
{
	printf("%s: FAILED: %s\n", path, what);
	failed++;
}

/* The child: exits with 0 if the input did no harm. */
static void run_input(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	struct stat st;
	size_t size;

	if (!file || fstat(fileno(file), &st) < 0)
		exit(2);
	size = (size_t)st.st_size;
	/* Exactly the input's size, so that a sanitizer sees one byte more. */
	if (size) {
		data = malloc(size);
		if (!data || fread(data, 1, size, file) != size)
			exit(2);
	}
	fclose(file);

	alarm(TIME_LIMIT);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	exit(0);
}

static void replay_file(const char *path)
{
	char what[64];
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_input(path);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		fail(path, strerror(errno));
		return;
	}

	if (WIFSIGNALED(status)) {
		snprintf(what, sizeof(what), "ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
		fail(path, what);
	} else if (WEXITSTATUS(status)) {
		snprintf(what, sizeof(what), "exit status %d",
			 WEXITSTATUS(status));
		fail(path, what);
	} else {
		passed++;
	}
}

static void replay_dir(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	int i;

	if (count < 0) {
		fail(path, strerror(errno));
		return;
	}
	for (i = 0; i < count; i++) {
		char file[PATH_MAX];
		int len = snprintf(file, sizeof(file), "%s/%s", path,
				   entries[i]->d_name);

		if (entries[i]->d_name[0] == '.')
			;
		else if (len < 0 || (size_t)len >= sizeof(file))
			fail(entries[i]->d_name, "path too long");
		else
			replay_file(file);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) < 0)
			fail(argv[i], strerror(errno));
		else if (S_ISDIR(st.st_mode))
			replay_dir(argv[i]);
		else
			replay_file(argv[i]);
	}
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	/* A replay of nothing shows nothing. */
	return failed || !passed;
}
