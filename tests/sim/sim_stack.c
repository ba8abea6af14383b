// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Coroutines: stacks of one's own, and going from one to the other.
 *
 * AddressSanitizer is told of each switch, so that it finds what it finds
 * elsewhere. The frames of a client that was killed stay on its stack; the stack
 * is used again as it is, and poison of old frames is wiped before that.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "sim.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

#if WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#define STACK_BYTES 0x20000u
#define GUARD_BYTES 0x1000u

struct sim_stack {
	ucontext_t context;
	struct sim_stack *next; /* of those that nobody uses */
	unsigned char *bytes;
	void *fake; /* AddressSanitizer's, while it does not run */
};

static struct sim_stack outside;
static struct sim_stack *spare;

#if WITH_ASAN
static const void *outside_bottom;
static size_t outside_size;
#endif

static struct sim_stack *or_outside(struct sim_stack *stack)
{
	return stack ? stack : &outside;
}

struct sim_stack *sim_stack_get(void (*entry)(void))
{
	struct sim_stack *s = spare;

	if (s) {
		spare = s->next;
	} else {
		s = calloc(1, sizeof(*s));
		if (!s)
			abort();
		s->bytes = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
				0);
		if (s->bytes == MAP_FAILED ||
		    mprotect(s->bytes, GUARD_BYTES, PROT_NONE))
			abort();
	}
#if WITH_ASAN
	ASAN_UNPOISON_MEMORY_REGION(s->bytes + GUARD_BYTES,
				    STACK_BYTES - GUARD_BYTES);
#endif
	s->fake = NULL;
	getcontext(&s->context);
	s->context.uc_stack.ss_sp = s->bytes + GUARD_BYTES;
	s->context.uc_stack.ss_size = STACK_BYTES - GUARD_BYTES;
	s->context.uc_link = NULL;
	makecontext(&s->context, entry, 0);
	return s;
}

void sim_stack_put(struct sim_stack *stack)
{
	stack->next = spare;
	spare = stack;
}

/* @save: where the one that goes keeps its fake stack; NULL: it ends */
static void tell_asan(void **save, const struct sim_stack *to)
{
#if WITH_ASAN
	if (to == &outside)
		__sanitizer_start_switch_fiber(save, outside_bottom,
					       outside_size);
	else
		__sanitizer_start_switch_fiber(save, to->bytes + GUARD_BYTES,
					       STACK_BYTES - GUARD_BYTES);
#else
	(void)save;
	(void)to;
#endif
}

void sim_stack_arrived(struct sim_stack *self)
{
#if WITH_ASAN
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(or_outside(self)->fake, &bottom, &size);
	if (!outside_size) {
		/* The first switch of all came from outside. */
		outside_bottom = bottom;
		outside_size = size;
	}
#else
	(void)self;
#endif
}

void sim_stack_switch(struct sim_stack *from, struct sim_stack *to)
{
	struct sim_stack *f = or_outside(from), *t = or_outside(to);

	tell_asan(&f->fake, t);
	swapcontext(&f->context, &t->context);
	sim_stack_arrived(from);
}

void sim_stack_leave(struct sim_stack *from, struct sim_stack *to)
{
	(void)from;
	tell_asan(NULL, or_outside(to));
	setcontext(&or_outside(to)->context);
	abort();
}
