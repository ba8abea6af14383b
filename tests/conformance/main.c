// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * conformance GPU [OPTION...]: the suite against any GPU that a string can name.
 */
#include <errno.h>
#include <stdlib.h>

#include <pramin/number.h>

#include "check.h"
#include "suite.h"

static const char usage[] =
	"usage: conformance GPU [--reads N] [--range PA,LEN] [--alone]\n"
	"                       [--read-only | --yes-overwrite] [--record PREFIX]\n"
	"       conformance --replay PREFIX [--reads N] [--range PA,LEN]\n"
	"\n"
	"  --reads N        at most so many reads; 100000 if not given\n"
	"  --range PA,LEN   VRAM that may be overwritten and is not put back;\n"
	"                   two whole MiBs, three for page tables. Without it, a\n"
	"                   few hundred KiB in the middle of VRAM are saved and\n"
	"                   put back; of a model without file= nothing is saved.\n"
	"  --alone          one thread and one handle at a time\n"
	"  --record PREFIX  record each opening of the GPU in PREFIX.1, PREFIX.2 ...\n"
	"  --replay PREFIX  as GPU, those recordings; both mean --alone\n"
	"  --read-only      skip the tests that write to VRAM\n"
	"  --yes-overwrite  write to VRAM of a GPU that is no model; without it\n"
	"                   tests that write are skipped there\n";

struct args {
	const char *gpu;
	bool overwrite;
	bool read_only;
	const char *record;
	const char *replay;
	unsigned int opened;
	struct conform c;
};

static int number(const char *text, size_t len, uint64_t *val)
{
	char copy[32];

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return pramin_parse_number(copy, val);
}

static int bad(const char *what, const char *text)
{
	fprintf(stderr, "conformance: %s '%s'\n%s", what, text, usage);
	return 2;
}

static int take(struct args *a, const char *name, const char *value)
{
	const char *comma = value ? strchr(value, ',') : NULL;

	if (!value)
		return bad("a value is missing behind", name);
	if (!strcmp(name, "--record"))
		a->record = value;
	else if (!strcmp(name, "--replay"))
		a->replay = value;
	if (a->record == value || a->replay == value) {
		a->c.alone = true;
		return 0;
	}
	if (!strcmp(name, "--reads"))
		return number(value, strlen(value), &a->c.reads) ||
				       a->c.reads < CONFORM_READS_MIN ?
			       bad("not a number of 4000 at least:", value) :
			       0;
	if (!comma || number(value, (size_t)(comma - value), &a->c.pa) ||
	    number(comma + 1, strlen(comma + 1), &a->c.len) || !a->c.len)
		return bad("not PA,LEN:", value);
	a->c.is_free = true;
	return 0;
}

static int parse(struct args *a, int argc, char **argv)
{
	int i, ret = 0;

	for (i = 1; i < argc && !ret; i++) {
		if (!strcmp(argv[i], "--alone"))
			a->c.alone = true;
		else if (!strcmp(argv[i], "--yes-overwrite"))
			a->overwrite = true;
		else if (!strcmp(argv[i], "--read-only"))
			a->read_only = true;
		else if (!strcmp(argv[i], "--reads") ||
			 !strcmp(argv[i], "--range") ||
			 !strcmp(argv[i], "--record") ||
			 !strcmp(argv[i], "--replay")) {
			ret = take(a, argv[i], argv[i + 1]);
			i++;
		} else if (argv[i][0] == '-' || a->gpu)
			ret = bad("not known:", argv[i]);
		else
			a->gpu = argv[i];
	}
	if (!ret && !a->gpu == !a->replay)
		ret = bad("which GPU? As in", "model:tu102");
	if (!ret && a->record && a->replay)
		ret = bad("record or replay:", a->replay);
	return ret;
}

static int open_gpu(void *ctx, const struct pramin_open_opts *opts,
		    struct pramin_dev **dev, struct pramin_why *why)
{
	struct pramin_open_opts copy = *opts;
	struct args *a = ctx;
	char path[4096];

	a->opened++;
	if (!a->record && !a->replay)
		return pramin_open(a->gpu, opts, dev, why);
	snprintf(path, sizeof(path), "%s%s.%u",
		 a->record ? "" : "trace:", a->record ? a->record : a->replay,
		 a->opened);
	if (a->record)
		copy.record = path;
	return pramin_open(a->record ? a->gpu : path, &copy, dev, why);
}

int main(int argc, char **argv)
{
	struct args a = { .c = { .reads = CONFORM_READS } };
	int ret = parse(&a, argc, argv);
	bool is_model;

	if (ret)
		return ret;
	/* A recording is no GPU either. */
	is_model = a.replay || !strncmp(a.gpu, "model:", 6);
	a.c.open = open_gpu;
	a.c.ctx = &a;
	a.c.writes = !a.read_only && (is_model || a.overwrite);
	if (is_model && (a.replay || !strstr(a.gpu, "file=")))
		a.c.is_free = true;
	ret = conform_run(&a.c);
	printf("%s: %" PRIu64 " of %" PRIu64 " reads\n",
	       a.gpu ? a.gpu : a.replay, a.c.used, a.c.reads);
	printf("%u passed, %u failed, %u skipped\n", a.c.passed, a.c.failed,
	       a.c.skipped);
	return ret;
}
