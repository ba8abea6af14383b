// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The order of stores, flushes and invalidates, as a GPU sees it that walks all the
 * time: a backend of the test's own notes them, and judges each store.
 */
#include "core_vas.h"

#define EVENTS 131072

static struct vas_rig v;

/* What came last: a store to @pa, a flush, or an invalidate */
struct event {
	enum {
		STORE,
		FLUSH,
		INVALIDATE
	} what;
	uint64_t pa, old, val;
};

static struct event events[EVENTS];
static unsigned int count;
static bool watching;

static int watch_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	if (watching && off >= FAKE_PRAMIN && off < FAKE_PRAMIN + MIB)
		events[count++].what = FLUSH;
	return pramin_model_ops()->read(io, off, width, val);
}

static int watch_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	if (watching && off >= FAKE_PRAMIN && off < FAKE_PRAMIN + MIB) {
		struct event *e = &events[count++];

		e->what = STORE;
		e->pa = (uint64_t)(pramin_model_window(v.model) & 0x3fffff) *
				65536 +
			off - FAKE_PRAMIN;
		e->val = val;
		pramin_model_peek(v.model, e->pa, &e->old, 8);
		if (width != 8)
			e->pa = 1;
	}
	return pramin_model_ops()->write(io, off, width, val);
}

static struct pramin_io_ops watch_ops;

static int watch_invalidate(void *ctx, struct pramin_op *op,
			    const struct pramin_mmu_format *format,
			    uint64_t root_pa, unsigned int level,
			    unsigned int flags)
{
	if (watching)
		events[count++].what = INVALIDATE;
	return vas_sync_invalidate(ctx, op, format, root_pa, level, flags);
}

static const struct pramin_vas_sync watch_sync = {
	.invalidate = watch_invalidate,
};

static void begin(const char *chip, uint64_t big)
{
	vas_begin(&v, chip, big);
	watch_ops = *pramin_model_ops();
	watch_ops.read = watch_read;
	watch_ops.write = watch_write;
	watch_ops.aperture = NULL;
	v.rig.gpu.ops = &watch_ops;
	v.rig.gpu.aperture = NULL;
	v.config.sync = &watch_sync;
	if (vas_new(&v))
		exit(1);
}

static void watch(void)
{
	count = 0;
	watching = true;
}

/* Is there an event of that kind between two others? */
static bool between(unsigned int first, unsigned int end, int what)
{
	while (++first < end)
		if ((int)events[first].what == what)
			return true;
	return false;
}

/* The table of the shadow that has the byte @pa, or NULL */
static const struct pramin_table *table_of(uint64_t pa)
{
	const struct pramin_table *t = v.vas.root;
	uint32_t slot = 0;

	for (;;) {
		const struct pramin_mmu_level *l =
			&v.config.format->level[t->level];
		uint32_t slots = t->child ? l->entries * l->halves : 0;

		if (pa - t->vram_pa < t->words * 8ull)
			return t;
		while (slot < slots && !t->child[slot])
			slot++;
		if (slot < slots) {
			t = t->child[slot];
			slot = 0;
		} else if (t->parent) {
			slot = t->slot + 1;
			t = t->parent;
		} else {
			return NULL;
		}
	}
}

/* The store number @at leads to @t: was all of that in memory before? */
static bool is_there(const struct pramin_table *t, unsigned int at)
{
	unsigned int i, last = 0, stores = 0;

	for (i = 0; i < at; i++)
		if (events[i].what == STORE &&
		    events[i].pa - t->vram_pa < t->words * 8ull) {
			last = i;
			stores++;
		}
	/* A table that was there is not stored; a new one is, in full. */
	return !stores || (stores == t->words && between(last, at, FLUSH));
}

/* Does the word of an entry of @t, before the store, lead to @c already? */
static bool leads_to(const struct pramin_table *t, uint64_t raw, uint32_t half,
		     const struct pramin_table *c)
{
	struct pramin_mmu_entry e[2];

	pramin_mmu_decode(v.config.format, t->level, &raw, e);
	return c && e[half].type == PRAMIN_MMU_TABLE &&
	       e[half].pa == c->vram_pa;
}

/* The store of a link makes the half of an entry lead to a table of the shadow. */
static bool judge(unsigned int at)
{
	const struct pramin_table *t = table_of(events[at].pa);
	const struct pramin_mmu_level *l;
	uint32_t word, entry, half;

	/* A table that was unlinked since is not stored to any more. */
	if (!t)
		return false;
	l = &v.config.format->level[t->level];
	word = (uint32_t)((events[at].pa - t->vram_pa) / 8);
	if (!t->child)
		return true;
	entry = word / (l->entry_size / 8u);
	for (half = 0; half < l->halves; half++) {
		const struct pramin_table *c =
			t->child[entry * l->halves + half];

		if (l->entry_size == 16 && half != word % 2)
			continue;
		/* v1: the other half is in the same word, and as it was. */
		if (l->entry_size == 8 && leads_to(t, events[at].old, half, c))
			continue;
		if (c && events[at].val && !is_there(c, at))
			return false;
	}
	return true;
}

/* All that was noted: each link, and that the last thing is proved */
static int judge_all(bool invalidated)
{
	unsigned int i;

	watching = false;
	CHECK(count > 1 && count < EVENTS);
	for (i = 0; i < count; i++)
		if (events[i].what == STORE && !judge(i)) {
			printf("store %u: 0x%" PRIx64 " = 0x%" PRIx64 "\n", i,
			       events[i].pa, events[i].val);
			return CHECK_FAILED;
		}
	CHECK_EQ(events[count - 1].what, invalidated ? INVALIDATE : FLUSH);
	if (invalidated)
		CHECK_EQ(events[count - 2].what, FLUSH);
	return 0;
}

static const char *const chips[] = { "tu102", "gh100", "gm204" };

static int new_tables_are_in_memory_before_an_entry_leads_to_them(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		begin(chips[i], 64 * KIB);
		watch();
		CHECK_EQ(vas_map(&v, 6 * MIB, DATA_PA, 64 * KIB, 4096), 0);
		CHECK_EQ(judge_all(true), 0);
		watch();
		CHECK_EQ(vas_map(&v, 6 * MIB + 64 * KIB, DATA_PA, 64 * KIB, 0),
			 0);
		CHECK_EQ(judge_all(true), 0);
		watch();
		CHECK_EQ(vas_map(&v, 6 * MIB + 128 * KIB, DATA_PA, 64 * KIB,
				 4096),
			 0);
		CHECK_EQ(judge_all(false), 0);
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

static int a_table_is_freed_after_the_invalidate_and_not_stored_to(void)
{
	begin("tu102", 0);
	CHECK_EQ(vas_map(&v, 0, DATA_PA, 2 * MIB, 4096), 0);
	watch();
	CHECK_EQ(vas_unmap(&v, 0, 2 * MIB), 0);
	CHECK_EQ(judge_all(true), 0);
	/* One store, to the root; nothing to what went with it */
	CHECK_EQ(count, 3);
	CHECK_EQ(events[0].pa, v.vas.root->vram_pa);
	return vas_close(&v);
}

/* The stores of the entry with the page that is split, and its order */
static int judge_split(uint64_t pa, uint64_t page_raw)
{
	unsigned int i, broken = 0;

	CHECK_EQ(judge_all(true), 0);
	for (i = 0; i < count; i++)
		if (events[i].what == STORE && events[i].pa == pa)
			break;
	CHECK(i < count);
	CHECK_EQ(events[i].old, page_raw);
	CHECK_EQ(events[i].val, 0);
	broken = i;
	/* Before it: a flush of the children. After it: flush, invalidate */
	CHECK(i > 0);
	CHECK_EQ(events[i - 1].what, FLUSH);
	CHECK_EQ(events[i + 1].what, FLUSH);
	CHECK_EQ(events[i + 2].what, INVALIDATE);
	/* Nothing else is stored until then. */
	CHECK(!between(broken, broken + 2, STORE));
	CHECK_EQ(v.sync.calls, 2);
	CHECK_EQ(v.cost.flushes, 3);
	CHECK_EQ(v.cost.invalidates, 2);
	CHECK(v.sync.flags & PRAMIN_SYNC_DOWNGRADE);
	return 0;
}

static int a_large_page_is_invalid_before_small_ones_are_there(void)
{
	static const struct {
		const char *chip;
		uint64_t cut;  /* unmapped: one page of this size */
		uint64_t rest; /* size of the pages that remain */
		unsigned int used;
	} cases[] = {
		{ "tu102", 4096, 4096, 511 },
		{ "tu102", 64 * KIB, 64 * KIB, 31 },
		{ "gh100", 4096, 4096, 511 },
		{ "gb100", 64 * KIB, 64 * KIB, 31 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t pd0, raw, cut = cases[i].cut;

		begin(cases[i].chip, 0);
		CHECK_EQ(vas_map(&v, 4 * MIB, DATA_PA, 4 * MIB, 0), 0);
		pd0 = pramin_vas_find(&v.vas, 4 * MIB, vas_level(&v, 2 * MIB))
			      ->vram_pa;
		pramin_model_peek(v.model, pd0 + 32, &raw, 8);
		watch();
		CHECK_EQ(vas_unmap(&v, 4 * MIB + cut, cut), 0);
		CHECK_EQ(judge_split(pd0 + 32, raw), 0);
		CHECK(vas_is(&v, 4 * MIB, DATA_PA, cases[i].rest));
		CHECK_EQ(vas_type(&v, 4 * MIB + cut), PRAMIN_MMU_INVALID);
		CHECK(vas_is(&v, 4 * MIB + 2 * cut, DATA_PA + 2 * cut,
			     cases[i].rest));
		CHECK(vas_is(&v, 6 * MIB - 1, DATA_PA + 2 * MIB - 1,
			     cases[i].rest));
		CHECK(vas_is(&v, 6 * MIB, DATA_PA + 2 * MIB, 2 * MIB));
		CHECK_EQ(vas_refs(&v, 4 * MIB, vas_level(&v, cases[i].rest)),
			 cases[i].used);
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

/* Not one store to @pa and the @len bytes behind it before the invalidate */
static int judge_parts(uint64_t pa, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < count && events[i].what != INVALIDATE; i++)
		CHECK(events[i].what != STORE || events[i].pa - pa >= len);
	CHECK(i < count);
	return 0;
}

/* Beside a table of small pages that is linked already, or not */
static int parts_of_a_big_page_come_after_the_invalidate(void)
{
	size_t i;
	int linked;

	for (i = 0; i < ARRAY_LEN(chips) * 2; i++) {
		uint64_t pt, raw, small;
		unsigned int level;

		begin(chips[i / 2], 64 * KIB);
		linked = i % 2;
		level = vas_level(&v, 64 * KIB);
		CHECK_EQ(vas_map(&v, 0, DATA_PA, 128 * KIB, 0), 0);
		if (linked)
			CHECK_EQ(vas_map(&v, MIB, DATA_PA, 4096, 0), 0);
		pt = pramin_vas_find(&v.vas, 0, level)->vram_pa;
		pramin_model_peek(v.model, pt, &raw, 8);
		small = pramin_vas_find(&v.vas, 0, vas_level(&v, 4096))->vram_pa;
		watch();
		CHECK_EQ(vas_do(&v, PRAMIN_PROTECT, 4096, 4096,
				PRAMIN_MMU_READ_ONLY),
			 0);
		CHECK_EQ(judge_split(pt, raw), 0);
		if (linked)
			CHECK_EQ(judge_parts(small, 16 * 8), 0);
		CHECK(vas_is(&v, 0, DATA_PA, 4096));
		CHECK(vas_is(&v, 60 * KIB, DATA_PA + 60 * KIB, 4096));
		CHECK(vas_is(&v, 64 * KIB, DATA_PA + 64 * KIB, 64 * KIB));
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

/* The same for those of other memory, which replace all of a big page */
static int small_pages_that_replace_a_big_one_come_after_the_invalidate(void)
{
	struct pramin_map_piece piece = { 2 * DATA_PA + 4096, 64 * KIB };
	struct pramin_map_op op = {
		.kind = PRAMIN_MAP,
		.flags = PRAMIN_MAP_REPLACE,
		.len = 64 * KIB,
		.pieces = &piece,
		.count = 1,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		uint64_t pt, raw, small;

		begin(chips[i], 64 * KIB);
		CHECK_EQ(vas_map(&v, 0, DATA_PA, 128 * KIB, 0), 0);
		CHECK_EQ(vas_map(&v, MIB, DATA_PA, 4096, 0), 0);
		pt = pramin_vas_find(&v.vas, 0, vas_level(&v, 64 * KIB))
			     ->vram_pa;
		pramin_model_peek(v.model, pt, &raw, 8);
		small = pramin_vas_find(&v.vas, 0, vas_level(&v, 4096))->vram_pa;
		watch();
		CHECK_EQ(vas_batch(&v, &op, 1), 0);
		CHECK_EQ(judge_split(pt, raw), 0);
		CHECK_EQ(judge_parts(small, 16 * 8), 0);
		CHECK(vas_is(&v, 0, piece.pa, 4096));
		CHECK(vas_is(&v, 60 * KIB, piece.pa + 60 * KIB, 4096));
		CHECK(vas_is(&v, 64 * KIB, DATA_PA + 64 * KIB, 64 * KIB));
		CHECK(vas_true(&v));
		CHECK_EQ(vas_close(&v), 0);
	}
	return 0;
}

static int a_page_of_512_mib_splits_into_those_of_2_mib(void)
{
	uint64_t pd1, raw;

	begin("ga102", 0);
	CHECK_EQ(vas_map(&v, GIB, DATA_PA, 512 * MIB, 0), 0);
	pd1 = pramin_vas_find(&v.vas, GIB, 2)->vram_pa;
	pramin_model_peek(v.model, pd1 + 16, &raw, 8);
	watch();
	CHECK_EQ(vas_unmap(&v, GIB, 2 * MIB), 0);
	CHECK_EQ(judge_split(pd1 + 16, raw), 0);
	CHECK_EQ(v.cost.stores, 512 + 2);
	CHECK_EQ(vas_refs(&v, GIB, 3), 255);
	CHECK(vas_is(&v, GIB + 2 * MIB, DATA_PA + 2 * MIB, 2 * MIB));
	/* On, down to 4 KiB, where both ends of the range are inside a page */
	watch();
	CHECK_EQ(vas_unmap(&v, GIB + 2 * MIB + 4096, 4096), 0);
	CHECK_EQ(judge_all(true), 0);
	CHECK_EQ(v.sync.calls, 2);
	CHECK_EQ(v.sync.levels[0], 3);
	/* And in one go, two levels */
	CHECK_EQ(vas_map(&v, 2 * GIB, DATA_PA, 512 * MIB, 0), 0);
	watch();
	CHECK_EQ(vas_unmap(&v, 2 * GIB + 64 * KIB, 4 * MIB), 0);
	CHECK_EQ(judge_all(true), 0);
	CHECK_EQ(v.sync.levels[0], 2);
	CHECK(vas_is(&v, 2 * GIB, DATA_PA, 64 * KIB));
	CHECK(vas_is(&v, 2 * GIB + 4 * MIB + 64 * KIB,
		     DATA_PA + 4 * MIB + 64 * KIB, 64 * KIB));
	CHECK(vas_is(&v, 2 * GIB + 6 * MIB, DATA_PA + 6 * MIB, 2 * MIB));
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int a_sparse_range_splits_like_a_page(void)
{
	uint64_t va = 8 * GIB;

	begin("tu102", 0);
	CHECK_EQ(vas_do(&v, PRAMIN_MAP_SPARSE, va, 512 * MIB, 0), 0);
	CHECK_EQ(v.vas.table_count, 3);
	CHECK_EQ(vas_type(&v, va), PRAMIN_MMU_SPARSE);
	watch();
	CHECK_EQ(vas_unmap(&v, va + MIB, 4096), 0);
	CHECK_EQ(judge_all(true), 0);
	CHECK_EQ(v.sync.calls, 2);
	CHECK_EQ(vas_type(&v, va), PRAMIN_MMU_SPARSE);
	CHECK_EQ(vas_type(&v, va + MIB), PRAMIN_MMU_INVALID);
	CHECK_EQ(vas_type(&v, va + MIB + 4096), PRAMIN_MMU_SPARSE);
	CHECK_EQ(vas_map(&v, va + MIB, DATA_PA, 4096, 0), 0);
	CHECK_EQ(vas_type(&v, va + 511 * MIB), PRAMIN_MMU_SPARSE);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(new_tables_are_in_memory_before_an_entry_leads_to_them),
		TEST(a_table_is_freed_after_the_invalidate_and_not_stored_to),
		TEST(a_large_page_is_invalid_before_small_ones_are_there),
		TEST(parts_of_a_big_page_come_after_the_invalidate),
		TEST(small_pages_that_replace_a_big_one_come_after_the_invalidate),
		TEST(a_page_of_512_mib_splits_into_those_of_2_mib),
		TEST(a_sparse_range_splits_like_a_page),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
