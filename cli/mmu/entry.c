// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Entries of page tables, as text and as JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mmu.h"

static const struct {
	unsigned int attr;
	const char *name;
} attrs_named[] = {
	{ PRAMIN_MMU_VOLATILE, "volatile" },
	{ PRAMIN_MMU_PRIVILEGE, "privilege" },
	{ PRAMIN_MMU_READ_ONLY, "read_only" },
	{ PRAMIN_MMU_ATOMIC_DISABLE, "atomic_disable" },
	{ PRAMIN_MMU_ENCRYPTED, "encrypted" },
	{ PRAMIN_MMU_LOCK, "lock" },
	{ PRAMIN_MMU_READ_DISABLE, "read_disable" },
	{ PRAMIN_MMU_WRITE_DISABLE, "write_disable" },
	{ PRAMIN_MMU_NO_ATS, "no_ats" },
	{ PRAMIN_MMU_ACD, "acd" },
};

#define ATTRS (sizeof(attrs_named) / sizeof(attrs_named[0]))

/* Hexadecimal digits of any virtual address */
int mmu_va_digits(const struct pramin_mmu_format *format)
{
	return (format->va_bits + 3) / 4;
}

const char *mmu_level_name(const struct pramin_mmu_format *format,
			   unsigned int level)
{
	return level < format->levels ? format->level[level].name : "root";
}

/* Appends to text of @size bytes that ends at @len. */
static size_t add(char *buf, size_t len, const char *fmt, ...) CLI_PRINTF(3, 4);

static size_t add(char *buf, size_t len, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf + len, MMU_TEXT - len, fmt, ap);
	va_end(ap);
	len += n > 0 ? (size_t)n : 0;
	return len < MMU_TEXT ? len : MMU_TEXT - 1;
}

void mmu_attr_names(char buf[MMU_TEXT], unsigned int attrs, const char *between)
{
	size_t len = 0, i;

	*buf = 0;
	for (i = 0; i < ATTRS; i++)
		if (attrs & attrs_named[i].attr)
			len = add(buf, len, "%s%s", len ? between : "",
				  attrs_named[i].name);
}

/* A list of names, with commas between */
int mmu_attributes(struct cli *cli, const char *text, uint16_t *attrs)
{
	unsigned int found = 0;

	while (*text) {
		size_t len = strcspn(text, ","), i;

		for (i = 0; i < ATTRS; i++)
			if (strlen(attrs_named[i].name) == len &&
			    !strncmp(attrs_named[i].name, text, len))
				break;
		if (i == ATTRS) {
			char names[MMU_TEXT];

			mmu_attr_names(names, ~0u, ", ");
			return cli_usage(cli,
					 "--attributes '%.*s' is not known: %s",
					 (int)len, text, names);
		}
		found |= attrs_named[i].attr;
		text += len;
		text += *text == ',';
	}
	*attrs = (uint16_t)found;
	return CLI_OK;
}

/* "table at 0x101000 in vram, volatile" */
void mmu_entry_text(char buf[MMU_TEXT], const struct pramin_mmu_entry *entry)
{
	char attrs[MMU_TEXT];
	size_t len;

	len = add(buf, 0, "%s", pramin_mmu_type_name(entry->type));
	if (entry->type == PRAMIN_MMU_PAGE || entry->type == PRAMIN_MMU_TABLE)
		len = add(buf, len, " at 0x%" PRIx64 " in %s", entry->pa,
			  pramin_mmu_aperture_name(entry->aperture));
	if (entry->type == PRAMIN_MMU_PAGE &&
	    entry->aperture == PRAMIN_MMU_PEER)
		len = add(buf, len, " %u", entry->peer);
	mmu_attr_names(attrs, entry->attrs, ", ");
	if (*attrs)
		len = add(buf, len, ", %s", attrs);
	if (entry->kind)
		len = add(buf, len, ", kind 0x%x", entry->kind);
	if (entry->comptag)
		len = add(buf, len, ", comptag 0x%" PRIx32, entry->comptag);
	if (entry->pde_size)
		len = add(buf, len, ", tables 1/%u as long",
			  1u << entry->pde_size);
	if (entry->reserved)
		len = add(buf, len, ", reserved bits 0x%" PRIx64,
			  entry->reserved);
	if (entry->ignored)
		add(buf, len, ", ignored bits 0x%" PRIx64, entry->ignored);
}

/* Format and root, with which each object begins */
void mmu_json_tree(const struct mmu_source *source)
{
	json_str("format", source->tree.format->name);
	json_hex("root", source->tree.root_pa, 1);
}

/* The members of an entry, into the object that is open */
void mmu_json_entry(const struct pramin_mmu_entry *entry)
{
	const bool page = entry->type == PRAMIN_MMU_PAGE;
	size_t i;

	json_str("type", pramin_mmu_type_name(entry->type));
	if (page || entry->type == PRAMIN_MMU_TABLE) {
		json_str("aperture", pramin_mmu_aperture_name(entry->aperture));
		json_hex("address", entry->pa, 1);
	} else {
		json_null("aperture");
		json_null("address");
	}
	json_begin("attributes", '[');
	for (i = 0; i < ATTRS; i++)
		if (entry->attrs & attrs_named[i].attr)
			json_str(NULL, attrs_named[i].name);
	json_end(']');
	if (page) {
		json_num("kind", entry->kind);
		json_num("peer", entry->peer);
		json_num("comptag", entry->comptag);
	} else {
		json_null("kind");
		json_null("peer");
		json_null("comptag");
	}
	json_hex("reserved", entry->reserved, 1);
	json_hex("ignored", entry->ignored, 1);
}

/* The members of a reference, into the object that is open */
void mmu_json_ref(const struct pramin_mmu_format *format,
		  const struct pramin_mmu_ref *ref)
{
	unsigned int i, words = 1;

	if (ref->level < format->levels)
		words = format->level[ref->level].entry_size / 8;
	json_hex("va", ref->va, 1);
	json_num("size", ref->size);
	json_str("level", mmu_level_name(format, ref->level));
	json_str("half", ref->half == PRAMIN_MMU_SMALL ? "small" : "big");
	json_hex("entry", ref->entry_pa, 1);
	json_begin("raw", '[');
	for (i = 0; i < words; i++)
		json_hex(NULL, ref->raw[i], 16);
	json_end(']');
	mmu_json_entry(&ref->entry);
	json_bool("hidden", ref->hidden);
	json_begin("path", '[');
	for (i = 0; i < ref->depth; i++)
		json_hex(NULL, ref->path[i], 1);
	json_end(']');
}
