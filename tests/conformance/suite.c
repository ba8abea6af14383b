// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Running the suite: handles whose reads are counted, the range it works in, and
 * what has to be put back.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "suite.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

/* Reads of an open and a close that no statistics tell: registers, config */
#define OPEN_READS 16u

static void count(struct conform *c, struct pramin_dev *dev)
{
	struct pramin_stats s = { .size = sizeof(s) };
	unsigned int i;

	if (pramin_stats(dev, &s))
		return;
	for (i = 0; i < 4; i++)
		c->used += s.reads[i];
	c->used += s.proofs + s.flushes + s.liveness;
}

/* What was used, with what the main handle has used so far */
static uint64_t used_now(struct conform *c)
{
	struct conform sum = { .used = c->used };

	if (c->dev)
		count(&sum, c->dev);
	return sum.used;
}

int conform_open(struct conform *c, bool exclusive, struct pramin_dev **dev,
		 struct pramin_why *why)
{
	struct pramin_open_opts opts = { .size = sizeof(opts) };

	opts.exclusive = exclusive;
	c->used += OPEN_READS;
	return c->open(c->ctx, &opts, dev, why);
}

int conform_close(struct conform *c, struct pramin_dev *dev)
{
	struct pramin_why why = { .err = 0 };
	int ret;

	if (!dev)
		return 0;
	count(c, dev);
	ret = pramin_close(dev, &why);
	/* What a test that failed has left open ends with the handle. */
	if (ret == -EBUSY && !pramin_revoke(dev))
		pramin_close(dev, NULL);
	if (dev == c->dev)
		c->dev = NULL;
	if (!ret)
		return 0;
	printf("close is %d: %s\n", ret, why.what);
	return CHECK_FAILED;
}

void conform_pattern(uint8_t *buf, uint64_t len, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 12345;
	uint64_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		buf[i] = (uint8_t)(x >> 24);
	}
}

int conform_keep(struct conform *c, uint64_t vram_pa, uint64_t len)
{
	struct conform_kept *k = &c->kept[c->keeps];

	if (c->is_free)
		return 0;
	CHECK(c->keeps < CONFORM_KEPT);
	k->bytes = malloc(len);
	CHECK(k->bytes);
	k->vram_pa = vram_pa;
	k->len = len;
	if (pramin_read(c->dev, vram_pa, k->bytes, len, NULL)) {
		printf("cannot save 0x%" PRIx64 ": %s\n", vram_pa,
		       pramin_last_why(c->dev)->what);
		free(k->bytes);
		return CHECK_FAILED;
	}
	c->keeps++;
	return 0;
}

/* The other way round, as stretches may overlap */
static int put_back(struct conform *c)
{
	int ret = 0;

	while (c->keeps) {
		struct conform_kept *k = &c->kept[--c->keeps];

		if (!c->dev ||
		    pramin_write(c->dev, k->vram_pa, k->bytes, k->len, NULL)) {
			printf("0x%" PRIx64 " bytes at 0x%" PRIx64
			       " could not be put back\n",
			       k->len, k->vram_pa);
			ret = CHECK_FAILED;
		}
		free(k->bytes);
	}
	return ret;
}

/* Where to work, and how much a bulk test may take */
static int choose(struct conform *c)
{
	uint64_t at = c->pa + MIB - 1, share = c->reads / 10 * 8;

	at -= at % MIB;
	c->end = c->info.vram_size < c->info.reach ? c->info.vram_size :
						     c->info.reach;
	if (!c->len) {
		at = c->end / 2 / MIB * MIB;
		c->pa = at;
		c->len = c->end - at < 4 * MIB ? c->end - at : 4 * MIB;
	}
	if (c->pa > c->end || c->len > c->end - c->pa ||
	    c->len < at - c->pa + 2 * MIB) {
		printf("0x%" PRIx64 " bytes at 0x%" PRIx64
		       " are not two whole MiBs inside VRAM\n",
		       c->len, c->pa);
		return CHECK_FAILED;
	}
	c->line = at + MIB;
	for (c->bulk = 512; c->bulk * 2 <= share && c->bulk < 256 * KIB;)
		c->bulk *= 2;
	return 0;
}

static int start(struct conform *c)
{
	struct pramin_why why = { .err = 0 };
	int ret = conform_open(c, false, &c->dev, &why);

	if (ret) {
		printf("the GPU cannot be opened: %d, %s\n", ret, why.what);
		return CHECK_FAILED;
	}
	c->info.size = sizeof(c->info);
	CONFORM_OK(c, pramin_info(c->dev, &c->info));
	return choose(c);
}

/* A test that failed may have left views and tables: not for those behind it. */
static void give_up(struct conform *c)
{
	if (!c->dev)
		return;
	pramin_revoke(c->dev);
	conform_close(c, c->dev);
}

/* Each test begins with the main handle open, and may have closed it. */
static int run_one(struct conform *c, const struct conform_test *t)
{
	const uint64_t need = t->fixed + t->words * (c->bulk / 8);
	const uint64_t used = used_now(c);
	struct pramin_why why = { .err = 0 };
	int ret, back;

	if (t->writes && !c->writes)
		SKIP("it writes to VRAM, and that was not allowed");
	if (used > c->reads || need > c->reads - used) {
		printf("skipped: it takes up to %" PRIu64 " reads, and %" PRIu64
		       " of %" PRIu64 " are used\n",
		       need, used, c->reads);
		return CHECK_SKIPPED;
	}
	if (!c->dev && conform_open(c, false, &c->dev, &why)) {
		printf("the GPU cannot be opened again: %s\n", why.what);
		return CHECK_FAILED;
	}
	ret = t->run(c);
	back = put_back(c);
	if (ret == CHECK_FAILED)
		give_up(c);
	if (!ret && used_now(c) - used > need) {
		printf("it took %" PRIu64 " reads, not the %" PRIu64
		       " that it says\n",
		       used_now(c) - used, need);
		ret = CHECK_FAILED;
	}
	return back ? back : ret;
}

static void run_table(struct conform *c, const struct conform_test *t)
{
	for (; t->name; t++) {
		int ret = run_one(c, t);

		if (!ret) {
			c->passed++;
			continue;
		}
		printf("%s: %s\n", t->name,
		       ret == CHECK_SKIPPED ? "skipped" : "FAILED");
		if (ret == CHECK_SKIPPED)
			c->skipped++;
		else
			c->failed++;
		fflush(stdout);
	}
}

int conform_run(struct conform *c)
{
	if (start(c)) {
		c->failed++;
		conform_close(c, c->dev);
		return 1;
	}
	run_table(c, conform_basic);
	run_table(c, conform_bulk);
	run_table(c, conform_shared);
	run_table(c, conform_mmu);
	if (conform_close(c, c->dev))
		c->failed++;
	if (c->used > c->reads) {
		printf("%" PRIu64 " reads are more than %" PRIu64 "\n", c->used,
		       c->reads);
		c->failed++;
	}
	return c->failed != 0;
}
