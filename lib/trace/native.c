// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The project's own format: docs/trace.md.
 */
#include <stdio.h>
#include <string.h>

#include "trace.h"

static const char *const regions[PRAMIN_TRACE_REGIONS] = {
	[PRAMIN_TRACE_BAR0] = "bar0", [PRAMIN_TRACE_BAR1] = "bar1",
	[PRAMIN_TRACE_BAR2] = "bar2", [PRAMIN_TRACE_CONFIG] = "config",
	[PRAMIN_TRACE_ROM] = "rom",
};

const char *pramin_trace_region_name(unsigned int region)
{
	return region < PRAMIN_TRACE_REGIONS ? regions[region] : "unknown";
}

static bool region_of(const char *text, uint32_t *region)
{
	unsigned int i;

	for (i = 0; i < PRAMIN_TRACE_REGIONS; i++)
		if (!strcmp(text, regions[i])) {
			*region = i;
			return true;
		}
	return false;
}

static int bad_key(struct pramin_trace *t, const char *key)
{
	return trace_bad(t, "%.40s has a value that is not allowed", key);
}

static int take_number(struct pramin_trace *t, const char *key,
		       const char *value, uint64_t most, uint64_t *to)
{
	uint64_t val = 0;

	if (!trace_number(value, &val) || val > most)
		return bad_key(t, key);
	*to = val;
	return 0;
}

static int take_text(struct pramin_trace *t, const char *key, const char *value,
		     char *to, size_t room)
{
	if (strlen(value) >= room)
		return bad_key(t, key);
	memcpy(to, value, strlen(value) + 1);
	return 0;
}

static int take_chip(struct pramin_trace *t, const char *value)
{
	const struct pramin_chip *chip = pramin_chip_by_name(value);

	if (!chip)
		return trace_bad(t, "\"%.40s\" is not a chip that is known",
				 value);
	if (!t->chip_by_hand)
		t->chip = chip;
	return 0;
}

/* Keys of info, and of the header */
static int fact(struct pramin_trace *t, const char *key, const char *value)
{
	uint64_t boot0 = t->boot0;
	int ret = 0;

	if (!strcmp(key, "chip"))
		return take_chip(t, value);
	if (!strcmp(key, "vram"))
		return take_number(t, key, value, UINT64_MAX, &t->vram);
	if (!strcmp(key, "boot0"))
		ret = take_number(t, key, value, UINT32_MAX, &boot0);
	t->boot0 = (uint32_t)boot0;
	return ret;
}

static int header_key(struct pramin_trace *t, const char *key,
		      const char *value)
{
	const struct {
		const char *key;
		char *to;
		size_t room;
	} texts[] = {
		{ "by", t->by, sizeof(t->by) },
		{ "set_chip", t->set.chip, sizeof(t->set.chip) },
		{ "bar1_flags", t->flags[0], sizeof(t->flags[0]) },
		{ "bar2_flags", t->flags[1], sizeof(t->flags[1]) },
		{ "bar1_claimed", t->claimed[0], sizeof(t->claimed[0]) },
		{ "bar2_claimed", t->claimed[1], sizeof(t->claimed[1]) },
	};
	const struct {
		const char *key;
		uint64_t *to;
		uint64_t most;
	} numbers[] = {
		{ "set_vram", &t->set.vram, UINT64_MAX },
		{ "set_size", &t->set.size, UINT64_MAX },
		{ "set_base_bits", &t->set.base_bits, 32 },
		{ "set_verify", &t->set.verify, 1 },
		{ "set_real", &t->set.real, 1 },
		{ "set_force", &t->set.force, 7 },
	};
	uint32_t region;
	size_t i;

	if (region_of(key, &region))
		return take_number(t, key, value, UINT64_MAX,
				   &t->bytes[region]);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(key, texts[i].key))
			return take_text(t, key, value, texts[i].to,
					 texts[i].room);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(key, numbers[i].key))
			return take_number(t, key, value, numbers[i].most,
					   numbers[i].to);
	return fact(t, key, value);
}

static int each_key(struct pramin_trace *t, char *rest,
		    int (*take)(struct pramin_trace *t, const char *key,
				const char *value))
{
	while (*rest) {
		char *word = trace_word(&rest), *value = trace_key(word);
		int ret;

		if (!value)
			return trace_bad(t, "\"%.40s\" is not KEY=VALUE", word);
		ret = take(t, word, value);
		if (ret)
			return ret;
	}
	return 0;
}

int trace_native_header(struct pramin_trace *t, char *rest)
{
	const char *version = trace_word(&rest);

	if (strcmp(version, "1"))
		return trace_bad(t,
				 "the format has version %.20s, and 1 is "
				 "what this program reads",
				 version);
	return each_key(t, rest, header_key);
}

static int event(struct pramin_trace *t, char *rest,
		 struct pramin_trace_entry *e)
{
	static const char lost[] = "lost count=", end[] = "end accesses=";
	uint64_t count = 0;

	e->kind = PRAMIN_TRACE_EVENT;
	e->text = rest;
	if (!*rest)
		return trace_bad(t, "an event without a name");
	if (!strncmp(rest, lost, sizeof(lost) - 1)) {
		if (!trace_number(rest + sizeof(lost) - 1, &count))
			return bad_key(t, "count");
		t->lost += count;
		trace_forget_window(t);
	} else if (!strncmp(rest, end, sizeof(end) - 1)) {
		if (!trace_number(rest + sizeof(end) - 1, &count))
			return bad_key(t, "accesses");
		if (count != t->accesses)
			return trace_bad(t,
					 "it ends %llu accesses, and there are "
					 "%llu",
					 (unsigned long long)count,
					 (unsigned long long)t->accesses);
		t->is_whole = true;
	} else if (!strncmp(rest, "reset", 5) && (!rest[5] || rest[5] == ' ')) {
		trace_forget_window(t);
	}
	return 0;
}

static int access_key(struct pramin_trace *t, struct pramin_trace_entry *e,
		      const char *key, const char *value)
{
	uint64_t err = 0;
	int ret = 0;

	if (!strcmp(key, "vram")) {
		e->has_vram = true;
		return take_number(t, key, value, UINT64_MAX, &e->vram_pa);
	}
	if (!strcmp(key, "err")) {
		ret = take_number(t, key, value, 4095, &err);
		if (!ret && !err)
			return bad_key(t, key);
		e->err = (int)err;
	}
	if (!strcmp(key, "t"))
		e->time = value;
	return ret;
}

static int access_keys(struct pramin_trace *t, struct pramin_trace_entry *e,
		       char *rest)
{
	while (*rest) {
		char *word = trace_word(&rest), *value = trace_key(word);
		int ret;

		if (!value)
			return trace_bad(t, "\"%.40s\" is not KEY=VALUE", word);
		ret = access_key(t, e, word, value);
		if (ret)
			return ret;
	}
	return 0;
}

/* r8 to w64 */
static bool kind_of(const char *word, struct pramin_trace_entry *e)
{
	uint64_t bits;

	if ((*word != 'r' && *word != 'w') || !trace_number(word + 1, &bits) ||
	    (bits != 8 && bits != 16 && bits != 32 && bits != 64))
		return false;
	e->kind = *word == 'r' ? PRAMIN_TRACE_READ : PRAMIN_TRACE_WRITE;
	e->width = (uint32_t)bits / 8;
	return true;
}

static int take_access(struct pramin_trace *t, char *rest,
		       struct pramin_trace_entry *e)
{
	const char *region = trace_word(&rest), *off = trace_word(&rest),
		   *val = trace_word(&rest);
	const bool none = !strcmp(val, "-");
	int ret;

	if (!region_of(region, &e->region))
		return trace_bad(t, "\"%.40s\" is not a region", region);
	if (!trace_number(off, &e->off))
		return trace_bad(t, "\"%.40s\" is not an offset", off);
	if (e->off % e->width || e->off > UINT64_MAX - e->width)
		return trace_bad(t, "offset %.40s is not a multiple of %u", off,
				 e->width);
	if (t->bytes[e->region] && e->off + e->width > t->bytes[e->region])
		return trace_bad(t, "offset %.40s is not inside %s", off,
				 region);
	if (!none && (!trace_number(val, &e->val) ||
		      (e->width < 8 && e->val >> (8 * e->width))))
		return trace_bad(t, "\"%.40s\" is not a value of %u bits", val,
				 8 * e->width);
	ret = access_keys(t, e, rest);
	if (ret)
		return ret;
	if (none && (!e->err || e->kind != PRAMIN_TRACE_READ))
		return trace_bad(t, "there is no value, and it is not a read "
				    "that failed");
	t->accesses++;
	trace_resolve(t, e);
	return 0;
}

int trace_native_line(struct pramin_trace *t, struct pramin_trace_entry *e,
		      bool *found)
{
	char *rest = t->text, *word;

	if (!*rest || *rest == '#')
		return 0;
	if (t->is_whole)
		return trace_bad(t, "there is something behind the end");
	word = trace_word(&rest);
	if (!strcmp(word, "info"))
		return each_key(t, rest, fact);
	*found = true;
	if (!strcmp(word, "event"))
		return event(t, rest, e);
	if (!kind_of(word, e))
		return trace_bad(t, "\"%.40s\" begins no line of this format",
				 word);
	return take_access(t, rest, e);
}
