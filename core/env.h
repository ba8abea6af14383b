/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Everything core/ takes from its environment. No other file in core/ may
 * include a system header, so this one is the whole porting surface.
 *
 * Needs: uint8_t..uint64_t, UINT64_MAX, size_t, bool, NULL, E* codes, memcpy(),
 * memmove(), memset(), memcmp().
 */
#ifndef PRAMIN_CORE_ENV_H
#define PRAMIN_CORE_ENV_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

/**
 * struct pramin_env_ops - memory, and for those who share a GPU, waiting
 *
 * @alloc: @size bytes, or NULL; never called with the window held
 * @free:  give them back
 *
 * The rest is needed by a GPU that joins a meeting only (share.h):
 *
 * @lock:   one lock for the meeting, held for short stretches without a wait.
 *          0; 1: had, but its last owner died with it; -ETIMEDOUT: not had by
 *          now() = @until, because its owner is stopped
 * @unlock: give it back
 * @wait:   sleep while *@word is 0, until wake(@word) or until now() is @until.
 *          May return early. Called without the lock.
 * @wake:   *@word is 1 now; called with the lock
 * @now:    ns of a clock that only goes forward, one for all in the meeting
 * @thread: the calling thread, by a number below 2^63 that no other thread in the
 *          meeting has, whatever handle it uses
 * @dead:   has the party in that seat ended? Called with the lock, by waiters,
 *          ten times a second. NULL: parties do not die.
 */
struct pramin_env_ops {
	void *(*alloc)(void *env, size_t size);
	void (*free)(void *env, void *ptr);

	int (*lock)(void *env, uint64_t until);
	void (*unlock)(void *env);
	void (*wait)(void *env, uint32_t *word, uint64_t until);
	void (*wake)(void *env, uint32_t *word);
	uint64_t (*now)(void *env);
	uint64_t (*thread)(void *env);
	bool (*dead)(void *env, uint32_t seat);
};

/*
 * Where a simulator may stop a thread, beside the calls of a backend and of the
 * functions above: before each operation on *@word, which others change
 * meanwhile (NULL: on what hardly anybody else changes), and in the middle of
 * one, between a load and its compare-exchange.
 */
#ifdef PRAMIN_SIM
void pramin_sim_point(const void *word);
void pramin_sim_between(const void *word);
#else
static inline void pramin_sim_point(const void *word)
{
	(void)word;
}
static inline void pramin_sim_between(const void *word)
{
	(void)word;
}
#endif

#endif /* PRAMIN_CORE_ENV_H */
