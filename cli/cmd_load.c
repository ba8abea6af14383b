// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin load: a file into VRAM.
 *
 * The whole length is checked before the first write. Reading back is done
 * chunk by chunk, because standard input cannot be read twice.
 */
#include <errno.h>
#include <inttypes.h>

#include "cli.h"

struct load {
	uint64_t vram_pa;
	uint64_t len;
	uint64_t done; /* bytes proved to be in VRAM */
};

/* The bytes up to @load->done are there, behind them nothing is certain. */
static int stopped_at(const struct load *load, int code)
{
	cli_next("the first %" PRIu64 " of %" PRIu64 " bytes are loaded; what "
		 "VRAM holds behind them is not certain",
		 load->done, load->len);
	return code;
}

static int check_back(struct cli *cli, const struct load *load,
		      const uint8_t *buf, uint64_t n)
{
	struct pramin_bulk bulk;
	uint64_t base = load->done, same = 0;
	int ret;

	cli_bulk(&bulk, &base);
	ret = pramin_compare(cli->dev, load->vram_pa + load->done, buf, n,
			     &same, &bulk);
	if (ret)
		return stopped_at(load, cli_fail(cli, ret));
	if (same == n)
		return CLI_OK;
	cli_error(cli, "0x%" PRIx64 " does not hold what was written to it",
		  load->vram_pa + load->done + same);
	return stopped_at(load, CLI_FAIL);
}

static int load_chunk(struct cli *cli, struct source *src, struct load *load)
{
	static uint8_t buf[CLI_CHUNK];
	uint64_t base = load->done, n;
	struct pramin_bulk bulk;
	size_t got;
	int ret, code;

	n = cli_chunk(load->vram_pa + load->done, load->len - load->done);
	ret = source_read(src, buf, (size_t)n, &got);
	if (ret) {
		cli_fail_errno(cli, src->path, ret);
		return stopped_at(load, CLI_FAIL);
	}

	cli_bulk(&bulk, &base);
	ret = pramin_write(cli->dev, load->vram_pa + base, buf, got, &bulk);
	if (ret) {
		load->done += bulk.done;
		return stopped_at(load, cli_fail(cli, ret));
	}
	code = cli->verify ? check_back(cli, load, buf, got) : CLI_OK;
	if (code)
		return code;
	load->done += got;
	if (got < n) {
		cli_error(cli,
			  "FILE '%s' ended early: %" PRIu64 " of %" PRIu64
			  " bytes were loaded",
			  src->path, load->done, load->len);
		return CLI_FAIL;
	}
	return CLI_OK;
}

static int load_all(struct cli *cli, struct source *src, uint64_t vram_pa)
{
	struct load load = { .vram_pa = vram_pa, .len = src->len };
	int code = CLI_OK;

	if (!src->len)
		cli_notice(cli, "0 bytes of FILE '%s': nothing was written",
			   src->path);
	cli_progress_begin(cli, src->len, false);
	while (!code && load.done < load.len)
		code = load_chunk(cli, src, &load);
	cli_progress_end();
	if (code || !cli->json)
		return code;
	json_begin(NULL, '{');
	json_hex("address", vram_pa, 1);
	json_num("length", load.len);
	json_str("file", src->path);
	json_bool("verified", cli->verify);
	json_end('}');
	out_text("\n");
	return CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	struct source src;
	uint64_t vram_pa;
	int code;

	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (code)
		return code;
	code = source_open(cli, &src, count - 1, args + 1);
	if (!code && cli_is_image_fd(cli, src.fd))
		code = cli_refuse_image(cli, src.path);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, src.len);
	if (!code && cli->dry_run)
		code = cli_would(cli, vram_pa, src.len,
				 "load %" PRIu64 " bytes of %s to 0x%" PRIx64,
				 src.len, src.path, vram_pa);
	else if (!code)
		code = load_all(cli, &src, vram_pa);
	source_close(&src);
	return code;
}

const struct cmd cmd_load = {
	.name = "load",
	.args = "ADDR FILE [LEN]",
	.summary = "Copy a file to VRAM.",
	.text = "Copies FILE to VRAM at ADDR, of any alignment, or its first "
		"LEN bytes. FILE may be - for standard input; then, and "
		"wherever FILE is not a regular file, LEN is needed. The whole "
		"length is checked before anything is written. Each 64 KiB is "
		"proved by a read. With --verify all of it is read back and "
		"compared.\n\n"
		"An empty FILE writes nothing, says so, and is not an error.",
	.json = "{\"address\":\"0x1000\",\"length\":4096,"
		"\"file\":\"vram.bin\",\"verified\":false}",
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
