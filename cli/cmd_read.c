// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin read: words of VRAM as text.
 *
 * Each word is one bus access of -w bits, so that the width that was asked for
 * is the width that the GPU sees. --raw has no words and goes by bulk.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "cli.h"

#define SHOWN 8	 /* suspects named on standard error */
#define KEPT  64 /* suspects listed in JSON */

struct suspects {
	uint64_t count;
	struct {
		uint64_t vram_pa;
		uint32_t val;
	} first[KEPT];
};

static void suspect(struct suspects *s, uint64_t vram_pa, uint32_t val)
{
	if (!pramin_suspect_name(val))
		return;
	if (s->count < KEPT) {
		s->first[s->count].vram_pa = vram_pa;
		s->first[s->count].val = val;
	}
	s->count++;
}

static void suspects_text(const struct cli *cli, const struct suspects *s)
{
	uint64_t i;

	for (i = 0; i < s->count && i < SHOWN; i++)
		cli_notice(cli,
			   "0x%" PRIx64 ": 0x%08" PRIx32 " looks like a "
			   "PRI error (%s); VRAM may hold such a value",
			   s->first[i].vram_pa, s->first[i].val,
			   pramin_suspect_name(s->first[i].val));
	if (s->count > SHOWN)
		cli_notice(cli, "and %" PRIu64 " more words like these",
			   s->count - SHOWN);
}

static void suspects_json(const struct suspects *s)
{
	uint64_t i;

	json_begin("suspects", '[');
	for (i = 0; i < s->count && i < KEPT; i++) {
		json_begin(NULL, '{');
		json_hex("address", s->first[i].vram_pa, 1);
		json_hex("value", s->first[i].val, 8);
		json_str("name", pramin_suspect_name(s->first[i].val));
		json_end('}');
	}
	json_end(']');
	json_num("suspect_count", s->count);
}

static void show_word(const struct cli *cli, uint64_t vram_pa, uint64_t off,
		      uint64_t len, uint64_t val)
{
	int digits = (int)cli->width * 2;

	if (cli->json) {
		json_hex(NULL, val, digits);
		return;
	}
	if (off % 16 == 0)
		out_text("%s0x%016" PRIx64 ":%s", out_dim(), vram_pa,
			 out_plain());
	out_text(" %0*" PRIx64, digits, val);
	off += cli->width;
	if (off % 16 == 0 || off == len)
		out_text("\n");
}

static int read_words(struct cli *cli, uint64_t vram_pa, uint64_t len,
		      struct suspects *s)
{
	uint64_t off, val = 0;
	int ret;

	for (off = 0; off < len; off += cli->width) {
		if (off % 4096 == 0 && cli_progress(off))
			return CLI_FAIL;
		ret = cli_read_word(cli, vram_pa + off, &val);
		if (ret) {
			cli_fail(cli, ret);
			cli_next("%" PRIu64 " of %" PRIu64 " bytes were read",
				 off, len);
			return CLI_FAIL;
		}
		show_word(cli, vram_pa + off, off, len, val);
		if (out_error() || cli_stopped())
			return CLI_FAIL;
		if (cli->width >= 4)
			suspect(s, vram_pa + off, (uint32_t)val);
		if (cli->width == 8)
			suspect(s, vram_pa + off + 4, (uint32_t)(val >> 32));
	}
	return CLI_OK;
}

static int read_text(struct cli *cli, uint64_t vram_pa, uint64_t len)
{
	static struct suspects s;
	int code;

	if (cli->json) {
		json_begin(NULL, '{');
		json_hex("address", vram_pa, 1);
		json_num("length", len);
		json_num("width", (uint64_t)cli->width * 8);
		json_begin("values", '[');
	}
	cli_progress_begin(cli, len, true);
	code = read_words(cli, vram_pa, len, &s);
	cli_progress_end();
	if (cli->json) {
		json_end(']');
		suspects_json(&s);
		json_end('}');
		out_text("\n");
	}
	suspects_text(cli, &s);
	return code;
}

static int read_raw(struct cli *cli, uint64_t vram_pa, uint64_t len)
{
	struct pramin_bulk total;
	struct sink sink;
	int code;

	code = sink_check(cli, &sink, NULL);
	if (!code)
		code = cli_dump(cli, &sink, vram_pa, len, &total);
	sink_drop(cli, &sink);
	return code;
}

static int run(struct cli *cli, int count, char **args)
{
	uint64_t vram_pa, len;
	int code;

	(void)count;
	if (cli->raw && cli->json)
		return cli_usage(cli, "--raw and --json exclude each other");
	if (cli->raw && isatty(STDOUT_FILENO))
		return cli_usage(cli,
				 "--raw sends bytes, and standard output "
				 "is a terminal; send it to a file or a pipe");
	code = cli_arg_number(cli, "ADDR", args[0], &vram_pa);
	if (!code)
		code = cli_arg_number(cli, "LEN", args[1], &len);
	if (!code)
		code = cli_aligned(cli, "ADDR", vram_pa);
	if (!code)
		code = cli_aligned(cli, "LEN", len);
	if (!code)
		code = cli_open(cli);
	if (!code)
		code = cli_range(cli, "ADDR", vram_pa, len);
	if (code)
		return code;
	if (cli->dry_run)
		return cli_would(cli, vram_pa, len,
				 "read %" PRIu64 " bytes at "
				 "0x%" PRIx64,
				 len, vram_pa);
	return cli->raw ? read_raw(cli, vram_pa, len) :
			  read_text(cli, vram_pa, len);
}

const struct cmd cmd_read = {
	.name = "read",
	.args = "ADDR LEN",
	.summary = "Print words of VRAM.",
	.text = "Reads LEN bytes at ADDR, one access of -w bits per word, and "
		"prints one line per 16 bytes: the address, then the words. "
		"ADDR and LEN are multiples of the width. The text is the same "
		"on a terminal, in a pipe and in a file.\n\n"
		"With 32 and 64 bits, words that look like a PRI error "
		"(0xbad.....) are named on standard error: the GPU answers a "
		"failed read so, but VRAM may hold such a value as data. JSON "
		"lists the first 64 of them and the count of all.",
	.json = "{\"address\":\"0x1000\",\"length\":8,\"width\":32,\n"
		" \"values\":[\"0x01234567\",\"0xbad0b012\"],\n"
		" \"suspects\":[{\"address\":\"0x1004\","
		"\"value\":\"0xbad0b012\",\n"
		"  \"name\":\"HOST_FB_ACK_TIMEOUT\"}],\"suspect_count\":1}",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
