// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Faults as data.
 *
 * A fault waits in a list sorted by the number of the access at which it comes.
 * When that access is made, a fault for one access speaks about it and is
 * forgotten, and a fault that lasts becomes a bit in the model's flags. The
 * access path compares one number to know that there is nothing to ask here.
 *
 * Threads come here in any order. A fault for one access waits for the one that
 * has its number; one that lasts is made a flag by the first that it concerns,
 * and the flag is not in force for accesses of lower number.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/regs/bus.h"
#include "internal.h"
#include "shared.h"

/* A fault for one access has no flag. */
struct model_fault_kind {
	const char *name;
	const char *form; /* for messages */
	uint32_t flag;
	bool has_value;
	uint64_t max; /* largest value */
	enum {
		BLIP,
		FAIL,
		MOVED,
		READ,
		LASTS
	} effect;
};

static const struct model_fault_kind kinds[] = {
	{ "gone", "gone[@N]", MODEL_GONE, false, 0, LASTS },
	{ "blip", "blip[@N]", 0, false, 0, BLIP },
	{ "dead", "dead[@N]", MODEL_DEAD, false, 0, LASTS },
	{ "fail", "fail[@N]", 0, false, 0, FAIL },
	{ "full", "full[@N]", MODEL_FULL, false, 0, LASTS },
	{ "stuck", "stuck[@N]", MODEL_STUCK, false, 0, LASTS },
	{ "moved", "moved=BASE[@N]", 0, true, UINT64_MAX, MOVED },
	{ "read", "read=VALUE[@N]", 0, true, UINT64_MAX, READ },
	{ "vram", "vram=VALUE[@N]", MODEL_FAKE_VRAM, true, UINT32_MAX, LASTS },
	{ "boot0", "boot0=VALUE[@N]", MODEL_FAKE_BOOT0, true, UINT32_MAX,
	  LASTS },
	{ "vf", "vf[@N]", MODEL_VF, false, 0, LASTS },
	{ "coherent", "coherent[@N]", MODEL_COHERENT, false, 0, LASTS },
	{ "cc", "cc[@N]", MODEL_CC, false, 0, LASTS },
	{ "devtools", "devtools[@N]", MODEL_DEVTOOLS, false, 0, LASTS },
	{ "firewall", "firewall[@N]", MODEL_FIREWALL, false, 0, LASTS },
	{ "notready", "notready[@N]", MODEL_NOTREADY, false, 0, LASTS },
	{ "flushstuck", "flushstuck[@N]", MODEL_FLUSH_STUCK, false, 0, LASTS },
	{ "tlbstuck", "tlbstuck[@N]", MODEL_TLB_STUCK, false, 0, LASTS },
	{ "bindstuck", "bindstuck[@N]", MODEL_BIND_STUCK, false, 0, LASTS },
	{ "console", "console[@N]", MODEL_CONSOLE, false, 0, LASTS },
};

#define COUNT (sizeof(kinds) / sizeof(kinds[0]))

static const char every_name[] =
	"faults: gone blip dead fail full stuck moved=BASE read=VALUE "
	"vram=VALUE boot0=VALUE vf coherent cc devtools firewall notready "
	"flushstuck tlbstuck bindstuck console, each with @N for the N-th "
	"access";

static int refuse(struct pramin_why *why, const char *spec, size_t len,
		  const char *problem, const char *next)
{
	model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT, next, "fault '%s': %s",
		   model_quote_n(spec, len).s, problem);
	return -EINVAL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Decimal, or hexadecimal after 0x; a leading 0 could mean octal: refused */
static bool number(const char *text, size_t len, uint64_t *val)
{
	uint64_t n = 0, base = 10;
	size_t i = 0;

	if (len > 2 && text[0] == '0' && text[1] == 'x') {
		base = 16;
		i = 2;
	} else if (len > 1 && text[0] == '0') {
		return false;
	}
	if (i == len)
		return false;
	for (; i < len; i++) {
		uint64_t d = (uint64_t)digit(text[i]);

		if (d >= base || n > (UINT64_MAX - d) / base)
			return false;
		n = n * base + d;
	}
	*val = n;
	return true;
}

/* Can this chip have that? NULL, or what is in the way */
static const char *impossible(const struct model_chip *chip,
			      const struct model_fault_kind *kind,
			      uint64_t value)
{
	uint64_t reach = ((uint64_t)model_chip_base_mask(chip) + 1) *
			 PRAMIN_WINDOW_GRAIN;

	if (kind->effect == MOVED && value % PRAMIN_WINDOW_GRAIN)
		return "BASE is not a multiple of 64 KiB";
	if (kind->effect == MOVED && value >= reach)
		return "BASE is too large for the window register";
	if (value > kind->max)
		return "VALUE does not fit into 32 bits";
	switch (kind->flag) {
	case MODEL_FAKE_VRAM:
		return chip->row.vram_register ?
			       NULL :
			       "this chip has no VRAM-size register";
	case MODEL_COHERENT:
		return chip->coherent_id ? NULL :
					   "no coherent platform has this chip";
	case MODEL_CC:
	case MODEL_DEVTOOLS:
		return chip->cc_register ?
			       NULL :
			       "only Hopper and Blackwell have this";
	case MODEL_FIREWALL:
		return model_chip_has_firewall(chip) ?
			       NULL :
			       "only Blackwell has a BAR firewall";
	case MODEL_TLB_STUCK:
	case MODEL_BIND_STUCK:
	case MODEL_CONSOLE:
		return model_chip_arch(chip) >= MODEL_ARCH_MMU ?
			       NULL :
			       "page tables of Tesla are not modelled";
	case MODEL_NOTREADY:
		return chip->ready_register ?
			       NULL :
			       "this chip has no register for this";
	default:
		return NULL;
	}
}

static const struct model_fault_kind *kind_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (strlen(kinds[i].name) == len &&
		    !memcmp(kinds[i].name, name, len))
			return &kinds[i];
	return NULL;
}

/* @fault->at is 0 if the spec does not say when. */
static int parse(const struct model_chip *chip, const char *spec, size_t len,
		 struct model_fault *fault, struct pramin_why *why)
{
	const char *at = memchr(spec, '@', len);
	size_t head = at ? (size_t)(at - spec) : len;
	const char *eq = memchr(spec, '=', head);
	size_t name = eq ? (size_t)(eq - spec) : head;
	const struct model_fault_kind *kind = kind_find(spec, name);
	const char *problem;

	if (!kind)
		return refuse(why, spec, len, "there is no such fault",
			      every_name);
	fault->kind = kind;
	fault->value = 0;
	fault->at = 0;
	fault->next = false;

	if (kind->has_value != (eq != NULL))
		return refuse(why, spec, len,
			      eq ? "this fault takes no value" :
				   "this fault needs a value",
			      kind->form);
	if (eq && !number(eq + 1, head - name - 1, &fault->value))
		return refuse(why, spec, len,
			      "the value is not a number of 64 bits, decimal "
			      "or 0x",
			      kind->form);
	if (at && (!number(at + 1, len - head - 1, &fault->at) || !fault->at))
		return refuse(why, spec, len,
			      "after @ comes the number of a BAR access, "
			      "from 1",
			      kind->form);

	problem = impossible(chip, kind, fault->value);
	return problem ? refuse(why, spec, len, problem, kind->form) : 0;
}

/* Keep the list sorted; of two for one access the older speaks first. */
static int enqueue(struct model_faults *f, const struct model_fault *fault)
{
	size_t i;

	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 8;
		struct model_fault *list;

		if (room > SIZE_MAX / sizeof(*list))
			return -ENOMEM;
		list = realloc(f->list, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
		f->list = list;
		f->room = room;
	}
	for (i = f->count; i && f->list[i - 1].at > fault->at; i--)
		f->list[i] = f->list[i - 1];
	f->list[i] = *fault;
	f->count++;
	return 0;
}

static void fault_lasts(struct pramin_model *m, const struct model_fault *fault)
{
	uint32_t flag = fault->kind->flag;
	uint64_t *since = &m->faults.since[__builtin_ctz(flag)];

	if (flag == MODEL_FAKE_VRAM)
		model_put32(&m->fake_vram, (uint32_t)fault->value);
	if (flag == MODEL_FAKE_BOOT0)
		model_put32(&m->fake_boot0, (uint32_t)fault->value);
	if (!(m->flags & flag))
		__atomic_store_n(since, fault->at, __ATOMIC_RELAXED);
	/* Whoever sees the flag sees what belongs to it. */
	__atomic_fetch_or(&m->flags, flag, __ATOMIC_RELEASE);
}

/* Whoever sees a later number sees the flags that came before it. */
static void set_fault_at(struct pramin_model *m)
{
	const struct model_faults *f = &m->faults;

	__atomic_store_n(&m->fault_at, f->count ? f->list[0].at : UINT64_MAX,
			 __ATOMIC_RELEASE);
}

/* A fault that has been parsed: there at once, later, or never */
static int take(struct pramin_model *m, struct model_fault *fault)
{
	uint64_t nth = model_get64(&m->nth);
	int ret = 0;

	if (fault->kind->effect == LASTS && fault->at <= nth) {
		fault_lasts(m, fault);
	} else if (!fault->at || fault->at > nth) {
		/* At once means the next access. */
		fault->next = !fault->at;
		if (fault->next)
			fault->at = nth + 1;
		ret = enqueue(&m->faults, fault);
	}
	set_fault_at(m);
	return ret;
}

static int add_one(struct pramin_model *m, const char *spec, size_t len,
		   struct pramin_why *why)
{
	struct model_fault fault;
	int ret = parse(m->chip, spec, len, &fault, why);

	if (ret)
		return ret;
	if (!model_lock(m))
		return refuse(why, spec, len, "not from a signal handler", "");
	ret = take(m, &fault);
	model_unlock(m);
	if (ret)
		model_fail(why, ret, PRAMIN_REASON_NO_MEMORY, "",
			   "no memory for another fault");
	return ret;
}

int model_faults_add(struct pramin_model *m, const char *specs,
		     struct pramin_why *why)
{
	for (;;) {
		size_t len = strcspn(specs, ":");
		int ret = add_one(m, specs, len, why);

		if (ret || !specs[len])
			return ret;
		specs += len + 1;
	}
}

int pramin_model_fault(struct pramin_model *m, const char *spec,
		       struct pramin_why *why)
{
	if (!m || !spec)
		return model_fail(why, -EINVAL, PRAMIN_REASON_ARGUMENT,
				  every_name, "a model and a fault are needed");
	return add_one(m, spec, strlen(spec), why);
}

void pramin_model_mend(struct pramin_model *m)
{
	if (!model_lock(m))
		return;
	m->faults.count = 0;
	model_put32(&m->flags, m->flags & MODEL_ORPHAN);
	set_fault_at(m);
	model_mmu_mend(m);
	model_unlock(m);
}

void model_faults_free(struct pramin_model *m)
{
	free(m->faults.list);
}

/* @fault has been due since access @n or before; does that use it up? */
static bool comes(struct pramin_model *m, const struct model_fault *fault,
		  uint64_t n, struct model_verdict *verdict)
{
	if (fault->kind->effect == LASTS) {
		fault_lasts(m, fault);
		return true;
	}
	if (fault->at != n && !fault->next)
		return false;
	switch (fault->kind->effect) {
	case BLIP:
		verdict->vanish = true;
		break;
	case FAIL:
		verdict->err = -ENODEV;
		break;
	case MOVED:
		model_window_move(m, fault->value);
		break;
	case READ:
	default:
		verdict->answer = true;
		verdict->value = fault->value;
		break;
	}
	return true;
}

/* The conditions that came with access @n or before it */
static uint32_t in_force(const struct pramin_model *m, uint64_t n)
{
	uint32_t flags = __atomic_load_n(&m->flags, __ATOMIC_ACQUIRE);
	uint32_t rest = flags;

	for (; rest; rest &= rest - 1) {
		int bit = __builtin_ctz(rest);

		if (model_get64(&m->faults.since[bit]) > n)
			flags &= ~BIT32(bit);
	}
	return flags;
}

/* Ask the faults that are due. */
static void ask(struct pramin_model *m, uint64_t n,
		struct model_verdict *verdict)
{
	struct model_faults *f = &m->faults;
	size_t i, kept = 0;

	for (i = 0; i < f->count && f->list[i].at <= n; i++)
		if (!comes(m, &f->list[i], n, verdict))
			f->list[kept++] = f->list[i];
	if (kept < i) {
		memmove(&f->list[kept], &f->list[i],
			(f->count - i) * sizeof(*f->list));
		f->count -= i - kept;
	}
	set_fault_at(m);
}

/*
 * Access number @n is about to happen. In a signal handler that comes while
 * this thread has the lock, only what lasts is looked at.
 */
struct model_verdict model_faults_judge(struct pramin_model *m, uint64_t n)
{
	struct model_verdict verdict = { 0, 0, false, false, 0 };

	if (n >= __atomic_load_n(&m->fault_at, __ATOMIC_ACQUIRE) &&
	    model_lock(m)) {
		ask(m, n, &verdict);
		model_unlock(m);
	}
	verdict.flags = in_force(m, n);
	if (verdict.flags & (MODEL_DEAD | MODEL_ORPHAN))
		verdict.err = -ENODEV;
	if (verdict.flags & (MODEL_GONE | MODEL_FIREWALL))
		verdict.vanish = true;
	return verdict;
}
