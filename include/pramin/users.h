/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Who uses a GPU's window, in all processes.
 */
#ifndef PRAMIN_USERS_H
#define PRAMIN_USERS_H

#include <pramin/dev.h>

#ifdef __cplusplus
extern "C" {
#endif

/** PRAMIN_USERS_MAX - handles that one GPU may have */
#define PRAMIN_USERS_MAX 64u

/**
 * struct pramin_user - one handle of the GPU
 * @id:      no other handle that this GPU has had has it
 * @pid:     the process that has it
 * @self:    it is the handle that was asked
 * @holds:   calls and views of it that are inside now: the window does not move
 *           before they are out
 * @waits:   calls of it that wait for the window
 * @held_ns: how long the oldest of @holds has been inside; calls that came in
 *           the short way count from when the first of them did
 * @waited_ns: how long the oldest of @waits has waited
 * @open_ns: since it was opened
 * @stats:   what it has done since then; @stats.simulated_ns is 0
 */
struct pramin_user {
	uint64_t id;
	uint32_t pid;
	bool self;
	uint32_t holds;
	uint32_t waits;
	uint64_t held_ns;
	uint64_t waited_ns;
	uint64_t open_ns;
	struct pramin_stats stats;
};

/**
 * pramin_users() - who uses this GPU, and what for
 * @dev:   a handle; one that is exclusive knows only itself
 * @users: filled with up to @room handles, in no order
 * @room:  elements of @users; %PRAMIN_USERS_MAX is always enough
 * @count: result: how many were filled in
 *
 * Touches no hardware. One moment's view, taken under the lock that all users
 * share; handles whose processes have died may be among them.
 *
 * Thread safe. Return: 0, -EINVAL for a NULL, -ENODEV after revoke, -EPERM after
 * fork, -ETIMEDOUT if a process is stopped that has the lock.
 */
int pramin_users(struct pramin_dev *dev, struct pramin_user *users, size_t room,
		 size_t *count);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_USERS_H */
