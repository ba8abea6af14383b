/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The C code beside the model: the verifier makes each call on both, and
 * compares. Numbers are those of policy.pml.
 */
#ifndef PRAMIN_TESTS_SPIN_TIE_H
#define PRAMIN_TESTS_SPIN_TIE_H

#include "../../core/room.h"

#define TIE_USERS 4
#define TIE_NONE  7 /* NONE of policy.pml */

/* All state of the C side: the verifier saves it and puts it back. */
struct tie_hall {
	struct pramin_room room;
	struct pramin_room_user user[TIE_USERS];
};
extern struct tie_hall tie_hall;

/* What the model says of its room after a call */
struct tie_model {
	unsigned int users;
	int says;
	const uint8_t *state, *lost;
	const uint8_t *queue, *woken;
	unsigned int queued, wakes;
	unsigned int mover, base, known, revoked, left;
};

/* What the last call on the C code returned, as policy.pml numbers it */
extern int tie_said;

void tie_init(uint32_t quantum, unsigned int owners);
int tie_enter(unsigned int i, unsigned int range, unsigned int kind);
int tie_placed(unsigned int i, int failed);
int tie_leave(unsigned int i);
int tie_cancel(unsigned int i);
int tie_reap(unsigned int i);
int tie_spend(void);
int tie_doubt(void);
int tie_forget(void);
int tie_revoke(void);

/* 0, or the line of tie.c with the first thing that is not the same */
int tie_differs(const struct tie_model *model);

#endif /* PRAMIN_TESTS_SPIN_TIE_H */
