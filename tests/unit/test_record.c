// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Recording around a backend, and the replay of what was recorded.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib_record.h"

#define PA (3 * MIB + 0x20)

/* A session that uses each way to VRAM once; @val is what is written. */
static int session(struct pramin_dev *dev, uint64_t val, uint8_t *got)
{
	struct pramin_view *view;
	struct pramin_span span;

	CHECK_EQ(pramin_write64(dev, PA, val), 0);
	CHECK_EQ(pramin_fill(dev, MIB - 64, 128, &val, 8, NULL), 0);
	CHECK_EQ(pramin_read(dev, MIB - 61, got, 100, NULL), 0);
	CHECK_EQ(pramin_view_begin(dev, PA, 16, &view), 0);
	span = pramin_view_span(view);
	CHECK(!span.ptr);
	pramin_span_write32(span, 8, 7);
	got[100] = pramin_span_read8(span, 1);
	CHECK_EQ(pramin_view_end(view), 0);
	return 0;
}

static int record_session(const char *chip, const char *path, uint8_t *got)
{
	struct rig r;
	int ret;

	CHECK_EQ(rig_model(&r, chip, 64 * MIB, true), 0);
	CHECK_EQ(record_open(&r, path), 0);
	ret = session(r.dev, 0x1122334455667788ull, got);
	CHECK_EQ(ret, 0);
	CHECK_EQ(pramin_close(r.dev, &r.why), 0);
	pramin_model_destroy(r.model);
	return 0;
}

static int a_recording_has_a_line_for_each_access(void)
{
	const char *path = record_path("lines");
	uint8_t got[128];
	struct stat st;
	struct rig r;
	uint64_t lines = 0;
	char *text, *p, tail[64];

	CHECK_EQ(rig_model(&r, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(record_open(&r, path), 0);
	CHECK_EQ(session(r.dev, 0x1122334455667788ull, got), 0);
	CHECK_EQ(pramin_close(r.dev, NULL), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0600);
	text = record_get(path);
	CHECK(text);
	CHECK(!strncmp(text, "pramin-trace 1 by=pramin-", 25));
	CHECK_HAS(text, " backend=rig bar0=0x1000000 config=0x1000\n");
	CHECK_HAS(text, "\ninfo chip=tu102 boot0=0x162000a1 vram=0x4000000\n");
	CHECK_HAS(text, "\nr32 config 0x000 0x1e0410de\n");
	CHECK_HAS(text, "\nw32 bar0 0x001700 0x00000030\n");
	CHECK_HAS(text,
		  "\nw64 bar0 0x700020 0x1122334455667788 vram=0x300020\n");
	CHECK_HAS(text, "\nw32 bar0 0x700028 0x00000007 vram=0x300028\n");
	CHECK_HAS(text, "\nr8 bar0 0x700021 0x77 vram=0x300021\n");
	for (p = text; *p; p++)
		lines += *p == '\n' && (p[1] == 'r' || p[1] == 'w');
	/* The rig notes all but reads of configuration space. */
	CHECK_EQ(lines, r.accesses + 1);
	snprintf(tail, sizeof(tail), "\nevent end accesses=%" PRIu64 "\n",
		 lines);
	CHECK_HAS(text, tail);
	CHECK(!strcmp(text + strlen(text) - strlen(tail), tail));
	free(text);
	pramin_model_destroy(r.model);
	return 0;
}

static int a_session_replays_on_every_kind_of_window(void)
{
	static const char *const chips[] = { "tu102", "gh100", "gb202" };
	uint8_t got[128], again[128];
	size_t i;

	for (i = 0; i < ARRAY_LEN(chips); i++) {
		const char *path = record_path("replayed");
		struct pramin_dev *dev;
		struct pramin_info info = { .size = sizeof(info) };
		struct pramin_why why;

		memset(got, 0, sizeof(got));
		memset(again, 1, sizeof(again));
		CHECK_EQ(record_session(chips[i], path, got), 0);
		CHECK_EQ(replay_open(path, &dev, &why), 0);
		CHECK_EQ(pramin_info(dev, &info), 0);
		CHECK(!strcmp(info.chip, chips[i]));
		CHECK(!strcmp(info.backend, "trace"));
		CHECK(!info.mapped);
		CHECK_EQ(session(dev, 0x1122334455667788ull, again), 0);
		CHECK(!memcmp(got, again, 101));
		CHECK_EQ(pramin_close(dev, &why), 0);
	}
	return 0;
}

static int the_first_access_that_differs_is_named(void)
{
	const char *path = record_path("differs");
	struct pramin_dev *dev;
	struct pramin_why why;
	uint8_t got[128];
	uint32_t val;

	CHECK_EQ(record_session("tu102", path, got), 0);
	CHECK_EQ(replay_open(path, &dev, &why), 0);
	CHECK_EQ(pramin_write64(dev, PA, 0x1122334455667789ull), -ENODEV);
	CHECK_HAS(pramin_last_why(dev)->what, "of the recording: w64 bar0 "
					      "0x700020 0x1122334455667788 is");
	CHECK_HAS(pramin_last_why(dev)->what,
		  "w64 bar0 0x700020 0x1122334455667789 is what came");
	CHECK_EQ(pramin_read32(dev, PA, &val), -ENODEV);
	CHECK_EQ(pramin_close(dev, &why), -ENODEV);
	return 0;
}

static int a_session_that_ends_too_early_fails_at_close(void)
{
	const char *path = record_path("early");
	struct pramin_dev *dev;
	struct pramin_why why;
	uint8_t got[128];

	CHECK_EQ(record_session("tu102", path, got), 0);
	CHECK_EQ(replay_open(path, &dev, &why), 0);
	CHECK_EQ(pramin_close(dev, &why), -EIO);
	CHECK_EQ(why.reason, PRAMIN_REASON_BACKEND);
	CHECK_HAS(why.what, "the recording goes on where the session ends: "
			    "line 11 has w32 bar0 0x001700 0x00000030");
	CHECK_HAS(why.what, " accesses in all were not made");
	return 0;
}

static int a_session_that_goes_on_too_long_fails(void)
{
	const char *path = record_path("long");
	struct pramin_dev *dev;
	struct pramin_why why;
	uint8_t got[128];
	char *text, *cut;
	uint64_t val = 0;

	CHECK_EQ(record_session("tu102", path, got), 0);
	text = record_get(path);
	cut = strstr(text, "r64 bar0");
	CHECK(cut);
	CHECK_EQ(record_put(path, text, (size_t)(cut - text) + 5), 0);
	free(text);
	CHECK_EQ(replay_open(path, &dev, &why), 0);
	CHECK_EQ(pramin_write64(dev, PA, 0x1122334455667788ull), 0);
	val = 0x1122334455667788ull;
	CHECK_EQ(pramin_fill(dev, MIB - 64, 128, &val, 8, NULL), 0);
	CHECK_EQ(pramin_read(dev, MIB - 61, got, 100, NULL), -ENODEV);
	CHECK_HAS(pramin_last_why(dev)->what,
		  "the recording ends behind line ");
	CHECK_HAS(pramin_last_why(dev)->what, ", cut off; then came r");
	CHECK_EQ(pramin_close(dev, NULL), -ENODEV);
	return 0;
}

static int failures_are_recorded_and_replayed(void)
{
	const char *path = record_path("failures");
	struct pramin_dev *dev;
	struct pramin_why why;
	uint32_t val = 5;
	struct rig r;
	char *text;
	int ret;

	CHECK_EQ(rig_model(&r, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(record_open(&r, path), 0);
	CHECK_EQ(pramin_read32(r.dev, PA, &val), 0);
	r.explain = "the cable is out";
	r.fail_at = r.accesses + 1;
	r.fail_code = -ENODEV;
	CHECK_EQ(pramin_read32(r.dev, PA, &val), -ENODEV);
	CHECK_HAS(pramin_last_why(r.dev)->what, "the cable is out");
	ret = pramin_close(r.dev, NULL);
	text = record_get(path);
	CHECK_HAS(text, "\nr32 bar0 0x700020 - vram=0x300020 err=19\n");
	free(text);
	CHECK_EQ(replay_open(path, &dev, &why), 0);
	CHECK_EQ(pramin_read32(dev, PA, &val), 0);
	CHECK_EQ(pramin_read32(dev, PA, &val), -ENODEV);
	CHECK_HAS(pramin_last_why(dev)->what, "it failed there too");
	CHECK_EQ(pramin_close(dev, NULL), ret);
	pramin_model_destroy(r.model);
	return 0;
}

static int a_gpu_that_cannot_be_opened_leaves_its_recording(void)
{
	const char *path = record_path("gone");
	struct pramin_open_opts opts = { .size = sizeof(opts), .record = path };
	struct pramin_dev *dev = NULL;
	struct pramin_why why, again;
	char *text;

	CHECK_EQ(pramin_open("model:tu102,fault=gone@2", &opts, &dev, &why),
		 -ENODEV);
	text = record_get(path);
	CHECK_HAS(text, " 0xffffffff\n");
	CHECK_HAS(text, "\nevent end accesses=");
	free(text);
	CHECK_EQ(replay_open(path, &dev, &again), -ENODEV);
	CHECK_EQ(again.reason, why.reason);
	CHECK(!dev);
	return 0;
}

static int a_file_that_exists_is_not_touched(void)
{
	const char *path = record_path("exists");
	struct pramin_open_opts opts = { .size = sizeof(opts), .record = path };
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	char *text;

	CHECK_EQ(record_put(path, "mine\n", 5), 0);
	CHECK_EQ(pramin_open("model:tu102", &opts, &dev, &why), -EINVAL);
	CHECK_EQ(why.reason, PRAMIN_REASON_FILE);
	CHECK_HAS(why.what, path);
	CHECK_HAS(why.next, "remove it");
	text = record_get(path);
	CHECK(!strcmp(text, "mine\n"));
	free(text);
	opts.record = "/nonexistent/x";
	CHECK_EQ(pramin_open("model:tu102", &opts, &dev, &why), -EINVAL);
	CHECK_HAS(why.what, "No such file");
	CHECK(!dev);
	return 0;
}

/* The file may grow so far and no further. */
static int a_full_disk_is_told_at_close(void)
{
	const char *path = record_path("full");
	struct rlimit old, limit;
	struct rig r;
	uint32_t i, val = 0;
	uint64_t seen;
	int ret;

	CHECK_EQ(rig_model(&r, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_EQ(record_open(&r, path), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = old;
	limit.rlim_cur = 1000;
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (i = 0; i < 100; i++)
		CHECK_EQ(pramin_write32(r.dev, PA + 4 * i, i), 0);
	CHECK_EQ(pramin_read32(r.dev, PA + 4 * 99, &val), 0);
	CHECK_EQ(val, 99);
	ret = pramin_close(r.dev, &r.why);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK_EQ(ret, -EIO);
	CHECK_EQ(r.why.reason, PRAMIN_REASON_BACKEND);
	CHECK_HAS(r.why.what, "the recording ends after ");
	CHECK_HAS(r.why.what, "File too large");
	/* The window was restored all the same. */
	CHECK_EQ(pramin_model_window(r.model), 0x3f0);
	seen = r.accesses;
	CHECK(seen > 100);
	pramin_model_destroy(r.model);
	return 0;
}

static int a_forked_child_writes_nothing(void)
{
	const char *path = record_path("forked");
	struct rig r;
	uint32_t val;
	int status = 0;
	char *text;
	pid_t pid;

	CHECK_EQ(rig_model(&r, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(record_open(&r, path), 0);
	CHECK_EQ(pramin_write32(r.dev, PA, 1), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		status = pramin_read32(r.dev, PA, &val) == -EPERM ? 0 : 1;
		_exit(pramin_close(r.dev, NULL) ? 2 : status);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(pramin_read32(r.dev, PA, &val), 0);
	CHECK_EQ(pramin_close(r.dev, NULL), 0);
	text = record_get(path);
	CHECK(strstr(text, "event end") &&
	      !strstr(strstr(text, "event end") + 1, "event end"));
	free(text);
	pramin_model_destroy(r.model);
	return 0;
}

static struct rig *interrupted;

/* A signal comes while a line is being made: in the backend's own read. */
static int interrupting_read(void *io, uint32_t off, unsigned int width,
			     uint64_t *val)
{
	if (interrupted && off >= APERTURE && off < APERTURE + MIB)
		raise(SIGUSR1);
	return rig_io_read(io, off, width, val);
}

static void restore(int sig)
{
	struct rig *r = interrupted;

	(void)sig;
	interrupted = NULL;
	pramin_restore(r->dev);
}

static int a_restore_in_a_handler_does_not_wait_for_itself(void)
{
	const char *path = record_path("handler");
	struct pramin_open_opts opts = { .size = sizeof(opts), .record = path };
	const struct sigaction act = { .sa_handler = restore };
	struct pramin_io_ops ops = rig_ops;
	struct rig r;
	uint32_t val;
	char *text;

	ops.read = interrupting_read;
	CHECK_EQ(rig_model(&r, "tu102", 64 * MIB, false), 0);
	CHECK_EQ(pramin_open_io(&ops, &r, &opts, &r.dev, &r.why), 0);
	CHECK_EQ(pramin_write32(r.dev, PA, 1), 0);
	sigaction(SIGUSR1, &act, NULL);
	interrupted = &r;
	pramin_read32(r.dev, PA, &val);
	CHECK(!interrupted);
	CHECK_EQ(pramin_model_window(r.model), 0x3f0);
	pramin_close(r.dev, NULL);
	text = record_get(path);
	CHECK_HAS(text, "\nevent lost count=1\n");
	free(text);
	pramin_model_destroy(r.model);
	return 0;
}

/* What was given by hand decides on the accesses: a replay has it again. */
static int options_are_part_of_a_recording(void)
{
	const char *path = record_path("options");
	struct pramin_open_opts opts = { .size = sizeof(opts), .record = path };
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_dev *dev;
	struct pramin_why why;
	uint32_t val;

	opts.vram = 32 * MIB;
	opts.verify = true;
	CHECK_EQ(pramin_open("model:gm107,vram=64M", &opts, &dev, &why), 0);
	CHECK_EQ(pramin_read32(dev, PA, &val), 0);
	CHECK_EQ(pramin_close(dev, &why), 0);
	CHECK_EQ(replay_open(path, &dev, &why), 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK_EQ(info.vram_size, 32 * MIB);
	CHECK_EQ(pramin_read32(dev, PA, &val), 0);
	CHECK_EQ(pramin_close(dev, &why), 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(a_recording_has_a_line_for_each_access),
		TEST(a_session_replays_on_every_kind_of_window),
		TEST(the_first_access_that_differs_is_named),
		TEST(a_session_that_ends_too_early_fails_at_close),
		TEST(a_session_that_goes_on_too_long_fails),
		TEST(failures_are_recorded_and_replayed),
		TEST(a_gpu_that_cannot_be_opened_leaves_its_recording),
		TEST(a_file_that_exists_is_not_touched),
		TEST(a_full_disk_is_told_at_close),
		TEST(a_forked_child_writes_nothing),
		TEST(a_restore_in_a_handler_does_not_wait_for_itself),
		TEST(options_are_part_of_a_recording),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}
