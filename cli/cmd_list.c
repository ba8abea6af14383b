// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin list: what can be opened. Opens nothing. */
#include <inttypes.h>

#include "cli.h"

static uint64_t reach(const struct pramin_model_chip *chip)
{
	/* BASE counts units of 64 KiB. */
	return 1ull << (chip->base_bits + 16);
}

static void row_json(const struct pramin_model_chip *chip)
{
	json_begin(NULL, '{');
	json_str("chip", chip->name);
	json_str("family", chip->family);
	json_hex("window_register", chip->window_register, 1);
	json_hex("reach", reach(chip), 1);
	json_num("vram_size", chip->vram);
	if (chip->vram_register)
		json_hex("vram_register", chip->vram_register, 1);
	else
		json_null("vram_register");
	json_end('}');
}

static void row_text(const struct pramin_model_chip *chip)
{
	char far[CLI_SIZE_TEXT], size[CLI_SIZE_TEXT];

	out_text("model:%-8s %-10s 0x%06" PRIx32 "  %-8s %-8s ", chip->name,
		 chip->family, chip->window_register,
		 cli_size_text(far, reach(chip)),
		 cli_size_text(size, chip->vram));
	if (chip->vram_register)
		out_text("0x%06" PRIx32 "\n", chip->vram_register);
	else
		out_text("none; give vram=\n");
}

static int run(struct cli *cli, int count, char **args)
{
	const struct pramin_model_chip *chip;
	size_t i;

	(void)count;
	(void)args;
	if (cli->json) {
		json_begin(NULL, '{');
		json_begin("gpus", '[');
		json_end(']');
		json_begin("models", '[');
	} else {
		out_text("%sGPU            FAMILY     WINDOW    REACH    "
			 "VRAM     SIZE REGISTER%s\n",
			 out_bold(), out_plain());
	}
	for (i = 0; (chip = pramin_model_chips(i)); i++)
		(cli->json ? row_json : row_text)(chip);
	if (cli->json) {
		json_end(']');
		json_end('}');
		out_text("\n");
	}
	return CLI_OK;
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "",
	.summary = "Show the GPUs that can be opened.",
	.text = "Prints one line per GPU that -d takes: its family, the BAR0 "
		"offset of its window register, how much VRAM the window can "
		"reach, how much it has, and the BAR0 offset of the register "
		"that tells its VRAM size; where there is none, -d needs "
		"vram=. No hardware backend is built in, so these are the "
		"modelled chips, each with its default size. The reach is that "
		"of the modelled register; where two widths of it are "
		"published (gb10b, gb20b, gb20c), the library uses the "
		"narrower one, which info shows. Opens nothing.",
	.json = "{\"gpus\":[],\n"
		" \"models\":[{\"chip\":\"tu102\",\"family\":\"turing\",\n"
		"  \"window_register\":\"0x1700\","
		"\"reach\":\"0x10000000000\",\n"
		"  \"vram_size\":11811160064,"
		"\"vram_register\":\"0x100ce0\"}]}",
	.run = run,
};
