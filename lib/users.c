// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who uses a GPU's window.
 */
#include <errno.h>

#include <pramin/users.h>

#include "dev.h"

_Static_assert(PRAMIN_USERS_MAX == PRAMIN_SEATS, "one seat for each user");

static uint64_t age(uint64_t now, uint64_t since)
{
	return now > since ? now - since : 0;
}

static void describe(const struct pramin_dev *dev, uint32_t seat,
		     const struct pramin_survey *s, uint64_t now,
		     struct pramin_user *user)
{
	*user = (struct pramin_user){
		/* A seat is taken once in a nanosecond. */
		.id = s->since * PRAMIN_SEATS + seat,
		.pid = s->pid,
		.self = seat == dev->gpu.seat_no,
		.holds = s->holds,
		.waits = s->waits,
		.held_ns = s->holds ? age(now, s->held_since) : 0,
		.waited_ns = s->waits ? age(now, s->waits_since) : 0,
		.open_ns = age(now, s->since),
	};
	dev_add_up(&dev->meet.mem->meeting.seat[seat], &user->stats);
	user->stats.size = sizeof(user->stats);
}

static int list_users(struct pramin_dev *dev, struct pramin_op *op,
		      struct pramin_user *users, size_t room, size_t *count)
{
	struct pramin_survey seats[PRAMIN_SEATS];
	uint32_t seat;
	uint64_t now;
	int ret = pramin_share_survey(op, seats, &now);

	*count = 0;
	for (seat = 0; !ret && seat < PRAMIN_SEATS && *count < room; seat++)
		if (seats[seat].pid)
			describe(dev, seat, &seats[seat], now,
				 &users[(*count)++]);
	return ret;
}

int pramin_users(struct pramin_dev *dev, struct pramin_user *users, size_t room,
		 size_t *count)
{
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!count || (!users && room))
		return dev_refused(dev, "users or count is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	if (dev->gpu.meeting) {
		ret = list_users(dev, &op, users, room, count);
	} else if (room) {
		*count = 1;
		users[0] = (struct pramin_user){
			.pid = sys_process(),
			.self = true,
			.stats = dev->gpu.stats,
		};
		users[0].stats.size = sizeof(users[0].stats);
	} else {
		*count = 0;
	}
	return dev_end(dev, ret, &op);
}
