/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where the handles of one GPU meet: the memory that they share, and the locks
 * that tell who is alive.
 *
 * A backend that others can open too names a file; its bytes from an offset on
 * are the meeting. Every handle has the file open for itself, and locks of its
 * own (OFD locks) on bytes of it:
 *
 *	+0		while somebody opens or closes, or resets
 *	+1		shared by all handles; exclusive by one that is alone
 *	+16 + seat	while the handle in that seat lives
 *
 * The kernel drops them with the last descriptor, so a handle is dead exactly
 * when its seat's byte is free. Forked children close their copies at once, and
 * unmap the file, because a mapping keeps it open too.
 *
 * Without such a file the meeting is memory of this process, for the threads of
 * one handle.
 */
#ifndef PRAMIN_LIB_MEET_H
#define PRAMIN_LIB_MEET_H

#include <pramin/error.h>
#include <pramin/io.h>

#include "sys.h"
#include "../core/share.h"

/* Goes up with each change of what lies in the file */
#define MEET_VERSION 3u

/* As it lies in the file */
struct meet_mem {
	char magic[8];
	uint32_t version;
	uint32_t bytes;
	uint32_t boot_0;
	uint32_t sole_pid; /* of the handle that is alone; 0: none */
	uint64_t vram_size;
	uint32_t change_pid; /* who opens or closes, for messages; 0: nobody */
	uint32_t reserved;
	struct sys_lock lock;
	struct pramin_meeting meeting;
};

struct meet {
	struct meet_mem *mem; /* NULL: nobody can be met */
	int fd;		      /* -1: memory of this process */
	bool sole;	      /* nobody may be met */
	bool fresh;	      /* nobody was there, and what was is worthless */
	uint64_t offset;
	uint32_t seat;
	uint32_t process;	/* sys_process_mark() */
};

/**
 * meet_begin() - open the place, and keep others from coming or going
 * @meet:       zeroes, and -1 for @fd: a forked child may look at it at any time
 * @sole:       refuse if somebody is there, and keep others away
 * @timeout_ns: for those who are just coming or going
 *
 * Ends with meet_ready() or meet_end(). Return: 0, or with its reason -EBUSY,
 * -EPERM, -EINVAL, -ENOMEM.
 */
int meet_begin(struct meet *meet, const struct pramin_io_ops *ops, void *io,
	       bool sole, uint64_t timeout_ns, struct pramin_why *why);

/*
 * From a signal handler: nobody comes or goes until this handle ends or its
 * process does. false: somebody is just doing so.
 */
bool meet_shut(const struct meet *meet);

/* meet_mem.c: zeroes become a meeting of nobody. 0, or a negative errno value */
int meet_make_anew(struct meet_mem *mem, bool processes);

/* Is it one at all, of this version? */
bool meet_is_valid(const struct meet_mem *mem);

/* Nobody lives: of what the dead left, only the value to restore counts. */
int meet_clean(struct meet *meet);

/**
 * meet_check() - is what is there about this GPU?
 *
 * Made anew if it is not and nobody is there. Return: 0, or -EBUSY.
 */
int meet_check(struct meet *meet, uint32_t boot_0, uint64_t vram_size,
	       struct pramin_why *why);

/* Others may come and go. */
void meet_ready(struct meet *meet);

/* Keep others from coming or going, again. 0, or -EBUSY */
int meet_hold(struct meet *meet, uint64_t timeout_ns);

/* Close the place; drops all locks. */
void meet_end(struct meet *meet);

/*
 * In a forked child: close the copies that it has of the parent's. Blank memory
 * stays behind, for meet_end().
 */
void meet_forked(struct meet *meet);

/* Is nobody in that seat? */
bool meet_is_dead(const struct meet *meet, uint32_t seat);

#endif /* PRAMIN_LIB_MEET_H */
