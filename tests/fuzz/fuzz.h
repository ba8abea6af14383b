/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What every fuzzer has: its entry, and a check that ends the process, which is
 * how a fuzzer reports.
 */
#ifndef PRAMIN_TESTS_FUZZ_H
#define PRAMIN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)                                                       \
	do {                                                             \
		if (!(cond)) {                                           \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, \
				__LINE__, #cond);                        \
			abort();                                         \
		}                                                        \
	} while (0)

#endif /* PRAMIN_TESTS_FUZZ_H */
