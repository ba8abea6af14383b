// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What the server records: each access with the VRAM that it met, in the order in
 * which it was made, by the lines of docs/trace.md.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server_card.h"

static char path[] = "/tmp/pramin-test.XXXXXX";

/* A card that records into a file of its own */
static int record(const char *chip, const char *faults)
{
	int fd;

	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	CHECK(fd >= 0);
	close(fd);
	CHECK_EQ(begin(chip, faults), 0);
	return device_record(dev, path);
}

/* The recording ends, and holds exactly @want behind its header. */
static int recorded(const char *want)
{
	static char text[8192];
	FILE *f;
	size_t n;
	char *lines;

	CHECK_EQ(device_destroy(dev), 0);
	f = fopen(path, "re");
	CHECK(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	unlink(path);
	CHECK(!strncmp(text, "pramin-trace 1 by=pramin-gpu-", 29));
	CHECK_HAS(text, " backend=device bar0=0x1000000 bar1=0x10000000 "
			"bar2=0x2000000 config=0x1000 rom=0x10000 ");
	lines = strchr(text, '\n') + 1;
	if (strcmp(lines, want)) {
		printf("recorded:\n%swanted:\n%s", lines, want);
		return CHECK_FAILED;
	}
	return 0;
}

static int accesses_have_the_vram_that_they_met(void)
{
	CHECK_EQ(record("tu102", NULL), 0);
	get(VFU_BAR0, 0, 4);
	put(VFU_BAR0, 0x1700, 4, 0x10);
	put(VFU_BAR0, 0x700008, 8, 0xdeadbeef);
	get(VFU_BAR0, 0x70000a, 2);
	get(VFU_BAR0, 0x7fffff, 1);
	get(VFU_BAR1, 0x100008, 4);
	put(VFU_BAR3, 0x100008, 4, 1);
	put(VFU_BAR0, 0x1700, 4, 0x800);
	get(VFU_BAR0, 0x700000, 4);
	get(VFU_BAR1, 128 * MIB, 4);
	return recorded("r32 bar0 0x000000 0x162000a1\n"
			"w32 bar0 0x001700 0x00000010\n"
			"w64 bar0 0x700008 0x00000000deadbeef vram=0x100008\n"
			"r16 bar0 0x70000a 0xdead vram=0x10000a\n"
			"r8 bar0 0x7fffff 0x00 vram=0x1fffff\n"
			"r32 bar1 0x100008 0xdeadbeef vram=0x100008\n"
			"w32 bar2 0x100008 0x00000001 vram=0x100008\n"
			"w32 bar0 0x001700 0x00000800\n"
			"r32 bar0 0x700000 0xbad0b000\n"
			"r32 bar1 0x8000000 0xbad0b000\n"
			"event end accesses=10\n");
}

static int bars_of_a_tesla_are_linear(void)
{
	CHECK_EQ(record("g92", NULL), 0);
	put(VFU_BAR1, 0x10, 4, 5);
	get(VFU_BAR3, 0x10, 4);
	get(VFU_BAR1, 64 * MIB, 4);
	return recorded("w32 bar1 0x000010 0x00000005 vram=0x10\n"
			"r32 bar2 0x000010 0x00000005 vram=0x10\n"
			"r32 bar1 0x4000000 0xffffffff\n"
			"event end accesses=3\n");
}

static int long_and_odd_accesses_are_recorded_in_parts(void)
{
	uint8_t buf[16];

	CHECK_EQ(record("g92", NULL), 0);
	put(VFU_BAR0, 0x1700, 4, 0);
	CHECK_EQ(device_read(dev, VFU_BAR0, 0x700003, buf, 15), 0);
	CHECK_EQ(device_read(dev, VFU_CONFIG, 0, buf, 8), 0);
	CHECK_EQ(device_read(dev, VFU_ROM, 0x8000, buf, 8), 0);
	return recorded("w32 bar0 0x001700 0x00000000\n"
			"r8 bar0 0x700003 0x00 vram=0x3\n"
			"r32 bar0 0x700004 0x00000000 vram=0x4\n"
			"r64 bar0 0x700008 0x0000000000000000 vram=0x8\n"
			"r16 bar0 0x700010 0x0000 vram=0x10\n"
			"r32 config 0x000 0x061110de\n"
			"r32 config 0x004 0x00100003\n"
			"r64 rom 0x008000 0xffffffffffffffff\n"
			"event end accesses=8\n");
}

static int failures_and_events_are_recorded(void)
{
	uint32_t val;

	CHECK_EQ(record("g92", "fail@3:fail@4"), 0);
	intr_set_fd(&dev->intr, VFU_INTX, eventfd(0, EFD_NONBLOCK));
	put(VFU_BAR0, 0x140, 4, 2);
	put(VFU_BAR0, 0x100, 4, 1u << 31);
	CHECK_EQ(device_read(dev, VFU_BAR0, 0x1700, &val, 4), -ENODEV);
	CHECK_EQ(put(VFU_BAR0, 0x1700, 4, 1), -ENODEV);
	device_reset(dev);
	return recorded("w32 bar0 0x000140 0x00000002\n"
			"w32 bar0 0x000100 0x80000000\n"
			"event irq vector=0 kind=intx\n"
			"r32 bar0 0x001700 - err=19\n"
			"w32 bar0 0x001700 0x00000001 err=19\n"
			"event reset\n"
			"event end accesses=4\n");
}

static int ports_are_recorded_as_what_they_do(void)
{
	CHECK_EQ(record("tu102", NULL), 0);
	put(VFU_BAR5, 0, 4, 1);
	put(VFU_BAR5, 4, 4, 1);
	put(VFU_BAR5, 0x10, 4, 0x40);
	put(VFU_BAR5, 0x14, 4, 9);
	return recorded("w32 bar1 0x000040 0x00000009 vram=0x40\n"
			"event end accesses=1\n");
}

/* More than the buffer holds */
static int a_long_recording_is_whole(void)
{
	char last[64] = "";
	struct stat st;
	uint32_t i;
	FILE *f;

	CHECK_EQ(record("g92", NULL), 0);
	for (i = 0; i < 20000; i++)
		get(VFU_BAR0, 0x700000 + 4 * i, 4);
	CHECK_EQ(device_destroy(dev), 0);
	f = fopen(path, "re");
	CHECK(f);
	CHECK_EQ(fstat(fileno(f), &st), 0);
	CHECK(st.st_size > 20000 * 40);
	CHECK_EQ(fseek(f, -25, SEEK_END), 0);
	CHECK(fgets(last, sizeof(last), f));
	fclose(f);
	unlink(path);
	CHECK_HAS(last, "event end accesses=20000\n");
	return 0;
}

static int a_full_disk_stops_the_recording_and_not_the_card(void)
{
	struct rlimit old, tight;
	uint32_t i;

	CHECK_EQ(begin("g92", NULL), 0);
	CHECK_EQ(device_record(dev, "/dev/full"), -ENOSPC);
	END();
	CHECK_EQ(begin("g92", NULL), 0);
	CHECK_EQ(device_record(dev, "/nonexistent/t"), -ENOENT);
	END();

	/* It fills up later: the file may not grow beyond its first line. */
	CHECK_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	CHECK_EQ(record("g92", NULL), 0);
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
	for (i = 0; i < 20000; i++)
		CHECK_EQ(get(VFU_BAR0, 0, 4), 0x092000a1);
	CHECK_EQ(device_destroy(dev), -EFBIG);
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
	unlink(path);
	return 0;
}

static const struct check_test tests[] = {
	TEST(accesses_have_the_vram_that_they_met),
	TEST(bars_of_a_tesla_are_linear),
	TEST(long_and_odd_accesses_are_recorded_in_parts),
	TEST(failures_and_events_are_recorded),
	TEST(ports_are_recorded_as_what_they_do),
	TEST(a_long_recording_is_whole),
	TEST(a_full_disk_stops_the_recording_and_not_the_card),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
