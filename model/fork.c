// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a forked child inherits: nothing.
 *
 * Its descriptors would keep the locks of its parent, and so would its mappings,
 * through which it could also write to a GPU that it has not opened. So all
 * models with files are on a list; the child closes their descriptors, puts
 * private zeros in the place of VRAM, and marks them as orphans, whose every
 * access fails. It may free them.
 *
 * Descriptors and mappings are made, noted and given up under the lock of the
 * list, so that no fork comes in between.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pramin_model *list;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int handlers; /* 0, or why there are none */

static void before(void)
{
	pthread_mutex_lock(&list_lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&list_lock);
}

static void close_inherited(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void replace_vram(struct pramin_model *m)
{
	if (!m->vram ||
	    mmap(m->vram, m->vram_mapped, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		 0) != MAP_FAILED)
		return;
	/* Better a signal than somebody else's GPU */
	munmap(m->vram, m->vram_mapped);
	m->vram = NULL;
}

static void make_orphan(struct pramin_model *m)
{
	close_inherited(&m->file.fd);
	close_inherited(&m->file.state_fd);
	m->file.orphan = true;
	replace_vram(m);
	if (m->live != &m->own_live) {
		m->own_live = *m->live;
		m->own_live.clock_ns = *m->extra_ns;
		m->live = &m->own_live;
		m->extra_ns = &m->own_live.clock_ns;
	}
	if (m->file.state)
		munmap(m->file.state, sizeof(*m->file.state));
	m->file.state = NULL;
	m->fault_at = UINT64_MAX;
	m->flags |= MODEL_ORPHAN;
	/* A thread that is not here may have held it. */
	pthread_mutex_init(&m->lock, NULL);
}

static void in_child(void)
{
	struct pramin_model *m;

	for (m = list; m; m = m->file.next)
		if (!m->file.orphan)
			make_orphan(m);
	pthread_mutex_unlock(&list_lock);
}

static void install(void)
{
	handlers = pthread_atfork(before, in_parent, in_child);
}

/* Once, before there are descriptors; 0, or a code as errno has it */
int model_fork_join(struct pramin_model *m)
{
	pthread_once(&once, install);
	if (handlers)
		return handlers;
	pthread_mutex_lock(&list_lock);
	m->file.next = list;
	list = m;
	m->file.listed = true;
	pthread_mutex_unlock(&list_lock);
	return 0;
}

void model_fork_leave(struct pramin_model *m)
{
	struct pramin_model **p = &list;

	if (!m->file.listed)
		return;
	pthread_mutex_lock(&list_lock);
	while (*p != m)
		p = &(*p)->file.next;
	*p = m->file.next;
	m->file.listed = false;
	pthread_mutex_unlock(&list_lock);
}

/* No fork comes between these two. */
void model_fork_hold(void)
{
	pthread_mutex_lock(&list_lock);
}

void model_fork_allow(void)
{
	pthread_mutex_unlock(&list_lock);
}

/* 0, or a code as errno has it */
int model_fork_open(int *fd, const char *path, int flags)
{
	int ret;

	pthread_mutex_lock(&list_lock);
	*fd = open(path, flags, 0600);
	ret = *fd < 0 ? errno : 0;
	pthread_mutex_unlock(&list_lock);
	return ret;
}

void model_fork_close(int *fd)
{
	pthread_mutex_lock(&list_lock);
	close_inherited(fd);
	pthread_mutex_unlock(&list_lock);
}
