// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Sparse VRAM: what was never written reads 0 and costs nothing. The counter
 * says so, and so does the kernel.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../model/internal.h"
#include "model_rig.h"

/* Resident anonymous memory of this process */
static uint64_t rss_anon(void)
{
	static const char key[] = "RssAnon:";
	char line[128];
	uint64_t kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && !kib && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			kib = strtoull(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return kib * KIB;
}

/* Resident pages in @len bytes of the model's mapping, or -1 */
static long resident(struct pramin_model *m, uint64_t vram_pa, uint64_t len)
{
	size_t pages = (size_t)(len / 4096), i;
	unsigned char *vec = malloc(pages);
	long count = 0;

	if (!vec || mincore(m->vram + vram_pa, (size_t)len, vec))
		count = -1;
	for (i = 0; count >= 0 && i < pages; i++)
		count += vec[i] & 1;
	free(vec);
	return count;
}

static int get_peek(const struct pramin_model *m, uint64_t vram_pa)
{
	unsigned char byte = 0;

	return pramin_model_peek(m, vram_pa, &byte, 1) ? -1 : byte;
}

static uint64_t vram_bytes(const struct pramin_model *m)
{
	struct pramin_model_counters c = { .size = sizeof(c) };

	return pramin_model_counters(m, &c) ? UINT64_MAX : c.vram_bytes;
}

static int what_is_read_through_the_pointer_stays_a_hole(void)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = "tu102",
		.vram = GIB,
		.flat = true,
	};
	volatile unsigned char *at;
	struct pramin_model *m;
	unsigned long sum = 0;
	uint32_t mib, off;

	CHECK_EQ(pramin_model_create(&params, &m, NULL), 0);
	for (mib = 0; mib < 64; mib++) {
		pramin_model_set_window(m, mib * 16);
		at = pramin_model_ops()->aperture(m);
		CHECK(at);
		for (off = 0; off < MIB; off += 4096)
			sum += at[off];
		if (mib == 5)
			at[0x23456] = 7;
		/* Asked again, as pramin_info() does */
		CHECK(pramin_model_ops()->aperture(m) == at);
	}
	CHECK_EQ(sum, 0);
	/* The last position, and the 64 KiB that hold something */
	CHECK_EQ(vram_bytes(m), MIB + 65536);
	CHECK(resident(m, 0, 63 * MIB) <= 16);
	CHECK_EQ(get_peek(m, 5 * MIB + 0x23456), 7);
	pramin_model_destroy(m);
	return 0;
}

static int a_141_gib_board_costs_what_was_written_to_it(void)
{
	static uint8_t buf[1 << 20];
	uint64_t before, after, i, pa;
	struct pramin_model *m;

	CHECK_EQ(build("gh100", 141 * GIB, &m), 0);
	before = rss_anon();
	CHECK(before);
	for (i = 0; i < 64; i++) {
		memset(buf, (int)i + 1, sizeof(buf));
		CHECK_EQ(pramin_model_poke(m, i * 2 * GIB + MIB, buf,
					   sizeof(buf)),
			 0);
	}
	CHECK_EQ(counters(m).vram_bytes, 64 * MIB);

	/* 1 GiB of holes behind the GPU's back, 64 MiB through the window */
	memset(buf, 0xff, sizeof(buf));
	for (pa = GIB; pa < 2 * GIB; pa += sizeof(buf)) {
		CHECK_EQ(pramin_model_peek(m, pa, buf, sizeof(buf)), 0);
		CHECK(!buf[0] && !memcmp(buf, buf + 1, sizeof(buf) - 1));
		memset(buf, 0xff, sizeof(buf));
	}
	for (pa = 0; pa < 64 * MIB; pa += 8) {
		if (pa % MIB == 0)
			CHECK_EQ(wr(m, XAL, 4, (130 * GIB + pa) / GRAIN), 0);
		CHECK_EQ(get(m, APERTURE + (uint32_t)(pa % MIB), 8), 0);
	}
	/* Zeros over nothing are nothing. */
	memset(buf, 0, sizeof(buf));
	CHECK_EQ(pramin_model_poke(m, 3 * GIB, buf, sizeof(buf)), 0);
	CHECK_EQ(wr(m, APERTURE, 8, 0), 0);
	CHECK_EQ(wr(m, APERTURE, 1, 0x100), 0);

	after = rss_anon();
	CHECK_EQ(counters(m).vram_bytes, 64 * MIB);
	CHECK_EQ(resident(m, GIB, GIB), 0);
	CHECK_EQ(resident(m, 130 * GIB, 64 * MIB), 0);
	CHECK_EQ(resident(m, 3 * GIB, MIB), 0);
	CHECK_EQ(resident(m, MIB, MIB), 256);
	CHECK(after - before < 80 * MIB);
	pramin_model_destroy(m);
	return 0;
}

static int one_byte_costs_one_chunk(void)
{
	struct pramin_model *m;

	CHECK_EQ(build("tu102", 8 * GIB, &m), 0);
	CHECK_EQ(counters(m).vram_bytes, 0);
	CHECK_EQ(wr(m, PBUS, 4, 0), 0);
	CHECK_EQ(wr(m, APERTURE + 0xffff, 1, 1), 0);
	CHECK_EQ(counters(m).vram_bytes, GRAIN);
	CHECK_EQ(wr(m, APERTURE, 1, 1), 0);
	CHECK_EQ(counters(m).vram_bytes, GRAIN);
	CHECK_EQ(wr(m, APERTURE + 0x10000, 1, 1), 0);
	CHECK_EQ(counters(m).vram_bytes, 2 * GRAIN);
	/* Not a huge page for it: the rest of its 2 MiB is not there. */
	CHECK_EQ(resident(m, 0, 2 * MIB), 3);
	pramin_model_destroy(m);
	return 0;
}

static int two_tib_are_addressable_to_the_last_byte(void)
{
	struct pramin_model *m;
	uint8_t byte = 0x77;

	CHECK_EQ(build("gb10b", 2 * TIB, &m), 0);
	CHECK_EQ(wr(m, XAL, 4, 2 * TIB / GRAIN - 1), 0);
	CHECK_EQ(wr(m, APERTURE + 0xffff, 1, 0x5c), 0);
	CHECK_EQ(pramin_model_peek(m, 2 * TIB - 1, &byte, 1), 0);
	CHECK_EQ(byte, 0x5c);
	CHECK_EQ(pramin_model_peek(m, 0, &byte, 1), 0);
	CHECK_EQ(byte, 0);
	CHECK_EQ(counters(m).vram_bytes, GRAIN);
	pramin_model_destroy(m);
	return 0;
}

static int peek_and_poke_outside_vram_do_nothing_at_all(void)
{
	static const struct {
		uint64_t pa, len;
		int want;
	} cases[] = {
		{ 0, 0, 0 },
		{ MIB, 0, 0 },
		{ MIB - 1, 1, 0 },
		{ MIB - 8, 8, 0 },
		{ MIB - 7, 8, -ERANGE },
		{ MIB - 1, 2, -ERANGE },
		{ MIB, 1, -ERANGE },
		{ MIB + 1, 0, -ERANGE },
		{ UINT64_MAX, 1, -ERANGE },
		{ UINT64_MAX, 2, -ERANGE },
		{ UINT64_MAX - 3, 8, -ERANGE },
		{ 1, UINT64_MAX, -ERANGE },
		{ UINT64_MAX, UINT64_MAX, -ERANGE },
		{ 0, MIB + 1, -ERANGE },
	};
	struct pramin_model *m;
	uint8_t buf[8], all[8];
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(build("g92", MIB, &m), 0);
		memset(buf, 0xa5, sizeof(buf));
		CHECK_EQ(pramin_model_poke(m, cases[i].pa, buf, cases[i].len),
			 cases[i].want);
		CHECK_EQ(counters(m).vram_bytes,
			 cases[i].want || !cases[i].len ? 0 : GRAIN);
		CHECK_EQ(pramin_model_peek(m, cases[i].pa, buf, cases[i].len),
			 cases[i].want);
		memset(all, 0xa5, sizeof(all));
		CHECK(!memcmp(buf, all, sizeof(buf)));
		pramin_model_destroy(m);
	}
	return 0;
}

/* Against an array: random runs across chunks, zeros included */
static int peek_and_poke_agree_with_plain_memory(void)
{
	static uint8_t mirror[4 << 20], buf[300 << 10];
	uint32_t seed = 7, i, j;
	struct pramin_model *m;

	CHECK_EQ(build("g92", sizeof(mirror), &m), 0);
	for (i = 0; i < 200; i++) {
		uint32_t pa, len;

		seed = seed * 1664525 + 1013904223;
		pa = (seed >> 4) % sizeof(mirror);
		seed = seed * 1664525 + 1013904223;
		len = (seed >> 4) % sizeof(buf);
		if (len > sizeof(mirror) - pa)
			len = (uint32_t)sizeof(mirror) - pa;
		for (j = 0; j < len; j++)
			buf[j] = (uint8_t)(i % 3 ? seed >> (j % 24) : 0);
		memcpy(mirror + pa, buf, len);
		CHECK_EQ(pramin_model_poke(m, pa, buf, len), 0);
	}
	for (i = 0; i < sizeof(mirror); i += 4096) {
		CHECK_EQ(pramin_model_peek(m, i, buf, 4096), 0);
		CHECK(!memcmp(buf, mirror + i, 4096));
	}
	pramin_model_destroy(m);
	return 0;
}

/* In a child: the limit would hurt whatever comes after. */
static int too_little_address_space_is_said(void)
{
#if defined(__SANITIZE_ADDRESS__)
	SKIP("the address sanitizer needs its address space");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	SKIP("the sanitizer needs its address space");
#endif
#endif
	struct rlimit limit = { 1 << 30, 1 << 30 };
	struct pramin_model_params p = { .chip = "gh100", .vram = 80 * GIB };
	struct pramin_model *m;
	struct pramin_why why;
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		if (setrlimit(RLIMIT_AS, &limit))
			_exit(2);
		_exit(build_why(&p, &m, &why) != -ENOMEM ||
		      why.err != -ENOMEM ||
		      why.reason != PRAMIN_REASON_NO_MEMORY || m ||
		      !strstr(why.what, "80G of address space") ||
		      !strstr(why.next, "overcommit"));
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(what_is_read_through_the_pointer_stays_a_hole),
	TEST(a_141_gib_board_costs_what_was_written_to_it),
	TEST(one_byte_costs_one_chunk),
	TEST(two_tib_are_addressable_to_the_last_byte),
	TEST(peek_and_poke_outside_vram_do_nothing_at_all),
	TEST(peek_and_poke_agree_with_plain_memory),
	TEST(too_little_address_space_is_said),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
