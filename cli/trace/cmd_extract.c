// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin trace extract: VRAM as a recording has written it.
 *
 * The image is a sparse file: byte N is VRAM address N, and where nothing was
 * written there is a hole. Stores that follow each other are put together, as a
 * driver writes hundreds of thousands of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace.h"

/* No board has more; a recording that says otherwise is wrong. */
#define VRAM_MAX (2ull << 40)

struct image {
	struct sink sink;
	bool dry;
	uint64_t at; /* of @buf */
	size_t len;
	uint64_t end; /* of the highest byte written */
	uint64_t writes;
	uint64_t bytes;
	uint8_t buf[64u << 10];
};

static int put_out(struct cli *cli, struct image *image)
{
	size_t done = 0;

	while (done < image->len && !image->dry) {
		const ssize_t n = pwrite(image->sink.fd, image->buf + done,
					 image->len - done,
					 (off_t)(image->at + done));

		if (n < 0 && errno != EINTR) {
			cli_fail_errno(cli, image->sink.part, -errno);
			return CLI_FAIL;
		}
		if (n > 0)
			done += (size_t)n;
	}
	image->len = 0;
	return CLI_OK;
}

static int put(struct cli *cli, struct image *image,
	       const struct pramin_trace_entry *e, uint64_t vram)
{
	const uint64_t limit = vram && vram < VRAM_MAX ? vram : VRAM_MAX;
	int code = CLI_OK;

	if (e->vram_pa >= limit || e->width > limit - e->vram_pa)
		return cli_usage(cli,
				 "line %" PRIu64 " of the recording: VRAM "
				 "address 0x%" PRIx64 " is outside VRAM",
				 e->line, e->vram_pa);
	if (image->len && (e->vram_pa != image->at + image->len ||
			   image->len + e->width > sizeof(image->buf)))
		code = put_out(cli, image);
	if (!image->len)
		image->at = e->vram_pa;
	/* Little-endian on both sides */
	memcpy(image->buf + image->len, &e->val, e->width);
	image->len += e->width;
	image->writes++;
	image->bytes += e->width;
	if (e->vram_pa + e->width > image->end)
		image->end = e->vram_pa + e->width;
	return code;
}

static int extract(struct cli *cli, struct recording *r, struct image *image)
{
	struct pramin_trace_entry e = { .kind = PRAMIN_TRACE_READ };
	struct pramin_trace_facts facts = { .size = sizeof(facts) };
	int code = CLI_OK;

	while (!code && e.kind != PRAMIN_TRACE_END) {
		code = recording_next(cli, r, &e);
		if (code || e.kind != PRAMIN_TRACE_WRITE || !e.has_vram ||
		    e.window || e.err)
			continue;
		pramin_trace_facts(r->trace, &facts);
		code = put(cli, image, &e, facts.vram);
	}
	return code ? code : put_out(cli, image);
}

static void report(const struct cli *cli, const struct recording *r,
		   const struct image *image, uint64_t size, const char *out)
{
	if (cli->json) {
		struct pramin_trace_facts facts;

		recording_facts(cli, r, &facts);
		json_begin(NULL, '{');
		recording_json(r, &facts);
		json_str("image", out);
		json_num("size", size);
		json_num("writes", image->writes);
		json_num("bytes", image->bytes);
		json_bool("dry_run", image->dry);
		json_end('}');
		out_text("\n");
		return;
	}
	out_text("%s%" PRIu64 " writes of %" PRIu64
		 " bytes to an image of %" PRIu64 " bytes\n",
		 image->dry ? "would put " : "", image->writes, image->bytes,
		 size);
}

static int run_on(struct cli *cli, struct recording *r, struct image *image,
		  char **args)
{
	struct pramin_trace_facts facts;
	uint64_t size;
	int code = recording_open(cli, r, args[0]);

	if (!code && !image->dry)
		code = sink_create(cli, &image->sink);
	if (!code)
		code = extract(cli, r, image);
	if (code)
		return code;
	facts.size = sizeof(facts);
	pramin_trace_facts(r->trace, &facts);
	size = facts.vram && facts.vram <= VRAM_MAX ? facts.vram : image->end;
	image->sink.done = size;
	if (!image->dry)
		code = sink_finish(cli, &image->sink);
	if (code)
		return code;
	if (!cli->json)
		recording_facts(cli, r, &facts);
	report(cli, r, image, size, args[1]);
	return CLI_OK;
}

static int run(struct cli *cli, int count, char **args)
{
	static struct image image;
	struct recording r = { .trace = NULL };
	struct stat st;
	int code;

	(void)count;
	memset(&image, 0, sizeof(image));
	image.dry = cli->dry_run;
	code = sink_check(cli, &image.sink, args[1]);
	if (!code && !stat(args[0], &st) && cli_same_file(&st, args[1]))
		code = cli_usage(cli, "IMAGE '%s' is the recording itself",
				 args[1]);
	if (!code && !image.sink.part)
		code = cli_usage(cli,
				 "IMAGE '%s' is no file that can have "
				 "holes",
				 args[1]);
	if (!code)
		code = run_on(cli, &r, &image, args);
	/* Half an image is worth nothing. */
	if (code)
		image.sink.done = 0;
	sink_drop(cli, &image.sink);
	pramin_trace_close(r.trace);
	return code;
}

const struct cmd cmd_trace_extract = {
	.name = "trace extract",
	.args = "FILE IMAGE",
	.summary = "Make an image of VRAM from what a recording has written.",
	.text = "IMAGE is a sparse file: byte N is VRAM address N, as the last write "
		"left it, and a hole is where nothing was written. Its length is "
		"that of VRAM, or where the highest write ends if that is not "
		"known. mmu show and the others read it with --dump. It is "
		"replaced when complete; after a failure nothing is left behind. FILE "
		"is as in trace show. Opens no GPU.",
	.json = "{\"file\":\"session.txt\",\"format\":\"pramin-trace\",\n"
		" \"chip\":\"tu102\",\"accesses\":15,\"moves\":2,\"unplaced\":0,\n"
		" \"lost\":0,\"whole\":true,\"cut\":false,\n"
		" \"image\":\"vram.img\",\"size\":8589934592,\"writes\":1,\n"
		" \"bytes\":4,\"dry_run\":false}",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
