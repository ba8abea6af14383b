// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Arguments of the commands around page tables, and what went wrong. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "mmu.h"

/* The last address that the GPU looks up */
uint64_t mmu_last_va(const struct pramin_mmu_tree *tree)
{
	const uint64_t last = UINT64_MAX >> (64 - tree->format->va_bits);

	return tree->va_last && tree->va_last < last ? tree->va_last : last;
}

int mmu_check_va(struct cli *cli, const struct pramin_mmu_tree *tree,
		 uint64_t va, uint64_t len)
{
	const uint64_t last = mmu_last_va(tree);

	if (!len)
		return cli_usage(cli, "LEN 0 is no range");
	if (va <= last && len - 1 <= last - va)
		return CLI_OK;
	return cli_usage(cli,
			 "VA 0x%" PRIx64 " and 0x%" PRIx64
			 " bytes from there are not all addresses of this "
			 "space, whose last is 0x%" PRIx64 " (%s)",
			 va, len, last, tree->format->name);
}

int mmu_scan_options(struct cli *cli, struct pramin_mmu_scan *scan)
{
	int code;

	memset(scan, 0, sizeof(*scan));
	scan->size = sizeof(*scan);
	if (!cli->mmu.budget)
		return CLI_OK;
	code = cli_arg_number(cli, "--budget", cli->mmu.budget, &scan->budget);
	if (!code && !scan->budget)
		code = cli_usage(cli, "--budget 0 would look at nothing");
	return code;
}

int mmu_aperture(struct cli *cli, const char *text, size_t len,
		 unsigned int *aperture)
{
	unsigned int i;

	for (i = 0; i < PRAMIN_MMU_APERTURES; i++) {
		const char *name = pramin_mmu_aperture_name(i);

		if (strlen(name) == len && !strncmp(name, text, len)) {
			*aperture = i;
			return CLI_OK;
		}
	}
	return cli_usage(cli,
			 "--aperture '%s' is not known: vram, peer, sys_coh, "
			 "sys_noncoh",
			 cli->mmu.aperture);
}

/* PA,LEN; without --tables both stay as they are */
int mmu_tables(struct cli *cli, uint64_t *pa, uint64_t *len)
{
	const char *text = cli->mmu.tables, *comma;
	char first[32];
	int code;

	if (!text)
		return CLI_OK;
	comma = strchr(text, ',');
	if (!comma || (size_t)(comma - text) >= sizeof(first))
		return cli_usage(cli,
				 "--tables '%s' is not PA,LEN: VRAM that is "
				 "free, and how much of it",
				 text);
	memcpy(first, text, (size_t)(comma - text));
	first[comma - text] = 0;
	code = cli_arg_number(cli, "--tables", first, pa);
	if (!code)
		code = cli_arg_number(cli, "--tables", comma + 1, len);
	if (!code && !*len)
		code = cli_usage(cli, "--tables of 0 bytes has no room");
	return code;
}

int mmu_failed(struct cli *cli, const struct mmu_source *source, int ret,
	       const struct pramin_mmu_scan *scan)
{
	if (cli_stopped()) {
		cli_say_stopped(cli);
		return CLI_FAIL;
	}
	/* Standard output has an error of its own, which main() tells. */
	if (ret == -ECANCELED)
		return CLI_FAIL;
	/* Another user of the window may have made it wait, too. */
	if (ret == -ETIMEDOUT && scan &&
	    (source->path || pramin_last_why(cli->dev)->err != ret)) {
		cli_error(cli,
			  "%" PRIu64 " entries were looked at, and there are "
			  "more, from VA 0x%" PRIx64 " on",
			  scan->entries, scan->va);
		cli_next("--budget N allows more");
		return CLI_FAIL;
	}
	if (ret == -ENOMEM) {
		cli_error(cli, "out of memory");
		return CLI_FAIL;
	}
	if (source->path) {
		cli_error(cli, "FILE '%s': %s", source->path, strerror(-ret));
		return CLI_FAIL;
	}
	return cli_fail(cli, ret);
}
