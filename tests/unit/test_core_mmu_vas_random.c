// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Random changes of an address space, beside a plain list of what each 4 KiB of it
 * should be.
 */
#include "core_vas.h"

/* Addresses around a boundary of the upper directories */
#define SLOTS 3072u
#define BATCH 4

static struct vas_rig v;

struct slot {
	uint8_t kind; /* PRAMIN_MMU_INVALID, PAGE, SPARSE */
	uint16_t attrs;
	uint64_t pa;
};

static struct slot want[SLOTS];
static uint64_t base;
static unsigned int done, splits, replaced;

static bool is_right(unsigned int i)
{
	struct vas_found f;

	vas_walk(&v, base + i * 4096ull, &f);
	if (f.wild || f.entry.type != want[i].kind)
		return false;
	if (want[i].kind != PRAMIN_MMU_PAGE)
		return true;
	return f.pa == want[i].pa &&
	       (f.entry.attrs & PRAMIN_MAP_PERMISSIONS) == want[i].attrs;
}

/* What the list says to an operation: the code it should have */
static int judge(const struct pramin_map_op *op)
{
	unsigned int first = (unsigned int)((op->gpu_va - base) / 4096);
	unsigned int end = first + (unsigned int)(op->len / 4096);
	unsigned int i;

	for (i = first; i < end; i++) {
		if (op->kind <= PRAMIN_MAP_SPARSE && want[i].kind &&
		    !(op->flags & PRAMIN_MAP_REPLACE))
			return -EEXIST;
		if (op->kind >= PRAMIN_UNMAP && !want[i].kind)
			return -ENOENT;
		if (op->kind == PRAMIN_PROTECT &&
		    want[i].kind != PRAMIN_MMU_PAGE)
			return -EINVAL;
	}
	return 0;
}

static void note(const struct pramin_map_op *op)
{
	unsigned int first = (unsigned int)((op->gpu_va - base) / 4096);
	unsigned int n = (unsigned int)(op->len / 4096);
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct slot *s = &want[first + i];

		switch (op->kind) {
		case PRAMIN_MAP:
			*s = (struct slot){ PRAMIN_MMU_PAGE, op->attrs,
					    op->pieces[0].pa + i * 4096ull };
			break;
		case PRAMIN_MAP_SPARSE:
			*s = (struct slot){ .kind = PRAMIN_MMU_SPARSE };
			break;
		case PRAMIN_UNMAP:
			*s = (struct slot){ .kind = PRAMIN_MMU_INVALID };
			break;
		default:
			s->attrs = op->attrs;
			break;
		}
	}
}

/* An operation on a range that is often a multiple of something */
static void invent(uint64_t *seed, bool sparse, struct pramin_map_op *op,
		   struct pramin_map_piece *piece)
{
	static const unsigned int grain[] = { 1, 16, 32, 512, 1024 };
	unsigned int g = grain[rnd_below(seed, ARRAY_LEN(grain))];
	unsigned int first = (unsigned int)rnd_below(seed, SLOTS / g) * g;
	unsigned int n = (unsigned int)(1 + rnd_below(seed, 3)) * g;
	unsigned int rights = PRAMIN_MMU_READ_ONLY | PRAMIN_MMU_PRIVILEGE;
	uint64_t kind = rnd_below(seed, PRAMIN_MAP_KINDS);
	unsigned int i;

	if (first + n > SLOTS)
		n = SLOTS - first;
	/* Mostly something that is allowed there */
	if (rnd_below(seed, 8)) {
		kind = want[first].kind ? PRAMIN_UNMAP + (rnd(seed) & 1) :
					  PRAMIN_MAP;
		for (i = 1; i < n; i++)
			if (!want[first].kind != !want[first + i].kind)
				n = i;
	}
	*op = (struct pramin_map_op){
		.kind = (uint32_t)kind,
		.gpu_va = base + first * 4096ull,
		.len = n * 4096ull,
		.pieces = piece,
		.count = 1,
		.attrs = (uint16_t)(rnd(seed) & rights),
	};
	if (op->kind == PRAMIN_MAP_SPARSE && (!sparse || rnd_below(seed, 4)))
		op->kind = PRAMIN_MAP;
	/* Over whatever is there, in the end too */
	if (!rnd_below(seed, 3)) {
		n = 1 + (unsigned int)rnd_below(seed, 3 * g);
		if (first + n > SLOTS)
			n = SLOTS - first;
		op->kind = sparse && !rnd_below(seed, 4) ? PRAMIN_MAP_SPARSE :
							   PRAMIN_MAP;
		op->flags = PRAMIN_MAP_REPLACE;
		op->len = n * 4096ull;
		replaced++;
	}
	/* In step with the address, or nearly */
	*piece = (struct pramin_map_piece){
		DATA_PA + first * 4096ull + rnd_below(seed, 2) * 2 * MIB +
			(rnd_below(seed, 4) ? 0 : 64 * KIB),
		n * 4096ull
	};
}

static bool overlap(const struct pramin_map_op *a,
		    const struct pramin_map_op *b)
{
	return a->gpu_va < b->gpu_va + b->len && b->gpu_va < a->gpu_va + a->len;
}

/* One change of a few operations; true: as it should be */
static bool step(uint64_t *seed, bool sparse)
{
	struct pramin_map_piece piece[BATCH];
	struct pramin_map_op op[BATCH];
	unsigned int n = 1 + (unsigned int)rnd_below(seed, BATCH);
	unsigned int i, j;
	int expect = 0, ret;

	for (i = 0; i < n; i++) {
		invent(seed, sparse, &op[i], &piece[i]);
		for (j = 0; j < i; j++)
			if (overlap(&op[i], &op[j]))
				break;
		/* No room beside the others: without it */
		if (j < i)
			n = i;
	}
	for (i = 0; i < n; i++)
		if (judge(&op[i]))
			expect = 1;
	ret = vas_batch(&v, op, n);
	if (!ret != !expect)
		return false;
	if (ret)
		return ret == -EEXIST || ret == -ENOENT || ret == -EINVAL;
	for (i = 0; i < n; i++)
		note(&op[i]);
	done++;
	splits += v.cost.invalidates == 2;
	if (v.cost.invalidates > 2 || v.cost.flushes > 3 || v.cost.reads)
		return false;
	for (i = 0; i < n; i++)
		for (j = 0; j < 3; j++) {
			uint64_t at = op[i].gpu_va - base +
				      rnd_below(seed, op[i].len);

			if (!is_right((unsigned int)(at / 4096)))
				return false;
		}
	return true;
}

static int run(const char *chip, uint64_t big, uint64_t at, bool sparse)
{
	const uint64_t start = at ^ big;
	uint64_t seed = start;
	unsigned int i, j;

	vas_open(&v, chip, big);
	memset(want, 0, sizeof(want));
	base = at;
	done = 0;
	splits = 0;
	replaced = 0;
	for (i = 0; i < 1500; i++) {
		CHECK_SEED(step(&seed, sparse));
		if (i % 100)
			continue;
		CHECK_SEED(vas_true(&v));
		for (j = 0; j < SLOTS; j++)
			CHECK_SEED(is_right(j));
	}
	/* Most are allowed, and many split a page. */
	CHECK(done > 700 && splits > 50 && replaced > 200);
	/* All of it goes, run by run. */
	for (i = 0; i < SLOTS; i = j) {
		for (j = i; j < SLOTS && want[j].kind; j++)
			;
		if (j > i)
			CHECK_SEED(!vas_unmap(&v, base + i * 4096ull,
					      (j - i) * 4096ull));
		else
			j++;
	}
	CHECK_EQ(v.vas.table_count, 1);
	CHECK(vas_true(&v));
	return vas_close(&v);
}

static int random_changes_of_v2_do_what_the_list_says(void)
{
	CHECK_EQ(run("tu102", 0, 6 * MIB, true), 0);
	CHECK_EQ(run("gv100", 0, 512 * MIB - 4 * MIB, true), 0);
	return run("ga102", 0, 128 * TIB - 8 * MIB, true);
}

static int random_changes_of_v3_do_what_the_list_says(void)
{
	CHECK_EQ(run("gh100", 0, (1ull << 56) - 4 * MIB, true), 0);
	return run("gb100", 0, 256 * GIB - 6 * MIB, true);
}

static int random_changes_of_v1_do_what_the_list_says(void)
{
	CHECK_EQ(run("gf100", 128 * KIB, 128 * MIB - 4 * MIB, false), 0);
	return run("gm204", 64 * KIB, 64 * MIB - 4 * MIB, true);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(random_changes_of_v2_do_what_the_list_says),
		TEST(random_changes_of_v3_do_what_the_list_says),
		TEST(random_changes_of_v1_do_what_the_list_says),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
