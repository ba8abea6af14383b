/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The whole test harness. A test is a function whose name is a sentence that
 * is true when it passes; it returns 0, CHECK_FAILED, or CHECK_SKIPPED after
 * saying why. A program lists its tests in one table and calls check_main(),
 * which runs all of them, or those named on its command line, and ends with
 * "N passed, N failed, N skipped".
 */
#ifndef PRAMIN_TESTS_CHECK_H
#define PRAMIN_TESTS_CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CHECK_FAILED	1
#define CHECK_SKIPPED	77

struct check_test {
	const char *name;
	int (*run)(void);
};

#define TEST(fn) { #fn, fn }
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Leave the test, saying where and what. */
#define CHECK(cond)                                                   \
	do {                                                          \
		if (!(cond)) {                                        \
			printf("%s:%d: not true: %s\n", __FILE__,     \
			       __LINE__, #cond);                      \
			return CHECK_FAILED;                          \
		}                                                     \
	} while (0)

/* Two integers of any type; both are shown in decimal and in hex. */
#define CHECK_EQ(got, want)                                            \
	do {                                                           \
		int64_t got_ = (int64_t)(got), want_ = (int64_t)(want); \
		if (got_ != want_) {                                   \
			printf("%s:%d: %s is %" PRId64 " (0x%" PRIx64  \
			       "), not %" PRId64 " (0x%" PRIx64 ")\n", \
			       __FILE__, __LINE__, #got, got_,         \
			       (uint64_t)got_, want_, (uint64_t)want_); \
			return CHECK_FAILED;                           \
		}                                                      \
	} while (0)

/* @part occurs in the text @whole */
#define CHECK_HAS(whole, part)                                          \
	do {                                                            \
		const char *whole_ = (whole), *part_ = (part);          \
		if (!strstr(whole_, part_)) {                           \
			printf("%s:%d: \"%s\" does not say \"%s\"\n",   \
			       __FILE__, __LINE__, whole_, part_);      \
			return CHECK_FAILED;                            \
		}                                                       \
	} while (0)

#define SKIP(reason)                                   \
	do {                                           \
		printf("skipped: %s\n", reason);       \
		return CHECK_SKIPPED;                  \
	} while (0)

static inline int check_named(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return 1;
	return argc < 2;
}

static inline int check_main(int argc, char **argv,
			     const struct check_test *tests, size_t count)
{
	unsigned int passed = 0, failed = 0, skipped = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int ret;

		if (!check_named(argc, argv, tests[i].name))
			continue;
		ret = tests[i].run();
		if (ret == 0) {
			passed++;
			continue;
		}
		printf("%s: %s\n", tests[i].name,
		       ret == CHECK_SKIPPED ? "skipped" : "FAILED");
		if (ret == CHECK_SKIPPED)
			skipped++;
		else
			failed++;
		fflush(stdout);
	}
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	/* A name that matches no test is a mistake, not a success. */
	return failed || passed + skipped == 0;
}

#endif /* PRAMIN_TESTS_CHECK_H */
