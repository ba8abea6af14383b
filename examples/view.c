// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Hold a stretch of VRAM and touch it word by word.
 *
 *	view [GPU]
 *
 * The stretch lies across a 1 MiB line; the window moves once, to a place that
 * shows all of it. This writes to VRAM: for the model only.
 */
#include <inttypes.h>
#include <stdio.h>

#include <pramin/pramin.h>

#define START	(0x140000000ull - 2048)
#define BYTES	4096u

int main(int argc, char **argv)
{
	const char *gpu = argc > 1 ? argv[1] : "model:gh100,vram=16G";
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_view *view;
	struct pramin_span span;
	struct pramin_dev *dev;
	uint64_t off, sum = 0;
	int ret;

	if (pramin_open(gpu, NULL, &dev, NULL))
		return 1;
	ret = pramin_view_begin(dev, START, BYTES, &view);
	if (ret)
		goto close;
	/* A local copy: each accessor below is then one load or store. */
	span = pramin_view_span(view);
	for (off = 0; off < BYTES; off += 8)
		pramin_span_write64(span, off, off);
	for (off = 0; off < BYTES; off += 8)
		sum += pramin_span_read64(span, off);
	/* The accessors return no code; the first failure is told here. */
	ret = pramin_view_end(view);
	pramin_stats(dev, &stats);
	printf("sum %" PRIu64 ", %" PRIu64 " move\n", sum, stats.moves);
close:
	if (ret)
		fprintf(stderr, "%s\n", pramin_last_why(dev)->what);
	return pramin_close(dev, NULL) || ret ? 1 : 0;
}
