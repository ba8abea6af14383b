// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin dump: bytes of VRAM to a file or a stream.
 *
 * One buffer of 1 MiB, filled from one position of the window at a time.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli.h"

static int report(struct cli *cli, const struct sink *sink, int ret)
{
	/* The sticky error of standard output is told by main(). */
	if (!sink->path)
		return CLI_FAIL;
	if (ret == -EPIPE)
		return CLI_FAIL;
	cli_fail_errno(cli, sink->part ? sink->part : sink->path, ret);
	return CLI_FAIL;
}

int cli_dump(struct cli *cli, struct sink *sink, uint64_t vram_pa, uint64_t len,
	     struct pramin_bulk *total)
{
	static uint8_t buf[CLI_CHUNK];
	struct pramin_bulk bulk;
	uint64_t base = 0;
	int ret = 0, put = 0;

	memset(total, 0, sizeof(*total));
	cli_progress_begin(cli, len, !sink->path);
	while (base < len && !ret && !put) {
		uint64_t n = cli_chunk(vram_pa + base, len - base);

		cli_bulk(&bulk, &base);
		ret = pramin_read(cli->dev, vram_pa + base, buf, n, &bulk);
		if (!total->suspects)
			total->first_suspect = bulk.first_suspect;
		total->suspects += bulk.suspects;
		/* On failure the bytes before it are good. */
		put = sink_write(sink, vram_pa + base, buf,
				 (size_t)(ret ? bulk.done : n));
		base += ret ? bulk.done : n;
	}
	if (!put && !sink->path)
		put = out_flush();
	cli_progress_end();
	if (ret) {
		cli_fail(cli, ret);
		cli_next("%" PRIu64 " of %" PRIu64 " bytes were read", base,
			 len);
		return CLI_FAIL;
	}
	if (put)
		return report(cli, sink, put);
	cli_note_suspects(cli, total);
	return cli_stopped() ? CLI_FAIL : CLI_OK;
}

static int dump_to(struct cli *cli, struct sink *sink, uint64_t vram_pa,
		   uint64_t len)
{
	struct pramin_bulk total;
	int code;

	code = sink_create(cli, sink);
	if (!code)
		code = cli_dump(cli, sink, vram_pa, len, &total);
	/* Before it replaces a file that may be good. */
	if (!code)
		code = cli_prove(cli);
	if (!code)
		code = sink_finish(cli, sink);
	if (code || !cli->json)
		return code;
	json_begin(NULL, '{');
	json_hex("address", vram_pa, 1);
	json_num("length", len);
	json_str("file", sink->path);
	json_num("suspect_count", total.suspects);
	if (total.suspects)
		json_hex("first_suspect", total.first_suspect, 1);
	else
		json_null("first_suspect");
	json_end('}');
	out_text("\n");
	return CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	const char *path = count > 2 ? args[2] : NULL;
	uint64_t vram_pa, len;
	struct sink sink;
	int code;

	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &len);
	if (!code && cli->json && (!path || !strcmp(path, "-")))
		code = cli_usage(cli, "--json needs a FILE: without one, the "
				      "bytes go where the object would go");
	if (code)
		return code;
	code = sink_check(cli, &sink, path);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, len);
	if (!code && cli->dry_run)
		code = cli_would(cli, vram_pa, len,
				 "copy %" PRIu64 " bytes at "
				 "0x%" PRIx64 " to %s",
				 len, vram_pa, path ? path : "standard output");
	else if (!code)
		code = dump_to(cli, &sink, vram_pa, len);
	sink_drop(cli, &sink);
	return code;
}

const struct cmd cmd_dump = {
	.name = "dump",
	.args = "ADDR LEN [FILE]",
	.summary = "Copy VRAM to a file or a pipe.",
	.text = "Copies LEN bytes at ADDR, of any alignment, to FILE; without "
		"FILE, or with -, to standard output. A terminal gets a "
		"hexdump instead of the bytes.\n\n"
		"The bytes go to FILE.part, which takes the name FILE when it "
		"is complete and on the disk; until then a FILE that exists "
		"keeps its content. After a failure FILE.part is kept, with a "
		"note of how many bytes it holds, or removed if it holds none. "
		"Runs of zeros become holes. A FILE that is not a regular file, "
		"such as a FIFO or /dev/null, is written directly.\n\n"
		"Words that look like a PRI error are counted on standard "
		"error. --json needs a FILE.",
	.json = "{\"address\":\"0x1000\",\"length\":4096,"
		"\"file\":\"vram.bin\",\n"
		" \"suspect_count\":0,\"first_suspect\":null}",
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
