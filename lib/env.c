// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What core takes from lib.
 */
#include "env.h"

static void *env_alloc(void *env, size_t size)
{
	(void)env;
	return sys_alloc(size);
}

static void env_free(void *env, void *ptr)
{
	(void)env;
	sys_free(ptr);
}

static int env_lock(void *env, uint64_t until)
{
	const struct meet *meet = env;

	return sys_lock_take(&meet->mem->lock, until);
}

static void env_unlock(void *env)
{
	const struct meet *meet = env;

	sys_lock_drop(&meet->mem->lock);
}

static void env_wait(void *env, uint32_t *word, uint64_t until)
{
	const struct meet *meet = env;

	sys_sleep_on(word, meet->fd >= 0, until);
}

static void env_wake(void *env, uint32_t *word)
{
	const struct meet *meet = env;

	sys_wake(word, meet->fd >= 0);
}

static uint64_t env_now(void *env)
{
	(void)env;
	return sys_now();
}

static uint64_t env_thread(void *env)
{
	const struct meet *meet = env;

	return (uint64_t)meet->process << 32 | sys_thread();
}

static bool env_dead(void *env, uint32_t seat)
{
	return meet_is_dead(env, seat);
}

const struct pramin_env_ops *env_ops_of(const struct meet *meet)
{
#define COMMON                                                    \
	.alloc = env_alloc, .free = env_free, .lock = env_lock,   \
	.unlock = env_unlock, .wait = env_wait, .wake = env_wake, \
	.now = env_now, .thread = env_thread
	static const struct pramin_env_ops threads = { COMMON };
	static const struct pramin_env_ops processes = {
		COMMON,
		.dead = env_dead,
	};

	return meet->fd >= 0 ? &processes : &threads;
}
