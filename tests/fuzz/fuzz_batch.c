// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The input is a batch: six bytes for each entry, after one of flags. Whatever
 * order it is made in, VRAM and the values read are those of the list's order,
 * because only accesses to different bytes may change places.
 */
#include <errno.h>
#include <string.h>

#include <pramin/pramin.h>

#include "fuzz.h"

#define VRAM	    (64u << 20)
#define ENTRIES_MAX 4096u
#define ENTRY_BYTES 6u

/* Addresses lie in a few stretches, so that they meet: a copy of each */
#define STRETCHES 16u
#define STRETCH	  4096u

static uint8_t shadow[STRETCHES][STRETCH];
static struct pramin_access list[ENTRIES_MAX];
static uint64_t want[ENTRIES_MAX];

static uint64_t stretch_pa(unsigned int i)
{
	/* Some share a position, some lie across a line */
	return (uint64_t)i * 0x3d0000 - (i % 4 == 3 ? STRETCH / 2 : 0);
}

static struct pramin_access decode(const uint8_t *data)
{
	uint64_t off = (data[2] | (uint64_t)data[3] << 8) % STRETCH;

	return (struct pramin_access){
		.kind = data[0] % 4,
		.width = (uint8_t)(1u << (data[0] >> 2) % 5),
		.vram_pa = stretch_pa(data[1] % STRETCHES) + off,
		.val = 0x0101010101010101u * data[4] ^ data[5],
	};
}

/* Make an entry as the list says; false: it is one to be refused. */
static bool make(const struct pramin_access *a, unsigned int stretch,
		 uint64_t *val)
{
	uint8_t *at = shadow[stretch] + (a->vram_pa - stretch_pa(stretch));

	if (a->kind > PRAMIN_ACCESS_BARRIER)
		return false;
	if (a->kind == PRAMIN_ACCESS_BARRIER)
		return true;
	if (a->width > 8 || a->vram_pa % a->width)
		return false;
	if (at + a->width > shadow[stretch] + STRETCH)
		return true;
	*val = 0;
	if (a->kind == PRAMIN_ACCESS_WRITE)
		memcpy(at, &a->val, a->width);
	else
		memcpy(val, at, a->width);
	return true;
}

static void check_vram(struct pramin_dev *dev)
{
	static uint8_t now[STRETCH];
	unsigned int i;

	for (i = 0; i < STRETCHES; i++) {
		MUST(!pramin_read(dev, stretch_pa(i), now, STRETCH, NULL));
		MUST(!memcmp(now, shadow[i], STRETCH));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = size && data[0] & 4,
	};
	struct pramin_batch batch = { .size = sizeof(batch) };
	uint32_t count = 0, i;
	struct pramin_dev *dev;
	bool valid = true;
	int ret;

	if (!size)
		return 0;
	memset(shadow, 0, sizeof(shadow));
	batch.flags = data[0] & 3;
	for (i = 1; i + ENTRY_BYTES <= size && count < ENTRIES_MAX;
	     i += ENTRY_BYTES) {
		list[count] = decode(data + i);
		/* One that hangs over the end of its copy is left out. */
		if (list[count].vram_pa + list[count].width >
		    stretch_pa(data[i + 1] % STRETCHES) + STRETCH)
			continue;
		if (valid)
			valid = make(&list[count], data[i + 1] % STRETCHES,
				     &want[count]);
		count++;
	}
	if (!valid)
		memset(shadow, 0, sizeof(shadow));

	MUST(!pramin_open("model:tu102,vram=64M", &opts, &dev, NULL));
	ret = pramin_batch(dev, list, count, &batch);
	MUST(ret == (valid ? 0 : -EINVAL));
	MUST(batch.least <= batch.moves);
	MUST((batch.bad == count) == valid);
	for (i = 0; i < count && valid; i++) {
		MUST(list[i].done == (list[i].kind != PRAMIN_ACCESS_BARRIER));
		if (list[i].kind == PRAMIN_ACCESS_READ)
			MUST(list[i].val == want[i]);
	}
	check_vram(dev);
	MUST(!pramin_close(dev, NULL));
	return 0;
}
