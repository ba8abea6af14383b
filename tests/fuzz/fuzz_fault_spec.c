// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Breaks a model in the ways that the input says: the first byte chooses the
 * chip, and each line behind it is a fault spec. Whatever is accepted, the
 * library must report what it meets, and the GPU must work once it is mended.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "fuzz.h"

#define SPEC_MAX	128u
#define SPECS_MAX	64u

static const char *const chips[] = { "tu102", "gh100", "gb100", "g80" };

static struct pramin_model *create(const char *chip)
{
	const struct pramin_model_params params = {
		.size = sizeof(params),
		.chip = chip,
		.vram = 4u << 20,
	};
	struct pramin_model *model;

	MUST(pramin_model_create(&params, &model, NULL) == 0);
	return model;
}

static void add(struct pramin_model *model, const char *spec)
{
	struct pramin_why why;
	int ret;

	memset(&why, 0xaa, sizeof(why));
	ret = pramin_model_fault(model, spec, &why);
	MUST(ret == 0 || ret == -EINVAL);
	if (ret) {
		MUST(why.err == ret && why.what[0]);
		MUST(memchr(why.what, 0, sizeof(why.what)));
		MUST(memchr(why.next, 0, sizeof(why.next)));
	}
}

static void add_lines(struct pramin_model *model, const uint8_t *data,
		      size_t size)
{
	unsigned int i;

	for (i = 0; size && i < SPECS_MAX; i++) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;
		char spec[SPEC_MAX + 1];
		size_t n = len < SPEC_MAX ? len : SPEC_MAX;

		memcpy(spec, data, n);
		spec[n] = '\0';
		add(model, spec);
		len += end != NULL;
		data += len;
		size -= len;
	}
}

/* The model outlives its handles here. */
static struct pramin_io_ops keep(void)
{
	struct pramin_io_ops ops = *pramin_model_ops();

	ops.close = NULL;
	return ops;
}

static void use(const struct pramin_io_ops *ops, struct pramin_model *model)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	uint64_t words[40];
	int ret = pramin_open_io(ops, model, NULL, &dev, &why);

	if (ret) {
		MUST(!dev && why.err == ret && why.what[0]);
		return;
	}
	memset(words, 0x33, sizeof(words));
	ret = pramin_write(dev, (1u << 20) - 100, words, sizeof(words), NULL);
	if (!ret)
		ret = pramin_read(dev, (1u << 20) - 100, words, sizeof(words),
				  NULL);
	if (ret)
		MUST(pramin_last_why(dev)->err == ret);
	ret = pramin_close(dev, &why);
	MUST(ret == 0 || ret == -EIO || ret == -ENODEV);
}

/* Everything mended: as good as new */
static void check_mended(const struct pramin_io_ops *ops,
			 struct pramin_model *model)
{
	struct pramin_dev *dev;
	uint32_t raw, val = 0;

	pramin_model_mend(model);
	/* Another agent may have left the window anywhere, not as an error. */
	pramin_model_set_window(model, 0x20);
	raw = pramin_model_window(model);
	MUST(raw == 0x20);
	MUST(pramin_open_io(ops, model, NULL, &dev, NULL) == 0);
	MUST(pramin_write32(dev, 0, 0x600df00d) == 0);
	MUST(pramin_read32(dev, 0, &val) == 0);
	MUST(val == 0x600df00d);
	MUST(pramin_close(dev, NULL) == 0);
	MUST(pramin_model_window(model) == raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pramin_io_ops ops = keep();
	struct pramin_model *model;

	if (!size)
		return 0;
	model = create(chips[data[0] % 4]);
	add_lines(model, data + 1, size - 1);
	use(&ops, model);
	check_mended(&ops, model);
	pramin_model_destroy(model);
	return 0;
}
