/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A program of a user of the installed library, for C and for C++ */
#include <pramin/pramin.h>
#include <stdio.h>

int main(void)
{
	struct pramin_dev *dev;
	uint32_t val = 0;

	if (pramin_open("model:gh100,vram=16G", NULL, &dev, NULL) ||
	    pramin_write32(dev, 0x140003038, 0x12345678) ||
	    pramin_read32(dev, 0x140003038, &val) || pramin_close(dev, NULL))
		return 1;
	printf("%s 0x%x\n", pramin_version(), val);
	return val != 0x12345678;
}
