// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One change of an address space, and what has to be sure before it.
 *
 * A command begins with nothing but what is in VRAM: which tables a tree has is
 * read anew each time. So before a table is made the tree is searched for all that
 * refers to the VRAM meant for tables. What are tables there are kept, and freed if
 * they get empty; MiBs of which something is mapped are not used.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"

#define MIB (1u << 20)

int change_arguments(struct cli *cli, struct change *change)
{
	int code = mmu_arguments(cli, &change->source);

	change->result.size = sizeof(change->result);
	if (!code)
		code = mmu_tables(cli, &change->tables_pa, &change->tables_len);
	if (code)
		return code;
	if (change->source.way != MMU_NEW && !cli->mmu.exclusive)
		return cli_usage(cli, "a tree that exists is changed only with "
				      "--exclusive, which asserts that nobody "
				      "else writes to it");
	if (change->source.way == MMU_NEW && !change->tables_len)
		return cli_usage(cli, "--new needs --tables PA,LEN: VRAM that "
				      "is free");
	return CLI_OK;
}

void change_where(const struct change *change, char buf[MMU_TEXT])
{
	if (change->source.way == MMU_NEW)
		snprintf(buf, MMU_TEXT,
			 "below a new root in VRAM from 0x%" PRIx64 " on",
			 change->tables_pa);
	else if (change->source.way == MMU_BAR1)
		snprintf(buf, MMU_TEXT, "through the tables of BAR1");
	else
		snprintf(buf, MMU_TEXT, "through the %s at 0x%" PRIx64,
			 change->source.way == MMU_INST ? "instance block" :
							  "root",
			 change->source.named_pa);
}

/* What a tree refers to in the VRAM for tables */
struct used {
	uint64_t first; /* MiB */
	uint64_t count;
	uint8_t *mib; /* not 0: it has something that is no table in there */
	struct table {
		uint64_t pa;
		uint32_t bytes;
	} * tables;
	size_t table_count, table_room;
	const struct mmu_source *source;
};

static void mark(struct used *used, uint64_t pa, uint64_t len)
{
	const uint64_t last = (pa + (len - 1)) / MIB;
	uint64_t i = pa / MIB;

	if (i < used->first)
		i = used->first;
	for (; i <= last && i - used->first < used->count; i++)
		used->mib[i - used->first] = 1;
}

/* A table that an earlier command has made, as it lies there */
static int note_table(struct used *used, uint64_t pa, uint32_t bytes)
{
	struct table *more = used->tables;
	size_t room = used->table_room * 2 + 64;

	if (used->table_count == used->table_room) {
		more = realloc(more, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		used->tables = more;
		used->table_room = room;
	}
	more[used->table_count++] = (struct table){ pa, bytes };
	return 0;
}

static int on_ref(void *ctx, const struct pramin_mmu_ref *ref)
{
	const struct pramin_mmu_format *format;
	const struct pramin_mmu_level *l;
	struct used *used = ctx;
	uint64_t bytes;

	format = used->source->tree.format;
	if (cli_stopped())
		return 1;
	if (ref->entry.type == PRAMIN_MMU_PAGE) {
		mark(used, ref->entry.pa, format->level[ref->level].page_size);
		return 0;
	}
	l = &format->level[0];
	if (ref->level < format->levels)
		l = &format->level[format->level[ref->level].child[ref->half]];
	bytes = l->table_size < l->align ? l->align : l->table_size;
	/* Not one of ours: shorter, or over an edge of the range */
	if (ref->entry.pde_size || ref->entry.pa % bytes ||
	    ref->entry.pa / MIB - used->first >= used->count) {
		mark(used, ref->entry.pa, bytes);
		return 0;
	}
	return note_table(used, ref->entry.pa, (uint32_t)bytes) ? 1 : 0;
}

/* Whole MiBs that have nothing but tables, and these tables */
static int add_free(struct cli *cli, struct change *change,
		    const struct used *used)
{
	uint64_t i, from, added = 0;
	size_t t;
	int ret = 0;

	for (i = 0; i < used->count; i++) {
		if (used->mib[i])
			continue;
		for (from = i; i < used->count && !used->mib[i];)
			i++;
		ret = pramin_pool_add(change->pool, (used->first + from) * MIB,
				      (i - from) * MIB);
		if (ret)
			return cli_fail(cli, ret);
		added += i - from;
	}
	for (t = 0; t < used->table_count && !ret; t++)
		if (!used->mib[used->tables[t].pa / MIB - used->first])
			ret = pramin_pool_keep(change->pool, used->tables[t].pa,
					       used->tables[t].bytes);
	if (ret)
		return cli_fail(cli, ret);
	if (added)
		return CLI_OK;
	cli_error(cli, "these page tables map all of --tables");
	cli_next("name VRAM that is free, or has tables only");
	return CLI_FAIL;
}

/* Of the VRAM for tables, what the tree does not map */
static int add_unused(struct cli *cli, struct change *change)
{
	const uint64_t first = (change->tables_pa + (MIB - 1)) / MIB;
	const uint64_t end = (change->tables_pa + change->tables_len) / MIB;
	struct used used = {
		.first = first,
		.count = end > first ? end - first : 0,
		.source = &change->source,
	};
	struct pramin_mmu_scan scan;
	int code = mmu_scan_options(cli, &scan), ret;

	if (code)
		return code;
	if (!used.count)
		return cli_usage(cli, "--tables has no whole MiB on a MiB line "
				      "in it");
	used.mib = calloc(used.count, 1);
	if (!used.mib)
		return cli_fail_errno(cli, "memory", ENOMEM);
	ret = pramin_mmu_find(&change->source.tree, PRAMIN_MMU_VIDEO,
			      first * MIB, used.count * MIB, on_ref, &used,
			      &scan);
	code = ret ? mmu_failed(cli, &change->source, ret, &scan) :
		     add_free(cli, change, &used);
	free(used.mib);
	free(used.tables);
	return code;
}

static int make_pool(struct cli *cli, struct change *change)
{
	int ret = pramin_pool_create(cli->dev, &change->pool);

	if (!ret && change->tables_len && change->source.way != MMU_NEW)
		return add_unused(cli, change);
	if (!ret && change->tables_len)
		ret = pramin_pool_add(change->pool, change->tables_pa,
				      change->tables_len);
	return ret ? cli_fail(cli, ret) : CLI_OK;
}

static int make_space(struct cli *cli, struct change *change)
{
	const struct pramin_mmu_tree *tree = &change->source.tree;
	struct pramin_space_info info = { .size = sizeof(info) };
	struct pramin_space_params params = {
		.size = sizeof(params),
		.format = tree->format,
		.pool = change->pool,
	};
	int ret;

	if (change->source.way != MMU_NEW) {
		params.flags = PRAMIN_SPACE_ADOPT | PRAMIN_SPACE_EXCLUSIVE;
		params.root_pa = tree->root_pa;
		params.va_limit = mmu_last_va(tree) + 1;
		if (change->tables_len)
			params.flags |= PRAMIN_SPACE_OWN;
		if (change->source.way == MMU_BAR1)
			params.flags |= PRAMIN_SPACE_BAR;
	}
	ret = pramin_space_create(cli->dev, &params, &change->space);
	if (!ret)
		ret = pramin_space_info(change->space, &info);
	if (ret)
		return cli_fail(cli, ret);
	change->root_pa = info.root_pa;
	return CLI_OK;
}

static bool maps_vram(const struct change *change)
{
	return change->op.kind == PRAMIN_MAP &&
	       change->op.aperture == PRAMIN_MMU_VIDEO;
}

/* Is the memory somebody's, who may have tables of his own there? */
static int check_claims(struct cli *cli, const struct change *change)
{
	const struct pramin_map_piece *piece = &change->piece;
	int ret;

	if (!maps_vram(change))
		return CLI_OK;
	ret = pramin_claim_vram(cli->dev, piece->pa, piece->len);
	return ret ? cli_fail(cli, ret) : CLI_OK;
}

int change_check(struct cli *cli, const struct change *change)
{
	const uint64_t pa = change->tables_pa, len = change->tables_len;
	const struct pramin_map_piece *piece = &change->piece;
	int code = CLI_OK;

	if (!change->op.len)
		return cli_usage(cli, "LEN 0 is no range");
	if (maps_vram(change))
		code = cli_range(cli, "PA", piece->pa, piece->len);
	if (!code && len)
		code = cli_range(cli, "--tables", pa, len);
	if (!code && len && maps_vram(change) && piece->pa < pa + len &&
	    pa < piece->pa + piece->len)
		code = cli_usage(cli, "--tables and what is to be mapped "
				      "overlap");
	return code;
}

/* The space and the pool stay: closing the GPU leaves what they have made. */
static int make(struct cli *cli, struct change *change)
{
	int code = CLI_OK, ret;

	if (change->source.way != MMU_NEW)
		code = mmu_find_root(cli, &change->source);
	if (!code && change->source.owner) {
		cli_error(cli,
			  "process %" PRIu32 " has BAR1, and changes its "
			  "tables itself",
			  change->source.owner);
		code = CLI_FAIL;
	}
	if (!code)
		code = make_pool(cli, change);
	if (!code)
		code = check_claims(cli, change);
	if (!code)
		code = make_space(cli, change);
	if (code)
		return code;
	ret = pramin_space_map(change->space, &change->op, 1, &change->result);
	if (!ret)
		return CLI_OK;
	code = cli_fail(cli, ret);
	if (ret == -ENOMEM && change->source.way != MMU_NEW &&
	    !change->tables_len)
		cli_next("new tables need VRAM: --tables PA,LEN");
	return code;
}

static void as_json(const struct change *change)
{
	const struct pramin_map_result *r = &change->result;

	json_begin(NULL, '{');
	json_str("format", change->source.tree.format->name);
	json_hex("root", change->root_pa, 1);
	json_hex("va", change->op.gpu_va, 1);
	json_num("length", change->op.len);
	json_num("stores", r->stores);
	json_num("reads", r->reads);
	json_num("flushes", r->flushes);
	json_num("invalidates", r->invalidates);
	json_num("tables_made", r->tables_made);
	json_num("tables_freed", r->tables_freed);
	json_end('}');
	out_text("\n");
}

static void as_text(const struct change *change, const char *verb)
{
	const struct pramin_map_result *r = &change->result;
	char size[CLI_SIZE_TEXT];

	out_text("%s 0x%0*" PRIx64 ", %s, root 0x%" PRIx64 ": stores %" PRIu64
		 ", flushes %" PRIu32 ", invalidates %" PRIu32
		 ", tables +%" PRIu32 " -%" PRIu32 "\n",
		 verb, mmu_va_digits(change->source.tree.format),
		 change->op.gpu_va, cli_size_text(size, change->op.len),
		 change->root_pa, r->stores, r->flushes, r->invalidates,
		 r->tables_made, r->tables_freed);
}

int change_make(struct cli *cli, struct change *change, const char *verb)
{
	int code = make(cli, change);

	if (code)
		return code;
	if (cli->json)
		as_json(change);
	else
		as_text(change, verb);
	return CLI_OK;
}
