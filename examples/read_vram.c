// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Print words of VRAM, and say why if that does not work.
 *
 *	read_vram [GPU [ADDR [WORDS]]]
 *
 * Only reads. The window register is put back by pramin_close().
 */
#include <inttypes.h>
#include <stdio.h>

#include <pramin/pramin.h>

static int number(int argc, char **argv, int at, uint64_t *val)
{
	if (argc <= at || !pramin_parse_number(argv[at], val))
		return 0;
	fprintf(stderr, "%s: not %s\n", argv[at], PRAMIN_NUMBER_HELP);
	return 1;
}

int main(int argc, char **argv)
{
	uint64_t vram_pa = 0x1000, words = 4, i;
	struct pramin_why why;
	struct pramin_dev *dev;
	uint32_t val;
	int ret = 0;

	if (number(argc, argv, 2, &vram_pa) || number(argc, argv, 3, &words))
		return 2;
	if (pramin_open(argc > 1 ? argv[1] : NULL, NULL, &dev, &why)) {
		fprintf(stderr, "%s; %s\n", why.what, why.next);
		return 1;
	}
	for (i = 0; i < words && !ret; i++) {
		ret = pramin_read32(dev, vram_pa + 4 * i, &val);
		if (ret)
			fprintf(stderr, "%s\n", pramin_last_why(dev)->what);
		else
			printf("0x%010" PRIx64 "  %08" PRIx32 "\n",
			       vram_pa + 4 * i, val);
	}
	return pramin_close(dev, NULL) || ret ? 1 : 0;
}
