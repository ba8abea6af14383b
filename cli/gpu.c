// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Opening and closing the GPU, the range check that every command makes before
 * it touches anything, and what -n and --stats print.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* -d, else $PRAMIN_GPU, else NULL: the library's default */
const char *cli_gpu_string(const struct cli *cli)
{
	const char *env;

	if (cli->gpu)
		return cli->gpu;
	env = getenv("PRAMIN_GPU");
	return env && *env ? env : NULL;
}

/*
 * A dry run creates nothing: where the image file does not exist yet but could
 * be made, the same model without one has the same size and the same window.
 * The caller frees *@copy.
 */
static int without_image(const struct cli *cli, const char **gpu, char **copy)
{
	const char *image = cli_image_path(cli);
	const char *key = strstr(*gpu, ",file=");
	int ret;

	if (!image || access(image, F_OK) == 0)
		return CLI_OK;
	if (cli_state_exists(image)) {
		cli_error(cli, "%s.state exists, but %s does not", image,
			  image);
		return CLI_USAGE;
	}
	ret = cli_dir_usable(image);
	if (ret) {
		cli_error(cli, "file= '%s' could not be created: %s", image,
			  strerror(ret));
		return ret == ENOENT || ret == ENOTDIR ? CLI_USAGE : CLI_FAIL;
	}
	*copy = strndup(*gpu, (size_t)(key - *gpu));
	if (*copy)
		*gpu = *copy;
	return CLI_OK;
}

static void on_log(void *ctx, enum pramin_log_level level, const char *line)
{
	/* Errors are told by whoever gets the code; debug is for libraries. */
	if (level == PRAMIN_LOG_NOTICE)
		cli_notice(ctx, "%s", line);
}

int cli_open(struct cli *cli)
{
	const char *gpu = cli_gpu_string(cli);
	struct pramin_open_opts opts = { .size = sizeof(opts) };
	struct pramin_why why = { .err = 0 };
	char *copy = NULL;
	int ret;

	opts.verify = cli->verify;
	opts.force = (cli->force_shared ? PRAMIN_FORCE_SHARED : 0u) |
		     (cli->force_move ? PRAMIN_FORCE_MOVE : 0u) |
		     (cli->force_reserved ? PRAMIN_FORCE_RESERVED : 0u);
	opts.log = on_log;
	opts.log_ctx = cli;
	if (gpu && cli->dry_run) {
		ret = without_image(cli, &gpu, &copy);
		if (ret)
			return ret;
	}
	/* Hardware may be pulled out; a model has nothing to be pulled. */
	if (gpu && strncmp(gpu, "model:", 6) != 0)
		pramin_catch_sigbus();
	ret = pramin_open(gpu, &opts, &cli->dev, &why);
	free(copy);
	if (ret) {
		cli->dev = NULL;
		return cli_fail_why(cli, ret, &why);
	}
	cli_signals_dev(cli->dev);
	if (!gpu)
		cli_notice(cli,
			   "no -d and no $PRAMIN_GPU: this is the model "
			   "tu102 with 8G, and nothing is kept (file= keeps)");

	cli->info.size = sizeof(cli->info);
	ret = pramin_info(cli->dev, &cli->info);
	if (ret)
		return cli_fail(cli, ret);
	return cli_stopped() ? CLI_FAIL : CLI_OK;
}

static void stats_json(const struct pramin_stats *s)
{
	static const char *const bits[] = { "8", "16", "32", "64" };
	char line[1024];
	int n, i;

	n = snprintf(line, sizeof(line), "{\"moves\":%" PRIu64 ",\"reads\":{",
		     s->moves);
	for (i = 0; i < 4; i++)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
			      "%s\"%s\":%" PRIu64, i ? "," : "", bits[i],
			      s->reads[i]);
	n += snprintf(line + n, sizeof(line) - (size_t)n, "},\"writes\":{");
	for (i = 0; i < 4; i++)
		n += snprintf(line + n, sizeof(line) - (size_t)n,
			      "%s\"%s\":%" PRIu64, i ? "," : "", bits[i],
			      s->writes[i]);
	snprintf(line + n, sizeof(line) - (size_t)n,
		 "},\"simulated_ns\":%" PRIu64 ",\"proofs\":%" PRIu64
		 ",\"flushes\":%" PRIu64 ",\"liveness\":%" PRIu64 "}",
		 s->simulated_ns, s->proofs, s->flushes, s->liveness);
	dprintf(STDERR_FILENO, "%s\n", line);
}

static void stats_text(const struct pramin_stats *s)
{
	dprintf(STDERR_FILENO,
		"moves %" PRIu64 ", proofs %" PRIu64 ", flushes %" PRIu64
		", liveness %" PRIu64 "\n"
		"reads 8:%" PRIu64 " 16:%" PRIu64 " 32:%" PRIu64 " 64:%" PRIu64
		"\n"
		"writes 8:%" PRIu64 " 16:%" PRIu64 " 32:%" PRIu64 " 64:%" PRIu64
		"\n"
		"simulated %" PRIu64 " ns\n",
		s->moves, s->proofs, s->flushes, s->liveness, s->reads[0],
		s->reads[1], s->reads[2], s->reads[3], s->writes[0],
		s->writes[1], s->writes[2], s->writes[3], s->simulated_ns);
}

/*
 * Before a result is given out: did the window stand where it was put? One read
 * tells of a register that has stopped working under a long command.
 */
int cli_prove(struct cli *cli)
{
	int ret = pramin_check_window(cli->dev);

	if (!ret)
		return CLI_OK;
	cli_fail(cli, ret);
	if (ret == -EIO)
		cli_next("what this command read or wrote may have been other "
			 "VRAM");
	return CLI_FAIL;
}

/* @code is what the command returned; the result replaces it. */
int cli_close(struct cli *cli, int code)
{
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_why why = { .err = 0 };
	int ret = 0;

	if (cli->dev) {
		if (code == CLI_OK || code == CLI_NO)
			code = cli_prove(cli) ? CLI_FAIL : code;
		if (pramin_stats(cli->dev, &stats))
			memset(&stats, 0, sizeof(stats));
		/* The window goes back whatever arrives now. */
		cli_signals_block(true);
		cli_signals_dev(NULL);
		ret = pramin_close(cli->dev, &why);
		cli->dev = NULL;
		cli_signals_block(false);
	}
	/* A GPU that was found gone before need not be announced twice. */
	if (ret && !(ret == -ENODEV && cli_told_gone())) {
		cli_fail_why(cli, ret, &why);
		cli_next("the window was not restored");
	} else if (ret && stats.moves) {
		cli_next("the window was not restored");
	}
	if (ret && code != CLI_USAGE)
		code = CLI_FAIL;
	if (cli->stats)
		(cli->json ? stats_json : stats_text)(&stats);
	return code;
}

int cli_range(struct cli *cli, const char *name, uint64_t vram_pa, uint64_t len)
{
	const struct pramin_info *info = &cli->info;
	uint64_t limit = info->vram_size;
	const char *what = "VRAM ends at";
	char size[CLI_SIZE_TEXT];

	if (info->reach < limit) {
		limit = info->reach;
		what = "the window of this chip reaches to";
	}
	if (vram_pa <= limit && len <= limit - vram_pa)
		return CLI_OK;
	if (len > UINT64_MAX - vram_pa)
		return cli_usage(cli,
				 "%s 0x%" PRIx64 " and 0x%" PRIx64
				 " bytes from there pass 2^64; %s 0x%" PRIx64
				 " (%s)",
				 name, vram_pa, len, what, limit,
				 cli_size_text(size, limit));
	return cli_usage(cli,
			 "%s 0x%" PRIx64 " and 0x%" PRIx64 " bytes from "
			 "there end at 0x%" PRIx64 ", but %s 0x%" PRIx64
			 " (%s)",
			 name, vram_pa, len, vram_pa + len, what, limit,
			 cli_size_text(size, limit));
}

/*
 * How much of @len to do in one call, so that each call needs one position:
 * to the next MiB, or all of it where one position shows all of it.
 */
uint64_t cli_chunk(uint64_t vram_pa, uint64_t len)
{
	if (len <= CLI_CHUNK - vram_pa % (64u << 10))
		return len;
	return CLI_CHUNK - vram_pa % CLI_CHUNK;
}

/* The result of a dry run. */
int cli_would(const struct cli *cli, uint64_t vram_pa, uint64_t len,
	      const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		cli_error(cli, "out of memory");
		return CLI_FAIL;
	}
	if (cli->json) {
		json_begin(NULL, '{');
		json_bool("dry_run", true);
		json_str("command", cli->cmd->name);
		json_hex("address", vram_pa, 1);
		json_num("length", len);
		json_str("would", text);
		json_end('}');
		out_text("\n");
	} else {
		cli_make_plain(text);
		out_text("would %s\n", text);
	}
	free(text);
	return CLI_OK;
}
