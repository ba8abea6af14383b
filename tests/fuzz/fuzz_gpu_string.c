// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Opens the input as a GPU string, as it is and behind "model:".
 *
 * A string that names a file is left out: whatever the input is, nothing
 * outside this process is touched. What opens must work, and what does not
 * must say why.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pramin/pramin.h>

#include "fuzz.h"

static void check_why(int ret, const struct pramin_why *why)
{
	MUST(ret < 0 && why->err == ret);
	MUST(why->reason > PRAMIN_REASON_NONE &&
	     why->reason < PRAMIN_REASON_COUNT);
	MUST(why->what[0] && memchr(why->what, 0, sizeof(why->what)));
	MUST(memchr(why->next, 0, sizeof(why->next)));
}

/* It may have faults of any kind, so any call may fail, with a reason. */
static void use(struct pramin_dev *dev)
{
	struct pramin_info info = { .size = sizeof(info) };
	uint32_t val;
	int ret;

	MUST(pramin_info(dev, &info) == 0);
	MUST(info.vram_size >= 1u << 20 && info.vram_size <= 2ull << 40);
	ret = pramin_write32(dev, 0x1000, 0x12345678);
	if (!ret)
		ret = pramin_flush(dev);
	if (!ret)
		ret = pramin_read32(dev, 0x1000, &val);
	if (ret)
		check_why(ret, pramin_last_why(dev));
}

static void try_string(const char *text)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	int ret;

	memset(&why, 0xaa, sizeof(why));
	ret = pramin_open(text, NULL, &dev, &why);
	if (ret) {
		MUST(!dev);
		check_why(ret, &why);
		return;
	}
	use(dev);
	ret = pramin_close(dev, &why);
	if (ret)
		check_why(ret, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char prefix[] = "model:";
	const size_t head = sizeof(prefix) - 1;
	char *text;

	unsetenv("PRAMIN_GPU");
	/* No card of this machine */
	setenv("PRAMIN_SYSROOT", "/nonexistent", 1);
	text = malloc(head + size + 1);
	if (!text)
		return 0;
	memcpy(text, prefix, head);
	if (size)
		memcpy(text + head, data, size);
	text[head + size] = '\0';
	if (!strstr(text, "file")) {
		try_string(text + head);
		try_string(text);
	}
	free(text);
	return 0;
}
