// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Everything from many threads at once, on one handle and on several: each
 * client owns a MiB that lies across a line where the window changes its place,
 * so that neighbours share some positions and drive each other from others. It
 * knows what its bytes are. The GPU (lib_share_gpu.h) watches the rest.
 */
#define _GNU_SOURCE
#include "lib_share_team.h"

#define CLIENTS 4u
#define ROUNDS	40u
#define UNREST	400u /* one access in so many */

static struct team team;

/* A client: its bytes in VRAM, and what they have to be */
struct client {
	struct pramin_dev *dev;
	uint64_t pa; /* of MiB bytes */
	uint8_t *want;
	uint8_t *buf;	/* MiB */
	uint64_t calls; /* of its callbacks */
};

static uint64_t some(uint64_t below)
{
	return share_random() % below;
}

static void scribble(uint8_t *buf, uint64_t len)
{
	uint64_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(share_random() % 254 + 1);
}

#define SCALAR(bits)                                                        \
	static int scalar##bits(struct client *c)                           \
	{                                                                   \
		uint64_t off = some(MIB / (bits / 8)) * (bits / 8);         \
		uint##bits##_t val, want;                                   \
                                                                            \
		memcpy(&want, c->want + off, sizeof(want));                 \
		CHECK_EQ(pramin_read##bits(c->dev, c->pa + off, &val), 0);  \
		CHECK_EQ(val, want);                                        \
		want = (uint##bits##_t)(want + 0x0101010101010101);         \
		memcpy(c->want + off, &want, sizeof(want));                 \
		CHECK_EQ(pramin_write##bits(c->dev, c->pa + off, want), 0); \
		return 0;                                                   \
	}

SCALAR(8)
SCALAR(16)
SCALAR(32)
SCALAR(64)

/* Between chunks nothing is held: the callback goes elsewhere. */
static int progress(void *ctx, uint64_t done, uint64_t total)
{
	struct client *c = ctx;

	(void)done;
	(void)total;
	c->calls++;
	return scalar32(c);
}

static int bulk_write_read(struct client *c)
{
	uint64_t len = some(160 * KIB) + 1, off = some(MIB - len);
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.ctx = c,
	};

	scribble(c->want + off, len);
	CHECK_EQ(pramin_write(c->dev, c->pa + off, c->want + off, len, &bulk),
		 0);
	CHECK_EQ(bulk.done, len);
	bulk.progress = NULL;
	CHECK_EQ(pramin_read(c->dev, c->pa + off, c->buf, len, &bulk), 0);
	CHECK_EQ(bulk.done, len);
	CHECK(!memcmp(c->buf, c->want + off, len));
	return 0;
}

/* The bytes under the pass do not change: the callback only writes behind. */
static int bulk_with_callbacks(struct client *c)
{
	struct pramin_bulk bulk = {
		.size = sizeof(bulk),
		.ctx = c,
		.progress = progress,
	};
	uint64_t before = c->calls, same;

	CHECK_EQ(pramin_read(c->dev, c->pa, c->buf, MIB / 2, &bulk), 0);
	CHECK_EQ(c->calls - before, 7);
	CHECK_EQ(pramin_compare(c->dev, c->pa, c->want, MIB / 4, &same, NULL),
		 0);
	CHECK_EQ(same, MIB / 4);
	return 0;
}

static int fill_and_find(struct client *c)
{
	uint64_t len = 8 * (some(4 * KIB) + 64), off = some(MIB - len), at;
	uint64_t pattern = 0x8877665544332211 + some(1 << 20), i;
	bool found;

	for (i = 0; i < len; i += 8)
		memcpy(c->want + off + i, &pattern, 8);
	CHECK_EQ(pramin_fill(c->dev, c->pa + off, len, &pattern, 8, NULL), 0);
	CHECK_EQ(pramin_find(c->dev, c->pa + off, len, c->want + off + 8, 24,
			     &found, &at, NULL),
		 0);
	CHECK(found);
	CHECK_EQ(at, c->pa + off);
	return 0;
}

static int copy_within(struct client *c)
{
	uint64_t len = some(100 * KIB) + 1;
	uint64_t from = some(MIB - len), to = some(MIB - len);

	memmove(c->want + to, c->want + from, len);
	CHECK_EQ(pramin_copy(c->dev, c->pa + to, c->pa + from, len, NULL), 0);
	return 0;
}

static int batch(struct client *c)
{
	struct pramin_batch b = {
		.size = sizeof(b),
		.flags = (uint32_t)some(4),
	};
	struct pramin_access list[200];
	uint64_t off, i;

	for (i = 0; i < 200; i++) {
		off = 8 * some(MIB / 8);
		list[i] = (struct pramin_access){
			.vram_pa = c->pa + off,
			.val = 0x0123456789abcdef * (i + 1),
			.width = 8,
			.kind = PRAMIN_ACCESS_WRITE,
		};
		memcpy(c->want + off, &list[i].val, 8);
	}
	CHECK_EQ(pramin_batch(c->dev, list, 200, &b), 0);
	CHECK_EQ(b.done, 200);
	for (i = 0; i < 200; i++)
		list[i].kind = PRAMIN_ACCESS_READ;
	CHECK_EQ(pramin_batch(c->dev, list, 200, &b), 0);
	for (i = 0; i < 200; i++)
		CHECK(!memcmp(c->want + (list[i].vram_pa - c->pa), &list[i].val,
			      8));
	return 0;
}

/* Over the line in the middle, where neighbours have views too */
static int use_view(struct client *c, bool alone)
{
	uint64_t off = MIB / 2 - 64 * KIB, len = 128 * KIB, i;
	struct pramin_view *view;
	struct pramin_span span;

	CHECK_EQ(alone ? pramin_view_begin_alone(c->dev, c->pa + off, len,
						 &view) :
			 pramin_view_begin(c->dev, c->pa + off, len, &view),
		 0);
	for (i = 0; i < 40; i++) {
		uint64_t at = 4 * some(len / 4);
		uint32_t want;

		span = pramin_view_span(view);
		memcpy(&want, c->want + off + at, sizeof(want));
		CHECK_EQ(pramin_span_read32(span, at), want);
		want += 0x01020304;
		memcpy(c->want + off + at, &want, sizeof(want));
		pramin_span_write32(span, at, want);
		if (i % 10 == 9)
			CHECK_EQ(pramin_view_yield(view), 0);
	}
	/* Nested, in reach */
	CHECK_EQ(pramin_read8(c->dev, c->pa + off, c->buf), 0);
	CHECK_EQ(c->buf[0], c->want[off]);
	CHECK_EQ(pramin_view_end(view), 0);
	return 0;
}

static int view(struct client *c)
{
	return use_view(c, false);
}

static int view_alone(struct client *c)
{
	return use_view(c, true);
}

static int look(struct client *c)
{
	struct pramin_stats stats = { .size = sizeof(stats) };
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_position pos;

	CHECK_EQ(pramin_flush(c->dev), 0);
	CHECK_EQ(pramin_check_window(c->dev), 0);
	CHECK_EQ(pramin_position(c->dev, &pos), 0);
	CHECK(pos.base < SHARE_VRAM || pos.raw == SHARE_RAW);
	CHECK_EQ(pramin_stats(c->dev, &stats), 0);
	CHECK_EQ(pramin_info(c->dev, &info), 0);
	CHECK_EQ(pramin_read16(c->dev, 1, NULL), -EINVAL);
	CHECK_EQ(pramin_last_why(c->dev)->reason, PRAMIN_REASON_ARGUMENT);
	return 0;
}

static int client(struct member *m)
{
	static int (*const acts[])(struct client * c) = {
		scalar8,       scalar16,	scalar32,
		scalar64,      bulk_write_read, bulk_with_callbacks,
		fill_and_find, copy_within,	batch,
		view,	       view_alone,	look,
	};
	struct client c = {
		.dev = m->dev,
		.pa = m->number * MIB + MIB / 2,
		.want = calloc(2, MIB),
	};
	unsigned int i;
	int ret = 0;

	CHECK(c.want);
	c.buf = c.want + MIB;
	share_own = c.pa;
	share_own_to = c.pa + MIB;
	for (i = 0; i < ROUNDS && !ret; i++)
		ret = acts[i < ARRAY_LEN(acts) ? i : some(ARRAY_LEN(acts))](&c);
	if (ret)
		printf("%s\n", pramin_last_why(m->dev)->what);
	else if (memcmp(c.want, m->team->gpu->vram + c.pa, MIB))
		ret = CHECK_FAILED;
	free(c.want);
	return ret;
}

static void sum_up(struct pramin_stats *sum, const struct pramin_stats *s)
{
	unsigned int w;

	sum->moves += s->moves;
	sum->flushes += s->flushes;
	sum->liveness += s->liveness;
	for (w = 0; w < 4; w++) {
		sum->reads[w] += s->reads[w];
		sum->writes[w] += s->writes[w];
	}
}

/* What the handles have counted is what the GPU has met. */
static int check_counts(struct team *t, uint64_t boot_0_reads)
{
	const struct share_gpu *g = t->gpu;
	struct pramin_stats sum = { .size = 0 }, s = { .size = sizeof(s) };
	unsigned int i;

	for (i = 0; i < t->handles; i++) {
		CHECK_EQ(pramin_stats(t->dev[i], &s), 0);
		sum_up(&sum, &s);
	}
	CHECK_EQ(sum.moves, g->window_changes);
	CHECK_EQ(sum.liveness, g->boot_0_reads - boot_0_reads);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(sum.reads[i] + (i == 2 ? sum.flushes : 0),
			 g->reads[i]);
		CHECK_EQ(sum.writes[i], g->writes[i]);
	}
	return 0;
}

static int everything_at_once(unsigned int handles, bool verify, bool mapped)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.verify = verify,
		.timeout_ms = 20000,
	};
	uint64_t boot_0_reads;
	unsigned int i;

	CHECK_EQ(team_open(&team, handles, &opts), 0);
	team.gpu->unrest = UNREST;
	for (i = 0; i < handles; i++)
		team.io[i].mapped = mapped;
	boot_0_reads = team.gpu->boot_0_reads;
	CHECK_EQ(team_run(&team, CLIENTS, client), 0);
	if (!mapped)
		CHECK_EQ(check_counts(&team, boot_0_reads), 0);
	return team_close(&team);
}

static int threads_of_one_handle_never_misplace_a_byte(void)
{
	return everything_at_once(1, false, false);
}

static int handles_in_one_process_never_misplace_a_byte(void)
{
	return everything_at_once(CLIENTS, false, false);
}

static int threads_and_handles_together_pass_in_verify_mode(void)
{
	return everything_at_once(TEAM_TSAN ? CLIENTS : 2, true, false);
}

/*
 * A flush reads what happens to be first in the window. That is a race with its
 * owner to ThreadSanitizer, which does not know that this memory is a device.
 */
static int a_mapped_gpu_is_shared_as_well(void)
{
	CHECK_EQ(everything_at_once(1, false, !TEAM_TSAN), 0);
	return everything_at_once(CLIENTS, false, !TEAM_TSAN);
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(threads_of_one_handle_never_misplace_a_byte),
		TEST(handles_in_one_process_never_misplace_a_byte),
		TEST(threads_and_handles_together_pass_in_verify_mode),
		TEST(a_mapped_gpu_is_shared_as_well),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
