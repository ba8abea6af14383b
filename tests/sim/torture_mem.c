// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who owns which byte, what it should be, and what really reaches it.
 */
#include <inttypes.h>
#include <string.h>

#include "torture.h"

/* What each byte is known to be, by its owner */
static unsigned char known[SIM_VRAM];

void mem_begin(void)
{
	uint64_t line;

	/* Nothing else is ever known to be other than 0. */
	for (line = 1; line < SIM_VRAM / LINE; line++)
		memset(known + line * LINE - HALF, 0, REGION);
}

/* The slot that owns what lies around a line, or SLOTS */
static unsigned int owner_of_line(uint64_t line)
{
	if (line % 16 == 0)
		return line ? (unsigned int)(line / 16 - 1) % tt.slots : SLOTS;
	return line % 16 - 1 < tt.slots ? (unsigned int)(line % 16 - 1) : SLOTS;
}

static unsigned int owner_of(uint64_t pa)
{
	if ((pa + HALF) % LINE >= REGION)
		return SLOTS;
	return owner_of_line((pa + HALF) / LINE);
}

void mem_pick(unsigned int slot, unsigned int max, uint64_t *pa,
	      unsigned int *len)
{
	uint64_t line;

	do
		line = sim_below(tt.profile.mibs * 16);
	while (owner_of_line(line) != slot);
	*len = (unsigned int)sim_below(max) + 1;
	*pa = line * LINE - HALF + sim_below(REGION + 1 - *len);
}

void mem_intend(struct tester *t, uint64_t pa, unsigned int len)
{
	struct intent *in = &t->intent[t->intents++];
	unsigned int i;

	in->pa = pa;
	in->len = len;
	/* Never all ones, which would cost a look at PMC_BOOT_0 each time */
	for (i = 0; i < len; i++)
		in->bytes[i] = (unsigned char)sim_below(255);
}

static bool is_intended(const struct tester *t, uint64_t pa, unsigned char val)
{
	unsigned int i;

	for (i = 0; i < t->intents; i++)
		if (pa >= t->intent[i].pa &&
		    pa - t->intent[i].pa < t->intent[i].len &&
		    t->intent[i].bytes[pa - t->intent[i].pa] == val)
			return true;
	return false;
}

static void wrote(uint64_t pa, unsigned int width, uint64_t val)
{
	const struct tester *t = tester_self();
	unsigned int i;

	for (i = 0; i < width; i++)
		if (!t || pa == SIM_NEVER || owner_of(pa + i) != t->slot ||
		    !is_intended(t, pa + i, (unsigned char)(val >> 8 * i))) {
			sim_fail("client %u wrote to 0x%" PRIx64
				 ", which it did not mean to do",
				 sim_self()->number, pa + i);
			return;
		}
}

/* Reads that flush may be anywhere on a line. */
static void has_read(uint64_t pa, unsigned int width)
{
	const struct tester *t = tester_self();

	if (width == 4 && pa % LINE == 0)
		return;
	if (!t || pa < t->read_pa || pa + width > t->read_pa + t->read_len)
		sim_fail("client %u read 0x%" PRIx64
			 ", which it did not mean to do",
			 sim_self()->number, pa);
}

static void settle_byte(const struct tester *t, const struct intent *in,
			unsigned int i, int ret)
{
	const unsigned char now = tt.gpu.vram[in->pa + i];
	unsigned char *was = &known[in->pa + i];

	if (now != in->bytes[i] && (!ret || now != *was) && !tt.gpu.lost)
		sim_fail("client %u: 0x%" PRIx64 " is 0x%02x, was 0x%02x, "
			 "should be 0x%02x; the call returned %d",
			 t->client->number, in->pa + i, now, *was, in->bytes[i],
			 ret);
	*was = now;
}

void mem_settle(struct tester *t, int ret)
{
	unsigned int n, i;

	for (n = 0; n < t->intents; n++)
		for (i = 0; i < t->intent[n].len; i++)
			settle_byte(t, &t->intent[n], i, ret);
	t->intents = 0;
}

void mem_check_read(const struct tester *t, uint64_t pa, const void *buf,
		    unsigned int len)
{
	if (!t->ones && !tt.gpu.lost && memcmp(buf, known + pa, len) != 0)
		sim_fail("client %u: a read of 0x%" PRIx64
			 " returned what is not there",
			 t->client->number, pa);
}

void mem_check_all(void)
{
	uint64_t line;

	for (line = 1; line < SIM_VRAM / LINE; line++)
		if (memcmp(tt.gpu.vram + line * LINE - HALF,
			   known + line * LINE - HALF, REGION) != 0)
			sim_fail("in the end the bytes around 0x%" PRIx64
				 " are not what was written",
				 line * LINE);
	if (tt.gpu.outside)
		sim_fail("an access met no VRAM");
}

const struct sim_gpu_watch mem_watch = {
	.fault = torture_fault,
	.write = wrote,
	.read = has_read,
};
