// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* pramin list: what can be opened. Opens nothing. */
#include <inttypes.h>

#include <pramin/list.h>

#include "cli.h"

static void text_or_null(const char *key, const char *text)
{
	if (text && *text)
		json_str(key, text);
	else
		json_null(key);
}

static void why_json(const struct pramin_why *why)
{
	if (!why->what[0]) {
		json_null("why");
		return;
	}
	json_begin("why", '{');
	json_str("reason", pramin_reason_name(why->reason));
	json_str("what", why->what);
	json_str("next", why->next);
	json_end('}');
}

static void gpu_json(const struct pramin_listed *gpu)
{
	int i;

	json_begin(NULL, '{');
	json_str("address", gpu->address);
	json_hex("vendor", gpu->vendor, 4);
	json_hex("device", gpu->device, 4);
	json_hex("subsystem_vendor", gpu->sub_vendor, 4);
	json_hex("subsystem_device", gpu->sub_device, 4);
	json_hex("class", gpu->class_code, 6);
	text_or_null("name", gpu->name);
	text_or_null("chip", gpu->chip);
	text_or_null("family", gpu->family);
	json_bool("chip_by_name", gpu->chip_by_name);
	if (gpu->boot0)
		json_hex("boot0", gpu->boot0, 8);
	else
		json_null("boot0");
	if (gpu->vram_size)
		json_num("vram_size", gpu->vram_size);
	else
		json_null("vram_size");
	text_or_null("driver", gpu->driver);
	text_or_null("power", gpu->power);
	json_bool("awake", gpu->awake);
	json_bool("boot_vga", gpu->boot_vga);
	json_begin("bar_bytes", '[');
	for (i = 0; i < 3; i++)
		json_num(NULL, gpu->bar_bytes[i]);
	json_end(']');
	text_or_null("iommu_group", gpu->iommu_group);
	if (gpu->usable == PRAMIN_USABLE_UNKNOWN)
		json_null("usable");
	else
		json_bool("usable", gpu->usable == PRAMIN_USABLE_YES);
	why_json(&gpu->why);
	json_end('}');
}

/* What is known of the chip and its VRAM, in one line */
static void chip_text(const struct pramin_listed *gpu)
{
	char size[CLI_SIZE_TEXT];

	if (!gpu->chip)
		out_text("    chip    not known without touching it\n");
	else if (gpu->vram_size)
		out_text("    chip    %s (%s), %s of VRAM\n", gpu->chip,
			 gpu->family, cli_size_text(size, gpu->vram_size));
	else
		out_text("    chip    %s (%s)%s\n", gpu->chip, gpu->family,
			 gpu->chip_by_name ? ", by its name" : "");
}

static void system_text(const struct pramin_listed *gpu)
{
	char bar[3][CLI_SIZE_TEXT];
	int i;

	for (i = 0; i < 3; i++)
		cli_size_text(bar[i], gpu->bar_bytes[i]);
	out_text("    system  driver %s, power %s, IOMMU group %s%s\n",
		 *gpu->driver ? gpu->driver : "none",
		 *gpu->power ? gpu->power : "not told",
		 *gpu->iommu_group ? gpu->iommu_group : "none",
		 gpu->boot_vga ? ", the firmware's console" : "");
	out_text("    BARs    %s, %s, %s\n",
		 gpu->bar_bytes[0] ? bar[0] : "none",
		 gpu->bar_bytes[1] ? bar[1] : "none",
		 gpu->bar_bytes[2] ? bar[2] : "none");
}

static void gpu_text(const struct pramin_listed *gpu)
{
	static const char *const usable[] = {
		[PRAMIN_USABLE_NO] = "no: ",
		[PRAMIN_USABLE_YES] = "yes",
		[PRAMIN_USABLE_UNKNOWN] = "not known: ",
	};

	out_text("%s%s%s  %04x:%04x %s\n", out_bold(), gpu->address,
		 out_plain(), gpu->vendor, gpu->device, gpu->name);
	chip_text(gpu);
	system_text(gpu);
	out_text("    PRAMIN  %s%s\n", usable[gpu->usable], gpu->why.what);
	if (gpu->why.next[0])
		out_text("            %s\n", gpu->why.next);
	out_text("\n");
}

struct listing {
	bool json;
	unsigned int count;
};

static int show_gpu(void *ctx, const struct pramin_listed *gpu)
{
	struct listing *listing = ctx;

	listing->count++;
	(listing->json ? gpu_json : gpu_text)(gpu);
	return 0;
}

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
	struct listing listing = { .json = cli->json };
	const struct pramin_model_chip *chip;
	struct pramin_why why = { .err = 0 };
	size_t i;
	int ret;

	(void)count;
	(void)args;
	if (cli->json) {
		json_begin(NULL, '{');
		json_begin("gpus", '[');
	}
	/* A card may be pulled out while it is looked at. */
	pramin_catch_sigbus();
	ret = pramin_list(show_gpu, &listing, &why);
	if (ret)
		return cli_fail_why(cli, ret, &why);
	if (cli->json) {
		json_end(']');
		json_begin("models", '[');
	} else {
		if (!listing.count)
			out_text("No NVIDIA GPU in this machine; models:\n\n");
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
	.text = "First the GPUs of this machine: for each its PCI address, ids "
		"and name, the chip and its VRAM, the driver that is bound, the "
		"power state, the sizes of BAR0, BAR1 and BAR2, and whether its "
		"window can be used; if not, why, and what to do. Looking wakes "
		"no GPU that sleeps and moves no window. Where a driver is "
		"bound, only the system's files and configuration space are "
		"looked at; the chip is told by the name in pci.ids then, if "
		"at all. Registers are only read where no driver is bound, the "
		"GPU is awake, and it decodes memory.\n\n"
		"Then the models, one in each line: its family, the BAR0 "
		"offset of its window register, how much VRAM the window can "
		"reach, how much it has, and the BAR0 offset of the register "
		"that tells its VRAM size; where there is none, -d needs "
		"vram=. Each is shown with its default size. The reach is that "
		"of the modelled register; where two widths of it are "
		"published (gb10b, gb20b, gb20c), the library uses the "
		"narrower one, which info shows. Opens nothing.",
	.json = "{\"gpus\":[{\"address\":\"0000:41:00.0\","
		"\"vendor\":\"0x10de\",\n"
		"  \"device\":\"0x1e07\",\"subsystem_vendor\":\"0x10de\",\n"
		"  \"subsystem_device\":\"0x12a4\",\"class\":\"0x030000\",\n"
		"  \"name\":\"TU102 [GeForce RTX 2080 Ti Rev. A]\",\n"
		"  \"chip\":\"tu102\",\"family\":\"turing\","
		"\"chip_by_name\":true,\n"
		"  \"boot0\":null,\"vram_size\":null,"
		"\"driver\":\"nouveau\",\n"
		"  \"power\":\"D0\",\"awake\":true,\"boot_vga\":false,\n"
		"  \"bar_bytes\":[16777216,268435456,33554432],\n"
		"  \"iommu_group\":\"17\",\"usable\":false,\n"
		"  \"why\":{\"reason\":\"driver\",\n"
		"   \"what\":\"the driver nouveau is bound ...\",\n"
		"   \"next\":\"echo 0000:41:00.0 > ...\"}}],\n"
		" \"models\":[{\"chip\":\"tu102\",\"family\":\"turing\",\n"
		"  \"window_register\":\"0x1700\","
		"\"reach\":\"0x10000000000\",\n"
		"  \"vram_size\":11811160064,"
		"\"vram_register\":\"0x100ce0\"}]}",
	.run = run,
};
