// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* One access of -w bits, for read and write. */
#include <errno.h>
#include <inttypes.h>

#include "cli.h"

int cli_read_word(struct cli *cli, uint64_t vram_pa, uint64_t *val)
{
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;
	int ret;

	switch (cli->width) {
	case 1:
		ret = pramin_read8(cli->dev, vram_pa, &v8);
		if (!ret)
			*val = v8;
		return ret;
	case 2:
		ret = pramin_read16(cli->dev, vram_pa, &v16);
		if (!ret)
			*val = v16;
		return ret;
	case 4:
		ret = pramin_read32(cli->dev, vram_pa, &v32);
		if (!ret)
			*val = v32;
		return ret;
	default:
		return pramin_read64(cli->dev, vram_pa, val);
	}
}

int cli_write_word(struct cli *cli, uint64_t vram_pa, uint64_t val)
{
	switch (cli->width) {
	case 1:
		return pramin_write8(cli->dev, vram_pa, (uint8_t)val);
	case 2:
		return pramin_write16(cli->dev, vram_pa, (uint16_t)val);
	case 4:
		return pramin_write32(cli->dev, vram_pa, (uint32_t)val);
	default:
		return pramin_write64(cli->dev, vram_pa, val);
	}
}

int cli_aligned(const struct cli *cli, const char *name, uint64_t val)
{
	if (val % cli->width == 0)
		return CLI_OK;
	return cli_usage(cli,
			 "%s 0x%" PRIx64 " is not a multiple of %u bytes, "
			 "the width of -w %u; -w 8 takes any",
			 name, val, cli->width, cli->width * 8);
}
