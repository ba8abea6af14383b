// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Two threads write page tables, each its own, through one handle.
 *
 *	share [GPU]
 *
 * An entry must not be seen before what it points to: a barrier keeps that order,
 * and everything else may be made in the order that moves the window least. No
 * lock: the library sees to it that each word lands in its place. This writes to
 * VRAM: for the model only.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include <pramin/pramin.h>

#define ENTRIES 64u

struct writer {
	struct pramin_dev *dev;
	uint64_t leaf_pa; /* a table of ENTRIES entries */
	uint64_t dir_pa;  /* the entry that links it */
	int ret;
};

static void *write_tables(void *arg)
{
	struct writer *w = arg;
	struct pramin_batch batch = {
		.size = sizeof(batch),
		.flags = PRAMIN_BATCH_FLUSH,
	};
	struct pramin_access list[ENTRIES + 2];
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		list[i] = (struct pramin_access){
			.vram_pa = w->leaf_pa + 8 * i,
			.val = (uint64_t)i << 12 | 1,
			.width = 8,
			.kind = PRAMIN_ACCESS_WRITE,
		};
	list[i++] = (struct pramin_access){ .kind = PRAMIN_ACCESS_BARRIER };
	list[i++] = (struct pramin_access){
		.vram_pa = w->dir_pa,
		.val = w->leaf_pa | 1,
		.width = 8,
		.kind = PRAMIN_ACCESS_WRITE,
	};
	w->ret = pramin_batch(w->dev, list, i, &batch);
	if (w->ret)
		fprintf(stderr, "%s\n", pramin_last_why(w->dev)->what);
	return NULL;
}

int main(int argc, char **argv)
{
	const char *gpu = argc > 1 ? argv[1] : "model:gh100,vram=16G";
	struct writer w[2] = {
		{ .leaf_pa = 0x10000000, .dir_pa = 0x3fff000 },
		{ .leaf_pa = 0x20000000, .dir_pa = 0x3fff008 },
	};
	struct pramin_dev *dev;
	uint64_t link[2] = { 0, 0 };
	pthread_t other;
	int ret = 0;

	if (pramin_open(gpu, NULL, &dev, NULL))
		return 1;
	w[0].dev = w[1].dev = dev;
	if (pthread_create(&other, NULL, write_tables, &w[1]))
		ret = 1;
	write_tables(&w[0]);
	if (!ret)
		pthread_join(other, NULL);
	if (pramin_read64(dev, w[0].dir_pa, &link[0]) ||
	    pramin_read64(dev, w[1].dir_pa, &link[1]))
		ret = 1;
	printf("0x%" PRIx64 " 0x%" PRIx64 "\n", link[0], link[1]);
	return pramin_close(dev, NULL) || ret || w[0].ret || w[1].ret;
}
