// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Page tables of an open GPU, and of a dump in a file: where core reads them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "dev.h"
#include "sys.h"

static void *tree_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return sys_alloc(size);
}

static void tree_free(void *ctx, void *ptr)
{
	(void)ctx;
	sys_free(ptr);
}

static int read_dev(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	return pramin_read(ctx, vram_pa, buf, len, NULL);
}

/* The descriptor is the context itself. */
static int read_file(void *ctx, uint64_t vram_pa, void *buf, size_t len)
{
	const int fd = (int)(intptr_t)ctx;
	char *at = buf;

	while (len) {
		ssize_t n = pread(fd, at, len, (off_t)vram_pa);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* It was longer when the tree was made. */
		if (!n)
			return -EIO;
		at += n;
		len -= (size_t)n;
		vram_pa += (size_t)n;
	}
	return 0;
}

int pramin_mmu_tree_dev(struct pramin_dev *dev, uint64_t big_page,
			struct pramin_mmu_tree *tree)
{
	struct pramin_info info = { .size = sizeof(info) };
	const struct pramin_mmu_format *format;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!tree)
		return dev_refused(dev, "tree is NULL");
	ret = pramin_info(dev, &info);
	if (ret)
		return ret;
	ret = pramin_mmu_format_of_chip(info.chip, big_page, &format);
	if (ret == -EOPNOTSUPP) {
		const struct pramin_cause cause = {
			.err = ret,
			.reason = PRAMIN_REASON_NO_MMU,
			.text = info.chip,
		};

		return dev_failed(dev, &cause);
	}
	if (ret)
		return dev_refused(dev,
				   "the chip has no big pages of that size");
	*tree = (struct pramin_mmu_tree){
		.size = sizeof(*tree),
		.format = format,
		.vram_size = info.vram_size < info.reach ? info.vram_size :
							   info.reach,
		.read = read_dev,
		.alloc = tree_alloc,
		.free = tree_free,
		.ctx = dev,
	};
	return 0;
}

int pramin_mmu_tree_file(int fd, const struct pramin_mmu_format *format,
			 struct pramin_mmu_tree *tree)
{
	struct stat st;
	off_t len;

	if (!tree || !format)
		return -EINVAL;
	if (fstat(fd, &st) < 0)
		return -errno;
	len = st.st_size;
	if (S_ISBLK(st.st_mode))
		len = lseek(fd, 0, SEEK_END);
	else if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (len < 0)
		return -errno;
	*tree = (struct pramin_mmu_tree){
		.size = sizeof(*tree),
		.format = format,
		.vram_size = (uint64_t)len & ~7ull,
		.read = read_file,
		.alloc = tree_alloc,
		.free = tree_free,
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): it is no pointer */
		.ctx = (void *)(intptr_t)fd,
	};
	return 0;
}
