// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reading recordings: what they say, where the window stands, and what is wrong
 * with those that are none.
 */
#define _GNU_SOURCE
#include "lib_record.h"

#define HEAD "pramin-trace 1 chip=tu102 vram=0x4000000\n"
#define MMIO "VERSION 20070824\n"
/* GPU at 0xfd000000 with BAR1 at 0xe0000000, its sound, and another device */
#define DEVICES                                                            \
	"PCIDEV 0100 10de1e04 1c fd000000 e000000c 0 f000000c 0 e001 0 "   \
	"1000000 10000000 0 2000000 0 80 80000 nouveau\n"                  \
	"PCIDEV 0101 10de10f7 1d fe000000 0 0 0 0 0 0 4000 0 0 0 0 0 0 \n" \
	"PCIDEV 0200 80861533 1e fc000000 0 0 0 0 0 0 2000000 0 0 0 0 0 0 x\n"

static const char *put_text(const char *text)
{
	const char *path = record_path("read");

	return record_put(path, text, strlen(text)) ? "/nonexistent" : path;
}

/* Reads to the end, or to what is wrong; 0 or the code */
static int read_all(const char *path, struct pramin_trace_entry *last,
		    struct pramin_trace_facts *facts, struct pramin_why *why)
{
	struct pramin_trace_entry e = { .size = sizeof(e) };
	struct pramin_trace *trace;
	int ret = pramin_trace_open(path, NULL, &trace, why);

	if (ret)
		return ret;
	do {
		ret = pramin_trace_next(trace, &e, why);
		if (!ret && last && e.kind != PRAMIN_TRACE_END)
			*last = e;
	} while (!ret && e.kind != PRAMIN_TRACE_END);
	/* After a failure it stays as it is. */
	if (ret)
		CHECK_EQ(pramin_trace_next(trace, &e, why), ret);
	facts->size = sizeof(*facts);
	if (pramin_trace_facts(trace, facts))
		ret = CHECK_FAILED;
	facts->by = "";
	pramin_trace_close(trace);
	return ret;
}

static int what_is_wrong_is_told_with_its_line(void)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{ "", "it is empty" },
		{ "pramin-trace 1", "not one whole line" },
		{ "nonsense\n", "begins with neither" },
		{ "pramin-trace 2\n", "line 1 of the recording: the format has "
				      "version 2" },
		{ "pramin-trace 1 vram=12q\n",
		  "line 1 of the recording: vram" },
		{ "pramin-trace 1 bar0\n", "\"bar0\" is not KEY=VALUE" },
		{ "pramin-trace 1 by=%4\n", "is not KEY=VALUE" },
		{ "pramin-trace 1 chip=tu999\n", "\"tu999\" is not a chip" },
		{ HEAD "x32 bar0 0x0 0x0\n",
		  "line 2 of the recording: \"x32\"" },
		{ HEAD "r24 bar0 0x0 0x0\n", "\"r24\" begins no line" },
		{ HEAD "r32 bar9 0x0 0x0\n", "\"bar9\" is not a region" },
		{ HEAD "r32 bar0 zero 0x0\n", "\"zero\" is not an offset" },
		{ HEAD "r32 bar0 0x2 0x0\n", "is not a multiple of 4" },
		{ HEAD "r32 bar0 0xfffffffffffffffc 0x0\n", "not a multiple" },
		{ HEAD "r32 bar0 0x10000000000000000 0x0\n", "not an offset" },
		{ HEAD "r8 bar0 0x2 0x100\n", "is not a value of 8 bits" },
		{ HEAD "r32 bar0 0x4\n", "\"\" is not a value" },
		{ HEAD "r32 bar0 0x4 -\n", "there is no value" },
		{ HEAD "w32 bar0 0x4 - err=19\n", "there is no value" },
		{ HEAD "r32 bar0 0x4 0x1 vram=\n", "vram has a value" },
		{ HEAD "r32 bar0 0x4 0x1 err=0\n", "err has a value" },
		{ HEAD "r32 bar0 0x4 0x1 err=99999\n", "err has a value" },
		{ HEAD "r32 bar0 0x4 0x1 what\n", "is not KEY=VALUE" },
		{ HEAD "event \n", "an event without a name" },
		{ HEAD "event lost count=x\n", "count has a value" },
		{ HEAD "event end accesses=1\n",
		  "it ends 1 accesses, and there "
		  "are 0" },
		{ HEAD "event end accesses=0\nr32 bar0 0x0 0x0\n",
		  "line 3 of the recording: there is something behind the "
		  "end" },
		{ HEAD "r32 bar0 0x0 \x01\n", "byte 14 of it, 0x01" },
		{ HEAD "# \xc3\xa4\n", "is no text" },
		{ "pramin-trace 1 bar0=0x1000000\nr32 bar0 0x1000000 0x0\n",
		  "is not inside bar0" },
		{ "VERSION 20050101\n", "another version" },
		{ MMIO "R 3 1.0 1 0xfd000000 0x0 0x0 0\n", "\"3\" is not a "
							   "width" },
		{ MMIO "R 4 1.0 1 there 0x0 0x0 0\n", "is not an address" },
		{ MMIO "R 4 1.0 1 0xfd000000 x 0x0 0\n", "is not a value" },
		{ MMIO "R\n", "\"\" is not a width" },
		{ MMIO "PCIDEV 0100\n", "is not a vendor" },
		{ MMIO "PCIDEV 0100 10de1e04 1c 1 2 3\n", "is not an address" },
		{ MMIO "CPU:0 [LOST x EVENTS]\n", "how many events" },
		{ MMIO "WRONG\n", "\"WRONG\" begins no line of mmiotrace" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct pramin_trace_facts facts;
		struct pramin_why why = { .err = 0 };

		CHECK_EQ(read_all(put_text(rows[i].text), NULL, &facts, &why),
			 -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
		CHECK_HAS(why.what, rows[i].says);
	}
	return 0;
}

static int lines_that_are_too_long_or_binary_are_told(void)
{
	const char *path = record_path("long");
	const size_t head = strlen(HEAD), len = 200000;
	struct pramin_trace_facts facts;
	struct pramin_why why;
	char *text = malloc(len + head);

	CHECK(text);
	memcpy(text, HEAD, head);
	memset(text + head, '#', len);
	CHECK_EQ(record_put(path, text, head + len), 0);
	CHECK_EQ(read_all(path, NULL, &facts, &why), -EINVAL);
	CHECK_HAS(why.what, "line 2 of the recording: it has more than 1024");
	/* As long as it may be: 1023 and the newline */
	text[head + 1023] = '\n';
	CHECK_EQ(record_put(path, text, head + 1024), 0);
	CHECK_EQ(read_all(path, NULL, &facts, &why), 0);
	CHECK(!facts.is_cut);
	text[head + 1] = '\0';
	CHECK_EQ(record_put(path, text, head + 1024), 0);
	CHECK_EQ(read_all(path, NULL, &facts, &why), -EINVAL);
	CHECK_HAS(why.what, "there is a byte 0");
	free(text);
	return 0;
}

static int what_is_no_file_is_refused(void)
{
	struct pramin_trace *trace = NULL;
	struct pramin_why why;

	CHECK_EQ(pramin_trace_open("/nonexistent", NULL, &trace, &why),
		 -EINVAL);
	CHECK_HAS(why.what, "No such file");
	CHECK_EQ(pramin_trace_open("/", NULL, &trace, &why), -EINVAL);
	CHECK_EQ(pramin_trace_open("/dev/null", NULL, &trace, &why), -EINVAL);
	CHECK_HAS(why.what, "neither a file nor a pipe");
	CHECK_EQ(pramin_trace_open(put_text(HEAD), "no", &trace, &why),
		 -EINVAL);
	CHECK_HAS(why.what, "\"no\" is not a chip");
	CHECK_EQ(pramin_trace_open(NULL, NULL, &trace, &why), -EINVAL);
	CHECK(!trace);
	pramin_trace_close(NULL);
	CHECK(!strcmp(pramin_trace_region_name(99), "unknown"));
	return 0;
}

static int a_file_without_its_end_is_read_as_far_as_it_goes(void)
{
	struct pramin_trace_entry last = { .size = 0 };
	struct pramin_trace_facts facts;
	struct pramin_why why;

	CHECK_EQ(read_all(put_text(HEAD "r32 bar0 0x0 0x1\nr32 bar0 0x4"),
			  &last, &facts, &why),
		 0);
	CHECK_EQ(last.line, 2);
	CHECK(facts.is_cut && !facts.is_whole);
	CHECK_EQ(read_all(put_text(HEAD "r32 bar0 0x0 0x1\n"), &last, &facts,
			  &why),
		 0);
	CHECK(!facts.is_cut && !facts.is_whole);
	CHECK_EQ(read_all(put_text(HEAD "r32 bar0 0x0 0x1\n"
					"event end accesses=1\n# more\n"),
			  &last, &facts, &why),
		 0);
	CHECK(!facts.is_cut && facts.is_whole);
	return 0;
}

struct step {
	const char *line;
	bool window, moved, has_vram;
	uint64_t vram_pa;
};

/* Each line, and what follows from it and those before it */
static int follow(const char *head, const struct step *steps, size_t count)
{
	struct pramin_trace_entry e = { .size = sizeof(e) };
	struct pramin_trace *trace;
	char text[4000];
	size_t i, n = (size_t)snprintf(text, sizeof(text), "%s", head);

	for (i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
				      steps[i].line);
	CHECK_EQ(pramin_trace_open(put_text(text), NULL, &trace, NULL), 0);
	for (i = 0; i < count; i++) {
		CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
		if (e.window != steps[i].window || e.moved != steps[i].moved ||
		    e.has_vram != steps[i].has_vram ||
		    (e.has_vram && e.vram_pa != steps[i].vram_pa)) {
			printf("%s: window %d moved %d vram %d 0x%" PRIx64 "\n",
			       steps[i].line, e.window, e.moved, e.has_vram,
			       e.vram_pa);
			return CHECK_FAILED;
		}
	}
	CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
	CHECK_EQ(e.kind, PRAMIN_TRACE_END);
	pramin_trace_close(trace);
	return 0;
}

static int the_window_is_followed(void)
{
	static const struct step turing[] = {
		{ "r32 bar0 0x700000 0x1", false, false, false, 0 },
		{ "r32 bar0 0x1700 0x20", true, false, true, 0x200000 },
		{ "r32 bar0 0x700010 0x1", false, false, true, 0x200010 },
		{ "w32 bar0 0x1700 0x20", true, false, true, 0x200000 },
		{ "w32 bar0 0x1700 0x31", true, true, true, 0x310000 },
		{ "w8 bar0 0x7fffff 0x1", false, false, true, 0x40ffff },
		{ "w64 bar0 0x800000 0x1", false, false, false, 0 },
		/* The writer knows better. */
		{ "w8 bar0 0x700000 0x1 vram=0x99", false, false, true, 0x99 },
		/* Somebody else has moved it. */
		{ "r32 bar0 0x1700 0x40", true, true, true, 0x400000 },
		/* To system memory */
		{ "w32 bar0 0x1700 0x2000050", true, true, false, 0 },
		{ "r32 bar0 0x700000 0x1", false, false, false, 0 },
		{ "w32 bar0 0x1700 0x50", true, true, true, 0x500000 },
		{ "event reset", false, false, false, 0 },
		{ "r32 bar0 0x700000 0x1", false, false, false, 0 },
		{ "w32 bar0 0x1700 0x50", true, true, true, 0x500000 },
		{ "event lost count=3", false, false, false, 0 },
		{ "r32 bar0 0x700000 0x1", false, false, false, 0 },
		{ "w32 bar0 0x1700 0x50 err=5", true, false, false, 0 },
		{ "w16 bar0 0x1702 0x50", true, false, false, 0 },
		{ "r32 bar0 0x700000 0x1", false, false, false, 0 },
		{ "r32 config 0x700000 0x1", false, false, false, 0 },
	};
	static const struct step hopper[] = {
		{ "w32 bar0 0x1700 0x20", false, false, false, 0 },
		{ "w32 bar0 0x10fd40 0x3fffff", true, true, true,
		  0x3fffff0000ull },
		{ "r8 bar0 0x700001 0x1", false, false, true, 0x3fffff0001ull },
	};

	CHECK_EQ(follow(HEAD, turing, ARRAY_LEN(turing)), 0);
	return follow("pramin-trace 1 chip=gh100\n", hopper, ARRAY_LEN(hopper));
}

/* As pramin-gpu writes it: what it met stands in the line, or there was nothing. */
static int a_recording_of_the_device_is_read(void)
{
	static const struct step steps[] = {
		{ "event connect t=0.000001", false, false, false, 0 },
		{ "r32 config 0x000 0x061110de", false, false, false, 0 },
		{ "r64 rom 0x008000 0xffffffffffffffff", false, false, false,
		  0 },
		{ "w32 bar0 0x001700 0x00000010", true, true, true, 0x100000 },
		{ "w64 bar0 0x700008 0x00000000deadbeef vram=0x100008", false,
		  false, true, 0x100008 },
		{ "r32 bar1 0x100008 0xdeadbeef vram=0x100008", false, false,
		  true, 0x100008 },
		{ "w32 bar2 0x100008 0x00000001 vram=0x5008", false, false,
		  true, 0x5008 },
		{ "w32 bar0 0x001700 0x00000800", true, true, true, 0x8000000 },
		{ "r32 bar0 0x700000 0xbad0b000", false, false, false, 0 },
		{ "event irq vector=0", false, false, false, 0 },
		{ "event end accesses=8", false, false, false, 0 },
	};

	return follow("pramin-trace 1 by=pramin-gpu-0.1.0 backend=device "
		      "bar0=0x1000000 bar1=0x10000000 bar2=0x2000000 "
		      "config=0x1000 rom=0x10000 chip=tu102 "
		      "boot0=0x162000a1 vram=0x8000000\n",
		      steps, ARRAY_LEN(steps));
}

static int the_chip_is_known_by_its_boot_register(void)
{
	struct pramin_trace_facts facts;
	struct pramin_trace *trace;
	struct pramin_trace_entry e = { .size = sizeof(e) };

	CHECK_EQ(pramin_trace_open(
			 put_text("pramin-trace 1\nr32 bar0 0x0 0xffffffff\n"
				  "r32 bar0 0x0 0x092000a2\n"
				  "w32 bar0 0x1700 0xfff0\n"),
			 NULL, &trace, NULL),
		 0);
	CHECK(!pramin_trace_register(trace, 0x1700));
	CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
	CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
	CHECK_EQ(pramin_trace_next(trace, &e, NULL), 0);
	CHECK(e.window && e.moved);
	facts.size = sizeof(facts);
	CHECK_EQ(pramin_trace_facts(trace, &facts), 0);
	CHECK(!strcmp(facts.chip, "g92"));
	CHECK_EQ(facts.boot0, 0x092000a2);
	CHECK(!strcmp(pramin_trace_register(trace, 0x1700),
		      "NV_PBUS_BAR0_WINDOW"));
	CHECK(!pramin_trace_register(trace, 0x10fd40));
	CHECK(!pramin_trace_register(trace, 0x1704));
	pramin_trace_close(trace);
	return 0;
}

static int a_log_of_mmiotrace_is_read(void)
{
	static const struct step steps[] = {
		{ "R 4 1.000001 1 0xfd000000 0x92000a2 0x0 0", false, false,
		  false, 0 },
		{ "W 4 1.000002 1 0xfd001700 0x1234 0x0 0", true, true, true,
		  0x12340000 },
		{ "W 1 1.000003 1 0xfd700003 0xffffffffffffff80 0x0 0", false,
		  false, true, 0x12340003 },
		{ "R 4 1.000004 2 0xe0000010 0x5 0x0 0", false, false, false,
		  0 },
		{ "MARK 1.000005 X is up", false, false, false, 0 },
		{ "MARK 0.000000 Lost 12 events.", false, false, false, 0 },
		{ "R 4 1.000006 1 0xfd700000 0x5 0x0 0", false, false, false,
		  0 },
	};
	struct pramin_trace_entry last = { .size = 0 };
	struct pramin_trace_facts facts;
	struct pramin_why why;

	CHECK_EQ(follow(MMIO DEVICES, steps, ARRAY_LEN(steps)), 0);
	CHECK_EQ(read_all(put_text(MMIO DEVICES
				   "MAP 1.0 1 0xfd000000 0xffffc900 0x1000000 "
				   "0x0 0\n"
				   "R 4 1.1 1 0xfe000010 0x1 0x0 0\n"
				   "R 4 1.1 1 0xfc000010 0x1 0x0 0\n"
				   "W 1 1.2 1 0xf0000008 0xffffff80 0x0 0\n"
				   "MARK 0.000000 Lost 12 events.\n"
				   "CPU:1 [LOST 30 EVENTS]\n"
				   "UNMAP 1.3 1 0x0 0\n"),
			  &last, &facts, &why),
		 0);
	CHECK(!strcmp(facts.format, "mmiotrace"));
	CHECK_EQ(facts.others, 2);
	CHECK_EQ(facts.lost, 42);
	CHECK_EQ(facts.bytes[PRAMIN_TRACE_BAR1], 0x10000000);
	CHECK_EQ(last.kind, PRAMIN_TRACE_EVENT);
	CHECK_EQ(read_all(put_text(MMIO DEVICES
				   "W 1 1.2 1 0xf0000008 0xffffff80 0x0 0\n"),
			  &last, &facts, &why),
		 0);
	CHECK_EQ(last.region, PRAMIN_TRACE_BAR2);
	CHECK_EQ(last.off, 8);
	CHECK_EQ(last.val, 0x80);
	return 0;
}

static int a_replay_refuses_what_it_cannot_replay(void)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{ MMIO DEVICES, "is of a driver" },
		{ "pramin-trace 1 set_vram=3\n", "options that no GPU" },
		{ "pramin-trace 1 set_chip=none\n", "options that no GPU" },
		{ "pramin-trace 1 set_base_bits=40\n", "set_base_bits" },
		{ "pramin-trace 1\n", "the recording ends behind line 1" },
		{ "pramin-trace 1\nevent lost count=1\n",
		  "line 2 of the recording: accesses are missing" },
		{ "pramin-trace 1\nwhat\n", "line 2 of the recording" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct pramin_dev *dev = NULL;
		struct pramin_why why = { .err = 0 };
		int ret = replay_open(put_text(rows[i].text), &dev, &why);

		CHECK(ret == -EINVAL || ret == -ENODEV);
		CHECK_HAS(why.what, rows[i].says);
		CHECK(!dev);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(what_is_wrong_is_told_with_its_line),
		TEST(lines_that_are_too_long_or_binary_are_told),
		TEST(what_is_no_file_is_refused),
		TEST(a_file_without_its_end_is_read_as_far_as_it_goes),
		TEST(the_window_is_followed),
		TEST(a_recording_of_the_device_is_read),
		TEST(the_chip_is_known_by_its_boot_register),
		TEST(a_log_of_mmiotrace_is_read),
		TEST(a_replay_refuses_what_it_cannot_replay),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
