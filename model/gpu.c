// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The GPU as the bus sees it: each BAR0 access is checked, counted, charged to
 * the clock, shown to the faults if any is due, and then goes to the aperture
 * or to the registers.
 *
 * Every access is counted exactly once, in reads[], writes[], register_reads
 * or register_writes, whether or not it had an effect.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../core/regs/bus.h"
#include "../core/regs/pri.h"
#include "internal.h"

#define DEFAULT_READ_NS	 900u
#define DEFAULT_WRITE_NS 100u
#define CONFIG_SIZE	 4096u

/* Callers are to check; a model does not crash on those that do not. */
static bool access_ok(uint32_t off, unsigned int width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return false;
	return off % width == 0 && off < PRAMIN_BAR0_SIZE;
}

static bool in_aperture(uint32_t off)
{
	return off >= NV_PRAMIN && off - NV_PRAMIN < PRAMIN_APERTURE_SIZE;
}

/* Index into the counters: 0 to 3 for 1, 2, 4, 8 bytes */
static unsigned int width_index(unsigned int width)
{
	return width == 8 ? 3 : width / 2;
}

static uint64_t width_mask(unsigned int width)
{
	return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

/* The VRAM address behind @off; false, and counted, if there is no VRAM */
static bool aperture_to_vram(struct pramin_model *m, uint32_t off,
			     unsigned int width, uint64_t *vram_pa)
{
	uint64_t pa = m->base + (off - NV_PRAMIN);

	if (!m->shows_vram || pa > m->vram_size - width) {
		m->live->outside++;
		return false;
	}
	*vram_pa = pa;
	return true;
}

/* Narrow reads see their part of the 32-bit code. Not verified on hardware. */
static uint64_t no_vram(uint32_t off, unsigned int width)
{
	uint64_t code = PRAMIN_PRI_HOST_FB_ACK_TIMEOUT;

	code |= code << 32;
	return (code >> (8 * (off % 4))) & width_mask(width);
}

static int gpu_read(void *io, uint32_t off, unsigned int width, uint64_t *val)
{
	struct pramin_model *m = io;
	struct model_live *live = m->live;
	bool aperture = in_aperture(off);
	uint64_t pa;

	if (!access_ok(off, width))
		return -EINVAL;
	live->accesses++;
	live->clock_ns += m->read_ns;
	if (aperture)
		live->reads[width_index(width)]++;
	else
		live->register_reads++;

	if (++m->nth >= m->fault_at) {
		struct model_verdict v = model_faults_judge(m);

		if (v.err)
			return v.err;
		if (v.vanish || v.answer) {
			*val = (v.vanish ? UINT64_MAX : v.value) &
			       width_mask(width);
			return 0;
		}
	}

	if (!aperture)
		*val = model_regs_read(m, off, width);
	else if (aperture_to_vram(m, off, width, &pa))
		*val = model_vram_read(m, pa, width);
	else
		*val = no_vram(off, width);
	return 0;
}

static int gpu_write(void *io, uint32_t off, unsigned int width, uint64_t val)
{
	struct pramin_model *m = io;
	struct model_live *live = m->live;
	bool aperture = in_aperture(off);
	uint64_t pa;

	if (!access_ok(off, width))
		return -EINVAL;
	live->accesses++;
	live->clock_ns += m->write_ns;
	if (aperture)
		live->writes[width_index(width)]++;
	else
		live->register_writes++;

	if (++m->nth >= m->fault_at) {
		struct model_verdict v = model_faults_judge(m);

		if (v.err)
			return v.err;
		if (v.vanish)
			return 0;
		/* Registers need no room. */
		if (aperture && m->flags & MODEL_FULL)
			return -ENOMEM;
	}

	if (!aperture)
		model_regs_write(m, off, width, val);
	else if (aperture_to_vram(m, off, width, &pa))
		return model_vram_write(m, pa, width, val);
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
	uint64_t len;

	if (!m->flat || !m->shows_vram || m->base >= m->vram_size ||
	    m->flags & MODEL_EVERY_ACCESS)
		return NULL;
	len = m->vram_size - m->base;
	if (len > PRAMIN_APERTURE_SIZE)
		len = PRAMIN_APERTURE_SIZE;
	return model_vram_share(m, m->base, len);
}

static int gpu_config_read(void *io, uint32_t off, uint32_t *val)
{
	struct pramin_model *m = io;

	if (off % 4 || off >= CONFIG_SIZE)
		return -EINVAL;
	m->live->config_reads++;
	m->live->clock_ns += m->read_ns;
	if (m->flags & MODEL_DEAD)
		return -ENODEV;
	*val = m->flags & MODEL_GONE ? PRAMIN_ALL_ONES :
				       model_config_read(m, off);
	return 0;
}

static const char *gpu_explain(void *io)
{
	const struct pramin_model *m = io;

	if (m->flags & MODEL_FULL)
		return "the fault \"full\": writes find no room";
	return m->problem[0] ? m->problem : NULL;
}

static uint64_t gpu_clock_ns(void *io)
{
	struct pramin_model *m = io;

	return m->live->clock_ns;
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
	};

	return &ops;
}

/* Everything that can be refused without touching a file or memory */
static int build(struct pramin_model *m, const struct pramin_model_params *p,
		 struct pramin_why *why)
{
	int ret;

	m->file.fd = -1;
	m->file.state_fd = -1;
	m->live = &m->own_live;
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
	m->read_ns = p->read_ns ? p->read_ns : DEFAULT_READ_NS;
	m->write_ns = p->write_ns ? p->write_ns : DEFAULT_WRITE_NS;
	m->flat = p->flat;
	model_window_init(m);
	return p->faults ? model_faults_add(m, p->faults, why) : 0;
}

int pramin_model_create(const struct pramin_model_params *params,
			struct pramin_model **model, struct pramin_why *why)
{
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

	if (p.file)
		model_file_commit(m);
	model_window_changed(m);
	*model = m;
	return 0;

err_unmap:
	model_vram_unmap(m);
	model_file_abandon(m);
err_free:
	model_faults_free(m);
	free(m);
	return ret;
}

void pramin_model_destroy(struct pramin_model *m)
{
	if (!m)
		return;
	model_vram_unmap(m);
	model_file_close(m);
	model_faults_free(m);
	free(m);
}

void pramin_model_discard(struct pramin_model *m)
{
	if (!m)
		return;
	/* With nothing made, closing it seals the files as they are. */
	if (!m->file.made_image && !m->file.made_state) {
		pramin_model_destroy(m);
		return;
	}
	model_vram_unmap(m);
	model_file_abandon(m);
	model_faults_free(m);
	free(m);
}

int pramin_model_counters(const struct pramin_model *m,
			  struct pramin_model_counters *counters)
{
	struct pramin_model_counters c;
	const struct model_live *live;
	size_t size;

	if (!m || !counters || !counters->size || counters->size > sizeof(c))
		return -EINVAL;
	live = m->live;
	size = counters->size;

	memset(&c, 0, sizeof(c));
	c.size = size;
	c.accesses = live->accesses;
	memcpy(c.reads, live->reads, sizeof(c.reads));
	memcpy(c.writes, live->writes, sizeof(c.writes));
	c.register_reads = live->register_reads;
	c.register_writes = live->register_writes;
	c.config_reads = live->config_reads;
	c.window_writes = live->window_writes;
	c.moves = live->moves;
	c.outside = live->outside;
	c.unknown = live->unknown;
	c.simulated_ns = live->clock_ns;
	c.vram_bytes = m->chunks * MODEL_CHUNK;
	memcpy(counters, &c, size);
	return 0;
}
