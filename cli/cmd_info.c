// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin info: what a GPU is, as learned when it was opened. */
#include <inttypes.h>

#include "cli.h"

static void hex_or_null(const char *key, uint32_t val)
{
	if (val)
		json_hex(key, val, 1);
	else
		json_null(key);
}

static void show_json(const struct pramin_info *info)
{
	json_begin(NULL, '{');
	json_str("backend", info->backend);
	json_str("chip", info->chip);
	json_str("family", info->family);
	json_bool("chip_by_hand", info->chip_by_hand);
	json_hex("boot0", info->boot0, 8);
	if (info->boot42)
		json_hex("boot42", info->boot42, 8);
	else
		json_null("boot42");
	json_num("vram_size", info->vram_size);
	json_bool("vram_by_hand", info->vram_by_hand);
	hex_or_null("vram_register", info->vram_register);
	json_hex("reach", info->reach, 1);
	json_hex("window_register", info->window_register, 1);
	json_str("window_name", info->window_name);
	json_bool("has_target", info->has_target);
	json_bool("mapped", info->mapped);
	json_str("not_verified", info->not_verified);
	json_end('}');
	out_text("\n");
}

static void head(const char *name)
{
	out_text("%s%-13s%s", out_bold(), name, out_plain());
}

static void show_text(const struct pramin_info *info)
{
	char size[CLI_SIZE_TEXT];

	head("backend");
	out_text("%s\n", info->backend);
	head("chip");
	out_text("%s (%s)%s\n", info->chip, info->family,
		 info->chip_by_hand ? ", named by hand" : "");
	head("boot0");
	out_text("0x%08" PRIx32 "\n", info->boot0);
	if (info->boot42) {
		head("boot42");
		out_text("0x%08" PRIx32 "\n", info->boot42);
	}
	head("vram");
	out_text("0x%" PRIx64 " (%s)", info->vram_size,
		 cli_size_text(size, info->vram_size));
	if (info->vram_by_hand)
		out_text(", given by hand\n");
	else
		out_text(", from 0x%" PRIx32 "\n", info->vram_register);
	head("reach");
	out_text("0x%" PRIx64 " (%s)\n", info->reach,
		 cli_size_text(size, info->reach));
	head("window");
	out_text("%s (0x%" PRIx32 "), %s\n", info->window_name,
		 info->window_register,
		 info->has_target ? "with TARGET" : "without TARGET");
	head("raw pointer");
	out_text("%s\n", info->mapped ? "yes" : "no");
	if (*info->not_verified) {
		head("not verified");
		out_text("%s\n", info->not_verified);
	}
}

static int run(struct cli *cli, int count, char **args)
{
	int code = cli_open(cli);

	(void)count;
	(void)args;
	if (code)
		return code;
	(cli->json ? show_json : show_text)(&cli->info);
	return CLI_OK;
}

const struct cmd cmd_info = {
	.name = "info",
	.args = "",
	.summary = "Show what the GPU is.",
	.text = "Prints the chip and how it was identified, the size of VRAM "
		"and where that is known from, how far the window reaches, "
		"which register moves it, and what could not be verified "
		"because no register for it is published. Does not touch VRAM "
		"and does not move the window.",
	.json = "{\"backend\":\"model\",\"chip\":\"tu102\","
		"\"family\":\"turing\",\n"
		" \"chip_by_hand\":false,\"boot0\":\"0x162000a1\","
		"\"boot42\":\"0x162a1000\",\n"
		" \"vram_size\":8589934592,\"vram_by_hand\":false,\n"
		" \"vram_register\":\"0x100ce0\","
		"\"reach\":\"0x10000000000\",\n"
		" \"window_register\":\"0x1700\",\n"
		" \"window_name\":\"NV_PBUS_BAR0_WINDOW\",\n"
		" \"has_target\":true,\"mapped\":false,\n"
		" \"not_verified\":\"that this is not a coherent platform "
		"(judged by the PCI id)\"}",
	.run = run,
};
