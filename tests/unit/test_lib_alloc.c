// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The allocation sweep: of every call that needs host memory or address space,
 * allocation 1, 2, 3 ... fails until none does; once, and from there on.
 */
#define _GNU_SOURCE
#include "lib_alloc.h"
#include "lib_rig.h"
#include "lib_scratch.h"

/*
 * A call. It gives back what it took, except through @state. 0, -ENOMEM with a
 * reason in @why, or anything else, which is a failure of the test.
 */
struct alloc_case {
	const char *name;
	int (*run)(struct pramin_why *why);
	/* Before and after each run; may be NULL */
	int (*before)(void);
	int (*after)(int ret);
	unsigned long at_least; /* allocations */
};

static struct rig rig;
static char gpu[512], image[512], state[512];

static int one(const struct alloc_case *c, unsigned long nth, bool sticky,
	       int *ret)
{
	struct pramin_why why = { .err = 0 };
	long live;

	if (c->before)
		CHECK_EQ(c->before(), 0);
	alloc_arm(nth, sticky);
	*ret = c->run(&why);
	alloc_relent();
	live = alloc_live;
	alloc_disarm();
	CHECK_EQ(live, 0);
	if (*ret) {
		CHECK_EQ(*ret, -ENOMEM);
		CHECK_EQ(why.err, -ENOMEM);
		CHECK_EQ(why.reason, PRAMIN_REASON_NO_MEMORY);
		CHECK(why.what[0]);
	}
	if (c->after)
		CHECK_EQ(c->after(*ret), 0);
	return 0;
}

static int alloc_sweep(const struct alloc_case *c)
{
	unsigned long nth;
	int ret, sticky;

	for (sticky = 0; sticky < 2; sticky++) {
		for (nth = 1;; nth++) {
			if (one(c, nth, sticky, &ret)) {
				printf("%s, allocation %lu%s\n", c->name, nth,
				       sticky ? " and later ones" : "");
				return CHECK_FAILED;
			}
			if (!ret)
				break;
			/* The next call works as if nothing had been. */
			CHECK_EQ(one(c, 0, false, &ret), 0);
			CHECK_EQ(ret, 0);
		}
		if (nth <= c->at_least) {
			printf("%s: %lu allocations\n", c->name, nth - 1);
			return CHECK_FAILED;
		}
	}
	return 0;
}

static int run_open(struct pramin_why *why)
{
	struct pramin_dev *dev = NULL;
	int ret = pramin_open(gpu, NULL, &dev, why);

	return ret ? (dev ? -1 : ret) : pramin_close(dev, why);
}

static int opening_survives_every_failed_allocation(void)
{
	static const struct alloc_case c = {
		.name = "open", .run = run_open, .at_least = 5,
	};
	static const char *const strings[] = {
		"model:tu102,vram=1M",
		"model:gb100,vram=2G,flat",
		("model:tu102,vram=4M,fault=gone@100:dead@200:fail@300:"
		 "blip@400:fail@500:blip@600:fail@700:blip@800:fail@900"),
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(strings); i++) {
		snprintf(gpu, sizeof(gpu), "%s", strings[i]);
		CHECK_EQ(alloc_sweep(&c), 0);
	}
	return 0;
}

/* What was taken for a string or a model that is refused is given back. */
static int a_refused_open_keeps_nothing(void)
{
	static const char *const strings[] = {
		"rubbish", "model:", "model:tu102,nokey", "model:tu102,vram=3",
		"model:tu103", "model:tu102,fault=nope", "model:tu102,vram=141G",
		"model:tu102,fault=gone@5:nope", "model:tu102,fault=vf",
		"model:tu102,fault=gone", "model:tu102,base_bits=20",
		"model:tu102,chip=xx", "model:tu102,file=/nonexistent/x",
		"model:tu102,vram=1M,file=/", "vfio:0000:41:00.0",
	};
	struct pramin_dev *none = NULL;
	size_t i;

	/* Where a signal handler may look is kept, and used again. */
	CHECK(pramin_open("vfio:0000:41:00.0", NULL, &none, NULL) < 0);
	for (i = 0; i < ARRAY_LEN(strings); i++) {
		struct pramin_dev *dev = NULL;
		int ret;

		alloc_arm(0, false);
		ret = pramin_open(strings[i], NULL, &dev, NULL);
		alloc_disarm();
		CHECK(ret < 0 && !dev);
		CHECK_EQ(alloc_live, 0);
	}
	return 0;
}

static int no_files(void)
{
	unlink(image);
	unlink(state);
	return 0;
}

static int files_only_on_success(int ret)
{
	CHECK_EQ(scratch_files(), ret ? 0 : 2);
	return 0;
}

/* The board may be there already when the handle has no memory: whole. */
static int both_files_or_none(int ret)
{
	int count = scratch_files();

	CHECK(count == 2 || (ret && count == 0));
	return 0;
}

static int name_files(void)
{
	CHECK(scratch());
	scratch_path(image, sizeof(image), "", "vram");
	scratch_path(state, sizeof(state), "", "vram.state");
	scratch_path(gpu, sizeof(gpu), "model:tu102,vram=1M,file=", "vram");
	return 0;
}

static int a_failed_open_leaves_no_half_of_a_board(void)
{
	static const struct alloc_case c = {
		.name = "open, new file", .run = run_open, .before = no_files,
		.after = both_files_or_none, .at_least = 9,
	};

	CHECK_EQ(name_files(), 0);
	return alloc_sweep(&c);
}

static uint8_t image_before[MIB], image_now[MIB + 1];
static uint8_t state_before[4096], state_now[4096];
static long state_len;

static int files_unchanged(int ret)
{
	CHECK_EQ(scratch_load(image, image_now, sizeof(image_now)), MIB);
	CHECK(!memcmp(image_now, image_before, MIB));
	/* A clean open counts its accesses there. */
	if (ret) {
		CHECK_EQ(scratch_load(state, state_now, sizeof(state_now)),
			 state_len);
		CHECK(!memcmp(state_now, state_before, (size_t)state_len));
	}
	state_len = scratch_load(state, state_before, sizeof(state_before));
	return 0;
}

static int a_failed_open_leaves_the_files_as_they_are(void)
{
	static const struct alloc_case c = {
		.name = "open, existing file", .run = run_open,
		.after = files_unchanged, .at_least = 9,
	};
	struct pramin_dev *dev;

	CHECK_EQ(name_files(), 0);
	no_files();
	rig_pattern(image_before + 5000, 3000, 1);
	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_write(dev, 0, image_before, MIB, NULL), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	state_len = scratch_load(state, state_before, sizeof(state_before));
	CHECK(state_len > 0);
	CHECK_EQ(alloc_sweep(&c), 0);
	no_files();
	return 0;
}

static struct pramin_model_params params;

static int run_create(struct pramin_why *why)
{
	struct pramin_model *model = NULL;
	int ret = pramin_model_create(&params, &model, why);

	if (ret)
		return model ? -1 : ret;
	pramin_model_destroy(model);
	return 0;
}

static int creating_a_model_survives_every_failed_allocation(void)
{
	static const struct alloc_case plain = {
		.name = "create", .run = run_create, .at_least = 3,
	};
	static const struct alloc_case file = {
		.name = "create with a file", .run = run_create,
		.before = no_files, .after = files_only_on_success,
		.at_least = 7,
	};

	CHECK_EQ(name_files(), 0);
	params = (struct pramin_model_params){
		.size = sizeof(params), .chip = "tu102", .vram = MIB,
	};
	CHECK_EQ(alloc_sweep(&plain), 0);
	params.file = image;
	CHECK_EQ(alloc_sweep(&file), 0);
	no_files();
	return 0;
}

/* Each run is on a model that has not allocated for faults yet. */
static int run_fault(struct pramin_why *why)
{
	struct pramin_model *model;
	char spec[32];
	int ret, i;
	bool armed = alloc_armed;

	alloc_armed = false;
	ret = pramin_model_create(&params, &model, why);
	alloc_armed = armed;
	for (i = 0; !ret && i < 20; i++) {
		snprintf(spec, sizeof(spec), "fail@%d", 100 - i);
		ret = pramin_model_fault(model, spec, why);
	}
	alloc_fail_at = 0;
	/* What was accepted before still holds. */
	if (ret && pramin_model_fault(model, "gone", NULL))
		ret = -1;
	alloc_live -= alloc_live > 0;
	alloc_armed = false;
	pramin_model_destroy(model);
	alloc_armed = armed;
	return ret;
}

static int adding_faults_survives_every_failed_allocation(void)
{
	static const struct alloc_case c = {
		.name = "fault", .run = run_fault, .at_least = 3,
	};

	params = (struct pramin_model_params){
		.size = sizeof(params), .chip = "tu102", .vram = MIB,
	};
	return alloc_sweep(&c);
}

static int of_handle(int ret, struct pramin_why *why)
{
	if (ret)
		*why = *pramin_last_why(rig.dev);
	return ret;
}

static int run_view(struct pramin_why *why)
{
	struct pramin_view *view = NULL;
	int ret = pramin_view_begin(rig.dev, MIB, 10, &view);

	if (ret)
		return view ? -1 : of_handle(ret, why);
	return pramin_view_end(view);
}

static int run_copy(struct pramin_why *why)
{
	struct pramin_bulk bulk = { .size = sizeof(bulk), .done = 1 };
	int ret = pramin_copy(rig.dev, MIB, 3, 100, &bulk);

	if (ret && bulk.done)
		return -1;
	return of_handle(ret, why);
}

static int run_find(struct pramin_why *why)
{
	bool found = false;
	uint64_t at = 77;
	int ret = pramin_find(rig.dev, 0, 1000, "\1\2\3", 3, &found, &at, NULL);

	if (found || at != 77)
		return -1;
	return of_handle(ret, why);
}

static int run_open_io(struct pramin_why *why)
{
	struct pramin_dev *dev = NULL;
	int ret = pramin_open_io(&rig_ops, &rig, NULL, &dev, why);

	return ret ? (dev ? -1 : ret) : pramin_close(dev, why);
}

static int calls_on_a_handle_survive_every_failed_allocation(void)
{
	static const struct alloc_case cases[] = {
		{ .name = "view_begin", .run = run_view, .at_least = 1 },
		{ .name = "copy", .run = run_copy, .at_least = 1 },
		{ .name = "find", .run = run_find, .at_least = 1 },
		{ .name = "open_io", .run = run_open_io, .at_least = 1 },
	};
	size_t i;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(alloc_sweep(&cases[i]), 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

/* All that touches the device and has no reason to need memory */
static int other_calls_allocate_nothing(void)
{
	struct pramin_position pos;
	uint8_t buf[300] = { 0 };
	uint64_t same;
	uint32_t val;

	CHECK_EQ(rig_open(&rig, "tu102", 4 * MIB, false), 0);
	alloc_arm(1, true);
	CHECK_EQ(pramin_read32(rig.dev, 0, &val), 0);
	CHECK_EQ(pramin_write32(rig.dev, MIB, 1), 0);
	CHECK_EQ(pramin_flush(rig.dev), 0);
	CHECK_EQ(pramin_read(rig.dev, MIB - 99, buf, 300, NULL), 0);
	CHECK_EQ(pramin_write(rig.dev, MIB - 99, buf, 300, NULL), 0);
	CHECK_EQ(pramin_fill(rig.dev, 0, 300, "\0", 1, NULL), 0);
	CHECK_EQ(pramin_compare(rig.dev, 0, buf, 2, &same, NULL), 0);
	CHECK_EQ(pramin_position(rig.dev, &pos), 0);
	CHECK_EQ(pramin_read32(rig.dev, 3, &val), -EINVAL);
	CHECK(pramin_last_why(rig.dev)->what[0]);
	CHECK_EQ(pramin_restore(rig.dev), 0);
	alloc_disarm();
	CHECK_EQ(alloc_count, 0);
	CHECK_EQ(rig_close(&rig), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(opening_survives_every_failed_allocation),
		TEST(a_refused_open_keeps_nothing),
		TEST(a_failed_open_leaves_no_half_of_a_board),
		TEST(a_failed_open_leaves_the_files_as_they_are),
		TEST(creating_a_model_survives_every_failed_allocation),
		TEST(adding_faults_survives_every_failed_allocation),
		TEST(calls_on_a_handle_survive_every_failed_allocation),
		TEST(other_calls_allocate_nothing),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
