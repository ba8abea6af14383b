// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin: the command.
 *
 * Whatever happens, one way leads out: the GPU is closed, which restores its
 * window; then standard output is committed; then the exit code is decided.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

extern const struct cmd cmd_list, cmd_info, cmd_window, cmd_read, cmd_write,
	cmd_dump, cmd_load, cmd_fill, cmd_compare, cmd_copy, cmd_find, cmd_top,
	cmd_mmu_walk, cmd_mmu_list, cmd_mmu_find, cmd_mmu_check, cmd_mmu_show,
	cmd_mmu_map, cmd_mmu_unmap, cmd_mmu_protect, cmd_bar1_status,
	cmd_bar1_map, cmd_trace_show, cmd_trace_stats, cmd_trace_extract,
	cmd_help;

/* clang-format off */
const struct cmd *const cmds[] = {
	&cmd_list, &cmd_info, &cmd_window, &cmd_read, &cmd_write, &cmd_dump,
	&cmd_load, &cmd_fill, &cmd_compare, &cmd_copy, &cmd_find, &cmd_top,
	&cmd_mmu_walk, &cmd_mmu_list, &cmd_mmu_find, &cmd_mmu_check,
	&cmd_mmu_show, &cmd_mmu_map, &cmd_mmu_unmap, &cmd_mmu_protect,
	&cmd_bar1_status, &cmd_bar1_map, &cmd_trace_show, &cmd_trace_stats,
	&cmd_trace_extract, &cmd_help, NULL,
};
/* clang-format on */

const char *const cmd_groups[] = { "mmu", "bar1", "trace", NULL };

const struct cmd *cmd_lookup(const char *name)
{
	const struct cmd *const *cmd;

	for (cmd = cmds; *cmd; cmd++)
		if (!strcmp((*cmd)->name, name))
			return *cmd;
	return NULL;
}

bool cmd_in_group(const struct cmd *cmd, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(cmd->name, group, len) && cmd->name[len] == ' ';
}

const struct cmd *cmd_lookup_in(const char *group, const char *word)
{
	const struct cmd *const *cmd;

	for (cmd = cmds; *cmd; cmd++)
		if (cmd_in_group(*cmd, group) &&
		    !strcmp((*cmd)->name + strlen(group) + 1, word))
			return *cmd;
	return NULL;
}

const char *cmd_group(const char *word)
{
	const char *const *group;

	for (group = cmd_groups; *group; group++)
		if (!strcmp(*group, word))
			return *group;
	return NULL;
}

/*
 * A closed descriptor would be given to the next file that is opened, and
 * messages would end up in it. Standard output is made unwritable, so that
 * losing the result is still an error. Where there is no /dev/null, a directory
 * keeps the place: it can be neither read nor written.
 */
static void guard_descriptors(void)
{
	int fd, put;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		put = open("/dev/null",
			   fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
		if (put < 0)
			put = open("/", O_RDONLY | O_DIRECTORY);
		if (put != fd)
			_exit(CLI_FAIL);
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	int count = 0, code;

	code = cli_options(cli, argc, argv, &count);
	if (code)
		return code;
	out_color(cli->color);
	if (cli->version) {
		out_text("pramin %s\n", pramin_version());
		return CLI_OK;
	}
	if (cli->help)
		return cli_help(cli, cli->cmd, cli->group);
	if (!cli->cmd) {
		if (cli->group)
			cli_error(cli, "%s is the first word of a command",
				  cli->group);
		else
			cli_error(cli, "no command");
		cli_usage_hint(cli);
		return CLI_USAGE;
	}
	if (count < cli->cmd->min_args ||
	    (cli->cmd->max_args >= 0 && count > cli->cmd->max_args)) {
		cli_error(cli, "%s",
			  count < cli->cmd->min_args ?
				  "an argument is missing" :
				  "too many arguments");
		cli_usage_hint(cli);
		return CLI_USAGE;
	}
	if (cli->json)
		out_hold();
	return cli->cmd->run(cli, count, argv);
}

/* Standard output last: nothing is printed that did not come true. */
static int finish(struct cli *cli, int code)
{
	int sig, ret;

	cli_progress_end();
	code = cli_close(cli, code);
	sig = cli_stopped();
	ret = out_finish(!sig && (code == CLI_OK || code == CLI_NO));
	/* One may have come while a slow reader was waited for. */
	sig = cli_stopped();
	if (sig) {
		cli_say_stopped(cli);
		return 128 + sig;
	}
	if (ret) {
		/* A reader that has seen enough is no reason to complain. */
		if (ret != -EPIPE)
			cli_error(cli, "%s: %s", out_error_where(),
				  strerror(-ret));
		return code == CLI_USAGE ? CLI_USAGE : CLI_FAIL;
	}
	return code == CLI_NO ? CLI_FAIL : code;
}

int main(int argc, char **argv)
{
	struct cli cli = { .width = 4 };

	guard_descriptors();
	cli_signals();
	return finish(&cli, run(&cli, argc, argv));
}
