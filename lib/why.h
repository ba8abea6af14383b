/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * From the numbers of a failure to sentences.
 */
#ifndef PRAMIN_LIB_WHY_H
#define PRAMIN_LIB_WHY_H

#include <pramin/error.h>

#include "../core/gpu.h"

/* One per reason. In a sentence {x0} is an argument: see why.c */
struct why_row {
	const char *name;
	const char *what;
	const char *next;
};

/* Those of pools and address spaces, and those of cards, have files of their own. */
#define WHY_SPACE_FIRST PRAMIN_REASON_POOL_SIZE
#define WHY_CARD_FIRST	PRAMIN_REASON_NO_DEVICE
extern const struct why_row why_space_rows[WHY_CARD_FIRST - WHY_SPACE_FIRST];
extern const struct why_row why_card_rows[PRAMIN_REASON_COUNT - WHY_CARD_FIRST];

/* Fill @why from what core noted; returns @cause->err. @why may be NULL. */
int why_from_cause(struct pramin_why *why, const struct pramin_cause *cause);

/* The same for failures of lib's own: one sentence, and what to do next */
int why_set(struct pramin_why *why, int err, enum pramin_reason reason,
	    const char *next, const char *what, ...)
	__attribute__((format(printf, 5, 6)));

/* "24 GiB", "64 KiB" or "12345 bytes": the largest unit that is exact */
void why_size(char *buf, size_t len, uint64_t bytes);

#endif /* PRAMIN_LIB_WHY_H */
