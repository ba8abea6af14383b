/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The fault sweep: one call on a GPU of which access 1, 2, 3 ... fails.
 *
 * A first run without a fault notes every access of the call. From that list
 * follows what a fault at access N has to lead to, exactly, because up to N
 * the call does the same again. A test gives the call, what it does to VRAM,
 * and a look at its results.
 */
#ifndef PRAMIN_TESTS_LIB_SWEEP_H
#define PRAMIN_TESTS_LIB_SWEEP_H

#include "lib_rig.h"

#define SWEEP_VRAM	(2 * MIB)
#define SWEEP_ROOM	(256 * KIB)
#define SWEEP_LOG	400000u /* accesses of the longest call */
#define SWEEP_ALL	600u	/* longer ones are sampled */

enum sweep_kind {
	FAIL,	/* reported, once: the backend says -ENODEV */
	DEAD,	/* reported, from there on */
	BLIP,	/* silent, once: a read is all ones, a write vanishes */
	GONE,	/* silent, from there on */
	FULL,	/* reported, from there on, writes of VRAM only: -ENOMEM */
	STUCK,	/* the window register ignores writes; verify mode only */
	MOVED,	/* another agent moves the window; verify mode only */
	SWEEP_KINDS
};

static const char *const sweep_names[] = {
	"fail", "dead", "blip", "gone", "full", "stuck", "moved=0x30000",
};

/* What one run of a call works on and leaves behind */
struct trial {
	struct rig rig;
	struct pramin_bulk bulk;
	struct pramin_view *view;
	union {
		uint8_t buf[SWEEP_ROOM];
		uint64_t align;
	};
	uint64_t val;
	bool found;
};

struct sweep_case {
	const char *name;
	/* Before the faults; NULL: the window has not been placed */
	int (*prepare)(struct trial *t);
	/* The call; its arguments are the case's business */
	int (*run)(struct trial *t);
	/* What it does to VRAM, where its reads return @seen; may be NULL */
	void (*apply)(uint8_t *vram, const uint8_t *seen);
	/* Its results, after @ret, if reads returned @seen; may be NULL */
	int (*check)(const struct trial *t, int ret, const uint8_t *seen);
	/* The bytes that @bulk counts, and from which end; len 0: none */
	uint64_t pa, len;
	bool down;
	/* All ones in place of the register's value are a result like any. */
	bool shows_register;
	/* Tries again, so that a fault of one access does not matter */
	bool retries;
};

static struct trial trial;
static struct rig_access sweep_log[SWEEP_LOG];
static uint8_t sweep_before[SWEEP_VRAM], sweep_seen[SWEEP_VRAM],
	sweep_after[SWEEP_VRAM], sweep_now[SWEEP_VRAM];

/* Where there is something: two chunks each side of 1 MiB, and one at 0 */
static const struct {
	uint64_t pa, len;
} sweep_data[] = { { 0, 4096 }, { MIB - 8192, 16384 } };

static inline void sweep_image(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(sweep_data); i++)
		rig_pattern(sweep_before + sweep_data[i].pa,
			    (size_t)sweep_data[i].len, (unsigned int)i);
	/* All ones that are data, and a word that looks like an error */
	memset(sweep_before + MIB + 64, 0xff, 16);
	memcpy(sweep_before + MIB + 128, "\x12\xb0\xd0\xba", 4);
}

static inline int sweep_start(struct trial *t, const struct sweep_case *c,
			      bool verify)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.verify = verify,
	};
	size_t i;

	CHECK_EQ(rig_model(&t->rig, "tu102", SWEEP_VRAM, false), 0);
	for (i = 0; i < ARRAY_LEN(sweep_data); i++)
		CHECK_EQ(pramin_model_poke(t->rig.model, sweep_data[i].pa,
					   sweep_before + sweep_data[i].pa,
					   sweep_data[i].len), 0);
	/* A position of no use: system memory, and reserved bits set */
	pramin_model_set_window(t->rig.model, 0x83001234);
	CHECK_EQ(rig_attach(&t->rig, &opts), 0);
	t->bulk = (struct pramin_bulk){ .size = sizeof(t->bulk) };
	t->view = NULL;
	t->val = 0x5a5a5a5a5a5a5a5a;
	t->found = false;
	memset(t->buf, 0x5a, sizeof(t->buf));
	if (c->prepare)
		CHECK_EQ(c->prepare(t), 0);
	rig_log_here(&t->rig, NULL, 0);
	return 0;
}

static inline bool is_window(const struct rig_access *a, bool write)
{
	return a->off == PBUS_WINDOW && a->write == write;
}

static inline bool in_vram(const struct rig_access *a, bool write)
{
	return rig_in_aperture(a->off) && a->write == write;
}

/* The code that a call with these accesses returns if number @n fails. */
static inline int predict(const struct sweep_case *c, enum sweep_kind kind,
			  const struct rig_access *log, size_t count, size_t n)
{
	const struct rig_access *a = &log[n - 1];
	size_t i;

	if (n > count || (c->retries && (kind == FAIL || kind == BLIP ||
					 kind == MOVED)))
		return 0;
	if (kind == FAIL || kind == DEAD)
		return -ENODEV;
	if (kind == BLIP) {
		if (a->off == 0)
			return -ENODEV;
		if (is_window(a, false) && !c->shows_register)
			return -EIO;
		return is_window(a, true) && n < count &&
		       is_window(a + 1, false) ? -EIO : 0;
	}
	for (i = n - 1; i < count; i++) {
		a = &log[i];
		if (kind == GONE && !a->write)
			return -ENODEV;
		if (kind == FULL && in_vram(a, true))
			return -ENOMEM;
		if (kind == STUCK && is_window(a, true) && i + 1 < count)
			return -EIO;
		if (kind == MOVED && a->off == PBUS_WINDOW)
			return a->write || c->shows_register ? 0 : -EIO;
	}
	return 0;
}

/* Does the GPU work again once the call is over? */
static inline bool is_once(enum sweep_kind kind)
{
	return kind == FAIL || kind == BLIP || kind == MOVED;
}

/*
 * VRAM after the call: what was proved is there, what was not reached is
 * unchanged, and only of the rest of the range either may be. @exact: no byte
 * is misplaced. @posted: success, but nothing is proved yet.
 */
static inline int sweep_check_vram(const struct sweep_case *c,
				   const struct trial *t, int ret, bool exact,
				   bool posted)
{
	uint64_t done = ret || posted ? t->bulk.done : c->len;
	uint64_t from = c->down ? c->pa + c->len - done : c->pa;
	uint64_t pa;

	if (c->len)
		CHECK(done <= c->len);
	CHECK_EQ(pramin_model_peek(t->rig.model, 0, sweep_now, SWEEP_VRAM), 0);
	if (ret == 0 && exact && !posted) {
		CHECK(!memcmp(sweep_now, sweep_after, SWEEP_VRAM));
		return 0;
	}
	if (c->apply && c->len)
		CHECK(!memcmp(sweep_now + from, sweep_after + from,
			      (size_t)done));
	if (!exact)
		return 0;
	CHECK(!memcmp(sweep_now, sweep_before, (size_t)c->pa));
	pa = c->pa + c->len;
	CHECK(!memcmp(sweep_now + pa, sweep_before + pa, SWEEP_VRAM - pa));
	for (pa = c->pa; pa < c->pa + c->len; pa++)
		if (sweep_now[pa] != sweep_before[pa])
			CHECK_EQ(sweep_now[pa], sweep_after[pa]);
	return 0;
}

/* After -ENODEV nothing works; after anything else everything does. */
static inline int sweep_check_later(struct trial *t, const struct sweep_case *c,
				    enum sweep_kind kind, int ret, bool hit)
{
	struct pramin_dev *dev = t->rig.dev;
	struct pramin_position pos;
	uint64_t val;
	uint8_t byte = 0;

	if (!hit || c->retries)
		return 0;
	if (kind == GONE && !ret) {
		CHECK_EQ(pramin_flush(dev), -ENODEV);
		ret = -ENODEV;
	}
	if (ret == -ENODEV) {
		CHECK_EQ(pramin_read64(dev, 0, &val), -ENODEV);
		CHECK_EQ(pramin_last_why(dev)->reason,
			 PRAMIN_REASON_WAS_GONE);
		CHECK_EQ(pramin_write8(dev, 0, 1), -ENODEV);
		CHECK_EQ(pramin_flush(dev), -ENODEV);
		CHECK_EQ(pramin_position(dev, &pos), -ENODEV);
		CHECK_EQ(pramin_read(dev, 0, &byte, 1, NULL), -ENODEV);
		CHECK_EQ(pramin_copy(dev, 0, 1, 1, NULL), -ENODEV);
		CHECK_EQ(pramin_view_begin(dev, 0, 1, &t->view), -ENODEV);
		return 0;
	}
	/* A move behind the library's back is found by the next access. */
	if (kind == MOVED && !ret && pramin_read8(dev, 0, &byte))
		CHECK_EQ(pramin_last_why(dev)->err, -EIO);
	if (is_once(kind) || kind == FULL) {
		CHECK_EQ(pramin_read8(dev, 0, &byte), 0);
		CHECK_EQ(byte, sweep_before[0]);
	}
	return 0;
}

/* The register is back, unless the GPU is gone or ignores writes. */
static inline int sweep_check_close(struct trial *t, enum sweep_kind kind,
				    bool hit)
{
	bool touched = pramin_model_window(t->rig.model) != t->rig.raw;
	struct pramin_stats stats = { .size = sizeof(stats) };
	int ret;

	CHECK_EQ(pramin_stats(t->rig.dev, &stats), 0);
	ret = pramin_close(t->rig.dev, &t->rig.why);
	t->rig.dev = NULL;
	if (hit && (kind == GONE || kind == DEAD)) {
		CHECK(ret == -ENODEV || (ret == 0 && !touched));
	} else if (hit && kind == STUCK) {
		CHECK_EQ(ret, touched ? -EIO : 0);
	} else {
		CHECK_EQ(ret, 0);
		CHECK_EQ(pramin_model_window(t->rig.model), t->rig.raw);
	}
	return 0;
}

/* What the reads of the call return, and what it is to make of VRAM */
static inline void sweep_expect(const struct sweep_case *c,
				const struct rig_access *blip)
{
	/* A flush throws away what it reads: the window's first word. */
	bool flush = blip && blip->off == APERTURE && blip->width == 4;

	memcpy(sweep_seen, sweep_before, SWEEP_VRAM);
	memcpy(sweep_after, sweep_before, SWEEP_VRAM);
	if (blip && in_vram(blip, false) && !flush &&
	    blip->vram_pa < SWEEP_VRAM)
		memset(sweep_seen + blip->vram_pa, 0xff, blip->width);
	if (c->apply)
		c->apply(sweep_after, sweep_seen);
	if (blip && in_vram(blip, true) && blip->vram_pa < SWEEP_VRAM)
		memcpy(sweep_after + blip->vram_pa,
		       sweep_before + blip->vram_pa, blip->width);
}

/* One run with a fault at access @n of @count */
static inline int sweep_one(const struct sweep_case *c, bool verify,
			    enum sweep_kind kind, size_t count, size_t n)
{
	const struct rig_access *log = sweep_log;
	const struct rig_access *blip =
		kind == BLIP && n <= count ? &log[n - 1] : NULL;
	bool lost_move = blip && is_window(blip, true);
	/* These may misplace bytes before they are found out. */
	bool exact = kind != MOVED && !(lost_move && !verify);
	int want = predict(c, kind, log, count, n), ret;
	struct trial *t = &trial;
	bool hit = n <= count;

	CHECK_EQ(sweep_start(t, c, verify), 0);
	CHECK_EQ(rig_fault(&t->rig, sweep_names[kind], n), 0);
	ret = c->run(t);
	CHECK_EQ(ret, want);
	if (ret) {
		CHECK_EQ(pramin_last_why(t->rig.dev)->err, ret);
		CHECK(pramin_last_why(t->rig.dev)->what[0]);
	}
	sweep_expect(c, blip);
	/* A lost move without a proof: reads come from elsewhere. */
	if (c->check && (exact || ret))
		CHECK_EQ(c->check(t, ret, sweep_seen), 0);
	if (!lost_move || verify || ret)
		CHECK_EQ(sweep_check_vram(c, t, ret, exact,
					  hit && kind == GONE), 0);
	/* A fault that was not met must not meet what follows. */
	if (is_once(kind) || !hit)
		pramin_model_mend(t->rig.model);
	if (!lost_move || verify || ret)
		CHECK_EQ(sweep_check_later(t, c, kind, ret, hit), 0);
	CHECK_EQ(sweep_check_close(t, kind, hit), 0);
	pramin_model_destroy(t->rig.model);
	return 0;
}

/* The run without a fault: its accesses, and that it does what it should */
static inline int sweep_clean(const struct sweep_case *c, bool verify,
			      size_t *count)
{
	struct trial *t = &trial;

	CHECK_EQ(sweep_start(t, c, verify), 0);
	rig_log_here(&t->rig, sweep_log, SWEEP_LOG);
	CHECK_EQ(c->run(t), 0);
	*count = (size_t)(t->rig.accesses - t->rig.log_from);
	CHECK(*count <= SWEEP_LOG);
	sweep_expect(c, NULL);
	if (c->check)
		CHECK_EQ(c->check(t, 0, sweep_seen), 0);
	CHECK_EQ(sweep_check_vram(c, t, 0, true, false), 0);
	CHECK_EQ(sweep_check_close(t, FAIL, false), 0);
	pramin_model_destroy(t->rig.model);
	return 0;
}

/* Of a long call: its ends, all but plain data, and a sample of that */
static inline bool sweep_wants(size_t count, size_t n)
{
	size_t i;

	if (count <= SWEEP_ALL || n <= 4 || n + 2 > count || n % 48001 == 0)
		return true;
	for (i = n - 1; i <= n; i++)
		if (!rig_in_aperture(sweep_log[i].off) ||
		    (sweep_log[i].width == 4 && sweep_log[i].off == APERTURE))
			return true;
	return false;
}

/* The whole sweep of one call */
static inline int sweep(const struct sweep_case *c)
{
	size_t count, n;
	int kind, verify;

	for (verify = 0; verify < 2; verify++) {
		if (sweep_clean(c, verify, &count)) {
			printf("%s without a fault\n", c->name);
			return CHECK_FAILED;
		}
		CHECK(count > 0);
		for (n = 1; n <= count + 1; n++) {
			if (!sweep_wants(count, n))
				continue;
			for (kind = 0; kind < (verify ? SWEEP_KINDS : STUCK);
			     kind++) {
				if (!sweep_one(c, verify,
					       (enum sweep_kind)kind, count, n))
					continue;
				printf("%s, %s@%zu of %zu%s\n", c->name,
				       sweep_names[kind], n, count,
				       verify ? ", verify" : "");
				return CHECK_FAILED;
			}
		}
	}
	return 0;
}

#endif /* PRAMIN_TESTS_LIB_SWEEP_H */
