/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The table of core_share.h, whose GPU also has the registers of its TLB and of
 * its BARs. It keeps a list of all that is written to them, and does as it is told:
 * stays busy for so many reads, for ever, or answers with an error.
 */
#ifndef PRAMIN_TESTS_CORE_MMU_DEV_H
#define PRAMIN_TESTS_CORE_MMU_DEV_H

#include "../../core/mmu/claim.h"
#include "../../core/mmu/flush.h"
#include "../../core/mmu/lock.h"
#include "../../core/mmu/tlb.h"
#include "core_share.h"

#define FOREVER	   UINT64_MAX
#define MMU_WRITES 32u

struct mmu_write {
	uint32_t off, val;
};

/* One register that somebody waits for */
struct mmu_busy {
	uint64_t reads; /* more of them that find it busy */
};

struct mmu_dev {
	struct table t;
	struct mmu_write log[MMU_WRITES]; /* but for the window register */
	unsigned int writes;
	uint32_t low[2], high[2]; /* block registers */
	uint32_t trigger;
	uint64_t tlb_before, tlb_after; /* reads that find the TLB busy */
	uint64_t bind_before, bind_after;
	uint64_t tlb_reads, bind_reads;
	bool triggered;
	uint32_t bad;		/* not 0: register that reads ... */
	uint32_t bad_val;	/* ... this */
	uint32_t fail_off;	/* not 0: access to it that fails */
	int fail_err;
	bool fail_write;
	bool deaf;		/* blocks do not take what is written */
	void (*at_trigger)(struct mmu_dev *d);
	uint64_t order;		/* of accesses: PRAMIN reads, then writes */
	uint64_t flushed_at, written_at;

	struct pramin_bar_info info[2];
	int info_err;
	uint64_t bar_reads;
	uint64_t bar_val;
	int bar_err;
};

/* Only one: its table has static memory too. */
static struct mmu_dev dev;

static inline const struct pramin_family *mmu_family(void)
{
	return dev.t.p[0].gpu.chip->family;
}

static inline bool mmu_take_one(uint64_t *reads)
{
	if (!*reads)
		return false;
	if (*reads != FOREVER)
		--*reads;
	return true;
}

static inline bool mmu_tlb_read(uint32_t off, uint32_t *val)
{
	bool busy;

	if (off != 0x100c80 && off != 0xb830b0)
		return false;
	dev.tlb_reads++;
	busy = mmu_take_one(dev.triggered ? &dev.tlb_after : &dev.tlb_before);
	if (off == 0x100c80)
		*val = dev.triggered ? (busy ? 0x1f0000 : 0x208000) :
				       (busy ? 0 : 0x10000);
	else
		*val = busy ? 0x80000001 : dev.trigger & 0x7fffffff;
	return true;
}

static inline bool mmu_bind_read(uint32_t off, uint32_t *val)
{
	unsigned int bar, bits = 0;

	for (bar = 0; bar < 2; bar++) {
		if (off == 0x1704 + 0x10 * bar || off == 0xb80f40 + 8 * bar ||
		    off == 0xb80f60 + 0x10 * bar) {
			*val = dev.low[bar];
			if (off >= 0xb80f60) {
				dev.bind_reads++;
				*val |= mmu_take_one(&dev.bind_after) ? 3 : 0;
			}
			return true;
		}
		if (off == 0xb80f64 + 0x10 * bar) {
			*val = dev.high[bar];
			return true;
		}
	}
	if (off != 0x1710 && off != 0xb80f50)
		return false;
	dev.bind_reads++;
	if (mmu_take_one(&dev.bind_before))
		bits = 0xf;
	*val = bits;
	return true;
}

static inline int mmu_read(void *io, uint32_t off, unsigned int width,
			   uint64_t *val)
{
	uint32_t reg = 0;

	table_count(&dev.t);
	if (dev.fail_off == off && off && !dev.fail_write)
		return dev.fail_err;
	dev.order++;
	if (off == FAKE_PRAMIN)
		dev.flushed_at = dev.order;
	if (dev.bad == off && off) {
		*val = dev.bad_val;
		return 0;
	}
	if (dev.t.fake.fault.at || !(mmu_tlb_read(off, &reg) ||
				     mmu_bind_read(off, &reg)))
		return fake_read(&((struct mmu_dev *)io)->t.fake, off, width,
				 val);
	dev.t.fake.accesses++;
	*val = reg;
	return 0;
}

static inline void mmu_keep(uint32_t off, uint32_t val)
{
	unsigned int bar;

	dev.trigger = off == 0xb830b0 || off == 0x100cbc ? val : dev.trigger;
	for (bar = 0; bar < 2 && !dev.deaf; bar++) {
		if (off == 0x1704 + 0x10 * bar || off == 0xb80f40 + 8 * bar ||
		    off == 0xb80f60 + 0x10 * bar)
			dev.low[bar] = val;
		if (off == 0xb80f64 + 0x10 * bar)
			dev.high[bar] = val;
	}
}

static inline bool mmu_is_ours(uint32_t off)
{
	return off == 0x100cb8 || off == 0x100cbc || off == 0x100cec ||
	       (off >= 0xb830a0 && off <= 0xb830b0) ||
	       (off >= 0xb80f40 && off <= 0xb80f74) || off == 0x1704 ||
	       off == 0x1714;
}

static inline int mmu_write(void *io, uint32_t off, unsigned int width,
			    uint64_t val)
{
	table_count(&dev.t);
	if (dev.fail_off == off && off && dev.fail_write)
		return dev.fail_err;
	if (!mmu_is_ours(off))
		return fake_write(&((struct mmu_dev *)io)->t.fake, off, width,
				  val);
	if (width != 4)
		dev.t.fake.stray++;
	dev.t.fake.accesses++;
	dev.written_at = ++dev.order;
	if (dev.writes < MMU_WRITES)
		dev.log[dev.writes] =
			(struct mmu_write){ off, (uint32_t)val };
	dev.writes++;
	mmu_keep(off, (uint32_t)val);
	if (off == 0xb830b0 || off == 0x100cbc) {
		dev.triggered = true;
		if (dev.at_trigger)
			dev.at_trigger(&dev);
	}
	return 0;
}

static inline int mmu_bar_info(void *io, unsigned int bar,
			       struct pramin_bar_info *info)
{
	(void)io;
	*info = dev.info[bar - 1];
	return dev.info_err;
}

static inline int mmu_bar_read(void *io, unsigned int bar, uint64_t off,
			       unsigned int width, uint64_t *val)
{
	(void)io;
	(void)bar;
	if (off % 4 || width != 4)
		dev.t.fake.stray++;
	dev.bar_reads++;
	*val = dev.bar_val;
	return dev.bar_err;
}

static const struct pramin_io_ops mmu_ops = {
	.name = "mmu",
	.read = mmu_read,
	.write = mmu_write,
	.bar_info = mmu_bar_info,
	.bar_read = mmu_bar_read,
};

static const struct pramin_io_ops mmu_ops_no_bars = {
	.name = "mmu",
	.read = mmu_read,
	.write = mmu_write,
};

static inline int mmu_attach(unsigned int i, const struct pramin_io_ops *ops)
{
	struct party *p = &dev.t.p[i];

	p->config = (struct pramin_gpu_config){
		.vram = FAKE_VRAM,
		.timeout_ns = TIMEOUT_NS,
		.env_ops = &share_env,
		.env = p,
	};
	p->dead = false;
	return pramin_gpu_attach(op_of(&dev.t, i), ops, &dev, &p->config);
}

/* Forget what was done so far, not what the registers hold. */
static inline void mmu_forget(void)
{
	fake_forget(&dev.t.fake);
	dev.writes = 0;
	dev.tlb_reads = 0;
	dev.bind_reads = 0;
	dev.triggered = false;
	dev.order = 0;
	dev.flushed_at = 0;
	dev.written_at = 0;
}

static inline void mmu_new(const char *chip)
{
	memset(&dev, 0, sizeof(dev));
	table_init(&dev.t, chip);
	dev.info[0].bytes = 256 * MIB;
	dev.info[1].bytes = 32 * MIB;
}

/* A GPU of that kind with one user, who meets nobody */
static inline int mmu_open(const char *chip)
{
	int ret;

	mmu_new(chip);
	ret = mmu_attach(0, &mmu_ops);
	mmu_forget();
	return ret;
}

static inline int mmu_sit_down(unsigned int i)
{
	int ret = mmu_attach(i, &mmu_ops);

	return ret ? ret :
		     pramin_share_join(op_of(&dev.t, i), dev.t.m, i, 100 + i);
}

/* @n users in a meeting */
static inline int mmu_meet(const char *chip, unsigned int n)
{
	unsigned int i;
	int ret = 0;

	mmu_new(chip);
	for (i = 0; i < n && !ret; i++)
		ret = mmu_sit_down(i);
	mmu_forget();
	return ret;
}

static inline struct pramin_op *mmu_op(unsigned int i)
{
	return op_of(&dev.t, i);
}

static inline const struct pramin_cause *mmu_cause(unsigned int i)
{
	return &dev.t.p[i].op.cause;
}

/* Exactly these writes, in this order? */
static inline int mmu_wrote(const struct mmu_write *want, unsigned int n)
{
	unsigned int i;

	CHECK_EQ(dev.writes, n);
	for (i = 0; i < n; i++) {
		CHECK_EQ(dev.log[i].off, want[i].off);
		CHECK_EQ(dev.log[i].val, want[i].val);
	}
	CHECK_EQ(dev.t.fake.stray, 0);
	return 0;
}

#endif /* PRAMIN_TESTS_CORE_MMU_DEV_H */
