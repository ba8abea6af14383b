// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A long call that reports how far it is and can be stopped.
 *
 *	bulk_progress [GPU [STOP_AFTER_BYTES]]
 *
 * This writes to VRAM: for the model only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <pramin/pramin.h>

#define MIB	(1ull << 20)

/* Between chunks of at most 64 KiB; anything but 0 ends the call. */
static int progress(void *ctx, uint64_t done, uint64_t total)
{
	const uint64_t *stop_after = ctx;

	if (done % MIB == 0)
		printf("%3" PRIu64 " %%\n", done * 100 / total);
	return done >= *stop_after;
}

int main(int argc, char **argv)
{
	const char *gpu = argc > 1 ? argv[1] : "model:gh100,vram=16G";
	uint64_t stop_after = UINT64_MAX;
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.progress = progress,
		.ctx = &stop_after,
	};
	struct pramin_dev *dev;
	int ret;

	if (argc > 2 && pramin_parse_number(argv[2], &stop_after))
		return 2;
	if (pramin_open(gpu, NULL, &dev, NULL))
		return 1;
	ret = pramin_fill(dev, 5 * 1024 * MIB, 4 * MIB, "\xa5", 1, &bulk);
	if (ret && ret != -ECANCELED)
		fprintf(stderr, "%s\n", pramin_last_why(dev)->what);
	/* These bytes are in VRAM, proved by a read, whatever came after. */
	printf("%" PRIu64 " bytes done%s\n", bulk.done,
	       ret == -ECANCELED ? ", then stopped" : "");
	return pramin_close(dev, NULL) || (ret && ret != -ECANCELED);
}
