// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the page tables are: in a GPU or in a file, below a root that is named
 * by its address, by an instance block, or by what BAR1 shows.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmu.h"

/* Bytes of a dump that are kept */
#define DUMP_CACHE (16u << 20)

/* One of them, and not two */
static int root_arguments(struct cli *cli, struct mmu_source *source)
{
	const struct cli_mmu *opt = &cli->mmu;

	if (opt->fresh) {
		source->way = MMU_NEW;
		return opt->root || opt->inst || opt->bar1 ?
			       cli_usage(cli, "--new makes a root: leave out "
					      "--root, --inst and --bar1") :
			       CLI_OK;
	}
	if (!!opt->root + !!opt->inst + opt->bar1 != 1)
		return cli_usage(cli,
				 "%s: which page tables? Give one of "
				 "--root PA, --inst PA and --bar1",
				 opt->root || opt->inst || opt->bar1 ?
					 "too many roots" :
					 "no root");
	if (opt->root) {
		source->way = MMU_ROOT;
		return cli_arg_number(cli, "--root", opt->root,
				      &source->named_pa);
	}
	if (opt->bar1) {
		source->way = MMU_BAR1;
		return opt->dump ?
			       cli_usage(cli, "--bar1 reads a register, and "
					      "a dump of VRAM has none: give "
					      "--root or --inst") :
			       CLI_OK;
	}
	source->way = MMU_INST;
	return cli_arg_number(cli, "--inst", opt->inst, &source->named_pa);
}

static int format_names(struct cli *cli, const char *text)
{
	char names[256] = "";
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < PRAMIN_MMU_FORMATS; i++) {
		const struct pramin_mmu_format *f = pramin_mmu_format(i);

		if (f)
			len += (size_t)snprintf(names + len,
						sizeof(names) - len, " %s",
						f->name);
	}
	return cli_usage(cli, "--format '%s' is not known:%s", text, names);
}

/* Of a dump: by the name of the chip, or of the format itself */
static int dump_format(struct cli *cli, struct mmu_source *source)
{
	const struct cli_mmu *opt = &cli->mmu;
	int ret;

	if (cli->gpu)
		return cli_usage(cli, "--dump reads a file and opens no GPU: "
				      "leave out -d");
	if (cli->record)
		return cli_usage(cli, "--dump reads a file and opens no GPU: "
				      "there is nothing to --record");
	if (!opt->chip && !opt->format)
		return cli_usage(cli, "--dump needs --chip NAME, the chip that "
				      "the dump is from, or --format NAME");
	if (!opt->chip)
		return CLI_OK;
	ret = pramin_mmu_format_of_chip(opt->chip, source->big_page,
					&source->tree.format);
	if (ret == -EOPNOTSUPP)
		return cli_usage(cli,
				 "--chip '%s' has page tables of a format "
				 "that is not known here; from Fermi on "
				 "it is",
				 opt->chip);
	if (ret)
		return cli_usage(cli,
				 "--chip '%s' is not known, or has no big "
				 "pages of that size; pramin list names "
				 "the chips",
				 opt->chip);
	return CLI_OK;
}

int mmu_arguments(struct cli *cli, struct mmu_source *source)
{
	const struct cli_mmu *opt = &cli->mmu;
	int code;

	memset(source, 0, sizeof(*source));
	source->fd = -1;
	source->path = opt->dump;
	code = root_arguments(cli, source);
	if (!code && opt->big_page)
		code = cli_arg_number(cli, "--big-page", opt->big_page,
				      &source->big_page);
	if (!code && !opt->dump && opt->chip)
		code = cli_usage(cli, "--chip goes with --dump; to -d a chip "
				      "is told with chip=");
	if (!code && opt->dump)
		code = dump_format(cli, source);
	if (code || !opt->format)
		return code;
	source->tree.format = pramin_mmu_format_by_name(opt->format);
	return source->tree.format ? CLI_OK : format_names(cli, opt->format);
}

/* Reads stop when the user says so: a scan may make nothing but reads. */
static int read_tree(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	const struct mmu_source *source = ctx;

	if (cli_stopped())
		return -ECANCELED;
	if (source->on_read)
		source->on_read(source->on_read_ctx, vram_pa, len);
	return source->inner.read(source->inner.ctx, vram_pa, buf, len);
}

static void *tree_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return malloc(size);
}

static void tree_free(void *ctx, void *ptr)
{
	(void)ctx;
	free(ptr);
}

static int open_dump(struct cli *cli, struct mmu_source *source)
{
	struct stat st;
	int ret;

	/* Before open(): a FIFO without a writer blocks there. */
	if (stat(source->path, &st))
		return cli_fail_errno(cli, source->path, errno);
	if (S_ISDIR(st.st_mode))
		return cli_fail_errno(cli, source->path, EISDIR);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return cli_usage(cli,
				 "FILE '%s' is neither a regular file nor "
				 "a block device",
				 source->path);
	source->fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (source->fd < 0)
		return cli_fail_errno(cli, source->path, errno);
	ret = pramin_mmu_tree_file(source->fd, source->tree.format,
				   &source->inner);
	/* Each read is a system call else. */
	if (!ret)
		ret = pramin_mmu_tree_cache(&source->inner, DUMP_CACHE,
					    &source->inner);
	return ret ? cli_fail_errno(cli, source->path, ret) : CLI_OK;
}

static int open_gpu(struct cli *cli, struct mmu_source *source)
{
	int code = cli_open(cli);
	int ret;

	if (code)
		return code;
	ret = pramin_mmu_tree_dev(cli->dev, source->big_page, &source->inner);
	if (ret == -EINVAL)
		return cli_usage(cli,
				 "--big-page %s: %s has no big pages of "
				 "that size",
				 cli->mmu.big_page, cli->info.chip);
	return ret ? cli_fail(cli, ret) : CLI_OK;
}

int mmu_open(struct cli *cli, struct mmu_source *source)
{
	const struct pramin_mmu_format *format = source->tree.format;
	int code = (source->path ? open_dump : open_gpu)(cli, source);

	if (code)
		return code;
	source->tree = source->inner;
	source->tree.read = read_tree;
	source->tree.alloc = tree_alloc;
	source->tree.free = tree_free;
	source->tree.ctx = source;
	if (format)
		source->tree.format = format;
	return CLI_OK;
}

/* Would a table at @pa be one? */
static int check_root(struct cli *cli, const struct mmu_source *source,
		      const char *name, uint64_t root_pa)
{
	const struct pramin_mmu_level *root = &source->tree.format->level[0];
	const uint64_t end = source->tree.vram_size;

	if (root_pa % root->align)
		return cli_usage(cli,
				 "%s 0x%" PRIx64 " is not a multiple of "
				 "0x%" PRIx32 ", as a %s is",
				 name, root_pa, root->align, root->name);
	if (root_pa > end || root->table_size > end - root_pa)
		return cli_usage(cli,
				 "%s 0x%" PRIx64 ": a %s of 0x%" PRIx64
				 " bytes there is not inside VRAM, which "
				 "ends at 0x%" PRIx64,
				 name, root_pa, root->name, root->table_size,
				 end);
	return CLI_OK;
}

/* What an instance block says, as a refusal of the data and not of arguments */
static int refuse_inst(struct cli *cli, const struct mmu_source *source,
		       const struct pramin_mmu_inst *inst, int ret)
{
	const uint64_t pa = source->named_pa;

	if (!inst->valid)
		cli_error(cli,
			  "the instance block at 0x%" PRIx64
			  " says INVALID: nothing is bound",
			  pa);
	else if (!inst->format)
		cli_error(cli,
			  "the instance block at 0x%" PRIx64
			  " leads to page tables of version 1, which are "
			  "not modelled on this chip",
			  pa);
	else if (inst->aperture != PRAMIN_MMU_VIDEO)
		cli_error(cli,
			  "the instance block at 0x%" PRIx64
			  " names a root at 0x%" PRIx64 " in %s: only "
			  "VRAM can be read",
			  pa, inst->root_pa,
			  pramin_mmu_aperture_name(inst->aperture));
	else
		cli_error(cli,
			  "the instance block at 0x%" PRIx64
			  " names a root at 0x%" PRIx64 ", which is %s",
			  pa, inst->root_pa,
			  ret == -EINVAL ? "not the address of a table" :
					   "not inside VRAM");
	return CLI_FAIL;
}

static int find_by_inst(struct cli *cli, struct mmu_source *source,
			const char *name)
{
	const uint64_t pa = source->named_pa, end = source->tree.vram_size;
	struct pramin_mmu_tree *tree = &source->tree;
	uint32_t word[PRAMIN_MMU_INST_WORDS];
	struct pramin_mmu_inst inst;
	int ret;

	if (pa % PRAMIN_MMU_INST_SIZE)
		return cli_usage(cli,
				 "%s 0x%" PRIx64
				 " is not a multiple of 0x%x, as an "
				 "instance block is",
				 name, pa, PRAMIN_MMU_INST_SIZE);
	if (pa > end || PRAMIN_MMU_INST_SIZE > end - pa)
		return cli_usage(cli,
				 "%s 0x%" PRIx64 " is not inside VRAM, "
				 "which ends at 0x%" PRIx64,
				 name, pa, end);
	ret = tree->read(tree->ctx, pa + PRAMIN_MMU_INST_OFFSET, word,
			 sizeof(word));
	if (ret)
		return mmu_failed(cli, source, ret, NULL);
	ret = pramin_mmu_inst_decode(tree->format, word, &inst);
	if (!ret)
		ret = pramin_mmu_tree_inst(tree, pa);
	return ret ? refuse_inst(cli, source, &inst, ret) : CLI_OK;
}

/* What BAR1 shows, if these are page tables in VRAM */
static int find_by_bar1(struct cli *cli, struct mmu_source *source)
{
	struct pramin_bar1_status status = { .size = sizeof(status) };
	int ret = pramin_bar1_status(cli->dev, &status);

	if (ret)
		return cli_fail(cli, ret);
	if (!status.is_virtual) {
		cli_error(cli, "BAR1 shows VRAM from address 0 on, without "
			       "page tables");
		return CLI_FAIL;
	}
	if (status.target != PRAMIN_TARGET_VRAM) {
		cli_error(cli,
			  "the instance block of BAR1, at 0x%" PRIx64
			  ", is not in VRAM",
			  status.inst_pa);
		return CLI_FAIL;
	}
	source->named_pa = status.inst_pa;
	source->owner = status.pid;
	ret = find_by_inst(cli, source, "BAR1's instance block");
	/* The register is data, and not an argument. */
	return ret ? CLI_FAIL : CLI_OK;
}

int mmu_find_root(struct cli *cli, struct mmu_source *source)
{
	int code;

	if (source->way == MMU_BAR1)
		return find_by_bar1(cli, source);
	if (source->way == MMU_INST)
		return find_by_inst(cli, source, "--inst");
	code = check_root(cli, source, "--root", source->named_pa);
	if (!code)
		source->tree.root_pa = source->named_pa;
	return code;
}

void mmu_close(struct mmu_source *source)
{
	pramin_mmu_tree_uncache(&source->inner);
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

int mmu_begin(struct cli *cli, struct mmu_source *source, bool *done,
	      const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n, code;

	*done = false;
	code = mmu_open(cli, source);
	if (code)
		return code;
	if (!cli->dry_run)
		return mmu_find_root(cli, source);
	*done = true;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return cli_fail_errno(cli, "memory", ENOMEM);
	if (source->way == MMU_BAR1)
		code = cli_would(cli, 0, 0, "%s, through the tables of BAR1",
				 text);
	else
		code = cli_would(cli, source->named_pa, 0,
				 "%s, through %s 0x%" PRIx64, text,
				 source->way == MMU_ROOT ?
					 "the root at" :
					 "the instance block at",
				 source->named_pa);
	free(text);
	return code;
}
