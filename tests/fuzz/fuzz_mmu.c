// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The input is VRAM full of page tables: a format, flags, an address, and records
 * of ten bytes, each a place and a word. Everything that reads tables is called;
 * what is told must agree, and end within the budget.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <pramin/mmu.h>
#include <pramin/walk.h>

#include "fuzz.h"

#define VRAM   (1u << 19) /* so that a place is 16 bits */
#define HEAD   12u
#define RECORD 10u
#define BUDGET 3000u

#define FLAG_NEAR 1u /* addresses of tables and pages inside VRAM */
#define FLAG_INST 2u /* through an instance block at 0x1000 */
#define FLAG_SYS  4u /* memory other than VRAM may be named */

static uint64_t *vram;
static unsigned int pieces; /* of memory, not given back */
static struct pramin_mmu_tree tree;
static uint64_t last_end;
static bool first_run;

static int vram_read(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	(void)ctx;
	MUST(vram_pa % 8 == 0 && len % 8 == 0 && len && len <= 4096);
	MUST(vram_pa <= VRAM && len <= VRAM - vram_pa);
	memcpy(buf, (const char *)vram + vram_pa, len);
	return 0;
}

static void *give(void *ctx, size_t size)
{
	(void)ctx;
	pieces++;
	return malloc(size);
}

static void take_back(void *ctx, void *ptr)
{
	(void)ctx;
	pieces--;
	free(ptr);
}

/* A lookup and its steps say the same. */
static void look_up(uint64_t va, struct pramin_mmu_walk *w)
{
	struct pramin_mmu_step step[PRAMIN_MMU_LEVELS_MAX];
	struct pramin_mmu_walk again;
	unsigned int count = 99;

	MUST(pramin_mmu_translate(&tree, va, w) == 0);
	MUST(pramin_mmu_explain(&tree, va, step, &count, &again) == 0);
	MUST(count >= 1 && count <= tree.format->levels);
	MUST(w->entry_pa == again.entry_pa && w->stop == again.stop);
	MUST(w->pa == again.pa && w->reads == again.reads);
	MUST(w->stop && w->stop != PRAMIN_MMU_STOP_LOOP);
	MUST((w->entry.type == PRAMIN_MMU_TABLE) ==
	     (w->stop != PRAMIN_MMU_STOP_ENTRY &&
	      w->stop != PRAMIN_MMU_STOP_SIZE));
}

static void check_at(const struct pramin_mmu_run *run, uint64_t va)
{
	struct pramin_mmu_walk w;

	look_up(va, &w);
	MUST(w.entry.type == run->entry.type && w.stop == run->stop);
	MUST(w.entry.attrs == run->entry.attrs);
	if (w.entry.type == PRAMIN_MMU_PAGE)
		MUST(w.pa == run->entry.pa + (va - run->va));
}

static int on_run(void *ctx, const struct pramin_mmu_run *run)
{
	(void)ctx;
	MUST(run->len && (first_run || run->va >= last_end));
	first_run = false;
	last_end = run->va + run->len;
	MUST(last_end - 1 < 1ull << tree.format->va_bits);
	if (run->stop == PRAMIN_MMU_STOP_LOOP)
		return 0;
	check_at(run, run->va);
	check_at(run, run->va + run->len - 1);
	return 0;
}

static int on_ref(void *ctx, const struct pramin_mmu_ref *ref)
{
	(void)ctx;
	MUST(ref->depth < PRAMIN_MMU_LEVELS_MAX);
	MUST(ref->level == PRAMIN_MMU_NO_LEVEL || ref->entry_pa < VRAM);
	return 0;
}

static int on_finding(void *ctx, const struct pramin_mmu_finding *finding)
{
	(void)ctx;
	MUST(finding->fault < PRAMIN_MMU_FAULTS);
	return on_ref(NULL, &finding->ref);
}

/* Results of a scan, ended or out of budget */
static void check_scan(int ret, const struct pramin_mmu_scan *scan)
{
	MUST(ret == 0 || (ret == -ETIMEDOUT && scan->entries == BUDGET));
	MUST(scan->entries <= BUDGET && scan->reads <= scan->entries);
	MUST(!pieces);
}

static void scan_all(uint64_t va, uint64_t len)
{
	struct pramin_mmu_scan scan = { .size = sizeof(scan),
					.budget = BUDGET };
	const uint64_t end = 1ull << tree.format->va_bits;
	int ret;

	first_run = true;
	check_scan(pramin_mmu_list(&tree, 0,
				   tree.va_last ? tree.va_last + 1 : end,
				   on_run, NULL, &scan),
		   &scan);
	first_run = true;
	ret = pramin_mmu_list(&tree, va, len, on_run, NULL, &scan);
	MUST(ret == -EINVAL || ret == -ERANGE || ret == 0 || ret == -ETIMEDOUT);
	check_scan(pramin_mmu_find(&tree, PRAMIN_MMU_VIDEO, va % VRAM, 1,
				   on_ref, NULL, &scan),
		   &scan);
	ret = pramin_mmu_find(&tree, (unsigned int)(va % 5), va, len, on_ref,
			      NULL, &scan);
	MUST(ret == -EINVAL || ret == -ERANGE || ret == 0 || ret == -ETIMEDOUT);
	scan.apertures = (uint32_t)len & 15;
	check_scan(pramin_mmu_check(&tree, on_finding, NULL, &scan), &scan);
	MUST(!pieces);
}

static uint64_t *place_of(const uint8_t *record)
{
	uint16_t at;

	memcpy(&at, record, sizeof(at));
	return &vram[at];
}

static void place(const uint8_t *record, unsigned int flags)
{
	uint64_t word;

	memcpy(&word, record + 2, sizeof(word));
	/* Addresses are at bit 8 and up in v1 and v2, in place in v3. */
	if ((flags & FLAG_NEAR) && tree.format->version == 3)
		word &= 0xe00000000007ffffull;
	else if ((flags & FLAG_NEAR) && tree.format->version == 2)
		word &= 0xff00000000007fffull;
	else if (flags & FLAG_NEAR)
		word &= 0xfffff7ffffff07ffull;
	if (!(flags & FLAG_SYS) && tree.format->version != 1)
		word &= ~4ull;
	*place_of(record) = word;
}

static void use(uint64_t va, uint64_t len, bool inst)
{
	struct pramin_mmu_walk w;

	if (inst && pramin_mmu_tree_inst(&tree, 0x1000))
		return;
	if (pramin_mmu_translate(&tree, 0, &w))
		return;
	if (pramin_mmu_translate(&tree, va, &w) == 0)
		look_up(va, &w);
	va &= (1ull << tree.format->va_bits) - 1;
	scan_all(va, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t va;
	size_t i;

	if (size < HEAD)
		return 0;
	if (!vram)
		vram = calloc(1, VRAM);
	MUST(vram);
	memcpy(&va, data + 2, sizeof(va));
	tree = (struct pramin_mmu_tree){
		.size = sizeof(tree),
		.format = pramin_mmu_format(data[0] % (PRAMIN_MMU_FORMATS - 1) +
					    1),
		.root_pa = (data[11] & 0x7f) * 0x1000ull,
		.vram_size = VRAM,
		.read = vram_read,
		.alloc = give,
		.free = take_back,
	};
	for (i = HEAD; i + RECORD <= size; i += RECORD)
		place(data + i, data[1]);
	use(va, 1ull << data[10] % 64, data[1] & FLAG_INST);
	/* Clean for the next input */
	for (i = HEAD; i + RECORD <= size; i += RECORD)
		*place_of(data + i) = 0;
	return 0;
}
