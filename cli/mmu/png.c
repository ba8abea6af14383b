// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A picture as PNG: by rsvg-convert of librsvg, as a process of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "picture.h"

#define CONVERTER "rsvg-convert"

/* Where it is; before anything is opened */
int png_converter(struct cli *cli, char path[4096])
{
	const char *dirs = getenv("PATH");

	while (dirs && *dirs) {
		size_t len = strcspn(dirs, ":");

		if (len &&
		    snprintf(path, 4096, "%.*s/" CONVERTER, (int)len, dirs) <
			    4096 &&
		    access(path, X_OK) == 0)
			return CLI_OK;
		dirs += len;
		dirs += *dirs == ':';
	}
	cli_error(cli, "--png needs " CONVERTER ", which is not installed");
	cli_next("apt-get install librsvg2-bin; or use --svg");
	return CLI_FAIL;
}

static void child(const char *converter, int in, int out)
{
	char *const args[] = { (char[]){ CONVERTER }, (char[]){ "--format" },
			       (char[]){ "png" }, NULL };

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
		execv(converter, args);
	_exit(127);
}

static int await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
		/* It shares the terminal, but not a signal to this process. */
		if (cli_stopped())
			kill(pid, SIGTERM);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int png_convert(struct cli *cli, const char *converter, const char *svg,
		size_t len, int fd)
{
	FILE *in = tmpfile();
	pid_t pid;
	int code;

	if (!in || fwrite(svg, 1, len, in) != len || fflush(in) ||
	    lseek(fileno(in), 0, SEEK_SET)) {
		cli_error(cli, "temporary file in /tmp: %s", strerror(errno));
		if (in)
			fclose(in);
		return CLI_FAIL;
	}
	pid = fork();
	if (!pid)
		child(converter, fileno(in), fd);
	code = pid < 0 ? -1 : await(pid);
	fclose(in);
	if (!code)
		return CLI_OK;
	if (cli_stopped())
		cli_say_stopped(cli);
	else
		cli_error(cli, "%s could not convert the picture", converter);
	return CLI_FAIL;
}
