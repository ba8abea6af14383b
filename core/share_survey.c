// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who does what in a meeting, for those who watch.
 */
#include "share_lock.h"

static void add(struct pramin_survey *seat, const struct pramin_room_user *user,
		uint32_t holds)
{
	if (user->state == PRAMIN_ROOM_INSIDE && holds) {
		if (!seat->holds || user->since < seat->held_since)
			seat->held_since = user->since;
		seat->holds += holds;
	}
	if (user->state == PRAMIN_ROOM_WAITING) {
		if (!seat->waits || user->since < seat->waits_since)
			seat->waits_since = user->since;
		seat->waits++;
	}
}

int pramin_share_survey(struct pramin_op *op, struct pramin_survey *seats,
			uint64_t *now)
{
	const struct pramin_meeting *m = op->gpu->meeting;
	uint32_t i;
	int ret = pramin_share_lock(op);

	if (ret)
		return ret;
	for (i = 0; i < PRAMIN_SEATS; i++) {
		const struct pramin_seat *seat = &m->seat[i];
		uint64_t gate = __atomic_load_n(&seat->gate, __ATOMIC_RELAXED);

		seats[i] = (struct pramin_survey){ .pid = 0 };
		if (!seat->taken)
			continue;
		seats[i].pid = seat->pid;
		seats[i].since = seat->since;
		/* A lease that nobody uses holds nothing up. */
		add(&seats[i], &m->request[i].user,
		    (uint32_t)(gate & GATE_COUNT));
	}
	for (; i < PRAMIN_REQUESTS; i++)
		if (m->request[i].user.state != PRAMIN_ROOM_IDLE)
			add(&seats[m->request[i].user.party],
			    &m->request[i].user, 1);
	*now = pramin_now(op->gpu);
	pramin_share_unlock(op->gpu);
	return 0;
}
