// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Two walkers that share no code: the library's and the model's have to find the same
 * in trees that are random, and partly broken.
 *
 * Not compared is what is not published: a sparse entry of one half beside a table of
 * the other one, one that says "no small page" too, and bits that mean nothing.
 */
#include <pramin/modelgpu.h>
#include <pramin/pramin.h>

#include "model_rig.h"

#define VRAM	(64 * MIB)
#define PER	2u /* tables of each level */
#define LOOKUPS 20000u

static const struct {
	unsigned int format;
	const char *chip;
} rows[] = {
	{ PRAMIN_MMU_V1_128K, "gf100" },
	{ PRAMIN_MMU_V1_64K, "gk104" },
	{ PRAMIN_MMU_V1_128K_GM200, "gm204" },
	{ PRAMIN_MMU_V1_64K_GM200, "gm204" },
	{ PRAMIN_MMU_V2_GP100, "gp102" },
	{ PRAMIN_MMU_V2_GV100, "gv100" },
	{ PRAMIN_MMU_V2_TU102, "tu102" },
	{ PRAMIN_MMU_V2_GA100, "ga102" },
	{ PRAMIN_MMU_V3_GH100, "gh100" },
	{ PRAMIN_MMU_V3_GB100, "gb100" },
};

static struct pramin_model *model;
static const struct pramin_mmu_format *format;
static uint64_t table[PRAMIN_MMU_LEVELS_MAX][PER];
static uint64_t seed;

static uint64_t next(uint64_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 24) % limit;
}

static int peek(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	return pramin_model_peek(ctx, vram_pa, buf, len);
}

/* One half: a table most often, and now and then one that cannot be followed */
static void make_half(unsigned int level, unsigned int half,
		      struct pramin_mmu_entry *e)
{
	const struct pramin_mmu_level *l = &format->level[level];
	unsigned int what = (unsigned int)next(16);

	*e = (struct pramin_mmu_entry){ .type = PRAMIN_MMU_INVALID };
	if (l->child[half] != PRAMIN_MMU_NO_LEVEL && what < 12) {
		e->type = PRAMIN_MMU_TABLE;
		e->pa = next(40) ? table[l->child[half]][next(PER)] :
				   VRAM + next(16) * MIB;
		e->aperture = next(40) ? PRAMIN_MMU_VIDEO : PRAMIN_MMU_SYS_COH;
	} else if (l->page_size && what < 14) {
		e->type = PRAMIN_MMU_PAGE;
		e->pa = next(1 << 20) * l->page_size % (1ull << 31);
		e->aperture = (uint8_t)next(PRAMIN_MMU_APERTURES);
		e->attrs = (uint16_t)(next(1 << 10) &
				      pramin_mmu_attrs(format, level,
						       PRAMIN_MMU_PAGE));
	} else if (what < 15) {
		e->type = (uint8_t)(PRAMIN_MMU_SPARSE + next(3));
	}
}

/* What cannot be encoded becomes nothing; and some have a bit that is wrong. */
static void fill(unsigned int level, uint64_t table_pa)
{
	const struct pramin_mmu_level *l = &format->level[level];
	uint32_t i;

	for (i = 0; i < l->entries; i++) {
		struct pramin_mmu_entry e[2];
		uint64_t raw[2] = { 0 };

		make_half(level, 0, &e[0]);
		make_half(level, 1, &e[1]);
		if (e[0].type == PRAMIN_MMU_PAGE && l->halves == 2)
			e[1].type = PRAMIN_MMU_INVALID;
		if (pramin_mmu_encode(format, level, e, raw, NULL))
			raw[0] = raw[1] = 0;
		if (!next(16))
			raw[next(l->entry_size / 8)] ^= 1ull << next(64);
		pramin_model_poke(model, table_pa + (uint64_t)i * l->entry_size,
				  raw, l->entry_size);
	}
}

static int make_tree(const char *chip)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = VRAM,
	};
	unsigned int level, i;
	uint64_t at = MIB;

	CHECK_EQ(pramin_model_create(&params, &model, NULL), 0);
	for (level = 0; level < format->levels; level++)
		for (i = 0; i < PER; i++) {
			const struct pramin_mmu_level *l =
				&format->level[level];
			uint64_t size = l->table_size < 4096 ? 4096 :
							       l->table_size;

			table[level][i] = at;
			at += size;
		}
	CHECK(at < VRAM);
	for (level = 0; level < format->levels; level++)
		for (i = 0; i < PER; i++)
			fill(level, table[level][i]);
	return 0;
}

/* Is it said what hardware does here? */
static bool is_published(const struct pramin_mmu_step *step, unsigned int count)
{
	unsigned int i, half;
	bool two = false;

	for (i = 0; i < count; i++) {
		const struct pramin_mmu_entry *e = step[i].half;

		for (half = 0; half < step[i].halves; half++)
			if (e[half].reserved ||
			    (e[half].type == PRAMIN_MMU_SPARSE &&
			     e[half].attrs & PRAMIN_MMU_PRIVILEGE))
				return false;
		if (two && e[0].type == PRAMIN_MMU_SPARSE)
			return false;
		if (step[i].halves != 2)
			continue;
		two = e[0].type == PRAMIN_MMU_TABLE &&
		      e[1].type == PRAMIN_MMU_TABLE;
		if ((e[0].type == PRAMIN_MMU_SPARSE ||
		     e[1].type == PRAMIN_MMU_SPARSE) &&
		    e[0].type != e[1].type)
			return false;
	}
	return true;
}

static int compare(const struct pramin_mmu_walk *w,
		   const struct pramin_model_translation *t)
{
	static const enum pramin_model_mapping same[PRAMIN_MMU_TYPES] = {
		[PRAMIN_MMU_INVALID] = PRAMIN_MAPPING_NONE,
		[PRAMIN_MMU_PAGE] = PRAMIN_MAPPING_PAGE,
		[PRAMIN_MMU_SPARSE] = PRAMIN_MAPPING_SPARSE,
		[PRAMIN_MMU_UNMAPPED] = PRAMIN_MAPPING_HIDDEN,
		[PRAMIN_MMU_NOWHERE] = PRAMIN_MAPPING_NOWHERE,
	};

	if (w->stop == PRAMIN_MMU_STOP_SIZE) {
		CHECK_EQ(t->mapping, PRAMIN_MAPPING_NONE);
		return 0;
	}
	if (w->stop != PRAMIN_MMU_STOP_ENTRY) {
		CHECK_EQ(t->mapping, PRAMIN_MAPPING_BROKEN);
		return 0;
	}
	CHECK_EQ(t->mapping, same[w->entry.type]);
	if (w->entry.type != PRAMIN_MMU_PAGE)
		return 0;
	CHECK_EQ(t->pa, w->pa);
	CHECK_EQ(t->page_bytes, w->size);
	CHECK_EQ(t->entry_pa, w->entry_pa);
	CHECK_EQ(t->aperture, w->entry.aperture);
	CHECK_EQ(t->kind, w->entry.kind);
	CHECK_EQ(t->read_only, (w->entry.attrs & PRAMIN_MMU_READ_ONLY) != 0);
	CHECK_EQ(t->privileged, (w->entry.attrs & PRAMIN_MMU_PRIVILEGE) != 0);
	return 0;
}

/* Many addresses in one tree; each kind of end has to be among them. */
static int look_up(unsigned int row)
{
	const struct pramin_mmu_tree tree = {
		.size = sizeof(tree),
		.format = format,
		.root_pa = table[0][0],
		.vram_size = VRAM,
		.read = peek,
		.ctx = model,
	};
	const struct pramin_model_space space = {
		.size = sizeof(space),
		.root = table[0][0],
		.version = format->version,
		.big_page =
			(uint32_t)format->level[format->levels - 2].page_size,
	};
	unsigned int i, count, pages = 0, broken = 0, none = 0;

	for (i = 0; i < LOOKUPS; i++) {
		struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
		struct pramin_model_translation t = { .size = sizeof(t) };
		uint64_t va = next(1ull << 38) << 20 ^ next(1ull << 38);
		struct pramin_mmu_walk w;

		va &= (1ull << format->va_bits) - 1;
		CHECK_EQ(pramin_mmu_explain(&tree, va, step, &count, &w), 0);
		CHECK_EQ(pramin_model_translate(model, &space, va, &t), 0);
		if (!is_published(step, count))
			continue;
		if (compare(&w, &t)) {
			printf("%s, seed %u: address 0x%" PRIx64 ", %s\n",
			       format->name, row, va,
			       pramin_mmu_stop_name(w.stop));
			return CHECK_FAILED;
		}
		pages += t.mapping == PRAMIN_MAPPING_PAGE;
		broken += t.mapping == PRAMIN_MAPPING_BROKEN;
		none += t.mapping == PRAMIN_MAPPING_NONE;
	}
	CHECK(pages > LOOKUPS / 100);
	CHECK(broken > LOOKUPS / 1000);
	CHECK(none > LOOKUPS / 1000);
	return 0;
}

static int both_walkers_find_the_same(void)
{
	unsigned int i, round;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		for (round = 1; round <= 3; round++) {
			format = pramin_mmu_format(rows[i].format);
			seed = round;
			CHECK_EQ(make_tree(rows[i].chip), 0);
			CHECK_EQ(look_up(round), 0);
			pramin_model_destroy(model);
		}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(both_walkers_find_the_same),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
