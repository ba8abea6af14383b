/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One suite for every backend: what the library promises, asked of an open GPU.
 *
 * It is given a way to open the GPU, a budget of reads, and VRAM that it may
 * write to. Whatever it overwrites elsewhere it puts back. What a GPU or a
 * backend does not have is skipped, and said.
 */
#ifndef PRAMIN_TESTS_CONFORMANCE_SUITE_H
#define PRAMIN_TESTS_CONFORMANCE_SUITE_H

#include <pramin/pramin.h>

#define CONFORM_READS	  100000u
#define CONFORM_READS_MIN 4000u
#define CONFORM_KEPT	  16u

struct conform_kept {
	uint64_t vram_pa;
	uint64_t len;
	uint8_t *bytes;
};

/**
 * struct conform - what to test, and how it went
 * @open:    opens one more handle of the GPU, as pramin_open() does
 * @ctx:     its first argument
 * @reads:   reads that it may cost, at most; at least CONFORM_READS_MIN
 * @pa, @len: VRAM to work in: whole MiBs, two at least, three for page tables;
 *           0: four in the middle of VRAM, or as many as there are
 * @is_free: what is in that range need not be put back
 * @writes:  it may be written to at all
 * @alone:   one thread and one handle at a time, so that the order of the
 *           accesses is the same in each run
 * @passed, @failed, @skipped: results
 * @used:    reads that it has cost: counted by the library, and estimated for
 *           what the library does not count (open, BAR1, register polls)
 *
 * What is behind them is the suite's own.
 */
struct conform {
	int (*open)(void *ctx, const struct pramin_open_opts *opts,
		    struct pramin_dev **dev, struct pramin_why *why);
	void *ctx;
	uint64_t reads;
	uint64_t pa;
	uint64_t len;
	bool is_free;
	bool writes;
	bool alone;

	unsigned int passed, failed, skipped;
	uint64_t used;

	struct pramin_dev *dev;
	struct pramin_info info;
	uint64_t end;	/* first VRAM address that cannot be accessed */
	uint64_t line;	/* a 1 MiB line inside the range */
	uint64_t bulk;	/* bytes of one bulk test, as the budget allows */
	struct conform_kept kept[CONFORM_KEPT];
	unsigned int keeps;
};

/**
 * conform_run() - run the suite
 * @c: filled as above; the rest zeroed
 *
 * Prints a line for each test that failed or was skipped, and for each GPU that
 * cannot be opened, to standard output. Not the closing line.
 *
 * Return: 0; 1 if a test failed or the GPU could not be opened.
 */
int conform_run(struct conform *c);

/* For the tests */

struct conform_test {
	const char *name;
	int (*run)(struct conform *c);
	bool writes;
	unsigned int fixed; /* reads that it costs, at most, and so many */
	unsigned int words; /* for each 8 bytes of @bulk */
};

extern const struct conform_test conform_basic[];
extern const struct conform_test conform_bulk[];
extern const struct conform_test conform_shared[];
extern const struct conform_test conform_mmu[];

/* One more handle, whose reads count; and its end */
int conform_open(struct conform *c, bool exclusive, struct pramin_dev **dev,
		 struct pramin_why *why);
int conform_close(struct conform *c, struct pramin_dev *dev);

/* Put what is there now back after this test. 0, or CHECK_FAILED */
int conform_keep(struct conform *c, uint64_t vram_pa, uint64_t len);

/* Bytes that differ from place to place, and with @seed */
void conform_pattern(uint8_t *buf, uint64_t len, uint32_t seed);

/* @call returns 0, or the test has failed and the reason is printed. */
#define CONFORM_OK(c, call)                                              \
	do {                                                             \
		int ret_ = (call);                                       \
		if (ret_) {                                              \
			printf("%s:%d: %s is %d: %s\n", __FILE__,        \
			       __LINE__, #call, ret_,                    \
			       pramin_last_why((c)->dev)->what);         \
			return CHECK_FAILED;                             \
		}                                                        \
	} while (0)

#endif /* PRAMIN_TESTS_CONFORMANCE_SUITE_H */
