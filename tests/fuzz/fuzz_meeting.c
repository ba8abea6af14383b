// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Changes the file in which users of a GPU meet, while none is there.
 *
 * The input is a list of changes to a good meeting whose users have died, each
 * of six bytes: an offset (24 bits), how often, a value, and what to add to it
 * each time. Bit 7 of the first byte of the offset: behind the header, which is
 * most of the file, and of little interest. Whatever comes out, the GPU can be
 * opened, used and closed; no byte of its VRAM has changed, and the window stands
 * where it stood, or where the meeting said that it was at first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "fuzz_board.h"
#include "../../lib/dev.h"
#include "../../lib/meet.h"
#include "../../core/mmu/bar.h"

#define MEETING	 65536 /* its place in the state file */
#define CHANGE	 6u
#define VRAM	 (2u << 20)
#define HEAD	 BOARD_HEAD /* bytes of VRAM that are something */
#define ORIGINAL 0x15u
#define MOVED	 0x10u
#define BLOCK	 0xb80f40u   /* what BAR1 shows */
#define BOUND	 0x80000005u /* VIRTUAL, by the instance block at 0x5000 */

static struct meet_mem good;

static struct pramin_model *open_model(void)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = VRAM,
		.file = image,
	};
	struct pramin_model *model;

	MUST(pramin_model_create(&params, &model, NULL) == 0);
	return model;
}

static int take_bar(struct pramin_dev *dev, bool bind)
{
	struct pramin_op op;
	int ret;

	MUST(dev_begin(dev, &op) == 0);
	ret = pramin_bar_take(&op, 1, 4096, NULL);
	if (!ret && bind)
		ret = pramin_bar_bind(&op, 1, 0x5000);
	return dev_end(dev, ret, &op);
}

static int open_dev(struct pramin_dev **dev, bool exclusive)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = exclusive,
	};
	struct pramin_why why;
	char gpu[256];
	int ret;

	snprintf(gpu, sizeof(gpu), "model:tu102,vram=2M,file=%s", image);
	ret = pramin_open(gpu, &opts, dev, &why);
	MUST(!ret || (why.err == ret && why.what[0]));
	return ret;
}

static void transfer(bool out)
{
	int fd = open(state, O_RDWR | O_CLOEXEC);
	ssize_t n;

	MUST(fd >= 0);
	n = out ? pwrite(fd, &good, sizeof(good), MEETING) :
		  pread(fd, &good, sizeof(good), MEETING);
	MUST(n == (ssize_t)sizeof(good));
	close(fd);
}

/* A GPU whose only user has died with a view, in the middle of VRAM */
static void make_board(void)
{
	struct pramin_model *model;
	struct pramin_view *view;
	struct pramin_dev *dev;

	board_begin();
	model = open_model();
	pramin_model_set_window(model, ORIGINAL);
	MUST(pramin_model_poke(model, 0, head, HEAD) == 0);
	MUST(open_dev(&dev, false) == 0);
	MUST(take_bar(dev, true) == 0);
	MUST(pramin_view_begin(dev, MOVED << 16, 64, &view) == 0);
	transfer(false);
	MUST(pramin_view_end(view) == 0);
	MUST(pramin_close(dev, NULL) == 0);
	pramin_model_destroy(model);
	MUST(good.meeting.spot.moved == 1);
	MUST(good.meeting.spot.saved_raw == ORIGINAL);
	MUST(good.meeting.mmu.bar[0].bound == 1);
	MUST(good.meeting.mmu.bar[0].now_low == BOUND);
}

static void apply(struct meet_mem *mem, const uint8_t *c)
{
	uint32_t at = (uint32_t)(c[0] & 0x7f) << 16 | (uint32_t)c[1] << 8 |
		      c[2];
	uint32_t count = c[3] == 255 ? sizeof(*mem) : c[3] + 1u;
	uint8_t val = c[4];

	if (c[0] & 0x80)
		at += offsetof(struct meet_mem, meeting.seat);
	at %= sizeof(*mem);
	for (; count && at < sizeof(*mem); count--, at++) {
		((uint8_t *)mem)[at] = val;
		val = (uint8_t)(val + c[5]);
	}
}

static bool says_moved(void)
{
	uint32_t raw = good.meeting.spot.saved_raw;

	return !memcmp(good.magic, "pramin\1\n", 8) && good.version == MEET_VERSION &&
	       good.bytes == sizeof(good) && good.meeting.spot.moved == 1 &&
	       raw != UINT32_MAX && raw >> 20 != 0xbad;
}

static void use(struct pramin_dev *dev)
{
	uint8_t buf[64];
	uint32_t val = 0;
	struct pramin_claim left;
	size_t count = 9;
	int ret;

	/* No claim of the dead is left. */
	MUST(pramin_claims(dev, &left, 1, &count) == 0 && count == 0);
	MUST(pramin_claim_vram(dev, 0, VRAM) == 0);
	/* What the dead have bound is put back, or taken for somebody's. */
	ret = take_bar(dev, false);
	MUST(ret == 0 || ret == -EBUSY);

	MUST(pramin_read(dev, 100, buf, sizeof(buf), NULL) == 0);
	MUST(!memcmp(buf, head + 100, sizeof(buf)));
	MUST(pramin_write32(dev, VRAM - 4, 0x55aa) == 0);
	MUST(pramin_read32(dev, VRAM - 4, &val) == 0 && val == 0x55aa);
	MUST(pramin_write32(dev, VRAM - 4, 0) == 0);
	MUST(pramin_close(dev, NULL) == 0);
}

static void check(uint32_t window)
{
	static uint8_t now[VRAM];
	struct pramin_model *model = open_model();

	MUST(pramin_model_window(model) == window);
	MUST(pramin_model_peek(model, 0, now, VRAM) == 0);
	MUST(!memcmp(now, head, HEAD));
	/* All the same, and 0 */
	MUST(!now[HEAD]);
	MUST(!memcmp(now + HEAD, now + HEAD + 1, VRAM - HEAD - 1));
	pramin_model_destroy(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct meet_mem kept;
	uint32_t window = MOVED;
	struct pramin_model *model;
	struct pramin_dev *dev;
	bool exclusive;
	size_t i;

	if (!size)
		return 0;
	if (!dir[0])
		make_board();
	kept = good;
	exclusive = data[0] & 1;
	for (i = 1; i + CHANGE <= size; i += CHANGE)
		apply(&good, data + i);
	model = open_model();
	pramin_model_set_window(model, MOVED);
	MUST(pramin_model_ops()->write(model, BLOCK, 4, BOUND) == 0);
	transfer(true);
	/* About this GPU? Then its word counts. */
	if (says_moved() && good.boot_0 == kept.boot_0 &&
	    good.vram_size == kept.vram_size)
		window = good.meeting.spot.saved_raw;
	good = kept;

	MUST(open_dev(&dev, exclusive) == 0);
	use(dev);
	pramin_model_destroy(model);
	check(window);
	return 0;
}
