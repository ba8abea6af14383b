// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The string that names a GPU: BACKEND:WHICH[,KEY[=VALUE]...]
 *
 * One table of keys. A key is accepted once, with a value where the table wants
 * one; file= takes the rest of the string, commas and all, and so comes last.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <pramin/number.h>

#include "gpu_string.h"
#include "sys.h"
#include "why.h"

#define KEYS	"chip=, vram=, base_bits=, boot0=, fault=, read_ns=, " \
		"write_ns=, bar1=, posted=, invalidate_ns=, bind_ns=, " \
		"flush_ns=, flat, real, file="
#define FORM	"a PCI address as in 0000:41:00.0, vfio:ADDRESS, or " \
		"model:CHIP[,KEY=VALUE...] with the keys " KEYS
_Static_assert(sizeof(FORM) <= PRAMIN_WHY_TEXT, "it would be cut");

#define VRAM_MIN	(1ull << 20)
#define VRAM_MAX	(2ull << 40)
#define VRAM_GRAIN	4096u
#define BAR_MIN		(1ull << 20)
#define BAR_MAX		(512ull << 30)

struct parser {
	struct gpu_string *gpu;
	struct pramin_why *why;
	const char *key;	/* for messages */
};

static int bad(const struct parser *p, const char *what, const char *allowed)
{
	return why_set(p->why, -EINVAL, PRAMIN_REASON_STRING, allowed,
		       "GPU string: %s %s",
		       *p->key ? p->key : "an empty word", what);
}

/* @range says in words what lies between @lo and @hi. */
static int parse_range(const struct parser *p, const char *value, uint64_t lo,
		       uint64_t hi, const char *range, uint64_t *result)
{
	uint64_t val = 0;
	char allowed[128];

	snprintf(allowed, sizeof(allowed), "%s, %s", PRAMIN_NUMBER_HELP, range);
	if (pramin_parse_number(value, &val) || val < lo || val > hi)
		return bad(p, "has a value that is not allowed", allowed);
	*result = val;
	return 0;
}

static int key_chip(const struct parser *p, const char *value)
{
	if (!pramin_chip_by_name(value))
		return bad(p, "names no known chip or family",
			   "pramin list shows the chips");
	p->gpu->chip = value;
	return 0;
}

static int key_vram(const struct parser *p, const char *value)
{
	uint64_t vram = 0;
	int ret = parse_range(p, value, VRAM_MIN, VRAM_MAX, "1M to 2T",
			      &vram);

	if (ret)
		return ret;
	if (vram % VRAM_GRAIN)
		return bad(p, "is not a multiple of 4096 bytes", "");
	p->gpu->vram = vram;
	p->gpu->model.vram = vram;
	return 0;
}

static int key_base_bits(const struct parser *p, const char *value)
{
	uint64_t bits = 0;
	int ret = parse_range(p, value, 1, 32, "1 to 32", &bits);

	p->gpu->base_bits = (unsigned int)bits;
	return ret;
}

/* A 32-bit value for the model; 0 would mean "not given" */
static int parse_u32(const struct parser *p, const char *value, uint32_t *to)
{
	uint64_t val = 0;
	int ret = parse_range(p, value, 1, UINT32_MAX, "1 to 0xffffffff",
			      &val);

	if (!ret)
		*to = (uint32_t)val;
	return ret;
}

static int key_boot0(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.boot0);
}

static int key_read_ns(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.read_ns);
}

static int key_write_ns(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.write_ns);
}

static int key_invalidate_ns(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.invalidate_ns);
}

static int key_bind_ns(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.bind_ns);
}

static int key_flush_ns(const struct parser *p, const char *value)
{
	return parse_u32(p, value, &p->gpu->model.flush_ns);
}

static int key_bar1(const struct parser *p, const char *value)
{
	uint64_t bytes = 0;
	int ret = parse_range(p, value, 0, BAR_MAX, "0 to 512G", &bytes);

	if (ret)
		return ret;
	if (bytes & (bytes - 1) || (bytes && bytes < BAR_MIN))
		return bad(p, "is not 0, 1M, 2M, 4M, ... 512G", "");
	p->gpu->model.bar1 = bytes ? bytes : PRAMIN_MODEL_NO_BAR1;
	return 0;
}

static int key_posted(const struct parser *p, const char *value)
{
	uint64_t seed = 0;
	int ret = parse_range(p, value, 0, UINT32_MAX - 1,
			      "0 for at once, or a seed to 0xfffffffe", &seed);

	p->gpu->model.posted = seed ? (uint32_t)seed : PRAMIN_MODEL_IN_ORDER;
	return ret;
}

static int key_fault(const struct parser *p, const char *value)
{
	p->gpu->model.faults = value;
	return 0;
}

static int key_flat(const struct parser *p, const char *value)
{
	(void)value;
	p->gpu->model.flat = true;
	return 0;
}

static int key_real(const struct parser *p, const char *value)
{
	(void)value;
	p->gpu->real = true;
	return 0;
}

static int key_file(const struct parser *p, const char *value)
{
	p->gpu->model.file = value;
	return 0;
}

static const struct key {
	const char *name;
	bool has_value;
	bool to_end;	/* the value may contain commas */
	bool any;	/* not of the model only */
	int (*take)(const struct parser *p, const char *value);
} keys[] = {
	{ "chip", true, false, true, key_chip },
	{ "vram", true, false, true, key_vram },
	{ "base_bits", true, false, true, key_base_bits },
	{ "boot0", true, false, false, key_boot0 },
	{ "fault", true, false, false, key_fault },
	{ "read_ns", true, false, false, key_read_ns },
	{ "write_ns", true, false, false, key_write_ns },
	{ "bar1", true, false, false, key_bar1 },
	{ "posted", true, false, false, key_posted },
	{ "invalidate_ns", true, false, false, key_invalidate_ns },
	{ "bind_ns", true, false, false, key_bind_ns },
	{ "flush_ns", true, false, false, key_flush_ns },
	{ "flat", false, false, false, key_flat },
	{ "real", false, false, false, key_real },
	{ "file", true, true, false, key_file },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static const struct key *find_key(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++)
		if (strlen(keys[i].name) == len &&
		    !strncmp(keys[i].name, name, len))
			return &keys[i];
	return NULL;
}

/* Everything behind the chip; @text is cut into pieces. */
static int parse_keys(struct parser *p, char *text)
{
	bool seen[KEY_COUNT] = { false };

	while (text) {
		const struct key *key = find_key(text, strcspn(text, "=,"));
		char *value = text + strcspn(text, "=,");
		bool has_value = *value == '=';
		char *next = NULL;
		int ret;

		p->key = text;
		if (!key || !key->to_end)
			next = strchr(text, ',');
		if (next)
			*next++ = '\0';
		if (has_value)
			*value++ = '\0';
		if (!key)
			return bad(p, "is not a key", "the keys are " KEYS);
		if (!key->any && !p->gpu->backend->is_model)
			return bad(p, "is a key of the model only",
				   "the keys of every GPU are chip=, vram=, "
				   "base_bits=");
		if (key->has_value && (!has_value || *value == '\0'))
			return bad(p, "needs a value", "");
		if (!key->has_value && has_value)
			return bad(p, "takes no value", "");
		if (seen[key - keys])
			return bad(p, "is given twice", "");
		seen[key - keys] = true;
		ret = key->take(p, value);
		if (ret)
			return ret;
		text = next;
	}
	return 0;
}

static int no_backend(struct pramin_why *why, const char *text)
{
	static const char *const later[] = { "kmod:", "trace:" };
	size_t i;
	bool known = false;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (!strncmp(text, later[i], strlen(later[i])))
			known = true;
	if (known)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_BACKEND,
			       "the model works: model:tu102",
			       "\"%.80s\": this version has no such backend",
			       text);
	return why_set(why, -EINVAL, PRAMIN_REASON_STRING, FORM,
		       "\"%.80s\" is not a GPU", text);
}

/* What comes behind the prefix, and the keys behind that */
static int parse_which(struct parser *p, char *which)
{
	const struct backend *backend = p->gpu->backend;
	char *comma = backend->is_path ? NULL : strchr(which, ',');
	char needs[32];

	if (comma)
		*comma++ = '\0';
	p->gpu->which = which;
	if (*which == '\0') {
		snprintf(needs, sizeof(needs), "needs %s", backend->which);
		return bad(p, needs, backend->example);
	}
	if (backend->is_pci && !backend_is_pci_address(which))
		return bad(p, "is not followed by a PCI address",
			   backend->example);
	if (backend->is_model)
		p->gpu->model.chip = which;
	return parse_keys(p, comma);
}

int gpu_string_parse(const char *text, struct gpu_string *gpu,
		     struct pramin_why *why)
{
	const struct backend *backend = backend_of(text);
	struct parser p = { .gpu = gpu, .why = why };
	size_t len = strlen(text);
	int ret;

	memset(gpu, 0, sizeof(*gpu));
	gpu->model.size = sizeof(gpu->model);
	if (!backend)
		return no_backend(why, text);

	gpu->backend = backend;
	gpu->copy = sys_alloc(len + 1);
	if (!gpu->copy)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	memcpy(gpu->copy, text, len);
	p.key = backend->prefix;
	ret = parse_which(&p, gpu->copy + strlen(backend->prefix));
	if (ret)
		gpu_string_free(gpu);
	return ret;
}

void gpu_string_free(struct gpu_string *gpu)
{
	sys_free(gpu->copy);
	gpu->copy = NULL;
}
