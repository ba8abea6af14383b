// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The reason behind every failure: for each value of enum pramin_reason a case
 * that provokes it through the public API. A reason without a case fails the
 * last test.
 */
#define _GNU_SOURCE
#include "lib_rig.h"
#include "lib_scratch.h"

static struct rig rig;
static bool covered[PRAMIN_REASON_COUNT];

/* What holds for every reason */
static int check_why(const struct pramin_why *why, int err,
		     enum pramin_reason reason, const char *says, bool next)
{
	CHECK_EQ(why->reason, reason);
	CHECK_EQ(why->err, err);
	CHECK(why->what[0]);
	CHECK(memchr(why->what, 0, sizeof(why->what)));
	CHECK(memchr(why->next, 0, sizeof(why->next)));
	CHECK(!strchr(why->what, '{') && !strchr(why->next, '{'));
	CHECK(!strchr(why->what, '\n') && !strchr(why->next, '\n'));
	CHECK_HAS(why->what, says);
	CHECK_EQ(why->next[0] != 0, next);
	covered[reason] = true;
	return 0;
}

static const struct open_case {
	const char *gpu;
	int err;
	enum pramin_reason reason;
	const char *says;
	bool next;
} open_cases[] = {
	{ "model:tu102,chip=xx", -EINVAL, PRAMIN_REASON_STRING, "chip", true },
	{ "nonsense", -EINVAL, PRAMIN_REASON_STRING, "nonsense", true },
	{ "model:tu102,base_bits=20", -EINVAL, PRAMIN_REASON_BASE_BITS, "20",
	  true },
	{ "model:tu102,file=/nonexistent/x", -EINVAL, PRAMIN_REASON_FILE,
	  "/nonexistent/x", true },
	{ "kmod:0000:41:00.0", -EOPNOTSUPP, PRAMIN_REASON_NO_BACKEND,
	  "0000:41:00.0", true },
	{ "model:tu102,boot0=0x1d0000a1", -EOPNOTSUPP,
	  PRAMIN_REASON_UNKNOWN_CHIP, "0x1d0000a1", true },
	{ "model:tu102,fault=boot0=0x172000a1", -EOPNOTSUPP,
	  PRAMIN_REASON_ID_CONFLICT, "0x172000a1", true },
	{ "model:tu102,boot0=0x044000a1", -EOPNOTSUPP, PRAMIN_REASON_TOO_OLD,
	  "0x044000a1", false },
	{ "model:g80,boot0=0x0aa000a1", -EOPNOTSUPP, PRAMIN_REASON_INTEGRATED,
	  "mcp77", false },
	{ "model:tu102,fault=vf", -EOPNOTSUPP, PRAMIN_REASON_VF, "0x00020000",
	  true },
	{ "model:gh100,fault=coherent", -EOPNOTSUPP, PRAMIN_REASON_COHERENT,
	  "0x2342", true },
	{ "model:gh100,fault=cc", -EOPNOTSUPP, PRAMIN_REASON_CONFIDENTIAL,
	  "0x1182cc", true },
	{ "model:gb100,fault=devtools", -EOPNOTSUPP,
	  PRAMIN_REASON_CONFIDENTIAL, "0x590", true },
	{ "model:gb100,fault=firewall", -EOPNOTSUPP, PRAMIN_REASON_FIREWALL,
	  "0x00100000", true },
	{ "model:tu102,fault=notready", -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE,
	  "0x118234", true },
	{ "model:gh100,fault=notready", -EOPNOTSUPP, PRAMIN_REASON_FIRMWARE,
	  "0x200bc", true },
	{ "model:tu102,chip=gh100", -EOPNOTSUPP, PRAMIN_REASON_WRONG_CHIP,
	  "0x162000a1", true },
	{ "model:tu102,chip=tu104,fault=notready", -EOPNOTSUPP,
	  PRAMIN_REASON_FIRMWARE, "0x118234", true },
	{ "model:tu102,vram=8G,boot0=0x1d0000a1,chip=gh100", -EOPNOTSUPP,
	  PRAMIN_REASON_FIRMWARE, "0x200bc", true },
	{ "model:tu102,fault=vram=0", -EOPNOTSUPP, PRAMIN_REASON_VRAM_ZERO,
	  "0x100ce0", true },
	{ "model:gh100,fault=vram=0xbadf1100", -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_POISON, "0xbadf1100", true },
	{ "model:gh100,fault=vram=0x7fffffff", -EOPNOTSUPP,
	  PRAMIN_REASON_VRAM_ABSURD, "0x7fffffff", true },
	{ "model:tu102,fault=gone@1", -ENODEV, PRAMIN_REASON_ALL_ONES,
	  "0xffffffff", true },
	{ "model:tu102,fault=dead@1", -ENODEV, PRAMIN_REASON_BACKEND_GONE,
	  "gone", true },
	{ "model:tu103", -EINVAL, PRAMIN_REASON_ARGUMENT, "tu103", true },
};

static int every_refusal_of_open_has_its_reason(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(open_cases); i++) {
		const struct open_case *c = &open_cases[i];
		struct pramin_dev *dev = NULL;
		struct pramin_why why;

		memset(&why, '{', sizeof(why));
		if (pramin_open(c->gpu, NULL, &dev, &why) != c->err || dev ||
		    check_why(&why, c->err, c->reason, c->says, c->next)) {
			printf("%s: %s\n", c->gpu, why.what);
			return CHECK_FAILED;
		}
		/* Without a place for the reason: the same code */
		CHECK_EQ(pramin_open(c->gpu, NULL, &dev, NULL), c->err);
	}
	return 0;
}

/* One image with two state files: both at once would be two GPUs. */
static int held_by_another_name(void)
{
	char gpu[400], path[400], path2[400], state[1024];
	struct pramin_dev *dev, *other;
	struct pramin_why why;
	long len;

	CHECK(scratch());
	scratch_path(gpu, sizeof(gpu), "model:tu102,vram=1M,file=", "held");
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	scratch_path(path, sizeof(path), "", "held");
	scratch_path(path2, sizeof(path2), "", "held2");
	CHECK_EQ(link(path, path2), 0);
	scratch_path(path, sizeof(path), "", "held.state");
	scratch_path(path2, sizeof(path2), "", "held2.state");
	len = scratch_load(path, state, sizeof(state));
	/* The model's part of it */
	CHECK(len > 488);
	CHECK_EQ(scratch_store(path2, state, 488), 0);
	scratch_path(gpu, sizeof(gpu), "model:tu102,vram=1M,file=", "held2");
	CHECK_EQ(pramin_open(gpu, NULL, &other, &why), -EBUSY);
	CHECK_EQ(check_why(&why, -EBUSY, PRAMIN_REASON_HELD, "held2", true), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static int reasons_of_open_that_need_a_backend_of_ones_own(void)
{
	CHECK_EQ(rig_model(&rig, "gv100", 0, false), 0);
	CHECK_EQ(rig_attach(&rig, NULL), -EOPNOTSUPP);
	CHECK_EQ(check_why(&rig.why, -EOPNOTSUPP,
			   PRAMIN_REASON_VRAM_NO_REGISTER, "gv100", true), 0);
	pramin_model_destroy(rig.model);

	CHECK_EQ(rig_model(&rig, "tu102", 0, false), 0);
	pramin_model_set_window(rig.model, 0xbadf1100);
	CHECK_EQ(rig_attach(&rig, NULL), -EOPNOTSUPP);
	CHECK_EQ(check_why(&rig.why, -EOPNOTSUPP, PRAMIN_REASON_WINDOW_POISON,
			   "0xbadf1100", true), 0);
	pramin_model_destroy(rig.model);

	return held_by_another_name();
}

static int last(int ret, int err, enum pramin_reason reason, const char *says,
		bool next)
{
	CHECK_EQ(ret, err);
	return check_why(pramin_last_why(rig.dev), err, reason, says, next);
}

static int every_bad_argument_has_its_reason(void)
{
	struct pramin_view *view, *none;
	struct pramin_dev *dev;
	uint8_t buf[8] = { 0 };
	uint32_t val;
	bool found;
	uint64_t at;

	/* 288 GiB, of which the window reaches 256 */
	CHECK_EQ(rig_open(&rig, "gh100", 288 * GIB, false), 0);
	dev = rig.dev;
	CHECK_EQ(last(pramin_read32(dev, 0, NULL), -EINVAL,
		      PRAMIN_REASON_ARGUMENT, "NULL", false), 0);
	CHECK_EQ(last(pramin_read32(dev, 0x12346, &val), -EINVAL,
		      PRAMIN_REASON_MISALIGNED, "0x12346", true), 0);
	CHECK_EQ(last(pramin_fill(dev, 0, 6, buf, 3, NULL), -EINVAL,
		      PRAMIN_REASON_WIDTH, "3", false), 0);
	CHECK_EQ(last(pramin_fill(dev, 0, 7, buf, 4, NULL), -EINVAL,
		      PRAMIN_REASON_PATTERN, "7", false), 0);
	CHECK_EQ(last(pramin_view_begin(dev, 0, 0, &view), -EINVAL,
		      PRAMIN_REASON_EMPTY, "0 bytes", true), 0);
	CHECK_EQ(last(pramin_find(dev, 0, 8, buf, 0, &found, &at, NULL),
		      -EINVAL, PRAMIN_REASON_FIND_LEN, "4096", false), 0);
	CHECK_EQ(last(pramin_view_begin(dev, 4096, MIB, &view), -EINVAL,
		      PRAMIN_REASON_TOO_LONG, "0x1000", true), 0);
	CHECK_EQ(last(pramin_read(dev, UINT64_MAX, buf, 8, NULL), -ERANGE,
		      PRAMIN_REASON_OVERFLOW, "0xffffffffffffffff", true), 0);
	CHECK_EQ(last(pramin_read(dev, 288 * GIB - 4, buf, 8, NULL), -ERANGE,
		      PRAMIN_REASON_VRAM_END, "288 GiB", false), 0);
	CHECK_EQ(last(pramin_read(dev, 256 * GIB - 4, buf, 8, NULL), -ERANGE,
		      PRAMIN_REASON_REACH, "256 GiB", true), 0);

	CHECK_EQ(pramin_view_begin(dev, 16, 16, &view), 0);
	CHECK_EQ(last(pramin_read32(dev, MIB, &val), -EBUSY,
		      PRAMIN_REASON_VIEW_OPEN, "0x0", true), 0);
	CHECK_EQ(last(pramin_view_begin(dev, MIB, 1, &none), -EBUSY,
		      PRAMIN_REASON_VIEW_OPEN, "0x0", true), 0);
	CHECK_EQ(pramin_view_read(view, 16, 4), UINT64_MAX);
	CHECK_EQ(last(pramin_view_end(view), -ERANGE, PRAMIN_REASON_VIEW_END,
		      "0x10", false), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int every_bad_entry_of_a_batch_has_its_reason(void)
{
	struct pramin_access list[] = {
		{ .kind = PRAMIN_ACCESS_BARRIER },
		{ .kind = 9, .width = 4, .vram_pa = 4 },
	};

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(last(pramin_batch(rig.dev, list, 2, NULL), -EINVAL,
		      PRAMIN_REASON_BATCH_KIND, "entry 1 of", false), 0);
	list[1].kind = PRAMIN_ACCESS_WRITE;
	list[1].width = 5;
	CHECK_EQ(last(pramin_batch(rig.dev, list, 2, NULL), -EINVAL,
		      PRAMIN_REASON_BATCH_WIDTH, "5 bytes", false), 0);
	list[1].width = 8;
	CHECK_EQ(last(pramin_batch(rig.dev, list, 2, NULL), -EINVAL,
		      PRAMIN_REASON_BATCH_MISALIGNED, "0x4", true), 0);
	list[1].vram_pa = 4 * MIB;
	CHECK_EQ(last(pramin_batch(rig.dev, list, 2, NULL), -ERANGE,
		      PRAMIN_REASON_BATCH_RANGE, "4 MiB", false), 0);
	CHECK_EQ(last(pramin_batch(rig.dev, list, PRAMIN_BATCH_MAX + 1, NULL),
		      -EINVAL, PRAMIN_REASON_BATCH_LENGTH, "16777217", true),
		 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int stop(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	return done < total;
}

/* Each on a GPU of its own, of which the first MiB is shown */
static int broken(const char *fault, uint64_t nth)
{
	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(pramin_write32(rig.dev, 0, 1), 0);
	return fault ? rig_fault(&rig, fault, nth) : 0;
}

static int lost_gpus_have_their_reasons(void)
{
	uint32_t ones = UINT32_MAX, val;

	CHECK_EQ(broken("gone", 1), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ENODEV,
		      PRAMIN_REASON_ALL_ONES, "0xffffffff", true), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ENODEV,
		      PRAMIN_REASON_WAS_GONE, "earlier", true), 0);
	CHECK_EQ(rig_close(&rig), -ENODEV);

	CHECK_EQ(broken("boot0=0xbadf4100", 1), 0);
	CHECK_EQ(pramin_model_poke(rig.model, 0, &ones, 4), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ENODEV,
		      PRAMIN_REASON_BOOT0_CHANGED, "0xbadf4100", true), 0);
	pramin_model_mend(rig.model);
	CHECK_EQ(rig_close(&rig), 0);

	CHECK_EQ(broken("dead", 1), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ENODEV,
		      PRAMIN_REASON_BACKEND_GONE, "gone", true), 0);
	CHECK_EQ(rig_close(&rig), -ENODEV);
	return 0;
}

static int broken_windows_have_their_reasons(void)
{
	struct pramin_view *view;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(rig_fault(&rig, "stuck", 1), 0);
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -EIO,
		      PRAMIN_REASON_MISPLACED, "0x1700", true), 0);
	CHECK_EQ(rig_close(&rig), 0);

	CHECK_EQ(broken("stuck", 1), 0);
	CHECK_EQ(pramin_close(rig.dev, &rig.why), -EIO);
	CHECK_EQ(check_why(&rig.why, -EIO, PRAMIN_REASON_NOT_RESTORED,
			   "0x00000030", true), 0);
	pramin_model_destroy(rig.model);

	rig_exclusive = true;
	CHECK_EQ(broken("full", 1), 0);
	rig_exclusive = false;
	CHECK_EQ(pramin_view_begin(rig.dev, 0x80, 0x40, &view), 0);
	CHECK_EQ(last(pramin_write32(rig.dev, 0, 2), -ENOMEM,
		      PRAMIN_REASON_NO_MEMORY, "memory", false), 0);
	CHECK_EQ(pramin_view_read(view, 0, 4), UINT64_MAX);
	CHECK_EQ(last(pramin_write32(rig.dev, 0x40, 2), -EIO,
		      PRAMIN_REASON_VIEW_LOST, "0x40", true), 0);
	CHECK_EQ(last(pramin_view_end(view), -EIO, PRAMIN_REASON_VIEW_LOST,
		      "0x80", true), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

#include "lib_why_share.h"
#include "lib_why_mmu.h"

static int backends_and_callbacks_have_their_reasons(void)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk), .progress = stop };
	static uint8_t buf[70000];
	uint32_t val;

	CHECK_EQ(broken(NULL, 0), 0);
	CHECK_EQ(last(pramin_read(rig.dev, 0, buf, sizeof(buf), &bulk),
		      -ECANCELED, PRAMIN_REASON_CANCELED, "65536", false), 0);
	rig.fail_at = rig.accesses + 1;
	rig.fail_code = -EPERM;
	CHECK_EQ(last(pramin_write32(rig.dev, 0, 1), -EPERM,
		      PRAMIN_REASON_NOT_ALLOWED, "permit", false), 0);
	rig.fail_at = rig.accesses + 1;
	rig.fail_code = -ETIMEDOUT;
	CHECK_EQ(last(pramin_read32(rig.dev, 0, &val), -ETIMEDOUT,
		      PRAMIN_REASON_BACKEND, "110", false), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int what_the_backend_explains_is_shown_as_it_is(void)
{
	static char text[4 * PRAMIN_WHY_TEXT];
	const struct pramin_why *why;
	uint32_t val;

	CHECK_EQ(broken(NULL, 0), 0);
	rig.explain = "lockdown: %s%n {x0}";
	rig.fail_at = rig.accesses + 1;
	rig.fail_code = -EPERM;
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), -EPERM);
	why = pramin_last_why(rig.dev);
	CHECK(!strcmp(why->what, rig.explain));

	memset(text, 'y', sizeof(text) - 1);
	rig.explain = text;
	rig.fail_at = rig.accesses + 1;
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), -EPERM);
	CHECK_EQ(strlen(pramin_last_why(rig.dev)->what), PRAMIN_WHY_TEXT - 1);

	/* It is asked only about what the backend did. */
	CHECK_EQ(pramin_read32(rig.dev, 1, &val), -EINVAL);
	CHECK_HAS(pramin_last_why(rig.dev)->what, "0x1");
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

static int the_longest_texts_fit(void)
{
	static char gpu[70000];
	static const char *const heads[] = {
		"", "model:", "vfio:", "model:tu102,", "model:tu102,chip=",
		"model:tu102,fault=", "model:tu102,file=", "model:tu102,vram=",
	};
	struct pramin_why why;
	struct pramin_dev *dev;
	size_t i;

	for (i = 0; i < ARRAY_LEN(heads); i++) {
		memset(gpu, 'q', sizeof(gpu) - 1);
		memcpy(gpu, heads[i], strlen(heads[i]));
		memset(&why, 'x', sizeof(why));
		CHECK(pramin_open(gpu, NULL, &dev, &why) < 0);
		CHECK(memchr(why.what, 0, sizeof(why.what)));
		CHECK(memchr(why.next, 0, sizeof(why.next)));
		CHECK(why.what[0] && why.next[0] != 'x');
	}
	return 0;
}

static int the_last_reason_is_that_of_the_last_failure_on_its_handle(void)
{
	static struct rig other;
	const struct pramin_why *why;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(rig_open(&other, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(pramin_last_why(rig.dev)->err, 0);
	CHECK_EQ(pramin_last_why(rig.dev)->reason, PRAMIN_REASON_NONE);
	CHECK_EQ(pramin_last_why(NULL)->err, 0);

	CHECK_EQ(pramin_read32(rig.dev, 1, &val), -EINVAL);
	why = pramin_last_why(rig.dev);
	CHECK_EQ(why->reason, PRAMIN_REASON_MISALIGNED);
	CHECK_EQ(pramin_last_why(other.dev)->err, 0);
	CHECK_EQ(pramin_read32(other.dev, 4 * MIB, &val), -ERANGE);
	CHECK_EQ(pramin_last_why(other.dev)->reason, PRAMIN_REASON_VRAM_END);
	/* A success leaves it, and the pointer, alone. */
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), 0);
	CHECK_EQ(why->reason, PRAMIN_REASON_MISALIGNED);
	CHECK(why == pramin_last_why(rig.dev));
	CHECK_EQ(rig_close(&rig), 0);

	/* A new handle does not inherit it, whatever its address. */
	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	CHECK_EQ(pramin_last_why(rig.dev)->err, 0);
	CHECK_EQ(rig_close(&rig), 0);
	CHECK_EQ(rig_close(&other), 0);
	return 0;
}

/* Eight handles' failures are kept; the ninth takes the oldest one's place. */
static int a_thread_keeps_the_failures_of_eight_handles(void)
{
	static struct rig rigs[9];
	uint32_t val;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rigs); i++)
		CHECK_EQ(rig_open(&rigs[i], "tu102", 4 * MIB, false), 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(pramin_read32(rigs[i].dev, 1 + 4 * i, &val), -EINVAL);
	for (i = 0; i < 8; i++) {
		char where[32];

		snprintf(where, sizeof(where), "0x%zx ", 1 + 4 * i);
		CHECK_HAS(pramin_last_why(rigs[i].dev)->what, where);
	}
	/* The first fails again, so the second is the oldest. */
	CHECK_EQ(pramin_read32(rigs[0].dev, GIB, &val), -ERANGE);
	CHECK_EQ(pramin_last_why(rigs[8].dev)->err, 0);
	CHECK_EQ(pramin_read32(rigs[8].dev, 2, &val), -EINVAL);
	CHECK_EQ(pramin_last_why(rigs[8].dev)->err, -EINVAL);
	CHECK_EQ(pramin_last_why(rigs[0].dev)->err, -ERANGE);
	CHECK_EQ(pramin_last_why(rigs[1].dev)->err, 0);
	for (i = 2; i < 8; i++)
		CHECK_EQ(pramin_last_why(rigs[i].dev)->err, -EINVAL);
	for (i = 0; i < ARRAY_LEN(rigs); i++)
		CHECK_EQ(rig_close(&rigs[i]), 0);
	return 0;
}

static int the_names_of_reasons_are_words_and_all_differ(void)
{
	int i, j;

	for (i = 0; i < PRAMIN_REASON_COUNT; i++) {
		const char *name = pramin_reason_name((enum pramin_reason)i);

		CHECK(name[0] && strcmp(name, "unknown"));
		CHECK_EQ(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
			 strlen(name));
		for (j = 0; j < i; j++)
			CHECK(strcmp(name, pramin_reason_name(
						   (enum pramin_reason)j)));
	}
	CHECK(!strcmp(pramin_reason_name(PRAMIN_REASON_COUNT), "unknown"));
	CHECK(!strcmp(pramin_reason_name((enum pramin_reason)-1), "unknown"));
	CHECK(!strcmp(pramin_reason_name((enum pramin_reason)1000), "unknown"));
	return 0;
}

/* After all others: those above have filled the list. */
static int every_reason_has_a_case_above(void)
{
	int i, missing = 0;

	if (!covered[PRAMIN_REASON_HELD])
		SKIP("it sums up the other tests: run all of them");
	/* Those of pools and address spaces: test_lib_space_why.c */
	for (i = PRAMIN_REASON_NONE + 1; i < PRAMIN_REASON_POOL_SIZE; i++)
		if (!covered[i]) {
			printf("no case for the reason \"%s\"\n",
			       pramin_reason_name((enum pramin_reason)i));
			missing++;
		}
	CHECK_EQ(missing, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(every_refusal_of_open_has_its_reason),
		TEST(reasons_of_open_that_need_a_backend_of_ones_own),
		TEST(every_bad_argument_has_its_reason),
		TEST(every_bad_entry_of_a_batch_has_its_reason),
		TEST(page_tables_that_are_not_modelled_have_their_reason),
		TEST(lost_gpus_have_their_reasons),
		TEST(broken_windows_have_their_reasons),
		TEST(what_only_sharing_can_meet_has_its_reasons),
		TEST(what_only_page_tables_can_meet_has_its_reasons),
		TEST(backends_and_callbacks_have_their_reasons),
		TEST(what_the_backend_explains_is_shown_as_it_is),
		TEST(the_longest_texts_fit),
		TEST(the_last_reason_is_that_of_the_last_failure_on_its_handle),
		TEST(a_thread_keeps_the_failures_of_eight_handles),
		TEST(the_names_of_reasons_are_words_and_all_differ),
		TEST(every_reason_has_a_case_above),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
