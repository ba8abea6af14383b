// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The GPU as the bus sees it: each BAR0 access is checked, counted, charged to
 * the clock, shown to the faults if any is due, and then goes to the aperture
 * or to the registers.
 *
 * Every access is counted exactly once, in reads[], writes[], register_reads
 * or register_writes, whether or not it had an effect.
 *
 * Any number of threads may be in here. Counting, and taking a number for the
 * faults, are single steps; there is a lock for what is rare.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../core/regs/bus.h"
#include "../core/regs/pri.h"
#include "mmu.h"
#include "shared.h"

#define CONFIG_SIZE 4096u

/* Callers are to check; a model does not crash on those that do not. */
static bool access_ok(uint32_t off, unsigned int width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return false;
	return (off & (width - 1)) == 0 && off < PRAMIN_BAR0_SIZE;
}

/* Index into the counters: 0 to 3 for 1, 2, 4, 8 bytes */
unsigned int model_width_index(unsigned int width)
{
	return width == 8 ? 3 : width / 2;
}

uint64_t model_width_mask(unsigned int width)
{
	return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

/* This thread holds a model's lock; a signal handler that comes now must not */
static _Thread_local bool locked;

bool model_lock(struct pramin_model *m)
{
	if (locked)
		return false;
	locked = true;
	pthread_mutex_lock(&m->lock);
	return true;
}

void model_unlock(struct pramin_model *m)
{
	pthread_mutex_unlock(&m->lock);
	locked = false;
}

/* Is there anything about access @n to ask fault.c? */
bool model_suspicious(const struct pramin_model *m, uint64_t n)
{
	return n >= __atomic_load_n(&m->fault_at, __ATOMIC_ACQUIRE) ||
	       model_get32(&m->flags);
}

/* The VRAM address behind @off; false, and counted, if there is no VRAM */
static inline bool aperture_to_vram(struct pramin_model *m, uint32_t flags,
				    uint32_t off, unsigned int width,
				    uint64_t *vram_pa)
{
	uint64_t base;

	if (model_window_base(m, flags, &base)) {
		*vram_pa = base + (off - NV_PRAMIN);
		if (*vram_pa <= m->vram_size - width)
			return true;
	}
	model_add(m, &m->live->outside, 1);
	return false;
}

/* Narrow reads see their part of the 32-bit code. Not verified on hardware. */
uint64_t model_no_vram(uint32_t off, unsigned int width)
{
	uint64_t code = PRAMIN_PRI_HOST_FB_ACK_TIMEOUT;

	code |= code << 32;
	return (code >> (8 * (off % 4))) & model_width_mask(width);
}

/* As soon as something translates, it matters when it sees a write. */
static uint64_t vram_read(struct pramin_model *m, uint64_t pa,
			  unsigned int width)
{
	struct model_mmu *mmu = model_mmu_of(m);

	if (mmu)
		model_posted_flush(m, mmu);
	return model_vram_read(m, pa, width);
}

static int vram_write(struct pramin_model *m, uint64_t pa, unsigned int width,
		      uint64_t val)
{
	struct model_mmu *mmu = model_mmu_of(m);

	return mmu ? model_posted_write(m, mmu, pa, width, val) :
		     model_vram_write(m, pa, width, val);
}

static int gpu_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	struct pramin_model *m = io;
	struct model_live *live = m->live;
	bool aperture = model_in_aperture(off);
	uint32_t flags = 0;
	uint64_t n, pa;

	if (!access_ok(off, width))
		return -EINVAL;
	n = model_account(m,
			  aperture ? &live->reads[model_width_index(width)] :
				     &live->register_reads,
			  m->extra_read_ns);
	if (model_suspicious(m, n)) {
		struct model_verdict v = model_faults_judge(m, n);

		if (v.err)
			return v.err;
		if (v.vanish || v.answer) {
			*val = (v.vanish ? UINT64_MAX : v.value) &
			       model_width_mask(width);
			return 0;
		}
		flags = v.flags;
	}

	if (!aperture)
		*val = model_regs_read(m, flags, off, width);
	else if (aperture_to_vram(m, flags, off, width, &pa))
		*val = vram_read(m, pa, width);
	else
		*val = model_no_vram(off, width);
	return 0;
}

static int gpu_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	struct pramin_model *m = io;
	struct model_live *live = m->live;
	bool aperture = model_in_aperture(off);
	uint32_t flags = 0;
	uint64_t n, pa;

	if (!access_ok(off, width))
		return -EINVAL;
	n = model_account(m,
			  aperture ? &live->writes[model_width_index(width)] :
				     &live->register_writes,
			  m->extra_write_ns);
	if (model_suspicious(m, n)) {
		struct model_verdict v = model_faults_judge(m, n);

		if (v.err)
			return v.err;
		if (v.vanish)
			return 0;
		/* Registers need no room. */
		if (aperture && v.flags & MODEL_FULL)
			return -ENOMEM;
		flags = v.flags;
	}

	if (!aperture)
		model_regs_write(m, flags, off, width, val);
	else if (aperture_to_vram(m, flags, off, width, &pa))
		return vram_write(m, pa, width, val);
	return 0;
}

/*
 * The flat form. What is stored through the pointer is not seen, so all of it
 * must be safe to store to: VRAM in a file gets a pointer only where it has
 * been written already, or a dump of holes would fill the disk. NULL sends the
 * caller to read and write, which take only what they need.
 */
static volatile void *gpu_aperture(void *io)
{
	struct pramin_model *m = io;
	uint32_t flags = model_get32(&m->flags);
	void *ptr = NULL;
	uint64_t base, len;

	if (!m->flat || flags & MODEL_NO_POINTER || !model_lock(m))
		return NULL;
	/* Under the lock, or what is lent could be that of an older base. */
	if (model_window_base(m, flags, &base) && base < m->vram_size) {
		len = m->vram_size - base;
		if (len > PRAMIN_APERTURE_SIZE)
			len = PRAMIN_APERTURE_SIZE;
		ptr = model_vram_share(m, base, len);
	}
	model_unlock(m);
	return ptr;
}

static int gpu_config_read(void *io, uint32_t off, uint32_t *val)
{
	struct pramin_model *m = io;
	uint32_t flags = model_get32(&m->flags);

	if (off % 4 || off >= CONFIG_SIZE)
		return -EINVAL;
	model_add(m, &m->live->config_reads, 1);
	model_add(m, m->extra_ns, m->extra_read_ns);
	if (flags & (MODEL_DEAD | MODEL_ORPHAN))
		return -ENODEV;
	*val = flags & MODEL_GONE ? PRAMIN_ALL_ONES :
				    model_config_read(m, flags, off);
	return 0;
}

static const char *gpu_explain(void *io)
{
	const struct pramin_model *m = io;

	if (model_get32(&m->flags) & MODEL_FULL)
		return "the fault \"full\": writes find no room";
	return model_problem(m);
}

/* An access costs the default, which is not added up, and what it differs. */
uint64_t model_clock(const struct pramin_model *m)
{
	return model_live_ns(m->live) + model_get64(m->extra_ns);
}

static uint64_t gpu_clock_ns(void *io)
{
	struct pramin_model *m = io;

	return model_clock(m);
}

static const char *gpu_meeting(void *io, uint64_t *offset)
{
	const struct pramin_model *m = io;

	if (!m->file.state_path)
		return NULL;
	*offset = MODEL_MEETING;
	return m->file.state_path;
}

static void gpu_close(void *io)
{
	pramin_model_destroy(io);
}

const struct pramin_io_ops *pramin_model_ops(void)
{
	static const struct pramin_io_ops ops = {
		.name = "model",
		.read = gpu_read,
		.write = gpu_write,
		.aperture = gpu_aperture,
		.config_read = gpu_config_read,
		.explain = gpu_explain,
		.clock_ns = gpu_clock_ns,
		.meeting = gpu_meeting,
		.close = gpu_close,
		.bar_info = model_bar_info,
		.bar_read = model_bar_read,
		.bar_write = model_bar_write,
	};

	return &ops;
}

static uint64_t or_default(uint32_t given, uint64_t usual)
{
	return given ? given : usual;
}

static int build_mmu(struct pramin_model *m,
		     const struct pramin_model_params *p,
		     struct pramin_why *why)
{
	uint64_t bar1 = p->bar1 ? p->bar1 : MODEL_BAR1;

	m->invalidate_ns = or_default(p->invalidate_ns, MODEL_INVALIDATE_NS);
	m->bind_ns = or_default(p->bind_ns, MODEL_BIND_NS);
	m->flush_ns = or_default(p->flush_ns, MODEL_FLUSH_NS);
	m->posted = p->posted;
	if (!p->posted)
		m->posted = p->flat ? PRAMIN_MODEL_IN_ORDER : MODEL_POSTED_SEED;
	if (bar1 != PRAMIN_MODEL_NO_BAR1 &&
	    (bar1 & (bar1 - 1) || bar1 < PRAMIN_MIB || bar1 > 512 * PRAMIN_GIB))
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
				  "a BAR has 1M, 2M, 4M, ... to 512G",
				  "BAR1 cannot have %s",
				  model_size_text(bar1).s);
	/* How BAR1 of a Tesla works is not modelled. */
	if (!m->mmu_chip->newest)
		return 0;
	m->bar_bytes[0] = bar1 == PRAMIN_MODEL_NO_BAR1 ? 0 : bar1;
	m->bar_bytes[1] = MODEL_BAR2;
	return 0;
}

/* Everything that can be refused without touching a file or memory */
static int build(struct pramin_model *m, const struct pramin_model_params *p,
		 struct pramin_why *why)
{
	int ret;

	m->file.fd = -1;
	m->file.state_fd = -1;
	m->live = &m->own_live;
	m->extra_ns = &m->own_live.clock_ns;
	m->fault_at = UINT64_MAX;

	if (!p->chip)
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
				  "name one, such as tu102",
				  "a model needs a chip");
	m->chip = model_chip_find(p->chip, why);
	if (!m->chip)
		return -EINVAL;

	m->vram_size = p->vram ? p->vram : m->chip->row.vram;
	ret = model_size_check(m->chip, m->vram_size, &m->size_raw, why);
	if (ret)
		return ret;

	m->boot0 = p->boot0 ? p->boot0 : m->chip->row.boot0;
	if (p->read_ns)
		m->extra_read_ns = (uint64_t)p->read_ns - MODEL_READ_NS;
	if (p->write_ns)
		m->extra_write_ns = (uint64_t)p->write_ns - MODEL_WRITE_NS;
	m->flat = p->flat;
	m->base_mask = model_chip_base_mask(m->chip);
	if (model_chip_has_target(m->chip))
		m->target_mask = NV_PBUS_BAR0_WINDOW_TARGET;
	model_window_init(m);
	model_mmu_init(m);
	ret = build_mmu(m, p, why);
	if (ret)
		return ret;
	return p->faults ? model_faults_add(m, p->faults, why) : 0;
}

static void free_model(struct pramin_model *m)
{
	model_faults_free(m);
	model_written_unmap(m);
	free(m->mmu);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static void end(struct pramin_model *m, bool discard)
{
	if (!m)
		return;
	/* First, or a child that is forked now would map over what is gone. */
	model_file_end(m, discard);
	model_vram_unmap(m);
	free_model(m);
}

int pramin_model_create(const struct pramin_model_params *params,
			struct pramin_model **model, struct pramin_why *why)
{
	static uint64_t serial;
	struct pramin_model_params p;
	struct pramin_model *m;
	int ret;

	if (!params || !model || !params->size || params->size > sizeof(p))
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
				  "set size to sizeof(struct "
				  "pramin_model_params)",
				  "the parameters of the model are missing or "
				  "of an unknown size");
	memset(&p, 0, sizeof(p));
	memcpy(&p, params, params->size);

	m = calloc(1, sizeof(*m));
	if (!m)
		return model_fail(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
				  "no memory for a model");
	m->serial = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
	pthread_mutex_init(&m->lock, NULL);
	ret = build(m, &p, why);
	if (ret)
		goto err_free;
	if (p.file) {
		ret = model_file_open(m, p.file, why);
		if (ret)
			goto err_free;
	}
	ret = model_vram_map(m, why);
	if (ret)
		goto err_unmap;
	/* Who names a seed wants the first writes to be late too. */
	if (p.posted && p.posted != PRAMIN_MODEL_IN_ORDER &&
	    model_mmu_prepare(m)) {
		ret = model_fail(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
				 "no memory for a model");
		goto err_unmap;
	}

	if (p.file)
		model_file_commit(m);
	*model = m;
	return 0;

err_unmap:
	model_file_abandon(m);
	model_vram_unmap(m);
err_free:
	free_model(m);
	return ret;
}

void pramin_model_destroy(struct pramin_model *m)
{
	end(m, false);
}

void pramin_model_discard(struct pramin_model *m)
{
	end(m, true);
}

int pramin_model_counters(const struct pramin_model *m,
			  struct pramin_model_counters *counters)
{
	struct pramin_model_counters c;
	const struct model_live *live;
	size_t size, i;

	if (!m || !counters || !counters->size || counters->size > sizeof(c))
		return -EINVAL;
	live = m->live;
	size = counters->size;

	memset(&c, 0, sizeof(c));
	c.size = size;
	/* Parts before the whole: others go on counting meanwhile. */
	c.outside = model_get64(&live->outside);
	c.unknown = model_get64(&live->unknown);
	c.moves = model_get64(&live->moves);
	c.window_writes = model_get64(&live->window_writes);
	c.register_reads = model_get64(&live->register_reads);
	c.register_writes = model_get64(&live->register_writes);
	c.accesses = c.register_reads + c.register_writes;
	for (i = 0; i < 4; i++) {
		c.reads[i] = model_get64(&live->reads[i]);
		c.writes[i] = model_get64(&live->writes[i]);
		c.bar_reads[i] = model_get64(&live->bar_reads[i]);
		c.bar_writes[i] = model_get64(&live->bar_writes[i]);
		c.accesses += c.reads[i] + c.writes[i] + c.bar_reads[i] +
			      c.bar_writes[i];
	}
	c.bar_faults = model_get64(&live->bar_faults);
	c.invalidates = model_get32(&live->invalidates);
	c.binds = model_get32(&live->binds[0]) + model_get32(&live->binds[1]);
	c.config_reads = model_get64(&live->config_reads);
	c.simulated_ns = model_clock(m);
	c.vram_bytes = model_vram_bytes(m);
	memcpy(counters, &c, size);
	return 0;
}
