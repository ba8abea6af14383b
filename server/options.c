// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The command line of pramin-gpu. Each option is a row of a table, from which the
 * text of --help comes too.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "options.h"

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	flockfile(stderr);
	fputs("pramin-gpu: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	funlockfile(stderr);
	va_end(ap);
}

static int refuse_value(const char *option, const char *value, const char *why)
{
	complain("%s %.80s: %s", option, value, why);
	return EXIT_USAGE;
}

/* Digits, then K, M, G or T; as the command pramin takes them */
static bool parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *at = hex ? text + 2 : text, *unit;
	unsigned int base = hex ? 16 : 10, digits = 0, shift = 0;
	uint64_t val = 0;

	if (!hex && at[0] == '0' && at[1] >= '0' && at[1] <= '9')
		return false;
	for (;; at++, digits++) {
		unsigned int d = base;

		if (*at >= '0' && *at <= '9')
			d = (unsigned int)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			d = (unsigned int)(*at - 'a') + 10;
		else if (*at >= 'A' && *at <= 'F')
			d = (unsigned int)(*at - 'A') + 10;
		if (d >= base)
			break;
		if (val > (UINT64_MAX - d) / base)
			return false;
		val = val * base + d;
	}
	if (!digits)
		return false;
	if (*at) {
		unit = strchr(units, *at >= 'a' ? *at - 'a' + 'A' : *at);
		if (!unit || at[1])
			return false;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (val > UINT64_MAX >> shift)
		return false;
	*size = val << shift;
	return *size != 0;
}

static int take_once(const char **to, const char *option, const char *value)
{
	if (*to)
		return refuse_value(option, value, "given twice");
	if (!*value)
		return refuse_value(option, "''", "it is empty");
	*to = value;
	return EXIT_DONE;
}

static int take_socket(struct options *o, const char *option, const char *value)
{
	return take_once(&o->socket, option, value);
}

static int take_chip(struct options *o, const char *option, const char *value)
{
	return take_once(&o->chip, option, value);
}

static int take_vbios(struct options *o, const char *option, const char *value)
{
	return take_once(&o->vbios, option, value);
}

static int take_trace(struct options *o, const char *option, const char *value)
{
	return take_once(&o->trace, option, value);
}

static int take_file(struct options *o, const char *option, const char *value)
{
	return take_once(&o->file, option, value);
}

static int take_vram(struct options *o, const char *option, const char *value)
{
	if (o->vram)
		return refuse_value(option, value, "given twice");
	if (!parse_size(value, &o->vram))
		return refuse_value(option, value,
				    "a size is a number, with K, M, G or T "
				    "behind it if you like: 512M");
	return EXIT_DONE;
}

/* Several of them make one list. */
static int take_fault(struct options *o, const char *option, const char *value)
{
	size_t had = o->faults ? strlen(o->faults) + 1 : 0;
	size_t more = strlen(value) + 1;
	char *list;

	if (!*value)
		return refuse_value(option, "''", "it is empty");
	list = realloc(o->faults, had + more);
	if (!list)
		return refuse_value(option, value, "no memory");
	if (had)
		list[had - 1] = ':';
	memcpy(list + had, value, more);
	o->faults = list;
	return EXIT_DONE;
}

/* clang-format off */
static const struct option {
	const char *name, *arg;
	int (*take)(struct options *o, const char *option, const char *value);
	const char *help;
} options[] = {
	{ "--socket", "PATH", take_socket,
	  "where to listen; in a directory of your own" },
	{ "--chip", "NAME", take_chip,
	  "which chip: g84, g92, gt218, gf100, tu102, gh100, gb202, ..." },
	{ "--vram", "SIZE", take_vram,
	  "bytes of VRAM, as 512M or 8G; else what a board of the chip has" },
	{ "--vbios", "FILE", take_vbios,
	  "a VBIOS; else one is made that drivers accept" },
	{ "--trace", "FILE", take_trace,
	  "record every access; \"pramin trace show FILE\" reads it" },
	{ "--fault", "SPEC", take_fault,
	  "break the GPU: gone@N, stuck@N, ...; may be given more than once" },
	{ "--file", "IMAGE", take_file,
	  "keep VRAM in a sparse file" },
};
/* clang-format on */

#define COUNT (sizeof(options) / sizeof(options[0]))

void options_help(void)
{
	size_t i;

	puts("Usage: pramin-gpu --socket PATH --chip NAME [OPTION]...\n"
	     "\n"
	     "A GPU that is a program, as a PCI device for QEMU's "
	     "vfio-user-pci.\n");
	for (i = 0; i < COUNT; i++)
		printf("  %s %-*s %s\n", options[i].name,
		       (int)(14 - strlen(options[i].name)), options[i].arg,
		       options[i].help);
	puts("  --help          print this\n"
	     "  --version       print the version\n"
	     "\n"
	     "One client at a time; when it leaves, the next may come. SIGTERM "
	     "and SIGINT\n"
	     "end the server and remove the socket.");
}

static const struct option *find(const char *arg, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (strlen(options[i].name) == len &&
		    !strncmp(options[i].name, arg, len))
			return &options[i];
	return NULL;
}

static int hint(void)
{
	fputs("Try \"pramin-gpu --help\".\n", stderr);
	return EXIT_USAGE;
}

/* Both "--name VALUE" and "--name=VALUE" */
static int parse_one(struct options *o, int argc, char **argv, int *at)
{
	const char *arg = argv[*at], *value = strchr(arg, '=');
	const struct option *opt;

	opt = find(arg, value ? (size_t)(value - arg) : strlen(arg));
	if (!opt) {
		complain("%.80s: no such option", arg);
		return hint();
	}
	if (value)
		value++;
	else if (++*at < argc)
		value = argv[*at];
	if (!value) {
		complain("%s needs a value: %s", opt->name, opt->arg);
		return hint();
	}
	return opt->take(o, opt->name, value);
}

/* The directory that @path is in */
static bool parent(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
	bool is = (dir || !slash) && !stat(dir ? dir : ".", st);

	free(dir);
	return is;
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Are, or would they be, the same file? */
static bool same_file(const char *a, const char *b)
{
	struct stat at, bt;
	const bool a_is = !stat(a, &at), b_is = !stat(b, &bt);

	if (a_is != b_is)
		return false;
	if (!a_is &&
	    (strcmp(base(a), base(b)) || !parent(a, &at) || !parent(b, &bt)))
		return !strcmp(a, b);
	return at.st_dev == bt.st_dev && at.st_ino == bt.st_ino;
}

/* The recording empties its file. */
static int check_trace(const struct options *o)
{
	const char *of = NULL;
	char *state = NULL;

	if (!o->trace)
		return EXIT_DONE;
	if (o->file && asprintf(&state, "%s.state", o->file) < 0)
		return refuse_value("--file", o->file, "no memory");
	if (o->vbios && same_file(o->trace, o->vbios))
		of = "that file is the VBIOS; name another";
	if (o->file &&
	    (same_file(o->trace, o->file) || same_file(o->trace, state)))
		of = "that file is the image's; name another";
	free(state);
	return of ? refuse_value("--trace", o->trace, of) : EXIT_DONE;
}

int options_parse(struct options *o, int argc, char **argv)
{
	int i, ret;

	memset(o, 0, sizeof(*o));
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			o->help = true;
		else if (!strcmp(argv[i], "--version"))
			o->version = true;
		else if ((ret = parse_one(o, argc, argv, &i)))
			return ret;
	}
	if (o->help || o->version)
		return EXIT_DONE;
	if (!o->socket || !o->chip) {
		complain("%s is missing", o->socket ? "--chip" : "--socket");
		return hint();
	}
	return check_trace(o);
}

void options_free(struct options *o)
{
	free(o->faults);
	o->faults = NULL;
}
