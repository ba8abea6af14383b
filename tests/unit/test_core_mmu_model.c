// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The sequences of core against the model's GPU, whose registers, walker and TLB
 * know nothing of core: what is mapped through BAR1 is seen there when it has to be,
 * and no hazard is recorded on the way.
 */
#include "model_mmu_rig.h"
#include "../../core/mmu/bar.h"
#include "../../core/mmu/flush.h"
#include "../../core/mmu/tlb.h"
#include "../../core/scalar.h"

#define VRAM	(64 * MIB)
#define A_PAGE	(8 * MIB)
#define B_PAGE	(9 * MIB)

static struct pramin_gpu gpu;
static struct pramin_op op;
static struct pramin_model *model;
static uint64_t now;

static uint64_t env_now(void *env)
{
	(void)env;
	return now;
}

static void env_wait(void *env, uint32_t *word, uint64_t until)
{
	(void)env;
	(void)word;
	now = until;
}

static const struct pramin_env_ops env = {
	.now = env_now,
	.wait = env_wait,
};

static struct pramin_op *call(void)
{
	memset(&op, 0, sizeof(op));
	pramin_op_init(&op, &gpu);
	return &op;
}

static int open_chip(const char *chip, const char *faults)
{
	const struct pramin_gpu_config config = {
		.vram = VRAM,
		.env_ops = &env,
	};
	struct pramin_model_params p = { .chip = chip,
					 .vram = VRAM,
					 .faults = faults };

	CHECK_EQ(build_why(&p, &model, NULL), 0);
	CHECK_EQ(pramin_gpu_attach(call(), pramin_model_ops(), model, &config),
		 0);
	return 0;
}

static int close_chip(void)
{
	CHECK_EQ(all_hazards(model), 0);
	CHECK_EQ(counters(model).unknown, 0);
	CHECK_EQ(pramin_gpu_detach(call()), 0);
	pramin_model_destroy(model);
	return 0;
}

static int put(uint64_t pa, uint64_t val)
{
	return pramin_scalar_write(call(), pa, 8, val);
}

static int zero(uint64_t pa, uint64_t len)
{
	uint64_t at;
	int ret = 0;

	for (at = pa; at < pa + len && !ret; at += 8)
		ret = put(at, 0);
	return ret;
}

/* Tables for address 0 and their instance block, through the window */
static int make_tables(unsigned int version)
{
	static const uint64_t at[] = { TABLE0, TABLE1, TABLE2, TABLE3, ROOT };
	unsigned int level, top = version == 3 ? 4 : 3;

	CHECK_EQ(zero(ROOT, version == 1 ? 128 * KIB : 5 * 4 * KIB), 0);
	CHECK_EQ(zero(SMALL, version == 1 ? 256 * KIB : 4 * KIB), 0);
	CHECK_EQ(zero(INST, 4 * KIB), 0);
	CHECK_EQ(put(SMALL, pte(version, A_PAGE)), 0);
	CHECK_EQ(pramin_mmu_flush(call()), 0);
	if (version == 1) {
		CHECK_EQ(put(ROOT, pde_small(1, SMALL)), 0);
	} else {
		CHECK_EQ(put(TABLE0 + 8, pde_small(version, SMALL)), 0);
		for (level = top; level; level--)
			CHECK_EQ(put(level == top ? ROOT : at[level],
				     pde(version, at[level - 1])),
				 0);
	}
	CHECK_EQ(put(INST + 0x208, 0xffffffffff), 0);
	CHECK_EQ(put(INST + 0x200,
		     ROOT | 0x800 | (version == 2 ? 0x400 : 0)),
		 0);
	CHECK_EQ(put(A_PAGE + 64, 0xaaaa), 0);
	CHECK_EQ(put(B_PAGE + 64, 0xbbbb), 0);
	return 0;
}

static uint64_t seen(unsigned int bar)
{
	uint64_t val = 0;

	pramin_model_ops()->bar_read(model, bar, 64, 8, &val);
	return val;
}

static int forget(unsigned int version, enum pramin_tlb_depth depth)
{
	const struct pramin_tlb_request req = {
		.page_dir = ROOT,
		.depth = version == 1 ? PRAMIN_TLB_ALL : depth,
		.bar = true,
		.downgrade = true,
	};

	return pramin_tlb_invalidate(call(), &req);
}

static int a_bar_shows_what_its_tables_map_and_what_they_map_next(void)
{
	unsigned int i, bar;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		const unsigned int version = gens[i].version;

		for (bar = 1; bar <= 2; bar++) {
			CHECK_EQ(open_chip(gens[i].chip, NULL), 0);
			CHECK_EQ(make_tables(version), 0);
			CHECK_EQ(pramin_bar_take(call(), bar, 4096, NULL), 0);
			CHECK_EQ(pramin_bar_bind(call(), bar, INST), 0);
			CHECK_EQ(counters(model).binds, 1);
			CHECK_EQ(seen(bar), 0xaaaa);
			/* Another page: only after flush and invalidate */
			CHECK_EQ(put(SMALL, pte(version, B_PAGE)), 0);
			CHECK_EQ(pramin_mmu_flush(call()), 0);
			CHECK_EQ(forget(version, PRAMIN_TLB_PTE_ONLY), 0);
			CHECK_EQ(seen(bar), 0xbbbb);
			CHECK_EQ(counters(model).invalidates, 1);
			/* VRAM from 0 on, and what was there at first */
			CHECK_EQ(pramin_bar_physical(call(), bar), 0);
			CHECK_EQ(put(64, 0xcccc), 0);
			CHECK_EQ(pramin_bar_flush(call(), bar, 0), 0);
			CHECK_EQ(seen(bar), 0xcccc);
			CHECK_EQ(pramin_bar_give(call(), bar), 0);
			CHECK_EQ(counters(model).binds, 3);
			CHECK_EQ(counters(model).bar_faults, 0);
			CHECK_EQ(close_chip(), 0);
		}
	}
	return 0;
}

/* What the model keeps, so that the test above means something */
static int without_the_invalidate_the_old_page_is_seen(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		CHECK_EQ(open_chip(gens[i].chip, NULL), 0);
		CHECK_EQ(make_tables(gens[i].version), 0);
		CHECK_EQ(pramin_bar_take(call(), 1, 4096, NULL), 0);
		CHECK_EQ(pramin_bar_bind(call(), 1, INST), 0);
		CHECK_EQ(seen(1), 0xaaaa);
		CHECK_EQ(put(SMALL, pte(gens[i].version, B_PAGE)), 0);
		CHECK_EQ(pramin_mmu_flush(call()), 0);
		CHECK_EQ(seen(1), 0xaaaa);
		CHECK(all_hazards(model) > 0);
		pramin_model_destroy(model);
	}
	return 0;
}

static int a_tlb_that_is_stuck_is_given_up(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		CHECK_EQ(open_chip(gens[i].chip, "tlbstuck@1"), 0);
		CHECK_EQ(forget(gens[i].version, PRAMIN_TLB_ALL), -ETIMEDOUT);
		CHECK_EQ(op.cause.reason, PRAMIN_REASON_TLB_STUCK);
		CHECK_EQ(close_chip(), 0);
	}
	return 0;
}

static int a_bind_that_is_stuck_is_given_up(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(gens); i++) {
		CHECK_EQ(open_chip(gens[i].chip, "bindstuck@1"), 0);
		CHECK_EQ(make_tables(gens[i].version), 0);
		CHECK_EQ(pramin_bar_take(call(), 1, 4096, NULL), 0);
		CHECK_EQ(pramin_bar_bind(call(), 1, INST), -ETIMEDOUT);
		CHECK_EQ(op.cause.reason, PRAMIN_REASON_BIND_STUCK);
		pramin_model_destroy(model);
	}
	return 0;
}

static int the_firmwares_console_keeps_its_bar(void)
{
	CHECK_EQ(open_chip("tu102", "console"), 0);
	CHECK_EQ(pramin_bar_take(call(), 1, 4096, NULL), -EBUSY);
	CHECK_EQ(op.cause.reason, PRAMIN_REASON_BAR_CONSOLE);
	CHECK_EQ(pramin_bar_take(call(), 2, 4096, NULL), 0);
	CHECK_EQ(close_chip(), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_bar_shows_what_its_tables_map_and_what_they_map_next),
		TEST(without_the_invalidate_the_old_page_is_seen),
		TEST(a_tlb_that_is_stuck_is_given_up),
		TEST(a_bind_that_is_stuck_is_given_up),
		TEST(the_firmwares_console_keeps_its_bar),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
