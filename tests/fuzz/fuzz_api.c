// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The input is a program of calls on a small trapped GPU that may break on the
 * way. A copy of VRAM in memory does the same; no byte may differ but those
 * that a failed call was about to write, and at close the window is back.
 *
 * Each call takes six bytes: what to do, 24 bits of address, 16 bits of length.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "fuzz.h"

#define VRAM		0x140000u /* more than one position shows */
#define CALLS_MAX	24u
#define LEN_MAX		0x3000u

static uint8_t shadow[VRAM], now[VRAM], buf[LEN_MAX + 8];

static struct {
	struct pramin_model *model;
	struct pramin_dev *dev;
	struct pramin_view *view;
	uint64_t view_pa, view_len;
	uint32_t raw;
	bool broken; /* a fault is waiting or has come */
	bool verify;
} gpu;

/* One call of the program */
struct call {
	unsigned int what;
	uint64_t pa, len;
	uint8_t seed;
};

static struct pramin_bulk new_bulk(void)
{
	return (struct pramin_bulk){ .size = sizeof(struct pramin_bulk) };
}

static void open_gpu(void)
{
	static struct pramin_io_ops ops;
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.verify = gpu.verify,
	};

	ops = *pramin_model_ops();
	ops.close = NULL;
	gpu.raw = pramin_model_window(gpu.model);
	MUST(pramin_open_io(&ops, gpu.model, &opts, &gpu.dev, NULL) == 0);
}

static void close_gpu(void)
{
	MUST(pramin_view_end(gpu.view) <= 0);
	gpu.view = NULL;
	pramin_model_mend(gpu.model);
	gpu.broken = false;
	MUST(pramin_close(gpu.dev, NULL) == 0);
	MUST(pramin_model_window(gpu.model) == gpu.raw);
}

static bool in_vram(uint64_t pa, uint64_t len)
{
	return pa <= VRAM && len <= VRAM - pa;
}

/* Is this code one that the call may return, here and now? */
static void check_code(int ret, bool valid)
{
	if (ret)
		MUST(pramin_last_why(gpu.dev)->err == ret);
	if (ret == 0)
		MUST(valid);
	else if (ret == -EINVAL || ret == -ERANGE)
		MUST(!valid);
	else if (ret == -EBUSY)
		MUST(gpu.view);
	else
		MUST(gpu.broken && (ret == -ENODEV || ret == -ENOMEM ||
				    ret == -EIO));
}

/*
 * A call was to bring @want to @pa. Of what it has not proved, each byte is
 * the new one or the old one; the shadow follows. Else it is the new one.
 */
static void wrote(uint64_t pa, const uint8_t *want, uint64_t len,
		  uint64_t proved_from, uint64_t proved_to)
{
	uint64_t i;

	MUST(pramin_model_peek(gpu.model, pa, now, len) == 0);
	for (i = 0; i < len; i++) {
		bool proved = i >= proved_from && i < proved_to;

		MUST(now[i] == want[i] || (!proved && now[i] == shadow[pa + i]));
		shadow[pa + i] = now[i];
	}
}

static void fill_buf(const struct call *c)
{
	uint64_t i;

	/* Small seeds make runs of one value, all ones among them. */
	for (i = 0; i < c->len; i++)
		buf[i] = c->seed & 1 ? (uint8_t)(i * c->seed + (i >> 8)) :
				       (uint8_t)(c->seed - 2);
}

static void call_read_scalar(const struct call *c)
{
	const unsigned int width = 1u << c->seed % 4;
	bool valid = c->pa % width == 0 && in_vram(c->pa, width);
	uint64_t val = 0;
	uint8_t v8 = 0;
	uint16_t v16 = 0;
	uint32_t v32 = 0;
	int ret;

	switch (width) {
	case 1:
		ret = pramin_read8(gpu.dev, c->pa, &v8);
		val = v8;
		break;
	case 2:
		ret = pramin_read16(gpu.dev, c->pa, &v16);
		val = v16;
		break;
	case 4:
		ret = pramin_read32(gpu.dev, c->pa, &v32);
		val = v32;
		break;
	default:
		ret = pramin_read64(gpu.dev, c->pa, &val);
		break;
	}
	check_code(ret, valid);
	if (!ret)
		MUST(!memcmp(&val, shadow + c->pa, width));
}

static void call_write_scalar(const struct call *c)
{
	const unsigned int width = 1u << c->seed % 4;
	bool valid = c->pa % width == 0 && in_vram(c->pa, width);
	uint64_t val = 0x0101010101010101 * c->len + c->seed;
	int ret;

	switch (width) {
	case 1:
		ret = pramin_write8(gpu.dev, c->pa, (uint8_t)val);
		break;
	case 2:
		ret = pramin_write16(gpu.dev, c->pa, (uint16_t)val);
		break;
	case 4:
		ret = pramin_write32(gpu.dev, c->pa, (uint32_t)val);
		break;
	default:
		ret = pramin_write64(gpu.dev, c->pa, val);
		break;
	}
	check_code(ret, valid);
	/* Posted: on a GPU that may be gone it may have vanished. */
	if (valid)
		wrote(c->pa, (const uint8_t *)&val, width, 0,
		      ret || gpu.broken ? 0 : width);
}

static void call_read(const struct call *c)
{
	struct pramin_bulk bulk = new_bulk();
	int ret = pramin_read(gpu.dev, c->pa, buf, c->len, &bulk);

	check_code(ret, in_vram(c->pa, c->len));
	MUST(bulk.done <= c->len && (ret || bulk.done == c->len));
	if (bulk.done)
		MUST(!memcmp(buf, shadow + c->pa, (size_t)bulk.done));
}

static void call_write(const struct call *c)
{
	struct pramin_bulk bulk = new_bulk();
	int ret;

	fill_buf(c);
	ret = pramin_write(gpu.dev, c->pa, buf, c->len, &bulk);
	check_code(ret, in_vram(c->pa, c->len));
	MUST(bulk.done <= c->len && (ret || bulk.done == c->len));
	if (in_vram(c->pa, c->len))
		wrote(c->pa, buf, c->len, 0, bulk.done);
}

static void call_fill(const struct call *c)
{
	const unsigned int width = 1u << c->seed % 4;
	struct pramin_bulk bulk = new_bulk();
	uint8_t pattern[8] = { 0, 0xff, c->seed, 3, 4, 5, 6, 7 };
	bool valid = c->len % width == 0 && in_vram(c->pa, c->len);
	int ret = pramin_fill(gpu.dev, c->pa, c->len, pattern, width, &bulk);
	uint64_t i;

	check_code(ret, valid);
	for (i = 0; i < c->len; i++)
		buf[i] = pattern[i % width];
	if (valid)
		wrote(c->pa, buf, c->len, 0, bulk.done);
}

static void call_compare(const struct call *c)
{
	uint64_t same = 77;
	int ret;

	memset(buf, 0, (size_t)c->len);
	if (in_vram(c->pa, c->len)) {
		memcpy(buf, shadow + c->pa, (size_t)c->len);
		if (c->len && c->seed % 2)
			buf[c->seed % c->len] ^= 1;
	}
	ret = pramin_compare(gpu.dev, c->pa, buf, c->len, &same, NULL);
	check_code(ret, in_vram(c->pa, c->len));
	if (ret)
		MUST(same == 77);
	else
		MUST(same == (c->len && c->seed % 2 ? c->seed % c->len :
						      c->len));
}

/* Within 64 KiB of the source, or far away */
static void call_copy(const struct call *c)
{
	uint64_t to = c->seed < 128 ? c->pa + c->seed * 3ull :
				      (c->pa + c->seed * 0x2345ull) % VRAM;
	struct pramin_bulk bulk = new_bulk();
	bool valid = in_vram(c->pa, c->len) && in_vram(to, c->len);
	bool down = to > c->pa && to - c->pa < c->len;
	int ret = pramin_copy(gpu.dev, to, c->pa, c->len, &bulk);

	check_code(ret, valid);
	if (!valid)
		return;
	memcpy(buf, shadow + c->pa, (size_t)c->len);
	if (down)
		wrote(to, buf, c->len, c->len - bulk.done, c->len);
	else
		wrote(to, buf, c->len, 0, bulk.done);
}

static void call_find(const struct call *c)
{
	uint64_t n = c->seed % 9, at = 77, i;
	bool valid = n && in_vram(c->pa, c->len), found = false;
	int ret;

	memset(buf, 0x11, 8);
	if (valid && c->len >= n)
		memcpy(buf, shadow + c->pa + c->len - n, (size_t)n);
	ret = pramin_find(gpu.dev, c->pa, c->len, buf, n, &found, &at, NULL);
	check_code(ret, valid);
	if (ret) {
		MUST(!found && at == 77);
		return;
	}
	for (i = 0; i + n <= c->len; i++)
		if (!memcmp(shadow + c->pa + i, buf, (size_t)n))
			break;
	MUST(found == (i + n <= c->len));
	MUST(at == (found ? c->pa + i : 77));
}

static void call_view(const struct call *c)
{
	bool valid = c->len && in_vram(c->pa, c->len);
	int ret;

	if (gpu.view) {
		ret = pramin_view_end(gpu.view);
		gpu.view = NULL;
		if (ret && ret != -ERANGE && ret != -EINVAL)
			check_code(ret, true);
		return;
	}
	/* LEN_MAX is far below what any position shows. */
	ret = pramin_view_begin(gpu.dev, c->pa, c->len, &gpu.view);
	check_code(ret, valid);
	MUST((ret == 0) == (gpu.view != NULL));
	gpu.view_pa = c->pa;
	gpu.view_len = c->len;
}

/* Offsets in and around the view */
static void call_accessor(const struct call *c)
{
	const unsigned int width = 1u << c->seed % 4;
	uint64_t off = c->pa % (gpu.view_len + 16), pa = gpu.view_pa + off;
	uint64_t val = 0x0101010101010101 * c->len + c->seed, got;
	bool valid;

	if (!gpu.view)
		return;
	valid = pa % width == 0 && off < gpu.view_len &&
		width <= gpu.view_len - off;
	if (c->seed & 0x10) {
		pramin_view_write(gpu.view, off, width, val);
		if (valid)
			wrote(pa, (const uint8_t *)&val, width, 0,
			      gpu.broken ? 0 : width);
		return;
	}
	got = pramin_view_read(gpu.view, off, width);
	if (valid && !(gpu.broken && got == UINT64_MAX))
		MUST(!memcmp(&got, shadow + pa, width));
	if (!valid)
		MUST(got == UINT64_MAX);
}

/* A fault some accesses from now; those that move bytes are left out. */
static void call_fault(const struct call *c)
{
	static const char *const names[] = { "fail", "dead", "gone", "full",
					     "stuck" };
	struct pramin_model_counters seen = { .size = sizeof(seen) };
	/* A move that is not proved misplaces bytes if the window is stuck. */
	const char *name = names[c->seed % (gpu.verify ? 5 : 4)];
	char spec[64];

	MUST(pramin_model_counters(gpu.model, &seen) == 0);
	snprintf(spec, sizeof(spec), "%s@%llu", name,
		 (unsigned long long)seen.accesses + 1 + c->len % 256);
	MUST(pramin_model_fault(gpu.model, spec, NULL) == 0);
	gpu.broken = true;
}

static void call_other(const struct call *c)
{
	struct pramin_position pos;

	switch (c->seed % 4) {
	case 0:
		check_code(pramin_flush(gpu.dev), true);
		break;
	case 1:
		check_code(pramin_position(gpu.dev, &pos), true);
		break;
	case 2:
		/* Under a view it would take the position away. */
		if (gpu.view)
			break;
		MUST(pramin_restore(gpu.dev) == 0 || gpu.broken);
		close_gpu();
		open_gpu();
		break;
	default:
		if (gpu.view)
			MUST(pramin_close(gpu.dev, NULL) == -EBUSY);
		close_gpu();
		gpu.verify = c->seed & 4;
		open_gpu();
		break;
	}
}

static void run_call(const struct call *c)
{
	static void (*const calls[])(const struct call *c) = {
		call_read_scalar, call_write_scalar, call_read, call_write,
		call_fill, call_compare, call_copy, call_find, call_view,
		call_accessor, call_other, call_fault,
	};

	calls[c->what % (sizeof(calls) / sizeof(calls[0]))](c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "g80",
		.vram = VRAM,
	};
	unsigned int i;

	memset(&gpu, 0, sizeof(gpu));
	memset(shadow, 0, sizeof(shadow));
	MUST(pramin_model_create(&params, &gpu.model, NULL) == 0);
	pramin_model_set_window(gpu.model, 0x03000007);
	open_gpu();
	for (i = 0; i < CALLS_MAX && size >= 6; i++) {
		const unsigned int a = data[1], b = data[2], l = data[5];
		const struct call c = {
			.what = data[0] & 15u,
			/* 0x1fffff: some addresses are past the end. */
			.pa = (a << 16 | b << 8 | data[3]) & 0x1fffff,
			.len = (data[4] * 256u + l) % (LEN_MAX + 1),
			.seed = (uint8_t)((data[0] >> 4) ^ (l << 4) ^ data[3]),
		};

		run_call(&c);
		data += 6;
		size -= 6;
	}
	close_gpu();
	MUST(pramin_model_peek(gpu.model, 0, now, VRAM) == 0);
	MUST(!memcmp(now, shadow, VRAM));
	pramin_model_destroy(gpu.model);
	return 0;
}
