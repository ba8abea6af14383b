/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A meeting of several parties in one thread. Where a party has to wait, the
 * test says what the others do meanwhile; the clock stands still unless it
 * waits in vain. So every interleaving that is tested is written down.
 */
#ifndef PRAMIN_TESTS_CORE_SHARE_H
#define PRAMIN_TESTS_CORE_SHARE_H

#include "../../core/bulk.h"
#include "../../core/scalar.h"
#include "../../core/share.h"
#include "core_fake.h"

#define PARTIES	   5
#define TIMEOUT_NS 1000000000ull

struct table;

struct party {
	struct table *table;
	struct pramin_gpu gpu;
	struct pramin_gpu_config config;
	struct pramin_op op;
	uint32_t thread;
	bool dead;
};

struct table {
	struct pramin_meeting *m;
	struct fake fake;
	struct party p[PARTIES];
	uint64_t now;
	unsigned int locks, wakes, waits;
	bool locked;
	int lock_says; /* the next time, or every time from lock_from on */
	unsigned int lock_from;
	/* What happens while somebody waits, once; or at a register write */
	void (*meanwhile)(struct table *t);
	void (*at_move)(struct table *t);
	/* Before the lock is had, the next time */
	void (*at_lock)(struct table *t);
	/* At the access of that number from now on */
	void (*at_access)(struct table *t);
	uint64_t access;
};

static inline void *share_alloc(void *env, size_t size)
{
	(void)env;
	return malloc(size);
}

static inline void share_free(void *env, void *ptr)
{
	(void)env;
	free(ptr);
}

static inline int share_lock(void *env, uint64_t until)
{
	struct table *t = ((struct party *)env)->table;
	void (*at_lock)(struct table * t) = t->at_lock;
	int says = 0;

	t->at_lock = NULL;
	if (at_lock)
		at_lock(t);
	t->locks++;
	if (t->locks >= t->lock_from)
		says = t->lock_says;
	if (says < 0)
		t->now = until;
	if (says >= 0) {
		if (t->locked)
			abort();
		t->locked = true;
		t->lock_says = 0;
	}
	return says;
}

static inline void share_unlock(void *env)
{
	struct table *t = ((struct party *)env)->table;

	if (!t->locked || pramin_room_check(&t->m->room))
		abort();
	t->locked = false;
}

static inline void share_wait(void *env, uint32_t *word, uint64_t until)
{
	struct table *t = ((struct party *)env)->table;
	void (*meanwhile)(struct table * t) = t->meanwhile;

	if (t->locked)
		abort();
	t->waits++;
	t->meanwhile = NULL;
	if (meanwhile)
		meanwhile(t);
	else if (!*word)
		t->now = until;
}

static inline void share_wake(void *env, uint32_t *word)
{
	struct table *t = ((struct party *)env)->table;

	if (!*word || !t->locked)
		abort();
	t->wakes++;
}

static inline uint64_t share_now(void *env)
{
	return ((struct party *)env)->table->now;
}

static inline uint64_t share_thread(void *env)
{
	const struct party *p = env;

	return (uint64_t)(p - p->table->p + 1) << 32 | p->thread;
}

static inline bool share_dead(void *env, uint32_t seat)
{
	return ((struct party *)env)->table->p[seat].dead;
}

static inline void table_count(struct table *t)
{
	if (t->access && !--t->access)
		t->at_access(t);
}

static inline int table_write(void *io, uint32_t off, unsigned int width,
			      uint64_t val)
{
	struct table *t = io;
	void (*at_move)(struct table * t) = t->at_move;

	table_count(t);
	if (off == t->fake.kind->window_off && at_move) {
		t->at_move = NULL;
		at_move(t);
	}
	return fake_write(&t->fake, off, width, val);
}

static inline int table_read(void *io, uint32_t off, unsigned int width,
			     uint64_t *val)
{
	struct table *t = io;

	table_count(t);
	return fake_read(&t->fake, off, width, val);
}

static inline volatile void *table_aperture(void *io)
{
	return fake_aperture(&((struct table *)io)->fake);
}

static inline int table_config_read(void *io, uint32_t off, uint32_t *val)
{
	return fake_config_read(&((struct table *)io)->fake, off, val);
}

static const struct pramin_io_ops table_ops = {
	.name = "table",
	.read = table_read,
	.write = table_write,
	.aperture = table_aperture,
	.config_read = table_config_read,
};

static const struct pramin_env_ops share_env = {
	.alloc = share_alloc,
	.free = share_free,
	.lock = share_lock,
	.unlock = share_unlock,
	.wait = share_wait,
	.wake = share_wake,
	.now = share_now,
	.thread = share_thread,
	.dead = share_dead,
};

/* Each call has an op of its own, as in the library. */
static inline struct pramin_op *op_of(struct table *t, unsigned int i)
{
	struct pramin_op *op = &t->p[i].op;

	memset(op, 0, sizeof(*op));
	pramin_op_init(op, &t->p[i].gpu);
	if (t->p[i].gpu.meeting)
		pramin_share_begin(op, t->p[i].thread);
	return op;
}

static inline void table_init(struct table *t, const char *chip)
{
	static struct pramin_meeting meeting;
	unsigned int i;

	memset(t, 0, sizeof(*t));
	memset(&meeting, 0, sizeof(meeting));
	fake_init(&t->fake, chip);
	t->m = &meeting;
	t->now = 5000000000ull;
	pramin_share_init(t->m);
	for (i = 0; i < PARTIES; i++) {
		t->p[i].table = t;
		t->p[i].thread = 1;
	}
}

static inline int sit_down(struct table *t, unsigned int i)
{
	struct party *p = &t->p[i];
	int ret;

	p->config = (struct pramin_gpu_config){
		.timeout_ns = TIMEOUT_NS,
		.env_ops = &share_env,
		.env = p,
	};
	ret = pramin_gpu_attach(op_of(t, i), &table_ops, t, &p->config);
	if (!ret)
		ret = pramin_share_join(op_of(t, i), t->m, i, 100 + i);
	p->dead = false;
	return ret;
}

static inline int get_up(struct table *t, unsigned int i)
{
	return pramin_share_quit(op_of(t, i));
}

/* @n parties around one GPU */
static inline int set_table(struct table *t, unsigned int n)
{
	unsigned int i;
	int ret = 0;

	table_init(t, "tu102");
	for (i = 0; i < n && !ret; i++)
		ret = sit_down(t, i);
	return ret;
}

/* Party @seat is dead, and party @i has just found out. */
static inline void reap_seat(struct table *t, unsigned int i, unsigned int seat)
{
	t->p[seat].dead = true;
	pramin_share_reap_all(op_of(t, i), UINT64_MAX);
}

static inline int touch(struct table *t, unsigned int i, uint64_t pa)
{
	uint64_t val;
	int ret = pramin_scalar_read(op_of(t, i), pa, 1, &val);

	return ret ? ret : val == fake_byte(pa) ? 0 : 1;
}

static inline int come_in(struct table *t, unsigned int i, uint64_t pa)
{
	return pramin_enter(op_of(t, i), pa, 1, 1, 1);
}

static inline int go_out(struct table *t, unsigned int i)
{
	return pramin_leave(&t->p[i].op, 0);
}

#endif /* PRAMIN_TESTS_CORE_SHARE_H */
