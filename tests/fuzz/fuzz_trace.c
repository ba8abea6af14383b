// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The input is a recording: it is read to its end, and replayed. Whatever it says,
 * what is wrong has a line and a sentence, and what is right is inside its region.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "fuzz.h"

static void check_why(const struct pramin_why *why, int ret)
{
	MUST(why->err == ret && why->what[0]);
	MUST(memchr(why->what, 0, sizeof(why->what)));
	MUST(memchr(why->next, 0, sizeof(why->next)));
}

static void check_entry(const struct pramin_trace *trace,
			const struct pramin_trace_entry *e)
{
	const char *name;

	if (e->kind == PRAMIN_TRACE_EVENT) {
		MUST(e->text && strlen(e->text) < 4096);
		return;
	}
	MUST(e->kind == PRAMIN_TRACE_READ || e->kind == PRAMIN_TRACE_WRITE);
	MUST(e->width == 1 || e->width == 2 || e->width == 4 || e->width == 8);
	MUST(e->region < PRAMIN_TRACE_REGIONS);
	MUST(e->off <= UINT64_MAX - e->width);
	MUST(e->width == 8 || !(e->val >> (8 * e->width)));
	MUST(e->err >= 0);
	MUST(!e->moved || e->window);
	name = pramin_trace_register(trace, e->off);
	MUST(!name || *name);
}

static void read_it(const char *path)
{
	struct pramin_trace_entry e = { .size = sizeof(e) };
	struct pramin_trace_facts facts = { .size = sizeof(facts) };
	struct pramin_trace *trace = NULL;
	struct pramin_why why;
	uint64_t line = 0;
	int ret;

	memset(&why, 0xaa, sizeof(why));
	ret = pramin_trace_open(path, NULL, &trace, &why);
	if (ret) {
		MUST(ret == -EINVAL && !trace);
		check_why(&why, ret);
		return;
	}
	for (;;) {
		ret = pramin_trace_next(trace, &e, &why);
		if (ret || e.kind == PRAMIN_TRACE_END)
			break;
		MUST(e.line > line);
		line = e.line;
		check_entry(trace, &e);
	}
	MUST(ret == 0 || ret == -EINVAL);
	if (ret) {
		check_why(&why, ret);
		MUST(pramin_trace_next(trace, &e, &why) == ret);
	}
	MUST(pramin_trace_facts(trace, &facts) == 0);
	MUST(!facts.is_whole || strcmp(facts.format, "mmiotrace"));
	pramin_trace_close(trace);
}

/* A session that a recording may or may not be one of */
static void replay(const char *path)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	char gpu[80];
	uint64_t val;
	int ret;

	snprintf(gpu, sizeof(gpu), "trace:%s", path);
	memset(&why, 0xaa, sizeof(why));
	ret = pramin_open(gpu, NULL, &dev, &why);
	if (ret) {
		MUST(!dev);
		check_why(&why, ret);
		return;
	}
	ret = pramin_write32(dev, 1u << 20, 5);
	if (!ret)
		ret = pramin_read64(dev, 1u << 20, &val);
	if (ret)
		MUST(pramin_last_why(dev)->err == ret);
	ret = pramin_close(dev, &why);
	if (ret)
		check_why(&why, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	char path[64];

	MUST(fd >= 0);
	MUST(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_it(path);
	replay(path);
	close(fd);
	return 0;
}
