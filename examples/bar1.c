// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Map scattered pieces of VRAM side by side in BAR1, and use them as one.
 *
 *	bar1 [GPU]
 *
 * Page tables come from 16 MiB of VRAM that nobody else uses. This writes to VRAM: for
 * the model only.
 */
#include <inttypes.h>
#include <stdio.h>

#include <pramin/pramin.h>

#define MIB (1ull << 20)

static int use(struct pramin_dev *dev, struct pramin_bar1 *bar1)
{
	static const struct pramin_map_piece pieces[] = {
		{ 512 * MIB, 64 << 10 },
		{ 300 * MIB, 64 << 10 },
	};
	uint64_t off = PRAMIN_VA_ANY, val = 0;
	volatile void *ptr;
	int ret = pramin_bar1_map(bar1, &off, pieces, 2, NULL);

	/* The last bytes of one piece, and the first of the other */
	if (!ret)
		ret = pramin_bar1_store(bar1, off + (64 << 10) - 4, "BAR1VRAM",
					8);
	if (!ret)
		ret = pramin_read64(dev, 300 * MIB, &val);
	/* A real GPU has a pointer too; the model wants calls. */
	if (!ret)
		ret = pramin_bar1_pointer(bar1, off, 2 * (64 << 10), &ptr);
	if (!ret)
		printf("%.4s, pointer: %s\n", (const char *)&val,
		       ptr ? "yes" : "no");
	return ret ? ret : pramin_bar1_unmap(bar1, off, 2 * (64 << 10), NULL);
}

int main(int argc, char **argv)
{
	const char *gpu = argc > 1 ? argv[1] : "model:gh100,vram=1G";
	struct pramin_bar1_params params = { .size = sizeof(params) };
	struct pramin_bar1 *bar1 = NULL;
	struct pramin_dev *dev;
	int ret;

	if (pramin_open(gpu, NULL, &dev, NULL))
		return 1;
	ret = pramin_pool_create(dev, &params.pool);
	if (!ret)
		ret = pramin_pool_add(params.pool, 16 * MIB, 16 * MIB);
	/* Refused, and said why, if it is somebody's: then use the window. */
	if (!ret)
		ret = pramin_bar1_take(dev, &params, &bar1);
	if (!ret)
		ret = use(dev, bar1);
	if (ret)
		fprintf(stderr, "%s\n", pramin_last_why(dev)->what);
	ret = pramin_bar1_release(bar1) || ret;
	return pramin_close(dev, NULL) || ret;
}
